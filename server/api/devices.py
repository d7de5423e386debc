"""Devices: enrolled by the code that they show, named, placed, restarted and revoked."""

from __future__ import annotations

from flask import Response
from flask_openapi import Tag
from pydantic import BaseModel, Field

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, official, queue
from server.api.device_schemas import DeviceList, DeviceName, DevicePlace, EnrolledDevice, NewDevice
from server.api.schemas import Nothing
from server.limits import SIGN_IN, limiter
from server.operations.devices import Place

blueprint = Blueprint(
    "api_devices",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="devices", description="Kiosks, boards, tablets and print agents")],
    abp_responses=PROBLEMS,
)

MINDS = ("supervisor", "admin")


class DevicePath(BaseModel):
    """The key of a device."""

    device: int = Field(ge=1, lt=2**53)


@blueprint.get("/devices", summary="Every device, and whether it is connected", responses={200: DeviceList})
@accept(*MINDS)
def devices() -> Response:
    return json_answer({"devices": queue().devices.all()})


@blueprint.post("/devices", summary="Enrol the device that shows a code", responses={201: EnrolledDevice})
@limiter.limit(SIGN_IN)
@accept(*MINDS)
def pair(body: NewDevice) -> Response:
    place = Place(body.kind, body.zone, body.printer, body.counter, body.display)
    return _shown(queue().pairings.complete(official(), body.code, body.name, place).id, 201)


@blueprint.post("/devices/<int:device>/rename", summary="Name it anew", responses={200: EnrolledDevice})
@accept(*MINDS)
def rename(path: DevicePath, body: DeviceName) -> Response:
    return _shown(queue().device_desk.rename(official(), path.device, body.name).id)


@blueprint.post(
    "/devices/<int:device>/move", summary="Say where it stands now", responses={200: EnrolledDevice}
)
@accept(*MINDS)
def move(path: DevicePath, body: DevicePlace) -> Response:
    return _shown(queue().device_desk.move(official(), path.device, **body.model_dump()).id)


@blueprint.post(
    "/devices/<int:device>/restart", summary="Have it load its page anew", responses={200: EnrolledDevice}
)
@accept(*MINDS)
def restart(path: DevicePath, body: Nothing) -> Response:
    return _shown(queue().device_desk.restart(official(), path.device).id)


@blueprint.post(
    "/devices/<int:device>/revoke",
    summary="Take its token away",
    responses={204: {"description": "It is revoked"}},
)
@accept(*MINDS)
def revoke(path: DevicePath, body: Nothing) -> Response:
    queue().device_desk.revoke(official(), path.device)
    return Response(status=204)


def _shown(id: int, status: int = 200) -> Response:
    return json_answer(next(each for each in queue().devices.all() if each["id"] == id), status)
