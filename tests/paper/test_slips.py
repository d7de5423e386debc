"""What is drawn: every letter, the sizes promised, and nothing that may not be on paper."""

import subprocess
import time
from dataclasses import fields, replace

import pytest
from PIL import Image, ImageChops, ImageOps

from printing import bitmap, escpos, fitting
from printing.decode import decode
from printing.errors import BadSlip, MissingGlyph
from printing.layout import Number, Qr
from printing.slips import TicketSlip, from_document, to_document
from tests import skips
from tests.paper import real_slips, samples

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

    assert qr.picture(url, side=round(Qr("", "").mm * DOTS_PER_MM)).width / DOTS_PER_MM >= 24


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
    joined = bitmap.render_blocks(_text("خدمة"), language="ar", dots=576, strict=True)
    apart = bitmap.render_blocks(_text("خ د م ة"), language="ar", dots=576, strict=True)

    assert ink_box(joined)[0] > 300
    assert ink_box(joined)[2] - ink_box(joined)[0] < ink_box(apart)[2] - ink_box(apart)[0]


def test_a_latin_number_inside_arabic_keeps_its_own_direction():
    from printing.typeface import Typeface

    face = Typeface("ar", strict=True)

    words = face.on_paper(face.clean("رقم A012 عند 10:40")).split(" ")

    assert words[0] == "10:40"
    assert words[2] == "A012"


def test_arabic_facts_stand_at_the_right_and_their_values_left_of_them():
    from printing.layout import Pairs

    row = ("أمامكم", "12")
    right = bitmap.render_blocks((Pairs((row,)),), language="ar", dots=576, strict=True)
    left = bitmap.render_blocks((Pairs((("Ahead", "12"),)),), language="en", dots=576, strict=True)

    assert ink_box(right)[2] > 560
    assert ink_box(left)[0] < 16


@pytest.mark.parametrize("dots", PAPERS)
@pytest.mark.parametrize("language", real_slips.LANGUAGES)
@pytest.mark.parametrize("kind", real_slips.KINDS)
def test_every_kind_in_every_language_has_all_its_letters_and_prints_dot_for_dot(kind, language, dots):
    slip = real_slips.write(kind, language)

    picture, data = fitting.fit(slip, dots=dots, strict=True)
    [printed] = decode(data, dots=dots).pictures

    assert slip.kind == kind
    assert printed.tobytes() == picture.tobytes()
    left, _, right, bottom = ink_box(picture)
    assert 0 <= left < right <= dots
    assert bottom <= picture.height


@pytest.mark.parametrize("language", real_slips.LANGUAGES)
def test_a_ticket_is_at_most_26_kilobytes_for_the_services_of_most_words(language):
    def words(service):
        slip = real_slips.write("ticket", language, service=service.key)
        return len("".join((slip.service, slip.agency, slip.where.value, *slip.bring)))

    longest = sorted(real_slips.config().services, key=words)[-8:]

    sizes = {
        service.key: len(
            fitting.fit(real_slips.write("ticket", language, service=service.key), dots=576, strict=True)[1]
        )
        for service in longest
    }

    assert max(sizes.values()) <= 26_000, sizes


def test_a_slip_of_many_words_is_set_smaller_and_its_number_is_not():
    few = real_slips.write("ticket", "az")
    many = replace(few, bring=tuple(f"Sənədin notarial təsdiqlənmiş surəti, {n}-ci nüsxə" for n in range(6)))

    picture, data = fitting.fit(many, dots=576, strict=True)

    assert len(data) <= 26_000
    assert picture.height < bitmap.render(many, dots=576).height
    number = bitmap.render_blocks((Number(many.number),), language="az", dots=576)
    assert number.crop(ink_box(number)).tobytes() in {
        picture.crop((left, top, left + width, top + height)).tobytes()
        for left, _, right, bottom in [ink_box(number)]
        for width, height in [(right - left, bottom - ink_box(number)[1])]
        for top in range(60, 200)
    }


def test_a_centre_arranges_its_own_ticket(tmp_path):
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (200, 100), (0, 0, 0, 255)).save(logo)
    usual = real_slips.write("ticket", "en")
    own = replace(
        usual, logo=str(logo), header="Open until 18:00", order=("logo", "number", "where", "service", "qr")
    )

    kinds = [type(block).__name__ for block in own.blocks()]
    picture = bitmap.render(own, dots=576, strict=True)

    assert kinds[:4] == ["Logo", "Space", "Space", "Number"]
    assert "Bullets" not in kinds
    assert "Open until 18:00" not in str(own.blocks())
    assert picture.crop((288, 0, 289, 100)).histogram()[0] == 100  # the logo is black and in the middle


def test_a_copy_says_so_whatever_the_order():
    slip = real_slips.write("ticket", "ka", copy_no=1)

    assert "1" in slip.copy
    assert type(replace(slip, order=("qr", "number")).blocks()[0]).__name__ == "Banner"


def _text(words):
    from printing.layout import Text

    return (Text(words),)
