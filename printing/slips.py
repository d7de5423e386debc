"""What goes on paper. Every string is final: translated and formatted by the caller."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, NamedTuple

from printing.errors import BadSlip
from printing.layout import Banner, Block, Bullets, Number, Pairs, Qr, Rule, Ruler, Space, Text

DOCUMENT_VERSION = 1
"""Raised when a stored document of an older version can no longer be read as it is."""


class Labelled(NamedTuple):
    """A fact and its name in the slip's language."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class TicketSlip:
    """
    A place in the queue. It never shows name, document, telephone or category.

    Args:
        wait: The interval as clock times ("10:40–10:55"); None when there is no estimate.
        wait_by: The time by which 9 in 10 are called.
        missed: What happens to a visitor who does not hear the call.
        copy: The mark of a second copy; None on the original.
    """

    kind: ClassVar[str] = "ticket"

    language: str
    centre: str
    heading: str
    number: str
    service: str
    agency: str
    where: Labelled
    issued: Labelled
    due: Labelled | None = None
    ahead: Labelled | None = None
    wait: Labelled | None = None
    wait_by: Labelled | None = None
    bring_title: str = ""
    bring: tuple[str, ...] = ()
    missed: str = ""
    qr_url: str | None = None
    qr_title: str = ""
    qr_caption: str = ""
    code: str = ""
    footer: str = ""
    copy: str | None = None

    def blocks(self) -> tuple[Block, ...]:
        """Arrange the slip: the number first, then where to go, when, what with, and what if."""
        facts = [fact for fact in (self.wait, self.wait_by, self.ahead, self.due) if fact]
        return (
            *_copy_mark(self.copy),
            Text(self.centre, size="small", align="center"),
            Text(f"{self.issued.label} {self.issued.value}", size="small", align="center"),
            Space(1.6),
            *_optional(Text(self.heading, align="center"), self.heading),
            Space(1.2),
            Number(self.number),
            Space(2.2),
            Text(self.service, size="large", bold=True, align="center"),
            Text(self.agency, align="center"),
            Space(1.2),
            Rule(),
            Space(1),
            Text(self.where.label, size="small", align="center"),
            Text(self.where.value, size="title", bold=True, align="center"),
            Space(1.2),
            Rule(),
            Space(1),
            Pairs(tuple((fact.label, fact.value) for fact in facts)),
            *_optional((Space(1.2), Bullets(self.bring_title, self.bring)), self.bring),
            *_optional((Space(1.2), Text(self.missed, size="small")), self.missed),
            *_qr(self.qr_url, self.qr_title, self.code, self.qr_caption),
            *_footer(self.footer),
        )


@dataclass(frozen=True, kw_only=True)
class RatingSlip:
    """
    An invitation to rate a service that was received. Says nothing of who was served, or by whom.

    Args:
        qr_url: Holds the blind token; used once.
        valid: Until when the invitation holds.
        privacy: Why the rating cannot be traced to the visitor.
    """

    kind: ClassVar[str] = "rating"

    language: str
    centre: str
    title: str
    number: str
    service: str
    agency: str
    served: Labelled
    question: str
    qr_url: str
    qr_title: str
    code: str = ""
    qr_caption: str = ""
    valid: Labelled | None = None
    privacy: str = ""
    footer: str = ""
    copy: str | None = None

    def blocks(self) -> tuple[Block, ...]:
        """Arrange the slip: the question first, then the way to answer it."""
        facts = [fact for fact in (self.served, self.valid) if fact]
        return (
            *_copy_mark(self.copy),
            Text(self.centre, size="small", align="center"),
            Space(2),
            Text(self.title, size="title", bold=True, align="center"),
            Space(1),
            Text(self.question, align="center"),
            Space(1.2),
            Rule(),
            Space(1),
            Text(f"{self.number} · {self.service}", bold=True, align="center"),
            Text(self.agency, size="small", align="center"),
            Space(0.8),
            Pairs(tuple((fact.label, fact.value) for fact in facts)),
            *_qr(self.qr_url, self.qr_title, self.code, self.qr_caption),
            *_optional((Space(1.2), Text(self.privacy, size="small")), self.privacy),
            *_footer(self.footer),
        )


@dataclass(frozen=True, kw_only=True)
class TestSlip:
    """
    Proof that a printer is set up: its width, its blacks, its letters and its QR.

    Args:
        samples: Lines of letters, one for each script the centre uses.
    """

    __test__: ClassVar[bool] = False  # the name begins as pytest's classes do
    kind: ClassVar[str] = "test"

    language: str
    centre: str
    title: str
    facts: tuple[Labelled, ...]
    samples: tuple[str, ...] = ()
    number: str = "A012"
    qr_url: str | None = None
    qr_title: str = ""
    footer: str = ""
    copy: str | None = None

    def blocks(self) -> tuple[Block, ...]:
        """Arrange the page: the ruler at the top, where a wrong width shows at once."""
        return (
            Ruler(),
            Space(1),
            Text(self.centre, size="small", align="center"),
            Space(1),
            Banner(self.title),
            Space(1.2),
            Number(self.number),
            Space(1.6),
            Pairs(tuple((fact.label, fact.value) for fact in self.facts)),
            *_optional((Space(1), Rule(dashed=True), Space(1)), self.samples),
            *(Text(sample) for sample in self.samples),
            *_qr(self.qr_url, self.qr_title, "", ""),
            *_footer(self.footer),
        )


Slip = TicketSlip | RatingSlip | TestSlip
KINDS: dict[str, type[Slip]] = {kind.kind: kind for kind in (TicketSlip, RatingSlip, TestSlip)}


def to_document(slip: Slip) -> dict[str, Any]:
    """Turn a slip into what a print job's row keeps: plain JSON that names its kind and version."""
    document: dict[str, Any] = json.loads(json.dumps(asdict(slip), ensure_ascii=False))
    return {"kind": slip.kind, "version": DOCUMENT_VERSION, **document}


def from_document(document: dict[str, Any]) -> Slip:
    """
    Read a stored slip back.

    Raises:
        BadSlip: Unknown kind or version, or fields that do not fit.
    """
    kind = str(document.get("kind"))
    slip_type = KINDS.get(kind)
    if slip_type is None:
        raise BadSlip(kind=kind, reason=f"unknown kind; known: {', '.join(KINDS)}")
    if document.get("version") != DOCUMENT_VERSION:
        raise BadSlip(kind=kind, reason=f"version {document.get('version')} cannot be read")
    annotations = {field.name: str(field.type) for field in fields(slip_type)}
    values = {
        name: _revive(annotations.get(name, ""), value)
        for name, value in document.items()
        if name not in ("kind", "version")
    }
    try:
        return slip_type(**values)
    except TypeError as error:
        raise BadSlip(kind=kind, reason=str(error)) from error


def _revive(annotation: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    if annotation.startswith("Labelled"):
        return Labelled(*value)
    return tuple(Labelled(*item) if isinstance(item, list) else item for item in value)


def _optional(blocks: Block | tuple[Block, ...], wanted: object) -> tuple[Block, ...]:
    if not wanted:
        return ()
    return blocks if isinstance(blocks, tuple) else (blocks,)


def _copy_mark(copy: str | None) -> tuple[Block, ...]:
    return (Banner(copy), Space(1.5)) if copy else ()


def _qr(url: str | None, title: str, code: str, caption: str) -> tuple[Block, ...]:
    if not url:
        return ()
    return (Space(1.2), Rule(dashed=True), Space(1.8), Qr(url, title, code, caption), Space(0.5))


def _footer(footer: str) -> tuple[Block, ...]:
    return (Space(1.2), Text(footer, size="small", align="center")) if footer else ()
