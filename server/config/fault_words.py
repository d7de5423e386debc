"""What pydantic found, in the words of someone who writes a configuration."""

from __future__ import annotations

from typing import Any

from server.config.base import ADDRESS_PATTERN, KEY_PATTERN, SERIES_PATTERN, TEXT_PATTERN
from server.config.problems import closest

TYPES = {
    "int_type": "must be a whole number, not {given}",
    "float_type": "must be a number, not {given}",
    "bool_type": "must be true or false, not {given}",
    "string_type": "must be text, not {given}; put it in quotes",
    "dict_type": "must be keys and values, not {given}",
    "model_type": "must be keys and values, not {given}",
    "tuple_type": "must be a list, not {given}",
    "frozen_set_type": "must be a list, not {given}",
    "date_type": "must be a day such as 2026-11-24, not {given}",
}
VALUES = {
    "literal_error": "must be {expected}, not {given}",
    "greater_than_equal": "must be at least {ge}, not {given}",
    "less_than_equal": "must be at most {le}, not {given}",
    "greater_than": "must be more than {gt}, not {given}",
    "multiple_of": "must be a multiple of {multiple_of}, not {given}",
    "too_short": "needs at least {min_length}",
    "string_too_short": "needs at least {min_length} characters",
    "string_too_long": "has more than {max_length} characters",
}
PATTERNS = {
    KEY_PATTERN: "{given} is not a key: small letters, digits, `_` or `-`, a letter first",
    TEXT_PATTERN: "{given} is not a text of one line without spaces around it",
    SERIES_PATTERN: "{given} is not a series: one or two capital letters from A to Z without I and O",
    ADDRESS_PATTERN: "{given} is not an address such as https://queue.example.az, without a slash at the end",
}
# For pages, which say it in every language.
KINDS = {
    "int_type": "number",
    "float_type": "number",
    "bool_type": "yes_or_no",
    "string_type": "text",
    "dict_type": "entries",
    "model_type": "entries",
    "tuple_type": "list",
    "frozen_set_type": "list",
    "date_type": "day",
    "literal_error": "choice",
    "greater_than_equal": "at_least",
    "less_than_equal": "at_most",
    "too_short": "too_few",
    "string_too_long": "too_long",
}
PATTERN_KINDS = {
    KEY_PATTERN: "no_key",
    TEXT_PATTERN: "no_line",
    SERIES_PATTERN: "no_series",
    ADDRESS_PATTERN: "no_address",
}
SECRETIVE = "is not written as it must be"  # such a value may hold a password


def in_plain_words(fault: Any) -> str:
    """Say what is wrong with a value; `fault` is one of pydantic's errors."""
    kind, given, facts = fault["type"], fault["input"], fault.get("ctx", {})
    if kind in TYPES:
        word = "the text " if isinstance(given, str) else ""
        return TYPES[kind].format(given=word + _shown(given))
    if kind in VALUES:
        return VALUES[kind].format(given=_shown(given), **facts)
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(facts["pattern"], SECRETIVE).format(given=_shown(given))
    return str(fault["msg"]).removeprefix("Value error, ")


def kind_of(fault: Any) -> tuple[str, dict[str, object]]:
    """Tell which fault it is, with what its sentence on a page needs."""
    facts = fault.get("ctx", {})
    if fault["type"] == "string_pattern_mismatch":
        return PATTERN_KINDS.get(facts["pattern"], "pattern"), {}
    bound = next((facts[each] for each in ("ge", "le", "min_length", "max_length") if each in facts), None)
    return KINDS.get(fault["type"], ""), {} if bound is None else {"bound": bound}


def hint_for(fault: Any) -> str | None:
    """Suggest the word that was meant, where only some are allowed."""
    if fault["type"] != "literal_error":
        return None
    allowed = str(fault["ctx"]["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
    return closest(fault["input"], allowed)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else f"`{value}`"
    return text if len(text) <= 60 else f"{text[:57]}...`"
