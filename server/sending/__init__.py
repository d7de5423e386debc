"""Brings messages to visitors, by mail or by a gateway for short messages."""

from server.sending.providers import NotSent, Provider, make_providers
from server.sending.worker import Sender

__all__ = ["NotSent", "Provider", "Sender", "make_providers"]
