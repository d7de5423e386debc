"""
Set Navbat up in this checkout where that is still to be done, then run one task.

    run      navbat demo, with the arguments given
    test     ruff, mypy and pytest; with arguments, pytest alone with these
    lint     ruff and mypy
    bench    the measurements in bench/
    prepare  nothing more: the environment for running is there

Started by bootstrap.sh. Standard library only: nothing is installed when this begins.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, NoReturn

import environment
import machine
from environment import ROOT, VENV

if TYPE_CHECKING:
    from collections.abc import Sequence

LINTERS = (
    ("ruff", "check", "--quiet", "."),
    ("ruff", "format", "--check", "--quiet", "."),
    ("mypy", "--no-error-summary"),
)


def main(task: str, arguments: list[str]) -> int:
    """Run `task`; return its exit status, unless another program has taken this one's place."""
    os.chdir(ROOT)
    environment.keep_bytecode()
    environment.prepare("run" if task in ("run", "prepare") else "test")
    if task == "prepare":
        return 0
    if task == "run":
        _become("navbat", "demo", *arguments)
    if task == "bench":
        _become("python", "-m", "bench", *arguments)
    if task == "lint":
        return lint()
    return test(arguments)


def test(arguments: Sequence[str]) -> int:
    """
    Check everything, or run pytest with `arguments`.

    Pytest comes last, so that its closing line is the last thing seen; a linter's complaint does not
    keep it from running, but fails the whole.
    """
    machine.find_test_tools(again=not arguments)
    if arguments:
        _become("pytest", *arguments)
    linted = lint()
    workers = os.environ.get("NAVBAT_TEST_WORKERS", "2")
    # By file: a module's server, browser or database is then started once. (Groups by mark, `loadgroup`, are lost on
    # pytest 9.2: xdist 3.8 writes them into a private name that is read no more.) In the order of tests/conftest.py:
    # by itself xdist keeps for the end the files of few tests, which are the longest.
    tested = _call("pytest", "--numprocesses", workers, "--dist", "loadfile", "--no-loadscope-reorder")
    if tested == 1:
        tested = again_alone()
    if linted != 0:
        print("The linters complained: see above the tests", file=sys.stderr)
    return tested or linted


def again_alone() -> int:
    """
    Run what failed once more, one after another; return the exit status.

    Browsers and servers of several tests share two cores, and a wait may be too short beside the others. What fails
    alone too is broken; what passes is named, for it must be mended as well.
    """
    print("\nOnce more, alone: what failed beside other tests", file=sys.stderr, flush=True)
    status = _call("pytest", "--last-failed", "--last-failed-no-failures", "none")
    if status == 0:
        print("TOO SENSITIVE: the tests above failed beside others and passed alone", file=sys.stderr)
    return status


def lint() -> int:
    """Run every linter, also after one has complained; return 0 where none did."""
    statuses = []
    for command in LINTERS:
        print("+", *command, flush=True)
        statuses.append(_call(*command))
    return max(statuses)


def _call(name: str, *arguments: str) -> int:
    return subprocess.run([VENV / "bin" / name, *arguments], check=False).returncode


def _become(name: str, *arguments: str) -> NoReturn:
    """Take the named program's place, so that Ctrl-C and signals reach it and not a parent."""
    sys.stdout.flush()
    program = str(VENV / "bin" / name)
    os.execv(program, [program, *arguments])


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except machine.Missing as missing:
        sys.exit(f"\n{missing}")
    except KeyboardInterrupt:
        sys.exit(130)
