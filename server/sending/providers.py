"""
Who carries messages: a mail server (SMTP), and any gateway for short messages that takes an HTTP POST.

What a provider answers may repeat the address, so it is never kept nor logged: a failure is told by its kind.
"""

from __future__ import annotations

import http.client
import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote_plus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.config.booking import Email, Messages, Sms
    from server.notice_texts import Message

TIMEOUT_S = 15.0
PASSWORD, SECRET = "NAVBAT_SMTP_PASSWORD", "NAVBAT_SMS_SECRET"


class NotSent(Exception):
    """
    A message could not be handed over.

    Attributes:
        reason: The kind of failure, without anything of the address.
        is_final: It would fail again: the provider refuses this address or message.
    """

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


class Provider(Protocol):
    """Hands one message over and returns when it was taken."""

    def send(self, address: str, message: Message) -> None:
        """
        Send.

        Raises:
            NotSent: It was not taken.
        """


def make_providers(
    messages: Messages, sender_name: str, environment: Mapping[str, str] = os.environ
) -> dict[str, Provider]:
    """Make the providers of a centre, by the kind of contact that they reach."""
    providers: dict[str, Provider] = {}
    if messages.email is not None:
        providers["email"] = MailProvider(messages.email, sender_name, environment.get(PASSWORD))
    if messages.sms is not None:
        providers["sms"] = SmsProvider(messages.sms, environment.get(SECRET, ""))
    return providers


class MailProvider:
    """A mail server."""

    def __init__(self, settings: Email, sender_name: str, password: str | None) -> None:
        self._settings = settings
        self._sender_name = sender_name
        self._password = password

    def send(self, address: str, message: Message) -> None:
        """Send a mail; raises NotSent."""
        try:
            with self._connect() as server:
                server.send_message(self._write(address, message), self._settings.sender, [address])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise NotSent("recipient refused", is_final=all(code >= 500 for code in codes)) from None
        except smtplib.SMTPResponseException as error:
            raise NotSent(f"SMTP {error.smtp_code}", is_final=500 <= error.smtp_code < 600) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        server: smtplib.SMTP
        if settings.security == "tls":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT_S)
        try:
            if settings.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.username and self._password:
                server.login(settings.username, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _write(self, address: str, message: Message) -> EmailMessage:
        from email.headerregistry import Address
        from email.utils import make_msgid

        host = self._settings.sender.rpartition("@")[2]
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(self._sender_name, addr_spec=self._settings.sender)
        mail["To"] = Address(addr_spec=address)
        mail["Subject"] = message.subject
        mail["Message-ID"] = make_msgid(domain=host)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        if message.calendar is not None:
            method = "CANCEL" if b"METHOD:CANCEL" in message.calendar else "PUBLISH"
            mail.add_attachment(
                message.calendar,
                maintype="text",
                subtype="calendar",
                filename="appointment.ics",
                params={"method": method, "charset": "utf-8"},
            )
        return mail


class SmsProvider:
    """A gateway for short messages: one POST for each, its body a template."""

    def __init__(self, settings: Sms, secret: str) -> None:
        self._settings = settings
        self._secret = secret

    def send(self, address: str, message: Message) -> None:
        """Send a short message; raises NotSent."""
        settings = self._settings
        escape = _in_json if settings.content_type == "application/json" else quote_plus
        values = {"to": address, "text": message.text, "secret": self._secret}
        body = settings.body.format(**{name: escape(value) for name, value in values.items()})
        headers = {name: value.replace("{secret}", self._secret) for name, value in settings.headers.items()}
        request = urllib.request.Request(
            settings.url,
            data=body.encode(),
            headers={**headers, "Content-Type": f"{settings.content_type}; charset=utf-8"},
            method="POST",
        )
        try:
            with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
                answer.read(65_536)
        except urllib.error.HTTPError as error:
            error.close()
            # Too many, and what is wrong at the gateway itself, may go better later.
            is_final = 400 <= error.code < 500 and error.code not in (401, 403, 408, 425, 429)
            raise NotSent(f"HTTP {error.code}", is_final=is_final) from None
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(type(error).__name__) from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A message with its secret goes where it was configured to, and nowhere else."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


def _in_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
