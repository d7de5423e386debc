"""Who may connect to which namespace and say what there: every event that the server hears, with every caller."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import make_server

from server.app import create_app
from server.operations.staff import ROLES
from tests.api.hall import database_rows
from tests.builders import BIRTH, create_official, create_ticket, open_counter, open_session
from tests.servers import eventually
from tests.socket_client import CONNECT, CONNECT_ERROR, DISCONNECT, EVENT, MESSAGE, SocketClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from server.config import Config
    from server.operations import Queue
    from server.operations.staff import Official
    from tests.conftest import FixedClock

COUNTER, OTHER_AGENCY = 18, "moi"  # the registry's counter; its officials serve another agency
PRINTERS = ("kiosk-1", "zone-a")  # of the two agents
ACK = "3"
NOBODY = ("nobody", "a guess")
STAFF = tuple(f"{role} by {way}" for role in ROLES for way in ("cookie", "token"))
# Signed in or enrolled, and yet not let in.
OUT = tuple(
    f"{who} by {way}"
    for who in (
        "official of another agency",
        "supervisor of another agency",
        "new official",
        "disabled official",
        "signed out official",
        "expired official",
        "revoked kiosk",
        "revoked display",
        "revoked agent",
        "revoked tablet",
        "agent of no printer",
    )
    for way in ("cookie", "token")
)
KIOSK, DISPLAY, AGENT, OTHER, TABLET = "kiosk", "display", "agent", "another agent", "tablet"
DEVICES = tuple(
    f"{who} by {way}" for who in (KIOSK, DISPLAY, AGENT, OTHER, TABLET) for way in ("cookie", "token")
)
VISITOR = "visitor"
EVERYONE = (*NOBODY, *STAFF, *OUT, *DEVICES, VISITOR)
ENROLLED = (
    *(each for each in DEVICES if each.endswith("cookie")),
    "agent of no printer by cookie",
)

# Each event that the server hears, but for the end of a connection, and from whom.
HEARD = {
    ("/hall", "connect"): EVERYONE,
    ("/counter", "connect"): STAFF,
    ("/ticket", "connect"): (VISITOR,),
    ("/device", "connect"): ("agent by token", "another agent by token"),
    ("/device", "result"): ("agent by token",),
    ("/device", "state"): ("agent by token",),
    ("/screen", "connect"): ENROLLED,
    ("/tablet", "connect"): ("tablet by cookie",),
}
NAMESPACES = tuple(space for space, event in HEARD if event == "connect")
# What is told to those who were let in, when something happens.
TOLD = {"/hall": "board", "/counter": "counter", "/ticket": "ticket", "/device": "job", "/tablet": "ask"}


class Line(SocketClient):
    """One websocket over which any namespace may be asked for; everything that comes is kept."""

    def __init__(self, url: str, token: str | None, headers: dict[str, str]) -> None:
        self.packets: list[tuple[str, str, Any]] = []
        self._auth = {"token": token} if token else None
        super().__init__(url, "/hall", query=f"counter={COUNTER}", auth=self._auth, headers=headers)

    def connect(self, namespace: str) -> bool:
        """Ask for a namespace; tells whether it was let in."""
        self.send(f"{MESSAGE}{CONNECT}{namespace},{json.dumps(self._auth) if self._auth else ''}")
        return bool(self._wait(namespace, CONNECT, CONNECT_ERROR) == CONNECT)

    def say(self, namespace: str, event: str, message: Any) -> None:
        """Send a message, asking for a receipt; what follows is taken after it."""
        self.send(f"{MESSAGE}{EVENT}{namespace},7{json.dumps([event, message])}")

    def is_told(self, namespace: str) -> list[str]:
        """List the events of a namespace that have come."""
        with self._changed:
            return [data[0] for space, kind, data in self.packets if (space, kind) == (namespace, EVENT)]

    def is_closed(self, namespace: str) -> bool:
        """Tell whether the server ended this namespace."""
        with self._changed:
            return any((space, kind) == (namespace, DISCONNECT) for space, kind, _ in self.packets)

    def forget(self) -> None:
        """Forget what has come so far."""
        with self._changed:
            self.packets.clear()

    def has_receipt(self, namespace: str) -> bool:
        """Tell whether a message was taken."""
        with self._changed:
            return any((space, kind) == (namespace, ACK) for space, kind, _ in self.packets)

    def _wait(self, namespace: str, *kinds: str) -> str | None:
        def find() -> str | None:
            return next(
                (kind for space, kind, _ in self.packets if space == namespace and kind in kinds), None
            )

        with self._changed:
            self._changed.wait_for(find, 10)
            return find()

    def _take(self, kind: str, rest: str) -> None:
        namespace, _, text = rest.partition(",")
        text = re.sub(r"^\d+", "", text)
        with self._changed:
            self.packets.append((namespace, kind, json.loads(text) if text else None))
            self._changed.notify_all()
        if namespace == self.namespace and kind != ACK:
            super()._take(kind, rest)


@dataclass
class Hall:
    """A server, and how each caller connects."""

    app: Flask
    url: str
    queue: Queue
    clock: FixedClock
    credentials: dict[str, tuple[str | None, dict[str, str]]]
    admin: Official
    official: Official
    devices: dict[str, int]
    lines: list[Line] = field(default_factory=list)

    def line(self, caller: str) -> Line:
        self.lines.append(Line(self.url, *self.credentials[caller]))
        return self.lines[-1]

    def happen(self) -> None:
        """Change something that every namespace tells of."""
        self.queue.counters.next(COUNTER, self.official)
        self.queue.visits.start(COUNTER, self.official)
        self.queue.visits.finish(COUNTER, self.official)
        create_ticket(self.queue, BIRTH, printer=PRINTERS[0])
        create_ticket(self.queue, BIRTH, printer=PRINTERS[1])
        for device in self.queue.devices.all():
            self.queue.device_desk.restart(self.admin, device["id"])


def credentials(queue: Queue, clock: FixedClock, admin: Official) -> dict[str, Any]:
    """Make everybody; returns how each of them connects, and the devices' keys."""
    found: dict[str, Any] = {"nobody": (None, {}), "a guess": ("guess", {"Cookie": "navbat_staff=guess"})}
    people = {role: create_official(queue, role, role=role) for role in ROLES}
    for role in ("official", "supervisor"):
        name = f"{role} of another agency"
        people[name] = create_official(queue, name, role=role, agencies=[OTHER_AGENCY])
    people["new official"] = create_official(queue, "new official", must_change=True)
    for state in ("disabled", "signed out", "expired"):
        people[f"{state} official"] = create_official(queue, f"{state} official")
    for name, official in people.items():
        if name.startswith("expired"):
            clock.now -= timedelta(hours=13)
        cookie, _ = open_session(queue, official, "cookie")
        bearer, _ = open_session(queue, official, "bearer")
        if name.startswith("expired"):
            clock.now += timedelta(hours=13)
        if name.startswith("signed out"):
            queue.sessions.sign_out(cookie)
            queue.sessions.sign_out(bearer)
        found[f"{name} by cookie"] = (None, {"Cookie": f"navbat_staff={cookie}"})
        found[f"{name} by token"] = (bearer, {})
    queue.accounts.disable(admin, people["disabled official"].id)
    return found


def enrol(queue: Queue, admin: Official, found: dict[str, Any]) -> dict[str, int]:
    """Enrol every device, revoke some; returns the keys of those that are left."""
    kept = {}
    for name in (
        KIOSK,
        DISPLAY,
        AGENT,
        OTHER,
        TABLET,
        "agent of no printer",
        *(f"revoked {kind}" for kind in (KIOSK, DISPLAY, AGENT, TABLET)),
    ):
        kind = next(kind for kind in ("kiosk", "display", "tablet", "agent") if kind in name)
        kind = "printer" if kind == "agent" else kind
        counter = COUNTER if kind == "tablet" else None
        device, token = queue.devices.add(name.replace(" ", "-"), kind=kind, counter=counter)
        found[f"{name} by cookie"] = (None, {"Cookie": f"navbat_device={token}"})
        found[f"{name} by token"] = (token, {})
        queue.devices.identify(token)  # seen just now, so that no refusal has to write it
        if name.startswith("revoked"):
            queue.device_desk.revoke(admin, device.id)
        else:
            kept[name] = device.id
    return kept


@pytest.fixture
def hall(config: Config, clock: FixedClock, tmp_path: Any) -> Iterator[Hall]:
    agents = dict(zip(PRINTERS, ("agent:agent", "agent:another-agent"), strict=True))
    parts = {name: getattr(config, name) for name in type(config).model_fields}
    parts["printers"] = tuple(
        each.model_copy(update={"uri": agents.get(each.key, each.uri)}) for each in config.printers
    )
    parts["rating"] = config.rating.model_copy(update={"prompt": "tablet"})
    app = create_app(type(config)(**parts), data_dir=tmp_path, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    admin = create_official(queue, "rena", role="admin")
    found = credentials(queue, clock, admin)
    devices = enrol(queue, admin, found)
    official = open_counter(queue, COUNTER)
    found[VISITOR] = (create_ticket(queue, BIRTH)["token"], {})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    live = app.extensions["hall"]
    live.sockets.start()
    live.tablets.start()
    url = f"http://127.0.0.1:{server.port}"
    hall = Hall(app, url, queue, clock, found, admin, official, devices)
    yield hall
    for line in hall.lines:
        line.close()
    live.printers.agents.stop()
    live.tablets.stop()
    live.sockets.stop()
    server.shutdown()
    queue.context.database.close()


def test_every_event_that_the_server_hears_stands_in_the_table(hall: Hall) -> None:
    handlers = hall.app.extensions["hall"].sockets.io.server.handlers

    heard = {(space, event) for space, events in handlers.items() for event in events}
    assert {each for each in heard if each[1] != "disconnect"} == set(HEARD)


def test_each_namespace_lets_in_its_own_and_tells_nobody_else(hall: Hall) -> None:
    before = database_rows(hall.queue)
    strangers = {caller: hall.line(caller) for caller in EVERYONE if is_out_everywhere(caller)}
    let_in = {caller: asks_for_all(line) for caller, line in strangers.items()}
    assert database_rows(hall.queue) == before, "who is let in nowhere changes nothing"

    lines = strangers | {caller: hall.line(caller) for caller in EVERYONE if caller not in strangers}
    let_in |= {caller: asks_for_all(line) for caller, line in lines.items() if caller not in strangers}
    for space in NAMESPACES:
        found = {caller for caller, spaces in let_in.items() if space in spaces}
        assert found == set(HEARD[space, "connect"]), space

    for line in lines.values():
        line.forget()
    hall.happen()
    for space, event in TOLD.items():
        for caller in HEARD[space, "connect"]:
            eventually(lambda: event in lines[caller].is_told(space))  # noqa: B023 (at once)
    for caller, line in lines.items():
        told = {space for space, kind, _ in line.packets if kind == EVENT}
        assert told <= let_in[caller], caller


def is_out_everywhere(caller: str) -> bool:
    return not any(caller in HEARD[space, "connect"] for space in NAMESPACES if space != "/hall")


def asks_for_all(line: Line) -> set[str]:
    """Ask for each namespace; returns those that let the caller in."""
    return {"/hall", *(space for space in NAMESPACES if space != "/hall" and line.connect(space))}


def messages(hall: Hall) -> dict[tuple[str, str], Any]:
    """Write a message of each kind that changes something when it is heard."""
    with hall.queue.context.database.read() as connection:
        jobs = connection.exec_driver_sql("SELECT id FROM print_jobs WHERE printer = 'kiosk-1'").scalars()
        job = min(jobs)
    return {
        ("/device", "result"): {
            "job": job,
            "printer": PRINTERS[0],
            "state": "printed",
            "confirmed": "process-id",
            "bytes_sent": 4,
        },
        ("/device", "state"): {"printer": PRINTERS[0], "problem": "paper_out", "warning": None},
    }


def test_a_message_is_heard_from_its_own_and_changes_nothing_from_others(hall: Hall) -> None:
    create_ticket(hall.queue, BIRTH, printer=PRINTERS[0])
    said = messages(hall)
    assert set(said) == {each for each in HEARD if each[1] != "connect"}, "each has a message here"
    agent = hall.line("agent by token")
    assert agent.connect("/device")
    eventually(lambda: "job" in agent.is_told("/device"))

    for caller in EVERYONE:
        others = [(each, message) for each, message in said.items() if caller not in HEARD[each]]
        if others:
            line = hall.line(caller)
            is_in = {space for (space, _), _ in others if line.connect(space)}
            before = database_rows(hall.queue)
            for (space, event), message in others:
                line.forget()
                line.say(space, event, message)
                if space in is_in:  # another agent: what is another's is not its to tell of
                    eventually(lambda: line.has_receipt(space))  # noqa: B023 (at once)
            line.connect("/hall")  # answered after what was said before
            assert database_rows(hall.queue) == before, caller
    for (space, event), message in said.items():
        before = database_rows(hall.queue)
        agent.say(space, event, message)
        eventually(lambda: database_rows(hall.queue) != before)  # noqa: B023 (at once)


def ends(hall: Hall) -> dict[tuple[str, str], Callable[[], object]]:
    """List what ends a connection, by the caller and the namespace."""
    queue, admin = hall.queue, hall.admin

    def id_of(name: str) -> int:
        found = queue.staff.find(name)
        assert found is not None
        return found.id

    def token_of(caller: str) -> str:
        return hall.credentials[caller][1]["Cookie"].partition("=")[2]

    return {
        ("official by cookie", "/counter"): lambda: queue.accounts.disable(admin, id_of("official")),
        ("reception by token", "/counter"): lambda: queue.accounts.change(
            admin, id_of("reception"), {"agencies": [OTHER_AGENCY]}
        ),
        ("supervisor by cookie", "/counter"): lambda: queue.sessions.sign_out(
            token_of("supervisor by cookie")
        ),
        ("kiosk by cookie", "/screen"): lambda: queue.device_desk.revoke(admin, hall.devices[KIOSK]),
        ("display by cookie", "/hall"): lambda: queue.device_desk.revoke(admin, hall.devices[DISPLAY]),
        ("agent by token", "/device"): lambda: queue.device_desk.revoke(admin, hall.devices[AGENT]),
        ("tablet by cookie", "/tablet"): lambda: queue.device_desk.move(
            admin, hall.devices[TABLET], counter=19
        ),
    }


def test_a_connection_ends_with_what_let_it_in_and_is_told_nothing_afterwards(hall: Hall) -> None:
    ending = ends(hall)
    lines = {caller: hall.line(caller) for caller, _ in ending}
    for caller, space in ending:
        assert space == "/hall" or lines[caller].connect(space), caller

    for (caller, space), end in ending.items():
        end()
        eventually(lambda: lines[caller].is_closed(space))  # noqa: B023 (at once)
        lines[caller].forget()
    watching = hall.line("nobody")
    watching.forget()
    hall.happen()
    eventually(lambda: watching.is_told("/hall"))

    assert [caller for caller, space in ending if lines[caller].is_told(space)] == []
