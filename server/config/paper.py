"""What is on a centre's slips: its own words and logo, and which parts in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from printing.layout import NEEDED, PARTS
from server.config.base import AsTuple, Key, Names, Part, Text
from server.config.problems import closest
from server.config.yaml_reading import find

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from server.config.yaml_reading import Document

# A logo is drawn for each slip that prints: some thousand dots each way is more than any paper shows.
LOGO_DOTS = 16_000_000
# As wide as narrow paper it would still be four millimetres high.
WIDEST_LOGO, NARROW_MM = 12, 48
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp")


class Paper(Part):
    """
    How slips look.

    Attributes:
        languages: In which slips can be printed besides those of the centre's screens.
        logo: A picture, from the folder of config.yaml; black and white prints best.
        header, footer: Lines of the centre's own, above its name and at the end.
        blocks: By kind of slip its parts in the order in which they print; without it the usual ones.
        checkpoint_printer: Where the seal of the log is printed at closing; None: at the kiosk's printer.
    """

    languages: Annotated[tuple[str, ...], AsTuple] = ()
    logo: Text | None = None
    header: Names = Field(default_factory=dict)
    footer: Names = Field(default_factory=dict)
    blocks: dict[str, Annotated[tuple[str, ...], AsTuple]] = Field(default_factory=dict)
    checkpoint_printer: Key | None = None


def check_paper(document: Document, available: Collection[str]) -> None:
    """Check what slips are made of; `available` are the languages that paper speaks."""
    for path, language in find(document.data, "paper.languages.*"):
        if isinstance(language, str) and language not in available:
            message = (
                f"there are no words for slips in `{language}`; there are {', '.join(sorted(available))}"
            )
            document.problems.append(document.problem(path, message, closest(language, available)))
    for path, kind_parts in find(document.data, "paper.blocks.*"):
        kind = str(path[-1])
        if kind not in PARTS:
            hint = closest(kind, PARTS)
            document.problems.append(
                document.problem(path, f"unknown kind of slip `{kind}`", hint, of_key=True)
            )
        elif isinstance(kind_parts, list):
            _check_parts(document, path, kind, kind_parts)


def find_logo(document: Document, folder: Path) -> None:
    """See to it that the logo is there, and name it from the root."""
    for path, logo in find(document.data, "paper.logo"):
        file = folder / str(logo)
        if not file.is_file():
            document.problems.append(document.problem(path, f"there is no file {logo}"))
        elif file.suffix.lower() not in PICTURES:
            document.problems.append(document.problem(path, f"must be one of {', '.join(PICTURES)}"))
        elif fault := _fault_of_picture(file):
            document.problems.append(document.problem(path, fault))
        else:
            document.data["paper"]["logo"] = str(file.resolve())


def _fault_of_picture(file: Path) -> str | None:
    """Tell what keeps a file from being printed as a logo."""
    from PIL import Image

    try:
        with Image.open(file) as picture:
            width, height = picture.size
            if width * height > LOGO_DOTS:
                return f"has {width} × {height} dots; at most {LOGO_DOTS:,} can be read for a slip"
            picture.load()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return f"{file.name} is not a picture that can be read"
    if width > WIDEST_LOGO * height:
        return (
            f"is too wide: {width} × {height} dots would be {NARROW_MM * height / width:.1f} mm high on narrow paper;"
            f" at most {WIDEST_LOGO} times as wide as high"
        )
    return None


def _check_parts(document: Document, path: tuple[Any, ...], kind: str, parts: list[Any]) -> None:
    for index, name in enumerate(parts):
        if name not in PARTS[kind]:
            message = f"a {kind} slip has no part `{name}`; it has {', '.join(PARTS[kind])}"
            document.problems.append(document.problem((*path, index), message, closest(name, PARTS[kind])))
        elif name in parts[:index]:
            document.problems.append(document.problem((*path, index), f"`{name}` is already there"))
    missing = [name for name in NEEDED[kind] if name not in parts]
    if missing:
        message = f"a {kind} slip needs {', '.join(missing)}"
        document.problems.append(document.problem(path, message, of_key=True))
