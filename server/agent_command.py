"""`navbat agent`: run a print agent until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
from typing import TYPE_CHECKING

from printing.errors import UnsupportedTransport
from printing.transports import check_uri
from server.agent_pairing import kept_token, pair
from server.errors import StartError

if TYPE_CHECKING:
    import argparse


def run_agent(options: argparse.Namespace) -> int:
    """
    Run the agent.

    Raises:
        StartError: It has no token, or an address that leads to no printer.
    """
    token = options.token or os.environ.get("NAVBAT_DEVICE_TOKEN")
    token = token or kept_token(options.data_dir)
    if not token and not options.pair:
        raise StartError(
            "the agent needs its device's token: set NAVBAT_DEVICE_TOKEN, or give --token or --pair"
        )
    try:
        check_uri(options.printer)
    except UnsupportedTransport as error:
        raise StartError(str(error)) from error
    if not token:
        token = pair(options.server.rstrip("/"), options.data_dir, lambda text: print(text, flush=True))
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    from kiosk.agent import Agent

    agent = Agent(server=options.server, token=token, printer=options.printer, folder=options.data_dir)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.stop())
    agent.run()
    return 0
