"""Who asks: a device, a member of staff, or nobody; and whether that caller may."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app, g, request

from server.errors import (
    BadInput,
    DeviceNotFound,
    NotAllowed,
    NotSameOrigin,
    NotSignedIn,
    PasswordMustChange,
    SecondFactorMissing,
)
from server.operations.context import Once

if TYPE_CHECKING:
    from server.operations import Queue
    from server.operations.devices import Device
    from server.operations.sessions import Session
    from server.operations.staff import Official

STAFF_COOKIE = "navbat_staff"
DEVICE_COOKIE = "navbat_device"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
MAX_KEY = 200
DEVICES = ("kiosk", "display", "printer", "tablet")

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class StaffCaller:
    """A member of staff, by one of their sessions."""

    session: Session

    @property
    def user(self) -> Official:
        """Tell who it is."""
        return self.session.user

    @property
    def csrf(self) -> str:
        """Tell what a page of theirs must send back."""
        return self.session.csrf

    @property
    def name(self) -> str:
        """Name the caller where requests are told apart."""
        return f"staff:{self.user.id}"

    @property
    def role(self) -> str:
        """Tell what the caller may do."""
        return self.user.role


@dataclass(frozen=True, slots=True)
class DeviceCaller:
    """An enrolled device."""

    device: Device

    @property
    def name(self) -> str:
        """Name the caller where requests are told apart."""
        return f"device:{self.device.id}"

    @property
    def role(self) -> str:
        """Tell what the caller may do."""
        return self.device.kind


Caller = StaffCaller | DeviceCaller


def queue() -> Queue:
    """Reach the operations."""
    return cast("Queue", current_app.extensions["queue"])


def accept(*roles: str) -> Callable[[View], View]:
    """
    Let only these callers through; the view finds its caller in `caller()`.

    Args:
        roles: Roles of staff and kinds of devices.

    Raises:
        NotSignedIn: No caller.
        NotAllowed: Another one.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            found = _identify(roles)
            if found.role not in roles:
                raise NotAllowed(role=found.role)
            g.caller = found
            return view(*args, **kwargs)

        cast("Any", checked).accepts = roles
        return cast("View", checked)

    return decorate


def caller() -> Caller:
    """Tell who asks, in a view behind `accept`."""
    return cast("Caller", g.caller)


def official() -> Official:
    """Tell which member of staff asks, in a view behind `accept` of staff roles."""
    return cast("StaffCaller", g.caller).user


def once() -> Once | None:
    """
    Read the `Idempotency-Key`, if the request has one.

    Raises:
        BadInput: It is too long to be kept.
    """
    key = request.headers.get("Idempotency-Key")
    if not key:
        return None
    if len(key) > MAX_KEY:
        raise BadInput(field="Idempotency-Key", at_most=MAX_KEY)
    # Visitors are told apart by their addresses: two may well have chosen the same key.
    name = caller().name if "caller" in g else f"visitor:{request.path}"
    return Once.of(name, key, request.method, request.path, request.get_data())


def staff_from_cookie(*, whole: bool = True) -> StaffCaller | None:
    """
    Tell which member of staff this browser is signed in as.

    Args:
        whole: False lets somebody through who has still to choose a password or to set a second factor.

    Raises:
        SignInIncomplete: The account lacks one of these.
    """
    token = request.cookies.get(STAFF_COOKIE)
    if not token:
        return None
    try:
        session = queue().sessions.identify(token, kind="cookie")
    except NotSignedIn:
        return None
    return _staff(session, whole=whole)


def device_from_cookie() -> Device | None:
    """Tell which device this browser is enrolled as."""
    token = request.cookies.get(DEVICE_COOKIE)
    if not token:
        return None
    try:
        return queue().devices.identify(token)
    except DeviceNotFound:
        return None


def refuse_other_origins() -> None:
    """
    Refuse an unsafe request that a page of another site made this browser send.

    Browsers say where a request comes from and add the cookies by themselves; a program sends neither.

    Raises:
        NotSameOrigin: It comes from elsewhere.
    """
    if request.method in SAFE_METHODS or "Authorization" in request.headers:
        return
    origin = request.headers.get("Origin")
    if origin is not None:
        if urlsplit(origin).netloc != request.host:
            raise NotSameOrigin(origin=origin)
    elif request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise NotSameOrigin


def _identify(roles: tuple[str, ...]) -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn
        return _bearer(token.strip())
    # One browser may be signed in and enrolled at once: a page of staff says so by its CSRF token.
    says_csrf = "X-CSRF-Token" in request.headers
    if not says_csrf and any(role in DEVICES for role in roles):
        device = device_from_cookie()
        if device is not None and (device.kind in roles or STAFF_COOKIE not in request.cookies):
            return DeviceCaller(device)
    staff = staff_from_cookie()
    if staff is None:
        raise NotSignedIn
    if request.method not in SAFE_METHODS and request.headers.get("X-CSRF-Token") != staff.csrf:
        raise NotSameOrigin
    return staff


def _bearer(token: str) -> Caller:
    try:
        return DeviceCaller(queue().devices.identify(token))
    except DeviceNotFound:
        return _staff(queue().sessions.identify(token, kind="bearer"))


def _staff(session: Session, *, whole: bool = True) -> StaffCaller:
    if whole and session.lacks == "password":
        raise PasswordMustChange
    if whole and session.lacks == "second_factor":
        raise SecondFactorMissing
    return StaffCaller(session)
