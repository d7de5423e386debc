"""Reading the rating form as a browser sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from server.wording import Wording

SCORES = {"1", "2", "3", "4", "5"}
LONGEST_COMMENT = 1000


def read_rating(
    form: Mapping[str, str], aspects: Iterable[Mapping[str, Any]], words: Wording
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """
    Read what a visitor chose.

    Args:
        form: `score`, `aspect-<key>` for those that were answered, `comment`.

    Returns:
        The arguments of `Ratings.rate`, and what must be mended, as `{"field", "message"}` with the field's id.
    """
    errors = []
    score = form.get("score", "")
    if score not in SCORES:
        errors.append({"field": "score-5", "message": words.text("phone.rating_missing")})
    # A browser counts a line break as one sign, but sends two.
    comment = form.get("comment", "").replace("\r\n", "\n").strip()
    if len(comment) > LONGEST_COMMENT:
        errors.append({"field": "comment", "message": words.text("phone.rating_too_long")})
    answers = {aspect["key"]: form.get(f"aspect-{aspect['key']}", "") for aspect in aspects}
    given = {
        "score": int(score) if score in SCORES else 0,
        "aspects": {key: int(answer) for key, answer in answers.items() if answer in SCORES},
        "comment": comment or None,
    }
    return given, errors
