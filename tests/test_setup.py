"""The set-up's own rules; test_two_commands.py walks the whole way."""

import configparser
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN_LOCK = ROOT / "deploy" / "requirements.lock"
TEST_LOCK = ROOT / "deploy" / "requirements-test.lock"
VOICE_LOCK = ROOT / "deploy" / "voice.lock"
LOCKS = [RUN_LOCK, TEST_LOCK, VOICE_LOCK, ROOT / "deploy" / "uv.lock"]


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "deploy"))
    import environment

    return environment


@pytest.fixture
def checkout(environment, monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    (tmp_path / ".venv").mkdir()
    return environment


def read_pins(lock):
    """Return {name: version} of a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ;]+)", lock.read_text("utf-8"), re.M))


def read_requirements():
    """Return {name: version} of setup.cfg, with the extras."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", "utf-8")
    lines = parser["options"]["install_requires"].split("\n") + parser["options.extras_require"][
        "test"
    ].split("\n")
    pairs = (line.split(" == ") for line in lines if line)
    return {re.sub(r"\[.*\]", "", name).lower(): version for name, version in pairs}


def test_the_locks_hold_what_setup_cfg_asks_for():
    pins = read_pins(TEST_LOCK)

    assert {name: pins.get(name) for name in read_requirements()} == read_requirements()


def test_the_lock_for_running_is_a_part_of_the_lock_for_testing():
    run, test = read_pins(RUN_LOCK), read_pins(TEST_LOCK)

    assert run
    assert {name: test.get(name) for name in run} == run
    assert not {"pytest", "mypy", "playwright"} & set(run)


def test_what_is_under_the_gpl_has_its_own_lock():
    assert read_pins(VOICE_LOCK) == {"espeakng-loader": read_pins(TEST_LOCK)["espeakng-loader"]}
    assert "espeakng-loader" not in read_pins(RUN_LOCK)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_hashes_and_no_lock_names_an_address(lock):
    text = lock.read_text("utf-8")

    assert all("--hash=sha256:" in pin for pin in re.split(r"^(?=[a-z])", text, flags=re.M) if pin)
    assert "://" not in text


def test_a_finished_set_up_is_not_done_again(checkout):
    assert not checkout.is_ready("run")

    (checkout.VENV / "navbat-run.stamp").write_text(checkout.fingerprint("run"))

    assert checkout.is_ready("run")
    assert not checkout.is_ready("test")


@pytest.mark.parametrize("change", ["lock", "place", "python"])
def test_a_set_up_from_other_parts_is_done_again(checkout, monkeypatch, tmp_path, change):
    (checkout.VENV / "navbat-run.stamp").write_text(checkout.fingerprint("run"))
    changed_lock = tmp_path / "requirements.lock"
    changed_lock.write_text(RUN_LOCK.read_text("utf-8").replace("flask==3.1.3", "flask==3.1.4"))

    match change:
        case "lock":
            monkeypatch.setitem(checkout.LOCKS, "run", changed_lock)
        case "place":
            monkeypatch.setattr(checkout, "ROOT", tmp_path)
        case "python":
            monkeypatch.setattr(sys, "version_info", (3, 99, 0))

    assert not checkout.is_ready("run")
