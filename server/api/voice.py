"""The voice: calls for the displays, and what a kiosk's screen shows for who cannot read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from flask import Response, current_app
from flask_openapi import Tag

from server.api import BASE
from server.api.answers import PROBLEMS, json_answer
from server.api.blueprint import Blueprint
from server.api.callers import accept, caller, queue
from server.api.voice_schemas import CallQuery, ScreenText
from server.limits import READ_ALOUD, SPOKEN_CALLS, limiter

if TYPE_CHECKING:
    from server.hall import Hall

# The same call sounds the same all day: its repetition needs no second answer.
KEEP_CALL_S = 3600
SOUND: Any = {
    200: {
        "description": "A sound; or the sentence, where the server has no voice and the browser should use its own",
        "content": {
            "audio/wav": {"schema": {"type": "string", "contentMediaType": "audio/wav"}},
            "application/json": {"schema": {"$ref": "#/components/schemas/SpokenText"}},
        },
    }
}

blueprint = Blueprint(
    "api_voice",
    __name__,
    url_prefix=BASE,
    abp_tags=[Tag(name="voice", description="What is said aloud")],
    abp_responses=PROBLEMS,
)


@blueprint.get("/voice/call", summary="A call of today, spoken", responses=SOUND)
@limiter.limit(SPOKEN_CALLS)
def call(query: CallQuery) -> Response:
    announcement = queue().announcing.call(query.number, query.counter, query.language)
    speaker = _hall().speaker
    sound = speaker.announce(announcement) if speaker else None
    answer = _spoken(sound, announcement.text, query.language)
    if sound is not None:
        answer.headers["Cache-Control"] = f"private, max-age={KEEP_CALL_S}"
    return answer


@blueprint.post("/voice", summary="A screen of the hall, read aloud", responses=SOUND)
@accept("kiosk", "display")
@limiter.limit(READ_ALOUD, key_func=lambda: caller().name)
def screen(body: ScreenText) -> Response:
    text = queue().announcing.screen(body.text, body.language)
    speaker = _hall().speaker
    return _spoken(speaker.read(text, body.language) if speaker else None, text, body.language)


def _hall() -> Hall:
    return cast("Hall", current_app.extensions["hall"])


def _spoken(sound: bytes | None, text: str, language: str) -> Response:
    if sound is None:
        return json_answer({"text": text, "language": language})
    return Response(sound, mimetype="audio/wav")
