"""The sealed log: entries become leaves, the tree's head is signed, and anyone may ask for entries and proofs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from server.db import ledger as rows
from server.db import queries
from server.db.ledger import KeptHashes, log_heads, log_leaves
from server.domain.ledger.checkpoint import Checkpoint, encode
from server.domain.ledger.entries import entry_hash, make_entry
from server.domain.ledger.tree import (
    HASH_BYTES,
    Frontier,
    consistency_spans,
    inclusion_spans,
    prove,
    subtrees,
)
from server.errors import BadInput, NotFound, StartError, TicketNotFound
from server.signing import BadNote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from server.db.models import Record
    from server.domain.ledger.entries import Entry
    from server.operations.context import Context, View

# Entries that one transaction seals; the rest follows at once.
BATCH = 1000
PAGE = 500
# The clock seals each second: what waits longer than this tells that nobody does.
LATE_AFTER = timedelta(seconds=10)


def origin(centre: str) -> str:
    """Name the log of a centre, as its checkpoints and its key do."""
    return f"navbat/{centre}"


@dataclass(slots=True)
class _Sealed:
    """How far this process knows the log to be sealed."""

    tree: Frontier
    event_id: int


class Ledger:
    """
    Operations on the sealed log.

    One process of a centre calls `seal` each second, the others call `look`. Should two seal at once, the tree's
    primary key lets one through; the other reads again.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._key = context.log_key
        self._sealed: _Sealed | None = None
        self._lock = threading.Lock()
        self._head: View | None = None

    def seal(self) -> int:
        """
        Seal every entry that is not, each day's apart, and sign the head of the tree.

        Returns:
            How many it sealed.

        Raises:
            StartError: This process has no key, or another one than signed the log so far.
        """
        with self._lock:
            try:
                count = 0
                while batch := self._seal_batch():
                    count += batch
                return count
            except BaseException:
                self._sealed = None  # another process may have been faster: read anew
                raise

    def look(self) -> None:
        """Learn the newest head that another process signed."""
        with self._context.database.read() as connection:
            head = rows.last_head(connection, self._context.centre)
        if head is not None:
            self._remember(head)

    def brief(self) -> View | None:
        """Show the newest head in brief, for the boards; from memory."""
        head = self._head
        return None if head is None else {name: head[name] for name in ("size", "short", "at")}

    def checkpoint(self) -> View:
        """
        Show the newest signed head.

        Raises:
            NotFound: Nothing is sealed yet.
        """
        with self._context.database.read() as connection:
            return self._view(self._newest(connection))

    def public_key(self) -> str:
        """
        Tell the key that checkpoints are checked with.

        Raises:
            NotFound: This process signs nothing.
        """
        if self._key is None:
            raise NotFound
        return self._key.public.text()

    def entries(self, start: int = 0, end: int | None = None) -> View:
        """
        Show sealed entries by their place in the tree.

        Args:
            end: Not included; at most `PAGE` after `start`, and that when None.

        Raises:
            BadInput: The tree has no such span.
        """
        with self._context.database.read() as connection:
            size = self._newest(connection).size
            if not 0 <= start <= size:
                raise BadInput(field="from", value=start)
            if end is not None and end < start:
                raise BadInput(field="to", value=end)
            end = min(size if end is None else end, size, start + PAGE)
            found = rows.entries_between(connection, self._context.centre, (start, end))
        return {"size": size, "from": start, "to": end, "entries": [entry_view(row) for row in found]}

    def consistency(self, first: int, second: int | None = None) -> View:
        """
        Prove that the tree of one size grew out of that of another.

        Raises:
            BadInput: The tree was never of such a size.
        """
        with self._context.database.read() as connection:
            size = self._newest(connection).size
            second = size if second is None else second
            if not 0 < second <= size:
                raise BadInput(field="to", value=second)
            if not 0 < first <= second:
                raise BadInput(field="from", value=first)
            proof = prove_consistency(KeptHashes(connection, self._context.centre), first, second)
        return {"from": first, "to": second, "proof": proof}

    def proof(self, token: str) -> View:
        """
        Prove to a visitor that the entries of its ticket are in the tree.

        Raises:
            TicketNotFound: No ticket has this token.
        """
        centre = self._context.centre
        with self._context.database.read() as connection:
            ticket = queries.ticket_by_token(connection, centre, token)
            if ticket is None:
                raise TicketNotFound
            head = self._newest(connection)
            found = [
                row for row in rows.entries_of_ticket(connection, centre, ticket.id) if row.leaf < head.size
            ]
            entries = list(prove_entries(KeptHashes(connection, centre), found, head.size))
            pending = rows.count_unsealed_of(connection, centre, ticket.id)
        return {
            "number": ticket.label,
            "checkpoint": self._view(head),
            "entries": entries,
            "pending": pending,
        }

    def is_late(self) -> bool:
        """Tell whether an entry waits to be sealed for longer than it may."""
        with self._context.database.read() as connection:
            last = rows.last_leaf(connection, self._context.centre)
            _, oldest = rows.waits_since(connection, self._context.centre, last.event_id if last else 0)
        return oldest is not None and self._context.clock() - oldest > LATE_AFTER

    def _seal_batch(self) -> int:
        context = self._context
        if self._key is None:
            raise StartError("the log cannot be sealed: this process was given no key")
        sealed = self._sealed = self._sealed or self._resume()
        with context.database.read() as connection:
            found = queries.events_after(connection, context.centre, sealed.event_id, limit=BATCH)
        if not found:
            return 0
        leaves: list[dict[str, Any]] = []
        heads: list[dict[str, Any]] = []
        for day, entries in groupby(found, key=lambda row: row.day):
            leaves += [self._leaf(sealed.tree, row) for row in entries]
            heads.append(self._sign(sealed.tree, day))
        sealed.event_id = found[-1].id
        with context.database.write() as tx:
            tx.execute(insert(log_leaves), leaves)
            tx.execute(insert(log_heads), heads)
        self._head = self._view_of(heads[-1]["note"])
        return len(found)

    def _resume(self) -> _Sealed:
        """Go on where the log ends, from O(log n) hashes."""
        centre = self._context.centre
        with self._context.database.read() as connection:
            last = rows.last_leaf(connection, centre)
            if last is None:
                return _Sealed(Frontier(), 0)
            head = self._newest(connection)
            span = (0, last.leaf + 1)
            kept = KeptHashes(connection, centre)
            kept.read([span])
        tree = Frontier(last.leaf + 1, [kept(each) for each in subtrees(span)])
        if head.size != tree.size or bytes(head.root) != tree.root():
            raise StartError(
                f"the log's leaves do not fit its last head, of {head.size}: run navbat log verify"
            )
        self._check_key(head)
        return _Sealed(tree, last.event_id)

    def _check_key(self, head: Record) -> None:
        assert self._key is not None
        try:
            self._key.public.open(head.note)
        except BadNote as error:
            raise StartError(
                f"the log's last head does not fit this process's key ({error}): copy log.key from the data folder "
                "of the process that signed it"
            ) from error

    def _leaf(self, tree: Frontier, row: Record) -> dict[str, Any]:
        leaf = tree.size
        completed = tree.append(entry_hash(row.salt, entry_of(row)))
        return {
            "centre": self._context.centre,
            "leaf": leaf,
            "event_id": row.id,
            "hashes": b"".join(completed),
        }

    def _sign(self, tree: Frontier, day: Any) -> dict[str, Any]:
        assert self._key is not None
        context = self._context
        policy = context.config.policy.version
        head = Checkpoint(origin(context.centre), tree.size, tree.root(), context.clock(), policy)
        return {
            "centre": context.centre,
            "size": head.size,
            "root": head.root,
            "at": head.at,
            "day": day,
            "policy": policy,
            "note": self._key.sign(head.text()),
        }

    def _newest(self, connection: Connection) -> Record:
        head = rows.last_head(connection, self._context.centre)
        if head is None:
            raise NotFound
        return head

    def _remember(self, head: Record) -> None:
        self._head = self._view(head)

    def _view(self, head: Record) -> View:
        return self._view_of(head.note)

    def _view_of(self, note: str) -> View:
        head = Checkpoint.parse(note.rpartition("\n\n")[0] + "\n")
        return {
            "origin": head.origin,
            "size": head.size,
            "root": encode(head.root),
            "short": head.short,
            "at": self._context.local(head.at),
            "policy": head.policy,
            "note": note,
        }


def entry_of(row: Record) -> Entry:
    """Make the entry of an event's row."""
    return make_entry(
        at=row.at,
        kind=row.kind,
        ticket=row.ticket,
        number=row.number,
        service=row.service,
        counter=row.counter,
        official=row.official,
        data=row.data,
    )


def entry_view(row: Record) -> View:
    """Show a sealed entry with what it takes to hash it; both are None where its body was erased."""
    is_there = row.id is not None
    return {
        "index": row.leaf,
        "leaf": encode(row.hashes[:HASH_BYTES]),
        "salt": encode(row.salt) if is_there else None,
        "entry": entry_of(row) if is_there else None,
    }


def prove_entries(kept: KeptHashes, found: Sequence[Record], size: int) -> Iterator[View]:
    """Show sealed entries, each with the proof that the tree of a size holds it."""
    spans = [inclusion_spans(row.leaf, size) for row in found]
    kept.keep(found)
    kept.read(span for each in spans for span in each)
    for row, path in zip(found, spans, strict=True):
        try:
            proof: list[str] | None = [encode(each) for each in prove(path, kept)]
        except KeyError:  # a leaf was taken out of the table; what hung on it cannot be proven any more
            proof = None
        yield {**entry_view(row), "path": proof}


def prove_consistency(kept: KeptHashes, first: int, second: int) -> list[str]:
    """Prove that the tree of one size grew out of that of another."""
    spans = consistency_spans(first, second)
    kept.read(spans)
    return [encode(each) for each in prove(spans, kept)]
