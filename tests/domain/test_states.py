"""Which act leads where."""

from __future__ import annotations

import pytest

from server.domain.states import CounterState, TicketState, counter_after, possible_acts, ticket_after
from server.errors import CounterStateError, TicketStateError


@pytest.mark.parametrize(
    ("state", "action", "after"),
    [
        ("waiting", "call", "called"),
        ("waiting", "change", "waiting"),
        ("waiting", "give_priority", "waiting"),
        ("called", "recall", "called"),
        ("called", "start", "serving"),
        ("called", "no_show", "no_show"),
        ("serving", "finish", "served"),
        ("called", "hold", "held"),
        ("serving", "hold", "held"),
        ("held", "resume", "called"),
        ("called", "transfer", "waiting"),
        ("serving", "transfer", "waiting"),
        ("waiting", "cancel", "cancelled"),
        ("held", "cancel", "cancelled"),
        ("serving", "expire", "expired"),
    ],
)
def test_an_act_leads_to_a_state(state, action, after):
    assert ticket_after(state, action) == after


@pytest.mark.parametrize(
    "action",
    ["call", "recall", "start", "finish", "no_show", "hold", "transfer", "cancel", "change", "give_priority"],
)
@pytest.mark.parametrize("state", ["served", "no_show", "cancelled", "expired"])
def test_nothing_happens_to_an_ended_ticket(state, action):
    with pytest.raises(TicketStateError) as refusal:
        ticket_after(state, action)

    assert refusal.value.facts == {"state": state, "action": action}


@pytest.mark.parametrize(
    ("state", "action"), [("waiting", "finish"), ("serving", "call"), ("serving", "cancel")]
)
def test_an_act_out_of_place_is_refused(state, action):
    with pytest.raises(TicketStateError):
        ticket_after(state, action)


def test_a_counter_opens_pauses_and_closes():
    assert counter_after("closed", "open") == CounterState.OPEN
    assert counter_after("open", "pause") == CounterState.PAUSED
    assert counter_after("paused", "open") == CounterState.OPEN
    assert counter_after("paused", "close") == CounterState.CLOSED
    with pytest.raises(CounterStateError):
        counter_after("closed", "pause")


@pytest.mark.parametrize("ticket", [None, *TicketState])
@pytest.mark.parametrize("counter", list(CounterState))
def test_what_is_offered_for_a_ticket_is_what_its_state_allows(counter, ticket):
    for act in possible_acts(counter, ticket):
        if ticket is not None and counter != CounterState.CLOSED:
            ticket_after(ticket, act)


def test_recall_is_offered_only_while_it_is_allowed():
    assert "recall" in possible_acts("open", "called")
    assert "recall" not in possible_acts("open", "called", may_recall=False)


def test_resume_is_offered_only_where_something_is_held():
    assert "resume" in possible_acts("open", None, has_held=True)
    assert "resume" not in possible_acts("open", None)
