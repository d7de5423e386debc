"""The section `paper`: what a slip is made of is the centre's to choose, and a slip stays one."""

from __future__ import annotations

import pytest
from PIL import Image

from printing.layout import NEEDED, PARTS
from server.config import ConfigErrors, load
from tests.centres import ROOT, write_config


def problems(tmp_path, paper):
    path = write_config(tmp_path / "config.yaml", lambda centre: centre.update(paper=paper))
    with pytest.raises(ConfigErrors) as found:
        load(path)
    return [str(problem).partition(": ")[2] for problem in found.value.problems]


@pytest.mark.parametrize(
    ("paper", "said"),
    [
        ({"blocks": {"ticket": ["number", "servise", "where", "qr", "service"]}}, "did you mean `service`?"),
        ({"blocks": {"tiket": []}}, "did you mean `ticket`?"),
        ({"blocks": {"ticket": ["number", "service", "where"]}}, "a ticket slip needs qr"),
        ({"blocks": {"test": ["number", "number"]}}, "`number` is already there"),
        ({"languages": ["uz-cyrl"]}, "did you mean `uz-Cyrl`?"),
        ({"logo": "missing.png"}, "there is no file missing.png"),
        ({"loggo": "x.png"}, "did you mean `logo`?"),
        ({"footer": {"az": "Sağ olun"}}, "is missing in uz, ru, en, tr"),
        ({"checkpoint_printer": "kiosk-9"}, "did you mean `kiosk-1`?"),
    ],
    ids=str,
)
def test_what_no_slip_can_be_made_of_is_named(tmp_path, paper, said):
    assert any(said in problem for problem in problems(tmp_path, paper))


@pytest.mark.parametrize(
    ("size", "said"),
    [
        ((1300, 100), "paper.logo: is too wide: 1300 × 100"),
        ((5000, 4000), "paper.logo: has 5000 × 4000 dots"),
    ],
)
def test_a_logo_that_no_slip_can_hold_is_named(tmp_path, size, said):
    Image.new("1", size).save(tmp_path / "logo.png")

    assert any(said in problem for problem in problems(tmp_path, {"logo": "logo.png"}))


def test_a_logo_that_is_no_picture_is_named(tmp_path):
    (tmp_path / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")

    assert any("is not a picture" in problem for problem in problems(tmp_path, {"logo": "logo.png"}))


def test_a_centres_own_layout_is_read(tmp_path):
    Image.new("1", (10, 10)).save(tmp_path / "logo.png")
    footer = dict.fromkeys(("az", "uz", "ru", "en", "tr"), "Sağ olun") | {"ka": "მადლობა"}
    order = ["logo", "number", "service", "where", "qr"]
    paper = {"languages": ["ka"], "logo": "logo.png", "footer": footer, "blocks": {"ticket": order}}

    config = load(write_config(tmp_path / "config.yaml", lambda centre: centre.update(paper=paper)))

    assert config.paper.blocks["ticket"] == tuple(order)
    assert config.paper.logo == str(tmp_path / "logo.png")
    assert config.paper.footer["ka"] == "მადლობა"


def test_every_part_is_explained():
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8").split("## `paper`")[1].split("\n## ")[0]

    for kind, parts in PARTS.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{kind}` |"))
        assert row.split("|")[2].strip() == ", ".join(f"`{part}`" for part in parts)
        assert set(NEEDED[kind]) <= set(parts)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("tcp://10.0.0.21", "must be a host and a port"),
        ("usb://printer", "by vendor and product"),
        ("serial:ttyUSB0", "from the root"),
        ("cups:", "must name a queue"),
        ("agent:", "must name the agent's device"),
        ("tpc://10.0.0.21:9100", "did you mean `tcp`?"),
    ],
)
def test_an_address_that_leads_to_no_printer_is_named(tmp_path, uri, said):
    def change(centre):
        centre["printers"][0]["uri"] = uri

    with pytest.raises(ConfigErrors) as found:
        load(write_config(tmp_path / "config.yaml", change))

    assert said in str(found.value)


@pytest.mark.parametrize(
    "uri",
    [
        "usb:///dev/usb/lp0",
        "usb://04b8:0e28",
        "serial:///dev/ttyS0?baud=19200",
        "cups://kiosk",
        "agent:kiosk-2",
    ],
)
def test_every_kind_of_address_is_taken(tmp_path, uri):
    def change(centre):
        centre["printers"][0]["uri"] = uri

    assert load(write_config(tmp_path / "config.yaml", change)).printers[0].uri == uri
