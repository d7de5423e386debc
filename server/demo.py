"""`navbat demo`: the shipped centre with sample accounts, virtual devices, and visitors who keep the hall alive."""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from server.demo_outreach import sample_requests
from server.domain.states import CounterState, TicketState
from server.errors import QueueError
from server.hall import Demo
from server.operations.touchscreens import hash_code
from server.serving import alone, make_app, serve_one, with_logs
from server.settings import Settings, read_settings
from server.visitors import Visitors

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from server.config import Config
    from server.operations import Queue
    from server.operations.staff import Official

log = logging.getLogger(__name__)

NOTES_FILE = "demo.json"
STAFF_CODE, STAFF_CODE_HASH = "code:staff menu", "hash:staff menu"
ACCOUNTS = (
    ("official", "official", "Aygün Məmmədova"),
    ("reception", "reception", "Elçin Quliyev"),
    ("supervisor", "supervisor", "Nigar Əliyeva"),
    ("admin", "admin", "Rauf Həsənov"),
)
NAMES = (
    "Leyla",
    "Kamran",
    "Sevda",
    "Orxan",
    "Günel",
    "Tural",
    "Aynur",
    "Vüsal",
    "Zəhra",
    "Fərid",
    "Nərmin",
    "Ruslan",
)
INITIALS = "ABCÇDEFGHXİQLMNPRSŞTUVYZ"
# So many stand in the hall at the start that there is a queue to look at.
AT_OPENING = 60
LOOK_AGAIN_S = 4.0


def demo(options: argparse.Namespace) -> int:
    """Run `navbat demo`."""
    from server.errors import StartError

    if options.speed <= 0 or options.visitors_per_hour < 0:
        raise StartError("--speed: more than 0; --visitors-per-hour: 0 or more")
    settings = read_settings(options)
    settings = replace(settings, config=always_open(settings.config))
    with_logs()
    with alone(settings):
        _run(options, settings)
    return 0


def _run(options: argparse.Namespace, settings: Settings) -> None:
    shown = Demo()
    notes = Notes(settings.data_dir / NOTES_FILE)
    settings = replace(settings, config=with_staff_code(settings.config, notes))
    app = make_app(settings, demo=shown)
    queue: Queue = app.extensions["queue"]
    shown.accounts.extend(sample_accounts(queue, notes))
    shown.devices.extend(sample_devices(queue, notes))
    sample_requests(queue)
    life = Life(
        queue,
        Visitors(settings.config, seed=secrets.randbits(32)),
        per_hour=options.visitors_per_hour,
        speed=options.speed,
    )

    def ready() -> None:
        announce(settings, shown, str(notes.get(STAFF_CODE)))
        life.start()

    try:
        serve_one(settings, app, on_ready=ready)
    finally:
        life.stop()


def always_open(config: Config) -> Config:
    """Let the demonstration's hall be open at any hour, with printers that need no paper."""
    hours = dict.fromkeys(config.centre.hours, (("00:00", "24:00"),))
    return config.model_copy(
        update={
            "centre": config.centre.model_copy(update={"hours": hours, "holidays": ()}),
            "printers": tuple(each.model_copy(update={"uri": "virtual:"}) for each in config.printers),
        }
    )


def with_staff_code(config: Config, notes: Notes) -> Config:
    """Give the kiosk's staff menu a code, at the first start."""
    if notes.get(STAFF_CODE) is None:
        code = f"{secrets.randbelow(10**6):06}"
        notes.put(STAFF_CODE, code)
        notes.put(STAFF_CODE_HASH, hash_code(code))
    kiosk = config.kiosk.model_copy(update={"staff_code_hash": notes.get(STAFF_CODE_HASH)})
    return config.model_copy(update={"kiosk": kiosk})


class Notes:
    """The demonstration's passwords and tokens, kept beside its database so that they are the same tomorrow."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._notes: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def get(self, name: str) -> str | None:
        """Read a note."""
        return self._notes.get(name)

    def put(self, name: str, value: str) -> None:
        """Keep a note, readable by this user only."""
        self._notes[name] = value
        self._path.touch(mode=0o600)
        self._path.write_text(json.dumps(self._notes, indent=1), "utf-8")


def sample_accounts(queue: Queue, notes: Notes) -> list[dict[str, str]]:
    """Make the sample accounts at the first start."""
    known = set(queue.staff.names())
    accounts = []
    for username, role, name in ACCOUNTS:
        password = notes.get(f"password:{username}")
        if username not in known:
            password = secrets.token_urlsafe(9)
            queue.staff.add(username, role=role, password=password, name=name)
            notes.put(f"password:{username}", password)
        elif password is None:
            password = secrets.token_urlsafe(9)
            queue.staff.set_password(username, password)
            notes.put(f"password:{username}", password)
        accounts.append({"username": username, "password": password, "role": role})
    return accounts


def sample_devices(queue: Queue, notes: Notes) -> list[dict[str, str]]:
    """Enrol a kiosk and a display at the first start."""
    config = queue.config
    known = {device["name"] for device in queue.devices.all()}
    devices = []
    for name, kind, to, printer in (
        ("kiosk-1", "kiosk", "/kiosk", config.kiosk.printer),
        ("display-1", "display", f"/display?zone={config.zones[0].key}", None),
    ):
        token = notes.get(f"device:{name}")
        if name not in known:
            _, token = queue.devices.add(name, kind=kind, printer=printer)
        elif token is None:
            _, token = queue.devices.renew(name)
        notes.put(f"device:{name}", token)
        devices.append({"name": name, "kind": kind, "token": token, "to": to})
    return devices


def announce(settings: Settings, shown: Demo, staff_code: str) -> None:
    """Print every address and password that a person needs."""
    url = settings.public_url
    screens = "  ".join(f"{url}/{screen}" for screen in ("kiosk", "counter", "display", "slips"))
    lines = [
        "",
        f"  Navbat is running: {url}",
        f"  {screens}",
        "",
        *(f"  {each['role']:<11} {each['username']:<11} {each['password']}" for each in shown.accounts),
        *(f"  {each['kind']:<11} {each['name']:<11} {each['token']}" for each in shown.devices),
        f"  {'staff menu':<11} {'of kiosks':<11} {staff_code}",
        "",
        f"  Ctrl-C stops it; the data stays in {settings.data_dir}",
        "",
    ]
    print("\n".join(lines), flush=True)


class Life:
    """
    Visitors who come and officials who serve them, through the same operations as people use.

    The first counter of each zone is left to people who try the terminal.
    """

    def __init__(self, queue: Queue, visitors: Visitors, *, per_hour: float, speed: float) -> None:
        self._queue = queue
        self._visitors = visitors
        self._per_hour = per_hour
        self._speed = speed
        self._stop = threading.Event()
        self._tokens: dict[int, str] = {}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Let them come."""
        if self._per_hour == 0:
            return
        config = self._queue.config
        left_free = {
            next((each.number for each in config.counters if each.zone == zone.key), None)
            for zone in config.zones
        }
        tasks: list[tuple[Any, tuple[Any, ...]]] = [(self._arrivals, ())]
        tasks += [(self._works, (each.number,)) for each in config.counters if each.number not in left_free]
        for target, arguments in tasks:
            thread = threading.Thread(target=self._guarded, args=(target, arguments), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Send them home."""
        self._stop.set()

    def _guarded(self, work: Any, arguments: tuple[Any, ...]) -> None:
        while not self._stop.is_set():
            try:
                work(*arguments)
            except QueueError as error:
                log.info("simulated: %s", error)
            except Exception:
                log.exception("simulated hall")
            self._stop.wait(LOOK_AGAIN_S)

    def _sleep(self, seconds: float) -> bool:
        """Live through some simulated time; True when it is over with everything."""
        return self._stop.wait(seconds / self._speed)

    def _arrivals(self) -> None:
        if sum(self._queue.waits.waiting(each.key) for each in self._queue.config.services) < AT_OPENING / 2:
            for _ in range(AT_OPENING):
                self._arrive()
                time.sleep(0.02)
        while not self._sleep(self._visitors.pause_s(self._per_hour)):
            self._arrive()

    def _arrive(self) -> None:
        wish = self._visitors.wish()
        ticket = self._queue.tickets.issue(
            service=wish.service,
            also=wish.also,
            category=wish.category,
            language=wish.language,
            printer=self._queue.config.kiosk.printer,
        )
        self._tokens[ticket["id"]] = ticket["token"]

    def _works(self, number: int) -> None:
        """Serve at a counter, visitor after visitor."""
        official = self._official(number)
        counter = self._queue.counters.view(number)
        if counter["official"] and counter["official"]["id"] != official.id:
            return  # a person took this counter
        if counter["state"] != CounterState.OPEN:
            self._queue.counters.open(number, official)
            counter = self._queue.counters.view(number)
        ticket = counter["ticket"]
        while not self._stop.is_set():
            if ticket is None:
                ticket = self._queue.counters.next(number, official)
            if ticket is None:
                if self._sleep(LOOK_AGAIN_S + self._visitors.moment_s(LOOK_AGAIN_S)):
                    return
                continue
            self._serve(number, official, ticket)
            ticket = None

    def _serve(self, number: int, official: Official, ticket: dict[str, Any]) -> None:
        visits = self._queue.visits
        if ticket["state"] == TicketState.CALLED:
            if self._sleep(self._visitors.walk_s()):
                return
            if not self._visitors.comes():
                visits.no_show(number, official)
                return
            visits.start(number, official)
        service = self._queue.config.service.get(ticket["service"])
        if self._sleep(self._visitors.service_s(service.minutes if service else 10)):
            return
        done = visits.finish(number, official)
        self._rate(done)
        self._sleep(self._visitors.walk_s() / 2)

    def _rate(self, ticket: dict[str, Any]) -> None:
        token = self._tokens.get(ticket["id"])
        score = self._visitors.score()
        if token is None or score is None:
            return
        served = [each for each in self._queue.tickets.view(token)["services"] if each["rating_token"]]
        self._queue.ratings.rate(served[-1]["rating_token"], score=score)

    def _official(self, number: int) -> Official:
        """Find the simulated official of a counter, or hire one whom nobody can sign in as."""
        username = f"simulated-{number}"
        found = self._queue.staff.find(username)
        if found is not None:
            return found
        name = f"{NAMES[number % len(NAMES)]} {INITIALS[number % len(INITIALS)]}."
        return self._queue.staff.add(username, role="official", password=None, name=name)
