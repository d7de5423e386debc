"""Accounts by a CSV file: taken whole, or each row's fault named and nothing done."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.db.models import events
from tests.builders import create_official


@pytest.fixture
def admin(queue):
    return create_official(queue, "rena", name="Rəna Quliyeva", role="admin")


def faults(taken):
    return [(each.row, each.column, each.problem) for each in taken["faults"]]


def count_events(queue):
    with queue.context.database.read() as connection:
        return len(connection.execute(select(events.c.id)).fetchall())


def test_what_goes_out_comes_in_again_and_changes_nothing(queue, admin):
    create_official(queue, "leyla", name="=Leyla", agencies=["moi", "sms"], services=["passport"])
    create_official(queue, "sevda", role="auditor")
    before = count_events(queue)

    file = queue.account_files.export(admin)
    taken = queue.account_files.take_in(admin, file.encode("utf-8-sig"))

    assert taken == {"faults": [], "made": [], "changed": 0}
    assert count_events(queue) == before
    assert "leyla,'=Leyla,official,moi;sms,passport," in file


def test_new_names_are_made_with_a_password_and_known_ones_changed(queue, admin):
    create_official(queue, "leyla", agencies=["moi"])
    file = "username;name;role;agencies\nnigar;Nigar Əliyeva;official;bank\nleyla;Leyla;reception;*\n"

    taken = queue.account_files.take_in(admin, file.encode("utf-16"))

    [made] = taken["made"]
    assert (made["username"], taken["changed"], taken["faults"]) == ("nigar", 1, [])
    assert queue.sessions.sign_in(username="nigar", password=made["password"])
    assert queue.staff.find("nigar").agencies == ("bank",)
    leyla = queue.staff.find("leyla")
    assert (leyla.role, leyla.agencies, leyla.services) == ("reception", None, None)


def test_every_row_with_a_fault_is_named_and_nothing_is_half_imported(queue, admin):
    create_official(queue, "leyla", agencies=["moi"])
    rows = [
        "username,name,role,agencies,services",
        "nigar,Nigar,official,bank,*",
        "leyla,Leyla,king,*,*",
        "vusal,Vüsal,official,ghost,*",
        ",Nobody,official,*,*",
        "rena,Rəna,official,*,*",
    ]
    before = count_events(queue)

    taken = queue.account_files.take_in(admin, "\n".join(rows[:2] + rows[3:5]).encode())
    assert faults(taken) == [(3, "agencies", "admin.wrong_agencies"), (4, "username", "admin.wrong_username")]
    taken = queue.account_files.take_in(admin, "\n".join([*rows[:3], rows[5]]).encode())
    assert faults(taken) == [(3, "role", "admin.wrong_role"), (4, "username", "errors.last_admin")]

    assert (taken["made"], queue.staff.names(), count_events(queue)) == ([], ["leyla", "rena"], before)


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        ("", (0, "", "admin.file_unreadable")),
        ("username,role", (0, "", "admin.file_no_rows")),
        ("username,name\nx,y", (1, "role", "admin.file_column")),
        ("username,role,wages\nx,official,9", (1, "wages", "admin.file_unknown")),
        ("username,role\nx,official,9", (2, "", "admin.file_cells")),
        ("username,role\nx,official\nx,official", (3, "username", "admin.file_twice")),
        ('username,role\n"x,official', (0, "", "admin.file_unreadable")),
    ],
)
def test_a_file_that_is_none_is_refused(queue, admin, file, fault):
    assert faults(queue.account_files.take_in(admin, file.encode())) == [fault]


def test_who_answers_for_some_agencies_takes_in_only_these(queue, admin):
    clerk = create_official(queue, "clerk", role="supervisor", agencies=["bank"])
    create_official(queue, "leyla", agencies=["moi"])
    file = "username,role,agencies\nnigar,official,moi\nleyla,official,bank\n"

    assert faults(queue.account_files.take_in(clerk, file.encode())) == [
        (2, "username", "errors.not_allowed")
    ]
    file = "username,role,agencies\nnigar,official,bank\nleyla,official,bank\n"
    assert faults(queue.account_files.take_in(clerk, file.encode())) == [
        (3, "username", "errors.account_not_found")
    ]
    assert "nigar" not in queue.staff.names()
