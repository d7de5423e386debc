"""What is sent: the same pixels, few bytes, no command that a printer would run by mistake."""

import pytest
from PIL import Image, ImageChops

from printing import bitmap, escpos
from printing.decode import Cut, Decoder, decode
from printing.errors import PictureTooWide, UnknownProfile
from printing.profiles import profile
from tests.paper import samples

WIDTHS = [576, 512, 384]


def difference(one, other):
    """Count the dots in which two pictures differ."""
    assert one.size == other.size
    return ImageChops.difference(one.convert("L"), other.convert("L")).histogram()[255]


def bands(job):
    """Walk the raster commands of a job by their own headers."""
    at = 0
    while (at := job.find(b"\x1dv0\x00", at)) >= 0:
        width, height = (int.from_bytes(job[at + i : at + i + 2], "little") for i in (4, 6))
        yield height, job[at + 8 : at + 8 + width * height]
        at += 8 + width * height


@pytest.mark.parametrize("dots", WIDTHS)
@pytest.mark.parametrize("language", samples.LANGUAGES)
@pytest.mark.parametrize("make", [samples.ticket, samples.rating, samples.page])
def test_the_bytes_print_the_very_pixels_that_were_drawn(make, language, dots):
    picture = bitmap.render(make(language), dots=dots)

    decoded = decode(escpos.encode(picture, dots=dots), dots=dots)

    [printed] = decoded.pictures
    assert not decoded.unknown
    assert difference(printed, picture) == 0


@pytest.mark.parametrize("language", samples.LANGUAGES)
def test_an_80_mm_ticket_is_at_most_26_kb(language):
    job = escpos.encode(bitmap.render(samples.ticket(language), dots=576))

    assert len(job) <= 26_000


@pytest.mark.parametrize("dots", WIDTHS)
def test_no_band_is_taller_than_48_rows(dots):
    job = escpos.encode(bitmap.render(samples.ticket(), dots=dots))

    assert max(height for height, _ in bands(job)) <= 48


@pytest.mark.parametrize("language", samples.LANGUAGES)
def test_no_picture_holds_a_real_time_command(language):
    for make in (samples.ticket, samples.rating, samples.page):
        for _, data in bands(escpos.encode(bitmap.render(make(language), dots=576))):
            assert not any(pair in data for pair in (b"\x10\x04", b"\x10\x05", b"\x10\x14"))


@pytest.mark.parametrize("second", [0x04, 0x05, 0x14])
def test_a_real_time_command_in_a_picture_costs_one_dot(second):
    row = b"\x80\x10" + bytes((second,)) + b"\x01"
    picture = Image.frombytes("1", (32, 20), bytes(255 - byte for byte in row * 20))

    job = escpos.encode(picture)

    [printed] = decode(job, dots=32).pictures
    assert bytes((0x10, second)) not in b"".join(data for _, data in bands(job))
    assert difference(printed, picture) == 20  # one in each row


def test_a_job_begins_with_a_reset_and_ends_with_a_cut():
    job = escpos.encode(bitmap.render(samples.ticket(), dots=576))

    assert job.startswith(b"\x1b@")
    assert job.endswith(b"\x1dVB\x00")


def test_a_printer_without_a_cutter_feeds_past_its_edge_instead():
    job = escpos.encode(bitmap.render(samples.ticket(), dots=384), cut=False)

    assert b"\x1dV" not in job[-8:]
    assert job.endswith(b"\x1bJ\x78")  # 120 dots are 15 mm


def test_a_picture_wider_than_the_head_is_refused():
    with pytest.raises(PictureTooWide):
        escpos.encode(Image.new("1", (576, 10), 1), dots=384)


def test_a_narrow_picture_stands_in_the_middle():
    picture = Image.new("1", (64, 16), 0)

    [printed] = decode(escpos.encode(picture, dots=576), dots=576).pictures

    assert ImageChops.invert(printed.convert("L")).getbbox() == (256, 0, 320, 16)


def test_a_stream_is_decoded_alike_however_it_is_cut():
    job = escpos.encode(bitmap.render(samples.rating(), dots=384))
    decoder = Decoder(dots=384)

    events = [event for at in range(0, len(job), 7) for event in decoder.feed(job[at : at + 7])]

    [cut] = [event for event in events if isinstance(event, Cut)]
    assert cut.picture.tobytes() == decode(job, dots=384).pictures[0].tobytes()


def test_text_and_foreign_commands_are_reported():
    decoded = decode(b"\x1b@Salam\n\x1d(L\x02\x0000\x1bp\x00", dots=384)

    assert [event.data for event in decoded.unknown] == [b"Salam", b"\x1d(L", b"\x1bp"]


def test_what_a_broken_connection_left_is_ended_and_cut_off():
    job = escpos.encode(bitmap.render(samples.ticket(), dots=576))
    start = job.find(b"\x1dv0\x00") + 20  # in the middle of a band

    decoded = decode(job[:start] + escpos.flush(576) + job, dots=576)

    assert not decoded.unknown
    assert decoded.pictures[-1].tobytes() == decode(job, dots=576).pictures[0].tobytes()


def test_a_profile_tells_width_and_cutter_without_importing_escpos(tmp_path):
    import subprocess
    import sys

    code = "import sys; from printing.profiles import profile; profile('TM-T20II'); print('escpos' in sys.modules)"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert seen.stdout.strip() == "False"
    assert (profile("TM-T20II").dots, profile("TM-T20II").has_cutter) == (576, True)
    assert (profile("TM-T88V").dots, profile("TM-T88V").dots_per_inch) == (512, 180)
    assert (profile("POS-5890").dots, profile("POS-5890").has_cutter) == (384, False)


def test_an_unknown_profile_names_its_neighbours():
    with pytest.raises(UnknownProfile) as error:
        profile("TM-T20I")

    assert "TM-T20II" in error.value.suggestions
