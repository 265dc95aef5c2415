"""Whom an event is for: the agencies that it names, or who had asked what it answers."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from liandong.contracts import Envelope, Subject
from liandong.contracts.errors import ContractError

# Where a contract names its recipients: fields, and fields of what stands in them.
_NAMED: Mapping[str, tuple[str, ...]] = {
    "order.issued": ("addressee.agency",),
    "order.escalated": ("addressee.agency", "escalated_from.agency"),
    "order.cancelled": ("addressees.agency",),
    "aid.requested": ("asked_agencies", "lender"),
    "aid.requisitioned": ("lender",),
    "aid.extension_asked": ("lender",),
    "aid.return_answered": ("lender",),
    "aid.released": ("lender",),
    "aid.quote_asked": ("lender",),
    "aid.offered": ("borrower",),
    "aid.answered": ("borrower",),
    "aid.committed": ("borrower",),
    "aid.extension_answered": ("borrower",),
    "aid.return_asked": ("borrower",),
    "aid.recalled": ("borrower",),
    "aid.quote_answered": ("borrower",),
    "aid.deployment_asked": ("said_to",),
    "aid.deployment_reported": ("said_to",),
    "aid.information_asked": ("said_to",),
    "aid.information_answered": ("said_to",),
    "availability.asked": ("asked_agencies",),
    "command.post_established": ("member_agencies",),
    "command.commander_assigned": ("commander.agency",),
    "command.commander_handed_over": ("to_commander.agency",),
    "exercise.started": ("agencies",),
    "exercise.injected": ("to_agencies",),
    "incident.ownership_offered": ("offered_to",),
    "incident.ownership_accepted": ("offered_by",),
    "incident.ownership_refused": ("offered_by",),
    "incident.linked": ("other_agency",),
    "incident.merged": ("other_agency",),
    "incident.split": ("other_agency",),
    "incident.participant_joined": ("agency",),
    "plan.activated": ("agencies.agency",),
    "referral.offered": ("to_agency",),
    "referral.returned": ("returned_to",),
    "referral.disputed": ("arbiter",),
    "report.due": ("reporter",),
    "report.filed": ("to_agencies",),
    "report.overdue": ("reporter", "told_agencies"),
    "risk.warning_proposed": ("proposed_to",),
    "unit.status": ("lent_to",),
}
# Regions that are asked as a whole are a party too, until somebody there answers.
_REGIONS = "asked_regions"
# What begins a thread, and the field that names it in all of its events.
_THREADS: Mapping[str, str] = {
    "order": "order_id",
    "aid": "request_id",
    "availability": "question_id",
    "plan": "activation_id",
    "referral": "referral_id",
}
_BEGIN = {
    "order.issued",
    "aid.requested",
    "availability.asked",
    "plan.activated",
    "referral.offered",
}


def whole(region: str) -> str:
    """Return how a region that is asked as a whole is named beside agencies."""
    return f"{region}/*"


class Towards:
    """Tells whom events are for; remembers who asked."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._askers: dict[tuple[str, str], str] = {}

    def of(self, event: Envelope) -> tuple[str, ...]:
        """Return the agencies that an event is for, each once; none where it is for all.

        Events must come in order: an answer is for who asked.
        """
        named = dict.fromkeys(self._named(event))
        return tuple(agency for agency in named if agency != str(event.source))

    def _named(self, event: Envelope) -> Iterator[str]:
        name = event.data.event
        yield from _values(event.data, _NAMED.get(name, ()))
        yield from map(whole, getattr(event.data, _REGIONS, ()))
        if name == "message.rejected":
            yield from _sender(event)
        if not (thread := _thread(event)):
            return
        if name in _BEGIN:
            self._askers.setdefault(thread, str(event.source))
        elif name not in _NAMED or name == "order.escalated":
            yield from filter(None, (self._askers.get(thread),))


def sender_of(subject: str) -> str:
    """Return who a NATS subject says has sent it; empty where it says nothing."""
    try:
        return str(Subject.parse(subject).agency)
    except ContractError:
        return ""


def _sender(event: Envelope) -> Iterator[str]:
    if sender := sender_of(str(getattr(event.data, "subject", ""))):
        yield sender


def _thread(event: Envelope) -> tuple[str, str] | None:
    entity = event.data.event.partition(".")[0]
    name = getattr(event.data, _THREADS.get(entity, ""), None)
    return (entity, str(name)) if name else None


def _values(value: Any, paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        yield from _at(value, path.split("."))


def _at(value: Any, path: list[str]) -> Iterator[str]:
    """Yield what stands at a path; what stands in a list, one by one."""
    if value is None:
        return
    if isinstance(value, tuple):
        for one in cast("tuple[Any, ...]", value):
            yield from _at(one, path)
    elif path:
        yield from _at(getattr(value, path[0], None), path[1:])
    else:
        yield str(value)
