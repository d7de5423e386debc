"""What `--help` tells: every command what it does, every argument what it is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from server.cli import _parser, run

if TYPE_CHECKING:
    from collections.abc import Iterator


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from parsers(each)


EVERY = list(parsers(_parser()))


@pytest.mark.parametrize("parser", EVERY, ids=lambda parser: parser.prog)
def test_a_command_says_what_it_does_and_what_each_argument_is(parser: argparse.ArgumentParser) -> None:
    said = [action.help for action in parser._actions if not isinstance(action, argparse._SubParsersAction)]

    assert (parser.description or "").endswith(".")
    assert all(said)


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(["--help"])

    listed = capsys.readouterr().out
    assert stopped.value.code == 0
    assert [
        name for name in ("serve", "demo", "simulate", "check", "user", "device", "log") if name not in listed
    ] == []
