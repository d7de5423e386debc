"""
Fetch the front-end files that Navbat carries, and write their hashes into vendor.lock.

    .venv/bin/python deploy/vendor.py           # fetch what the lock names, write the files, renew the hashes
    .venv/bin/python deploy/vendor.py --check   # fetch again and compare with the lock; write nothing

To move to another release, change its `version` in server/static/vendor/vendor.lock and run the first line.
Needs npm (for `npm pack` only: nothing is installed and no package script is run).
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent / "server" / "static"
LOCK = STATIC / "vendor" / "vendor.lock"


def main(arguments: list[str] | None = None) -> int:
    """Renew or check the vendored files; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="compare with the lock, write nothing")
    check = parser.parse_args(arguments).check

    lock = json.loads(LOCK.read_text("utf-8"))
    problems: list[str] = []
    for package in lock["packages"]:
        contents = fetch(package["name"], package["version"], [file["path"] for file in package["files"]])
        for file in package["files"]:
            content = contents[file["path"]]
            if check:
                problems += compare(file, content)
            else:
                write(file, content)
        print(f"{package['name']} {package['version']}: {len(package['files'])} files")
    if not check:
        LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", "utf-8")
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def fetch(name: str, version: str, paths: list[str]) -> dict[str, bytes]:
    """Read the files at `paths` of one npm release, from the archive that `npm pack` brings."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{name}@{version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            return {path: _member(packed, path) for path in paths}


def _member(packed: tarfile.TarFile, path: str) -> bytes:
    member = packed.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"{path} is not a file in the package")
    return member.read()


def compare(file: dict[str, Any], content: bytes) -> list[str]:
    """Say where the release or the local copy differs from the lock."""
    problems = []
    if integrity(content) != file["sha384"]:
        problems.append(f"{file['path']}: the release differs from the lock")
    if (STATIC / file["local"]).read_bytes() != content:
        problems.append(f"{file['local']}: the local copy differs from the release")
    return problems


def write(file: dict[str, Any], content: bytes) -> None:
    """Write one local copy and put its hash into the lock's entry."""
    target = STATIC / file["local"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    file["sha384"] = integrity(content)


def integrity(content: bytes) -> str:
    """
    Return the hash as Subresource Integrity writes it.

    >>> integrity(b"")
    'sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb'
    """
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


if __name__ == "__main__":
    raise SystemExit(main())
