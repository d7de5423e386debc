"""The live side on a real server: whole states in growing versions, each call once, nothing for strangers."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from server.api import schemas
from tests.api.hall import check_shape
from tests.builders import BIRTH, PASSPORT
from tests.centres import write_config
from tests.servers import Server, eventually, running
from tests.socket_client import DISCONNECTED, Refused, SocketClient

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTER = 18  # zone b, serves BIRTH
# At most ten boards a second; a slow machine may send fewer.
MOST_A_SECOND = 11


class HallServer:
    """A server with its kiosk and an official at work."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.kiosk = server.note("device:kiosk-1")
        self.official = server.sign_in("official", server.note("password:official"))
        self.at(COUNTER, "open")

    def issue(self, service: str = BIRTH) -> Any:
        return self.server.api("POST", "/tickets", {"service": service, "print": False}, token=self.kiosk)

    def at(self, counter: int, act: str, body: Any = None) -> Any:
        return self.server.api("POST", f"/counters/{counter}/{act}", body, token=self.official)

    def serve_out(self) -> None:
        """Serve whoever is still there."""
        ticket = self.server.api("GET", f"/counters/{COUNTER}", token=self.official)["ticket"]
        ticket = ticket or self.at(COUNTER, "next")
        while ticket is not None:
            if ticket["state"] == "called":
                self.at(COUNTER, "start")
            self.at(COUNTER, "finish")
            ticket = self.at(COUNTER, "next")

    def look(self, namespace: str, **kwargs: Any) -> SocketClient:
        return SocketClient(self.server.url, namespace, **kwargs)


@pytest.fixture(scope="module")
def hall_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallServer]:
    folder = tmp_path_factory.mktemp("sockets")

    def recall_soon(centre: dict[str, Any]) -> None:
        centre["policy"]["recall_after_s"] = 1

    config = write_config(folder / "config.yaml", recall_soon)
    with running(folder / "data", "demo", "--visitors-per-hour", "0", "--config", str(config)) as server:
        yield HallServer(server)


@pytest.fixture
def hall(hall_server: HallServer) -> Iterator[HallServer]:
    """The hall with nobody in it; nothing may go wrong unseen behind a test."""
    hall_server.serve_out()
    before = len(hall_server.server.log)
    yield hall_server
    assert "Traceback" not in hall_server.server.log[before:]


def in_calls(number: str, state: str) -> Any:
    return lambda board: any((call["number"], call["state"]) == (number, state) for call in board["calls"])


def test_a_display_gets_the_whole_board_on_connect_and_after_each_change(hall: HallServer) -> None:
    with hall.look("/hall", query="zone=b") as display:
        first = display.wait_for("board")
        number = hall.issue()["number"]
        display.wait_for("board", lambda board: sum(row["waiting"] for row in board["waiting"]) == 1)
        assert hall.at(COUNTER, "next")["number"] == number
        called = display.wait_for("board", in_calls(number, "called"))
        hall.at(COUNTER, "start")
        display.wait_for("board", in_calls(number, "serving"))

    for board in display.events("board"):
        check_shape(schemas.Board, json.dumps(board))
    assert (first["centre"], first["zone"]) == ("asan-1", "b")
    assert called["calls"][0]["counter"] == COUNTER
    assert next(each for each in called["counters"] if each["counter"] == COUNTER)["number"] == number


def test_a_call_is_announced_once_in_its_zone_and_in_the_whole_hall(hall: HallServer) -> None:
    with (
        hall.look("/hall", query="zone=b") as near,
        hall.look("/hall", query="zone=b") as beside,
        hall.look("/hall") as entrance,
        hall.look("/hall", query="zone=a") as elsewhere,
    ):
        number = hall.issue()["number"]
        hall.at(COUNTER, "next")
        near.wait_for("call")
        time.sleep(1.1)
        hall.at(COUNTER, "recall")
        for display in (near, beside, entrance):
            display.wait_for("call", lambda call: call["call_count"] == 2)
        time.sleep(0.5)

    for display in (near, beside, entrance):
        calls = display.events("call")
        assert [(call["number"], call["counter"], call["call_count"]) for call in calls] == [
            (number, COUNTER, 1),
            (number, COUNTER, 2),
        ]
        assert calls[0]["language"] == "az"
        assert calls[0]["version"] < calls[1]["version"]
    assert elsewhere.events("call") == []


def test_a_call_never_waits_for_the_boards(hall: HallServer) -> None:
    with hall.look("/hall", query="zone=b") as display:
        display.wait_for("board")
        took_s = []
        # A machine that is busy elsewhere is slow once; a call that waits for the boards is so each time.
        for tried in range(5):
            hall.issue()
            began = time.monotonic()
            hall.at(COUNTER, "next")
            display.wait_for("call", lambda call, number=tried: len(display.events("call")) > number)
            call = [each for each in display.received if each.event == "call"][-1]
            took_s.append(call.at - began)
            if took_s[-1] < 0.5:
                break
            hall.serve_out()

        assert min(took_s) < 0.5


def test_versions_only_grow_and_boards_come_at_most_ten_times_a_second(hall: HallServer) -> None:
    with hall.look("/hall", query="zone=b") as display:
        display.wait_for("board")
        burst = [threading.Thread(target=hall.issue) for _ in range(40)]
        for thread in burst:
            thread.start()
        for thread in burst:
            thread.join()
        last = hall.server.api("GET", "/hall?zone=b")["version"]
        display.wait_for("board", lambda board: board["version"] >= last)

    boards = [each for each in display.received if each.event == "board"]
    versions = [each.data["version"] for each in boards]
    assert versions == sorted(versions)
    for each in boards:
        # The first comes on connect, beside those that are pushed.
        assert sum(0 <= other.at - each.at < 1 for other in boards[1:]) <= MOST_A_SECOND


def test_an_idle_board_still_shows_that_it_lives(hall: HallServer) -> None:
    with hall.look("/hall", query="zone=a") as display:
        eventually(lambda: len(display.events("board")) >= 3, within_s=20)


@pytest.mark.parametrize("query", ["zone=z", "zone=B", "zone=b%20"])
def test_an_unknown_zone_is_refused(hall: HallServer, query: str) -> None:
    with pytest.raises(Refused, match="zone_not_found"):
        hall.look("/hall", query=query)


def test_an_unknown_namespace_is_refused(hall: HallServer) -> None:
    with pytest.raises(Refused):
        hall.look("/admin")


# The terminal's side.


def test_a_terminal_sees_its_counter_after_each_change_that_touches_it(hall: HallServer) -> None:
    with hall.look("/counter", query=f"counter={COUNTER}", auth={"token": hall.official}) as terminal:
        first = terminal.wait_for("counter")
        number = hall.issue()["number"]
        terminal.wait_for("counter", lambda counter: counter["waiting"] == 1)
        hall.at(COUNTER, "next")
        seen = terminal.wait_for("counter", lambda counter: counter["ticket"] is not None)
        before = len(terminal.received)
        hall.issue(PASSPORT)
        time.sleep(0.7)

    assert (first["counter"], first["state"]) == (COUNTER, "open")
    assert (seen["ticket"]["number"], seen["ticket"]["token"]) == (number, None)
    assert len(terminal.received) - before <= 1, "another zone's ticket is no news here (one is the goodbye)"


def test_a_terminal_is_let_in_by_its_cookie_too(hall: HallServer) -> None:
    password = hall.server.note("password:supervisor")
    signed_in = hall.server.ask(
        "POST",
        "/sign-in",
        form={"username": "supervisor", "password": password},
    )
    cookie = signed_in.headers["Set-Cookie"].partition(";")[0]

    with hall.look("/counter", query=f"counter={COUNTER}", headers={"Cookie": cookie}) as terminal:
        assert terminal.wait_for("counter")["counter"] == COUNTER


STRANGERS: list[tuple[Any, dict[str, str] | None]] = [
    (None, None),
    ({}, None),
    ({"token": "guess"}, None),
    ({"token": None}, None),
    ({"token": ["x"]}, None),
    ("guess", None),
    (["guess"], None),
    (None, {"Cookie": "navbat_staff=guess"}),
    (None, {"Authorization": "Bearer guess"}),
]


@pytest.mark.parametrize(("auth", "headers"), STRANGERS)
def test_a_stranger_sees_no_counter(hall: HallServer, auth: Any, headers: dict[str, str] | None) -> None:
    with pytest.raises(Refused, match="not_signed_in"):
        hall.look("/counter", query=f"counter={COUNTER}", auth=auth, headers=headers)


def test_a_kiosks_token_opens_no_counter(hall: HallServer) -> None:
    with pytest.raises(Refused, match="not_signed_in"):
        hall.look("/counter", query=f"counter={COUNTER}", auth={"token": hall.kiosk})


@pytest.mark.parametrize("query", ["", "counter=", "counter=99", "counter=x", "counter=99999999999999999999"])
def test_a_counter_that_is_not_there_is_refused(hall: HallServer, query: str) -> None:
    with pytest.raises(Refused, match=r"counter_not_found|bad_input"):
        hall.look("/counter", query=query, auth={"token": hall.official})


# The visitor's side.


def test_a_phone_follows_its_own_ticket_only(hall: HallServer) -> None:
    mine, other = hall.issue(), hall.issue()
    with hall.look("/ticket", auth={"token": mine["token"]}) as phone:
        first = phone.wait_for("ticket")
        hall.at(COUNTER, "next")
        phone.wait_for("ticket", lambda ticket: (ticket["state"], ticket["counter"]) == ("called", COUNTER))
        hall.at(COUNTER, "start")
        hall.at(COUNTER, "finish")
        served = phone.wait_for("ticket", lambda ticket: ticket["state"] == "served")

    assert (first["number"], first["state"]) == (mine["number"], "waiting")
    assert served["services"][0]["rating_token"]
    assert {ticket["number"] for ticket in phone.events("ticket")} == {mine["number"]}
    assert other["token"] not in str(phone.received)


@pytest.mark.parametrize("auth", [None, {}, {"token": ""}, {"token": "guess"}, {"token": 7}, "guess"])
def test_an_unknown_ticket_is_refused(hall: HallServer, auth: Any) -> None:
    with pytest.raises(Refused, match="ticket_not_found"):
        hall.look("/ticket", auth=auth)


# Who may connect at all.


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
@pytest.mark.parametrize("namespace", ["/hall", "/counter", "/ticket"])
def test_a_page_of_another_site_cannot_connect(hall: HallServer, namespace: str, origin: str) -> None:
    with pytest.raises(Refused):
        hall.look(
            namespace,
            query=f"counter={COUNTER}",
            auth={"token": hall.official},
            headers={"Origin": origin},
        )


def test_a_page_of_this_site_can(hall: HallServer) -> None:
    with hall.look("/hall", headers={"Origin": hall.server.url}) as display:
        display.wait_for("board")


def test_polling_is_not_offered(hall: HallServer) -> None:
    assert hall.server.ask("GET", "/socket.io/?EIO=4&transport=polling").status == 400


@pytest.mark.parametrize(
    "packet", ["4", "42/hall,", "42/hall,[", '42/hall,["board",{}]', "45", "9" * 50, '42["x"]']
)
def test_nonsense_from_one_client_harms_no_other(hall_server: HallServer, packet: str) -> None:
    hall = hall_server  # its log may well complain
    hall.serve_out()
    with hall.look("/hall", query="zone=b") as display:
        display.wait_for("board")
        with hall.look("/hall", query="zone=b") as vandal:
            vandal.send(packet)
            time.sleep(0.1)
        number = hall.issue()["number"]
        hall.at(COUNTER, "next")
        display.wait_for("call", lambda call: call["number"] == number)
        assert DISCONNECTED not in [each.event for each in display.received]
