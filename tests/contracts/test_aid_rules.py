"""Rules of mutual aid: each breach is refused, and its message shows the values that disagree."""

import copy
from typing import Any

import pytest

from liandong.contracts import RESPONSE_OF_ANSWER, AidAnswer, ContractError, Envelope, Reason
from liandong.contracts.examples import example, examples

THREADS = [name for name in examples() if name.startswith("aid.")]
ANSWERS = [name for name in THREADS if "answered" in name or "committed" in name]


def changed(type_name: str, **changes: Any) -> dict[str, Any]:
    """Return the example document with fields of its data changed; None takes one away."""
    document = copy.deepcopy(example(f"aid.{type_name}.v1"))
    for name, value in changes.items():
        *way, last = [int(part) if part.isdigit() else part for part in name.split("__")]
        part = document["data"]
        for step in way:
            part = part[step]
        part[last] = value
    return document


BREACHES = [
    ("requested", {"lines": []}, "at least 1 item"),
    ("requested", {"lines__1__line_id": "1"}, "line 1 has line_id 1, and so has line 0"),
    ("requested", {"borrower": None}, "valid string"),
    ("requested", {"lines__0__resource": None}, "AidResource"),
    ("requested", {"preceding_message_id": "LZ-RM-1"}, "no such field"),
    ("offered", {"funding": []}, "no such field"),
    ("offered", {"lender": None}, "valid string"),
    ("answered", {"preceding_message_id": None}, "valid string"),
    ("answered", {"lines__0__response": None}, "LineResponse"),
    ("answered", {"lines__0__response__response_type": "Decline"}, "response_type is Decline"),
    ("answered", {"lines__1__response__deferred_until": None}, "deferred_until is None"),
    (
        "answered",
        {"lines__0__response__deferred_until": "2026-11-21T12:00:00Z"},
        "answer is in_part and deferred_until is 2026",
    ),
    ("answered", {"lines__0__assignment": None}, "line 2210-1 is granted in part"),
    ("answered", {"lines__0__assignment__quantity": {}}, "line 2210-1 is granted in part"),
    ("answered", {"lines__0__assignment__quantity__amount": 0}, "in_part grants 0"),
    ("requisitioned", {"funding": []}, "at least 1 item"),
    ("requisitioned", {"lines__0__assignment": None}, "OrderedAssignment"),
    (
        "requisitioned",
        {"lines__0__assignment__quantity": {"texts": [""]}},
        "line 3-1 is ordered, but quantity is",
    ),
    ("committed", {"lines__0__assignment__quantity__amount": 0}, "accept grants 0"),
    ("deployment_reported", {"lines": []}, "lines ()"),
    ("deployment_reported", {"said_by": None}, "valid string"),
    ("extension_answered", {"lines__0__response__reason": None}, "answer is provisional but"),
    ("released", {"lines": []}, "no resource: lines are ()"),
    ("released", {"lines__0__resource": None}, "line 9-1 is of a resource"),
    ("quote_asked", {"lines__0__resource": None}, "line 1 is of a resource"),
]


@pytest.mark.parametrize(("type_name", "changes", "message"), BREACHES)
def test_a_breach_is_refused_and_said(
    type_name: str, changes: dict[str, Any], message: str
) -> None:
    """The example with one thing wrong is refused, and the fault says what."""
    with pytest.raises(ContractError) as error:
        Envelope.from_document(changed(type_name, **changes), strict=True)
    assert error.value.reason is Reason.BAD_PAYLOAD
    assert message in str(error.value)


KEPT = [
    ("answered", {"lines__1__line_id": "2210-1"}),
    ("answered", {"lines__0__response__answer": "of_a_later_version"}),
    ("answered", {"lines__1__response__answer": "of_a_later_version"}),
    ("answered", {"lines__0__assignment__quantity": {"texts": ["half of it"]}}),
    ("committed", {"lines__0__assignment": None}),
    ("deployment_reported", {"lines__0__schedule__0": {"type": "ReportTo"}}),
    ("released", {"complete": False}),
    ("requested", {"contacts": []}),
]


@pytest.mark.parametrize(("type_name", "changes"), KEPT)
def test_what_only_looks_like_a_breach_is_read(type_name: str, changes: dict[str, Any]) -> None:
    """The rules refuse no more than they say: real messages leave much out."""
    assert Envelope.from_document(changed(type_name, **changes)).data


def test_every_answer_has_its_word_in_the_standard() -> None:
    """In part and deferred are told apart on the bus, not in EDXL-RM."""
    assert set(RESPONSE_OF_ANSWER) == set(AidAnswer)


def test_the_examples_tell_one_story() -> None:
    """Each message of the thread goes on from one that was sent before it."""
    events = sorted(map(Envelope.from_document, map(example, THREADS)), key=lambda e: e.time)
    sent: set[str] = set()
    for event in events:
        preceding = getattr(event.data, "preceding_message_id", None)
        assert preceding is None or preceding in sent
        sent.add(str(event.data.model_dump()["message_id"]))
    assert len(ANSWERS) == 6
    assert len(sent) == len(THREADS) == 17
