"""The hall behind HTTP: one template database, a copy for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.hall import Caller, Hall, make_template, open_copy
from tests.conftest import FixedClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from server.config import Config

Template = tuple["Path", dict[str, Caller]]


@pytest.fixture(scope="session")
def template(config: Config, tmp_path_factory: pytest.TempPathFactory) -> Template:
    folder = tmp_path_factory.mktemp("template")
    return folder, make_template(config, FixedClock(), folder)


@pytest.fixture
def make_hall(
    config: Config, clock: FixedClock, template: Template, tmp_path: Path
) -> Iterator[Callable[..., Hall]]:
    """Open halls on copies of the template; `folder` opens one that is there already."""
    halls: list[Hall] = []

    def make(config: Config = config, *, name: str = "data", **kwargs: Any) -> Hall:
        halls.append(open_copy(config, clock, template[0], tmp_path / name, template[1], **kwargs))
        return halls[-1]

    yield make
    for hall in halls:
        hall.close()


@pytest.fixture
def hall(make_hall: Callable[..., Hall]) -> Hall:
    return make_hall()


@pytest.fixture(scope="module")
def still_hall(
    config: Config, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hall]:
    """A hall that the tests of a module share, because they change nothing in it."""
    folder = tmp_path_factory.mktemp("still")
    hall = open_copy(config, FixedClock(), template[0], folder, template[1])
    yield hall
    hall.close()
