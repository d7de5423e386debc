"""Where Alembic runs the migrations: on the connection that the command line hands it."""

from __future__ import annotations

from alembic import context

import server.db.availability
import server.db.bookings
import server.db.config_versions
import server.db.followed
import server.db.forecasts
import server.db.ledger
import server.db.messages
import server.db.outreach
import server.db.pairings
import server.db.phones  # noqa: F401  # each adds its tables
from server.db.models import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
