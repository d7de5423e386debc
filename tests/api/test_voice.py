"""The voice behind HTTP: only calls of today for anyone, only devices for a text, and never an error for want of a voice."""

from __future__ import annotations

import os
import signal
from urllib.parse import urlencode

import pytest

from server.voice.speaker import make_speaker
from tests.builders import BIRTH


@pytest.fixture
def speaking(make_hall, config, tmp_path):
    speaker = make_speaker(config, tmp_path / "voice-data")
    yield make_hall(speaker=speaker)
    speaker.close()


def call_somebody(hall, language="ru"):
    hall.post("/counters/18/open", by="official")
    number = hall.post("/tickets", {"service": BIRTH, "language": language}, by="kiosk")["number"]
    assert hall.post("/counters/18/next", by="official")["number"] == number
    return number


def listen(hall, number, counter=18, language="ru"):
    """Ask as a display does; a sound is no JSON, so the answer's shape is looked at here."""
    query = urlencode({"number": number, "counter": counter, "language": language})
    return hall.client.get(f"/api/v1/voice/call?{query}")


def test_a_call_is_spoken_to_anyone_in_every_language_of_the_centre(speaking):
    number = call_somebody(speaking)

    sounds = {
        language: listen(speaking, number, language=language) for language in ("az", "uz", "ru", "en", "tr")
    }

    for answer in sounds.values():
        assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
        assert answer.headers["Cache-Control"] == "private, max-age=3600"
    assert len({answer.data for answer in sounds.values()}) == 5


def test_a_killed_voice_speaks_again_and_delays_no_call(speaking):
    number = call_somebody(speaking)
    listen(speaking, number)
    synthesis = speaking.app.extensions["hall"].speaker._synthesis
    os.kill(synthesis.pid, signal.SIGKILL)

    speaking.post("/counters/18/start", by="official")
    speaking.post("/counters/18/finish", by="official")

    assert listen(speaking, number, language="tr").mimetype == "audio/wav"


@pytest.mark.parametrize(
    ("number", "counter"), [("R999", 18), ("R001", 19), ("R002", 18), ("", 18), ("%", 18), ("R001'--", 18)]
)
def test_what_was_not_called_is_not_spoken(speaking, number, counter):
    assert call_somebody(speaking) == "R001"
    speaking.post("/tickets", {"service": BIRTH}, by="kiosk")  # R002, still waiting

    assert listen(speaking, number, counter).status_code in (404, 422)


def test_a_ticket_of_yesterday_is_not_spoken(hall, clock):
    number = call_somebody(hall)
    clock.advance(hours=24)

    assert listen(hall, number).status_code == 404


def test_a_language_that_the_centre_does_not_speak_is_refused(hall):
    assert listen(hall, call_somebody(hall), language="de").status_code == 422


def test_a_hall_without_a_voice_gives_the_sentence_to_the_browser(hall):
    number = call_somebody(hall)

    answer = hall.get(f"/voice/call?number={number}&counter=18&language=ru")

    assert answer == {"text": "Талон эр один, пройдите к окну номер восемнадцать.", "language": "ru"}


def test_a_kiosk_has_its_screen_read_aloud(speaking):
    headers = speaking.callers["kiosk by cookie"].headers
    body = {"text": "Nömrəniz A105. 10:40", "language": "az"}

    answer = speaking.client.post("/api/v1/voice", json=body, headers=headers)

    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_screen_is_read_with_its_numbers_in_words(hall):
    said = hall.post("/voice", {"text": "Nömrəniz A105", "language": "az"}, by="kiosk")

    assert said["text"] == "Nömrəniz A yüz beş"


@pytest.mark.parametrize(
    "body",
    [
        {"text": "", "language": "az"},
        {"text": "x" * 1001, "language": "az"},
        {"text": "x", "language": "de"},
        {"text": 5, "language": "az"},
        {"text": "x"},
        {"text": "x", "language": "az", "rate": 900},
    ],
)
def test_a_text_that_cannot_be_is_refused(hall, body):
    assert hall.ask("POST", "/voice", body, by="kiosk").status_code == 422


def test_a_device_cannot_keep_the_voice_busy(make_hall):
    hall = make_hall(limits=True)

    codes = [
        hall.ask("POST", "/voice", {"text": "x", "language": "az"}, by="kiosk").status_code for _ in range(41)
    ]

    assert codes == [200] * 40 + [429]
    assert hall.ask("POST", "/voice", {"text": "x", "language": "az"}, by="display").status_code == 200


def test_the_board_tells_how_loud_a_zone_is(make_hall, config, clock):
    voice = type(config.voice).model_validate(
        {
            "volume": 60,
            "quiet": ["13:00-14:00"],
            "zones": {"b": {"volume": 35, "repeat": 2}, "c": {"quiet": ["09:00-10:30"]}, "d": {"quiet": []}},
        }
    )
    hall = make_hall(config.model_copy(update={"voice": voice}))

    def sound(zone):
        return hall.get(f"/hall?zone={zone}")["sound"]

    assert sound("a") == {"quiet": False, "volume": 0.6, "chime": True, "repeat": 1}
    assert sound("b") == {"quiet": False, "volume": 0.35, "chime": True, "repeat": 2}
    assert sound("c") == {"quiet": True, "volume": 0.0, "chime": True, "repeat": 1}  # it is 10:00
    clock.advance(hours=3, minutes=30)
    assert [sound(zone)["quiet"] for zone in "abcd"] == [True, True, False, False]
    clock.advance(minutes=30)
    assert not sound("a")["quiet"]
