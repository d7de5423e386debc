"""
The day again, from its log: who waited at each call, and whom the rule would have called.

The rule is `calling.choose_next`, the function that called in the hall; the states are those of `states.py`.
"""

from __future__ import annotations

from server.domain.replay.replay import Replay
from server.domain.replay.state import Finding

__all__ = ["Finding", "Replay"]
