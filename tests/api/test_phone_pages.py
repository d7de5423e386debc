"""The phone's pages over HTTP: what is told of a code, who may guess how often, and what a phone carries."""

from __future__ import annotations

import pytest

from server.job_store import DatabaseJobStore
from server.slip_texts import SlipTexts
from server.wording import Wording
from tests.builders import BIRTH, PASSPORT

SCRIPT = "<script>alert(1)</script>"
WRONG = 10


@pytest.fixture
def strict_hall(make_hall):
    return make_hall(limits=True)


def type_code(hall, code, path="/follow?language=en", **headers):
    return hall.page(path, method="POST", data={"code": code}, headers=headers)


def browser(hall):
    """A phone that keeps its cookies."""
    return hall.app.test_client()


def issue(hall):
    return hall.post("/tickets", {"service": PASSPORT}, by="kiosk")


def test_the_slips_qr_and_its_six_signs_lead_to_the_same_ticket(hall):
    ticket = issue(hall)
    context = hall.queue.context
    job = DatabaseJobStore(context.database).take_next(hall.queue.config.kiosk.printer, context.clock())
    slip = SlipTexts(context).slip(job)

    answer = type_code(hall, slip.code, "/f?language=en")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/t/{ticket['token']}?language=en")
    assert slip.qr_url == f"{context.public_url}/t/{ticket['token']}"
    assert slip.qr_caption.endswith(f"{context.public_url.partition('://')[2]}/f")


def test_wrong_codes_are_counted_and_right_ones_are_not(strict_hall):
    ticket = issue(strict_hall)
    for _ in range(3 * WRONG):
        assert type_code(strict_hall, ticket["code"]).status_code == 303

    statuses = [type_code(strict_hall, "ABCDEF").status_code for _ in range(WRONG + 1)]

    assert statuses == [404] * WRONG + [429]
    # Nor can the right one be had now from there: that would tell the guesser.
    refused = type_code(strict_hall, ticket["code"])
    assert refused.status_code == 429
    assert Wording("en").text("take.follow_too_many") in refused.text
    assert int(refused.headers["Retry-After"]) > 0


def test_the_boards_code_cannot_be_guessed_either(strict_hall):
    guesses = [strict_hall.page(f"/p/{'CDFGHJ'[place % 6] * 6}").status_code for place in range(WRONG + 1)]

    assert guesses == [404] * WRONG + [429]
    assert strict_hall.page(f"/p/{strict_hall.queue.presence.code()['code']}").status_code == 429


def test_each_kind_of_code_is_answered_plainly(hall, clock):
    old = issue(hall)["code"]
    clock.advance(days=1)

    words = Wording("en")
    for code, status, text in (
        (old, 410, words.text("errors.code_old")),
        ("QQQQQQ", 404, words.text("take.follow_unknown")),
        (SCRIPT, 404, words.text("take.follow_unknown")),
    ):
        answer = type_code(hall, code)
        assert (answer.status_code, text in answer.text) == (status, True)
        assert SCRIPT not in answer.text


@pytest.mark.parametrize("path", ["/follow", "/p", "/take", "/take/passport"])
def test_no_field_of_the_address_becomes_a_script(still_hall, path):
    answer = still_hall.page(f"{path}?language={SCRIPT}&q={SCRIPT}")

    assert answer.status_code == 200
    assert SCRIPT not in answer.text


def test_a_phone_carries_signed_names_that_no_script_reads(hall):
    phone = browser(hall)
    code = hall.queue.presence.code()["code"]

    given = [
        header for path in ("/take", f"/p/{code}") for header in phone.get(path).headers.getlist("Set-Cookie")
    ]

    assert sorted(header.partition("=")[0] for header in given) == ["navbat_here", "navbat_phone"]
    assert all("HttpOnly" in header and "SameSite=Lax" in header for header in given)


def test_a_made_up_name_or_proof_is_none(hall):
    phone = browser(hall)
    for name in ("navbat_phone", "navbat_here"):
        phone.set_cookie(name, '"2000000000.0".AAAA')

    assert phone.post(f"/take/{BIRTH}").status_code == 422, "no phone, no ticket"
    phone.get("/take")
    taken = phone.post(f"/take/{BIRTH}")
    token = taken.headers["Location"].partition("/t/")[2].partition("?")[0]
    assert hall.queue.tickets.view(token)["state"] == "held", "from afar: the proof was none"


def test_the_proof_of_presence_lasts_ten_minutes(hall, clock):
    phone = browser(hall)
    phone.get(f"/p/{hall.queue.presence.code()['code']}")
    assert Wording("az").text("take.lead_here") in phone.get("/take?language=az").text

    clock.advance(minutes=11)

    assert Wording("az").text("take.lead_here") not in phone.get("/take?language=az").text


def test_where_the_centre_gives_none_the_page_says_so_and_a_form_gets_none(make_hall, config):
    hall = make_hall(config.model_copy(update={"phone_tickets": type(config.phone_tickets)()}))
    phone = browser(hall)

    assert Wording("en").text("take.off") in phone.get("/take?language=en").text
    assert phone.post(f"/take/{BIRTH}").status_code == 409
    assert hall.rows()["tickets"] == []


def test_in_the_hall_only_means_in_the_hall_only(make_hall, config):
    allowed = config.phone_tickets.model_copy(update={"remote": False})
    hall = make_hall(config.model_copy(update={"phone_tickets": allowed}))
    phone = browser(hall)

    assert Wording("en").text("take.lead_scan") in phone.get("/take?language=en").text
    assert phone.post(f"/take/{BIRTH}").status_code == 409
    phone.get(f"/p/{hall.queue.presence.code()['code']}")
    assert phone.post(f"/take/{BIRTH}").status_code == 303


def test_a_closed_centre_gives_no_number_to_phones(hall, clock):
    phone = browser(hall)
    clock.advance(hours=10)

    shown = phone.get(f"/take/{BIRTH}?language=en")
    assert Wording("en").text("take.not_now") in shown.text
    assert phone.post(f"/take/{BIRTH}").status_code == 409


def test_the_worker_and_the_manifest_are_what_browsers_ask_for(still_hall):
    worker = still_hall.page("/phone-worker.js")
    manifest = still_hall.page("/manifest.webmanifest?language=ru")

    assert (worker.mimetype, worker.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    assert "Content-Security-Policy" in worker.headers
    assert manifest.mimetype == "application/manifest+json"
    assert (manifest.json["lang"], manifest.json["start_url"]) == ("ru", "/follow?language=ru")
