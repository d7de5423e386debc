"""
The offline verifier: checks an exported day with nothing but the file and the log's public key.

It imports the rules and the signatures only, never the database, the configuration or the server, so that whoever
doubts the operator need not trust what the operator runs.
"""

from __future__ import annotations

from server.verifying.checking import verify
from server.verifying.report import Report

__all__ = ["Report", "verify"]
