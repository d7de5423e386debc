"""What is wrong with a configuration, said so that it can be mended at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from server.errors import QueueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """
    One fault in one place.

    In a YAML file `column` counts characters; in a CSV file it is the number of the field. Both and `line` start at 1.

    Attributes:
        kind: Which fault, where pages have a sentence for it in every language (`edit.fault_<kind>`); empty: they show
            the message.
        facts: What that sentence needs.
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    suggestion: str | None = None
    kind: str = field(default="", compare=False)
    facts: Mapping[str, object] = field(default_factory=dict, compare=False, hash=False)

    def __str__(self) -> str:
        """
        >>> str(ConfigProblem("config.yaml", 7, 5, "prnters", "unknown key", "did you mean `printers`?"))
        'config.yaml:7:5: prnters: unknown key (did you mean `printers`?)'
        """
        place = ":".join([self.file, str(self.line), str(self.column)])
        subject = f"{self.key}: " if self.key else ""
        hint = f" ({self.suggestion})" if self.suggestion else ""
        return f"{place}: {subject}{self.message}{hint}"


class ConfigErrors(QueueError):
    """The configuration cannot be used; every fault that was found is in `problems`, in reading order."""

    key, status = "config", 500

    def __init__(self, problems: Iterable[ConfigProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.file, p.line, p.column, p.key)))
        super().__init__("the configuration cannot be used", problems=self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def closest(word: object, known: Iterable[object]) -> str | None:
    """
    Suggest the known word that was most likely meant.

    >>> closest("prnters", ["zones", "printers"])
    'did you mean `printers`?'
    >>> closest("xyz", ["zones"]) is None
    True
    """
    # Half of the letters in common is enough: a wrong hint costs a glance, a missing one a search.
    matches = get_close_matches(str(word), [str(each) for each in known], n=1, cutoff=0.55)
    return f"did you mean `{matches[0]}`?" if matches else None
