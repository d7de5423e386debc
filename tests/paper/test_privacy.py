"""Nothing on any paper tells who somebody is, nor why they may go first."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from printing.jobs import Job
from server.db.models import print_jobs
from server.slip_texts import SlipTexts
from tests.builders import BIRTH, open_counter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.operations import Queue

COUNTER = 18
MAY_NOT_BE_FIELDS = {
    "name",
    "visitor",
    "document",
    "phone",
    "telephone",
    "category",
    "priority",
    "lane",
    "pin",
}


def strings(value: Any) -> Iterator[str]:
    """Walk everything that could reach paper."""
    if dataclasses.is_dataclass(value):
        value = [getattr(value, field.name) for field in dataclasses.fields(value)]
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from strings(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from strings(each)


@pytest.mark.parametrize("language", ["az", "ru"])
def test_no_slip_of_a_visitor_with_priority_differs_from_anybodys(queue: Queue, language: str) -> None:
    official = open_counter(queue, COUNTER)
    config = queue.config
    wanted = [category.key for category in config.categories]
    for category in [None, *wanted]:
        queue.tickets.issue(service=BIRTH, category=category, language=language, printer="kiosk-1")
    for _ in wanted:
        queue.counters.next(COUNTER, official)
        queue.visits.start(COUNTER, official)
        queue.visits.finish(COUNTER, official)

    with queue.context.database.read() as connection:
        rows = connection.execute(select(print_jobs)).fetchall()
    texts = SlipTexts(queue.context)
    slips = [
        texts.slip(Job(row.id, row.printer, row.kind, row.document, row.language, 0, row.created_at, None))
        for row in rows
    ]

    assert sum(row.kind == "ticket" for row in rows) == len(wanted) + 1
    assert sum(row.kind == "rating" for row in rows) == len(wanted)
    forbidden = {
        text
        for category in config.categories
        for names in (category.name, category.evidence, category.legal_reference)
        for text in strings(names)
    }
    assert len(forbidden) > 20
    for row, slip in zip(rows, slips, strict=True):
        printed = "\n".join(strings(slip.blocks()))
        kept = json.dumps(row.document, ensure_ascii=False)
        assert [text for text in forbidden if text.casefold() in (printed + kept).casefold()] == []
        assert [key for key in wanted if f'"{key}"' in kept] == []
        assert not MAY_NOT_BE_FIELDS & row.document.keys()
        # Signs of priority would show as another shape: every ticket has the same blocks.
        alike = next(each for each, other in zip(slips, rows, strict=True) if other.kind == row.kind)
        assert [type(block) for block in slip.blocks()] == [type(block) for block in alike.blocks()]
