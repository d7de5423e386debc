"""Accounts: who may change whose, what the log tells of it, and that the centre is never without an admin."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from server.db import queries
from server.db.models import events, users
from server.domain.replay import Replay
from server.errors import (
    AccountNotFound,
    BadInput,
    LastAdmin,
    NotAllowed,
    NotSignedIn,
    OwnAccount,
    SessionNotFound,
    SignInFailed,
    UsernameTaken,
)
from server.events import EventKind
from server.operations.ledger import entry_of
from tests.builders import BIRTH, create_official, create_ticket, open_counter, open_session
from tests.operations.test_races import at_once

BIRTH_COUNTER = 18


@pytest.fixture
def admin(queue):
    return create_official(queue, "rena", name="Rəna Quliyeva", role="admin")


def told(queue):
    """Read what the log tells of accounts."""
    with queue.context.database.read() as connection:
        rows = connection.execute(
            select(events.c.official, events.c.data)
            .where(events.c.kind == EventKind.ACCOUNT_CHANGED)
            .order_by(events.c.id)
        )
        return [(row.official, row.data) for row in rows]


def log_of(queue):
    with queue.context.database.read() as connection:
        return [entry_of(row) for row in queries.events_after(connection, queue.context.centre, 0, limit=99)]


def faults(log):
    replay = Replay()
    return [each.fault for index, entry in enumerate(log) for each in replay.go_on(index, entry)]


def test_a_new_account_opens_once_with_its_password_and_asks_for_another(queue, admin):
    id, password = queue.accounts.add(
        admin, " leyla ", role="official", name="Leyla  Həsənova", agencies=["moi"]
    )

    opened = queue.sessions.sign_in(username="leyla", password=password)
    session = queue.sessions.identify(opened.token)

    assert (session.user.id, session.user.name, session.user.agencies) == (id, "Leyla Həsənova", ("moi",))
    assert session.lacks == "password"
    after = {"role": "official", "agencies": ["moi"], "services": None}
    assert told(queue) == [(id, {"what": "added", "by": admin.id, "after": after})]


def test_two_passwords_are_never_the_same_and_read_without_mistake(queue, admin):
    made = [queue.accounts.add(admin, f"u{n}", role="official")[1] for n in range(3)]

    assert len(set(made)) == 3
    assert all(len(each) == 19 and not set(each) & set("0o1il") for each in made)


def test_a_name_is_given_once(queue, admin):
    leyla = create_official(queue, "leyla")
    queue.accounts.disable(admin, leyla.id)

    with pytest.raises(UsernameTaken):
        queue.accounts.add(admin, "leyla", role="official")


def test_the_log_tells_a_change_with_before_and_after_and_names_nobody(queue, admin):
    leyla = create_official(queue, "leyla", name="Leyla Həsənova", agencies=["moi"])

    changes = {"name": "Leyla Quliyeva", "role": "reception", "agencies": ["moi", "sms"], "services": None}
    view = queue.accounts.change(admin, leyla.id, changes)
    queue.accounts.change(admin, leyla.id, changes)  # nothing is different any more

    assert (view["name"], view["role"], view["agencies"]) == ("Leyla Quliyeva", "reception", ["moi", "sms"])
    entry = {
        "what": "changed",
        "by": admin.id,
        "fields": ["agencies", "name", "role"],
        "before": {"role": "official", "agencies": ["moi"]},
        "after": {"role": "reception", "agencies": ["moi", "sms"]},
    }
    assert told(queue) == [(leyla.id, entry)]
    assert "Leyla" not in json.dumps(told(queue), ensure_ascii=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "  "},
        {"name": "x" * 61},
        {"role": "king"},
        {"agencies": ["nobody"]},
        {"services": ["nothing"]},
    ],
)
def test_a_change_that_cannot_be_changes_nothing(queue, admin, changes):
    leyla = create_official(queue, "leyla")

    with pytest.raises(BadInput) as refused:
        queue.accounts.change(admin, leyla.id, {"name": "Else", **changes})

    assert refused.value.facts["field"] == next(iter(changes))
    assert told(queue) == []
    assert queue.accounts.get(admin, leyla.id)["name"] == "leyla"


def test_a_disabled_account_lets_nobody_in_and_its_old_sessions_stay_ended(queue, admin):
    id, password = queue.accounts.add(admin, "leyla", role="official")
    token = queue.sessions.sign_in(username="leyla", password=password).token

    queue.accounts.disable(admin, id)
    queue.accounts.disable(admin, id)
    with pytest.raises(NotSignedIn):
        queue.sessions.identify(token)
    with pytest.raises(SignInFailed):
        queue.sessions.sign_in(username="leyla", password=password)

    queue.accounts.enable(admin, id)
    with pytest.raises(NotSignedIn):
        queue.sessions.identify(token)
    assert queue.sessions.sign_in(username="leyla", password=password)
    assert [data["what"] for _, data in told(queue)] == ["added", "disabled", "enabled"]


def test_a_new_password_ends_the_old_one_and_every_session(queue, admin):
    id, first = queue.accounts.add(admin, "leyla", role="official")
    token = queue.sessions.sign_in(username="leyla", password=first).token

    second = queue.accounts.give_password(admin, id)

    with pytest.raises(NotSignedIn):
        queue.sessions.identify(token)
    with pytest.raises(SignInFailed):
        queue.sessions.sign_in(username="leyla", password=first)
    assert queue.sessions.sign_in(username="leyla", password=second)


def test_a_lost_telephone_is_forgotten_with_the_sessions_that_may_be_on_it(queue, admin):
    leyla = create_official(queue, "leyla")
    with queue.context.database.write() as tx:
        tx.execute(users.update().where(users.c.id == leyla.id).values(totp_key=b"k" * 20, totp_step=1))
    token, _ = open_session(queue, leyla, "cookie")
    assert queue.accounts.get(admin, leyla.id)["has_second_factor"]

    view = queue.accounts.remove_second_factor(admin, leyla.id)

    assert not view["has_second_factor"]
    with pytest.raises(NotSignedIn):
        queue.sessions.identify(token)
    assert told(queue) == [(leyla.id, {"what": "second_factor_removed", "by": admin.id})]


def test_sessions_are_seen_and_ended_one_by_one_or_all(queue, admin):
    leyla = create_official(queue, "leyla")
    tokens = [open_session(queue, leyla, kind)[0] for kind in ("cookie", "bearer", "bearer")]
    ids = [each["id"] for each in queue.accounts.sessions(admin, leyla.id)]
    assert len(ids) == 3

    queue.accounts.end_sessions(admin, leyla.id, ids[-1])
    with pytest.raises(NotSignedIn):
        queue.sessions.identify(tokens[0])
    assert queue.sessions.identify(tokens[1])
    with pytest.raises(SessionNotFound):
        queue.accounts.end_sessions(admin, leyla.id, ids[-1])
    queue.accounts.end_sessions(admin, leyla.id)

    assert queue.accounts.sessions(admin, leyla.id) == []


ACTS = {
    "change": lambda queue, by, id: queue.accounts.change(by, id, {"name": "Else"}),
    "disable": lambda queue, by, id: queue.accounts.disable(by, id),
    "enable": lambda queue, by, id: queue.accounts.enable(by, id),
    "password": lambda queue, by, id: queue.accounts.give_password(by, id),
    "code": lambda queue, by, id: queue.accounts.remove_second_factor(by, id),
    "passkeys": lambda queue, by, id: queue.accounts.remove_passkeys(by, id),
    "sessions": lambda queue, by, id: queue.accounts.end_sessions(by, id),
}


def test_nobody_changes_the_account_of_a_higher_role_or_of_other_agencies(queue, admin):
    clerk = create_official(queue, "clerk", role="supervisor", agencies=["bank"])
    of_bank = create_official(queue, "of-bank", agencies=["bank"])
    of_both = create_official(queue, "of-both", agencies=["bank", "moi"])
    of_all = create_official(queue, "of-all")
    over = create_official(queue, "over", role="admin", agencies=["bank"])
    auditor = create_official(queue, "auditor", role="auditor")

    for act in ACTS.values():
        for whom in (of_both, of_all, admin):
            with pytest.raises(AccountNotFound):
                act(queue, clerk, whom.id)
        for by, whom in ((clerk, over), (auditor, of_bank), (of_bank, of_all)):
            with pytest.raises((NotAllowed, AccountNotFound)):
                act(queue, by, whom.id)
    assert told(queue) == []

    for act in ACTS.values():
        act(queue, clerk, of_bank.id)
    assert {each["username"] for each in queue.accounts.all(clerk)} == {"clerk", "of-bank", "over"}


def test_nobody_gives_more_than_they_have(queue, admin):
    clerk = create_official(queue, "clerk", role="supervisor", agencies=["bank"])
    head = create_official(queue, "head", role="admin", agencies=["bank"])
    of_bank = create_official(queue, "of-bank", agencies=["bank"])

    for by, changes in (
        (clerk, {"role": "admin"}),
        (clerk, {"role": "supervisor"}),
        (clerk, {"agencies": None}),
        (head, {"agencies": ["bank", "moi"]}),
    ):
        with pytest.raises(NotAllowed):
            queue.accounts.change(by, of_bank.id, changes)
    for by, made in (
        (clerk, {"role": "admin", "agencies": ["bank"]}),
        (clerk, {"role": "official"}),
        (head, {"role": "admin"}),
    ):
        with pytest.raises(NotAllowed):
            queue.accounts.add(by, "friend", **made)
    with pytest.raises(NotAllowed):
        queue.accounts.change(head, head.id, {"agencies": None})
    assert told(queue) == []


def test_ones_own_account_is_changed_on_ones_own_page(queue, admin):
    for name, act in ACTS.items():
        if name != "change":
            with pytest.raises(OwnAccount):
                act(queue, admin, admin.id)


@pytest.mark.parametrize("changes", [{"role": "official"}, {"agencies": ["moi"]}])
def test_the_last_admin_of_the_whole_centre_stays(queue, admin, changes):
    other = create_official(queue, "other", role="admin")
    part = create_official(queue, "part", role="admin", agencies=["moi"])
    queue.accounts.disable(admin, other.id)

    with pytest.raises(LastAdmin):
        queue.accounts.change(admin, admin.id, changes)
    queue.accounts.enable(admin, other.id)
    queue.accounts.change(admin, admin.id, changes)

    assert {each["username"] for each in queue.accounts.all(other)} == {"rena", "other", part.username}


def test_two_admins_who_disable_each_other_at_once_leave_one(queue, admin):
    pair = (admin, create_official(queue, "other", role="admin"))

    def disable(index):
        try:
            queue.accounts.disable(pair[index], pair[1 - index].id)
        except LastAdmin:
            return "refused"
        return "done"

    assert sorted(at_once(2, disable)) == ["done", "refused"]


def test_what_an_official_at_a_counter_may_no_more_is_called_there_no_more_and_the_log_replays(queue, admin):
    leyla = open_counter(queue, BIRTH_COUNTER)
    create_ticket(queue, BIRTH)
    other = next(each.key for each in queue.config.services if each.agency == "moj_reg" and each.key != BIRTH)

    queue.accounts.change(admin, leyla.id, {"services": [other]})
    leyla = queue.staff.find(leyla.username)
    assert queue.counters.next(BIRTH_COUNTER, leyla) is None
    queue.accounts.change(admin, leyla.id, {"services": None})
    leyla = queue.staff.find(leyla.username)
    assert queue.counters.next(BIRTH_COUNTER, leyla)["number"] == "R001"

    log = log_of(queue)
    assert faults(log) == []
    # Without being told the replay would not know why nobody was called, or why somebody was.
    [first, second] = [index for index, each in enumerate(log) if each["kind"] == "counter.changed"]
    assert faults(log[:second] + log[second + 1 :]) != []
    assert first < second
