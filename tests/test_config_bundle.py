"""The configuration as one file: out and in again it is the same, and a faulty one changes nothing."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.cli import run
from server.config import ConfigErrors, bundling, load
from server.errors import StartError
from tests.centres import ROOT, write_config
from tests.conftest import OPENING_TIME


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """The shipped centre as one file."""
    file = tmp_path / "centre.zip"
    assert run(["config", "export", str(file), "--config", str(ROOT / "config.yaml")]) == 0
    return file


def changed(file: Path, **contents: bytes | None) -> bytes:
    """Change files of a bundle, or leave them out."""
    files: dict[str, Any] = bundling.from_zip(file.read_bytes())
    files |= {name.replace("__", "/").replace("_csv", ".csv"): data for name, data in contents.items()}
    return bundling.to_zip({name: data for name, data in files.items() if data is not None})


def tree(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_the_shipped_centre_comes_in_as_it_went_out(exported: Path, tmp_path: Path) -> None:
    place = tmp_path / "elsewhere" / "config.yaml"
    place.parent.mkdir()

    assert run(["config", "import", str(exported), "--config", str(place)]) == 0

    assert load(place) == load(ROOT / "config.yaml")
    assert "# Labour Code, article 105." in place.read_text("utf-8"), "comments stay"
    again = tmp_path / "again.zip"
    assert run(["config", "export", str(again), "--config", str(place)]) == 0
    assert load(ROOT / "config.yaml") == bundling.load_files(bundling.from_zip(again.read_bytes()))
    assert exported.stat().st_mode & 0o077 == 0


def test_logo_and_recordings_travel_along(tmp_path: Path) -> None:
    here = tmp_path / "here"
    (here / "sounds" / "az").mkdir(parents=True)
    (here / "sounds" / "az" / "one.wav").write_bytes(b"RIFF")
    Image.new("1", (200, 80)).save(here / "sign.png")

    def dress(centre: dict[str, Any]) -> None:
        centre["paper"] = {**centre.get("paper", {}), "logo": "sign.png"}
        centre["voice"] = {**centre.get("voice", {}), "recordings": "sounds"}

    path = write_config(here / "config.yaml", dress)
    place = tmp_path / "there" / "config.yaml"
    place.parent.mkdir()
    assert bundling.install(bundling.pack(path), place, OPENING_TIME) is None

    config = load(place)
    assert bundling.differences(load(path), config) == []
    assert str(config.paper.logo).startswith(str(place.parent))
    assert config.voice.recordings is not None
    assert tree(Path(config.voice.recordings)) == {"az/one.wav": b"RIFF"}


def test_an_import_keeps_what_was_before_and_leads_back_to_it(exported: Path, tmp_path: Path) -> None:
    place = tmp_path / "hall" / "config.yaml"
    place.parent.mkdir()

    def close_mondays(centre: dict[str, Any]) -> None:
        centre["centre"]["hours"]["mon"] = []

    write_config(place, close_mondays).chmod(0o640)
    mine = load(place)

    assert run(["config", "import", str(exported), "--config", str(place)]) == 0
    assert load(place).centre.hours["mon"] != mine.centre.hours["mon"]
    [kept] = place.parent.glob("config-before-*.zip")
    assert run(["config", "import", str(kept), "--config", str(place)]) == 0

    assert load(place) == mine
    assert place.stat().st_mode & 0o777 == 0o640


def test_a_bundle_with_a_fault_is_named_by_file_line_and_key_and_changes_nothing(
    exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "hall" / "config.yaml"
    place.parent.mkdir()
    assert run(["config", "import", str(exported), "--config", str(place)]) == 0
    before = tree(place.parent)
    services = bundling.from_zip(exported.read_bytes())["catalogue/services.csv"].decode()
    lines = services.splitlines(keepends=True)
    lines[4] = lines[4].replace(",", ",ghost,", 1)
    bad = tmp_path / "bad.zip"
    bad.write_bytes(changed(exported, catalogue__services_csv="".join(lines).encode()))
    capsys.readouterr()

    assert run(["config", "import", str(bad), "--config", str(place)]) == 1

    assert "catalogue/services.csv:5:" in capsys.readouterr().err
    assert tree(place.parent) == before


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b", "c:\\x"])
def test_a_bundle_that_leads_elsewhere_is_refused(name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("config.yaml", "x")
        packed.writestr(name, "y")

    with pytest.raises(StartError, match="leads elsewhere"):
        bundling.from_zip(out.getvalue())


def test_what_is_no_bundle_is_refused(exported: Path) -> None:
    with pytest.raises(StartError, match="no bundle"):
        bundling.from_zip(b"config: 1")
    with pytest.raises(StartError, match=r"there is no config\.yaml"):
        bundling.from_zip(changed(exported, **{"config.yaml": None}))
    with pytest.raises(ConfigErrors, match="cannot be read"):
        bundling.load_files(bundling.from_zip(changed(exported, catalogue__groups_csv=None)))
