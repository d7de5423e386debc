"""A printer that is not there: a real TCP server which answers as one does and keeps its slips as PNG files."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageOps

from printing.decode import (
    AutomaticStatusAsked,
    Cut,
    Decoder,
    Event,
    FenceAsked,
    ProcessIdAsked,
    StatusAsked,
    Unknown,
)

READY = dict.fromkeys((1, 2, 3, 4), b"\x12")
EDGE_DOTS = (32, 40)
"""White paper round the printed area: 4 mm at the sides, and what stands between head and cutter."""

log = logging.getLogger(__name__)

Encode = Callable[[Image.Image, Path], None]


class VirtualPrinter:
    """
    Listens on loopback from `start` to `stop`.

    Args:
        folder: Slips are kept here, the newest `keep` of them, named so that they sort by age.
        port: 0 to have one chosen; see `uri` after the start.
        on_slip: Called with each new file.
        offload: Runs a function elsewhere, as a thread pool's `apply` does, and returns its result.
    """

    def __init__(
        self,
        folder: Path,
        *,
        dots: int = 576,
        port: int = 0,
        keep: int = 200,
        on_slip: Callable[[Path], None] | None = None,
        offload: Callable[..., object] | None = None,
    ) -> None:
        self.folder = folder
        self._dots = dots
        self._port = port
        self._keep = keep
        self._on_slip = on_slip
        self._offload = offload
        self._server: socket.socket | None = None
        self._connections: set[socket.socket] = set()
        self._paper = threading.Lock()
        self._count = 0

    @property
    def uri(self) -> str:
        """The address for `transports.open_transport`."""
        return f"tcp://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Bind and serve; raises OSError when the port is taken."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._count = max((_sequence(path) for path in self.slips()), default=0)
        server = socket.create_server(("127.0.0.1", self._port))
        self._port = server.getsockname()[1]
        self._server = server
        threading.Thread(target=self._accept, args=(server,), name="virtual-printer", daemon=True).start()

    def stop(self) -> None:
        """Close everything."""
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)  # wakes the accept on Linux; close alone does not
            server.close()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def slips(self) -> list[Path]:
        """List the kept slips, the oldest first."""
        return sorted(self.folder.glob("slip-*.png"))

    def _accept(self, server: socket.socket) -> None:
        while self._server is server:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        decoder = Decoder(dots=self._dots)
        try:
            while data := connection.recv(65536):
                for event in decoder.feed(data):
                    answer = self._answer(event)
                    if answer:
                        connection.sendall(answer)
        except OSError as error:
            log.info("virtual printer: %s", error)
        finally:
            self._connections.discard(connection)
            connection.close()

    def _answer(self, event: Event) -> bytes:
        match event:
            case Cut(picture):
                self._store(picture)
            case StatusAsked(kind):
                return READY.get(kind, b"")
            case ProcessIdAsked(process_id):
                return b"\x37\x22" + process_id + b"\0"
            case FenceAsked():
                return b"\0"
            case AutomaticStatusAsked(kinds) if kinds:
                return b"\x10\0\0\0"
            case Unknown(offset, data):
                log.warning("virtual printer: unknown at byte %d: %s", offset, data[:32].hex(" "))
        return b""

    def _store(self, picture: Image.Image) -> None:
        with self._paper:
            self._count += 1
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
            path = self.folder / f"slip-{self._count:06d}-{stamp}.png"
            if self._offload is None:
                save_as_paper(picture, path)
            else:
                self._offload(save_as_paper, (picture, path))
            for old in self.slips()[: -self._keep]:
                old.unlink(missing_ok=True)
        if self._on_slip is not None:
            try:
                self._on_slip(path)
            except Exception:
                log.exception("virtual printer: a listener failed on %s", path.name)


def save_as_paper(picture: Image.Image, path: Path) -> None:
    """Write a slip with the white edges that paper has; a reader never sees half a file."""
    paper = ImageOps.expand(picture.convert("L"), border=EDGE_DOTS, fill=255).convert("1")
    unfinished = path.with_suffix(".part")
    paper.save(unfinished, format="PNG", optimize=False)
    unfinished.replace(path)


def _sequence(path: Path) -> int:
    number = path.name.split("-")[1]
    return int(number) if number.isdigit() else 0
