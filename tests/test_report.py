"""The supervisor's report: the published figures on paper, in a spreadsheet, and as rows."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter
from datetime import date

import pytest

from printing import report as paper
from printing.pdf import BOLD, MM, Sheet
from server.cli import run
from server.errors import BadInput
from server.operations.statistics import parse_period
from server.report_files import FIGURES, write_report
from server.report_texts import ReportTexts
from server.wording import available_languages
from tests import skips
from tests.builders import BIRTH, PASSPORT, create_ticket, open_counter

DAY = date(2026, 11, 24)
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def live_a_day(queue, clock):
    """Two services of two agencies, a call out of turn, a rating, a refusal, and one who never came."""
    official, registrar = open_counter(queue, 6), open_counter(queue, 18)
    first = create_ticket(queue, PASSPORT)
    for _ in range(3):
        create_ticket(queue, PASSPORT)
    create_ticket(queue, BIRTH)
    clock.advance(minutes=4)
    serve(queue, clock, 6, official, "A001")
    queue.ratings.rate(queue.tickets.view(first["token"])["services"][0]["rating_token"], score=5)
    queue.counters.call(6, official, "A003", "unwell")
    queue.visits.start(6, official)
    clock.advance(minutes=9)
    queue.visits.finish(6, official, outcome="refused")
    queue.counters.next(6, official)
    queue.visits.no_show(6, official)
    clock.advance(hours=2)
    serve(queue, clock, 18, registrar, None)


def serve(queue, clock, counter, official, _number):
    queue.counters.next(counter, official)
    queue.visits.start(counter, official)
    clock.advance(minutes=7, seconds=20)
    queue.visits.finish(counter, official)


def text_of(tmp_path, data):
    program = skips.require_program(
        "pdftotext", what="documents read by an independent reader", package="poppler-utils"
    )
    (tmp_path / "report.pdf").write_bytes(data)
    command = [program, "-layout", tmp_path / "report.pdf", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_a_report_tells_the_published_figures(queue, clock):
    live_a_day(queue, clock)
    published = queue.statistics.of_day()

    told = queue.statistics.of_period(parse_period("2026-11-24", None))

    for part in ("total", "agencies", "services", "out_of_turn", "policy"):
        assert told[part] == published[part]
    assert published["total"]["called"] == 4
    assert [(row["key"], row["served"]) for row in told["outcomes"]] == [("done", 2), ("refused", 1)]
    assert [(row["label"], row["issued"]) for row in told["arrivals"]] == [("10:00", 5)]


def test_a_month_is_all_of_its_days_and_no_other(queue, clock):
    live_a_day(queue, clock)
    clock.advance(days=1)
    queue.counters.next(6, queue.staff.find("official-6"))  # of yesterday's, who waits no more
    clock.advance(days=6)  # the first of December
    create_ticket(queue, PASSPORT)

    november, december = (queue.statistics.of_period(parse_period(None, m)) for m in ("2026-11", "2026-12"))

    assert (november["total"]["issued"], december["total"]["issued"]) == (5, 1)
    assert [row["issued"] for row in november["arrivals"]] == [5 if n == 24 else 0 for n in range(1, 31)]
    assert len(december["arrivals"]) == 31


def test_waits_are_the_same_however_they_are_counted(queue, clock):
    """The waits that the database counts by seconds, against each ticket's own."""
    official = open_counter(queue, 6)
    waited = []
    for n in range(12):
        create_ticket(queue, PASSPORT)
        clock.advance(seconds=37 * n, microseconds=1000 * n)
        queue.counters.next(6, official)
        waited.append(37 * n)
        queue.visits.start(6, official)
        queue.visits.finish(6, official)

    total = queue.statistics.of_day()["total"]

    assert (total["wait_p50_s"], total["wait_p90_s"]) == (sorted(waited)[6], sorted(waited)[10])


def test_rows_for_a_program_hold_every_figure(queue, clock):
    live_a_day(queue, clock)
    told = queue.statistics.of_period(parse_period("2026-11-24", None))

    rows = rows_of(write_report(queue, parse_period("2026-11-24", None), "csv", "az"))

    assert {row["period"] for row in rows} == {"2026-11-24"}
    [total] = [row for row in rows if row["part"] == "total"]
    for key in FIGURES:
        assert total[key] == ("" if told["total"][key] is None else str(told["total"][key]))
    by_part = Counter(row["part"] for row in rows)
    assert (by_part["agency"], by_part["service"]) == (2, 2)
    [reason] = [row for row in rows if row["part"] == "out_of_turn"]
    assert (reason["key"], reason["calls"]) == ("unwell", "1")
    [birth] = [row for row in rows if row["key"] == BIRTH]
    assert birth["name"] == queue.config.service[BIRTH].name["az"]


def test_a_spreadsheet_opens_with_numbers_as_numbers(queue, clock):
    live_a_day(queue, clock)
    total = queue.statistics.of_day()["total"]

    data = write_report(queue, parse_period("2026-11-24", None), "xlsx", "uz")

    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert book.testzip() is None
        texts = [
            "".join(each.itertext()) for each in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        sheets = [
            ElementTree.fromstring(book.read(f"xl/worksheets/sheet{n + 1}.xml")) for n in range(len(names))
        ]
    assert names[:3] == ["Butun markaz", "Idoralar boʻyicha", "Xizmatlar boʻyicha"]
    assert queue.config.service[PASSPORT].name["uz"] in texts
    numbers = [
        float(cell.find(f"{SPREADSHEET}v").text)
        for cell in sheets[0].iter(f"{SPREADSHEET}c")
        if cell.get("t") != "s"
    ]
    assert numbers[:2] == [total["issued"], total["called"]]
    assert round(total["wait_p90_s"] / 60, 2) in numbers


@pytest.mark.parametrize("language", available_languages())
def test_paper_has_every_letter_of_the_report(config, language, tmp_path):
    period = parse_period(None, "2026-11")
    texts = ReportTexts(config, period, a_full_month(config), language)

    text = text_of(tmp_path, paper.report(texts.paper(), strict=True))

    assert "■" not in text
    assert " ".join(texts.title.split()) in text
    assert "1234" in text
    squeezed = re.sub(r"\s+", "", text)
    assert re.sub(r"\s+", "", texts.words.text("report.how")) in squeezed
    for name in ("report.agencies", "report.services", "report.out_of_turn", "report.outcomes"):
        assert texts.words.text(name) in text


@pytest.mark.parametrize("language", available_languages())
def test_no_heading_is_cut_within_a_word(config, language):
    texts = ReportTexts(config, parse_period(None, "2026-11"), a_full_month(config), language)
    sheet = Sheet(language, title="")

    cut = [
        word
        for listing in texts.paper().listings
        for heading, width_mm in zip(listing.headings, listing.widths_mm, strict=True)
        for word in heading.split()
        if len(sheet.wrap(word, BOLD, paper.HEADING_PT, (width_mm - 2) * MM)) > 1
    ]

    assert cut == []


def a_full_month(config):
    figures = {
        "issued": 1234, "called": 1200, "wait_p50_s": 431, "wait_p90_s": 1999, "in_target": 0.87, "missed": 31,
        "served": 1170, "rating": 4.61, "ratings": 402, "response_rate": 0.3436,
    }  # fmt: skip
    return {
        "period": "2026-11",
        "centre": config.centre.key,
        "policy": config.policy.version,
        "total": figures,
        "out_of_turn": [{"reason": "unwell", "name": config.policy.out_of_turn_reasons[0].name, "calls": 3}],
        "estimate": {"promised": 1100, "kept": 1001, "share": 0.91, "since": "2026-11-01"},
        "agencies": [{"key": each.key, "name": each.name, **figures} for each in config.agencies],
        "services": [{"key": each.key, "name": each.name, **figures} for each in config.services],
        "outcomes": [{"key": "done", "name": {}, "served": 1100}],
        "arrivals": [{"label": str(n), "issued": 40 + n % 7} for n in range(1, 31)],
    }


def test_a_service_named_like_markup_is_a_name(config, tmp_path):
    figures = a_full_month(config)
    harmful = '=1+1 <img src="http://127.0.0.1:9/x.png"/>'
    figures["services"][0]["name"] = {"en": harmful}
    texts = ReportTexts(config, parse_period(None, "2026-11"), figures, "en")

    text = text_of(tmp_path, paper.report(texts.paper()))

    assert "=1+1" in text
    assert "127.0.0.1:9/x" in re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    ("day", "month"),
    [("yesterday", None), ("2026-02-30", None), (None, "2026-13"), (None, "2026-1"), (None, "november")],
)
def test_a_period_that_is_none_is_refused(day, month):
    with pytest.raises(BadInput) as refused:
        parse_period(day, month)

    assert refused.value.facts == {"field": "day" if day else "month", "value": day or month}


def test_a_period_is_a_day_or_a_month():
    for both in ((None, None), ("2026-11-24", "2026-11")):
        with pytest.raises(BadInput):
            parse_period(*both)
    leap = parse_period(None, "2028-02")
    assert (leap.first, leap.last) == (date(2028, 2, 1), date(2028, 2, 29))


def test_the_command_writes_a_file_and_names_what_is_wrong(tmp_path, capsys):
    common = ["--data-dir", str(tmp_path)]
    out = tmp_path / "november.pdf"

    assert run(["report", *common, "--month", "2026-11", "--format", "pdf", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF-")
    assert str(out) in capsys.readouterr().out
    for arguments, named in (
        (["--day", "24.11.2026", "--format", "csv"], "--day: '24.11.2026' is no day; write it as 2026-11-24"),
        (["--month", "2026-13", "--format", "csv"], "--month: '2026-13' is no month; write it as 2026-11"),
        (["--day", "2026-11-24", "--format", "csv", "--language", "fr"], "--language: 'fr' is none of"),
        (["--day", "2026-11-24", "--format", "csv", "--out", str(tmp_path / "no" / "x")], "--out: cannot"),
    ):
        assert run(["report", *common, *arguments]) == 1
        assert capsys.readouterr().err.startswith(named)
    for arguments in (["--format", "csv"], ["--day", "2026-11-24", "--format", "doc"]):
        with pytest.raises(SystemExit):
            run(["report", *common, *arguments])
    assert "--format" in capsys.readouterr().err


def test_a_long_month_is_counted_in_the_database(queue):
    """What is read grows with the seconds people waited, not with the people."""
    statements = []
    connection = queue.context.database
    from sqlalchemy import event

    def heard(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(connection.engine, "before_cursor_execute", heard)
    queue.statistics.of_period(parse_period(None, "2026-11"))
    event.remove(connection.engine, "before_cursor_execute", heard)

    read = [each for each in statements if "FROM tickets" in each]
    assert len(read) == 5
    assert all("GROUP BY" in each for each in read)
