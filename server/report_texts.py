"""A report's figures in words, for paper and for a spreadsheet alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from server import wording
from server.operations.statistics import DONE
from server.wording import Wording

if TYPE_CHECKING:
    from printing.report import Listing, Report
    from server.config import Config
    from server.operations.context import View
    from server.operations.statistics import Period

Kind = Literal["text", "count", "minutes", "share", "score"]
NOT_KNOWN = "–"
FIGURES: tuple[tuple[str, str, Kind], ...] = (
    ("issued", "issued", "count"),
    ("called", "called", "count"),
    ("half", "wait_p50_s", "minutes"),
    ("nine", "wait_p90_s", "minutes"),
    ("in_target", "in_target", "share"),
    ("missed", "missed", "count"),
    ("served", "served", "count"),
    ("rating", "rating", "score"),
    ("ratings", "ratings", "count"),
    ("response", "response_rate", "share"),
)
"""What is told of a service, an agency or the whole: word, key of the statistics, kind."""
NAME_MM = 37.0
FIGURE_MM = 13.3
# The chart of waits stands on the first page; the table has all of them.
MOST_BARS = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a spreadsheet: names of its columns, their kinds, rows of plain values."""

    title: str
    headings: tuple[str, ...]
    kinds: tuple[Kind, ...]
    rows: list[list[Any]]


class ReportTexts:
    """Writes one period's report in one language."""

    def __init__(self, config: Config, period: Period, figures: View, language: str) -> None:
        self._config = config
        self._figures = figures
        self._period = period
        self.words = Wording(language, config.centre.state_language)
        self.title = self._text("title_month" if period.is_month else "title_day")
        self.subtitle = self._when()

    def sheets(self) -> list[Sheet]:
        """Lay the figures out in tables; minutes are minutes, shares parts of one."""
        figures, text = self._figures, self._text
        estimate = figures["estimate"]
        headings = tuple(text(word) for word, _, _ in FIGURES)
        kinds: tuple[Kind, ...] = ("text", *(kind for _, _, kind in FIGURES))
        named = [
            Sheet(
                text(each),
                (text(one), *headings),
                kinds,
                [[self.words.name(row["name"]), *_values(row)] for row in figures[each]],
            )
            for each, one in (("agencies", "agency"), ("services", "service"))
        ]
        of_all = Sheet(
            text("total"),
            (text("figure"), text("value")),
            ("text", "text"),
            [[text(word), _value(figures["total"][key], kind)] for word, key, kind in FIGURES]
            + [
                [text("promised"), estimate["promised"]],
                [text("promise_share"), estimate["share"]],
                [text("policy"), figures["policy"]],
            ],
        )
        return [
            of_all,
            *named,
            Sheet(text("out_of_turn"), (text("reason"), text("calls")), ("text", "count"), self._reasons()),
            Sheet(text("outcomes"), (text("outcome"), text("served")), ("text", "count"), self._outcomes()),
            Sheet(
                text("arrivals_month" if self._period.is_month else "arrivals_day"),
                (text("day" if self._period.is_month else "hour"), text("issued")),
                ("text", "count"),
                [[row["label"], row["issued"]] for row in figures["arrivals"]],
            ),
        ]

    def paper(self) -> Report:
        """Lay the figures out for A4."""
        from printing.report import Columns, Pairs, Report

        figures, text = self._figures, self._text
        total, estimate = figures["total"], figures["estimate"]
        agencies = sorted(
            (row for row in figures["agencies"] if row["called"]), key=lambda row: -row["wait_p90_s"]
        )
        return Report(
            language=self.words.language,
            centre=self.words.name(self._config.centre.name),
            title=self.title,
            subtitle=self.subtitle,
            facts=(
                *((text(word), self._shown(total[key], kind)) for word, key, kind in FIGURES[:7]),
                (text("rating"), self._rating(total)),
                (text("promise_share"), self._shown(estimate["share"], "share")),
            ),
            columns=Columns(
                title=text("arrivals_month" if self._period.is_month else "arrivals_day"),
                bars=tuple((row["label"], row["issued"]) for row in figures["arrivals"]),
            ),
            pairs=Pairs(
                title=text("waits_by_agency"),
                legend=(text("half"), text("nine")),
                rows=tuple(
                    (
                        self.words.name(row["name"]),
                        _minutes(row["wait_p50_s"]),
                        _minutes(row["wait_p90_s"]),
                    )
                    for row in agencies[:MOST_BARS]
                ),
                unit=text("min"),
            ),
            listings=(
                self._listing("agencies", "agency"),
                self._listing("services", "service"),
                self._short("out_of_turn", "reason", "calls", self._reasons()),
                self._short("outcomes", "outcome", "served", self._outcomes()),
            ),
            notes=(text("how"), f"{text('policy')}: {figures['policy']}"),
            page=text("page", n="{n}"),
        )

    def _listing(self, each: str, one: str) -> Listing:
        from printing.report import Listing

        return Listing(
            title=self._text(each),
            headings=(self._text(one), *(self._text(word) for word, _, _ in FIGURES)),
            widths_mm=(NAME_MM, *(FIGURE_MM for _ in FIGURES)),
            rows=tuple(
                (self.words.name(row["name"]), *(self._shown(row[key], kind) for _, key, kind in FIGURES))
                for row in self._figures[each]
            ),
            empty=self._text("none"),
            lead=self._text("in_minutes"),
        )

    def _short(self, title: str, name: str, count: str, rows: list[list[Any]]) -> Listing:
        from printing.report import Listing

        return Listing(
            title=self._text(title),
            headings=(self._text(name), self._text(count)),
            widths_mm=(120.0, 30.0),
            rows=tuple((str(label), str(n)) for label, n in rows),
            empty=self._text("none"),
        )

    def _reasons(self) -> list[list[Any]]:
        return [[self.words.name(row["name"]), row["calls"]] for row in self._figures["out_of_turn"]]

    def _outcomes(self) -> list[list[Any]]:
        return [
            [
                self._text("done")
                if row["key"] == DONE
                else self.words.name(row["name"] or {"en": row["key"]}),
                row["served"],
            ]
            for row in self._figures["outcomes"]
        ]

    def _rating(self, total: View) -> str:
        if total["rating"] is None:
            return NOT_KNOWN
        return self._text(
            "rating_of",
            score=f"{total['rating']:.1f}",
            n=total["ratings"],
            share=_percent(total["response_rate"]),
        )

    def _shown(self, value: Any, kind: Kind) -> str:
        if value is None:
            return NOT_KNOWN
        if kind == "minutes":
            return str(_minutes(value))
        if kind == "share":
            return _percent(value)
        return f"{value:.1f}" if kind == "score" else str(value)

    def _when(self) -> str:
        if not self._period.is_month:
            return wording.date(self._period.first, self.words.language, weekday=True)
        return wording.month(self._period.first, self.words.language)

    def _text(self, key: str, **facts: Any) -> str:
        return self.words.text(f"report.{key}", **facts)


def _values(row: View) -> list[Any]:
    return [_value(row[key], kind) for _, key, kind in FIGURES]


def _value(value: Any, kind: Kind) -> Any:
    return round(value / 60, 2) if kind == "minutes" and value is not None else value


def _minutes(seconds: int | None) -> int | None:
    """Round up to whole minutes, as the public page does."""
    return None if seconds is None else -(-seconds // 60)


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
