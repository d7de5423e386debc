"""Devices: a code and a secret, where each stands, and what the log knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from server.errors import BadInput, DeviceNotFound, PairingEnded, PairingUnknown
from server.operations.devices import Place
from tests.builders import create_official, entries_of

if TYPE_CHECKING:
    from server.operations import Queue
    from server.operations.staff import Official
    from tests.conftest import FixedClock

BOARD = Place("display", zone="b")


@pytest.fixture
def rana(queue: Queue) -> Official:
    return create_official(queue, "rana", role="supervisor")


def kinds_of_log(queue: Queue) -> list[str]:
    return [each["kind"] for each in told(queue)]


def told(queue: Queue) -> list[dict[str, Any]]:
    return [each for each in entries_of(queue) if each["kind"].startswith("device.")]


def test_a_device_gets_its_token_when_its_code_was_typed_and_not_before(queue: Queue, rana: Official) -> None:
    pairing = queue.pairings.begin()
    assert queue.pairings.collect(pairing.secret) is None

    device = queue.pairings.complete(
        rana, f" {pairing.code[:3].lower()}-{pairing.code[3:]}", "Entrance", BOARD
    )

    collected = queue.pairings.collect(pairing.secret)
    assert collected is not None
    assert collected[0] == device
    assert queue.devices.identify(collected[1]) == device


def test_a_device_that_did_not_hear_the_answer_asks_again(queue: Queue, rana: Official) -> None:
    pairing = queue.pairings.begin()
    device = queue.pairings.complete(rana, pairing.code, "Entrance", BOARD)

    lost, found = queue.pairings.collect(pairing.secret), queue.pairings.collect(pairing.secret)

    assert lost is not None
    assert found is not None
    assert queue.devices.identify(found[1]) == device
    with pytest.raises(DeviceNotFound):
        queue.devices.identify(lost[1])


def test_a_code_is_good_for_ten_minutes_and_for_one_device(
    queue: Queue, rana: Official, clock: FixedClock
) -> None:
    used, late = queue.pairings.begin(), queue.pairings.begin()
    queue.pairings.complete(rana, used.code, "Entrance", BOARD)
    with pytest.raises(PairingUnknown):
        queue.pairings.complete(rana, used.code, "Gate", BOARD)

    clock.advance(minutes=10)

    with pytest.raises(PairingUnknown):
        queue.pairings.complete(rana, late.code, "Gate", BOARD)
    for secret in (late.secret, used.secret, "guessed"):
        with pytest.raises(PairingEnded):
            queue.pairings.collect(secret)
    assert len(queue.devices.all()) == 1


@pytest.mark.parametrize(
    ("name", "place", "field"),
    [
        ("Entrance", Place("display"), "name"),
        ("  ", Place("display"), "name"),
        ("Gate", Place("camera"), "kind"),
        ("Gate", Place("display", zone="nowhere"), "zone"),
        ("Gate", Place("display", display="nowhere"), "display"),
        ("Gate", Place("kiosk", printer="nowhere"), "printer"),
        ("Gate", Place("tablet"), "counter"),
        ("Gate", Place("display", counter=999), "counter"),
    ],
)
def test_what_the_centre_does_not_have_leaves_the_code_as_it_was(
    queue: Queue, rana: Official, name: str, place: Place, field: str
) -> None:
    queue.devices.add("Entrance", kind="display")
    pairing = queue.pairings.begin()

    with pytest.raises(BadInput) as refusal:
        queue.pairings.complete(rana, pairing.code, name, place)

    assert refusal.value.facts["field"] == field
    assert queue.pairings.complete(rana, pairing.code, "Gate", BOARD).name == "Gate"


def test_a_revoked_device_is_refused_at_once_and_its_name_is_free(queue: Queue, rana: Official) -> None:
    device, token = queue.devices.add("Entrance", kind="kiosk")
    queue.device_desk.revoke(rana, device.id)
    with pytest.raises(DeviceNotFound):
        queue.devices.identify(token)
    for act in (queue.device_desk.restart, queue.device_desk.revoke):
        with pytest.raises(DeviceNotFound):
            act(rana, device.id)

    again = queue.pairings.complete(rana, queue.pairings.begin().code, "Entrance", BOARD)

    assert (again.id, again.kind, again.zone) == (device.id, "display", "b")
    with pytest.raises(DeviceNotFound):
        queue.devices.identify(token)


def test_the_log_has_what_was_done_and_no_name(queue: Queue, rana: Official) -> None:
    device = queue.pairings.complete(rana, queue.pairings.begin().code, "Rəna's board", BOARD)
    desk = queue.device_desk
    desk.rename(rana, device.id, "Entrance")
    desk.rename(rana, device.id, "Entrance")
    desk.move(rana, device.id, zone="c", counter=18)
    desk.move(rana, device.id, zone="c", counter=18)
    desk.revoke(rana, device.id)

    assert kinds_of_log(queue) == ["device.paired", "device.renamed", "device.moved", "device.revoked"]
    assert all(entry["official"] == rana.id for entry in told(queue))
    assert told(queue)[2]["data"]["at_counter"] == 18
    assert "board" not in str(told(queue))


def test_a_device_is_online_while_it_is_connected(queue: Queue, clock: FixedClock) -> None:
    device, token = queue.devices.add("Entrance", kind="display")

    def is_online() -> bool:
        online: bool = queue.devices.all()[0]["online"]
        return online

    assert not is_online()
    queue.devices.seen(device.id, "1.0.0")
    assert is_online()
    clock.advance(minutes=2)
    queue.devices.identify(token)
    clock.advance(minutes=2)
    assert is_online()
    queue.devices.left(device.id)
    assert not is_online()
    queue.devices.seen(device.id, "1.0.0")
    clock.advance(minutes=3)  # its process died, and nobody could tell
    assert not is_online()
