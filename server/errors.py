"""Everything that Navbat refuses on purpose, each error with the facts that explain it."""

from __future__ import annotations

from typing import Any, ClassVar


class QueueError(Exception):
    """
    Base of every error that Navbat raises on purpose.

    Attributes:
        key: Names the error in the catalogues (`errors.<key>`) and in the `type` of a problem answer.
        status: The HTTP status that a screen or the interface answers with.
        facts: What the sentence needs, by name; never personal data.
    """

    key: ClassVar[str] = "bad_request"
    status: ClassVar[int] = 400

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message or self.key)
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.args[0]} ({facts})" if facts else str(self.args[0])


class BadInput(QueueError):
    """A field of a request that cannot be; `field` names it."""

    key, status = "bad_input", 422


class NotSignedIn(QueueError):
    """No caller, or one whose token is unknown, ended or revoked."""

    key, status = "not_signed_in", 401


class LaboratoryBusy(QueueError):
    """A trial is being played; the next one waits for its turn."""

    key, status = "laboratory_busy", 503


class SignInFailed(QueueError):
    """Unknown name or wrong password; which of the two is never said."""

    key, status = "sign_in_failed", 401


class SecondFactorNeeded(QueueError):
    """The password was right, and this account asks for a code besides; carries `user`."""

    key, status = "second_factor_needed", 401


class SecondFactorWrong(QueueError):
    """A code that is wrong, too old, or was used before."""

    key, status = "second_factor_wrong", 401


class PasskeyRefused(QueueError):
    """A passkey that is unknown, or whose signature does not fit."""

    key, status = "passkey_refused", 401


class SingleSignOnFailed(QueueError):
    """The provider did not say who it is, or somebody without an account here."""

    key, status = "single_sign_on_failed", 401


class NotAllowed(QueueError):
    """A known caller who may not do this."""

    key, status = "not_allowed", 403


class NotSameOrigin(NotAllowed):
    """An unsafe request that another site sent, or one without its CSRF token."""

    key = "not_same_origin"


class SignInIncomplete(NotAllowed):
    """Base of what an account still lacks before it may do anything."""


class PasswordMustChange(SignInIncomplete):
    """The password was given by somebody else, and must be changed first."""

    key = "password_must_change"


class SecondFactorMissing(SignInIncomplete):
    """The role needs a second factor, and the account has none yet."""

    key = "second_factor_missing"


class NotFound(QueueError):
    """Base of what is not there."""

    key, status = "not_found", 404


class TicketNotFound(NotFound):
    """No ticket has this token, code or number."""

    key = "ticket_not_found"


class CounterNotFound(NotFound):
    """No counter of this centre has this number."""

    key = "counter_not_found"


class ServiceNotFound(NotFound):
    """No service of this centre has this key."""

    key = "service_not_found"


class ZoneNotFound(NotFound):
    """No zone of this centre has this key."""

    key = "zone_not_found"


class DisplayNotFound(NotFound):
    """No display of this centre has this key."""

    key = "display_not_found"


class RatingNotFound(NotFound):
    """No served service has this rating token."""

    key = "rating_not_found"


class DeviceNotFound(NotFound):
    """No device has this token, or it was revoked."""

    key = "device_not_found"


class AccountNotFound(NotFound):
    """Nobody here has this account, or none that this caller answers for."""

    key = "account_not_found"


class SessionNotFound(NotFound):
    """Nobody here has this session, or it has ended."""

    key = "session_not_found"


class PasskeyNotFound(NotFound):
    """The account has no such passkey."""

    key = "passkey_not_found"


class MessageNotFound(NotFound):
    """No message of the boards has this number."""

    key = "message_not_found"


class PairingUnknown(NotFound):
    """No device shows this code, or not any more."""

    key = "pairing_unknown"


class PairingEnded(QueueError):
    """The code of a new device was not typed in time."""

    key, status = "pairing_ended", 410


class Conflict(QueueError):
    """Base of what cannot be now, though it may have been possible a moment ago."""

    key, status = "conflict", 409


class TicketStateError(Conflict):
    """The ticket's state does not allow the act; carries `state` and `action`."""

    key = "ticket_state"


class CounterStateError(Conflict):
    """The counter's state does not allow the act; carries `state` and `action`."""

    key = "counter_state"


class CounterTaken(Conflict):
    """Another official is at this counter; carries `counter`."""

    key = "counter_taken"


class TicketInHand(Conflict):
    """The counter has a ticket in hand; carries `number`."""

    key = "ticket_in_hand"


class NoTicketInHand(Conflict):
    """The act needs a ticket in hand and there is none; carries `action`."""

    key = "no_ticket_in_hand"


class RecallTooEarly(Conflict):
    """The visitor must be given time first; carries `recall_at`."""

    key = "recall_too_early"


class RecallLimit(Conflict):
    """The ticket was called as often as the policy allows; carries `limit`."""

    key = "recall_limit"


class CentreClosed(Conflict):
    """The centre issues no tickets now; carries `opens_at` or None."""

    key = "centre_closed"


class NotWalkIn(Conflict):
    """The service takes no visitors without an appointment or a finished result; carries `service`."""

    key = "not_walk_in"


class ServiceClosed(Conflict):
    """The service takes no walk-ins today; carries `service`."""

    key = "service_closed"


class QueueFull(Conflict):
    """As many wait as may; carries `service`."""

    key = "queue_full"


class ClosingSoon(QueueFull):
    """Who came now would not be served before closing; carries `service` and `closes_at`."""

    key = "closing_soon"


class WrongCode(QueueError):
    """The code of the staff menu is another, or what it opened has ended."""

    key, status = "wrong_code", 401


class RejoinTooLate(Conflict):
    """A missed call cannot be made good any more; carries `grace_minutes`."""

    key = "rejoin_too_late"


class PresenceNotAsked(NotFound):
    """The centre gives no tickets on phones, so that no code proves anything."""

    key = "presence_not_asked"


class PresenceUnknown(NotFound):
    """A code that no board has shown within the last hour."""

    key = "presence_unknown"


class PresenceLate(QueueError):
    """A code that a board has shown, too long ago to prove that somebody is in the hall now."""

    key, status = "presence_late", 410


class PresenceNeeded(Conflict):
    """Only who is in the hall may do this, and it was not proved."""

    key = "presence_needed"


class PhoneHasTicket(Conflict):
    """One ticket at a time for each phone; carries `number`."""

    key = "phone_has_ticket"


class RemoteFull(Conflict):
    """As many are on the way as the centre lets in; `of` tells whether for the service or from the address."""

    key = "remote_full"


class RemoteMissed(Conflict):
    """This phone's visitor did not come to tickets from afar too often today; carries `n`."""

    key = "remote_missed"


class CodeOld(QueueError):
    """A code on the slip of an earlier day; carries `day`."""

    key, status = "code_old", 410


class CodeOfAppointment(Conflict):
    """A code that is an appointment's, not a ticket's: it is to be checked in."""

    key = "code_of_appointment"


class CodeOfResult(Conflict):
    """A code that is a finished result's, not a ticket's: it is to be checked in."""

    key = "code_of_result"


class CodeOfOtherCentre(NotFound):
    """Another centre gave the code; carries its names as `centre`."""

    key = "code_of_other_centre"


class AppointmentEarly(Conflict):
    """An appointment comes before its window; carries `come_at`."""

    key = "appointment_early"


class UnknownCode(NotFound):
    """No appointment and no finished result has this code."""

    key = "code_unknown"


class CodeUsed(Conflict):
    """The code was checked in."""

    key = "code_used"


class EvidenceNotSeen(BadInput):
    """Priority is given after the evidence was looked at."""

    key = "evidence_not_seen"


class PriorityGiven(Conflict):
    """The ticket has this priority already."""

    key = "priority_given"


class OfOutreach(Conflict):
    """A visit at home is planned and changed on the outreach plan, not in the hall."""

    key = "of_outreach"


class CodeCancelled(Conflict):
    """The appointment of the code was cancelled, or its result withdrawn."""

    key = "code_cancelled"


class CodeExpired(QueueError):
    """The day of the appointment, or the time in which the result could be collected, is over."""

    key, status = "code_expired", 410


class CodeOfAnother(Conflict):
    """The code is one of another centre; carries its `names` and its key `centre`."""

    key = "code_of_another"


class AppointmentNotFound(NotFound):
    """No appointment has this token or key."""

    key = "appointment_not_found"


class ResultNotFound(NotFound):
    """No result that is ready has this key."""

    key = "result_not_found"


class NotBookable(Conflict):
    """The service takes no appointments here; carries `service`."""

    key = "not_bookable"


class SlotTaken(Conflict):
    """The time is not free, or not any more."""

    key = "slot_taken"


class OutreachNotFound(NotFound):
    """No request for a visit at home has this token or key, or no team this key."""

    key = "outreach_not_found"


class OutreachStateError(Conflict):
    """The request's state does not allow the act; carries `state` and `action`."""

    key = "outreach_state"


class VisitPlanned(Conflict):
    """Another visit is planned for this team at this time."""

    key = "visit_planned"


class BookingLimit(Conflict):
    """This contact or phone has as many appointments as it may; carries `limit`."""

    key = "booking_limit"


class BookingDayLimit(Conflict):
    """This contact or phone has made as many appointments today as it may; carries `limit`."""

    key = "booking_day_limit"


class BookingBlocked(Conflict):
    """This contact or phone has missed too many appointments; carries `until_at`."""

    key = "booking_blocked"


class MoveLimit(Conflict):
    """The appointment was moved as often as it can be; carries `limit`."""

    key = "move_limit"


class AppointmentStateError(Conflict):
    """The appointment's state does not allow the act; carries `state` and `action`."""

    key = "appointment_state"


class ResultStateError(Conflict):
    """The result's state does not allow the act; carries `state` and `action`."""

    key = "result_state"


class ResultKnown(Conflict):
    """The service has announced a result of this reference already; carries `reference`."""

    key = "result_known"


class NotThen(Conflict):
    """The team does not go out at this time, or it is past."""

    key = "not_then"


class TooManyRequests(Conflict):
    """So many requests are open under one telephone that another would be one too many; carries `open_requests`."""

    key = "too_many_requests"


class UsernameTaken(Conflict):
    """Somebody signs in by this name already; names of disabled accounts stay theirs."""

    key = "username_taken"


class LastAdmin(Conflict):
    """Without this account nobody could administer the whole centre."""

    key = "last_admin"


class OwnAccount(Conflict):
    """What nobody does to their own account by the administration: their own page asks for the password first."""

    key = "own_account"


class NotManagedHere(Conflict):
    """The configuration is managed in config.yaml, and not on pages."""

    key = "not_managed_here"


class DraftConflict(Conflict):
    """Somebody else changed the draft of the configuration meanwhile, published it, or discarded it."""

    key = "draft_conflict"


class NothingChanged(Conflict):
    """What is to be published is what is in force."""

    key = "nothing_changed"


class NotRewritten(QueueError):
    """A change of the configuration would not be read as what was meant; nothing was written."""

    key, status = "not_rewritten", 422


class VersionNotFound(NotFound):
    """There is no such version of the configuration."""

    key = "version_not_found"


class NotServedHere(Conflict):
    """The counter with its official does not serve the ticket's service; carries `service`."""

    key = "not_served_here"


class AlreadyRated(Conflict):
    """One vote to a served visit, and it was given."""

    key = "already_rated"


class RatingEnded(QueueError):
    """The days in which the visit could be rated are over."""

    key, status = "rating_ended", 410


class PrintJobNotFound(NotFound):
    """No print job has this number."""

    key = "print_job_not_found"


class PrinterNotFound(NotFound):
    """The centre has no printer of this key."""

    key = "printer_not_found"


class PrintJobStateError(Conflict):
    """That cannot be done with a job in this state."""

    key = "print_job_state"


class IdempotencyMismatch(QueueError):
    """The same `Idempotency-Key` came with another body."""

    key, status = "idempotency_mismatch", 422


class TooMany(QueueError):
    """More attempts than the limit allows."""

    key, status = "too_many", 429


class StartError(QueueError):
    """The server cannot start as it was asked to; the message says what to mend."""

    key, status = "start", 500
