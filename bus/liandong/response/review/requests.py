"""The other errands: referrals, aid, ownership of the incident, reports and questions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from liandong.contracts import (
    AidAnswer,
    AidAnswered,
    AidCommitted,
    AidRequested,
    AvailabilityAsked,
    Deadline,
    Envelope,
    IncidentOwnershipOffered,
    ReferralOffered,
    ReportDue,
)
from liandong.response.review.errands import Draft
from liandong.response.review.model import Ending, Kind
from liandong.response.review.timeline import Words
from liandong.response.review.towards import whole

# What is said of an errand, by event: how it ends with that; empty where it goes on.
_ANSWERS: dict[str, Ending] = {
    "referral.accepted": "",
    "referral.progressed": "",
    "referral.disputed": "",
    "referral.returned": "returned",
    "referral.closed": "done",
    "aid.answered": "",
    "aid.committed": "",
    "availability.answered": "done",
    "incident.ownership_accepted": "done",
    "incident.ownership_refused": "refused",
    "report.filed": "done",
}
_NAMES = ("referral_id", "request_id", "question_id", "offer_id", "report_id")


class Requests:
    """Folds what is asked otherwise than by an order; one errand for each agency that is asked."""

    def __init__(self, words: Words) -> None:
        """Know nothing yet; words say what an event says."""
        self._words = words
        self.drafts: list[Draft] = []
        self._open: dict[str, list[Draft]] = {}

    def take(self, event: Envelope) -> None:
        """Take in the next event."""
        match event.data:
            case ReferralOffered() as offer:
                self._ask(event, "referral", offer.referral_id, [offer.to_agency or ""])
                self._due(offer.referral_id, Deadline.COMPLETION, offer.expected_datetime)
            case AidRequested() as request:
                asked = _asked(request.asked_agencies, request.asked_regions, request.lender)
                self._ask(event, "aid", request.request_id, asked)
                self._due(request.request_id, Deadline.ACCEPTANCE, request.answer_by)
            case AvailabilityAsked() as question:
                asked = _asked(question.asked_agencies, question.asked_regions, None)
                self._ask(event, "question", question.question_id, asked)
                self._due(question.question_id, Deadline.ACCEPTANCE, question.answer_by)
            case IncidentOwnershipOffered() as offer:
                self._ask(event, "ownership", offer.offer_id, [offer.offered_to])
                self._due(offer.offer_id, Deadline.ACCEPTANCE, offer.answer_by)
            case ReportDue() as report:
                self._ask(event, "report", report.report_id, [report.reporter])
                self._due(report.report_id, Deadline.COMPLETION, report.due)
            case _:
                self._answer(event)

    def _ask(self, event: Envelope, kind: Kind, name: str, agencies: Iterable[str]) -> None:
        """Ask; who was asked for the same before and has not ended it is not asked anew."""
        known = self._open.setdefault(name, [])
        for agency in agencies:
            if any(draft.agency == agency and not draft.over for draft in known):
                continue
            what = self._words.gist((event.data,))
            draft = Draft(kind, name, str(event.source), agency, event.time, what=what)
            known.append(draft)
            self.drafts.append(draft)

    def _due(self, name: str, deadline: Deadline, due: datetime | None) -> None:
        """Say when an answer is due; asking again may give more time."""
        for draft in self._open[name]:
            if due and not draft.over:
                draft.due = [(deadline, due)]

    def _answer(self, event: Envelope) -> None:
        name = next((n for f in _NAMES if (n := getattr(event.data, f, None))), "")
        if name not in self._open:
            return
        if event.data.event == "aid.released":
            self._release(name, event)
            return
        if event.data.event not in _ANSWERS:
            return
        draft = self._answerer(name, str(event.source))
        draft.step(event.data.event.partition(".")[2], event.time)
        if ending := _ANSWERS[event.data.event] or _refused(event.data):
            draft.end(ending, event.time)

    def _answerer(self, name: str, agency: str) -> Draft:
        """Return the errand of who answers: asked by name, or in its region, or with everybody."""
        drafts = self._open[name]
        if agency == drafts[-1].asked_by:
            return drafts[-1]
        for asked in (agency, whole(agency.partition("/")[0]), ""):
            for draft in reversed(drafts):
                if draft.agency == asked and not draft.over:
                    draft.agency = agency
                    return draft
        first = drafts[-1]
        if first.kind not in {"aid", "question"}:
            return first
        own = Draft(first.kind, name, first.asked_by, agency, first.asked, what=first.what)
        own.due = list(first.due)
        drafts.append(own)
        self.drafts.append(own)
        return own

    def _release(self, name: str, event: Envelope) -> None:
        lender = getattr(event.data, "lender", None)
        for draft in self._open[name]:
            if draft.agency == lender and getattr(event.data, "complete", False):
                draft.end("released", event.time)


def _asked(agencies: tuple[str, ...], regions: tuple[str, ...], one: str | None) -> list[str]:
    named = [*agencies, *filter(None, (one,)), *map(whole, regions)]
    return list(dict.fromkeys(named)) or [""]


def _refused(answer: Any) -> Ending:
    """Say whether an answer to a request for aid declines every line of it."""
    if not isinstance(answer, AidAnswered | AidCommitted) or not answer.lines:
        return ""
    declined = all(line.response.answer is AidAnswer.DECLINE for line in answer.lines)
    return "refused" if declined else ""
