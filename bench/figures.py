"""What was measured, beside what was aimed at."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = ("measured", "hall", "beside", "ratio", "target", "stretch", "")
UNKNOWN = "-"


@dataclass(frozen=True, slots=True)
class Figure:
    """
    A line of the table.

    Attributes:
        hall: What the hall does; `beside` is what it is compared with, in the same run.
        ratio: The figure that counts; None for what has no yardstick.
        target: To be reached; a higher ratio is better where `more_is_better`. `stretch` is the wish beyond.
    """

    name: str
    hall: str
    beside: str = UNKNOWN
    ratio: float | None = None
    target: float | None = None
    stretch: float | None = None
    more_is_better: bool = False
    unit: str = "×"

    def verdict(self) -> str:
        """Say how the figure stands to what was aimed at."""
        if self.ratio is None or self.target is None:
            return ""
        if self.stretch is not None and self._reaches(self.stretch):
            return "stretch"
        return "target" if self._reaches(self.target) else "MISSED"

    def _reaches(self, aim: float) -> bool:
        assert self.ratio is not None
        return self.ratio >= aim if self.more_is_better else self.ratio <= aim

    def cells(self) -> tuple[str, ...]:
        """Write the line."""
        sign = "≥ " if self.more_is_better else "≤ "
        return (
            self.name,
            self.hall,
            self.beside,
            self._number(self.ratio),
            sign + self._number(self.target) if self.target is not None else UNKNOWN,
            sign + self._number(self.stretch) if self.stretch is not None else UNKNOWN,
            self.verdict(),
        )

    def _number(self, value: float | None) -> str:
        if value is None:
            return UNKNOWN
        shown = f"{value:.2f}" if value < 10 else f"{value:.0f}"
        return f"{shown.removesuffix('.00')} {self.unit}" if self.unit != "×" else f"{shown} ×"


def table(figures: Sequence[Figure]) -> str:
    """Write the figures as a table that is Markdown too."""
    rows = [HEAD, *(figure.cells() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def quantile(values: Sequence[float], share: float) -> float:
    """
    Tell below which value a share of the values lies.

    >>> quantile([4.0, 1.0, 3.0, 2.0], 0.5)
    3.0
    """
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def p50_p99(values: Sequence[float]) -> str:
    """Write the middle and the slow end of milliseconds."""
    return f"p50 {median(values):.1f} p99 {quantile(values, 0.99):.1f} ms"
