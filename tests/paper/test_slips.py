"""What is drawn: every letter, the sizes promised, and nothing that may not be on paper."""

import subprocess
import time
from dataclasses import fields, replace

import pytest
from PIL import Image, ImageChops, ImageOps

from printing import bitmap, escpos
from printing.errors import BadSlip, MissingGlyph
from printing.layout import Number
from printing.slips import TicketSlip, from_document, to_document
from tests import skips
from tests.paper import samples

DOTS_PER_MM = 203 / 25.4
PAPERS = [576, 384]
SLIPS = [
    pytest.param(make(language), id=f"{name}-{language}")
    for language in samples.LANGUAGES
    for name, make in (("ticket", samples.ticket), ("rating", samples.rating), ("test", samples.page))
]


def ink_box(picture):
    """The box around everything black."""
    return ImageChops.invert(picture.convert("L")).getbbox()


@pytest.mark.parametrize("dots", PAPERS)
@pytest.mark.parametrize("slip", SLIPS)
def test_every_slip_is_drawn_without_a_missing_letter_and_inside_the_paper(slip, dots):
    picture = bitmap.render(slip, dots=dots, strict=True)

    left, _, right, bottom = ink_box(picture)
    assert picture.mode == "1"
    assert picture.width == dots
    assert 0 <= left < right <= dots
    assert bottom < picture.height


@pytest.mark.parametrize("dots", [576, 512, 384])
@pytest.mark.parametrize("number", ["A012", "W999", "AB123", "MW1000"])
def test_a_number_is_at_least_ten_millimetres_high_and_whole(number, dots):
    dpi = 180 if dots == 512 else 203

    picture = bitmap.render_blocks((Number(number),), language="az", dots=dots, dots_per_inch=dpi)

    _, top, _, bottom = ink_box(picture)
    assert (bottom - top) / (dpi / 25.4) >= 10
    unbounded = bitmap.render_blocks((Number(number),), language="az", dots=1200, dots_per_inch=dpi)
    assert strokes(picture) == strokes(unbounded)


def strokes(picture):
    """Count what stands apart from left to right in a thin slice through the middle: a clipped figure lacks some."""
    _, top, _, bottom = ink_box(picture)
    slices = (picture.crop((0, y, picture.width, y + 1)) for y in (top + (bottom - top) // 3, bottom - 8))
    return [_groups(pixel == 0 for pixel in row.convert("L").tobytes()) for row in slices]


@pytest.mark.parametrize("language", samples.LANGUAGES)
def test_no_line_of_text_touches_another(language):
    """Accents on capitals and descenders need their room: letters of two lines may never melt together."""
    letters = replace(samples.page(language), samples=("ĞÖÜİÅ gjpqy", "ĞÖÜİÅ gjpqy"))

    picture = bitmap.render(letters, dots=576)
    one = bitmap.render(replace(letters, samples=("ĞÖÜİÅ gjpqy",)), dots=576)

    ink = [
        bool(ImageChops.invert(picture.crop((0, y, 300, y + 1)).convert("L")).getbbox()) for y in range(600)
    ]
    single = [
        bool(ImageChops.invert(one.crop((0, y, 300, y + 1)).convert("L")).getbbox()) for y in range(600)
    ]
    assert _groups(ink[: picture.height]) == _groups(single[: one.height]) + 1


def _groups(rows):
    rows = list(rows)
    return sum(1 for before, now in zip([False, *rows], rows, strict=False) if now and not before)


def test_a_character_the_fonts_lack_is_red_in_tests_and_replaced_on_paper(caplog):
    slip = samples.ticket(footer="Rüsum 10 ₼, 汉")

    with pytest.raises(MissingGlyph) as error:
        bitmap.render(slip, dots=576, strict=True)
    picture = bitmap.render(slip, dots=576)

    assert error.value.character == "₼"
    assert "U+6C49" in caplog.text
    readable = bitmap.render(replace(slip, footer="Rüsum 10 AZN, \N{REPLACEMENT CHARACTER}"), dots=576)
    assert picture.tobytes() == readable.tobytes()


def test_letters_with_separate_marks_are_drawn_as_composed_ones():
    apart = samples.ticket(service="Dog\u0306um s\u0327ə")
    composed = samples.ticket(service="Doğum şə")

    assert bitmap.render(apart, dots=576).tobytes() == bitmap.render(composed, dots=576).tobytes()


def test_a_very_long_word_is_cut_and_not_clipped():
    slip = samples.ticket(service="Ş" * 90)

    left, _, right, _ = ink_box(bitmap.render(slip, dots=384, strict=True))

    assert 0 <= left < right <= 384


def test_a_copy_says_so_at_the_top():
    original = bitmap.render(samples.ticket(), dots=576)
    copy = bitmap.render(samples.ticket(copy="SURƏT 2"), dots=576)

    shift = copy.height - original.height
    top = copy.crop((0, 0, 576, shift))
    assert shift > 5 * DOTS_PER_MM
    assert top.histogram()[0] > 0.5 * 576 * 4.5 * DOTS_PER_MM  # a black bar, not a word
    assert copy.crop((0, shift, 576, copy.height)).tobytes() == original.tobytes()


def test_a_ticket_has_no_place_for_who_took_it():
    names = {field.name for field in fields(TicketSlip)}

    assert not names & {"name", "visitor", "document", "phone", "telephone", "category", "priority", "pin"}


@pytest.mark.parametrize("dots", PAPERS)
@pytest.mark.parametrize("make", [samples.ticket, samples.rating])
def test_the_qr_is_read_back_from_the_paper(make, dots, tmp_path):
    zbarimg = skips.require_program(
        "zbarimg", what="QR codes read by an independent reader", package="zbar-tools"
    )
    slip = make("ru")
    paper = ImageOps.expand(bitmap.render(slip, dots=dots).convert("L"), border=32, fill=255)
    paper.save(tmp_path / "slip.png")

    read = subprocess.run(
        [zbarimg, "--quiet", "--raw", str(tmp_path / "slip.png")],
        capture_output=True,
        text=True,
        check=True,
    )

    assert read.stdout.strip() == slip.qr_url


@pytest.mark.parametrize("url", ["A-1", samples.URL, "https://example.org/" + "x" * 200])
def test_a_qr_is_at_least_24_mm_whatever_it_says(url):
    from printing import qr

    assert qr.picture(url, side=round(bitmap.QR_MM * DOTS_PER_MM)).width / DOTS_PER_MM >= 24


def test_a_short_qr_is_not_the_micro_kind_that_telephones_do_not_read():
    from printing import qr

    assert qr.picture("A-1", side=1).width == 21


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_survives_its_row(slip):
    assert from_document(to_document(slip)) == slip


@pytest.mark.parametrize(
    "change", [{"kind": "poster"}, {"version": 99}, {"name": "Aliyev"}], ids=["kind", "version", "field"]
)
def test_a_document_that_is_no_slip_is_refused_by_name(change):
    with pytest.raises(BadSlip) as error:
        from_document({**to_document(samples.ticket()), **change})

    assert next(iter(str(value) for value in change.values())) in str(error.value) or "name" in str(
        error.value
    )


def test_a_ticket_is_drawn_and_encoded_fast_enough_for_a_tap():
    slip = samples.ticket("az")
    bitmap.render(slip, dots=576)  # warm

    durations = []
    for _ in range(5):  # the processor's own time: what else runs here is not the slip's doing
        began = time.thread_time()
        escpos.encode(bitmap.render(slip, dots=576))
        durations.append(time.thread_time() - began)

    assert min(durations) < 0.08


def test_arabic_is_joined_and_set_from_the_right():
    from printing.typeface import can_shape

    if not can_shape():
        skips.require(
            "Arabic on paper", "Pillow finds no libfribidi0; on Debian: apt-get install libfribidi0"
        )
    slip = replace(samples.ticket("en"), language="ar", missed="خدمة", bring=())

    picture = bitmap.render(slip, dots=576, strict=True)

    assert isinstance(picture, Image.Image)
    joined = bitmap.render_blocks(slip.blocks()[:0] + _text("خدمة"), language="ar", dots=576)
    apart = bitmap.render_blocks(_text("خ د م ة"), language="ar", dots=576)
    assert ink_box(joined)[0] > 300
    assert ink_box(joined)[2] - ink_box(joined)[0] < ink_box(apart)[2] - ink_box(apart)[0]


def _text(words):
    from printing.layout import Text

    return (Text(words),)
