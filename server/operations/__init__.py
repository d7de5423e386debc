"""The service layer: one class for a noun, one method for a verb, one transaction each, then the events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.domain.waiting import forecast
from server.operations.account_files import AccountFiles
from server.operations.accounts import Accounts
from server.operations.admitting import Admitting
from server.operations.adopting import Adopting
from server.operations.advice import Advice
from server.operations.announcing import Announcing
from server.operations.appointments import Appointments
from server.operations.boards import Boards
from server.operations.booking_limits import BookingLimits
from server.operations.check_ins import CheckIns
from server.operations.closing import Closing
from server.operations.config_versions import ConfigVersions
from server.operations.counter_views import CounterViews
from server.operations.counters import Counters
from server.operations.days import Days
from server.operations.device_desk import DeviceDesk
from server.operations.devices import Devices
from server.operations.in_force import InForce
from server.operations.issuing import Issuing
from server.operations.laboratory import Laboratory
from server.operations.ledger import Ledger
from server.operations.messages import Messages
from server.operations.notes import Notes
from server.operations.notices import Notices
from server.operations.on_phone import OnPhone
from server.operations.outreach import Outreach
from server.operations.pairing import Pairings
from server.operations.passkeys import Passkeys
from server.operations.phone_tickets import PhoneTickets
from server.operations.policies import Policies
from server.operations.presence import Presence
from server.operations.print_desk import PrintDesk
from server.operations.pushes import Pushes
from server.operations.ratings import Ratings
from server.operations.reasons import Reasons
from server.operations.reception import Reception
from server.operations.results import Results
from server.operations.room import Room
from server.operations.second_factor import SecondFactor
from server.operations.services import Services
from server.operations.sessions import Sessions
from server.operations.single_sign_on import SingleSignOn
from server.operations.slot_finding import SlotFinding
from server.operations.staff import Staff
from server.operations.statistics import Statistics
from server.operations.supervising import Supervising
from server.operations.teams import Teams
from server.operations.ticket_views import TicketViews
from server.operations.tickets import Tickets
from server.operations.touchscreens import Touchscreens
from server.operations.visits import Visits
from server.operations.waits import Waits
from server.print_jobs import PrintJobs
from server.printer_states import PrinterStates

if TYPE_CHECKING:
    from server.clock import Clock
    from server.config import Config
    from server.operations.context import Context
    from server.operations.waits import Forecaster


@dataclass(frozen=True, slots=True)
class Queue:
    """Every operation of the hall; screens and the interface talk to this and to nothing behind it."""

    context: Context
    waits: Waits
    services: Services
    tickets: Tickets
    check_ins: CheckIns
    reception: Reception
    appointments: Appointments
    notices: Notices
    outreach: Outreach
    teams: Teams
    results: Results
    counters: Counters
    visits: Visits
    boards: Boards
    announcing: Announcing
    messages: Messages
    ratings: Ratings
    statistics: Statistics
    reasons: Reasons
    presence: Presence
    phone_tickets: PhoneTickets
    pushes: Pushes
    on_phone: OnPhone
    room: Room
    notes: Notes
    advice: Advice
    laboratory: Laboratory
    supervising: Supervising
    staff: Staff
    accounts: Accounts
    account_files: AccountFiles
    in_force: InForce
    config_versions: ConfigVersions
    policies: Policies
    adopting: Adopting
    sessions: Sessions
    second_factor: SecondFactor
    passkeys: Passkeys
    single_sign_on: SingleSignOn
    devices: Devices
    device_desk: DeviceDesk
    pairings: Pairings
    days: Days
    print_jobs: PrintJobs
    print_desk: PrintDesk
    printer_states: PrinterStates
    ledger: Ledger
    closing: Closing
    touchscreens: Touchscreens

    @property
    def config(self) -> Config:
        """The centre as it was configured at the start."""
        return self.context.config

    @property
    def clock(self) -> Clock:
        """The time that operations go by."""
        return self.context.clock


def make_queue(context: Context, forecaster: Forecaster = forecast) -> Queue:
    """
    Wire the operations.

    Args:
        forecaster: Plays the hall for the waits: in this process, or beside it.
    """
    waits = Waits(context, forecaster)
    printer_states = PrinterStates(context)
    print_jobs = PrintJobs(context, waits, printer_states)
    ticket_views = TicketViews(context, waits)
    counter_views = CounterViews(context, ticket_views)
    admitting = Admitting(context, waits)
    issuing = Issuing(context, ticket_views, print_jobs, admitting)
    ledger = Ledger(context)
    counters = Counters(context, counter_views)
    tickets = Tickets(context, ticket_views, issuing)
    sessions = Sessions(context)
    staff = Staff(context)
    accounts = Accounts(context, staff, sessions)
    messages = Messages(context)
    notices = Notices(context)
    ratings = Ratings(context)
    visits = Visits(context, counters, counter_views, print_jobs)
    device_desk = DeviceDesk(context)
    config_versions = ConfigVersions(context)
    return Queue(
        context=context,
        waits=waits,
        services=Services(context, waits, admitting),
        tickets=tickets,
        check_ins=CheckIns(context, issuing),
        reception=Reception(context, ticket_views, tickets, issuing, print_jobs, notices, admitting),
        appointments=Appointments(context, SlotFinding(context), BookingLimits(context), notices),
        notices=notices,
        outreach=Outreach(context),
        teams=Teams(context, counters, visits, issuing, ratings),
        results=Results(context, notices, print_jobs),
        counters=counters,
        boards=Boards(context, waits, ledger, messages),
        messages=messages,
        announcing=Announcing(context),
        visits=visits,
        ratings=ratings,
        statistics=Statistics(context, waits),
        reasons=Reasons(context),
        presence=Presence(context),
        phone_tickets=PhoneTickets(context, ticket_views, tickets, issuing),
        pushes=Pushes(context, waits),
        on_phone=OnPhone(context, ticket_views, tickets, admitting),
        notes=Notes(context, counters),
        room=Room(context, waits, printer_states),
        advice=Advice(context, waits, forecaster),
        laboratory=Laboratory(context),
        supervising=Supervising(context, counters, visits),
        staff=staff,
        accounts=accounts,
        account_files=AccountFiles(context, accounts),
        in_force=InForce(context),
        config_versions=config_versions,
        adopting=Adopting(context, config_versions),
        policies=Policies(context),
        sessions=sessions,
        second_factor=SecondFactor(context),
        passkeys=Passkeys(context, sessions),
        single_sign_on=SingleSignOn(context, sessions),
        devices=Devices(context),
        device_desk=device_desk,
        pairings=Pairings(context, device_desk),
        days=Days(context),
        print_jobs=print_jobs,
        print_desk=PrintDesk(context, print_jobs, printer_states),
        printer_states=printer_states,
        ledger=ledger,
        closing=Closing(context, ledger, print_jobs),
        touchscreens=Touchscreens(context),
    )
