"""Messages of mutual aid, made up and short: what borrowers and lenders say in tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.contracts import (
    RESPONSE_OF_ANSWER,
    Agency,
    AidAnswer,
    AidAnswered,
    AidCommitted,
    AidDeploymentReported,
    AidExtensionAnswered,
    AidExtensionAsked,
    AidRecalled,
    AidReleased,
    AidRequested,
    AidRequisitioned,
    AidReturnAnswered,
    AidReturnAsked,
    Envelope,
    Event,
)
from liandong.response.agreements import Agreements
from liandong.response.concern import Say

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
LZ, QS, YP, BH = (
    "lz/emergency/linzhou-bureau",
    "qs/emergency/qingshan-bureau",
    "yp/emergency/yunping-bureau",
    "bh/emergency/baihe-bureau",
)
DESK = "lz/hub/liandong"
REQUEST = "lz-aid-1"

Data = dict[str, Any]


def terms(agency: str, ring: int, **more: Any) -> Data:
    """Return an agreement by which Linzhou may ask an agency of another region."""
    region = agency.partition("/")[0]
    return {
        "agreement_id": f"lz-{region}",
        "from_region": "lz",
        "to_region": region,
        "agencies": [agency],
        "ring": ring,
        **more,
    }


AGREEMENTS = Agreements.model_validate(
    {
        "answer_within_s": 600,
        "agreement": [terms(QS, 1, travel_s=3000), terms(YP, 1), terms(BH, 2)],
    }
)


def at(minutes: float) -> datetime:
    """Return a moment so many minutes after the start."""
    return START + timedelta(minutes=minutes)


def enveloped(by: str, minutes: float, event: Event) -> Envelope:
    """Return an event as an agency says it."""
    return Envelope(source=Agency.parse(by), time=at(minutes), area="cn.99.01", data=event)


def said(say: Say) -> Envelope:
    """Return what a desk owes, as it comes back out of the log."""
    return Envelope(source=Agency.parse(DESK), time=say.time, area=say.cause.area, data=say.event)


def needed(line_id: str = "1", amount: float = 2, *, by: float | None = 90, **more: Any) -> Data:
    """Return a line that asks for hazmat teams."""
    arrival = [] if by is None else [{"type": "RequestedArrival", "time": at(by)}]
    return {
        "line_id": line_id,
        "schedule": arrival,
        "resource": {"name": "Hazmat team", "resource_type": "HazMatTeam"},
        "assignment": {"quantity": {"amount": amount}},
        **more,
    }


def requested(minutes: float = 0, *lines: Data, answer_by: float = 15, **more: Any) -> Envelope:
    """Return Linzhou's request, answers due so many minutes after the start."""
    data = {
        "request_id": REQUEST,
        "message_id": f"LZ-{minutes:g}",
        "borrower": LZ,
        "lines": lines or [needed()],
        "answer_by": at(answer_by),
    }
    return enveloped(LZ, minutes, AidRequested.model_validate(data | more))


def _granted(
    answer: str, line: str, unit: str | None, amount: float | None, times: dict[str, float]
) -> Data:
    word = AidAnswer(answer)
    response: Data = {
        "to_line_id": line,
        "answer": word,
        "response_type": RESPONSE_OF_ANSWER[word],
        "reason": "a reason",
    }
    if word is AidAnswer.DEFERRED:
        response["deferred_until"] = at(times.pop("until"))
    return {
        "line_id": f"{unit or 'x'}-{line}",
        "response": response,
        "schedule": [{"type": name, "time": at(m)} for name, m in times.items()],
        "resource": {"unit_id": unit, "name": unit or "goods"},
        "assignment": None if amount is None else {"quantity": {"amount": amount}},
    }


def answered(
    by: str,
    minutes: float,
    answer: str = "accept",
    unit: str | None = None,
    amount: float | None = 1,
    *,
    line: str = "1",
    **times: float,
) -> Envelope:
    """Return a lender's answer to one line."""
    data = {
        "request_id": REQUEST,
        "message_id": f"A-{by[:2]}-{minutes:g}",
        "preceding_message_id": "LZ-0",
        "lender": by,
        "lines": [_granted(answer, line, unit, amount, times)],
    }
    return enveloped(by, minutes, AidAnswered.model_validate(data))


def committed(
    by: str,
    minutes: float,
    unit: str | None = None,
    amount: float | None = 1,
    *,
    line: str = "1",
    answer: str = "accept",
    request_id: str = REQUEST,
    **times: float,
) -> Envelope:
    """Return a lender's commitment to one line."""
    data = {
        "request_id": request_id,
        "message_id": f"C-{by[:2]}-{minutes:g}-{unit}",
        "preceding_message_id": "LZ-0",
        "lender": by,
        "borrower": LZ,
        "lines": [_granted(answer, line, unit, amount, times)],
    }
    return enveloped(by, minutes, AidCommitted.model_validate(data))


def _of(unit: str, times: dict[str, float], amount: float | None = None) -> Data:
    return {
        "line_id": unit,
        "schedule": [{"type": name, "time": at(m)} for name, m in times.items()],
        "resource": {"unit_id": unit or None},
        "assignment": None if amount is None else {"quantity": {"amount": amount}},
    }


def reported(by: str, minutes: float, unit: str, where: str = "", **times: float) -> Envelope:
    """Return a report of where a unit is."""
    line = _of(unit, times)
    if where:
        line["schedule"].append(
            {"type": "Current", "time": at(minutes), "location": {"place": where}}
        )
    data = {"request_id": REQUEST, "said_by": by, "lines": [line]}
    return enveloped(by, minutes, AidDeploymentReported.model_validate(data))


def extension_asked(minutes: float, lender: str, unit: str, until: float) -> Envelope:
    """Return Linzhou's wish to keep a unit longer."""
    data = {
        "request_id": REQUEST,
        "message_id": f"E-{minutes:g}",
        "borrower": LZ,
        "lender": lender,
        "lines": [_of(unit, {"RequestedReturnDeparture": until})],
    }
    return enveloped(LZ, minutes, AidExtensionAsked.model_validate(data))


def _reply(answer: str, unit: str, times: dict[str, float]) -> Data:
    return _granted(answer, unit, unit, None, times) | {"line_id": f"r-{unit}"}


def extension_answered(by: str, minutes: float, unit: str, answer: str = "accept") -> Envelope:
    """Return a lender's answer to such a wish."""
    data = {
        "request_id": REQUEST,
        "preceding_message_id": "E",
        "lender": by,
        "lines": [_reply(answer, unit, {})],
    }
    return enveloped(by, minutes, AidExtensionAnswered.model_validate(data))


def return_asked(by: str, minutes: float, unit: str, until: float) -> Envelope:
    """Return a lender's wish to have its unit back."""
    data = {
        "request_id": REQUEST,
        "message_id": f"R-{minutes:g}",
        "lender": by,
        "lines": [_of(unit, {"RequestedReturnDeparture": until})],
    }
    return enveloped(by, minutes, AidReturnAsked.model_validate(data))


def return_answered(minutes: float, lender: str, unit: str, answer: str = "accept") -> Envelope:
    """Return Linzhou's answer to such a wish."""
    data = {
        "request_id": REQUEST,
        "preceding_message_id": "R",
        "borrower": LZ,
        "lender": lender,
        "lines": [_reply(answer, unit, {})],
    }
    return enveloped(LZ, minutes, AidReturnAnswered.model_validate(data))


def recalled(by: str, minutes: float, unit: str) -> Envelope:
    """Return a lender's recall of its unit."""
    data = {"request_id": REQUEST, "lender": by, "lines": [_of(unit, {})]}
    return enveloped(by, minutes, AidRecalled.model_validate(data))


def released(
    minutes: float,
    unit: str,
    amount: float | None = None,
    *,
    line: str = "1",
    lender: str | None = None,
) -> Envelope:
    """Return Linzhou's release of a unit, or of a part of what a line has lent."""
    data = {
        "request_id": REQUEST,
        "borrower": LZ,
        "lender": lender,
        "lines": [_of(unit, {}, amount) | {"line_id": line}],
    }
    return enveloped(LZ, minutes, AidReleased.model_validate(data))


def refused(minutes: float, commitment: Envelope) -> Envelope:
    """Return the refusal of a commitment, as the ledger of lent units says it."""
    said_ = commitment.data
    assert isinstance(said_, AidCommitted)
    (line,) = said_.lines
    response = {"to_line_id": line.line_id, "answer": "decline", "response_type": "Decline"}
    data = {
        "request_id": said_.request_id,
        "preceding_message_id": said_.message_id,
        "borrower": LZ,
        "lender": said_.lender,
        "lines": [{"line_id": "1", "response": response, "resource": line.resource}],
    }
    return enveloped(DESK, minutes, AidReleased.model_validate(data))


def ordered(minutes: float, lender: str, unit: str | None, amount: float = 1) -> Envelope:
    """Return Linzhou's order of what a lender offered."""
    data = {
        "request_id": REQUEST,
        "message_id": f"O-{minutes:g}",
        "borrower": LZ,
        "lender": lender,
        "lines": [_of(unit or "x", {}, amount) | {"line_id": "1", "resource": {"unit_id": unit}}],
        "funding": [{"code": "made-up fund"}],
    }
    return enveloped(LZ, minutes, AidRequisitioned.model_validate(data))
