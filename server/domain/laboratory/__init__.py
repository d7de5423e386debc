"""
The policy laboratory: a day of the log, played again under other targets, credits, quotas or counters.

Who came when, for what and with which effect of a category, how long each service took and which counters were open is
what the log says; who is called is asked of `calling.choose_next`, under the policy as it was and as it might be.
"""

from __future__ import annotations

from server.domain.laboratory.changes import Changes
from server.domain.laboratory.comparing import Comparison, Side, compare
from server.domain.laboratory.day import Day, read_day
from server.domain.laboratory.playing import Call, Played, play

__all__ = ["Call", "Changes", "Comparison", "Day", "Played", "Side", "compare", "play", "read_day"]
