"""The two commands as a stranger meets them: a fresh copy of the checkout, an empty home, nothing set up."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.skips import require

ROOT = Path(__file__).resolve().parent.parent
SET_UP_S = 240  # chiefly the fetching of packages
SECOND_START_S = 10  # 3 s of its own work; the rest is leave for a busy machine
STOP_S = 5

# What a person's shell may bring that decides how packages are fetched; all else is left behind.
KEPT = ("PIP_", "UV_", "SSL_", "REQUESTS_CA", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "TMPDIR")
NOT_COPIED = (".git", ".venv", "data", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("two commands"), pytest.mark.timeout(2 * SET_UP_S)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of what git would clone, at a path with a space."""
    folder = tmp_path_factory.mktemp("fresh") / "a hall"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    if listed.returncode != 0:
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED))
        return folder
    for name in filter(None, listed.stdout.decode("utf-8").split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    kept = {key: value for key, value in os.environ.items() if key.upper().startswith(KEPT)}
    # Packages fetched before need not be fetched again; this alone is borrowed from the real home.
    kept.setdefault("PIP_CACHE_DIR", os.path.expanduser("~/.cache/pip"))
    return {**kept, "PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C", "PYTHONUNBUFFERED": "1"}


@contextmanager
def run(folder, environment, *arguments):
    """Start ./run from elsewhere; yield the process and its log, and leave nothing behind."""
    log = folder.parent / "run.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [folder / "run", *arguments],
            cwd=folder.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its own group, as in a terminal, for Ctrl-C goes to all of it
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        yield process, log
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def find_free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url):
    with urllib.request.urlopen(url, timeout=5) as response:
        return response.status, response.read().decode("utf-8")


def wait_until_healthy(port, process, log, *, within_s):
    """Return the seconds until /healthz answered."""
    start = time.monotonic()
    while time.monotonic() - start < within_s:
        if process.poll() is not None:
            said = log.read_text("utf-8", errors="replace")
            if "could not be installed" in said:
                require("the two commands", "no package index can be reached from here")
            pytest.fail(f"./run ended with {process.returncode}:\n{said[-3000:]}")
        try:
            if get(f"http://127.0.0.1:{port}/healthz")[0] == 200:
                return time.monotonic() - start
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    return pytest.fail(f"not healthy after {within_s} s:\n{log.read_text('utf-8', errors='replace')[-3000:]}")


def press_ctrl_c(process):
    """Return the seconds until the process was gone."""
    start = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=60)
    return time.monotonic() - start


def read_database(folder):
    """Return the names of the staff, and how many events the log holds."""
    [file] = [path for path in (folder / "data").rglob("*") if path.is_file() and is_sqlite(path)]
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        users = {name for (name,) in database.execute("SELECT username FROM users")}
        [(events,)] = database.execute("SELECT count(*) FROM events")
    return users, events


def is_sqlite(path):
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def test_run_sets_up_starts_stops_and_keeps_its_data(folder, environment):
    port = find_free_port()

    with run(folder, environment, "--port", str(port)) as (process, log):
        wait_until_healthy(port, process, log, within_s=SET_UP_S)
        status, page = get(f"http://127.0.0.1:{port}/")
        stopped_s = press_ctrl_c(process)
    users, events = read_database(folder)

    assert status == 200
    assert all(f"/{screen}" in page for screen in ("kiosk", "counter", "display"))
    assert stopped_s < STOP_S
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert "Traceback" not in log.read_text("utf-8", errors="replace")
    assert users

    with run(folder, environment, "--port", str(port)) as (process, log):
        started_s = wait_until_healthy(port, process, log, within_s=60)
        press_ctrl_c(process)
    users_later, events_later = read_database(folder)

    assert started_s < SECOND_START_S
    assert "Setting up" not in log.read_text("utf-8", errors="replace")
    assert users_later == users
    assert events_later >= events


def test_test_sets_up_and_hands_its_arguments_to_pytest(folder, environment):
    ran = subprocess.run(
        [folder / "test", "tests/test_assets.py", "-k", "policy_allows_nothing_unsafe"],
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=SET_UP_S,
    )

    said = (ran.stdout + ran.stderr).decode("utf-8", errors="replace")
    if "could not be installed" in said:
        require("the two commands", "no package index can be reached from here")
    assert ran.returncode == 0, said[-3000:]
    assert "1 passed" in said
    assert "ruff" not in said
