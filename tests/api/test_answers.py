"""One visit through the interface: every answer has the documented shape, and tells nobody more than it may."""

from __future__ import annotations

import json

import pytest

from tests.builders import BIRTH, PASSPORT


@pytest.fixture
def visit(hall):
    """A ticket of two services, and counter 18 open for its first."""
    hall.post("/counters/18/open", by="official")
    return hall.post("/tickets", {"service": BIRTH, "also": [PASSPORT], "category": "age_70"}, by="kiosk")


def test_what_changes_of_the_catalogue_is_asked_for_by_itself(hall, visit):
    whole, now = hall.get("/services"), hall.get("/services/now")

    services = {each["key"]: each for agency in whole["agencies"] for each in agency["services"]}
    assert now["services"].keys() == services.keys()
    assert {key: services[BIRTH][key] for key in now["services"][BIRTH]} == now["services"][BIRTH]
    assert (now["services"][BIRTH]["waiting"], now["services"][BIRTH]["staffed"]) == (1, True)
    assert {key: whole[key] for key in now if key != "services"} == {
        key: now[key] for key in now if key != "services"
    }
    assert len(json.dumps(now)) < len(json.dumps(whole)) / 5


def test_a_visit_goes_its_whole_way(hall, clock, visit):
    assert (visit["number"], visit["state"], visit["print"]["state"]) == ("R001", "waiting", "queued")
    assert hall.get("/services")["open"] is True
    assert [row["waiting"] for row in hall.get("/hall?zone=b")["waiting"]] == [1]

    called = hall.post("/counters/18/next", by="official")
    assert (called["number"], called["state"], called["counter"]) == ("R001", "called", 18)
    [call] = hall.get("/hall?zone=b")["calls"]
    assert (call["number"], call["counter"], call["call_count"]) == ("R001", 18, 1)
    clock.advance(seconds=31)
    assert hall.post("/counters/18/recall", by="official")["call_count"] == 2
    assert hall.post("/counters/18/start", by="official")["state"] == "serving"
    assert hall.get("/counters/18", by="official")["ticket"]["number"] == "R001"
    finished = hall.post("/counters/18/finish", by="official")
    assert (finished["state"], finished["service"]) == ("waiting", PASSPORT)

    seen = hall.get(f"/tickets/{visit['token']}")
    [rated, waits] = seen["services"]
    assert (rated["state"], waits["state"]) == ("served", "waiting")
    given = hall.post(
        f"/ratings/{rated['rating_token']}", {"score": 5, "aspects": {"quality": 4}, "comment": "ə"}
    )
    assert given == {"score": 5, "service": BIRTH, "rated_at": "2026-11-24T10:00:31+04:00"}
    again = hall.ask("POST", f"/ratings/{rated['rating_token']}", {"score": 1})
    assert (again.status_code, again.json["type"]) == (409, "urn:navbat:problem:already_rated")


def test_a_rating_ends_with_its_days(hall, clock, visit):
    for act in ("next", "start", "finish"):
        hall.post(f"/counters/18/{act}", by="official")
    token = hall.get(f"/tickets/{visit['token']}")["services"][0]["rating_token"]
    clock.advance(days=15)

    answer = hall.ask("POST", f"/ratings/{token}", {"score": 5})

    assert (answer.status_code, answer.json["type"]) == (410, "urn:navbat:problem:rating_ended")


def test_the_other_ways_of_a_visit_have_their_shapes_too(hall, visit):
    def do(act, body=None):
        return hall.post(f"/counters/18/{act}", body, by="official")

    do("next")
    assert do("hold")["state"] == "held"
    assert hall.get("/counters/18", by="official")["held"][0]["number"] == "R001"
    assert do("resume", {"ticket": "R001"})["state"] == "called"
    assert do("start")["state"] == "serving"
    assert len(do("add-service", {"service": BIRTH})["services"]) == 3
    assert do("transfer", {"counter": 19, "reason": "stamp"})["state"] == "waiting"
    second = hall.post("/tickets", {"service": BIRTH}, by="reception")
    assert do("call", {"ticket": second["id"], "reason": "unwell"})["number"] == "R002"
    assert do("no-show")["state"] == "no_show"
    assert do("next") is None
    assert do("pause", {"reason": "lunch"})["state"] == "paused"
    assert hall.get("/hall")["counters"][17]["reason"] == "lunch"
    assert do("open")["state"] == "open"
    assert do("close")["state"] == "closed"
    assert hall.post(f"/tickets/{visit['token']}/cancel")["state"] == "cancelled"
    assert hall.get("/me", by="official by cookie")["role"] == "official"
    assert len(hall.get("/counters", by="auditor")["counters"]) == 52


def test_staff_never_see_a_token_a_rating_token_or_a_category(hall, visit):
    token = visit["token"]
    seen = []
    for act in ("next", "hold"):
        seen.append(hall.post(f"/counters/18/{act}", by="official"))
    seen.append(hall.get("/counters/18", by="official"))
    for act, body in (("resume", {"ticket": "R001"}), ("start", {}), ("finish", {})):
        seen.append(hall.post(f"/counters/18/{act}", body, by="official"))
        seen.append(hall.get("/counters/18", by="supervisor"))
    rating_token = hall.get(f"/tickets/{token}")["services"][0]["rating_token"]
    seen.append(hall.get("/hall"))
    seen.append(hall.page("/counter/18", by="official by cookie").text)
    seen.append(hall.page("/display?zone=b").text)

    text = json.dumps(seen)

    assert rating_token
    for secret in (token, rating_token, "age_70", "rating_token"):
        assert secret not in text


def test_a_visitor_learns_nothing_of_the_official(hall, visit):
    for act in ("next", "start"):
        hall.post(f"/counters/18/{act}", by="official")

    text = json.dumps([hall.get(f"/tickets/{visit['token']}"), hall.get("/hall?zone=b")])

    assert "official" not in text


def test_tokens_are_long_and_never_alike(hall):
    tokens = [hall.post("/tickets", {"service": BIRTH}, by="kiosk")["token"] for _ in range(20)]

    assert len(set(tokens)) == 20
    assert min(map(len, tokens)) >= 22  # 128 bits in base64


def test_times_carry_the_centres_offset(hall, visit):
    assert visit["arrived_at"] == "2026-11-24T10:00:00+04:00"
    assert visit["due_at"].endswith("+04:00")


def test_reception_chooses_whether_paper_comes_out(hall):
    without = hall.post("/tickets", {"service": BIRTH, "print": False}, by="reception")

    assert without["print"] is None
