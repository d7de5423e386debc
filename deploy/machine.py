"""What the machine itself must bring: system packages, and for the tests a browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

VENV = Path(__file__).resolve().parent.parent / ".venv"
LOOKED = VENV / "navbat-tools.stamp"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSER = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

OCR_LANGUAGES = ("aze", "uzb", "uzb-cyrl", "rus", "tur", "kat")
BREW_NAMES = {"zbar-tools": "zbar"}


class Missing(Exception):
    """Something is missing that only the machine's owner can add; the text says how."""


def install_packages(*names: str) -> None:
    """
    Install Debian packages.

    Raises:
        Missing: It cannot be done from here: no root, no apt, or apt refused.
    """
    if not _is_apt_root():
        raise Missing(
            f"Navbat needs more of this machine. Install it, then start this again:\n{how_to(*names)}"
        )
    print("Installing with apt-get:", *names, file=sys.stderr, flush=True)
    _apt("update")  # a fresh image has no package lists yet; should one source fail, another may do
    if not _apt_install(*names):
        raise Missing(f"apt-get could not install this; see above:\n{how_to(*names)}")


def how_to(*names: str) -> str:
    """
    Say how a person installs these packages.

    >>> print(how_to("zbar-tools"))
      Debian, Ubuntu:  sudo apt-get install zbar-tools
      macOS:           brew install zbar
    """
    lines = [f"  Debian, Ubuntu:  sudo apt-get install {' '.join(names)}"]
    brew = [BREW_NAMES.get(name, name) for name in names if not name.startswith("lib")]
    if not any(name.endswith("-venv") for name in names):
        lines.append(f"  macOS:           brew install {' '.join(brew)}")
    else:
        lines.append("  macOS:           brew install python@3.13")
    return "\n".join(lines)


def find_test_tools(*, again: bool) -> None:
    """
    Look for the tests' browser and tools, install what can be installed, and say what is missing.

    The browser found is handed to the tests as BROWSER_PATH. What stays missing is skipped by the
    tests, and named by them.

    Args:
        again: Try the installing also where it has been tried before.
    """
    if again or not LOOKED.exists():
        _install_missing()
        LOOKED.touch()
    browser = find_browser()
    if browser:
        os.environ["BROWSER_PATH"] = browser


def find_browser() -> str | None:
    """Return the path of a Chromium that starts: $BROWSER_PATH, the system's, or Playwright's own."""
    named = os.environ.get("BROWSER_PATH")
    candidates = [named] if named else [shutil.which(name) for name in BROWSERS]
    if not named:
        candidates += [MAC_BROWSER, _playwright_browser()]
    return next((path for path in candidates if path and works(path, "--version")), None)


def _install_missing() -> None:
    missing = _missing_packages()
    if missing and _is_apt_root():
        print("Installing with apt-get for the tests:", *missing, file=sys.stderr, flush=True)
        _apt("update")
        for package in missing:  # one by one: Ubuntu has no package chromium, which must not keep others away
            _apt_install(package)
        missing = _missing_packages()
    if "chromium" in missing:
        _install_playwright_browser()
        missing = _missing_packages()
    if missing:
        print(f"Some tests will be left out. To have them:\n{how_to(*missing)}", file=sys.stderr, flush=True)


def _missing_packages() -> list[str]:
    """Name the Debian packages that bring what the tests would miss."""
    read = _ocr_languages()
    there = {
        "zbar-tools": shutil.which("zbarimg") is not None,  # reads the QR codes on slips
        "poppler-utils": shutil.which("pdftotext") is not None,  # reads the letters and fonts of documents
        "tesseract-ocr": shutil.which("tesseract") is not None,  # reads the words on slips
        **{f"tesseract-ocr-{name}": name.replace("-", "_") in read for name in OCR_LANGUAGES},
        "libatomic1": works(VENV / "bin" / "playwright", "--version"),  # Playwright's driver starts with it
        "chromium": find_browser() is not None,
    }
    return [package for package, is_there in there.items() if not is_there]


def _ocr_languages() -> set[str]:
    try:
        asked = subprocess.run(["tesseract", "--list-langs"], check=False, capture_output=True)
    except OSError:
        return set()
    return set(asked.stdout.decode().split())


def _install_playwright_browser() -> None:
    print("Fetching a browser with Playwright", file=sys.stderr, flush=True)
    options = ["--with-deps"] if _is_apt_root() else []
    subprocess.run([VENV / "bin" / "playwright", "install", *options, "chromium"], check=False)


def _playwright_browser() -> str | None:
    code = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
    )
    try:
        asked = subprocess.run([VENV / "bin" / "python", "-c", code], check=False, capture_output=True)
    except OSError:
        return None
    return asked.stdout.decode().strip() or None


def works(*command: str | Path) -> bool:
    """Say whether a command can be run and ends well; what it prints is dropped."""
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _is_apt_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(*names: str) -> bool:
    return _apt("install", "--yes", "--no-install-recommends", *names)


def _apt(*arguments: str) -> bool:
    """Run apt-get; show what it says only where it fails."""
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    said = subprocess.run(
        command, check=False, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if said.returncode != 0:
        sys.stderr.write(said.stdout.decode(errors="replace"))
    return said.returncode == 0
