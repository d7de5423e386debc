"""How calls are heard: chime, voice, volumes and quiet hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from server.config.base import AsTuple, Key, Part, Text
from server.config.hall import Span
from server.config.problems import closest
from server.config.yaml_reading import find

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from server.config.yaml_reading import Document

Percent = Annotated[int, Field(ge=0, le=100)]
Spans = Annotated[tuple[Span, ...], AsTuple]


class ZoneVoice(Part):
    """Where a zone's displays differ from the others; what is None is as everywhere."""

    volume: Percent | None = None
    quiet: Spans | None = None
    repeat: Annotated[int, Field(ge=0, le=3)] | None = None


class Voice(Part):
    """
    How calls are heard.

    Attributes:
        volume: In percent; 0 is silence.
        chime: Two tones before each call.
        repeat: How often a call is said again.
        quiet: Spans of local time without chime and voice, `("22:00", "24:00")`.
        synthesis: False: nothing is spoken by espeak-ng, though it may be installed.
        recordings: A folder of WAV files that are spoken instead, from the folder of config.yaml.
        zones: By zone where it differs.
    """

    volume: Percent = 80
    chime: bool = True
    repeat: Annotated[int, Field(ge=0, le=3)] = 1
    quiet: Spans = ()
    synthesis: bool = True
    recordings: Text | None = None
    zones: dict[Key, ZoneVoice] = Field(default_factory=dict)

    def volume_in(self, zone: str | None) -> int:
        """Tell the volume of a zone's displays, in percent."""
        own = self.zones[zone].volume if zone in self.zones else None
        return self.volume if own is None else own

    def repeat_in(self, zone: str | None) -> int:
        """Tell how often a call is said again in a zone."""
        own = self.zones[zone].repeat if zone in self.zones else None
        return self.repeat if own is None else own

    def is_quiet(self, zone: str | None, clock: str) -> bool:
        """
        Tell whether a zone is quiet now.

        Args:
            clock: The local time, such as "09:05".
        """
        own = self.zones[zone].quiet if zone in self.zones else None
        return any(begins <= clock < ends for begins, ends in (self.quiet if own is None else own))


def check_voice(document: Document, zones: Collection[str]) -> None:
    """Check that `voice.zones` names zones of the centre."""
    for path, _ in find(document.data, "voice.zones.*"):
        zone = str(path[-1])
        if zone not in zones:
            hint = closest(zone, zones)
            document.problems.append(document.problem(path, f"unknown zone `{zone}`", hint, of_key=True))


def find_recordings(document: Document, folder: Path) -> None:
    """See to it that the folder of recordings is there, and name it from the root."""
    for path, name in find(document.data, "voice.recordings"):
        recordings = folder / str(name)
        if not recordings.is_dir():
            document.problems.append(document.problem(path, f"there is no folder {name}"))
        else:
            document.data["voice"]["recordings"] = str(recordings.resolve())
