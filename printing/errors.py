"""What can go wrong with paper. Every error carries its facts as attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from printing.status import Problem


class PrinterError(Exception):
    """Anything that keeps a slip from the paper."""


class Unreachable(PrinterError):
    """No connection could be opened."""

    def __init__(self, *, uri: str, reason: str) -> None:
        super().__init__(f"{uri}: {reason}")
        self.uri = uri
        self.reason = reason


class TransportTimeout(PrinterError):
    """The device took or gave nothing for the time allowed."""

    def __init__(self, *, uri: str, action: str, timeout_s: float) -> None:
        super().__init__(f"{uri}: no {action} within {timeout_s:g} s")
        self.uri = uri
        self.action = action
        self.timeout_s = timeout_s


class ConnectionLost(PrinterError):
    """The connection ended under our hands."""

    def __init__(self, *, uri: str, reason: str) -> None:
        super().__init__(f"{uri}: {reason}")
        self.uri = uri
        self.reason = reason


class UnsupportedTransport(PrinterError):
    """The address names a way to a printer that is not known here."""

    def __init__(self, *, uri: str, supported: tuple[str, ...]) -> None:
        super().__init__(f"{uri}: unknown kind of printer address; these work: {', '.join(supported)}")
        self.uri = uri
        self.supported = supported


class MissingLibrary(Unreachable):
    """The way to this printer needs a package that is not installed."""

    def __init__(self, *, package: str, extra: str) -> None:
        super().__init__(uri=extra, reason=f"{package} is missing: pip install navbat[{extra}]")
        self.package = package


class NotReady(PrinterError):
    """The printer answers, and says that it cannot print."""

    def __init__(self, *, uri: str, problem: Problem) -> None:
        super().__init__(f"{uri}: {problem}")
        self.uri = uri
        self.problem = problem


class MissingGlyph(PrinterError):
    """The vendored fonts cannot draw a character."""

    def __init__(self, *, character: str, text: str) -> None:
        super().__init__(f"no glyph for {character!r} (U+{ord(character):04X}) in {text!r}")
        self.character = character
        self.text = text


class BadSlip(PrinterError):
    """A stored document is not a slip this version can draw."""

    def __init__(self, *, kind: str, reason: str) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason


class PictureTooWide(PrinterError):
    """The picture has more dots across than the printer's head."""

    def __init__(self, *, width: int, dots: int) -> None:
        super().__init__(f"the picture is {width} dots wide, the printer {dots}")
        self.width = width
        self.dots = dots


class UnknownProfile(PrinterError):
    """No printer of that name in python-escpos' profiles."""

    def __init__(self, *, name: str, suggestions: tuple[str, ...]) -> None:
        hint = f" (did you mean {', '.join(suggestions)}?)" if suggestions else ""
        super().__init__(f"unknown printer profile {name!r}{hint}")
        self.name = name
        self.suggestions = suggestions
