"""What a centre sets for its boards: how long calls stay, how the waiting are summed up, films; where boards are found."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from server.config import Display
from tests.builders import BIRTH, PASSPORT, create_official, create_ticket
from tests.screens.accessibility import violations
from tests.screens.halls import serving
from tests.screens.test_boards import Hall, Moving, open_board
from tests.screens.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.config import Config
    from tests.screens.conftest import Screens

HOLD_MINUTES = 5
# A second of a moving picture with a tone, as a browser records it.
RECORD = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 90 });
  const pen = canvas.getContext("2d");
  const stream = canvas.captureStream(25);
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const sound = audio.createMediaStreamDestination();
  tone.connect(sound);
  tone.start();
  stream.addTrack(sound.stream.getAudioTracks()[0]);
  const recorder = new MediaRecorder(stream, { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.start();
  for (let step = 0; step < 40; step += 1) {
    pen.fillStyle = `hsl(${step * 9} 80% 40%)`;
    pen.fillRect(0, 0, 160, 90);
    await new Promise((done) => setTimeout(done, 40));
  }
  await new Promise((done) => { recorder.onstop = done; recorder.stop(); });
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""
FILM = "document.querySelector('.playlist video')"


@pytest.fixture(scope="module")
def hall(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    folder, clock = tmp_path_factory.mktemp("ways"), Moving()
    set_so = {"apart_s": 0.5, "quiet_s": 5, "picture_s": 3, "hold_minutes": HOLD_MINUTES}
    board = config.board.model_copy(update=set_so)
    parts = {name: getattr(config, name) for name in type(config).model_fields}
    groups = Display(key="groups", name="Groups", waiting_by="group")
    parts |= {"board": board, "displays": (*config.displays, groups)}
    app = create_app(type(config)(**parts), data_dir=folder, clock=clock, limits=False)
    queue = app.extensions["queue"]
    supervisor = create_official(queue, "rana", role="supervisor")
    with serving(app) as url:
        app.extensions["hall"].start()
        yield Hall(queue, clock, url, folder, supervisor)
        app.extensions["hall"].stop()


def test_a_call_goes_when_it_was_held_long_enough_unless_it_is_awaited(hall: Hall, screens: Screens) -> None:
    served, awaited = hall.call(18), hall.call(19)
    hall.serve_out(18)
    board = open_board(screens, hall.url)
    board.wait_for_selector(f".call:has-text('{served}')")
    board.wait_for_selector(f".call:has-text('{awaited}')")

    hall.clock.advance(minutes=HOLD_MINUTES - 1)
    later = hall.call(20)
    board.wait_for_selector(f".call:has-text('{later}')")
    assert board.locator(f".call:has-text('{served}')").count() == 1

    hall.clock.advance(minutes=1, seconds=5)
    board.wait_for_selector(f".call:has-text('{served}')", state="detached")
    assert board.locator(".call__number").all_inner_texts() == [later, awaited]
    for counter in (19, 20):
        hall.close(counter)
    hall.close(18)
    hall.clock.advance(minutes=HOLD_MINUTES + 1)


def test_the_waiting_are_summed_up_by_groups_of_services(hall: Hall, screens: Screens) -> None:
    config = hall.queue.config
    wanted = [BIRTH, BIRTH, "death", PASSPORT]
    for service in wanted:
        create_ticket(hall.queue, service)
    board = open_board(screens, hall.url, "/display?display=groups")

    until(board, "document.querySelector('.waiting__total')?.textContent === '4'")
    counted: dict[str, int] = {}
    names = {group.key: group.name["az"] for group in config.groups}
    for service in wanted:
        group = names[str(config.service[service].group)]
        counted[group] = counted.get(group, 0) + 1
    shown = {
        row.locator(".waiting__name").inner_text(): int(row.locator(".waiting__count").inner_text())
        for row in board.locator(".waiting__row").all()
    }
    assert len(counted) < len(set(wanted)), "two services are of one group"
    assert shown == counted
    assert violations(board) == []


def test_a_film_is_played_without_its_sound_and_gives_way_to_calls(hall: Hall, screens: Screens) -> None:
    recorder = screens.open(f"{hall.url}/display", 400, 300)
    film = base64.b64decode(recorder.evaluate(RECORD))
    (hall.folder / "playlist").mkdir()
    (hall.folder / "playlist" / "film.webm").write_bytes(film)
    board = open_board(screens, hall.url, "/display?zone=c")

    board.wait_for_selector(".playlist video")
    until(board, f"{FILM}?.currentTime > 0.2 && !{FILM}.paused")
    assert board.evaluate(f"[{FILM}.muted, {FILM}.videoWidth]") == [True, 160]

    number = hall.call(31)
    board.wait_for_selector(f".call[data-new]:has-text('{number}')")
    assert board.locator(".playlist").count() == 0
    board.wait_for_selector(".playlist video")
    until(board, f"{FILM}?.currentTime > 0 && {FILM}.muted")
    assert board.locator(".call__number").all_inner_texts() == [number]

    # What is no film is left out, and the board goes on with the rest.
    (hall.folder / "playlist" / "a-broken.webm").write_bytes(b"no film at all")
    with screens.expecting(200):
        again = open_board(screens, hall.url, "/display?zone=d")
        again.wait_for_selector(".playlist video")
        until(again, f"{FILM}?.currentTime > 0.2 && {FILM}.currentSrc.includes('/film.webm')")


def test_every_board_is_on_the_list_that_of_the_whole_hall_first(hall: Hall, screens: Screens) -> None:
    page = screens.open(f"{hall.url}/display?language=en", 1366, 768)

    first = page.locator(".entry__link").first
    assert first.get_attribute("href") == "/display?display=hall"
    assert "The whole hall" in page.inner_text(".entry >> nth=0")
    assert violations(page) == []
    first.click()
    page.wait_for_selector(".board__zone")
