"""The configuration on pages: a draft shared by two, versions that are published, and the start that goes by them."""

from __future__ import annotations

import argparse
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update

from server.app import open_queue
from server.backup import backup, restore
from server.clock import Randomness
from server.config import ConfigErrors, bundling, config_digest, load
from server.config.comparing import compare
from server.config.figures import figures_of
from server.config.text_edits import put
from server.db.config_versions import config_files
from server.errors import (
    BadInput,
    DraftConflict,
    NotAllowed,
    NothingChanged,
    NotManagedHere,
    VersionNotFound,
)
from server.operations.config_versions import Change
from server.operations.laboratory import Trial
from server.settings import read_settings
from tests.builders import BIRTH, PASSPORT, create_official, create_ticket, entries_of, open_counter
from tests.centres import write_config
from tests.conftest import ROOT, fresh_database

if TYPE_CHECKING:
    from pathlib import Path

    from server.operations import Queue
    from tests.conftest import FixedClock

HOURS = ("centre", "hours", "sat", 0)


@dataclass
class Hall:
    """A centre managed on pages, started again and again on the same database."""

    path: Path
    clock: FixedClock
    queues: list[Queue]

    def start(self) -> Queue:
        settings = read_settings(
            argparse.Namespace(config=self.path, data_dir=self.path.parent / "data"), self.clock
        )
        self.queues.append(
            open_queue(
                settings.config,
                managed=settings.managed,
                database_url=settings.database_url,
                clock=self.clock,
                randomness=Randomness(),
            )
        )
        return self.queues[-1]


@pytest.fixture
def hall(request, tmp_path, clock):
    """A centre on SQLite."""
    yield from make(fresh_database(request, tmp_path, "sqlite"), tmp_path, clock)


@pytest.fixture
def any_hall(tmp_path, clock, database_url):
    """A centre on each database, for what depends on it."""
    yield from make(database_url, tmp_path, clock)


def make(database_url, tmp_path, clock):
    def on_pages(centre: dict[str, Any]) -> None:
        centre["server"] = {"managed": "pages", "database_url": database_url, "secret_key": "s" * 40}

    made = Hall(write_config(tmp_path / "config.yaml", on_pages), clock, [])
    yield made
    for queue in made.queues:
        queue.context.database.close()


def admin(queue, name="leyla", **kwargs):
    return create_official(queue, name, role="admin", **kwargs)


def edited(files, path, value):
    """Change one value of the files."""
    return {**files, bundling.CONFIG: put(files[bundling.CONFIG].decode(), path, value).encode()}


def publish(queue, by, path, value, *, from_at=None, note="Because", **kwargs):
    """Draft one change and publish it."""
    versions = queue.config_versions
    draft = versions.begin(by)
    draft = versions.save(edited(draft.files, path, value), revision=draft.revision, by=by)
    return versions.publish(draft.revision, note=note, from_at=from_at, by=by, **kwargs)


def published(queue):
    return [each["data"] for each in entries_of(queue) if each["kind"] == "config.published"]


def applied(queue):
    return [each["data"]["digest"] for each in entries_of(queue) if each["kind"] == "config.applied"]


def test_the_first_start_takes_the_files_over_and_the_next_ones_go_by_the_versions(any_hall, clock):
    queue = any_hall.start()

    [first] = queue.config_versions.all()
    assert (first.number, first.source, first.state, first.role) == (1, "files", "in_force", "operator")
    files = queue.config_versions.get(1).files
    assert b"secret_key" not in files[bundling.CONFIG], "what is of the machine stays there"
    assert {name.partition("/")[0] for name in files} == {"config.yaml", "catalogue"}
    assert first.digest == config_digest(queue.config) == applied(queue)[0]

    by = admin(queue)
    second = publish(queue, by, HOURS, "10:00-14:00", note="  Shorter\nSaturdays ")

    assert (second.number, second.note, second.state) == (2, "Shorter Saturdays", "due")
    assert queue.config_versions.due() == 2
    assert queue.config.centre.hours["sat"] == (("09:00", "15:00"),), "until the next start"
    again = any_hall.start()
    assert again.config.centre.hours["sat"] == (("10:00", "14:00"),)
    assert again.config.server.secret_key == "s" * 40
    assert (again.config_versions.in_force, again.config_versions.due()) == (2, None)
    assert [each.state for each in again.config_versions.all()] == ["in_force", "past"]
    assert applied(again) == [first.digest, second.digest]
    assert len(any_hall.start().config_versions.all()) == 2


def test_what_is_published_is_an_entry_of_the_log_with_before_and_after_and_without_secrets(hall):
    queue = hall.start()
    by = admin(queue, "mrs.leyla")
    versions = queue.config_versions
    draft = versions.begin(by)
    files = edited(draft.files, HOURS, "10:00-14:00")
    files = edited(files, ("messages", "email"), "x")
    text = (
        files[bundling.CONFIG]
        .decode()
        .replace('email: "x"', "email: {host: mail.example.az, sender: queue@example.az}")
    )
    files = {**files, bundling.CONFIG: text.encode()}
    draft = versions.save(files, revision=draft.revision, by=by)
    versions.publish(draft.revision, note="Ask Leyla", from_at=None, by=by)

    entry = published(queue)[-1]
    assert (entry["version"], entry["by"], entry["role"], entry["base"]) == (2, by.id, "admin", 1)
    assert entry["from_at"] == "2026-11-24T06:00:00+00:00"
    assert {
        "section": "centre",
        "key": "hours.sat",
        "before": [["09:00", "15:00"]],
        "after": [["10:00", "14:00"]],
    } in (entry["changes"])
    assert any(each["section"] == "messages" for each in entry["changes"])
    for word in ("mail.example", "queue@", "leyla", "Leyla"):
        assert word not in str(entry)


def test_two_who_change_the_draft_do_not_lose_each_others_work(any_hall):
    queue = any_hall.start()
    leyla, rana = admin(queue), admin(queue, "rana")
    versions = queue.config_versions
    draft = versions.begin(leyla)
    assert versions.begin(rana).revision == draft.revision, "there is one"

    what = [Change("centre", "hours")]
    saved = versions.save(
        edited(draft.files, HOURS, "10:00-14:00"), revision=draft.revision, by=leyla, what=what
    )
    with pytest.raises(DraftConflict):
        versions.save(edited(draft.files, HOURS, "11:00-13:00"), revision=draft.revision, by=rana)
    with pytest.raises(DraftConflict):
        versions.publish(draft.revision, note="Mine", from_at=None, by=rana)
    with pytest.raises(DraftConflict):
        versions.discard(draft.revision, rana)

    assert versions.draft() == saved
    assert saved.changed_by == "leyla"
    assert [(each["section"], each["key"], each["kind"], each["by"]) for each in saved.changes] == [
        ("centre", "hours", "changed", leyla.id)
    ]
    assert [each.key for each in versions.compare(1, None)] == ["hours.sat"]


def test_a_form_of_an_earlier_draft_does_not_fit_the_next_one(hall):
    queue = hall.start()
    by = admin(queue)
    versions = queue.config_versions
    old = versions.begin(by)
    versions.discard(old.revision, by)
    assert versions.draft() is None

    new = versions.begin(by)

    assert new.revision > old.revision
    with pytest.raises(DraftConflict):
        versions.publish(old.revision, note="Old", from_at=None, by=by)


def test_of_two_who_publish_at_the_same_moment_one_does(any_hall):
    queue = any_hall.start()
    by = admin(queue)
    versions = queue.config_versions
    draft = versions.begin(by)
    draft = versions.save(edited(draft.files, HOURS, "10:00-14:00"), revision=draft.revision, by=by)
    together, outcomes = threading.Barrier(3), []

    def go(note):
        together.wait()
        try:
            outcomes.append(versions.publish(draft.revision, note=note, from_at=None, by=by).number)
        except DraftConflict:
            outcomes.append(None)

    threads = [threading.Thread(target=go, args=(f"Note {n}",)) for n in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(map(str, outcomes)) == ["2", "None", "None"]
    assert len(published(queue)) == 2
    assert versions.draft() is None


def test_a_draft_with_faults_is_kept_and_not_published(hall):
    queue = hall.start()
    by = admin(queue)
    versions = queue.config_versions
    draft = versions.begin(by)
    draft = versions.save(edited(draft.files, HOURS, "18:00-09:00"), revision=draft.revision, by=by)

    [fault] = versions.obstacles()
    assert fault.key == "centre.hours.sat[0]"
    with pytest.raises(ConfigErrors):
        versions.publish(draft.revision, note="Try", from_at=None, by=by)

    assert versions.draft() == draft
    assert len(versions.all()) == 1


def test_another_centre_is_not_published_into_this_one(hall):
    queue = hall.start()
    by = admin(queue)
    with pytest.raises(ConfigErrors, match="another centre"):
        publish(queue, by, ("centre", "key"), "elsewhere")


def test_other_figures_of_the_policy_need_a_new_version_of_it(hall):
    queue = hall.start()
    by = admin(queue)
    versions = queue.config_versions
    old = queue.config.policy.version

    with pytest.raises(ConfigErrors, match="published with other figures"):
        publish(queue, by, ("policy", "grace_minutes"), 33)
    assert versions.proposed_policy() == "2026-11-24"
    draft = versions.draft()
    done = versions.publish(draft.revision, note="Longer", from_at=None, by=by, policy="2026-11-24")
    assert (done.policy, done.figures["grace_minutes"]) == ("2026-11-24", 33)

    queue = hall.start()
    assert queue.config.policy.version == "2026-11-24"
    with pytest.raises(ConfigErrors, match="published with other figures"):
        publish(queue, by, ("policy", "version"), old)
    draft = queue.config_versions.draft()
    assert queue.config_versions.proposed_policy() == "2026-11-24b"
    queue.config_versions.discard(draft.revision, by)
    # The same figures again are the old version, and may bear its name.
    assert queue.config_versions.again(1, note="Back", from_at=None, by=by).policy == old


def test_anyone_may_read_which_rule_held_from_when_to_when(any_hall, clock):
    queue = any_hall.start()
    by = admin(queue, "mrs.leyla")
    first = queue.config.policy.version
    clock.advance(hours=1)
    publish(queue, by, ("policy", "grace_minutes"), 33, policy="2026-11-24")
    any_hall.start()
    clock.advance(hours=1)
    publish(any_hall.queues[-1], by, HOURS, "10:00-14:00")
    publish(
        any_hall.start(),
        by,
        ("policy", "grace_minutes"),
        40,
        policy="next",
        from_at=clock.now + timedelta(days=2),
    )

    told = any_hall.start().policies.view()

    assert [
        (each["version"], each["state"], each["from"], each["until"], each["by"]) for each in told["policies"]
    ] == [
        ("next", "next", "2026-11-26T12:00:00+04:00", None, "admin"),
        ("2026-11-24", "in_force", "2026-11-24T11:00:00+04:00", None, "admin"),
        (first, "past", "2026-11-24T10:00:00+04:00", "2026-11-24T11:00:00+04:00", "operator"),
    ]
    assert [each["figures"]["grace_minutes"] for each in told["policies"]] == [40, 33, 30]
    assert told["policies"][1]["figures"] == figures_of(queue.config) | {"grace_minutes": 33}
    assert "leyla" not in str(told)


def test_a_version_comes_into_force_at_its_time_and_not_before(any_hall, clock):
    queue = any_hall.start()
    by = admin(queue)
    tomorrow = clock.now + timedelta(hours=20)
    later = publish(queue, by, HOURS, "10:00-14:00", from_at=tomorrow)
    assert (later.state, queue.config_versions.due()) == ("scheduled", None)
    assert any_hall.start().config_versions.in_force == 1

    clock.advance(hours=20)

    assert queue.config_versions.due() == 2
    assert any_hall.start().config_versions.in_force == 2


def test_what_is_published_to_hold_sooner_replaces_what_waits(hall, clock):
    queue = hall.start()
    by = admin(queue)
    publish(queue, by, HOURS, "10:00-14:00", from_at=clock.now + timedelta(days=3))
    publish(queue, by, HOURS, "11:00-14:00")
    publish(queue, by, HOURS, "12:00-14:00", from_at=clock.now + timedelta(days=1))

    queue = hall.start()

    assert [(each.number, each.state) for each in queue.config_versions.all()] == [
        (4, "scheduled"),
        (3, "in_force"),
        (2, "replaced"),
        (1, "past"),
    ]
    clock.advance(days=4)
    assert hall.start().config_versions.in_force == 4


def test_the_way_back_is_an_earlier_version_published_again(hall):
    queue = hall.start()
    by = admin(queue)
    publish(queue, by, HOURS, "10:00-14:00")
    queue = hall.start()
    draft = queue.config_versions.begin(by)

    back = queue.config_versions.again(1, note="It was better", from_at=None, by=by)

    assert (back.number, back.source, back.base) == (3, "again", 1)
    assert queue.config_versions.draft() == draft
    assert hall.start().config.centre.hours["sat"] == (("09:00", "15:00"),)
    with pytest.raises(VersionNotFound):
        queue.config_versions.again(9, note="None", from_at=None, by=by)


def test_nothing_is_published_that_is_in_force_already_nor_without_a_reason_nor_for_the_past(hall, clock):
    queue = hall.start()
    by = admin(queue)
    versions = queue.config_versions
    draft = versions.begin(by)
    for note, from_at, error in (
        ("Same", None, NothingChanged),
        ("  ", None, BadInput),
        ("x" * 501, None, BadInput),
        ("Late", clock.now - timedelta(minutes=1), BadInput),
        ("Far", clock.now + timedelta(days=400), BadInput),
    ):
        with pytest.raises(error):
            versions.publish(draft.revision, note=note, from_at=from_at, by=by)
    assert len(versions.all()) == 1


def test_who_may_draft_and_who_may_publish(hall):
    queue = hall.start()
    versions = queue.config_versions
    boss = admin(queue)
    supervisor = create_official(queue, "rana", role="supervisor")
    draft = versions.begin(supervisor)
    draft = versions.save(edited(draft.files, HOURS, "10:00-14:00"), revision=draft.revision, by=supervisor)
    with pytest.raises(NotAllowed):
        versions.publish(draft.revision, note="Mine", from_at=None, by=supervisor)
    with pytest.raises(NotAllowed):
        versions.again(1, note="Mine", from_at=None, by=supervisor)
    for role, agencies in (
        ("auditor", None),
        ("official", None),
        ("reception", None),
        ("supervisor", ["moi"]),
        ("admin", ["moi"]),
    ):
        nobody = create_official(queue, f"{role}-{agencies}", role=role, agencies=agencies and _agency(queue))
        for act in (
            lambda by=nobody: versions.begin(by),
            lambda by=nobody: versions.save(draft.files, revision=draft.revision, by=by),
            lambda by=nobody: versions.discard(draft.revision, by),
            lambda by=nobody: versions.publish(draft.revision, note="Mine", from_at=None, by=by),
        ):
            with pytest.raises(NotAllowed):
                act()
    assert versions.publish(draft.revision, note="Rana's", from_at=None, by=boss).number == 2


def _agency(queue):
    return [queue.config.agencies[0].key]


def test_with_a_file_pages_change_nothing(queue):
    by = admin(queue)

    assert queue.config_versions.managed == "file"
    assert queue.config_versions.draft() is None
    with pytest.raises(NotManagedHere):
        queue.config_versions.begin(by)


def test_a_version_that_cannot_be_used_is_passed_over_for_the_one_before(any_hall, caplog):
    queue = any_hall.start()
    by = admin(queue)
    publish(queue, by, HOURS, "10:00-14:00")
    publish(queue, by, HOURS, "11:00-14:00")
    with queue.context.database.write() as tx:
        spoil(tx, queue.config_versions.get(3).files[bundling.CONFIG])

    started = any_hall.start()

    assert started.config_versions.in_force == 2
    assert started.config.centre.hours["sat"] == (("10:00", "14:00"),)
    newest = started.config_versions.all()[0]
    assert newest.state == "faulty"
    assert "`policy` is missing" in newest.faults[0]
    assert started.config_versions.due() is None, "no start after start for its sake"
    assert "version 3 of the configuration cannot be used" in caplog.text


def test_without_any_version_that_can_be_used_the_file_opens_the_hall(hall, caplog):
    queue = hall.start()
    with queue.context.database.write() as tx:
        spoil(tx, queue.config_versions.get(1).files[bundling.CONFIG])

    started = hall.start()

    assert started.config_versions.in_force is None
    assert started.config.centre.hours["sat"] == (("09:00", "15:00"),)
    assert "is taken in its place" in caplog.text


def spoil(tx, content):
    """Let a file in the database be one that this program cannot read."""
    tx.execute(
        update(config_files)
        .where(config_files.c.content == content)
        .values(content=content.replace(b"policy:", b"prolicy:"))
    )


def test_a_changed_file_is_said_and_not_taken(hall):
    hall.start()
    text = hall.path.read_text("utf-8")
    hall.path.write_text(put(text, HOURS, "12:00-13:00"), "utf-8")

    started = hall.start()
    assert started.config.centre.hours["sat"] == (("09:00", "15:00"),)
    assert started.context.managed.differs == ("centre",)

    hall.path.write_text(put(text, HOURS, "13:00-12:00"), "utf-8")
    faulty = hall.start()
    assert faulty.config_versions.in_force == 1
    assert "closes at 12:00" in faulty.context.managed.faults[0]


def test_what_services_take_over_from_the_rule_is_told_once_and_not_for_each_of_them():
    before = load(ROOT / "config.yaml")
    targets = before.policy.target_minutes.model_copy(update={"walk_in": 23})
    policy = before.policy.model_copy(update={"target_minutes": targets})
    services = tuple(
        each.model_copy(update={"target_minutes": 23}) if each.target_minutes == 15 else each
        for each in before.services
    )
    after = before.model_copy(update={"policy": policy, "services": services})

    assert [(each.section, each.key, each.before, each.after) for each in compare(before, after)] == [
        ("policy", "target_minutes.walk_in", 15, 23)
    ]
    own = services[0].model_copy(update={"target_minutes": 7})
    changed = after.model_copy(update={"services": (own, *services[1:])})
    assert [(each.key, each.after) for each in compare(after, changed)] == [(f"{own.key}.target_minutes", 7)]


def test_tickets_and_open_counters_live_through_a_new_version(hall):
    queue = hall.start()
    by = admin(queue)
    official = open_counter(queue, 18)
    tickets = [create_ticket(queue, BIRTH), create_ticket(queue, PASSPORT)]
    publish(queue, by, ("services", PASSPORT, "offered"), False)

    started = hall.start()

    assert started.counters.next(18, official)["number"] == tickets[0]["number"]
    assert started.tickets.view(tickets[1]["token"])["state"] == "waiting"


def test_files_that_only_a_draft_held_are_forgotten_with_it(any_hall):
    queue = any_hall.start()
    by = admin(queue)
    versions = queue.config_versions
    draft = versions.begin(by)
    before = count_files(queue)
    for hour in ("10", "11", "12"):
        draft = versions.save(edited(draft.files, HOURS, f"{hour}:00-14:00"), revision=draft.revision, by=by)
    assert count_files(queue) == before + 1
    versions.discard(draft.revision, by)

    assert count_files(queue) == before
    assert versions.get(1).files[bundling.CONFIG]


def count_files(queue):
    from sqlalchemy import func, select

    with queue.context.database.read() as connection:
        return connection.execute(select(func.count()).select_from(config_files)).scalar()


def test_a_trial_of_the_laboratory_becomes_the_rule_by_the_same_road(hall):
    queue = hall.start()
    by, supervisor = admin(queue), create_official(queue, "rana", role="supervisor")
    trial = Trial(walk_in=12, services={PASSPORT: 9}, credits={10: 15}, quota_every=2)
    with pytest.raises(BadInput):
        queue.adopting.adopt(trial, by, note=" ", from_at=None)
    with pytest.raises(BadInput):
        queue.adopting.adopt(Trial(walk_in=999), by, note="Too long", from_at=None)
    assert queue.config_versions.draft() is None

    made = queue.adopting.adopt(trial, by, note="Shorter waits", from_at=None)

    assert (made.number, made.source, made.policy) == (2, "laboratory", "2026-11-24")
    after = hall.start()
    assert after.config.policy.target_minutes.walk_in == 12
    assert after.config.service[PASSPORT].target_minutes == 9
    was = {each.key: each for each in queue.config.categories}
    for category in after.config.categories:
        before = was[category.key]
        assert category.credit_minutes == {10: 15}.get(before.credit_minutes, before.credit_minutes)
        assert category.quota_every == (before.quota_every and 2)
    counted = [each.section for each in after.config_versions.compare(1, 2)]
    assert set(counted) == {"policy", "services", "categories"}

    draft = after.adopting.adopt(Trial(walk_in=14), supervisor, note="", from_at=None)
    assert (draft.changed_by, after.config_versions.draft()) == ("rana", draft)
    assert after.adopting.may_publish(by) is False, "a draft may hold other things"
    more = after.adopting.adopt(Trial(collect=7), by, note="", from_at=None)
    assert more.revision > draft.revision
    config = after.config_versions.load(more.files)
    assert (config.policy.target_minutes.walk_in, config.policy.target_minutes.collect) == (14, 7)
    assert config.policy.version == "2026-11-24b"


def test_a_copy_of_the_hall_holds_its_versions_and_the_draft(any_hall, tmp_path):
    queue = any_hall.start()
    by = admin(queue)
    publish(queue, by, HOURS, "10:00-14:00")
    draft = queue.config_versions.begin(by)
    copy, centre = tmp_path / "copy.navbat", queue.context.centre
    url = read_settings(argparse.Namespace(config=any_hall.path, data_dir=tmp_path)).database_url
    backup(url, tmp_path, copy, centre=centre)

    back = Hall(tmp_path / "back" / "config.yaml", any_hall.clock, any_hall.queues)
    back.path.parent.mkdir()
    back.path.write_text(
        any_hall.path.read_text("utf-8").replace(url, f"sqlite:///{tmp_path / 'back.sqlite'}"), "utf-8"
    )
    restore(f"sqlite:///{tmp_path / 'back.sqlite'}", back.path.parent, copy, centre=centre)

    started = back.start()
    assert started.config_versions.in_force == 2
    assert started.config_versions.get(1).files == queue.config_versions.get(1).files
    assert started.config_versions.draft() == draft
