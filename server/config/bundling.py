"""
A centre's configuration as one file: config.yaml as it was written, with all that it names beside it.

The text stays what people wrote, with its comments: only the places of files in it are written anew.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import yaml  # type: ignore[import-untyped]

from server.config.loading import load, load_server, without_places
from server.config.problems import ConfigErrors
from server.config.text_edits import put, without
from server.config.yaml_reading import Document
from server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from server.config.models import Config
    from server.config.problems import ConfigProblem

CONFIG = "config.yaml"
MAX_BYTES = 200_000_000
# The same in every bundle, so that two of the same centre are the same file.
ALWAYS = (2000, 1, 1, 0, 0, 0)

Files = dict[str, bytes]
"""What a bundle holds, by names such as "catalogue/services.csv"."""


def pack(path: Path) -> Files:
    """
    Gather a configuration and every file that it names.

    Raises:
        ConfigErrors: It has a fault.
    """
    config = load(path)
    text = path.read_bytes().decode("utf-8-sig")
    files: Files = {}
    places: list[tuple[int, int, str]] = []
    for key, node in _named_files(text):
        source = path.parent / node.value
        name = f"{key[0]}/{source.name}"
        places.append((node.start_mark.index, node.end_mark.index, name))
        if source.is_dir():
            held = sorted(each for each in source.rglob("*") if each.is_file())
            files |= {f"{name}/{each.relative_to(source).as_posix()}": each.read_bytes() for each in held}
        else:
            files[name] = source.read_bytes()
    for start, end, name in sorted(places, reverse=True):
        text = f"{text[:start]}{json.dumps(name)}{text[end:]}"
    files = {CONFIG: text.encode(), **files}
    with TemporaryDirectory() as folder:
        if differing := differences(config, _load_in(files, Path(folder))):
            raise StartError(f"{path}: could not be gathered: {', '.join(differing)} would differ")
    return files


def to_zip(files: Files) -> bytes:
    """Write a bundle; the same files make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, ALWAYS), content, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def from_zip(data: bytes) -> Files:
    """
    Read a bundle.

    Raises:
        StartError: It is none, or not one that may be unpacked: too large, or with names that lead elsewhere.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            held = [each for each in packed.infolist() if not each.is_dir()]
            if sum(each.file_size for each in held) > MAX_BYTES:
                raise StartError(f"it holds more than {MAX_BYTES // 1_000_000} MB")
            files = {_checked(each.filename): packed.read(each) for each in held}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise StartError("it is no bundle that `navbat config export` has written") from error
    if CONFIG not in files:
        raise StartError(f"there is no {CONFIG} in it")
    return files


def load_files(files: Files) -> Config:
    """
    Read a configuration from a bundle as from files, for one look at it: a logo of it is gone afterwards.

    Raises:
        ConfigErrors: Every fault, as `load` names them; or a file is named that is not in the bundle.
    """
    if outside := _outside(files):
        raise ConfigErrors(outside)
    with TemporaryDirectory() as folder:
        return _load_in(files, Path(folder))


def install(files: Files, path: Path, now: datetime) -> Path | None:
    """
    Put a bundle in the place of a configuration, which is kept beside it.

    Returns:
        What was there before, as a bundle; None where nothing was.

    Raises:
        ConfigErrors: The bundle has a fault, or what is there now has: nothing is changed then.
    """
    load_files(files)
    before = pack(path) if path.exists() else None
    stamp = _unused(path.parent, f"{now:%Y%m%d-%H%M%S}")
    kept = None
    if before is not None:
        kept = path.parent / f"{path.stem}-before-{stamp}.zip"
        kept.write_bytes(to_zip(before))
        kept.chmod(0o600)
    # config.yaml last: until then the old one stands, and names nothing of the new.
    for name in sorted(files, key=lambda name: name == CONFIG):
        if name == CONFIG:
            _put(path, _renamed(files, stamp))
        else:
            first, slash, rest = name.partition("/")
            _put(path.parent / (f"{first}-{stamp}/{rest}" if slash else name), files[name])
    return kept


def differences(before: Config, after: Config) -> list[str]:
    """Name the sections in which two configurations differ, wherever the files that they name lie."""
    old, new = (without_places(each) for each in (before, after))
    return [name for name in old if old[name] != new[name]]


def is_managed_on_pages(path: Path) -> bool:
    """
    Tell whether config.yaml leaves all but `server` to the pages.

    Raises:
        ConfigErrors: It cannot be read, or there is a fault in `server`.
    """
    return load_server(path)[0].managed == "pages"


def with_server(files: Files, path: Path) -> Files:
    """Give a version the `server` section of a config.yaml, as files that hold everything and are managed as files."""
    _, server = without(path.read_bytes().decode("utf-8-sig"), "server")
    text = files[CONFIG].decode("utf-8-sig").rstrip("\n")
    text = put(f"{text}\n\n{server}", ("server", "managed"), "file")
    return {**files, CONFIG: text.encode()}


def unpack(files: Files, folder: Path) -> Path:
    """Write the files into a folder of their own, readable by this user only; returns the config.yaml there."""
    for name, content in files.items():
        target = folder / name
        if not target.exists() or target.read_bytes() != content:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}.{os.getpid()}.part")
            part.touch(mode=0o600)
            part.write_bytes(content)
            part.replace(target)
    return folder / CONFIG


def _named_files(text: str) -> Iterator[tuple[tuple[str, str], yaml.ScalarNode]]:
    """Find where config.yaml names files: each with its section and key."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    sections = {key.value: value for key, value in root.value}
    for section, keys in (("catalogue", None), ("paper", ("logo",)), ("voice", ("recordings",))):
        node = sections.get(section)
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            is_null = value.tag.endswith(":null")
            if (keys is None or key.value in keys) and isinstance(value, yaml.ScalarNode) and not is_null:
                yield (section, key.value), value


def _outside(files: Files) -> list[ConfigProblem]:
    """List where files of this machine are named, which whoever writes a bundle may not read."""
    try:
        text = files[CONFIG].decode("utf-8-sig")
    except UnicodeDecodeError:
        return []  # the loader says it better
    document = Document(CONFIG, text)
    if document.problems:
        return []
    found = []
    for path, node in _named_files(text):
        name = node.value
        is_inside = not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts
        if not is_inside:
            message = f"there is no {name} among the files of this configuration"
            found.append(document.problem(path, message, kind="no_file", value=name))
    return found


def _put(target: Path, content: bytes) -> None:
    """Write a file in one step, for those who could read what was there before."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(content)
    if target.exists():
        was = target.stat()
        part.chmod(was.st_mode & 0o777)
        with suppress(PermissionError):  # whoever is not root owns it already, or may not give it away
            os.chown(part, was.st_uid, was.st_gid)
    part.replace(target)


def _unused(folder: Path, stamp: str) -> str:
    """Find a stamp that nothing here has yet: two imports may come within a second."""
    free, count = stamp, 1
    while any(folder.glob(f"*-{free}*")):
        count += 1
        free = f"{stamp}-{count}"
    return free


def _renamed(files: Mapping[str, bytes], stamp: str) -> bytes:
    """Let config.yaml name its files in the folders of this import, so that no file of before is written over."""
    text = files[CONFIG].decode("utf-8-sig")
    for _, node in sorted(_named_files(text), key=lambda each: -each[1].start_mark.index):
        first, slash, rest = node.value.partition("/")
        if slash:
            name = json.dumps(f"{first}-{stamp}/{rest}")
            text = f"{text[: node.start_mark.index]}{name}{text[node.end_mark.index :]}"
    return text.encode()


def _load_in(files: Files, folder: Path) -> Config:
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return load(folder / CONFIG)


def _checked(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not path.parts:
        raise StartError(f"`{name}` in it leads elsewhere")
    return name
