"""A simulated day goes through the real operations, and repeats with its seed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import create_engine, text

from server.simulate_command import run_days
from server.verifying import verify

DAY = date(2026, 11, 24)


def test_a_day_is_lived_to_its_end_and_loses_nobody(config, tmp_path):
    [(_, outcome)] = run_days(config, tmp_path, first=DAY, days=1, seed=7, visitors_per_day=150)

    engine = create_engine(f"sqlite:///{tmp_path / 'simulated.sqlite'}")
    with engine.connect() as connection:
        states = dict(
            connection.execute(text("SELECT state, count(*) FROM tickets GROUP BY state")).fetchall()
        )
        open_counters = connection.execute(
            text("SELECT count(*) FROM counters WHERE state <> 'closed'")
        ).scalar()
    assert sum(states.values()) == outcome.issued > 100
    assert set(states) <= {"served", "no_show", "cancelled"}, states
    assert states["served"] > 0.85 * outcome.issued
    assert open_counters == 0


def test_the_same_seed_gives_the_same_day(config, tmp_path):
    days = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        [(_, outcome)] = run_days(config, folder, first=DAY, days=1, seed=11, visitors_per_day=60)
        days.append(outcome)

    assert days[0] == days[1]


def test_another_seed_gives_another_day(config, tmp_path):
    outcomes = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        [(_, outcome)] = run_days(config, folder, first=DAY, days=1, seed=seed, visitors_per_day=60)
        outcomes.append(outcome)

    assert outcomes[0] != outcomes[1]


def test_the_log_of_a_simulated_day_verifies_and_every_call_replays(config, tmp_path):
    log = tmp_path / "day.log"

    [(_, outcome)] = run_days(config, tmp_path, first=DAY, days=1, seed=5, visitors_per_day=80, log=log)

    report = verify(log.read_text("utf-8").splitlines())
    assert report.is_good, list(report.lines())
    assert any(f"calls: {outcome.called} replayed" in line for line in report.lines()), list(report.lines())
