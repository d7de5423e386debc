"""The shapes of print jobs and printers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from server.api.schemas import Input

JobState = Literal["queued", "sending", "printed", "held", "failed", "cancelled"]


class OtherPrinter(Input):
    """Where to."""

    printer: str = Field(max_length=40, description="Key of a printer")


class TestLanguage(Input):
    """In which language."""

    language: str | None = Field(default=None, max_length=10, description="The state language when left out")


class PrintEvent(BaseModel):
    """One step of a job; `official` is who did it, none for the spooler itself."""

    at: str
    before: JobState | None
    after: JobState
    reason: str | None
    official: int | None


class PrintJob(BaseModel):
    """
    A slip on its way to paper.

    `held`: it may have been printed, and a person decides. `confirmed` tells whose word it is that it was:
    the printer's of the very slip (`process-id`), of all that came before (`processed`), or nobody's (`sent`).
    """

    id: int
    kind: Literal["ticket", "rating", "appointment", "collection", "checkpoint", "test"]
    number: str | None = Field(description="Of its ticket")
    copy_no: int
    printer: str
    state: JobState
    reason: str | None
    confirmed: str | None
    attempts: int
    bytes_sent: int | None
    created_at: str
    expires_at: str
    finished_at: str | None
    events: list[PrintEvent] | None = Field(default=None, description="Of a single job only")


class PrintJobList(BaseModel):
    """The newest first."""

    jobs: list[PrintJob]


class PrinterJobs(BaseModel):
    """How many jobs a printer has."""

    queued: int
    sending: int
    held: int


class Printer(BaseModel):
    """A slip printer: `problem` keeps it from printing, `warning` will soon."""

    key: str
    name: str
    zone: str | None
    paper_width_mm: int
    problem: str | None
    warning: str | None
    since_at: str | None
    confirmation: str | None
    jobs: PrinterJobs


class PrinterList(BaseModel):
    """Every printer of the centre."""

    printers: list[Printer]
