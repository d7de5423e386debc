"""The policy laboratory as a page: a form of what to try, and who would gain and who would lose."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import request

from counter.adopting import adopt_form
from counter.blueprint import blueprint
from counter.pages import page, to_sign_in
from server.api.callers import queue, staff_from_cookie
from server.errors import BadInput, LaboratoryBusy, NotAllowed
from server.operations.laboratory import Trial, config_lines, next_version
from server.operations.statistics import parse_day
from server.reading import reader_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from server.operations.context import View
    from server.wording import Wording

LOOKS = ("supervisor", "admin", "auditor")
PARTS = ("all", "ordinary", "by_law")
SINGLES = ("walk_in", "appointment", "collect", "quota_every")
NOT_KNOWN = "–"
# Of a difference of less nobody needs to be told.
LEAST_S, LEAST_SHARE = 30, 0.005


@blueprint.get("/supervisor/lab")
def laboratory() -> ResponseReturnValue:
    """
    Show the form, and what the trial of the address comes to. It reads only; its address can be passed on.

    Raises:
        NotAllowed: Not a supervisor, the administration or an auditor.
    """
    staff = staff_from_cookie()
    if staff is None:
        return to_sign_in()
    if staff.role not in LOOKS:
        raise NotAllowed(role=staff.role)
    words, lab, config = reader_words(queue().config), queue().laboratory, queue().config
    today = queue().context.day_of(queue().clock())
    yesterday = today - timedelta(days=1)
    found, fault, lines = None, None, None
    trial = Trial()
    try:
        if "day" in request.args:
            day = parse_day(request.args["day"].strip()[:20]) or yesterday
            trial = trial_of(request.args)
            found = lab.try_out(day, trial)
            if is_of_policy(trial):
                lines = config_lines(config, trial, next_version(config, today))
    except BadInput as error:
        fault = words.text("lab.fault", field=_field_name(str(error.facts["field"]), words))
    except LaboratoryBusy:
        fault = words.text("errors.laboratory_busy")
    response = page(
        "counter/lab.html",
        words,
        me=staff.user,
        csrf=staff.csrf,
        settings=lab.settings(),
        given=request.args,
        day=request.args.get("day", yesterday.isoformat())[:20],
        yesterday=yesterday.isoformat(),
        agencies=_services_by_agency(),
        categories={each.key: each.name for each in config.categories},
        fault=fault,
        found=found,
        same=f"{found['same'] * 100:.1f}" if found and found["same"] is not None else None,
        parts=[
            _shown(words.text(f"lab.{part}"), found["all"][part], words)
            for part in PARTS
            if part in found["all"]
        ]
        if found
        else [],
        tables=[(each, _rows(found[each], words)) for each in ("agencies", "services")] if found else [],
        lines=lines,
        adopt=adopt_form(staff, words) if lines else None,
    )
    response.status_code = 422 if fault else 200
    response.headers["Cache-Control"] = "no-store"
    return response


def is_of_policy(trial: Trial) -> bool:
    """Tell whether a trial differs in more than counters."""
    counters = ("added", "removed")
    return any(
        getattr(trial, each.name) != getattr(Trial(), each.name)
        for each in fields(Trial)
        if each.name not in counters
    )


def trial_of(given: Mapping[str, str]) -> Trial:
    """
    Read a trial as its form has sent it.

    Raises:
        BadInput: A figure that is none.
    """
    settings = queue().laboratory.settings()
    singles = {name: _changed(given, name, settings[name]) for name in SINGLES}
    service, minutes = given.get("service", "")[:60], _number(given, "service_minutes")
    if bool(service) != (minutes is not None):
        raise BadInput(field="service_minutes", value=service)
    asked = {
        each["minutes"]: _changed(given, f"credit_{each['minutes']}", each["minutes"])
        for each in settings["credits"]
    }
    return Trial(
        **singles,
        services={service: minutes} if service and minutes is not None else {},
        credits={was: wanted for was, wanted in asked.items() if wanted is not None},
        added=_numbers(given, "added"),
        removed=_numbers(given, "removed"),
    )


def _changed(given: Mapping[str, str], name: str, now: int | None) -> int | None:
    number = _number(given, name)
    return None if number == now else number


def _number(given: Mapping[str, str], name: str) -> int | None:
    text = given.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 5:
        raise BadInput(field=name, value=text[:20])
    return int(text)


def _numbers(given: Mapping[str, str], name: str) -> tuple[int, ...]:
    parts = given.get(name, "")[:60].replace(",", " ").split()
    if any(not (part.isascii() and part.isdecimal() and len(part) <= 5) for part in parts):
        raise BadInput(field=name, value=" ".join(parts)[:20])
    return tuple(int(part) for part in parts)


def _field_name(field: str, words: Wording) -> str:
    return words.text(f"lab.field_{'credit' if field.startswith('credit_') else field}")


def _services_by_agency() -> list[tuple[dict[str, str], list[Any]]]:
    config = queue().config
    return [
        (agency.name, [each for each in config.services if each.agency == agency.key])
        for agency in config.agencies
    ]


def _rows(found: list[View], words: Wording) -> list[View]:
    """List parts, those whom the trial touches most first."""
    ordered = sorted(found, key=lambda row: (-(row["gain"] + row["lose"]), -row["visitors"]))
    return [_shown(words.name(row["name"]), row, words) for row in ordered]


def _shown(name: str, row: View, words: Wording) -> View:
    before, after = row["before"], row["after"]
    return {
        "name": name,
        "visitors": row["visitors"],
        "gain": row["gain"],
        "lose": row["lose"],
        "cells": [
            *(_of_time(before[key], after[key], words) for key in ("wait_p50_s", "wait_p90_s")),
            _of_share(before["in_target"], after["in_target"], words),
            _of_time(before["passed_s"], after["passed_s"], words),
            _of_count(before["not_called"], after["not_called"], words),
        ],
    }


def _of_time(before_s: int | None, after_s: int | None, words: Wording) -> View:
    def minutes(seconds: int | None) -> str:
        return NOT_KNOWN if seconds is None else f"{seconds / 60:.1f}"

    change = 0.0 if before_s is None or after_s is None else (after_s - before_s) / 60
    is_felt = abs(change) * 60 >= LEAST_S
    return _cell(minutes(before_s), minutes(after_s), f"{change:+.1f}", change if is_felt else 0, words)


def _of_share(before: float | None, after: float | None, words: Wording) -> View:
    def percent(share: float | None) -> str:
        return NOT_KNOWN if share is None else f"{share * 100:.0f} %"

    change = 0.0 if before is None or after is None else after - before
    return _cell(
        percent(before),
        percent(after),
        f"{change * 100:+.0f}",
        -change if abs(change) >= LEAST_SHARE else 0,
        words,
    )


def _of_count(before: int, after: int, words: Wording) -> View:
    return _cell(str(before), str(after), f"{after - before:+d}", after - before, words)


def _cell(before: str, after: str, sign: str, worse: float, words: Wording) -> View:
    """Mark a difference by its sign, by a word and by colour; more is worse."""
    kind = "worse" if worse > 0 else "better" if worse < 0 else "same"
    return {
        "before": before,
        "after": after,
        "kind": kind,
        "change": words.text("lab.same") if kind == "same" else sign.replace("-", "\N{MINUS SIGN}"),
        "word": "" if kind == "same" else words.text(f"lab.{kind}"),
    }
