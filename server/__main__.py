"""`python -m server`: the `navbat` command."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run the `navbat` command; returns its exit status."""
    from server.cli import run

    return run(sys.argv[1:] if arguments is None else arguments)


if __name__ == "__main__":
    sys.exit(main())
