"""What is written into config.yaml is read as what was meant, and whatever does not change stays to the last sign."""

from __future__ import annotations

import copy
import difflib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from server.config.editing.rewriting import rewrite, same
from server.config.editing.scalars import write
from server.config.yaml_reading import Document

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = (Path(__file__).parents[2] / "config.yaml").read_text("utf-8")
PITFALLS = """
    18:00 no yes true Null ~ 010 1e3 0x1F 2026-01-01 .5 +1 'x' "x" *a &a !x %x @x `x` {a} [a] a,b \\ … << ? | > -
""".split()  # noqa: SIM905 - it is read more easily so
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [*PITFALLS, "", "a: b", "a #b", "- x", "x ", " x"]
)
SCALARS = st.one_of(
    TEXTS,
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.none(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6) | st.sampled_from(
    ["no", "1", "a: b"]
)
VALUES: Any = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def read(text: str) -> Any:
    document = Document("config.yaml", text)
    assert document.problems == []
    return document.data


def changed(change: Callable[[Any], object], text: str = SHIPPED) -> list[str]:
    """Change the shipped configuration, and list the lines that differ, `-` before and `+` after."""
    old = read(text)
    new = copy.deepcopy(old)
    change(new)
    result = rewrite(text, old, new)
    assert same(read(result), new)
    lines = difflib.unified_diff(text.splitlines(), result.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in ("---", "+++")]


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_whatever_is_written_is_read_as_the_same(value: dict[str, Any]) -> None:
    assert same(read(f"key: {write(value)}\n"), {"key": value})


@given(st.data())
@settings(max_examples=30, deadline=None)
def test_any_change_anywhere_is_read_as_what_was_meant(data: st.DataObject) -> None:
    old = read(SHIPPED)
    new = copy.deepcopy(old)
    for _ in range(data.draw(st.integers(1, 3))):
        mutate(new, data)

    assert same(read(rewrite(SHIPPED, old, new)), new)


def mutate(value: Any, data: st.DataObject) -> None:
    """Change, add or remove something at some depth."""
    depth = data.draw(st.integers(0, 3))
    held = value[data.draw(st.sampled_from(sorted(value)))] if isinstance(value, dict) and value else value
    while depth and isinstance(held, (dict, list)) and held:
        inner = held[
            data.draw(
                st.sampled_from(sorted(held)) if isinstance(held, dict) else st.integers(0, len(held) - 1)
            )
        ]
        if not isinstance(inner, (dict, list)):
            break
        held, depth = inner, depth - 1
    if isinstance(held, dict):
        key = data.draw(st.sampled_from(sorted(held)) | KEYS if held else KEYS)
        if key in held and data.draw(st.booleans()):
            del held[key]
        else:
            held[key] = data.draw(VALUES)
    elif isinstance(held, list):
        place = data.draw(st.integers(0, len(held)))
        if place < len(held) and data.draw(st.booleans()):
            del held[place]
        else:
            held.insert(place, data.draw(VALUES))


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=3), st.data())
@example({"a": {"b": {"c": 1}}}, None)
@settings(max_examples=30, deadline=None)
def test_what_was_written_can_be_changed_again(value: dict[str, Any], data: st.DataObject | None) -> None:
    text = "".join(f"{write(key)}: {write(each)}\n" for key, each in value.items())
    new = copy.deepcopy(value)
    if data is None:
        del new["a"]["b"]["c"]
    else:
        mutate(new, data)
    if new:
        assert same(read(rewrite(text, read(text), new)), new)


def test_comments_stay_beside_what_changes() -> None:
    assert changed(lambda c: c["policy"].update(late_minutes=12)) == [
        "-  late_minutes: 10   # after that it waits like a walk-in",
        "+  late_minutes: 12   # after that it waits like a walk-in",
    ]


def test_what_is_taken_away_takes_no_comment_of_what_follows() -> None:
    assert changed(lambda c: c["phone_tickets"].pop("missed_per_day")) == [
        "-  missed_per_day: 2        # whoever did not come so often takes the next ticket in the hall"
    ]
    assert changed(lambda c: c["counters"].pop()) == [
        "-  - {number: 52, zone: d, agencies: [azersu], arrow: right}"
    ]


def test_what_is_new_stands_at_the_end_of_its_list_as_the_others_do() -> None:
    assert changed(lambda c: c["counters"].append({"number": 53, "zone": "d", "agencies": ["azersu"]})) == [
        "+  - {number: 53, zone: d, agencies: [azersu]}"
    ]
    assert changed(
        lambda c: c["zones"].append({"key": "z", "name": {"az": "no"}, "where": {"az": "sağda"}})
    ) == [
        "+  - key: z",
        '+    name: {az: "no"}',
        "+    where: {az: sağda}",
    ]
    assert changed(lambda c: c["kiosk"].update(scanner=True)) == ["+  scanner: true"]
    assert changed(lambda c: c.update(board={"hold_minutes": 5})) == ["+board: {hold_minutes: 5}"]


def test_a_clock_is_written_as_text() -> None:
    lines = changed(lambda c: c["centre"]["hours"].update(sun=["09:00-12:00"]))

    assert lines == ["-    sun: []", '+    sun: ["09:00-12:00"]']


def test_a_shared_value_changes_in_one_place_only() -> None:
    text = "a:\n  x: &name {az: Bir}\n  y: *name\nb: *name  # why\n"

    assert rewrite(text, read(text), {"a": {"x": {"az": "İki"}, "y": {"az": "Bir"}}, "b": {"az": "Bir"}}) == (
        "a:\n  x: {az: İki}\n  y: {az: Bir}\nb: {az: Bir}  # why\n"
    )


def test_a_shared_block_is_written_out_when_its_first_place_goes() -> None:
    text = "a:\n  - n: &name\n      az: Bir\n    k: 1\n  - n: *name\n"
    old = read(text)

    assert read(rewrite(text, old, {"a": old["a"][1:]})) == {"a": [{"n": {"az": "Bir"}}]}


@pytest.mark.parametrize(
    "text",
    [
        "a:\r\n  b: 1\r\n  c: [x,\r\n    y]\r\n",
        "{a: {b: 1, c: [x, y]}}",
        '"a": {"b": 1, "c": ["x", "y"]}',
        "a:\n  b: 1\n  c:\n  - x\n  - y\n# the end\n",
        "a: # why\n    c:   # these\n      - x # one\n      # two\n      - y\n    b: 1",
        "---\na:\n  b: 1\n  c:\n    - x\n    - y\n...\n",
    ],
)
def test_any_way_of_writing_can_be_changed(text: str) -> None:
    assert changed(lambda c: c["a"].update(b=2, d={"e": "f"}), text)
    assert changed(lambda c: c["a"].pop("b"), text)
    assert changed(lambda c: c["a"]["c"].pop(), text)
    assert changed(lambda c: c["a"]["c"].append("18:00"), text)
    assert changed(lambda c: c["a"].update(c=[]), text)
    assert changed(lambda c: c["a"]["c"].insert(0, {"k": {"l": 1}}), text)
