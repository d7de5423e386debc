"""The key of the log, and the notes that it signs."""

from __future__ import annotations

import stat

import pytest

from server.errors import StartError
from server.signing import KEY_FILE, BadNote, SigningKey, VerifyKey, load_key

TEXT = "navbat/asan-1\n1\nAAAA\n"
KEY = SigningKey("navbat/asan-1", bytes(range(32)))


def test_a_note_is_opened_with_the_public_key():
    note = KEY.sign(TEXT)

    assert VerifyKey.parse(KEY.public.text()).open(note) == TEXT


def test_the_bare_key_in_hexadecimal_opens_it_too():
    assert VerifyKey.parse(KEY.public.raw.hex()).open(KEY.sign(TEXT)) == TEXT


def test_a_note_has_the_form_that_other_tools_read():
    # C2SP signed-note: text, empty line, em dash, name, base64 of four bytes of the key's id and 64 of signature.
    *text, empty, signature, end = KEY.sign(TEXT).split("\n")

    assert "\n".join(text) + "\n" == TEXT
    assert (empty, end) == ("", "")
    assert signature.startswith("— navbat/asan-1 ")
    assert len(signature.rpartition(" ")[2]) == 92


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda note: note.replace("\n1\n", "\n2\n"), "does not fit"),
        (lambda note: note.replace("— navbat/asan-1 ", "— navbat/asan-2 "), "another key"),
        (lambda note: note.partition("\n\n")[0], "no signature"),
        (lambda note: note[:-10] + ("A" if note[-10] != "A" else "B") + note[-9:], "does not fit"),
    ],
)
def test_a_note_that_was_changed_is_refused(change, says):
    with pytest.raises(BadNote, match=says):
        KEY.public.open(change(KEY.sign(TEXT)))


def test_a_note_of_another_key_is_refused():
    with pytest.raises(BadNote, match="another key"):
        SigningKey("navbat/asan-1", bytes(32)).public.open(KEY.sign(TEXT))


@pytest.mark.parametrize(
    "text", ["", "abc", "navbat/asan-1+00000000+AQ==", KEY.public.text()[:-6], "zz" * 32]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match="no public key"):
        VerifyKey.parse(text)


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    first = load_key("navbat/asan-1", tmp_path)
    again = load_key("navbat/asan-1", tmp_path)

    assert again.public == first.public
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_key_that_others_may_read_stops_the_start(tmp_path):
    load_key("navbat/asan-1", tmp_path)
    (tmp_path / KEY_FILE).chmod(0o644)

    with pytest.raises(StartError, match="chmod 600"):
        load_key("navbat/asan-1", tmp_path)


def test_a_file_that_is_no_key_stops_the_start_and_is_left_alone(tmp_path):
    (tmp_path / KEY_FILE).write_text("half")
    (tmp_path / KEY_FILE).chmod(0o600)

    with pytest.raises(StartError, match="holds no key"):
        load_key("navbat/asan-1", tmp_path)
    assert (tmp_path / KEY_FILE).read_text() == "half"
