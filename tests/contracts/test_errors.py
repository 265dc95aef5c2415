"""Errors: grouped by what happens next, numbered, and fit to be told to a sender."""

import pytest

from liandong.contracts import (
    AgencyUnavailable,
    ConfigurationError,
    ContractError,
    DocumentError,
    Expired,
    Fault,
    LiandongError,
    NotPermitted,
    Reason,
    Recovery,
    RejectedFault,
    TransportError,
    UnknownContract,
)

ERRORS = [
    (ConfigurationError("no broker address: set nats.url"), Recovery.STOP),
    (ContractError("bad", (Fault("data", "a fact"),)), Recovery.DEAD_LETTER),
    (UnknownContract("x.y.v1"), Recovery.DEAD_LETTER),
    (DocumentError("CAP 1.2", "a sender"), Recovery.DEAD_LETTER),
    (NotPermitted("publish", "ld.live"), Recovery.DEAD_LETTER),
    (Expired("an order of yesterday"), Recovery.DEAD_LETTER),
    (TransportError("no confirmation", reason=Reason.NO_CONFIRMATION), Recovery.RETRY),
    (AgencyUnavailable("refused", after=2.5), Recovery.RETRY),
]


@pytest.mark.parametrize(("error", "recovery"), ERRORS, ids=lambda value: type(value).__name__)
def test_an_error_says_what_happens_next(error: LiandongError, recovery: Recovery) -> None:
    """The bus decides by the class alone, and every error has a number."""
    assert error.recovery is recovery
    assert error.reason in Reason
    assert str(error)


def test_a_fault_reads_as_one_line() -> None:
    """Where, what was expected, what was found."""
    assert str(Fault("row 17", "a latitude", "91")) == "row 17: expected a latitude, found 91"
    assert str(Fault("", "XML")) == "document: expected XML"


@pytest.mark.parametrize("text", ["x" * 100_000, "\ud800" * 300, "烟\udfff", ""])
def test_any_fault_can_be_told_to_the_sender(text: str) -> None:
    """However long or broken its texts, a fault fits into message.rejected."""
    fault = Fault(text, text, text)
    told = RejectedFault(path=fault.path, expected=fault.expected, found=fault.found)
    assert (told.path, told.found) == (fault.path, fault.found)
    assert len(fault.found) <= 200


def test_a_document_error_names_standard_place_and_find() -> None:
    """What an operator needs to mend the document."""
    error = DocumentError("CAP 1.2", "a time", where="/alert/sent", found="yesterday")
    assert str(error) == "CAP 1.2: /alert/sent: expected a time, found yesterday"
    assert error.faults == (Fault("/alert/sent", "a time", "yesterday"),)
