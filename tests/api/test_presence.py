"""A board is told the rotating code; whoever is not in the hall is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.config import Config


def test_a_display_gets_a_code_that_opens_the_page_for_phones(hall, clock):
    first = hall.get("/presence", by="display")
    clock.advance(seconds=30)
    second = hall.get("/presence", by="display by cookie")

    assert first["code"] != second["code"]
    assert first["url"] == f"{hall.queue.context.public_url}/p/{first['code']}"
    assert len(first["qr"]) == len(first["qr"][0]) >= 25
    assert set(first["words"]) == {"az", "uz", "ru", "en", "tr"}


def test_a_centre_without_tickets_on_phones_has_no_code(make_hall, config: Config):
    quiet = config.model_copy(update={"phone_tickets": type(config.phone_tickets)()})
    hall = make_hall(quiet)

    answer = hall.ask("GET", "/presence", by="display")

    assert (answer.status_code, answer.json["type"]) == (404, "urn:navbat:problem:presence_not_asked")
