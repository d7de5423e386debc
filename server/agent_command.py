"""`navbat agent`: run a print agent until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
from typing import TYPE_CHECKING

from printing.errors import UnsupportedTransport
from printing.transports import check_uri
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
    if not token:
        raise StartError("the agent needs its device's token: set NAVBAT_DEVICE_TOKEN, or give --token")
    try:
        check_uri(options.printer)
    except UnsupportedTransport as error:
        raise StartError(str(error)) from error
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    from kiosk.agent import Agent

    agent = Agent(server=options.server, token=token, printer=options.printer, folder=options.data_dir)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: agent.stop())
    agent.run()
    return 0
