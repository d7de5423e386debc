"""The kiosk's staff menu, and what it and the supervisor may close."""

from __future__ import annotations

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from server.operations.touchscreens import hash_code
from tests.api.hall import Caller
from tests.builders import BIRTH, create_official, open_session

CODE = "135790"
WRONG = "urn:navbat:problem:wrong_code"


@pytest.fixture(scope="module")
def hashed():
    return hash_code(CODE)


@pytest.fixture
def make_kiosk_hall(make_hall, config, hashed):
    parts = {name: getattr(config, name) for name in type(config).model_fields}
    parts["kiosk"] = config.kiosk.model_copy(update={"staff_code_hash": hashed})
    return lambda **kwargs: make_hall(type(config)(**parts), **kwargs)


@pytest.fixture
def kiosk_hall(make_kiosk_hall):
    return make_kiosk_hall()


def staff_pass(hall):
    return hall.post("/kiosk/staff", {"code": CODE}, by="kiosk")["staff"]


def test_the_code_opens_the_menu_and_a_service_is_closed_and_opened(kiosk_hall):
    staff = staff_pass(kiosk_hall)

    closed = kiosk_hall.post(
        "/kiosk/availability", {"staff": staff, "service": BIRTH, "open": False}, by="kiosk"
    )
    refused = kiosk_hall.ask("POST", "/tickets", {"service": BIRTH}, by="kiosk")
    told = kiosk_hall.get("/services/now")["services"][BIRTH]
    kiosk_hall.post("/kiosk/availability", {"staff": staff, "service": BIRTH, "open": True}, by="kiosk")

    assert closed == {"service": BIRTH, "open": False}
    assert (refused.status_code, refused.json["type"]) == (409, "urn:navbat:problem:service_closed")
    assert (told["open"], told["obstacle"]) == (False, "service_closed")
    kiosk_hall.post("/tickets", {"service": BIRTH}, by="kiosk")


def test_a_test_slip_is_printed_at_the_kiosks_own_printer(kiosk_hall):
    job = kiosk_hall.post("/kiosk/test-print", {"staff": staff_pass(kiosk_hall)}, by="kiosk")

    assert (job["kind"], job["printer"]) == ("test", kiosk_hall.queue.config.kiosk.printer)


def test_wrong_codes_are_slowed_down_and_right_ones_are_not(make_kiosk_hall):
    hall = make_kiosk_hall(limits=True)
    right = [hall.ask("POST", "/kiosk/staff", {"code": CODE}, by="kiosk") for _ in range(7)]
    wrong = [hall.ask("POST", "/kiosk/staff", {"code": "000000"}, by="kiosk by cookie") for _ in range(6)]

    assert {answer.status_code for answer in right} == {200}
    assert [answer.status_code for answer in wrong] == [401] * 5 + [429]
    assert wrong[0].json["type"] == WRONG


class SixMinutesAgo(TimestampSigner):
    def get_timestamp(self):
        return super().get_timestamp() - 360


def test_a_pass_is_for_its_kiosk_and_a_few_minutes(kiosk_hall):
    staff = staff_pass(kiosk_hall)
    device, token = kiosk_hall.queue.devices.add("kiosk-8", kind="kiosk")
    elsewhere = {"Authorization": f"Bearer {token}"}
    signer = URLSafeTimedSerializer(kiosk_hall.app.secret_key, salt="kiosk staff menu", signer=SixMinutesAgo)

    def ask(staff, **kwargs):
        return kiosk_hall.ask("POST", "/kiosk/test-print", {"staff": staff}, **kwargs)

    answers = [
        ask(staff, headers=elsewhere),
        ask(staff[:-1], by="kiosk"),
        ask("", by="kiosk"),
        ask(signer.dumps(device.id), headers=elsewhere),
    ]

    assert {(answer.status_code, answer.json["type"]) for answer in answers} == {(401, WRONG)}


def test_without_a_code_there_is_no_menu(hall):
    answer = hall.ask("POST", "/kiosk/staff", {"code": CODE}, by="kiosk")

    assert (answer.status_code, answer.json["type"]) == (401, WRONG)


def test_a_supervisor_closes_a_service_and_the_log_says_who(hall):
    hall.post(f"/services/{BIRTH}/availability", {"open": False}, by="supervisor")

    assert hall.ask("POST", "/tickets", {"service": BIRTH}, by="reception").status_code == 409
    assert hall.ask("POST", "/services/unknown/availability", {"open": False}, by="admin").status_code == 404


def test_a_supervisor_of_some_agencies_closes_no_other_agencys_service(hall):
    scoped = create_official(hall.queue, "togrul", role="supervisor", agencies=["moi"])
    bearer = Caller(
        "togrul", "supervisor", {"Authorization": f"Bearer {open_session(hall.queue, scoped, 'bearer')[0]}"}
    )

    refused = hall.ask("POST", f"/services/{BIRTH}/availability", {"open": False}, by=bearer)

    assert (refused.status_code, refused.json["type"]) == (403, "urn:navbat:problem:not_allowed")
    assert hall.ask("POST", "/tickets", {"service": BIRTH}, by="reception").status_code == 201


def test_a_code_must_be_one_that_a_kiosk_can_type():
    for code in ("12345", "1234567890123", "12345a", "١٢٣٤٥٦", ""):
        with pytest.raises(ValueError, match="6 to 12 digits"):
            hash_code(code)
