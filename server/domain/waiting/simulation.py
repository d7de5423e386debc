"""
Many halls played forward at once: in each step every hall makes its next call.

The halls stand in arrays, so that a step costs about the same for one hall as for a hundred. Who is next is decided
by `calling.precedence` and the due time, the order by which `calling.choose_next` decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.domain.calling import quota_turn

if TYPE_CHECKING:
    from server.domain.waiting.layout import Layout

    Array = Any

# Nobody is told of a wait beyond this; the halls are not played further.
LONGEST_S = 8 * 3600.0
# Larger than any difference of due times, so that a rank outweighs them; small enough to keep their microseconds.
_RANK_S = 1e7
_LOOK_WHO_IS_DONE_EVERY = 8
# The time of a hall that is over: before every arrival.
_OVER = -2.0


def play(layout: Layout, *, quota_every: int | None, since_quota: list[int]) -> tuple[Array, Array]:
    """
    Play the halls until everyone of now is called.

    Args:
        since_quota: By counter, calls since it last called of the quota lane.

    Returns:
        Seconds until the call of each column, and of each kind of newcomer: [run, …]; infinite if never.
    """
    return _Halls(layout, quota_every, since_quota).play()


class _Halls:
    """
    The halls in the middle of their play.

    Arrays are read and written through `ravel()`, a view as they are in C order, which is the fastest way to reach one
    cell of each row. Each counter has a list of its lines, filled up with a line of nobody, so that a step looks at no
    others.
    """

    def __init__(self, layout: Layout, quota_every: int | None, since_quota: list[int]) -> None:
        import numpy as np

        self._np = np
        self._layout = layout
        runs, counters = layout.free.shape
        self._lines, self._columns = len(layout.first) + 1, layout.due.shape[1]
        self._kinds = len(layout.new_due) + 1
        self._rows = np.arange(runs)
        self._lines_of = _lists(np, layout.serves)
        self._kinds_of = _lists(np, layout.new_serves)
        self._free = layout.free.copy()
        self._is_idle = np.zeros((runs, counters), bool)
        self._has_following = bool((layout.follows >= 0).any() or layout.released)
        # Without a quota in force a rank is the same for every call.
        self._quota_every = quota_every if 1 in layout.ranks[1] or 1 in layout.new_ranks[1] else None
        self._since_quota = np.tile(np.array(since_quota, dtype=np.intp), (runs, 1))
        self._rank_s = _RANK_S * _with_nobody(np, layout.ranks, 2.0)
        self._new_rank_s = _RANK_S * _with_nobody(np, layout.new_ranks, 2.0)
        self._quota_gain = self._rank_s[1] - self._rank_s[0]
        self._new_quota_gain = self._new_rank_s[1] - self._new_rank_s[0]
        self._front = np.tile(np.append(layout.first, 0), (runs, 1))
        self._front_due = _with_nobody(np, layout.due[:, layout.first], np.inf) + self._rank_s[0]
        self._front_arrives = _with_nobody(np, layout.arrives[:, layout.first], np.inf)
        self._new_due = np.append(layout.new_due, np.inf) + self._new_rank_s[0]
        self._called = np.full(layout.due.shape, np.inf)
        self._new_called = np.full((runs, self._kinds), np.inf)
        self._left = np.full(runs, layout.is_tracked.sum())
        self._has_newcomers = True
        self._line_cells = self._rows[:, None] * self._lines
        self._kind_cells = self._rows[:, None] * self._kinds

    def play(self) -> tuple[Array, Array]:
        np = self._np
        free, counters = self._free.ravel(), self._free.shape[1]
        # More steps than calls are counters that look in vain; the bound only keeps a mistake from going on for ever.
        for step in range(20 * (self._columns + counters) + 1000):
            counter = self._free.argmin(axis=1)
            at = free[self._rows * counters + counter]
            if at.min() >= LONGEST_S:
                break
            self._step(counter, np.where(at < LONGEST_S, at, _OVER))
            if step % _LOOK_WHO_IS_DONE_EVERY == 0:
                has_newcomers = np.isinf(self._new_called[:, :-1]).any(axis=1)
                self._free[(self._left == 0) & ~has_newcomers] = np.inf
                self._has_newcomers = bool(has_newcomers.any())
        return self._called, self._new_called[:, :-1]

    def _step(self, counter: Array, at: Array) -> None:
        """Let one counter of each hall make its call; in a hall that is over it finds nobody."""
        np = self._np
        rows = self._rows
        own = rows * self._free.shape[1] + counter
        lines = self._lines_of.take(counter, axis=0)
        cells = lines + self._line_cells
        due = self._front_due.take(cells)
        turn = None
        if self._quota_every is not None:
            turn = quota_turn(self._since_quota.take(own), self._quota_every)[:, None]
            due += turn * self._quota_gain.take(lines)
        arrives = self._front_arrives.take(cells)
        due[arrives > at[:, None]] = np.inf
        choice = rows * lines.shape[1] + due.argmin(axis=1)
        best = due.take(choice)
        if self._has_newcomers:
            self._call_newcomers(counter, at, best, turn)
        found = best < np.inf
        self._is_idle.ravel()[own] = ~found
        if not found.all():
            # A counter without visitors looks again when the next one comes, unless its hall is over.
            coming = np.where(at < 0, np.inf, arrives.min(axis=1))
            self._free.ravel()[own[~found]] = coming[~found]
            rows = found.nonzero()[0]
        if rows.size:
            self._call(rows, own[rows], lines.take(choice[rows]), at[rows])

    def _call_newcomers(self, counter: Array, at: Array, best: Array, turn: Array | None) -> None:
        """A newcomer is called at the first call that he would win; until then he changes nothing for the others."""
        kinds = self._kinds_of.take(counter, axis=0)
        due = self._new_due.take(kinds)
        if turn is not None:
            due += turn * self._new_quota_gain.take(kinds)
        cells = kinds + self._kind_cells
        # Who was called before has an earlier time already, and in a hall that is over time stands before all.
        wins = (due < best[:, None]) & (self._new_called.take(cells) > at[:, None])
        wins[at < 0] = False
        rows, places = wins.nonzero()
        if rows.size:
            self._new_called.ravel()[cells[rows, places]] = at[rows]

    def _call(self, rows: Array, own: Array, line: Array, at: Array) -> None:
        layout = self._layout
        front = rows * self._lines + line
        column = self._front.ravel()[front]
        cell = rows * self._columns + column
        done_at = at + layout.takes.ravel()[cell]
        self._called.ravel()[cell] = at
        self._free.ravel()[own] = done_at
        self._left[rows] -= layout.is_tracked[column]
        self._front.ravel()[front] = column + 1
        self._front_due.ravel()[front] = layout.due.ravel()[cell + 1] + self._rank_s[0][line]
        self._front_arrives.ravel()[front] = layout.arrives.ravel()[cell + 1]
        if self._quota_every is not None:
            since = self._since_quota.ravel()
            since[own] = self._np.where(self._quota_gain[line] < 0, 0, since[own] + 1)
        if self._has_following:
            self._follow(rows, layout.follows[column], done_at)

    def _follow(self, rows: Array, line: Array, done_at: Array) -> None:
        """Let visitors with another service wait on, and wake the idle counters that serve it."""
        np = self._np
        has = line >= 0
        if not has.any():
            return
        rows, line, done_at = rows[has], line[has], done_at[has]
        self._front_arrives[rows, line] = done_at
        wakes = self._is_idle[rows] & self._layout.serves[:, line].T
        self._free[rows] = np.where(wakes, np.minimum(self._free[rows], done_at[:, None]), self._free[rows])


def _lists(np: Any, serves: Array) -> Array:
    """List the numbers that are true in each row, filled up with the one after the last."""
    width = max(int(serves.sum(axis=1).max(initial=0)), 1)
    lists = np.full((len(serves), width), serves.shape[1], np.intp)
    for row, numbers in enumerate(serves):
        found = np.flatnonzero(numbers)
        lists[row, : len(found)] = found
    return lists


def _with_nobody(np: Any, table: Array, value: float) -> Array:
    """Add a column for nobody, in C order."""
    return np.ascontiguousarray(np.pad(table, ((0, 0), (0, 1)), constant_values=value))
