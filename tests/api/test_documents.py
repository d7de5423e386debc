"""Documents over HTTP: who gets them, whether their letters are right, and that nothing in them can do harm."""

from __future__ import annotations

import io
import re
import subprocess
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from printing import pdf
from printing.decode import decode
from server.config import Paper
from server.slip_rendering import SlipRendering
from server.slip_samples import KINDS, sample_job
from server.wording import paper_languages
from tests import skips
from tests.builders import BIRTH
from tests.paper import real_slips

POPPLER = {"what": "documents read by an independent reader", "package": "poppler-utils"}


def poppler(name, tmp_path, data, *arguments):
    """Run one of poppler's programs on a document."""
    program = skips.require_program(name, **POPPLER)
    (tmp_path / "document.pdf").write_bytes(data)
    command = [program, *arguments, str(tmp_path / "document.pdf")]
    if name == "pdftotext":
        command.append("-")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def all_fonts_are_embedded(tmp_path, data):
    lines = poppler("pdffonts", tmp_path, data).splitlines()[2:]
    # Name, type, encoding, then yes or no: embedded, subset, unicode.
    return bool(lines) and all(
        re.search(r"\s(yes|no)\s+(yes|no)\s+(yes|no)\s", line)[1] == "yes" for line in lines
    )


@pytest.mark.parametrize("language", paper_languages())
def test_a_tickets_page_has_all_its_letters_and_its_fonts_in_it(language, tmp_path):
    slip = real_slips.write("ticket", language)

    data = pdf.ticket(slip, strict=True)

    assert all_fonts_are_embedded(tmp_path, data)
    text = poppler("pdftotext", tmp_path, data)
    assert slip.number in text
    assert slip.code in text
    assert "■" not in text
    if language != "ar":
        words = set(text.split())
        assert {*slip.service.split(), *slip.missed.split(), *" ".join(slip.bring).split()} <= words


def test_arabic_stands_in_its_order_on_a_page(tmp_path):
    slip = real_slips.write("ticket", "ar")

    text = poppler("pdftotext", tmp_path, pdf.ticket(slip, strict=True))

    assert "مكان الانتظار" in unicodedata.normalize("NFKC", text)


def test_words_that_look_like_markup_are_words(tmp_path):
    harmful = '<img src="http://127.0.0.1:9/x.png"/> <b>&amp; </para>'
    slip = replace(real_slips.write("ticket", "en"), service=harmful, bring=(harmful,))

    text = poppler("pdftotext", tmp_path, pdf.ticket(slip, strict=True), "-layout")

    assert "http://127.0.0.1:9/x.png" in text
    assert "&amp;" in text


def test_the_same_document_has_the_same_bytes():
    slip = real_slips.write("ticket", "ka")

    assert pdf.ticket(slip) == pdf.ticket(slip)


def test_a_list_goes_on_over_its_pages_with_its_headings(tmp_path):
    rows = tuple(
        (f"{n // 6:02}:{n % 6}0", f"C{n:05}", "Ümumvətəndaş pasportunun verilməsi", "gözlənilir")
        for n in range(140)
    )
    listed = pdf.Table(
        language="az", centre="Mərkəz", title="Görüşlər", headings=("Vaxt", "Kod", "Xidmət", "Vəziyyət"),
        widths_mm=(22, 30, 83, 35), rows=rows, empty="-", page="Səhifə {n}",
    )  # fmt: skip

    text = poppler("pdftotext", tmp_path, pdf.table(listed, strict=True), "-layout")

    pages = text.rstrip("\f").split("\f")
    assert len(pages) > 2
    assert all("Vəziyyət" in page and f"Səhifə {n}" in page for n, page in enumerate(pages, start=1))
    assert all(code in text for _, code, _, _ in rows)


def test_a_visitor_saves_the_ticket_and_nobody_needs_to_sign_in(hall, tmp_path):
    ticket = hall.post("/tickets", {"service": BIRTH, "print": False, "language": "ru"}, by="kiosk")

    answer = hall.page(f"/tickets/{ticket['token']}.pdf")

    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = poppler("pdftotext", tmp_path, answer.data)
    assert ticket["number"] in text
    assert ticket["code"] in text
    assert "Регистрация рождения" in text
    assert hall.page("/tickets/unknown.pdf").status_code == 404


def test_the_qr_of_a_ticket_and_of_a_poster_are_read_from_the_page(hall, tmp_path):
    zbarimg = skips.require_program(
        "zbarimg", what="QR codes read by an independent reader", package="zbar-tools"
    )
    ticket = hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    pages = {
        f"/tickets/{ticket['token']}.pdf": ticket["links"]["page"],
        "/documents/zones/a.pdf?paper_language=az": f"{hall.queue.context.public_url}/display?zone=a",
    }

    for path, wanted in pages.items():
        data = hall.page(path, by="admin by cookie").data
        program = skips.require_program("pdftoppm", **POPPLER)
        (tmp_path / "page.pdf").write_bytes(data)
        subprocess.run(
            [program, "-r", "150", "-png", "-singlefile", tmp_path / "page.pdf", tmp_path / "page"],
            check=True,
        )
        read = subprocess.run(
            [zbarimg, "--quiet", "--raw", tmp_path / "page.png"], capture_output=True, text=True, check=True
        )
        assert read.stdout.strip() == wanted


@pytest.mark.parametrize("path", ["/documents/zones/a.pdf", "/documents/appointments.pdf"])
@pytest.mark.parametrize(
    ("way", "status"), [("nobody", 401), ("official by cookie", 403), ("reception by cookie", 200)]
)
def test_documents_of_staff_are_for_those_who_print_them(still_hall, path, way, status):
    assert still_hall.page(path, by=way).status_code == status


def test_the_list_of_today_holds_todays_appointments_and_no_others(hall, tmp_path):
    queue = hall.queue
    now = queue.clock()
    today = [queue.check_ins.book(service="passport", slot_at=now + timedelta(hours=n)) for n in (3, 1)]
    tomorrow = queue.check_ins.book(service="passport", slot_at=now + timedelta(days=1))

    data = hall.page("/documents/appointments.pdf?paper_language=en", by="reception by cookie").data
    text = poppler("pdftotext", tmp_path, data, "-layout")

    assert text.index(today[1]["code"]) < text.index(today[0]["code"])
    assert tomorrow["code"] not in text
    assert all_fonts_are_embedded(tmp_path, data)


@pytest.mark.parametrize("printer", ["kiosk-1", "zone-a"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_shows_the_very_dots_that_print(still_hall, kind, printer):
    context = still_hall.queue.context
    job = sample_job(kind, context.config, context.clock(), language="ru", printer=printer)

    shown = still_hall.page(
        f"/slips/preview.png?kind={kind}&slip_language=ru&printer={printer}", by="supervisor by cookie"
    )
    _, data = SlipRendering(context).draw(job, context.config.printer[printer])

    [printed] = decode(data, dots=context.config.printer[printer].dots).pictures
    with Image.open(io.BytesIO(shown.data)) as picture:
        assert picture.size == printed.size
        assert picture.tobytes() == printed.tobytes()


def test_the_preview_shows_a_centres_own_layout(make_hall, config, tmp_path):
    Image.new("1", (300, 100)).save(tmp_path / "logo.png")
    own = Paper(
        logo=str(tmp_path / "logo.png"), blocks={"ticket": ("logo", "number", "where", "service", "qr")}
    )
    usual, changed = make_hall(), make_hall(config.model_copy(update={"paper": own}), name="own")
    address = "/slips/preview.png?kind=ticket&printer=kiosk-1"

    before, after = (
        Image.open(io.BytesIO(hall.page(address, by="admin by cookie").data)) for hall in (usual, changed)
    )

    job = sample_job("ticket", changed.queue.config, changed.queue.clock(), language="az", printer="kiosk-1")
    data = SlipRendering(changed.queue.context).data(job)
    [printed] = decode(data, dots=576).pictures
    assert after.tobytes() == printed.tobytes()
    assert after.height < before.height
    assert after.crop((288, 4, 289, 50)).histogram()[0] == 46  # the logo is black and in the middle


def test_the_preview_is_a_page_for_those_who_answer_for_the_paper(still_hall):
    page = still_hall.page("/slips/preview?kind=rating&printer=zone-a&language=en", by="admin by cookie")

    assert page.status_code == 200
    assert "kind=rating&amp;slip_language=az&amp;printer=zone-a" in page.text
    assert 'width="384"' in page.text
    assert still_hall.page("/slips/preview").status_code == 401
    assert still_hall.page("/slips/preview.png", by="official by cookie").status_code == 403
    assert still_hall.page("/slips/preview?kind=poster", by="admin by cookie").status_code == 422


def test_a_slips_receipt_is_the_beginning_of_its_entrys_hash_in_the_log(hall):
    """Anyone who asks for the proof of the ticket finds the digits of the paper again."""
    import base64

    from server.receipts import receipt

    ticket = hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    hall.queue.ledger.seal()
    proof = hall.get(f"/tickets/{ticket['token']}/proof")

    with hall.queue.context.database.read() as connection:
        digits = receipt(connection, hall.queue.context.centre, ticket["token"])

    assert base64.b64decode(proof["entries"][0]["leaf"]).hex().startswith(digits.replace("-", ""))
    assert re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){3}", digits)


def test_reception_finds_every_document_on_one_page(still_hall):
    page = still_hall.page("/documents?paper_language=ka", by="reception by cookie")

    assert page.status_code == 200
    for zone in still_hall.queue.context.config.zones:
        assert f"/documents/zones/{zone.key}.pdf?paper_language=" in page.text
    assert "/documents/appointments.pdf" in page.text
    assert "/slips/preview" not in page.text  # which is for who answers for the paper
    assert "/slips/preview" in still_hall.page("/documents", by="supervisor by cookie").text
    assert 'href="/documents"' in still_hall.page("/staff", by="reception by cookie").text
    assert 'href="/documents"' not in still_hall.page("/staff", by="official by cookie").text


def test_reception_gives_a_lost_ticket_again_by_its_number(hall, tmp_path):
    ticket = hall.post("/tickets", {"service": BIRTH}, by="kiosk")

    given = hall.page(f"/documents/ticket.pdf?number={ticket['number'].lower()}", by="reception by cookie")
    missing = hall.page("/documents/ticket.pdf?number=<b>Z999", by="reception by cookie")

    assert ticket["code"] in poppler("pdftotext", tmp_path, given.data)
    assert missing.status_code == 404
    assert "&lt;b&gt;Z999" in missing.text


HOSTILE = [
    "\u202eSAXTA 210A\u202c son",  # turns about what follows
    "A\x00B\x07C\x1b@D\x7f\x85E",  # what a machine might take for a command
    "Ş" * 4000,
    '<font size="400">&#x202e;<img src="file:///etc/passwd"/><a href="http://127.0.0.1:9/">',
    "\u0645\u0631\u062d\u0628\u0627 \u2066A012\u2069 \u200f",
    "g\u0335\u0336" * 50,
]


@pytest.mark.parametrize("text", HOSTILE, ids=["override", "control", "long", "markup", "arabic", "marks"])
def test_no_text_turns_a_document_about_or_leaves_its_page(text, tmp_path):
    usual = real_slips.write("ticket", "en")
    slip = replace(
        usual, service=text, bring=(text, text), missed=text, ahead=usual.ahead._replace(value=text)
    )

    data = pdf.ticket(slip)

    read = poppler("pdftotext", tmp_path, data)
    assert slip.number in read
    assert slip.code in read
    assert not {c for c in read if unicodedata.category(c) in ("Cc", "Cs")} - {"\n", "\f"}
    assert not set(read) & set("\u202d\u202e")
    boxes = re.findall(r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.]+)" yMax="([\d.]+)"',
                       poppler("pdftotext", tmp_path, data, "-bbox"))  # fmt: skip
    assert boxes
    for left, top, right, bottom in boxes:
        assert 50 <= float(left) <= float(right) <= 595 - 50
        assert 40 <= float(top) <= float(bottom) <= 842 - 40


def test_a_document_holds_no_link_no_script_and_nothing_from_elsewhere(tmp_path):
    slip = replace(real_slips.write("ticket", "en"), service=HOSTILE[3])

    data = pdf.ticket(slip)

    for name in (b"/URI", b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/XObject /Image"):
        assert name not in data


@pytest.mark.parametrize(
    ("way", "status"),
    [
        ("nobody", 401),
        ("official by cookie", 403),
        ("reception by cookie", 403),
        ("supervisor by cookie", 200),
    ],
)
def test_the_report_is_for_who_answers_for_the_hall(still_hall, way, status):
    assert still_hall.page("/documents/report?day=2026-11-24&format=csv", by=way).status_code == status


def test_the_supervisor_gets_the_report_in_each_form(still_hall):
    page = still_hall.page("/documents", by="supervisor by cookie").text
    assert 'action="/documents/report"' in page
    assert 'action="/documents/report"' not in still_hall.page("/documents", by="reception by cookie").text

    for form, begins in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"period,part,")):
        answer = still_hall.page(f"/documents/report?month=2026-11&format={form}", by="supervisor by cookie")
        assert answer.data.startswith(begins)
        assert answer.headers["Cache-Control"] == "no-store"
        assert f"navbat-2026-11.{form}" in answer.headers["Content-Disposition"]
    for wrong in ("day=soon", "month=2026-13", "day=2026-11-24&format=doc", ""):
        assert still_hall.page(f"/documents/report?{wrong}", by="supervisor by cookie").status_code == 422
