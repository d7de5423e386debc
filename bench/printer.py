"""A printer as fast as a real one, so that printing costs the server what it costs in a hall."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from printing.virtual import VirtualPrinter

SLIP_S = 1.5


def main(folder: str, port: int) -> None:
    """Print until the process is ended."""
    VirtualPrinter(Path(folder), port=port, keep=1, on_slip=lambda _: time.sleep(SLIP_S)).start()
    threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
