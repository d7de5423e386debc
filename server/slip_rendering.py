"""A print job's row becomes the bytes that print it, or the picture of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from printing.jobs import Job
from printing.slips import TicketSlip
from server.receipts import receipt
from server.slip_texts import SlipTexts

if TYPE_CHECKING:
    from PIL import Image

    from server.config import Printer
    from server.operations.context import Context, View


class SlipRendering:
    """Draws slips for the printers of a centre, where it holds nobody up."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._texts = SlipTexts(context)

    def data(self, job: Job) -> bytes:
        """Make a job's bytes."""
        return self.draw(self._with_receipt(job), self._context.config.printer[job.printer])[1]

    def draw(self, job: Job, printer: Printer) -> tuple[Image.Image, bytes]:
        """Draw a job for a printer: the very dots, and the bytes that print them."""
        slip = self._texts.slip(job)

        def work() -> tuple[Image.Image, bytes]:
            from printing.fitting import fit

            return fit(slip, dots=printer.dots, dots_per_inch=printer.dots_per_inch, cut=printer.cutter)

        drawn: tuple[Image.Image, bytes] = self._context.offload(work)
        return drawn

    def slip_of(self, ticket: View) -> TicketSlip:
        """Write the slip of a ticket as it stands now, for paper of the visitor's own."""
        at = datetime.fromisoformat(ticket["at"])
        document = {
            "number": ticket["number"],
            "service": ticket["service"],
            "code": ticket["code"],
            "token": ticket["token"],
            "issued_at": ticket["arrived_at"],
            "due_at": ticket["due_at"],
            "ahead": ticket["ahead"],
        }
        if ticket["wait"] is not None:
            wait = ticket["wait"]
            moments = {
                f"{each}_at": (at + timedelta(seconds=wait[f"{each}_s"])).isoformat()
                for each in ("low", "likely", "high")
            }
            document["wait"] = {**moments, "rough": wait["rough"]}
        job = Job(0, "", "ticket", document, ticket["language"], 0, at, None)
        slip = self._texts.slip(self._with_receipt(job))
        assert isinstance(slip, TicketSlip)
        return slip

    def _with_receipt(self, job: Job) -> Job:
        if job.kind != "ticket":
            return job
        with self._context.database.read() as connection:
            found = receipt(connection, self._context.centre, job.document["token"])
        return replace(job, document={**job.document, "receipt": found})
