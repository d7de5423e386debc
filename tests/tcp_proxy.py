"""A network between a page and its server that can be cut and mended."""

from __future__ import annotations

import contextlib
import socket
import threading


class Proxy:
    """
    Passes every connection on to a port of this machine, until it is cut.

    A cut network is silent: connections stay open and nothing goes through them, as with a cable that was pulled.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._through = threading.Event()
        self._through.set()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where the server is found through this network."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Let nothing through from now on."""
        self._through.clear()

    def mend(self) -> None:
        """Let all through again; what was under way while it was cut is lost."""
        self._hang_up()
        self._through.set()

    def close(self) -> None:
        """Take the network away."""
        self._listener.close()
        self._through.set()
        self._hang_up()

    def _hang_up(self) -> None:
        for each in self._open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self._open.clear()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._open += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                if not self._through.is_set():
                    return
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
