"""Every table, those of the modules of their own too: for who must leave none out."""

from __future__ import annotations

import server.db.accounts
import server.db.availability
import server.db.bookings
import server.db.config_versions
import server.db.followed
import server.db.forecasts
import server.db.ledger
import server.db.messages
import server.db.notes
import server.db.outreach
import server.db.phones
import server.db.rooms  # noqa: F401  # each adds its tables
from server.db.models import metadata

__all__ = ["metadata"]
