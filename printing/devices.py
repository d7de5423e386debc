"""Printers on this machine: character devices, serial lines, USB by its own library, raw queues of CUPS."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import subprocess
import time
from typing import TYPE_CHECKING, Any

from printing.errors import ConnectionLost, MissingLibrary, TransportTimeout, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable

PRINTER_CLASS = 7
READ_BYTES = 4096
USB_READ_BYTES = 64
LAST_BYTES_S = 1.0
FLOWS: dict[str, dict[str, bool]] = {
    "hardware": {"rtscts": True},
    "software": {"xonxoff": True},
    "dsrdtr": {"dsrdtr": True},
    "none": {},
}


class DeviceTransport:
    """
    A character device that the kernel made for a printer, such as /dev/usb/lp0.

    It is opened without waiting and polled, so that a printer without paper is a timeout and not a hang; nothing
    resets the bus, so that a page that is being printed goes on.
    """

    two_way = True

    def __init__(self, path: str, *, uri: str) -> None:
        self.uri = uri
        self._path = path
        self._descriptor: int | None = None

    def open(self) -> None:
        """Open at once or not at all: another program that has it is a reason to try again later."""
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY)
        except OSError as error:
            raise Unreachable(uri=self.uri, reason=str(error)) from error

    def write(self, data: bytes | memoryview, *, timeout_s: float) -> int:
        """Write what the kernel takes."""
        descriptor = self._open_descriptor()
        deadline = time.monotonic() + timeout_s
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not self._wait(descriptor, select.POLLOUT, left):
                raise TransportTimeout(uri=self.uri, action="write", timeout_s=timeout_s)
            try:
                return os.write(descriptor, data)
            except BlockingIOError:  # usblp says that it can be written to a moment too early
                time.sleep(0.005)
            except OSError as error:
                raise ConnectionLost(uri=self.uri, reason=str(error)) from error

    def read(self, *, timeout_s: float) -> bytes:
        """Read what is there; a device that cannot be polled for reading says nothing."""
        descriptor = self._open_descriptor()
        if not self._wait(descriptor, select.POLLIN, timeout_s):
            return b""
        try:
            return os.read(descriptor, READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error

    def unacknowledged(self) -> int:
        """Count nothing: the kernel takes no more than the printer does, but for one packet."""
        return 0

    def close(self) -> None:
        """Close the device."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _wait(self, descriptor: int, event: int, timeout_s: float) -> bool:
        poll = select.poll()
        poll.register(descriptor, event)
        found = poll.poll(max(timeout_s, 0.001) * 1000)
        if found and found[0][1] & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
            raise ConnectionLost(uri=self.uri, reason="the device is gone")
        return bool(found)

    def _open_descriptor(self) -> int:
        if self._descriptor is None:
            raise ConnectionLost(uri=self.uri, reason="not open")
        return self._descriptor


class SerialTransport:
    """A serial line; needs pyserial. What was written is on the line only when its queue is empty."""

    two_way = True

    def __init__(self, path: str, *, uri: str, baud: int, flow: str, timeout_s: float) -> None:
        self.uri = uri
        self._path = path
        self._baud = baud
        self._flow = FLOWS[flow]
        self._timeout_s = timeout_s
        self._port: Any = None

    def open(self) -> None:
        """Open the port; nothing on the line is waited for."""
        serial = _library("serial", "pyserial", "serial")
        try:
            # With a write timeout of 0 it tells how much was taken; with another it raises, and nobody knows.
            self._port = serial.Serial(
                self._path, self._baud, timeout=0, write_timeout=0, exclusive=True, **self._flow
            )
        except (OSError, ValueError) as error:
            raise Unreachable(uri=self.uri, reason=str(error)) from error

    def write(self, data: bytes | memoryview, *, timeout_s: float) -> int:
        """Write what the line's queue takes."""
        port = self._open_port()
        deadline = time.monotonic() + timeout_s
        try:
            while (left := deadline - time.monotonic()) > 0:
                if not select.select([], [port.fileno()], [], left)[1]:
                    break
                taken = port.write(bytes(data[:READ_BYTES])) or 0
                if taken:
                    return int(taken)
                time.sleep(0.005)
        except OSError as error:
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error
        raise TransportTimeout(uri=self.uri, action="write", timeout_s=timeout_s)

    def read(self, *, timeout_s: float) -> bytes:
        """Read what comes within a time: as soon as there is anything, not when a number of bytes is full."""
        port = self._open_port()
        try:
            if not select.select([port.fileno()], [], [], max(timeout_s, 0.001))[0]:
                return b""
            return bytes(port.read(READ_BYTES))
        except OSError as error:
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error

    def unacknowledged(self) -> int:
        """Ask the kernel how much has not left yet."""
        try:
            return int(self._open_port().out_waiting)
        except OSError as error:
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error

    def close(self) -> None:
        """Close the port. The kernel would wait half a minute for a printer that has stopped: drop what is left."""
        port, self._port = self._port, None
        if port is None:
            return
        with contextlib.suppress(OSError):
            deadline = time.monotonic() + LAST_BYTES_S
            while port.out_waiting and time.monotonic() < deadline:
                time.sleep(0.01)
            if port.out_waiting:
                port.reset_output_buffer()
        with contextlib.suppress(OSError):
            port.close()

    def _open_port(self) -> Any:
        if self._port is None:
            raise ConnectionLost(uri=self.uri, reason="not open")
        return self._port


class UsbTransport:
    """
    A printer by vendor and product, through pyusb, for a machine whose kernel gives it no device.

    python-escpos' own driver is not used: it resets the bus at each open, guesses the endpoints, and waits for ever.

    Args:
        find: `usb.core.find`, or what stands for it.
    """

    two_way = True

    def __init__(
        self,
        vendor: int,
        product: int,
        *,
        uri: str,
        serial: str | None,
        find: Callable[..., Any] | None = None,
    ) -> None:
        self.uri = uri
        self._wanted = {"idVendor": vendor, "idProduct": product}
        self._serial = serial
        self._find = find
        self._device: Any = None
        self._interface: Any = None
        self._out: Any = None
        self._in: Any = None

    def open(self) -> None:
        """Claim the printer's interface; its endpoints are read from its own description."""
        find = self._find or _library("usb.core", "pyusb", "usb").find
        try:
            self._device = find(**self._wanted, custom_match=self._is_wanted)
            if self._device is None:
                raise Unreachable(uri=self.uri, reason="no such device")
            self._claim(self._device)
        except (OSError, ValueError, NotImplementedError) as error:
            raise Unreachable(uri=self.uri, reason=str(error)) from error

    def write(self, data: bytes | memoryview, *, timeout_s: float) -> int:
        """Write one part; pyusb counts in milliseconds, and 0 would be for ever."""
        try:
            taken = int(
                self._endpoint(self._out).write(bytes(data[:READ_BYTES]), max(1, round(timeout_s * 1000)))
            )
        except OSError as error:
            if _is_timeout(error):
                raise TransportTimeout(uri=self.uri, action="write", timeout_s=timeout_s) from error
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error
        if not taken:
            raise TransportTimeout(uri=self.uri, action="write", timeout_s=timeout_s)
        return taken

    def read(self, *, timeout_s: float) -> bytes:
        """Read what comes; a printer without a way back says nothing."""
        if self._device is not None and self._in is None:
            return b""
        try:
            return bytes(self._endpoint(self._in).read(USB_READ_BYTES, max(1, round(timeout_s * 1000))))
        except OSError as error:
            if _is_timeout(error):
                return b""
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error

    def unacknowledged(self) -> int:
        """Count nothing: a transfer ends when the printer has taken it."""
        return 0

    def close(self) -> None:
        """Give the interface back."""
        device, self._device = self._device, None
        if device is None:
            return
        with contextlib.suppress(OSError, ImportError):
            _library("usb.util", "pyusb", "usb").dispose_resources(device)

    def _is_wanted(self, device: Any) -> bool:
        return self._serial is None or device.serial_number == self._serial

    def _claim(self, device: Any) -> None:
        for interface in device.get_active_configuration():
            if interface.bInterfaceClass != PRINTER_CLASS:
                continue
            number = interface.bInterfaceNumber
            with contextlib.suppress(NotImplementedError):
                if device.is_kernel_driver_active(number):
                    device.detach_kernel_driver(number)
            for endpoint in interface:
                if endpoint.bEndpointAddress & 0x80:
                    self._in = endpoint
                else:
                    self._out = endpoint
            if self._out is not None:
                return
        raise Unreachable(uri=self.uri, reason="it has no printer's interface")

    def _endpoint(self, endpoint: Any) -> Any:
        if self._device is None or endpoint is None:
            raise ConnectionLost(uri=self.uri, reason="not open")
        return endpoint


class CupsTransport:
    """
    A raw queue of CUPS, by its own commands. A job is handed over whole; what becomes of it CUPS does not tell.

    Args:
        folder: Of the commands `lp` and `lpstat`; None: as the system finds them.
    """

    two_way = False

    def __init__(self, queue: str, *, uri: str, timeout_s: float, folder: str | None = None) -> None:
        self.uri = uri
        self._queue = queue
        self._timeout_s = timeout_s
        self._folder = folder
        self._data = bytearray()
        self._is_open = False

    def open(self) -> None:
        """See that the queue is there and takes jobs."""
        answer = self._run("lpstat", "-a", self._queue)
        if answer.returncode != 0 or b"not accepting" in answer.stdout:
            reason = (answer.stderr or answer.stdout).decode(errors="replace").strip()
            raise Unreachable(uri=self.uri, reason=reason or "no such queue")
        self._is_open = True

    def write(self, data: bytes | memoryview, *, timeout_s: float) -> int:
        """Keep the bytes for the whole job."""
        if not self._is_open:
            raise ConnectionLost(uri=self.uri, reason="not open")
        self._data += data
        return len(data)

    def read(self, *, timeout_s: float) -> bytes:
        """Say nothing, at once."""
        return b""

    def unacknowledged(self) -> int:
        """Hand the job over; nothing is left when CUPS has taken it."""
        if self._data:
            try:
                answer = self._run("lp", "-d", self._queue, "-o", "raw", "-", given=bytes(self._data))
            except Unreachable as error:  # it may have taken the job before it fell silent
                raise ConnectionLost(uri=self.uri, reason=error.reason) from error
            if answer.returncode != 0:
                raise ConnectionLost(
                    uri=self.uri, reason=answer.stderr.decode(errors="replace").strip() or "lp"
                )
            self._data.clear()
        return 0

    def close(self) -> None:
        """Drop what was not handed over."""
        self._data.clear()
        self._is_open = False

    def _run(self, name: str, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        program = f"{self._folder}/{name}" if self._folder else name
        try:
            return subprocess.run(
                [program, *arguments],
                input=given,
                capture_output=True,
                timeout=self._timeout_s,
                check=False,
                env={**os.environ, "LC_ALL": "C"},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unreachable(uri=self.uri, reason=str(error)) from error


def _is_timeout(error: OSError) -> bool:
    return error.errno in (errno.ETIMEDOUT, 110) or "timeout" in type(error).__name__.lower()


def _library(module: str, package: str, extra: str) -> Any:
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingLibrary(package=package, extra=extra) from error
