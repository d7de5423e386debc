"""What is heard in the hall: a display in a real browser, a real voice, and an ear in the page that notes every sound."""

from __future__ import annotations

import os
import signal
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from server.app import create_app
from server.config import Config
from server.config.voice import Voice
from server.voice.speaker import make_speaker
from tests.builders import BIRTH, create_official, create_ticket
from tests.conftest import FixedClock
from tests.screens.halls import serving
from tests.screens.waiting import until
from tests.servers import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Browser, Page

    from server.operations import Queue
    from server.operations.staff import Official

# Eight counters of one zone, and a service that each of them serves.
COUNTERS = range(18, 26)
QUIET_ZONE = "c"

# Sounds are played thirty times as fast, so that eight calls are over in seconds; when each begins and ends is noted,
# and of the chime only its first tone.
EAR = """
window.heard = [];
window.fast = 30;
const CHIME_MS = 1160;
const play = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...rest) {
  const sound = { kind: "voice", from: performance.now(), to: null, seconds: this.buffer.duration };
  const gain = window.gains.get(this);
  sound.volume = gain ? gain.gain.value : null;
  window.heard.push(sound);
  this.playbackRate.value = window.fast;
  const ended = this.onended;
  this.onended = (event) => { sound.to = performance.now(); ended?.call(this, event); };
  return play.apply(this, rest);
};
window.gains = new Map();
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (other, ...rest) {
  window.gains.set(this, other);
  return connect.call(this, other, ...rest);
};
const strike = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...rest) {
  const last = window.heard.at(-1);
  if (last?.kind !== "chime" || last.to !== null) {
    window.heard.push({ kind: "chime", from: performance.now(), to: null });
  }
  return strike.apply(this, rest);
};
const later = window.setTimeout;
window.setTimeout = (work, ms, ...rest) => {
  if (Math.abs(ms - CHIME_MS) > 5) return later(work, ms, ...rest);
  const chime = window.heard.at(-1);
  return later(() => { chime.to = performance.now(); work(...rest); }, ms / window.fast);
};
window.asked = [];
const ask = window.fetch;
window.fetch = (url, ...rest) => {
  if (String(url).includes("/voice/")) window.asked.push(String(url));
  return ask(url, ...rest);
};
"""


class Ear:
    """A display, and what is heard of it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def sounds(self) -> list[dict[str, Any]]:
        """List every sound that began, in order."""
        return self.page.evaluate("heard")

    def said(self) -> list[tuple[str, int, str]]:
        """List what was asked of the server: number, counter and language of each sentence."""
        queries = [parse_qs(urlsplit(url).query) for url in self.page.evaluate("asked")]
        return [(each["number"][0], int(each["counter"][0]), each["language"][0]) for each in queries]

    def wait_for(self, voices: int) -> list[dict[str, Any]]:
        """Wait until so many sentences were spoken and nothing sounds any more."""
        until(
            self.page,
            "(n) => heard.filter((s) => s.kind === 'voice').length >= n && heard.every((s) => s.to !== null)",
            arg=voices,
            timeout=60,
        )
        return self.sounds()

    def stays_at(self, count: int) -> None:
        """See that nothing more is said for a while."""
        self.page.wait_for_timeout(700)
        assert len([each for each in self.sounds() if each["kind"] == "voice"]) == count


class VoiceHall:
    """A hall with eight counters at work."""

    def __init__(self, app: Flask, url: str, clock: FixedClock) -> None:
        self.app = app
        self.url = url
        self.clock = clock
        self.queue: Queue = app.extensions["queue"]
        self.officials: dict[int, Official] = {
            counter: create_official(self.queue, f"official-{counter}") for counter in COUNTERS
        }
        for counter, official in self.officials.items():
            self.queue.counters.open(counter, official)

    def call(self, counter: int, language: str = "az") -> str:
        number: str = create_ticket(self.queue, BIRTH, language=language)["number"]
        called = self.queue.counters.next(counter, self.officials[counter])
        assert called is not None
        return number

    def serve_out(self) -> None:
        """Send home whoever is at a counter."""
        for counter, official in self.officials.items():
            ticket = self.queue.counters.view(counter)["ticket"]
            if ticket is not None and ticket["state"] == "called":
                self.queue.visits.no_show(counter, official)
            elif ticket is not None:
                self.queue.visits.finish(counter, official)


@pytest.fixture(scope="module")
def hall(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VoiceHall]:
    folder: Path = tmp_path_factory.mktemp("voice")
    voice = Voice.model_validate(
        {"volume": 70, "repeat": 1, "zones": {QUIET_ZONE: {"quiet": ["00:00-24:00"]}}}
    )
    counters = tuple(
        each.model_copy(update={"services": config.counter[18].services}) if each.number in COUNTERS else each
        for each in config.counters
    )
    parts = {name: getattr(config, name) for name in Config.model_fields}
    config = Config(**parts | {"voice": voice, "counters": counters})
    clock = FixedClock()
    app = create_app(config, data_dir=folder, clock=clock, limits=False, speaker=make_speaker(config, folder))
    with serving(app, live=True) as url:
        yield VoiceHall(app, url, clock)
    app.extensions["hall"].speaker.close()


@pytest.fixture
def open_display(hall: VoiceHall, loud_browser: Browser) -> Iterator[Any]:
    contexts = []

    def open_it(path: str = "/display?zone=b") -> Ear:
        context = loud_browser.new_context(viewport={"width": 1920, "height": 1080})
        contexts.append(context)
        context.add_init_script(EAR)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(hall.url + path)
        page.wait_for_selector('.strip[data-live="yes"]')
        return Ear(page)

    yield open_it
    for context in contexts:
        context.close()
    hall.serve_out()


def test_eight_calls_of_one_second_are_said_one_after_another_in_their_order(
    hall: VoiceHall, open_display: Any
) -> None:
    display = open_display()

    numbers = [hall.call(counter, "ru" if counter % 2 else "az") for counter in COUNTERS]
    # Four of the eight have a second language; all of it is said twice.
    sounds = display.wait_for(24)

    display.stays_at(24)
    expected = [
        (number, counter, language)
        for number, counter in zip(numbers, COUNTERS, strict=True)
        for language in (("ru", "az") if counter % 2 else ("az",))
    ]
    assert display.said() == expected, "each once from the server, in the order of the calls"
    assert all(before["to"] <= after["from"] for before, after in pairwise(sounds))
    rounds = ["".join(each["kind"][0] for each in sounds)]
    assert rounds == ["cvcvv" * 4 + "cvcvv" * 4]
    spoken = [each for each in sounds if each["kind"] == "voice"]
    assert all(1.0 < each["seconds"] < 10 for each in spoken)
    assert {round(each["volume"], 2) for each in spoken} == {0.7}
    # The second round says what the first did.
    assert [each["seconds"] for each in spoken[:12]] == [each["seconds"] for each in spoken[12:]]


def test_a_recall_is_said_again_and_who_has_come_is_not(hall: VoiceHall, open_display: Any) -> None:
    display = open_display()
    number = hall.call(18)
    display.wait_for(2)

    hall.clock.advance(seconds=hall.queue.config.policy.recall_after_s + 1)
    hall.queue.visits.recall(18, hall.officials[18])
    display.wait_for(4)
    # The first of two is still being said when the second has come already.
    display.page.evaluate("fast = 2")
    other = hall.call(19)
    gone = hall.call(20)
    hall.queue.visits.start(20, hall.officials[20])
    display.page.wait_for_selector(f".call[data-state=serving]:has-text('{gone}')")
    display.page.evaluate("fast = 30")
    display.wait_for(6)

    display.stays_at(6)
    assert [number for number, _, _ in display.said()] == [number, number, other]


def test_a_display_that_was_away_says_what_is_still_called_and_nothing_twice(
    hall: VoiceHall, open_display: Any
) -> None:
    display = open_display()
    known = hall.call(18)
    display.wait_for(2)

    display.page.context.set_offline(True)
    display.page.wait_for_selector('.strip[data-live="no"]')
    missed, served = hall.call(19), hall.call(20)
    hall.queue.visits.start(20, hall.officials[20])
    hall.clock.advance(minutes=1)
    display.page.context.set_offline(False)
    display.wait_for(4)

    display.stays_at(4)
    assert [number for number, _, _ in display.said()] == [known, missed]
    assert served not in {number for number, _, _ in display.said()}
    display.page.reload()
    display.page.wait_for_selector('.strip[data-live="yes"]')
    display.stays_at(0)


def test_a_zone_is_silent_in_its_quiet_hours_and_shows_the_call_all_the_same(
    hall: VoiceHall, open_display: Any
) -> None:
    counter = next(each.number for each in hall.queue.config.counters if each.zone == QUIET_ZONE)
    official = create_official(hall.queue, "quiet")
    hall.queue.counters.open(counter, official)
    display = open_display(f"/display?zone={QUIET_ZONE}")

    number = create_ticket(hall.queue, hall.queue.config.counter[counter].services[0])["number"]
    hall.queue.counters.next(counter, official)

    display.page.wait_for_selector(f".call:has-text('{number}')")
    display.stays_at(0)
    assert display.sounds() == []
    assert display.said() == []


def test_a_killed_voice_speaks_again_and_calls_go_on(hall: VoiceHall, open_display: Any) -> None:
    display = open_display()
    hall.call(18)
    display.wait_for(2)
    os.kill(hall.app.extensions["hall"].speaker._synthesis.pid, signal.SIGKILL)

    number = hall.call(19, "tr")

    display.page.wait_for_selector(f".call:has-text('{number}')")
    display.wait_for(6)


def test_without_a_voice_the_browser_speaks_itself_and_the_chime_rings(
    hall: VoiceHall, open_display: Any
) -> None:
    speaker, hall.app.extensions["hall"].speaker = hall.app.extensions["hall"].speaker, None
    try:
        display = open_display()
        display.page.evaluate(
            """() => {
              window.utterances = [];
              const voice = { lang: "tr-TR", name: "kin" };
              speechSynthesis.getVoices = () => [voice];
              window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
              speechSynthesis.speak = (utterance) => {
                utterances.push([utterance.text.trim(), utterance.lang]);
                setTimeout(() => utterance.onend(), 20);
              };
            }"""
        )
        number = hall.call(18)
        eventually(lambda: len(display.page.evaluate("utterances")) == 2, within_s=20)
    finally:
        hall.app.extensions["hall"].speaker = speaker

    (first, _), (again, language) = display.page.evaluate("utterances")
    assert first == again
    assert "nömrəli pəncərəyə yaxınlaşın." in first
    assert not any(sign.isdigit() for sign in first)
    assert language == "tr-TR"
    assert [each["kind"] for each in display.sounds()] == ["chime", "chime"]
    assert display.page.locator(f".call:has-text('{number}')").count() == 1


SAY = "async ([text, options]) => (await import('/static/js/speech.js')).say(text, 'az', options)"


def test_a_device_has_its_screen_read_aloud_until_it_is_hushed(hall: VoiceHall, open_display: Any) -> None:
    _, token = hall.queue.devices.add("kiosk", kind="kiosk")
    display = open_display()
    display.page.context.add_cookies([{"name": "navbat_device", "value": token, "url": hall.url}])
    page = display.page
    long = "Xoş gəlmisiniz, növbə götürmək üçün ekrana toxunun. " * 19

    whole = page.evaluate(SAY, ["Nömrəniz A105", {"volume": 0.4}])
    in_parts = page.evaluate(SAY, [long, {}])
    page.evaluate("fast = 1")
    # What is returned would be waited for.
    page.evaluate(f"() => {{ window.cut = ({SAY})(['gözləyin '.repeat(40), {{}}]); }}")
    until(page, "() => heard.at(-1).to === null")
    page.evaluate("async () => (await import('/static/js/speech.js')).hush()")

    assert (whole, in_parts, page.evaluate("cut")) == (True, True, False)
    first, *parts, _ = display.sounds()
    assert round(first["volume"], 2) == 0.4
    assert len(parts) == 2
    assert all(before["to"] <= after["from"] for before, after in pairwise([first, *parts]))


def test_who_is_no_device_gets_silence_and_no_exception(hall: VoiceHall, open_display: Any) -> None:
    display = open_display()

    assert display.page.evaluate(SAY, ["Nömrəniz A105", {}]) is False
    assert display.page.evaluate(SAY, ["", {}]) is True
    assert display.sounds() == []
