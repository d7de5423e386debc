"""config.yaml and its catalogue files become one `Config`, or one list of everything that is wrong."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from server.config.assembling import assemble
from server.config.catalogue import Catalogue, read_catalogue
from server.config.paper import find_logo
from server.config.problems import ConfigErrors, ConfigProblem
from server.config.references import NAMES, check_catalogue, check_references
from server.config.sections import CatalogueFiles, read_section, read_sections
from server.config.voice import find_recordings
from server.config.yaml_reading import Document, find
from server.wording import available_languages, paper_languages

if TYPE_CHECKING:
    from server.config.equipment import Server
    from server.config.models import Config


def load(path: Path | str) -> Config:
    """
    Read a centre's configuration.

    Raises:
        ConfigErrors: Anything is wrong; holds every fault of all files at once.
    """
    path = Path(path)
    document = Document(path.name, _read_text(path))
    if document.problems:
        raise ConfigErrors(document.problems)
    languages = available_languages()
    check_references(document, languages, paper_languages())
    _keep_languages(document.data)
    find_logo(document, path.parent)
    find_recordings(document, path.parent)
    sections = read_sections(document)
    catalogue = _read_catalogue(document, path.parent, sections["catalogue"], languages)
    tables = catalogue.tables if catalogue else ()
    problems = [*document.problems, *(problem for table in tables for problem in table.problems)]
    if problems or catalogue is None:
        raise ConfigErrors(problems)
    return assemble(document.data, sections, catalogue)


def config_digest(config: Config) -> str:
    """
    Name the content of a configuration by its SHA-256 in hexadecimal.

    Comments, order of keys and where the server runs make no difference; what a visitor or an official would notice
    does.
    """
    content = without_places(config)
    del content["server"]
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def without_places(config: Config) -> dict[str, Any]:
    """Give every value of a configuration, of files that it names only their names, wherever they lie."""
    values = config.model_dump(mode="json")
    for section, key in (("paper", "logo"), ("voice", "recordings")):
        if values[section].get(key):
            values[section][key] = Path(values[section][key]).name
    return values


def load_server(path: Path) -> tuple[Server, str | None]:
    """
    Read of a configuration only where the program runs, and which centre it is.

    Raises:
        ConfigErrors: The file cannot be read, or there is a fault in `server`.
    """
    document = Document(path.name, _read_text(path))
    if document.problems:
        raise ConfigErrors(document.problems)
    server = read_section(document, "server")
    centre = document.data.get("centre")
    key = centre.get("key") if isinstance(centre, dict) else None
    if document.problems:
        raise ConfigErrors(document.problems)
    return server, key if isinstance(key, str) else None


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        message, line = f"cannot be read: {(error.strerror or str(error)).lower()}", 1
    except UnicodeDecodeError as error:
        message, line = (
            f"not UTF-8: byte 0x{content[error.start]:02x}",
            content.count(b"\n", 0, error.start) + 1,
        )
    raise ConfigErrors([ConfigProblem(path.name, line, 1, "", message)])


def _read_catalogue(
    document: Document, folder: Path, files: CatalogueFiles | None, available: tuple[str, ...]
) -> Catalogue | None:
    if files is None:
        return None
    shown_as = files.model_dump()
    languages = [each for _, each in find(document.data, "centre.languages.*") if str(each) in available]
    catalogue = read_catalogue({name: folder / file for name, file in shown_as.items()}, shown_as, languages)
    check_catalogue(document, catalogue)
    return catalogue


def _keep_languages(data: Any) -> None:
    """Drop the names in languages that the centre does not use, and put the others in its order."""
    languages = [
        language
        for pattern in ("centre.languages.*", "paper.languages.*")
        for _, language in find(data, pattern)
        if isinstance(language, str)
    ]
    for pattern in NAMES:
        for _, names in find(data, pattern):
            if isinstance(names, dict):
                kept = {language: names[language] for language in languages if language in names}
                names.clear()
                names.update(kept)
