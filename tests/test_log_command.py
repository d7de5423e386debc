"""An exported day: it verifies, and whatever is changed in it or in the database is named."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, insert, select, text, update

from server.app import create_app, open_queue
from server.cli import run
from server.clock import Randomness
from server.config import load
from server.db.models import events
from server.domain.ledger.checkpoint import decode, encode
from server.domain.ledger.entries import entry_hash
from server.errors import StartError
from server.operations.context import dumps
from server.operations.ledger import Ledger, origin
from server.operations.log_export import export_day
from server.signing import SigningKey, VerifyKey
from server.verifying import verify
from server.verifying.reading import NoExport
from tests.builders import PASSPORT, create_ticket, open_counter
from tests.conftest import FixedClock

ROOT = Path(__file__).parent.parent
KEY = SigningKey(origin("asan-1"), b"k" * 32)


@pytest.fixture
def day(queue, clock):
    return live_two_days(queue, clock)


@pytest.fixture
def stored(queue, day):
    """The file of a day, out of each kind of database."""
    return export(queue, day)


@pytest.fixture(scope="module")
def written(config, sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("day") / "hall.sqlite"
    shutil.copy(sqlite_template, path)
    clock = FixedClock()
    queue = open_queue(config, database_url=f"sqlite:///{path}", clock=clock, randomness=Randomness())
    day = live_two_days(queue, clock)
    yield export(queue, day)
    queue.context.database.close()


@pytest.fixture
def lines(written):
    """The file of a day, for what is done to files only: where it came from they do not tell."""
    return list(written)


def live_two_days(queue, clock):
    """Yesterday with a ticket left over and a counter left open, and today with calls of many kinds."""
    ledger = Ledger(dataclasses.replace(queue.context, log_key=KEY))
    six = open_counter(queue, 6)
    create_ticket(queue, PASSPORT)
    queue.counters.next(6, six)
    queue.visits.start(6, six)
    queue.visits.finish(6, six)
    create_ticket(queue, PASSPORT)
    ledger.seal()
    clock.advance(days=1)
    queue.days.expire_earlier()
    seven = open_counter(queue, 7)
    for minutes in range(4):
        create_ticket(queue, PASSPORT, category="veteran" if minutes == 2 else None)
        clock.advance(minutes=1)
        ledger.seal()
    for number, official in ((6, six), (7, seven)):
        queue.counters.next(number, official)
        queue.visits.start(number, official)
        queue.visits.finish(number, official)
    queue.counters.call(6, six, "A004", "unwell")
    clock.advance(seconds=1)
    ledger.seal()
    return clock.now.date()


def export(queue, day):
    return [dumps(line) for line in export_day(queue.context, day)]


def check(lines, **kwargs):
    return verify(lines, KEY.public, **kwargs)


def faults(report):
    return [(each.fault, each.index) for each in report.findings]


def said(report):
    return "\n".join(report.lines())


def own(lines):
    """The places in the file of the day's own entries, without the header, the heads and earlier days'."""
    start = json.loads(lines[0])["from"]
    return [place for place, line in enumerate(lines) if json.loads(line).get("index", -1) >= start]


def edited(lines, place, change):
    value = json.loads(lines[place])
    change(value)
    return [*lines[:place], dumps(value), *lines[place + 1 :]]


def test_a_day_verifies_with_the_file_and_the_key_alone(stored):
    report = check(stored)

    assert report.is_good, said(report)
    assert report.entries == len(own(stored))
    assert report.rules == {"due": 2, "out_of_turn": 1}
    assert "in order" in said(report)


def test_what_an_earlier_day_left_comes_with_its_proof(lines):
    start = json.loads(lines[0])["from"]

    earlier = [
        json.loads(line)["entry"]["kind"] for line in lines if json.loads(line).get("index", start) < start
    ]

    assert earlier == ["config.applied", "counter.opened", "ticket.issued"]


def test_calls_out_of_turn_are_shown_though_they_are_allowed(lines):
    assert "out of turn with a reason: entry" in said(check(lines))
    assert "A004" in said(check(lines))


def test_it_says_how_long_an_entry_waited_to_be_sealed(lines):
    assert "waited to be sealed: 61.0 s" not in said(check(lines))
    assert "waited to be sealed: 60.0 s" in said(check(lines))


# Tampering with the file.


@pytest.mark.parametrize("change", ["number", "at", "official", "data", "salt", "kind"])
def test_an_entry_that_was_changed_anywhere_is_named(lines, change):
    def alter(value):
        if change == "salt":
            value["salt"] = "A" * 22 + "=="
        elif change == "data":
            value["entry"]["data"]["more"] = 1
        elif change == "at":
            value["entry"]["at"] = value["entry"]["at"].replace(".000000Z", ".000009Z")
        else:
            value["entry"][change] = 77 if change == "official" else "x"

    for place in own(lines):
        index = json.loads(lines[place])["index"]

        report = check(edited(lines, place, alter))

        assert ("changed", index) in faults(report)
        assert f"entry {index} (" in said(report)


def test_a_change_that_hides_itself_in_the_hash_is_named(lines):
    """The leaf of the line is made to fit the changed entry."""

    def alter(value):
        value["entry"]["data"]["more"] = 1
        value["leaf"] = encode(entry_hash(decode(value["salt"]), value["entry"]))

    for place in own(lines):
        index = json.loads(lines[place])["index"]
        assert ("changed", index) in faults(check(edited(lines, place, alter)))


def test_an_entry_that_was_dropped_anywhere_is_named(lines):
    for place in own(lines):
        index = json.loads(lines[place])["index"]

        report = check([*lines[:place], *lines[place + 1 :]])

        assert ("missing", index) in faults(report)
        assert f"entry {index} (after" in said(report) or f"entry {index} (before" in said(report)


def test_an_entry_that_was_dropped_is_named_though_the_others_were_renumbered(lines):
    def renumber(value):
        value["index"] -= 1

    for place in own(lines)[:-1]:
        index = json.loads(lines[place])["index"]
        rest = [*lines[:place], *lines[place + 1 :]]
        for later in range(place, len(rest)):
            rest = edited(rest, later, renumber)

        found = faults(check(rest))

        assert ("missing", index) in found
        assert ("renumbered", index + 1) in found


def test_an_entry_that_was_put_in_anywhere_is_named(lines):
    for place in own(lines):
        value = json.loads(lines[place])
        value["entry"]["number"] = "A099"

        report = check([*lines[:place], dumps(value), *lines[place:]])

        assert faults(report) == [("put_in", value["index"])]
        assert "put in" in said(report)


def test_an_entry_that_was_put_in_with_the_others_renumbered_is_named(lines):
    place = own(lines)[3]
    value = json.loads(lines[place])
    index = value["index"]
    value["entry"]["number"] = "A099"
    after = lines[place:]
    for later in range(len(after)):
        after = edited(after, later, lambda each: each.update(index=each["index"] + 1))

    found = faults(check([*lines[:place], dumps(value), *after]))

    assert ("renumbered", index) in found
    assert ("put_in", index) in found


def test_an_entry_that_was_repeated_is_named(lines):
    place = own(lines)[2]

    assert faults(check([*lines[:place], lines[place], *lines[place:]])) == [
        ("repeated", json.loads(lines[place])["index"])
    ]


def test_entries_that_were_reordered_anywhere_are_named(lines):
    for place in own(lines)[:-1]:
        swapped = [*lines[:place], lines[place + 1], lines[place], *lines[place + 2 :]]

        [(fault, index)] = faults(check(swapped))

        assert fault == "moved"
        assert index in (json.loads(lines[place])["index"], json.loads(lines[place + 1])["index"])


def test_an_entry_that_was_moved_far_is_the_one_that_is_named(lines):
    places = own(lines)
    moved = lines[places[1]]
    rest = [line for line in lines if line != moved]

    assert faults(check([*rest, moved])) == [("moved", json.loads(moved)["index"])]


def test_entries_that_were_swapped_with_their_numbers_are_named(lines):
    places = own(lines)
    first, second = json.loads(lines[places[1]]), json.loads(lines[places[2]])
    for name in ("salt", "entry", "leaf"):
        first[name], second[name] = second[name], first[name]
    changed = list(lines)
    changed[places[1]], changed[places[2]] = dumps(first), dumps(second)

    found = faults(check(changed))

    assert ("changed", first["index"]) in found
    assert ("changed", second["index"]) in found


def test_an_entry_that_was_erased_keeps_its_proof_and_is_named(lines):
    place = own(lines)[2]

    report = check(edited(lines, place, lambda value: value.update(entry=None, salt=None)))

    assert ("erased", json.loads(lines[place])["index"]) in faults(report)


def test_a_line_that_cannot_be_read_is_named(lines):
    place = own(lines)[2]

    report = check([*lines[:place], lines[place][:40], *lines[place + 1 :]])

    assert f"line {place + 1} cannot be read" in said(report)
    assert ("missing", json.loads(lines[place])["index"]) in faults(report)


# Signatures and heads.


def break_signature(note):
    return note[:-12] + ("A" if note[-12] != "A" else "B") + note[-11:]


@pytest.mark.parametrize("name", ["checkpoint", "previous"])
def test_a_broken_signature_is_named(lines, name):
    report = check(edited(lines, 0, lambda header: header.update({name: break_signature(header[name])})))

    assert [fault for fault, _ in faults(report)] == ["bad_signature"]


def test_a_broken_signature_of_a_head_within_the_day_is_named(lines):
    place = next(place for place, line in enumerate(lines) if "head" in json.loads(line))

    report = check(edited(lines, place, lambda value: value.update(head=break_signature(value["head"]))))

    assert [fault for fault, _ in faults(report)] == ["bad_signature"]


def test_another_key_is_told_from_the_right_one(lines):
    report = verify(lines, SigningKey(origin("asan-1"), b"x" * 32).public)

    assert {fault for fault, _ in faults(report)} == {"bad_signature"}
    assert "signed by another key" in said(report)


def test_without_a_key_the_one_in_the_file_is_used_and_said_to_be(queue, day):
    context = dataclasses.replace(queue.context, log_key=KEY)
    lines = [dumps(line) for line in export_day(context, day)]

    report = verify(lines)

    assert report.is_good
    assert "taken from the file itself" in said(report)


def test_a_log_that_was_written_anew_does_not_fit_the_head_of_the_day_before(queue, day, stored):
    """The whole tree is made anew, and signed: what was signed the day before still tells."""
    before = json.loads(stored[0])["previous"]
    with queue.context.database.write() as tx:
        tx.execute(text("UPDATE events SET number = 'A009' WHERE number = 'A001' AND kind = 'ticket.issued'"))
        tx.execute(text("DELETE FROM log_leaves"))
        tx.execute(text("DELETE FROM log_heads"))
    Ledger(dataclasses.replace(queue.context, log_key=KEY)).seal()
    again = export(queue, day)

    assert check(again).is_good  # nothing in the file alone tells
    report = check(edited(again, 0, lambda header: header.update(previous=before)))
    assert "inconsistent" in [fault for fault, _ in faults(report)]


def test_a_head_that_was_copied_elsewhere_tells_a_log_that_was_written_anew(queue, day, stored):
    board = json.loads(stored[0])["checkpoint"]
    with queue.context.database.write() as tx:
        tx.execute(text("UPDATE events SET number = 'A009' WHERE number = 'A004' AND kind = 'ticket.called'"))
        tx.execute(text("DELETE FROM log_leaves"))
        tx.execute(text("DELETE FROM log_heads"))
    Ledger(dataclasses.replace(queue.context, log_key=KEY)).seal()

    report = check(export(queue, day), seen=[board])

    assert "head_unfit" in [fault for fault, _ in faults(report)]
    assert check(stored, seen=[board]).is_good


def test_a_head_that_is_later_than_the_file_tells_that_its_end_was_cut(queue, day, stored):
    heads = [json.loads(line)["head"] for line in stored if "head" in json.loads(line)]
    create_ticket(queue, PASSPORT)
    ledger = Ledger(dataclasses.replace(queue.context, log_key=KEY))
    ledger.seal()

    report = check(stored, seen=[ledger.checkpoint()["note"]])

    assert [fault for fault, _ in faults(report)] == ["seen_outside"]
    assert check(stored, seen=heads).is_good


# Tampering with the database.


def tamper(queue, day, sql, **values):
    with queue.context.database.write() as tx:
        tx.execute(text(sql), values)
    return check(export(queue, day))


def events_of_today(queue, lines):
    """By index the key of its event."""
    with queue.context.database.read() as connection:
        leaves = connection.execute(text("SELECT leaf, event_id FROM log_leaves ORDER BY leaf")).fetchall()
    start = json.loads(lines[0])["from"]
    return {row.leaf: row.event_id for row in leaves if row.leaf >= start}


@pytest.mark.parametrize(
    "change",
    [
        "number = 'A077'",
        "official = 77",
        "counter = 9",
        "service = 'birth'",
        "salt = (SELECT salt FROM events WHERE id = 1)",
        "kind = 'x'",
    ],
)
def test_an_event_that_was_changed_in_the_database_is_named(queue, day, stored, change):
    index, event = list(events_of_today(queue, stored).items())[4]

    report = tamper(queue, day, f"UPDATE events SET {change} WHERE id = :id", id=event)

    assert ("changed", index) in faults(report)


def test_an_event_that_was_dropped_from_the_database_is_named(queue, day, stored):
    for index, event in list(events_of_today(queue, stored).items())[3:5]:
        report = tamper(queue, day, "DELETE FROM events WHERE id = :id", id=event)

        assert ("erased", index) in faults(report)


def test_an_event_that_was_dropped_with_its_leaf_is_named(queue, day, stored):
    index = list(events_of_today(queue, stored))[4]

    report = tamper(queue, day, "DELETE FROM log_leaves WHERE leaf = :leaf", leaf=index)

    assert ("missing", index) in faults(report)


def test_two_events_that_were_swapped_in_the_database_are_named(queue, day, stored):
    (first, one), (second, other) = list(events_of_today(queue, stored).items())[4:6]

    tamper(queue, day, "UPDATE events SET id = -1 WHERE id = :id", id=one)
    tamper(queue, day, "UPDATE events SET id = :to WHERE id = :id", id=other, to=one)
    report = tamper(queue, day, "UPDATE events SET id = :to WHERE id = -1", to=other)

    assert {("changed", first), ("changed", second)} <= set(faults(report))


def test_an_event_that_was_put_in_behind_the_logs_back_is_named(queue, day, stored):
    event = list(events_of_today(queue, stored).values())[4]
    copied = "centre, day, at, kind, ticket, 'A088', service, counter, official, data, salt"
    into = "id, centre, day, at, kind, ticket, number, service, counter, official, data, salt"

    report = tamper(
        queue, day, f"INSERT INTO events ({into}) SELECT -5, {copied} FROM events WHERE id = :id", id=event
    )

    assert [fault for fault, _ in faults(report)] == ["unsealed"]
    assert "A088" in said(report)


def test_a_leaf_that_was_changed_in_the_database_is_named(queue, day, stored):
    index, event = list(events_of_today(queue, stored).items())[4]
    with queue.context.database.read() as connection:
        hashes = connection.execute(
            text("SELECT hashes FROM log_leaves WHERE leaf = :l"), {"l": index}
        ).scalar()
    tamper(queue, day, "UPDATE events SET number = 'A077' WHERE id = :id", id=event)

    report = tamper(
        queue,
        day,
        "UPDATE log_leaves SET hashes = :hashes WHERE leaf = :leaf",
        hashes=bytes(32) + bytes(hashes)[32:],
        leaf=index,
    )

    assert ("changed", index) in faults(report)


# Anywhere: places drawn by chance, the same at every run.


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_to_the_file_anywhere_is_named(lines, seed):
    chance = random.Random(seed)
    places = own(lines)
    for act in ("change", "drop", "insert", "reorder") * 6:
        place = chance.choice(places)
        value = json.loads(lines[place])
        bad = list(lines)
        if act == "change":
            name = chance.choice(["at", "kind", "number", "service", "counter", "official"])
            value["entry"][name] = chance.choice(["A077", 77])
            bad[place] = dumps(value)
        elif act == "drop":
            del bad[place]
        elif act == "insert":
            value["entry"]["number"] = f"A{chance.randrange(90, 99):03d}"
            bad.insert(chance.choice(places), dumps(value))
        else:
            line = bad.pop(place)
            bad.insert(chance.choice([other for other in places if other not in (place, place - 1)]), line)
        if bad == lines:
            continue

        report = check(bad)

        assert not report.is_good, (act, place)
        named = {index for _, index in faults(report)}
        if act in ("change", "drop"):
            assert json.loads(lines[place])["index"] in named, act
        else:
            assert named & set(range(len(lines))), act


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_to_the_database_anywhere_is_named(queue, day, stored, seed):
    chance = random.Random(seed)
    places = list(events_of_today(queue, stored).items())
    columns = [column.name for column in events.c]
    for act in ("change", "drop", "insert", "reorder") * 2:
        (index, event), (other_index, other) = chance.sample(places, 2)
        with queue.context.database.write() as tx:
            kept = tx.execute(select(events).where(events.c.id.in_((event, other)))).fetchall()
            one = next(row for row in kept if row.id == event)
            if act == "change":
                tx.execute(update(events).where(events.c.id == event).values(number="A077"))
            elif act == "drop":
                tx.execute(delete(events).where(events.c.id == event))
            elif act == "insert":
                tx.execute(
                    insert(events),
                    {**{name: getattr(one, name) for name in columns}, "id": -7, "number": "A088"},
                )
            else:
                for row, id in zip(kept, (-1, -2), strict=True):
                    tx.execute(update(events).where(events.c.id == row.id).values(id=id))
                for row, id in zip(reversed(kept), (-1, -2), strict=True):
                    tx.execute(update(events).where(events.c.id == id).values(id=row.id))

        found = faults(check(export(queue, day)))

        wanted = {
            "change": {("changed", index)},
            "drop": {("erased", index)},
            "insert": set(),
            "reorder": {("changed", index), ("changed", other_index)},
        }[act]
        assert wanted <= set(found), act
        assert act != "insert" or [fault for fault, _ in found] == ["unsealed"]
        with queue.context.database.write() as tx:
            tx.execute(delete(events).where(events.c.id.in_((event, other, -7))))
            for row in kept:
                tx.execute(insert(events), {name: getattr(row, name) for name in columns})
    assert check(export(queue, day)).is_good


# Calls.


@pytest.mark.parametrize(
    ("lie", "says"),
    [
        (
            {"rule": "due"},
            "before A002 (here since 2026-11-25 10:01:00+04:00, due 2026-11-25 10:16:00+04:00)",
        ),
        ({"reason": None}, "called out of turn at counter 6 without a reason"),
    ],
)
def test_a_server_that_writes_lies_into_its_log_is_found_by_the_replay(queue, day, clock, lie, says):
    """A004 is called before A002 again, and before it is sealed the log is made to say that all was well."""
    with queue.context.database.read() as connection:
        row = connection.execute(
            select(events).where(events.c.kind == "ticket.called").order_by(events.c.id.desc())
        ).first()
    with queue.context.database.write() as tx:
        tx.execute(text("DELETE FROM log_leaves"))
        tx.execute(text("DELETE FROM log_heads"))
        data = {name: value for name, value in {**row.data, **lie}.items() if value is not None}
        tx.execute(update(events).where(events.c.id == row.id).values(data=data))
    Ledger(dataclasses.replace(queue.context, log_key=KEY)).seal()

    report = check(export(queue, day))

    assert says in said(report)
    assert all(fault in ("passed_over", "no_reason") for fault, _ in faults(report))
    assert "A004" in said(report)


# The command.


def write_log(lines, folder):
    path = folder / "day.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_the_command_exits_with_0_for_a_good_day_and_1_for_another(lines, tmp_path, capsys):
    good = write_log(lines, tmp_path)

    assert run(["log", "verify", str(good), "--key", KEY.public.text()]) == 0
    assert "in order" in capsys.readouterr().out

    good.write_text("\n".join([*lines[:8], *lines[9:]]), "utf-8")
    assert run(["log", "verify", str(good), "--key", KEY.public.text()]) == 1
    assert "NOT IN ORDER" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["line", "hex", "file", "answer"])
def test_the_key_is_taken_in_every_form_in_which_it_is_published(lines, tmp_path, form):
    text_ = KEY.public.text()
    path = tmp_path / "key"
    path.write_text(json.dumps({"key": text_}) if form == "answer" else text_ + "\n")
    key = {"line": text_, "hex": KEY.public.raw.hex()}.get(form, str(path))

    assert run(["log", "verify", str(write_log(lines, tmp_path)), "--key", key]) == 0


@pytest.mark.parametrize(
    ("content", "key", "says"),
    [
        ("", KEY.public.text(), "no exported log"),
        ("{}\n", KEY.public.text(), "no exported log"),
        ('{"navbat_log": 9}\n', KEY.public.text(), "format 9"),
        (None, KEY.public.text(), "cannot be read"),
        ("good", "nonsense", "--key: no public key"),
    ],
)
def test_what_cannot_be_checked_is_an_error_of_one_line(lines, tmp_path, capsys, content, key, says):
    path = tmp_path / "file"
    if content is not None:
        path.write_text("\n".join(lines) if content == "good" else content)

    assert run(["log", "verify", str(path), "--key", key]) == 1

    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_the_verifier_imports_neither_the_server_nor_its_database(lines, tmp_path):
    path = write_log(lines, tmp_path)
    program = (
        "import sys; from server.cli import run\n"
        f"status = run(['log', 'verify', {str(path)!r}, '--key', {KEY.public.text()!r}])\n"
        "heavy = [name for name in ('sqlalchemy', 'flask', 'pydantic', 'yaml', 'gevent', 'server.config', 'server.db')"
        " if name in sys.modules]\n"
        "sys.exit(status or ' '.join(heavy) or 0)"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_day_without_entries_cannot_be_exported(queue, day):
    with pytest.raises(StartError, match="has nothing of"):
        list(export_day(queue.context, day + timedelta(days=9)))


def test_export_and_verify_work_from_the_command_line(tmp_path, capsys):
    common = ["--config", str(ROOT / "config.yaml"), "--data-dir", str(tmp_path / "data")]
    assert run(["log", "key", *common]) == 0
    key = capsys.readouterr().out.strip()
    app = create_app(load(ROOT / "config.yaml"), data_dir=tmp_path / "data")
    app.extensions["queue"].ledger.seal()
    app.extensions["queue"].context.database.close()
    today = app.extensions["queue"].clock().astimezone(ZoneInfo("Asia/Baku")).date().isoformat()
    out = tmp_path / "day.jsonl"

    assert run(["log", "export", *common, "--day", today, "--out", str(out)]) == 0
    assert run(["log", "verify", str(out), "--key", key]) == 0
    assert [path.name for path in tmp_path.glob("day*")] == ["day.jsonl"]


def test_the_key_has_the_form_that_the_interface_publishes():
    assert VerifyKey.parse(KEY.public.text()) == KEY.public


def test_no_export_is_told_from_a_bad_one():
    with pytest.raises(NoExport):
        check(["[]"])
