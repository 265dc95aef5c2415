"""HL7 v2 acknowledgements: the right code and reason, in the sender's own terms.

All messages written out here are made up.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import hl7apy.core
import pytest
from hl7apy.parser import parse_message
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs import hl7v2
from liandong.contracts import DocumentError, LiandongError, Reason, TransportError

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
A01 = (
    "MSH|^~\\&|HIS|第一医院|LD|CENTRE|20261121160000+0800||ADT^A01^ADT_A01|7|P|2.5||||||"
    "UNICODE UTF-8\rEVN|A01|20261121155500\rPID|1||P-1\rPV1|1|I|ICU^2^07\r"
)
A20 = A01[: A01.index("PID")].replace("A01", "A20") + "NPU|ICU^2^07|X\r"


def refusal(text: str) -> DocumentError:
    """Read a message that cannot be read; return why not."""
    with pytest.raises(DocumentError) as refused:
        hl7v2.read_adt(hl7v2.parse(text.encode()), zone=ZoneInfo("UTC"), key=b"made up")
    return refused.value


def answer(body: bytes, error: LiandongError | None = None) -> str:
    """Return the acknowledgement of a message, as text."""
    header = hl7v2.read_header(body)
    return hl7v2.ack(header, error, control_id="LD1", now=NOW).decode("utf-8", "replace")


@pytest.mark.parametrize("version", ["2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8"])
@pytest.mark.parametrize("taken", [True, False])
def test_an_answer_is_valid_in_the_senders_version(version: str, taken: bool) -> None:  # noqa: FBT001
    """Another library reads it: its own control id, ours and theirs swapped, code and reason."""
    body = A01.replace("|2.5|", f"|{version}|").encode()
    error = None if taken else refusal(A20)
    parsed: hl7apy.core.Message = parse_message(answer(body, error), force_validation=True)
    assert (parsed.msh.msh_3.value, parsed.msh.msh_4.value) == ("LD", "CENTRE")
    assert (parsed.msh.msh_5.value, parsed.msh.msh_6.value) == ("HIS", "第一医院")
    assert (parsed.msh.msh_10.value, parsed.msh.msh_12.value) == ("LD1", version)
    assert (parsed.msa.msa_1.value, parsed.msa.msa_2.value) == ("AA" if taken else "AE", "7")


CODES = {
    "content": (refusal(A01[: A01.index("PV1")]), "AE", "100^Segment sequence error"),
    "a missing field": (refusal(A01.replace("|7|P|", "||P|")), "AE", "101^Required field missing"),
    "a wrong value": (refusal(A20), "AE", "102^Data type error"),
    "length": (refusal(A01.replace("ICU", "I" * 200)), "AE", "104^Value too long"),
    "type": (refusal(A01.replace("ADT^A01", "SIU^S12")), "AR", "200^Unsupported message type"),
    "event": (refusal(A01.replace("ADT^A01", "ADT^A99")), "AR", "201^Unsupported event code"),
    "processing": (refusal(A01.replace("|P|", "|X|")), "AR", "202^Unsupported processing id"),
    "version": (refusal(A01.replace("|2.5|", "|3.0|")), "AR", "203^Unsupported version id"),
    "not now": (
        TransportError("no broker", reason=Reason.NO_CONNECTION),
        "AR",
        "207^Application internal error",
    ),
}


@pytest.mark.parametrize(("error", "code", "condition"), CODES.values(), ids=CODES.keys())
def test_the_answer_says_whose_fault_it_is(error: LiandongError, code: str, condition: str) -> None:
    """AE: do not send it again so. AR: not here, or with 207 not now."""
    segments = answer(A01.encode(), error).split("\r")
    assert segments[1] == f"MSA|{code}|7|" + segments[1].split("|")[3]
    assert segments[2].split("|")[3] == f"{condition}^HL70357"


@pytest.mark.parametrize(
    ("accept", "taken", "refused"),
    [
        ("", "AA", "AE"),
        ("AL", "CA", "CE"),
        ("ER", "AA", "CE"),
        ("SU", "CA", "AE"),
        ("NE", "AA", "AE"),
    ],
)
def test_a_sender_in_enhanced_mode_is_answered_as_it_wants(
    accept: str, taken: str, refused: str
) -> None:
    """MSH-15 says when a commit acknowledgement is wanted; there always is an answer."""
    body = A01.replace("|2.5|||", f"|2.5|||{accept}|").encode()
    error = refusal(A20)
    codes = [answer(body, e).split("MSA|")[1][:2] for e in (None, error)]
    assert codes == [taken, refused]


def test_a_broken_header_is_answered_all_the_same() -> None:
    """Its control id, if it can be read, and what is wrong."""
    body = b"MSH|^~\\&|HIS||||||ADT^A01|77"
    with pytest.raises(DocumentError) as refused:
        hl7v2.parse(body)
    lines = answer(body, refused.value).split("\r")
    assert lines[0].startswith("MSH|^~\\&|||HIS||20261121080000+0000||ACK^A01^ACK|LD1|P|2.5")
    assert lines[1].startswith("MSA|AR|77")


@given(body=st.binary(max_size=200))
def test_any_bytes_are_answered(body: bytes) -> None:
    """No header is too broken."""
    for message in (body, b"MSH|^~\\&|" + body, A01.encode()[:80] + body):
        assert answer(message, refusal("")).startswith("MSH")
