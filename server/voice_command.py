"""`navbat voice`: hear a call before visitors do, and see which recordings are still to be made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from server.errors import StartError

if TYPE_CHECKING:
    import argparse

    from server.config import Config


def add_commands(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add `voice say` and `voice recordings`."""
    voice = commands.add_parser("voice", help="hear calls, and list the recordings").add_subparsers(
        required=True, metavar="ACT"
    )
    say = voice.add_parser(
        "say", parents=[common], help="write a call as a sound file, and print what it says"
    )
    say.add_argument("number", help="of a ticket, such as A105")
    say.add_argument("counter", type=int, help="its number")
    say.add_argument("--language", metavar="CODE", help="one of the centre's; the first when left out")
    say.add_argument("--out", type=Path, metavar="FILE", help="the WAV file; none is written when left out")
    say.set_defaults(command=_say)

    recordings = voice.add_parser(
        "recordings", parents=[common], help="list the recordings that this centre's calls are made of"
    )
    recordings.add_argument("--language", metavar="CODE", help="one of the centre's; all when left out")
    recordings.add_argument("--missing", action="store_true", help="only those that are not there yet")
    recordings.set_defaults(command=_recordings)


def _say(options: argparse.Namespace) -> int:
    from server.settings import read_settings
    from server.spoken import announce_call
    from server.voice.speaker import make_speaker

    settings = read_settings(options)
    language = _language(settings.config, options.language) or settings.config.centre.state_language
    announcement = announce_call(options.number.upper(), options.counter, language)
    print(announcement.text)
    if options.out is None:
        return 0
    speaker = make_speaker(settings.config, settings.data_dir)
    sound = speaker.announce(announcement)
    speaker.close()
    if sound is None:
        raise StartError(f"there is no voice for {language} here: see docs/voice.md")
    options.out.write_bytes(sound)
    return 0


def _recordings(options: argparse.Namespace) -> int:
    from server.settings import read_settings
    from server.spoken import recordings_needed

    config = read_settings(options).config
    series = tuple({service.series for service in config.services})
    counters = tuple(counter.number for counter in config.counters)
    wanted = _language(config, options.language)
    folder = Path(config.voice.recordings) if config.voice.recordings else None
    for language in [wanted] if wanted else config.centre.languages:
        for piece in recordings_needed(language, series, counters):
            file = f"{language}/{piece.name}.wav"
            is_there = folder is not None and (folder / file).is_file()
            if not (options.missing and is_there):
                print(f"{file}\t{piece.words}")
    return 0


def _language(config: Config, language: str | None) -> str | None:
    if language is not None and language not in config.centre.languages:
        raise StartError(f"--language: one of {', '.join(config.centre.languages)}")
    return language
