"""Printers on the machine itself, and the traps of python-escpos that must not touch us: a test for each."""

from __future__ import annotations

import errno
import os
import threading
import time
import tty
from types import SimpleNamespace

import pytest

from printing.devices import CupsTransport, UsbTransport
from printing.errors import ConnectionLost, TransportTimeout, Unreachable
from printing.link import Link
from printing.spooler import Printer, Spooler
from printing.transports import open_transport
from tests.paper.store import MemoryStore, utc_now
from tests.paper.test_spooler import QUICK, wait_for


@pytest.fixture
def terminal():
    """A pair of connected ends: the printer's descriptor, and the path that we open."""
    printer, ours = os.openpty()
    tty.setraw(printer)
    tty.setraw(ours)
    yield SimpleNamespace(printer=printer, path=os.ttyname(ours))
    for descriptor in (printer, ours):
        os.close(descriptor)


@pytest.fixture(params=["usb", "serial"])
def uri(request, terminal):
    query = "?flow=none" if request.param == "serial" else ""
    if request.param == "serial":
        pytest.importorskip("serial")
    return f"{request.param}://{terminal.path}{query}"


def test_bytes_go_both_ways_over_a_device(terminal, uri):
    transport = open_transport(uri)

    taken = transport.write(b"\x10\x04\x01", timeout_s=1)
    os.write(terminal.printer, b"\x12")

    assert (taken, os.read(terminal.printer, 10)) == (3, b"\x10\x04\x01")
    assert transport.read(timeout_s=1) == b"\x12"
    transport.close()


def test_one_byte_is_an_answer_and_is_not_waited_for_until_sixteen_have_come(terminal, uri):
    """python-escpos reads 16 bytes from a serial line, and so waits the whole timeout for each status."""
    transport = open_transport(uri)
    os.write(terminal.printer, b"\x12")

    began = time.monotonic()
    answer = transport.read(timeout_s=20)

    assert answer == b"\x12"
    assert time.monotonic() - began < 10
    transport.close()


def test_a_stuck_device_is_a_timeout_and_closing_it_takes_no_half_minute(terminal, uri):
    """python-escpos cannot pass a write timeout to a serial line, and waits for ever on USB."""
    transport = open_transport(uri)

    def fill():
        for _ in range(10_000):
            transport.write(bytes(4096), timeout_s=0.2)

    with pytest.raises(TransportTimeout):
        fill()

    began = time.monotonic()
    transport.close()
    assert time.monotonic() - began < 15


def test_silence_of_a_device_is_no_status_and_never_enough_paper(terminal, uri):
    """python-escpos answers 2, "adequate", when a closed or silent printer says nothing."""
    link = Link(open_transport(uri), answer_s=0.05)

    assert link.status() is None
    link.close()


def test_a_device_that_is_not_there_is_unreachable_and_can_come_back(tmp_path, terminal):
    """A python-escpos object is dead after a failed open; a transport is made anew for each slip."""
    path = tmp_path / "printer"
    with pytest.raises(Unreachable):
        open_transport(f"file://{path}/deeper")
    with pytest.raises(Unreachable):
        open_transport("usb:///dev/navbat-no-such-printer")

    open_transport(f"usb://{terminal.path}").close()


def test_a_device_that_was_pulled_out_is_lost_and_not_silent():
    printer, ours = os.openpty()
    tty.setraw(ours)
    transport = open_transport(f"usb://{os.ttyname(ours)}")
    os.close(printer)
    os.close(ours)

    with pytest.raises(ConnectionLost):
        transport.read(timeout_s=0.5)
    transport.close()


class UsbPrinter:
    """What pyusb gives for a printer: one interface, one endpoint each way."""

    serial_number = "J4Q0"

    def __init__(self, *, takes=10_000, printer_class=7):
        self.got, self.takes, self.detached = b"", takes, []
        self.timeouts = []
        way_out = SimpleNamespace(bEndpointAddress=0x01, write=self._write)
        way_in = SimpleNamespace(bEndpointAddress=0x82, read=self._read)
        self._interface = Interface([way_out, way_in], printer_class)

    def get_active_configuration(self):
        return [self._interface]

    def is_kernel_driver_active(self, number):
        return True

    def detach_kernel_driver(self, number):
        self.detached.append(number)

    def _write(self, data, timeout):
        self.timeouts.append(timeout)
        if self.takes <= 0:
            raise OSError(errno.ETIMEDOUT, "timeout")
        taken = data[: self.takes]
        self.takes -= len(taken)
        self.got += taken
        return len(taken)

    def _read(self, size, timeout):
        self.timeouts.append(timeout)
        if b"\x10\x04" in self.got:
            self.got = b""
            return b"\x12"
        raise OSError(errno.ETIMEDOUT, "timeout")


class Interface(list):
    def __init__(self, endpoints, printer_class):
        super().__init__(endpoints)
        self.bInterfaceClass, self.bInterfaceNumber = printer_class, 0


def usb(printer, serial=None):
    def find(*, custom_match, **wanted):
        assert wanted == {"idVendor": 0x04B8, "idProduct": 0x0E28}
        return printer if custom_match(printer) else None

    return UsbTransport(0x04B8, 0x0E28, uri="usb://04b8:0e28", serial=serial, find=find)


def test_usb_uses_the_printers_own_endpoints_and_counts_in_milliseconds():
    """python-escpos guesses 0x82 and 0x01, resets the bus at each open, and its timeout 0 is for ever."""
    printer = UsbPrinter()
    transport = usb(printer)
    transport.open()

    assert Link(transport, answer_s=0.5).status().problem is None
    assert printer.detached == [0]
    assert min(printer.timeouts) >= 1


def test_of_two_equal_usb_printers_the_serial_number_tells():
    usb(UsbPrinter(), serial="J4Q0").open()

    with pytest.raises(Unreachable):
        usb(UsbPrinter(), serial="OTHER").open()


def test_a_full_usb_printer_is_a_timeout_and_its_count_is_what_it_took():
    printer = UsbPrinter(takes=100)
    transport = usb(printer)
    transport.open()

    assert transport.write(bytes(400), timeout_s=0.1) == 100
    with pytest.raises(TransportTimeout):
        transport.write(bytes(300), timeout_s=0.1)


def test_a_usb_device_that_is_no_printer_is_refused():
    with pytest.raises(Unreachable, match="no printer's interface"):
        usb(UsbPrinter(printer_class=3)).open()


@pytest.fixture
def commands(tmp_path):
    """`lp` and `lpstat` as scripts: the queue "kiosk" takes jobs, "off" does not, "slow" never ends."""
    lpstat = tmp_path / "lpstat"
    lpstat.write_text(
        '#!/bin/sh\ncase "$2" in kiosk) echo "kiosk accepting requests";; slow) exec sleep 30;; '
        '*) echo "lpstat: Invalid destination name" >&2; exit 1;; esac\n'
    )
    lp = tmp_path / "lp"
    lp.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\nexec cat >> {tmp_path}/printed\n')
    for script in (lp, lpstat):
        script.chmod(0o755)
    return tmp_path


def cups(commands, queue="kiosk"):
    return CupsTransport(queue, uri=f"cups://{queue}", timeout_s=1, folder=str(commands))


def test_cups_gets_the_whole_job_raw_and_once(commands):
    transport = cups(commands)
    transport.open()
    transport.write(b"one", timeout_s=1)
    transport.write(b"two", timeout_s=1)

    assert [transport.unacknowledged(), transport.unacknowledged()] == [0, 0]
    transport.close()

    assert (commands / "printed").read_bytes() == b"onetwo"
    assert (commands / "arguments").read_text() == "-d kiosk -o raw -\n"


def test_a_queue_that_is_not_there_or_never_answers_is_unreachable_in_time(commands):
    with pytest.raises(Unreachable, match="Invalid destination"):
        cups(commands, "nowhere").open()
    began = time.monotonic()
    with pytest.raises(Unreachable):
        cups(commands, "slow").open()

    assert time.monotonic() - began < 20  # the command takes 30


def test_a_job_that_broke_off_before_its_end_is_not_given_to_cups(commands):
    transport = cups(commands)
    transport.open()
    transport.write(b"half", timeout_s=1)
    transport.close()

    assert not (commands / "printed").exists()


def test_a_slip_is_printed_and_confirmed_over_a_device(terminal):
    """The whole way: preflight, probe, slip and the printer's word, on a character device."""
    received = bytearray()
    stop = threading.Event()

    def printer():
        while not stop.is_set():
            try:
                data = os.read(terminal.printer, 4096)
            except OSError:
                return
            received.extend(data)
            for _ in range(data.count(b"\x10\x04")):
                os.write(terminal.printer, b"\x12")
            if (at := data.find(b"\x1d(H")) >= 0:
                os.write(terminal.printer, b"\x37\x22" + data[at + 7 : at + 11] + b"\0")

    thread = threading.Thread(target=printer, daemon=True)
    thread.start()
    store = MemoryStore()
    row = store.add()
    spooler = Spooler(
        store=store,
        printers=[Printer("kiosk-1", f"usb://{terminal.path}")],
        render=lambda job: b"\x1b@slip\x1dVB\x00",
        clock=utc_now,
        timing=QUICK,
    )
    spooler.start()
    wait_for(lambda: row.state == "printed")
    spooler.stop()
    stop.set()
    os.write(terminal.printer, b"")

    assert row.confirmed == "process-id"
    assert received.count(b"slip") == 1


def test_python_escpos_is_not_imported_by_printing():
    """Its import takes 0.3 s, calls logging.basicConfig() and leaves a temporary directory at each start."""
    import subprocess
    import sys

    code = "import sys, printing.spooler, printing.fitting, printing.profiles as p; p.profile('TM-T88V'); "
    code += "print('escpos' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "False"
