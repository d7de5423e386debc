"""The hall's displays: where each hangs, how far its readers are, and what all boards have in common."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from server.config.base import Key, Part, Text
from server.config.equipment import ScreenSize  # noqa: TC001 - pydantic reads the annotations at run time


class Display(Part):
    """
    A hall display; size and distance let it choose letters that can be read.

    Attributes:
        zone: None shows the whole hall.
        screen_mm: Width and height of the picture.
        distance_m: Of the farthest reader.
        qr_distance_m: From which phones shall read the code that proves their visitor's presence.
        columns: In how many the calls stand below the newest.
        look: `contrast` is black, white and yellow, for halls in full daylight.
        waiting_by: What the waiting are summed up by; None: agencies where the zone has several, else services.
        playlist: Whether pictures and films may be shown here.
    """

    key: Key
    name: Text
    zone: Key | None = None
    screen_mm: ScreenSize | None = None
    distance_m: Annotated[float, Field(gt=0, le=50, strict=False)] | None = None
    qr_distance_m: Annotated[float, Field(ge=0.5, le=10, strict=False)] = 1.5
    columns: Literal[1, 2] = 1
    look: Literal["dark", "contrast"] = "dark"
    waiting_by: Literal["agency", "group", "service"] | None = None
    playlist: bool = True


class Board(Part):
    """
    What all boards have in common.

    Attributes:
        hold_minutes: How long a call stays on a board; one that is still awaited stays in any case.
        apart_s: Calls of the same moment come onto a board so long one after another, sooner where many wait.
        language_s: How long a board speaks one language.
        languages: The state language and those of the visitors who are `called`, or `all` in turn.
        playlist: Folder of pictures and films, from the data folder.
        picture_s: How long a picture of the playlist is shown.
        quiet_s: The playlist comes when nobody was called for so long.
    """

    hold_minutes: Annotated[int, Field(ge=1, le=240)] = 20
    apart_s: Annotated[float, Field(ge=1, le=10, strict=False)] = 3.0
    language_s: Annotated[int, Field(ge=4, le=60)] = 8
    languages: Literal["called", "all"] = "called"
    playlist: Text = "playlist"
    picture_s: Annotated[int, Field(ge=3, le=300)] = 12
    quiet_s: Annotated[int, Field(ge=5, le=600)] = 30
