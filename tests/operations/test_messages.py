"""What supervisors have the boards say: who sees it, for how long, and what the log keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from server.domain.replay import Replay
from server.errors import BadInput, MessageNotFound
from server.operations.messages import PRESETS
from tests.builders import create_official, entries_of

if TYPE_CHECKING:
    from server.operations import Queue
    from server.operations.staff import Official
    from tests.conftest import FixedClock


@pytest.fixture
def rana(queue: Queue) -> Official:
    return create_official(queue, "rana", role="supervisor")


def said(queue: Queue, zone: str | None) -> list[Any]:
    return [(each["kind"], each["preset"]) for each in queue.boards.view(zone)["messages"]]


def test_a_zone_says_its_own_and_what_the_centre_says_emergencies_first(queue: Queue, rana: Official) -> None:
    queue.messages.show(rana, kind="emergency", preset="shelter")
    queue.messages.show(rana, kind="message", preset="suspended", zone="b")

    assert said(queue, "b") == [("emergency", "shelter"), ("message", "suspended")]
    assert said(queue, "c") == [("emergency", "shelter")]
    assert len(said(queue, None)) == 2


@pytest.mark.parametrize("kind", PRESETS)
def test_every_ready_sentence_is_there_in_every_language(queue: Queue, rana: Official, kind: str) -> None:
    for preset in PRESETS[kind]:
        title = queue.messages.show(rana, kind=kind, preset=preset)["title"]

        assert set(title) == set(queue.config.centre.languages)
        assert len(set(title.values())) == len(title)


def test_a_message_ends_by_itself_or_by_hand(queue: Queue, rana: Official, clock: FixedClock) -> None:
    queue.messages.show(rana, kind="message", preset="suspended", minutes=30)
    own = queue.messages.show(rana, kind="message", text={"az": "  Zona\n B ", "ru": " "})
    assert own["text"] == {"az": "Zona B"}

    clock.advance(minutes=30)
    assert said(queue, "b") == [("message", None)]
    queue.messages.end(rana, own["id"])
    queue.messages.end(rana, own["id"])

    assert said(queue, "b") == []
    with pytest.raises(MessageNotFound):
        queue.messages.end(rana, own["id"] + 1)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"kind": "joke", "preset": "suspended"}, "kind"),
        ({"kind": "message", "preset": "evacuate"}, "preset"),
        ({"kind": "message"}, "text"),
        ({"kind": "message", "text": {"az": " "}}, "text"),
        ({"kind": "message", "text": {"xx": "hello"}}, "text"),
        ({"kind": "message", "text": {"az": "ə" * 241}}, "text"),
        ({"kind": "message", "preset": "suspended", "zone": "nowhere"}, "zone"),
        ({"kind": "message", "preset": "suspended", "minutes": 0}, "minutes"),
    ],
)
def test_what_cannot_be_said_is_refused(
    queue: Queue, rana: Official, wanted: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        queue.messages.show(rana, **wanted)

    assert refusal.value.facts["field"] == field
    assert queue.messages.current() == []


def test_the_log_keeps_that_it_was_shown_and_not_the_free_words(queue: Queue, rana: Official) -> None:
    shown = queue.messages.show(
        rana, kind="emergency", preset="evacuate", text={"az": "Rəna xanım, B qapısı"}
    )
    queue.messages.end(rana, shown["id"])

    entries = entries_of(queue)

    assert [each["kind"] for each in entries[-2:]] == ["message.shown", "message.ended"]
    assert entries[-2]["data"] == {
        "id": shown["id"],
        "is_emergency": True,
        "preset": "evacuate",
        "zone": None,
        "languages": ["az"],
        "minutes": None,
    }
    replay = Replay()
    assert [finding for at, each in enumerate(entries) for finding in replay.go_on(at, each)] == []


def test_a_shown_message_comes_to_the_boards_at_once(queue: Queue, rana: Official) -> None:
    before = queue.boards.view("b")["version"]

    queue.messages.show(rana, kind="message", preset="suspended", zone="b")

    assert queue.boards.view("b")["version"] > before
