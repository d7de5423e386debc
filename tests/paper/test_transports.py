"""Ways to a printer: addresses, time limits, and nothing lost on closing."""

import os
import socket

import pytest

from printing.errors import ConnectionLost, TransportTimeout, Unreachable, UnsupportedTransport
from printing.transports import open_transport
from tests import skips


@pytest.fixture(params=["127.0.0.1", "::1"])
def listener(request):
    family = socket.AF_INET6 if ":" in request.param else socket.AF_INET
    try:
        server = socket.create_server((request.param, 0), family=family)
    except OSError as error:
        skips.require(f"printers at {request.param}", str(error))
    yield server
    server.close()


def address(listener):
    host, port = listener.getsockname()[:2]
    return f"tcp://[{host}]:{port}" if ":" in host else f"tcp://{host}:{port}"


def test_bytes_go_both_ways_over_ipv4_and_ipv6(listener):
    transport = open_transport(address(listener), timeout_s=1)
    printer, _ = listener.accept()

    transport.write(b"\x10\x04\x01", timeout_s=1)
    printer.sendall(b"\x12")

    assert printer.recv(10) == b"\x10\x04\x01"
    assert transport.read(timeout_s=1) == b"\x12"
    assert transport.read(timeout_s=0.01) == b""
    transport.close()
    printer.close()


def test_a_printer_that_takes_nothing_is_a_timeout_after_a_few_kilobytes(listener):
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    transport = open_transport(address(listener), timeout_s=1)
    taken = 0

    def fill():
        nonlocal taken
        while taken < 5_000_000:
            taken += transport.write(bytes(4096), timeout_s=0.2)

    with pytest.raises(TransportTimeout):
        fill()

    assert taken < 200_000  # loopback's defaults swallow 2.3 MB
    assert transport.unacknowledged() > 0
    transport.close()


def test_a_refused_connection_names_the_address():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(Unreachable) as error:
        open_transport(f"tcp://127.0.0.1:{port}", timeout_s=1)

    assert error.value.uri == f"tcp://127.0.0.1:{port}"


def test_a_connection_closed_by_the_printer_is_an_error_and_not_silence(listener):
    transport = open_transport(address(listener), timeout_s=1)
    listener.accept()[0].close()

    with pytest.raises(ConnectionLost):
        transport.read(timeout_s=1)


def test_closing_lets_the_last_bytes_arrive(listener):
    transport = open_transport(address(listener), timeout_s=1)
    printer, _ = listener.accept()
    printer.sendall(b"\x12" * 50)  # never read by us: a plain close would answer with a reset

    transport.write(b"last words", timeout_s=1)
    transport.close()

    assert printer.recv(100) == b"last words"
    assert printer.recv(100) == b""
    printer.close()


def test_a_file_keeps_what_was_there(tmp_path):
    path = tmp_path / "jobs.bin"
    path.write_bytes(b"one")

    transport = open_transport(f"file://{path}")
    transport.write(b"two", timeout_s=1)
    transport.close()

    assert path.read_bytes() == b"onetwo"


def test_a_pipe_without_a_reader_is_unreachable_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(Unreachable):
        open_transport(f"file://{tmp_path}/pipe")


@pytest.mark.parametrize(
    "uri", ["virtual:", "usb:04b8:0e28", "serial://", "serial:///dev/ttyS0?flow=no", "cups://", "tcp://", "x"]
)
def test_an_address_of_another_kind_names_those_that_work(uri):
    with pytest.raises(UnsupportedTransport) as error:
        open_transport(uri)

    assert "tcp://" in str(error.value)
    assert uri in str(error.value)
