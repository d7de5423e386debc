"""Lists as CSV files: what is given out can be taken in, and a file with any fault changes nothing."""

from __future__ import annotations

import csv
import io

import pytest

from server.config import bundling, editing

LISTS = [*editing.ENTRIES]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def written_as(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_comes_in_as_it_went_out(name, whole, shipped):
    files = shipped
    if name == "voice_zones":
        written = editing.open_files(files)
        editing.add_entry(written, name, {"zone": "c", "volume": 50, "quiet": ["22:00-24:00"]})
        files = written.to_files()

    taken = editing.take_csv(files, name, ("\ufeff" + editing.give_csv(files, name)).encode(), whole=whole)

    assert taken == editing.Taken(files)


def test_rows_are_added_changed_and_in_their_order(shipped):
    rows = rows_of(editing.give_csv(shipped, "counters"))
    rows[0]["arrow"] = "down"
    rows.insert(1, {**rows[0], "number": "60", "agencies": "", "services": "ready_doc; permit_card"})

    taken = editing.take_csv(shipped, "counters", written_as(rows), whole=True)

    assert (taken.added, taken.changed, taken.removed) == (("60",), ("1",), ())
    config = bundling.load_files(taken.files)
    assert [each.number for each in config.counters][:3] == [1, 60, 2]
    assert config.counter[1].arrow == "down"
    assert config.counter[60].services == ("ready_doc", "permit_card")
    kept = [line for line in shipped["config.yaml"].splitlines() if b"#" in line]
    assert all(line in taken.files["config.yaml"] for line in kept), "comments stay"


def test_what_is_not_in_the_file_stays_unless_it_is_the_whole(shipped):
    rows = rows_of(editing.give_csv(shipped, "holidays"))[:-2]

    assert editing.take_csv(shipped, "holidays", written_as(rows)).files == shipped
    taken = editing.take_csv(shipped, "holidays", written_as(rows), whole=True)
    assert taken.removed == ("2027-11-09", "2027-12-31")
    assert len(bundling.load_files(taken.files).centre.holidays) == len(rows)


def test_columns_that_are_not_in_the_file_stay(shipped):
    taken = editing.take_csv(shipped, "services", b"key;minutes;name_ru\npassport;31;=cmd\n")

    service = bundling.load_files(taken.files).service["passport"]
    before = bundling.load_files(shipped).service["passport"]
    assert (service.minutes, service.name["ru"], service.name["az"]) == (31, "=cmd", before.name["az"])


def test_what_a_spreadsheet_takes_for_a_formula_goes_out_quoted_and_comes_in_as_it_was(shipped):
    for text in ("=1+1", "'=1+1", "@x", "-5", "+5", "plain"):
        taken = editing.take_csv(
            shipped, "groups", written_as([{"key": "information", "name_en": f"'{text}"}])
        )
        if text == "plain":
            continue
        given = editing.give_csv(taken.files, "groups")
        cell = next(row["name_en"] for row in rows_of(given) if row["key"] == "information")
        assert cell.startswith("'")
        assert editing.take_csv(taken.files, "groups", given.encode()) == editing.Taken(taken.files)


@pytest.mark.parametrize(
    ("name", "data", "row", "column", "kind"),
    [
        ("counters", b"number,zone,agencies\n1,q,asan\n61,zz,asan\n", 3, "zone", "unknown"),
        ("counters", b"number,zone\nx,q\n", 2, "number", "number"),
        ("counters", b"number,arrow\n1,sideways\n", 2, "arrow", "choice"),
        ("counters", b"number,zone,agencies\n61,q,\n", 2, "", "serves_nothing"),
        ("counters", b"number,zone\n1,q\n1,a\n", 3, "number", "double_key"),
        ("counters", b"number,zone\n,q\n", 2, "number", "no_key"),
        ("counters", b"number,zone\n1\n", 2, "", "fields"),
        ("counters", b"number,zonee\n1,q\n", 1, "zonee", "unknown_column"),
        ("counters", b"zone\nq\n", 1, "number", "missing_column"),
        ("counters", b"number,zone,zone\n1,q,q\n", 1, "zone", "double_column"),
        ("counters", b"number,zone\n", 0, "", "empty"),
        ("counters", b"\xff\xfe\xff", 0, "", "not_text"),
        ("counters", b"number,zone\n" + b"x" * 2_000_001, 0, "", "too_large"),
        ("services", b"key,minutes\npassport,many\n", 2, "minutes", "minutes"),
        ("services", b"key,channels\npassport,by post\n", 2, "channels", "unknown"),
        ("services", b"key,offered\npassport,perhaps\n", 2, "offered", "yes_or_no"),
        ("services", b"key,name_ru\npassport,\n", 2, "name_ru", "missing_in"),
        ("groups", b"key,name_az\nnew,Yeni\n", 2, "name_uz", "missing_in"),
        ("holidays", b"date,name_az\nsome day,x\n", 2, "date", "day"),
        ("printers", b"key,uri\nzone-a,nowhere\n", 2, "uri", ""),
    ],
)
def test_each_fault_is_named_by_row_and_column_and_nothing_is_taken(shipped, name, data, row, column, kind):
    taken = editing.take_csv(shipped, name, data)

    assert taken.files is None
    found = [
        (each.row, each.column, each.problem.kind if each.problem else each.kind) for each in taken.faults
    ]
    assert (row, column, kind) in found


def test_faults_elsewhere_keep_no_file_from_being_taken(shipped):
    written = editing.open_files(shipped)
    editing.change(written, "policy", {"late_minutes": 999})

    taken = editing.take_csv(written.to_files(), "counters", b"number,arrow\n1,down\n")

    assert taken.changed == ("1",)
    assert [each.name for each in editing.faults(taken.files)] == ["policy"]


def test_a_key_that_two_have_is_given_to_no_third(shipped):
    written = editing.open_files(shipped)
    written.data["counters"][1]["number"] = 1

    taken = editing.take_csv(written.to_files(), "counters", b"number,zone,agencies\n1,q,asan\n")

    assert [(each.row, each.kind) for each in taken.faults] == [(2, "double_key")]
