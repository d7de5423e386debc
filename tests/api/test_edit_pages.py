"""The pages that change the configuration, without a browser: what they keep, what they refuse, and what they never show."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from server.app import create_app
from server.config import bundling, editing
from server.config.managed import Managed
from tests.builders import create_official, open_session
from tests.conftest import ROOT, FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

    from server.config import Config
    from server.operations import Queue

EDIT = "/admin/centre/edit"
NAMES = {f"name.{language}": f"N {language}" for language in ("az", "uz", "ru", "en", "tr")}


class Desk:
    """A centre that is managed on pages, and somebody who changes it."""

    def __init__(self, client: FlaskClient, queue: Queue) -> None:
        self.client, self.queue = client, queue
        self.me = create_official(queue, "rena", name="Rəna Quliyeva", role="admin")
        self.token, self.csrf = open_session(queue, self.me, "cookie")

    @property
    def files(self) -> bundling.Files:
        draft = self.queue.config_versions.draft()
        assert draft is not None
        return draft.files

    @property
    def revision(self) -> int:
        draft = self.queue.config_versions.draft()
        return draft.revision if draft else 0

    def get(self, path: str, language: str = "en") -> Any:
        self.client.set_cookie("navbat_staff", self.token)
        mark = "&" if "?" in path else "?"
        return self.client.get(f"{EDIT}{path}{mark}language={language}")

    def send(self, path: str, **form: Any) -> Any:
        self.client.set_cookie("navbat_staff", self.token)
        data = {"csrf_token": self.csrf, "revision": str(self.revision), **form}
        return self.client.post(f"{EDIT}{path}", data=data, headers={"Accept": "text/html"})

    def send_file(self, path: str, content: bytes, **form: Any) -> Any:
        return self.send(path, file=(io.BytesIO(content), "file"), **form)

    def discard(self) -> None:
        if self.revision:
            self.queue.config_versions.discard(self.revision, self.me)


@pytest.fixture(scope="module")
def room(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    managed = Managed(by="pages", files=bundling.pack(ROOT / "config.yaml"))
    app = create_app(
        config, data_dir=tmp_path_factory.mktemp("desk"), clock=FixedClock(), limits=False, managed=managed
    )
    desk = Desk(app.test_client(), app.extensions["queue"])
    yield desk
    desk.queue.context.database.close()


@pytest.fixture
def desk(room: Desk) -> Iterator[Desk]:
    """The same, without a draft."""
    yield room
    room.discard()


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_looking_begins_no_draft_and_the_first_change_does(desk: Desk) -> None:
    assert desk.get("/policy").status_code == 200
    assert desk.get("").status_code == 200
    assert desk.queue.config_versions.draft() is None

    answer = desk.send(
        "/zones/one", key="z", **NAMES, **{k.replace("name", "where"): v for k, v in NAMES.items()}
    )

    assert answer.status_code == 303
    assert editing.entry(editing.open_files(desk.files), "zones", "z").values["name"]["ru"] == "N ru"
    draft = desk.queue.config_versions.draft()
    assert draft is not None
    assert [(each["section"], each["key"], each["kind"]) for each in draft.changes] == [
        ("zones", "z", "added")
    ]


def test_a_form_of_before_the_draft_was_begun_is_told_so(desk: Desk) -> None:
    desk.send("/rating", prompt="print", valid_days="20", paperless="on")

    late = desk.send("/collection", valid_days="9", revision="0")

    assert late.status_code == 409
    assert "Rəna Quliyeva changed the draft meanwhile" in text_of(late)
    assert 'value="9"' in late.text
    assert editing.read(editing.open_files(desk.files), "collection") == {}


def test_an_entry_needs_a_key_that_is_free(desk: Desk) -> None:
    without, taken = (
        desk.send("/printers/one", name="New"),
        desk.send("/printers/one", key="zone-a", name="New"),
    )

    assert (without.status_code, taken.status_code) == (422, 422)
    assert "This one is there already." in text_of(taken)
    assert 'value="New"' in taken.text
    assert desk.queue.config_versions.draft() is None


def test_no_page_shows_a_secret(desk: Desk) -> None:
    desk.send(
        "/messages",
        **{"sms.url": "https://gate.example/hush-1", "sms.headers": "X-Key: hush-2", "country_code": "994"},
    )
    desk.send("/sign_in", **{"single_sign_on.client_secret": "hush-3", "passkeys": "on"})
    desk.send("/kiosk", staff_code_hash="$argon2id$hush-4", show_all="on", automatic_copy="on")
    assert desk.files["config.yaml"].count(b"hush-") == 4

    sections = ("messages", "sign_in", "kiosk")
    pages = ["", *(f"/{name}" for name in sections), *(f"/{name}/yaml" for name in sections)]
    for path in pages:
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert "hush-" not in answer.text, path
    assert "It is set and never shown." in text_of(desk.get("/messages"))


def test_what_is_missing_in_a_language_is_asked_for_on_one_page(desk: Desk) -> None:
    text = editing.read_raw(desk.queue.config_versions.get(1).files, "zones")
    desk.send(
        "/zones/yaml", text=text.replace("ru: справа от входа, ", "").replace("en: Social services, ", "")
    )
    asked = re.findall(r'name="([^"]+~[^"]+)"', desk.get("/names").text)
    assert asked == ["zones~a~where~ru", "zones~c~name~en"]

    assert desk.send("/names", **{"zones~a~where~ru": "справа", "zones~c~name~en": ""}).status_code == 303

    assert re.findall(r'name="([^"]+~[^"]+)"', desk.get("/names").text) == ["zones~c~name~en"]
    assert "It is missing in: English" in text_of(desk.get(""))


def test_a_text_that_is_no_yaml_comes_back_with_the_line_of_its_fault(desk: Desk) -> None:
    answer = desk.send("/policy/yaml", text="policy:\n  version: a\n  version: b\n")

    assert answer.status_code == 422
    assert "Line 3" in text_of(answer)
    assert "version: b" in answer.text
    assert desk.queue.config_versions.draft() is None
    assert desk.get("/server/yaml").status_code == 404


def test_a_whole_configuration_comes_in_with_its_faults_named(desk: Desk) -> None:
    files = desk.queue.config_versions.get(1).files
    wrong = files["config.yaml"].replace(b"recall_limit: 1", b"recall_limit: 99")

    assert desk.send_file("/upload", b"PK no zip").status_code == 422
    broken = desk.send_file("/upload", b"centre: [\n")
    assert broken.status_code == 422
    assert "config.yaml:2" in text_of(broken)
    assert desk.send_file("/upload", bundling.to_zip({**files, "config.yaml": wrong})).status_code == 303

    assert "This must be at most 10." in text_of(desk.get(""))
    assert desk.get("/policy", "ru").text.count("Не больше 10.") == 2, "above and beside the field"


def test_a_list_comes_in_by_its_file_and_says_what_it_did(desk: Desk) -> None:
    given = desk.get("/holidays.csv")
    assert given.headers["Content-Type"].startswith("text/csv")

    same = desk.send_file("/holidays/import", given.data)
    assert same.headers["Location"].endswith("?done=taken&added=0&changed=0&removed=0")
    assert desk.queue.config_versions.draft() is None
    more = given.data + "2027-05-17,Qurban,Qurbon,Гурбан,Qurban,Kurban\n".encode()
    assert "added=1&changed=0&removed=0" in desk.send_file("/holidays/import", more).headers["Location"]
    late = desk.send_file("/holidays/import", more, revision="0")
    assert late.status_code == 409
    assert desk.send_file("/holidays/import", b"x" * 2_200_000).status_code == 413


def test_what_names_a_removed_zone_is_told_before(desk: Desk) -> None:
    told = text_of(desk.get("/zones/remove?id=q"))

    assert "it is retired, and not deleted" in told
    assert "Counters: Counter 1" in told
    assert "Printers: Kiosk 1" in told
    assert desk.get("/zones/remove?id=nowhere").status_code == 404


def test_who_was_given_some_agencies_only_looks(desk: Desk) -> None:
    part = create_official(desk.queue, "part", role="supervisor", agencies=["moi"])
    token, csrf = open_session(desk.queue, part, "cookie")
    desk.client.set_cookie("navbat_staff", token)

    assert '<button class="button button--primary"' not in desk.client.get(f"{EDIT}/policy").text
    answer = desk.client.post(f"{EDIT}/policy", data={"csrf_token": csrf, "revision": "0"})
    assert answer.status_code == 403


def test_where_config_yaml_has_the_configuration_nothing_is_changed_on_pages(
    config: Config, tmp_path: Any
) -> None:
    app = create_app(config, data_dir=tmp_path, clock=FixedClock(), limits=False)
    desk = Desk(app.test_client(), app.extensions["queue"])

    assert desk.get("/policy").status_code == 409
    assert desk.send("/policy").status_code == 409
    desk.client.set_cookie("navbat_staff", desk.token)
    assert EDIT not in desk.client.get("/admin/centre?language=en").text
    desk.queue.context.database.close()
