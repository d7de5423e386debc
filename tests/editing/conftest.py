"""The shipped centre as pages have it: its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.config import bundling
from tests.conftest import ROOT

if TYPE_CHECKING:
    from server.config.bundling import Files


@pytest.fixture(scope="session")
def shipped() -> Files:
    """The shipped centre; a test that changes it makes files of its own."""
    return bundling.pack(ROOT / "config.yaml")
