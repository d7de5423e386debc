"""Print jobs and printers: what staff see of them and do with them."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, official, once, queue
from server.api.print_schemas import OtherPrinter, PrinterList, PrintJob, PrintJobList, TestLanguage
from server.api.schemas import Nothing

blueprint = Blueprint(
    "api_printing",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="printing", description="Printers and what they print")],
    abp_responses=PROBLEMS,
)

MINDS = ("reception", "supervisor", "admin")


class JobPath(BaseModel):
    """The number of a print job."""

    job: int


class PrinterPath(BaseModel):
    """The key of a printer."""

    printer: str = Field(max_length=40)


class JobQuery(BaseModel):
    """Which jobs."""

    state: str | None = Field(default=None, max_length=20)
    printer: str | None = Field(default=None, max_length=40)


@blueprint.get("/printers", summary="How each printer is", responses={200: PrinterList})
@accept(*MINDS)
def printers() -> Response:
    return json_answer({"printers": queue().print_desk.printers()})


@blueprint.post("/printers/<printer>/test", summary="Print a test page", responses={201: PrintJob})
@accept(*MINDS)
def test_page(path: PrinterPath, body: TestLanguage) -> Response:
    return json_answer(queue().print_desk.test(path.printer, body.language), 201)


@blueprint.get("/print-jobs", summary="The newest print jobs", responses={200: PrintJobList})
@accept(*MINDS)
def jobs(query: JobQuery) -> Response:
    return json_answer({"jobs": queue().print_desk.jobs(state=query.state, printer=query.printer)})


@blueprint.get("/print-jobs/<int:job>", summary="What became of a print job", responses={200: PrintJob})
@accept(*MINDS)
def job(path: JobPath) -> Response:
    return json_answer(queue().print_desk.job(path.job))


@blueprint.post(
    "/print-jobs/<int:job>/reprint", summary="Print it again, marked as a copy", responses={200: PrintJob}
)
@accept(*MINDS)
def reprint(path: JobPath, body: Nothing) -> Response:
    return json_answer(queue().print_desk.reprint(path.job, official(), once=once()))


@blueprint.post("/print-jobs/<int:job>/cancel", summary="Do not print it", responses={200: PrintJob})
@accept(*MINDS)
def cancel(path: JobPath, body: Nothing) -> Response:
    return json_answer(queue().print_desk.cancel(path.job, official(), once=once()))


@blueprint.post(
    "/print-jobs/<int:job>/redirect", summary="Print it at another printer", responses={200: PrintJob}
)
@accept(*MINDS)
def redirect(path: JobPath, body: OtherPrinter) -> Response:
    return json_answer(queue().print_desk.redirect(path.job, official(), body.printer, once=once()))
