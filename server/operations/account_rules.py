"""Who answers for whose account: by role, and by the agencies that somebody was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.errors import BadInput, NotAllowed
from server.operations.staff import MAX_NAME, ROLES, Official

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOOK = ("supervisor", "admin", "auditor")
# Whose accounts each role may change.
MANAGES: Mapping[str, tuple[str, ...]] = {"admin": ROLES, "supervisor": ("official", "reception")}


def answers_for(by: Official, whom: Official) -> bool:
    """
    Tell whether an account lies within somebody's agencies.

    >>> admin = Official(1, "a", "A", "admin", agencies=("moi", "sms"))
    >>> answers_for(admin, Official(2, "b", "B", "official", agencies=("moi",)))
    True
    >>> answers_for(admin, Official(3, "c", "C", "official", agencies=("moi", "bank")))
    False
    >>> answers_for(admin, Official(4, "d", "D", "official"))
    False
    """
    if by.agencies is None or by.id == whom.id:
        return True
    return whom.agencies is not None and set(whom.agencies) <= set(by.agencies)


def may_change(by: Official, whom: Official) -> bool:
    """
    Tell whether somebody may change an account: by its role, and by its agencies.

    >>> may_change(Official(1, "a", "A", "supervisor"), Official(2, "b", "B", "official"))
    True
    >>> may_change(Official(1, "a", "A", "supervisor"), Official(2, "b", "B", "admin"))
    False
    >>> may_change(Official(1, "a", "A", "auditor"), Official(2, "b", "B", "official"))
    False
    """
    return whom.role in MANAGES.get(by.role, ()) and answers_for(by, whom) and _is_within(by, whom)


def _is_within(by: Official, whom: Official) -> bool:
    # One's own account too: nobody gives themselves more agencies than they were given.
    return by.agencies is None or (whom.agencies is not None and set(whom.agencies) <= set(by.agencies))


def check_may(by: Official, whom: Official) -> None:
    """
    See that somebody may change an account.

    Raises:
        NotAllowed: They may not.
    """
    if not may_change(by, whom):
        raise NotAllowed(role=by.role)


def runs_the_centre(role: str, agencies: Sequence[str] | None) -> bool:
    """Tell whether an account administers the whole centre, and not some agencies only."""
    return role == "admin" and agencies is None


def checked_name(name: str) -> str:
    """
    Tidy what colleagues see somebody as.

    Raises:
        BadInput: Nothing is left of it, or it is too long.
    """
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME:
        raise BadInput(f"name: 1 to {MAX_NAME} signs", field="name", at_least=1, at_most=MAX_NAME)
    return name


def keys(keys: Sequence[str] | None) -> tuple[str, ...] | None:
    """Freeze a list of keys; None stands for all."""
    return None if keys is None else tuple(keys)
