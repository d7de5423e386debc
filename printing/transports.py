"""Ways to a printer. Every open, write and read has a timeout; nothing here knows what a slip is."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import sys
import time
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from printing import devices
from printing.errors import ConnectionLost, TransportTimeout, Unreachable, UnsupportedTransport

SUPPORTED = (
    "tcp://host:9100",
    "tcp://[address]:9100",
    "usb:///dev/usb/lp0",
    "usb://vendor:product",
    "serial:///dev/ttyUSB0?baud=115200&flow=hardware",
    "cups://queue",
    "file:///path",
)
DEFAULT_BAUD = 115_200
DEFAULT_PORT = 9100
SEND_BUFFER_BYTES = 4096
"""A large one swallows a whole job that the printer has not seen (2.3 MB by default on loopback)."""
LAST_WORDS_S = 0.2
SIOCOUTQ = 0x5411


class Transport(Protocol):
    """A byte stream to one printer. `two_way` tells whether it can ever answer."""

    uri: str
    two_way: bool

    def open(self) -> None:
        """Connect; raises Unreachable."""

    def write(self, data: bytes | memoryview, *, timeout_s: float) -> int:
        """Hand over what is taken, at least one byte; raises TransportTimeout or ConnectionLost."""

    def read(self, *, timeout_s: float) -> bytes:
        """Return what has come, or b"" after the timeout; raises ConnectionLost."""

    def unacknowledged(self) -> int:
        """Count bytes that are written and not yet with the printer, as far as can be known."""

    def close(self) -> None:
        """End the stream, letting what was written arrive; never raises."""


def open_transport(uri: str, *, timeout_s: float = 3.0) -> Transport:
    """
    Open the way to a printer.

    Args:
        uri: As `SUPPORTED` shows; a host is IPv4, IPv6 in brackets, or a name.
        timeout_s: For opening.

    Raises:
        UnsupportedTransport: Another scheme; `virtual:` and `agent:` are resolved to a tcp address by the caller.
        Unreachable: It could not be opened.
    """
    try:
        transport = _choose(uri, timeout_s)
    except ValueError as error:
        raise UnsupportedTransport(uri=uri, supported=SUPPORTED) from error
    transport.open()
    return transport


def check_uri(uri: str) -> None:
    """
    See whether an address can lead to a printer; nothing is opened.

    Raises:
        UnsupportedTransport: It cannot.
    """
    try:
        _choose(uri, 1.0)
    except ValueError as error:
        raise UnsupportedTransport(uri=uri, supported=SUPPORTED) from error


def _choose(uri: str, timeout_s: float) -> Transport:
    """Make the transport for an address; raises ValueError for one that leads nowhere."""
    parts = urlsplit(uri)
    path = unquote(parts.path)
    match parts.scheme:
        case "tcp" if parts.hostname:
            return TcpTransport(parts.hostname, parts.port or DEFAULT_PORT, uri=uri, timeout_s=timeout_s)
        case "file" if path:
            return FileTransport(path, uri=uri)
        case "usb" if path.startswith("/dev/"):
            return devices.DeviceTransport(path, uri=uri)
        case "usb":
            vendor, product = (int(each, 16) for each in parts.netloc.split(":"))
            return devices.UsbTransport(vendor, product, uri=uri, serial=path.strip("/") or None)
        case "serial" if path:
            options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            flow = options.get("flow", "hardware")
            if flow not in devices.FLOWS:
                raise ValueError(flow)
            baud = int(options.get("baud", DEFAULT_BAUD))
            return devices.SerialTransport(path, uri=uri, baud=baud, flow=flow, timeout_s=timeout_s)
        case "cups" if parts.netloc:
            return devices.CupsTransport(unquote(parts.netloc), uri=uri, timeout_s=timeout_s)
    raise ValueError(uri)


class TcpTransport:
    """A printer's raw port, usually 9100."""

    two_way = True

    def __init__(self, host: str, port: int, *, uri: str, timeout_s: float) -> None:
        self.uri = uri
        self._address = (host, port)
        self._timeout_s = timeout_s
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Try each address of the host within one timeout."""
        deadline = time.monotonic() + self._timeout_s
        try:
            addresses = socket.getaddrinfo(*self._address, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Unreachable(uri=self.uri, reason=str(error)) from error
        reason = "no address"
        for family, kind, protocol, _, address in addresses:
            connection = socket.socket(family, kind, protocol)
            try:
                self._prepare(connection)
                connection.settimeout(max(deadline - time.monotonic(), 0.05))
                connection.connect(address)
            except OSError as error:
                connection.close()
                reason = str(error) or type(error).__name__
            else:
                self._socket = connection
                return
        raise Unreachable(uri=self.uri, reason=reason)

    def write(self, data: bytes | memoryview, *, timeout_s: float) -> int:
        """Send what fits."""
        connection = self._open_socket()
        connection.settimeout(timeout_s)
        try:
            return connection.send(data)
        except TimeoutError as error:
            raise TransportTimeout(uri=self.uri, action="write", timeout_s=timeout_s) from error
        except OSError as error:
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error

    def read(self, *, timeout_s: float) -> bytes:
        """Wait for anything; a closed connection is an error, not silence."""
        connection = self._open_socket()
        connection.settimeout(max(timeout_s, 0.001))
        try:
            data = connection.recv(4096)
        except TimeoutError:
            return b""
        except OSError as error:
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error
        if not data:
            raise ConnectionLost(uri=self.uri, reason="closed by the printer")
        return data

    def unacknowledged(self) -> int:
        """Ask the kernel (Linux); elsewhere it cannot be known and counts as none."""
        if self._socket is None or not sys.platform.startswith("linux"):
            return 0
        import fcntl

        queued = fcntl.ioctl(self._socket.fileno(), SIOCOUTQ, struct.pack("i", 0))
        return int(struct.unpack("i", queued)[0])

    def close(self) -> None:
        """Say goodbye and listen shortly: closing on unread bytes would reset the connection and lose data."""
        connection, self._socket = self._socket, None
        if connection is None:
            return
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + LAST_WORDS_S
            while (left := deadline - time.monotonic()) > 0:
                connection.settimeout(left)
                if not connection.recv(4096):
                    break
        connection.close()

    @staticmethod
    def _prepare(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        # Set before connecting: the window is settled then.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def _open_socket(self) -> socket.socket:
        if self._socket is None:
            raise ConnectionLost(uri=self.uri, reason="not open")
        return self._socket


class FileTransport:
    """A file that takes bytes and never answers: a job to look at, or a spool of another program."""

    two_way = False

    def __init__(self, path: str, *, uri: str) -> None:
        self.uri = uri
        self._path = path
        self._descriptor: int | None = None

    def open(self) -> None:
        """Append, and never wait: a named pipe without a reader is unreachable, not a hang."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY
        try:
            self._descriptor = os.open(self._path, flags, 0o644)
        except OSError as error:
            raise Unreachable(uri=self.uri, reason=str(error)) from error

    def write(self, data: bytes | memoryview, *, timeout_s: float) -> int:
        """Write what fits."""
        if self._descriptor is None:
            raise ConnectionLost(uri=self.uri, reason="not open")
        try:
            try:
                return os.write(self._descriptor, data)
            except BlockingIOError:
                if not select.select([], [self._descriptor], [], timeout_s)[1]:
                    raise TransportTimeout(uri=self.uri, action="write", timeout_s=timeout_s) from None
                return os.write(self._descriptor, data)
        except OSError as error:
            raise ConnectionLost(uri=self.uri, reason=str(error)) from error

    def read(self, *, timeout_s: float) -> bytes:
        """Say nothing, at once."""
        return b""

    def unacknowledged(self) -> int:
        """Count nothing: what is written is in the file."""
        return 0

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)
