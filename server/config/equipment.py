"""Printers, touchscreens, and the machine that the program runs on."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from server.config.base import AsTuple, Key, Part, Text

DOTS_BY_PAPER_WIDTH_MM = {80: 576, 58: 384}


class Printer(Part):
    """
    A slip printer.

    Attributes:
        uri: Where it is, or `agent:NAME` for one that hangs at the device of that name.
        dots: Width of its head.
        dots_per_inch: 203 of most, 180 of some.
        cutter: False: the slip is fed past the tear-off edge.
        zone: None for one that serves no single zone.
        expires_s: A slip that could not be begun for so long is not printed any more.
    """

    key: Key
    name: Text
    uri: str
    paper_width_mm: Literal[58, 80] = 80
    dots: Annotated[int, Field(ge=256, le=832, multiple_of=8)] = 576
    dots_per_inch: Annotated[int, Field(ge=100, le=600)] = 203
    cutter: bool = True
    zone: Key | None = None
    expires_s: Annotated[int, Field(ge=10, le=86_400)] = 600

    @model_validator(mode="before")
    @classmethod
    def _dots_of_the_paper(cls, data: Any) -> Any:
        if isinstance(data, dict) and "dots" not in data:
            dots = DOTS_BY_PAPER_WIDTH_MM.get(data.get("paper_width_mm", 80))
            return data | {"dots": dots} if dots else data
        return data


ScreenSize = Annotated[
    tuple[Annotated[int, Field(ge=50, le=5000)], Annotated[int, Field(ge=50, le=5000)]], AsTuple
]


class Kiosk(Part):
    """
    The touchscreens.

    Attributes:
        idle_s: Back to the start after so long without a touch; the warning comes `warning_s` before.
        printer: Where a kiosk prints that was enrolled without a printer of its own.
        show_all: Show services that cannot be taken here and now too, with the reason.
        screen_mm: Width and height of the glass, for targets of 20 mm.
        staff_code_hash: Of the code that opens the staff menu, as `navbat kiosk-code` writes it; None: no menu.
        volume: In percent, what every visitor begins with; to be set so that it is at most 65 dBA.
        scanner: There is a code reader, and the screen says so; one that is there is heard in any case.
        automatic_copy: A slip whose printer was lost before the cut is printed once more by itself, marked as a copy.
    """

    idle_s: Annotated[int, Field(ge=20, le=600)] = 60
    warning_s: Annotated[int, Field(ge=10, le=120)] = 20
    printer: Key | None = None
    show_all: bool = True
    automatic_copy: bool = True
    screen_mm: ScreenSize | None = None
    staff_code_hash: Annotated[str, StringConstraints(pattern=r"^\$argon2id\$")] | None = None
    volume: Annotated[int, Field(ge=5, le=100)] = 40
    scanner: bool = False

    @model_validator(mode="after")
    def _warns_before_the_end(self) -> Kiosk:
        if self.warning_s >= self.idle_s:
            raise ValueError(f"`warning_s` ({self.warning_s}) must be less than `idle_s` ({self.idle_s})")
        return self


class Server(Part):
    """
    Where the program runs; an environment variable may override each of these.

    Attributes:
        managed: `pages`: all but this section is kept in the database and changed on pages; else it is as written here.
        database_url: None: a SQLite file in `data_dir`.
        redis_url: None: one process, without a bus.
        secret_key: None: made at the first start and kept in `data_dir`.
        proxies: How many reverse proxies in front set the forwarded headers.
        metrics_networks: From where `/metrics` may be read.
    """

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    data_dir: Text = "data"
    managed: Literal["file", "pages"] = "file"
    database_url: Annotated[str, StringConstraints(pattern=r"^(sqlite|postgresql)(\+\w+)?://")] | None = None
    redis_url: Annotated[str, StringConstraints(pattern=r"^(rediss?|valkeys?|unix)://")] | None = None
    secret_key: Annotated[str, StringConstraints(min_length=32)] | None = None
    proxies: Annotated[int, Field(ge=0, le=5)] = 0
    metrics_networks: Annotated[tuple[str, ...], AsTuple] = ("127.0.0.0/8", "::1/128")

    @field_validator("metrics_networks")
    @classmethod
    def _are_networks(cls, networks: tuple[str, ...]) -> tuple[str, ...]:
        import ipaddress

        for network in networks:
            ipaddress.ip_network(network)
        return networks
