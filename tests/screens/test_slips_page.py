"""The virtual printer's slips as the demonstration shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from server.app import Demo, create_app
from server.demo import always_open

if TYPE_CHECKING:
    from pathlib import Path

    from server.config import Config
    from tests.conftest import FixedClock


@pytest.mark.parametrize(("language", "word"), [("az", "Talon"), ("uz", "Talon"), ("en", "Slip")])
def test_a_slip_is_named_by_its_printer_and_says_no_more_than_is_known(
    config: Config, clock: FixedClock, tmp_path: Path, language: str, word: str
) -> None:
    app = create_app(always_open(config), data_dir=tmp_path, clock=clock, demo=Demo())
    printer = config.printer[config.kiosk.printer or ""]
    folder = tmp_path / "slips" / printer.key
    folder.mkdir(parents=True)
    Image.new("1", (8, 8)).save(folder / "slip-000001-20261124T060000.png")

    page = app.test_client().get(f"/slips?language={language}").text

    assert f'src="/slips/{printer.key}/slip-000001-20261124T060000.png"' in page
    assert f'alt="{word}: {printer.name}, ' in page
    app.extensions["queue"].context.database.close()
