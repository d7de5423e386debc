"""What came out is read by independent eyes: the words by tesseract, the QR code by zbar, off the decoded bytes."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
from collections import Counter

import pytest
from PIL import Image, ImageOps

from printing import fitting
from printing.decode import decode
from printing.layout import Qr
from tests import skips
from tests.paper import real_slips

# The languages that must be read, and of how many words in a hundred; the others' figures are told, not asked for.
READERS = {
    "az": ("aze", 95),
    "ru": ("rus", 95),
    "en": ("eng", 95),
    "tr": ("tur", 95),
    "ka": ("kat", 95),
    "uz": ("uzb", 80),
    "uz-Cyrl": ("uzb_cyrl", 80),
}
# Words of the reader's own script: it knows no other, and a code of letters and digits is no word of a language.
SCRIPTS = {"ru": "Ѐ-ӿ", "uz-Cyrl": "Ѐ-ӿ", "ka": "ა-ჿ"}
LATIN = "a-zà-öø-ɏə\u0307"


def printed(slip, dots=576):
    """Print a slip and look at the paper: white round it, as a scanner sees it."""
    _, data = fitting.fit(slip, dots=dots, strict=True)
    [picture] = decode(data, dots=dots).pictures
    return ImageOps.expand(picture.convert("L"), border=32, fill=255)


@pytest.mark.parametrize("language", READERS)
def test_the_words_on_a_ticket_are_read_back_by_an_independent_reader(language, tmp_path, record_property):
    tesseract = skips.require_program("tesseract", what="words on slips", package="tesseract-ocr")
    reader, at_least = READERS[language]
    known = subprocess.run([tesseract, "--list-langs"], capture_output=True, text=True, check=True).stdout
    if reader not in known.split():
        package = f"tesseract-ocr-{reader.replace('_', '-')}"
        skips.require(f"words in {language} on slips", f"on Debian: apt-get install {package}")
    slip = real_slips.write("ticket", language)
    paper = printed(slip)
    paper.resize((paper.width * 2, paper.height * 2), Image.Resampling.NEAREST).save(tmp_path / "slip.png")

    read = subprocess.run(
        [tesseract, tmp_path / "slip.png", "-", "-l", reader, "--psm", "4"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
    ).stdout

    wanted, seen = words(" ".join(texts(slip.blocks())), language), words(read, language)
    missed = wanted - seen
    share = 100 * (1 - missed.total() / wanted.total())
    record_property("words read", f"{language}: {wanted.total() - missed.total()} of {wanted.total()}")
    print(f"{language}: {wanted.total() - missed.total()} of {wanted.total()}, missed {sorted(missed)}")
    assert wanted.total() > 25
    assert share >= at_least, (language, sorted(missed), read)


@pytest.mark.parametrize("language", real_slips.LANGUAGES)
@pytest.mark.parametrize("kind", ["ticket", "rating"])
def test_the_qr_on_the_paper_leads_to_the_visitors_page_in_every_language(kind, language, tmp_path):
    zbarimg = skips.require_program("zbarimg", what="QR codes on slips", package="zbar-tools")
    slip = real_slips.write(kind, language)
    printed(slip).save(tmp_path / "slip.png")

    read = subprocess.run(
        [zbarimg, "--quiet", "--raw", tmp_path / "slip.png"], capture_output=True, text=True, check=True
    )

    assert read.stdout.strip() == slip.qr_url
    assert slip.qr_url.startswith(f"{real_slips.URL}/{kind[0]}/")


def words(text, language):
    """Count the words of two letters or more, whatever their case and the apostrophe's shape."""
    plain = re.sub("[ʻʼ‘’'`]", "", text).lower()
    letters = SCRIPTS.get(language, LATIN)
    return Counter(re.findall(rf"(?<![^\W_])[{letters}]{{2,}}(?![^\W_])", plain))


def texts(part):
    """List every string of a slip's blocks but those that are drawn as a code."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, Qr):
        return []
    if dataclasses.is_dataclass(part):
        fields = (field.name for field in dataclasses.fields(part))
        part = [getattr(part, name) for name in fields if name not in ("size", "align")]
    return [text for each in part for text in texts(each)] if isinstance(part, (list, tuple)) else []
