"""Beside tickets: visits of several services, closed services, and the kiosk's staff menu."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app
from flask_openapi import Tag
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import DeviceCaller, StaffCaller, accept, caller, once, queue
from server.api.kiosk_schemas import (
    Availability,
    ServiceAvailability,
    StaffAct,
    StaffAvailability,
    StaffCode,
    StaffPass,
    VisitOrder,
    VisitWish,
)
from server.api.print_schemas import PrintJob
from server.errors import PrinterNotFound, WrongCode
from server.limits import limit_staff_code

STAFF_MINUTES = 5

blueprint = Blueprint(
    "api_kiosk",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="kiosk", description="Visits of several services, closed services, the staff menu")],
    abp_responses=PROBLEMS,
)


class ServicePath(BaseModel):
    """A service."""

    service: str = Field(max_length=60)


@blueprint.post(
    "/visits/order", summary="In which order several services are had soonest", responses={200: VisitOrder}
)
def order(body: VisitWish) -> Response:
    return json_answer(queue().services.order(body.services))


@blueprint.post(
    "/services/<service>/availability",
    summary="Close a service to walk-ins for the rest of the day, or open it",
    responses={200: ServiceAvailability},
)
@accept("supervisor", "admin")
def availability(path: ServicePath, body: Availability) -> Response:
    official = cast("StaffCaller", caller()).user
    return json_answer(
        queue().services.set_availability(path.service, is_open=body.open, official=official, once=once())
    )


@blueprint.post("/kiosk/staff", summary="Open the staff menu by its code", responses={200: StaffPass})
@accept("kiosk")
@limit_staff_code
def unlock(body: StaffCode) -> Response:
    queue().touchscreens.unlock(body.code)
    staff = _signer().dumps(_device().device.id)
    return json_answer({"staff": staff, "expires_in_s": STAFF_MINUTES * 60})


@blueprint.post(
    "/kiosk/availability",
    summary="Close or open a service from the staff menu",
    responses={200: ServiceAvailability},
)
@accept("kiosk")
def set_availability(body: StaffAvailability) -> Response:
    _check_staff(body.staff)
    return json_answer(queue().services.set_availability(body.service, is_open=body.open, once=once()))


@blueprint.post("/kiosk/test-print", summary="Print a test slip at this kiosk", responses={200: PrintJob})
@accept("kiosk")
def test_print(body: StaffAct) -> Response:
    _check_staff(body.staff)
    printer = _device().device.printer or queue().config.kiosk.printer
    if printer is None:
        raise PrinterNotFound
    return json_answer(queue().print_desk.test(printer))


def _device() -> DeviceCaller:
    return cast("DeviceCaller", caller())


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kiosk staff menu")


def _check_staff(staff: str) -> None:
    """
    Check that the menu was opened at this kiosk, a few minutes ago at most.

    Raises:
        WrongCode: It was not.
    """
    try:
        device = _signer().loads(staff, max_age=STAFF_MINUTES * 60)
    except BadSignature as error:  # one that has expired is one too
        raise WrongCode from error
    if device != _device().device.id:
        raise WrongCode
