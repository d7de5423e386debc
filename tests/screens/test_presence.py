"""The code on the hall board that proves a visitor's presence: as large as its reading distance asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.api.callers import DEVICE_COOKIE
from server.app import create_app
from tests.builders import BIRTH, create_ticket, open_counter
from tests.screens.accessibility import violations
from tests.screens.halls import serving

if TYPE_CHECKING:
    from pathlib import Path

    from server.config import Config
    from tests.conftest import FixedClock
    from tests.screens.conftest import Screens

WIDE_MM, WIDE_PX = 1430, 1920
CODE = """() => {
  const code = document.querySelector(".presence__qr"), { width } = code.getBoundingClientRect();
  const [, , squares] = code.getAttribute("viewBox").split(" ").map(Number);
  const inside = [...document.querySelectorAll(".presence, .board__side > *")].every((each) => {
    const { right, bottom } = each.getBoundingClientRect();
    return right <= innerWidth + 1 && bottom <= innerHeight + 1;
  });
  const cut = [...document.querySelectorAll(".presence p")].filter((each) => each.scrollWidth > each.clientWidth + 1);
  return { cut: cut.length, data: width * (squares - 8) / squares, whole: width, inside };
}"""


@pytest.mark.parametrize(
    ("distance_m", "size"), [(1.5, (1920, 1080)), (0.8, (1920, 1080)), (1.5, (1080, 1920))]
)
def test_the_code_is_a_tenth_of_the_distance_from_which_it_is_read(
    config: Config,
    clock: FixedClock,
    tmp_path: Path,
    screens: Screens,
    distance_m: float,
    size: tuple[int, int],
) -> None:
    displays = tuple(each.model_copy(update={"qr_distance_m": distance_m}) for each in config.displays)
    app = create_app(
        config.model_copy(update={"displays": displays}), data_dir=tmp_path, clock=clock, limits=False
    )
    queue = app.extensions["queue"]
    _, token = queue.devices.add("board", kind="display")
    official = open_counter(queue, 18)
    for _ in range(3):
        create_ticket(queue, BIRTH)
    queue.counters.next(18, official)
    with serving(app) as url:
        page = screens.open("about:blank", *size)
        page.context.add_cookies([{"name": DEVICE_COOKIE, "value": token, "url": url}])
        page.goto(f"{url}/display?display=hall")
        page.wait_for_selector(".presence__qr")
        drawn = page.evaluate(CODE)
        found = violations(page)
        screens.close()

    mm = WIDE_MM / WIDE_PX
    assert drawn["data"] * mm == pytest.approx(100 * distance_m, rel=0.02)
    assert drawn["whole"] <= 0.3 * min(size) + 1
    assert drawn["inside"]
    assert drawn["cut"] == 0
    assert found == []
