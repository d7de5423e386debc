"""What is wrong in an agency's file, said to who sent it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.operations.context import View
    from server.wording import Wording


def fault_text(words: Wording, fault: View) -> str:
    """
    Say a fault of `server.domain.result_file` in the reader's language.

    >>> from server.wording import Wording
    >>> fault_text(Wording("en"), {"row": 3, "column": "reference", "key": "double", "facts": {"row": 2}})
    'The same service and reference stand in row 2 already.'
    """
    return words.text(f"collection.fault_{fault['key']}", **fault["facts"])
