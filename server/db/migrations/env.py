"""Where Alembic runs the migrations: on the connection that the command line hands it."""

from __future__ import annotations

from alembic import context

import server.db.availability  # adds its table
import server.db.forecasts  # adds the table of the shared forecast
import server.db.ledger  # adds the tables of the log
import server.db.outreach  # noqa: F401  # and those of visits at home
from server.db.models import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
