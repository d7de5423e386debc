"""What a ticket and a counter can be, and which act leads where."""

from __future__ import annotations

from enum import StrEnum

from server.errors import CounterStateError, TicketStateError


class TicketState(StrEnum):
    """States of a ticket; `waiting -> called -> serving -> served` is the usual way."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    SERVED = "served"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class CounterState(StrEnum):
    """States of a counter."""

    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"


IN_HAND = (TicketState.CALLED, TicketState.SERVING)
"""A counter has at most one ticket in one of these states."""

ENDED = (TicketState.SERVED, TicketState.NO_SHOW, TicketState.CANCELLED, TicketState.EXPIRED)
"""Nothing more happens to a ticket in one of these states, but for a return within the grace period."""

_W, _C, _S, _H = TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD

TICKET_ACTS: dict[str, tuple[frozenset[TicketState], TicketState]] = {
    "call": (frozenset({_W}), _C),
    "recall": (frozenset({_C}), _C),
    "start": (frozenset({_C}), _S),
    "finish": (frozenset({_S}), TicketState.SERVED),
    "no_show": (frozenset({_C}), TicketState.NO_SHOW),
    "hold": (frozenset({_C, _S}), _H),
    "resume": (frozenset({_H}), _C),
    "transfer": (frozenset({_C, _S}), _W),
    "add_service": (frozenset({_C, _S}), _S),
    "change": (frozenset({_W}), _W),
    "give_priority": (frozenset({_W}), _W),
    "postpone": (frozenset({_W}), _H),
    "rejoin": (frozenset({TicketState.NO_SHOW, _H}), _W),
    "cancel": (frozenset({_W, _C, _H}), TicketState.CANCELLED),
    "expire": (frozenset({_W, _C, _S, _H}), TicketState.EXPIRED),
}
"""By act: the states it may start from, and the state it leads to."""

COUNTER_ACTS: dict[str, tuple[frozenset[CounterState], CounterState]] = {
    "open": (frozenset({CounterState.CLOSED, CounterState.PAUSED}), CounterState.OPEN),
    "pause": (frozenset({CounterState.OPEN}), CounterState.PAUSED),
    "close": (frozenset({CounterState.OPEN, CounterState.PAUSED}), CounterState.CLOSED),
}


def ticket_after(state: str, action: str) -> TicketState:
    """
    Tell the state of a ticket after an act.

    Raises:
        TicketStateError: The act cannot start from this state.

    >>> ticket_after("called", "start")
    <TicketState.SERVING: 'serving'>
    """
    allowed, after = TICKET_ACTS[action]
    if state not in allowed:
        raise TicketStateError(state=str(state), action=action)
    return after


def counter_after(state: str, action: str) -> CounterState:
    """
    Tell the state of a counter after an act.

    Raises:
        CounterStateError: The act cannot start from this state.
    """
    allowed, after = COUNTER_ACTS[action]
    if state not in allowed:
        raise CounterStateError(state=str(state), action=action)
    return after


def possible_acts(
    counter_state: str, ticket_state: str | None, *, has_held: bool = False, may_recall: bool = True
) -> list[str]:
    """
    List what an official can do now, in the order in which a terminal offers it.

    Args:
        counter_state: The counter's state.
        ticket_state: State of the ticket in hand, or None.
        has_held: A held ticket can be resumed here.
        may_recall: The ticket in hand was not yet called as often as the policy allows.

    >>> possible_acts("open", None)
    ['next', 'call', 'pause', 'close']
    >>> possible_acts("open", "serving")
    ['finish', 'hold', 'transfer', 'add_service']
    """
    if counter_state == CounterState.CLOSED:
        return ["open"]
    if ticket_state is not None:
        acts = ["recall", "start", "finish", "no_show", "hold", "transfer", "add_service"]
        return [
            act for act in acts if ticket_state in TICKET_ACTS[act][0] and (act != "recall" or may_recall)
        ]
    if counter_state == CounterState.PAUSED:
        return ["open", "close"]
    return ["next", "call", *(["resume"] if has_held else []), "pause", "close"]
