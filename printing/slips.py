"""What goes on paper. Every string is final: translated and formatted by the caller."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, NamedTuple

from printing.errors import BadSlip
from printing.layout import (
    PARTS,
    Banner,
    Block,
    Bullets,
    Logo,
    Number,
    Pairs,
    Qr,
    Rule,
    Ruler,
    Space,
    Text,
)

Part = tuple[Block, ...]
DOCUMENT_VERSION = 1
"""Raised when a stored document of an older version can no longer be read as it is."""


class Labelled(NamedTuple):
    """A fact and its name in the slip's language."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class _Slip:
    """
    What every slip has.

    Args:
        header, footer: The centre's own words.
        logo: Path of a picture.
        order: Names of the parts in the centre's order, or () for the usual one; see `layout.PARTS`.
        copy: The mark of a second copy; None on the original.
    """

    kind: ClassVar[str]

    language: str
    centre: str
    header: str = ""
    footer: str = ""
    logo: str | None = None
    order: tuple[str, ...] = ()
    copy: str | None = None

    def blocks(self) -> tuple[Block, ...]:
        """Arrange the slip; the mark of a copy stands above everything, whatever the order."""
        parts = self._parts()
        wanted = self.order or PARTS[self.kind]
        return (*_copy_mark(self.copy), *(block for name in wanted for block in parts.get(name, ())))

    def _parts(self) -> dict[str, Part]:
        """Name what this kind of slip is made of."""
        return {
            "logo": (Logo(self.logo), Space(1.2)) if self.logo else (),
            "header": _small(self.header),
            "centre": _small(self.centre),
            "footer": (Space(1.2), *_small(self.footer)) if self.footer else (),
        }


@dataclass(frozen=True, kw_only=True)
class TicketSlip(_Slip):
    """
    A place in the queue. It never shows name, document, telephone or category.

    Args:
        wait: The interval as clock times ("10:40–10:55"); None when there is no estimate.
        wait_by: The time by which 9 in 10 are called.
        missed: What happens to a visitor who does not hear the call.
        receipt: The fingerprint of the ticket's entry in the log.
    """

    kind: ClassVar[str] = "ticket"

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
    receipt: Labelled | None = None

    def _parts(self) -> dict[str, Part]:
        receipt = f"{self.receipt.label} {self.receipt.value}" if self.receipt else ""
        return super()._parts() | {
            "issued": _small(f"{self.issued.label} {self.issued.value}"),
            "heading": _optional(self.heading, Space(1.6), Text(self.heading, align="center")),
            "number": (Space(1.2), Number(self.number), Space(2.2)),
            "service": (Text(self.service, size="large", bold=True, align="center"),),
            "agency": (Text(self.agency, align="center"),),
            "where": _where(self.where),
            "facts": _facts(self.wait, self.wait_by, self.ahead, self.due),
            "bring": _bring(self.bring_title, self.bring),
            "missed": _optional(self.missed, Space(1.2), Text(self.missed, size="small")),
            "qr": _qr(self.qr_url, self.qr_title, self.code, self.qr_caption),
            "receipt": _optional(receipt, Space(0.8), Text(receipt, size="small", align="center")),
        }


@dataclass(frozen=True, kw_only=True)
class RatingSlip(_Slip):
    """
    An invitation to rate a service that was received. Says nothing of who was served, or by whom.

    Args:
        qr_url: Holds the blind token; used once.
        valid: Until when the invitation holds.
        privacy: Why the rating cannot be traced to the visitor.
    """

    kind: ClassVar[str] = "rating"

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

    def _parts(self) -> dict[str, Part]:
        return super()._parts() | {
            "title": _title(self.title),
            "question": (Space(1), Text(self.question, align="center")),
            "served": (
                Space(1.2),
                Rule(),
                Space(1),
                Text(f"{self.number} · {self.service}", bold=True, align="center"),
                Text(self.agency, size="small", align="center"),
                Space(0.8),
                *_facts(self.served, self.valid),
            ),
            "qr": _qr(self.qr_url, self.qr_title, self.code, self.qr_caption),
            "privacy": _optional(self.privacy, Space(1.2), Text(self.privacy, size="small")),
        }


@dataclass(frozen=True, kw_only=True)
class AppointmentSlip(_Slip):
    """
    A booked time. Its code, in letters and as a QR, opens the kiosk when the visitor comes.

    Args:
        time: Of day; as large as a number.
        window: From when to when it may check in.
    """

    kind: ClassVar[str] = "appointment"

    title: str
    day: str
    time: str
    service: str
    agency: str
    where: Labelled
    window: Labelled | None = None
    bring_title: str = ""
    bring: tuple[str, ...] = ()
    code: str = ""
    qr_title: str = ""
    qr_caption: str = ""

    def _parts(self) -> dict[str, Part]:
        return super()._parts() | {
            "title": _title(self.title),
            "when": (
                Space(1.4),
                Text(self.day, size="large", bold=True, align="center"),
                Space(1),
                Number(self.time),
                Space(2.2),
            ),
            "service": (Text(self.service, size="large", bold=True, align="center"),),
            "agency": (Text(self.agency, align="center"),),
            "where": _where(self.where),
            "facts": _facts(self.window),
            "bring": _bring(self.bring_title, self.bring),
            "qr": _qr(self.code, self.qr_title, self.code, self.qr_caption),
        }


@dataclass(frozen=True, kw_only=True)
class CollectionSlip(_Slip):
    """
    A result that can be collected. Says what of, and never whose.

    Args:
        ready: Since when, or from when on.
    """

    kind: ClassVar[str] = "collection"

    title: str
    code: str
    service: str
    agency: str
    where: Labelled
    ready: Labelled | None = None
    bring_title: str = ""
    bring: tuple[str, ...] = ()
    qr_title: str = ""
    qr_caption: str = ""

    def _parts(self) -> dict[str, Part]:
        return super()._parts() | {
            "title": _title(self.title),
            "code": (Space(1.4), Number(self.code), Space(2.2)),
            "service": (Text(self.service, size="large", bold=True, align="center"),),
            "agency": (Text(self.agency, align="center"),),
            "where": _where(self.where),
            "facts": _facts(self.ready),
            "bring": _bring(self.bring_title, self.bring),
            "qr": _qr(self.code, self.qr_title, "", self.qr_caption),
        }


@dataclass(frozen=True, kw_only=True)
class CheckpointSlip(_Slip):
    """
    The state of the sealed log at closing: a copy that its operator cannot change any more.

    Args:
        root: The root hash in groups, so that two people can read it to each other.
        note: The signed text; its QR is the signature to check.
    """

    kind: ClassVar[str] = "checkpoint"

    title: str
    facts: tuple[Labelled, ...]
    root_label: str
    root: tuple[str, ...]
    note: str
    qr_title: str = ""
    explanation: str = ""

    def _parts(self) -> dict[str, Part]:
        return super()._parts() | {
            "title": _title(self.title),
            "facts": (Space(1.4), *_facts(*self.facts)),
            "root": (
                Space(1.2),
                Text(self.root_label, size="small"),
                *(Text(line, size="large", bold=True, align="center") for line in _lines_of(self.root, 4)),
            ),
            "qr": (Space(1.6), Qr(self.note, self.qr_title, mm=42, stacked=True)),
            "note": _optional(self.explanation, Space(1.2), Text(self.explanation, size="small")),
        }


@dataclass(frozen=True, kw_only=True)
class TestSlip(_Slip):
    """
    Proof that a printer is set up: its width, its blacks, its letters and its QR.

    Args:
        samples: Lines of letters, one for each script the centre uses.
    """

    __test__: ClassVar[bool] = False  # the name begins as pytest's classes do
    kind: ClassVar[str] = "test"

    title: str
    facts: tuple[Labelled, ...]
    samples: tuple[str, ...] = ()
    number: str = "A012"
    qr_url: str | None = None
    qr_title: str = ""

    def _parts(self) -> dict[str, Part]:
        rule = (Space(1), Rule(dashed=True), Space(1)) if self.samples else ()
        return super()._parts() | {
            "ruler": (Ruler(), Space(1)),  # at the top, where a wrong width shows at once
            "title": (Space(1), Banner(self.title)),
            "number": (Space(1.2), Number(self.number), Space(1.6)),
            "facts": _facts(*self.facts),
            "samples": (*rule, *(Text(sample) for sample in self.samples)),
            "qr": _qr(self.qr_url, self.qr_title, "", ""),
        }


Slip = TicketSlip | RatingSlip | AppointmentSlip | CollectionSlip | CheckpointSlip | TestSlip
KINDS: dict[str, type[Slip]] = {
    kind.kind: kind
    for kind in (TicketSlip, RatingSlip, AppointmentSlip, CollectionSlip, CheckpointSlip, TestSlip)
}


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


def _optional(wanted: object, *blocks: Block) -> Part:
    return blocks if wanted else ()


def _small(text: str) -> Part:
    return _optional(text, Text(text, size="small", align="center"))


def _title(text: str) -> Part:
    return (Space(1.6), Text(text, size="title", bold=True, align="center"))


def _where(where: Labelled) -> Part:
    return (
        Space(1.2),
        Rule(),
        Space(1),
        Text(where.label, size="small", align="center"),
        Text(where.value, size="large", bold=True, align="center"),
        Space(1.2),
        Rule(),
        Space(1),
    )


def _facts(*facts: Labelled | None) -> Part:
    rows = tuple((fact.label, fact.value) for fact in facts if fact)
    return _optional(rows, Pairs(rows))


def _bring(title: str, items: tuple[str, ...]) -> Part:
    return _optional(items, Space(1.2), Bullets(title, items))


def _lines_of(groups: tuple[str, ...], count: int) -> tuple[str, ...]:
    return tuple(" ".join(groups[start : start + count]) for start in range(0, len(groups), count))


def _copy_mark(copy: str | None) -> Part:
    return _optional(copy, Banner(copy or ""), Space(1.5))


def _qr(data: str | None, title: str, code: str, caption: str) -> Part:
    qr = Qr(data or "", title, code, caption)
    return _optional(data, Space(1.2), Rule(dashed=True), Space(1.8), qr, Space(0.5))
