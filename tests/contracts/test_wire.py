"""JSON at the edge: what two parsers could read differently is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.contracts import ContractError, Reason, wire

DEEP = 100_000
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**63), max_value=2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", Reason.NOT_JSON, id="empty"),
        pytest.param(b"{", Reason.NOT_JSON, id="cut short"),
        pytest.param(b'{"a":1}x', Reason.NOT_JSON, id="something after it"),
        pytest.param(b"[]", Reason.NOT_JSON, id="no object"),
        pytest.param(b'\xef\xbb\xbf{"a":1}', Reason.NOT_JSON, id="byte order mark"),
        pytest.param(b"{'a':1}", Reason.NOT_JSON, id="single quotes"),
        pytest.param(b'{"a":1,"a":2}', Reason.DUPLICATE_KEY, id="key twice"),
        pytest.param(b'{"a":1,"\\u0061":2}', Reason.DUPLICATE_KEY, id="key twice, once escaped"),
        pytest.param(b'{"a":1,"a" :2}', Reason.DUPLICATE_KEY, id="key twice, once with a blank"),
        pytest.param(b'{"a"\n:1,"a"\t:2}', Reason.DUPLICATE_KEY, id="key twice, both with blanks"),
        pytest.param(b'{"b":[{"a":1,"a":1}]}', Reason.DUPLICATE_KEY, id="key twice inside"),
        pytest.param(b'{"a":NaN}', Reason.NOT_FINITE, id="not a number"),
        pytest.param(b'{"a":-Infinity}', Reason.NOT_FINITE, id="infinity"),
        pytest.param(b'{"a":1e999}', Reason.NOT_FINITE, id="overflow to infinity"),
        pytest.param(b'{"a":' + b"9" * 4_301 + b"}", Reason.INTEGER_TOO_LONG, id="long integer"),
        pytest.param(b'{"a":"\\ud800"}', Reason.BAD_ENCODING, id="lone surrogate"),
        pytest.param(b'{"\\udfff":1}', Reason.BAD_ENCODING, id="lone surrogate in a key"),
        pytest.param(b'{"a":"\xff"}', Reason.BAD_ENCODING, id="not UTF-8"),
        pytest.param(b'{"a":"\xed\xa0\x80"}', Reason.BAD_ENCODING, id="surrogate as bytes"),
        pytest.param('{"a":1}'.encode("utf-16"), Reason.BAD_ENCODING, id="UTF-16"),
        pytest.param(b'{"a":' * 33 + b"1" + b"}" * 33, Reason.TOO_DEEP, id="33 deep"),
        pytest.param(
            b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}", Reason.TOO_DEEP, id="100,000 deep"
        ),
        pytest.param(b'{"a":"' + b"x" * 1_000_000 + b'"}', Reason.TOO_LARGE, id="too large"),
    ],
)
def test_a_hostile_body_is_refused_with_its_reason(body: bytes, reason: Reason) -> None:
    """Each attack ends in one ContractError with its own number, and nothing else."""
    with pytest.raises(ContractError) as error:
        wire.loads(body)
    assert error.value.reason is reason
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"a":' * 32 + b"1" + b"}" * 32, id="32 deep"),
        pytest.param(b'{"a":"' + b"[{" * 500 + b'"}', id="brackets in a string"),
        pytest.param(b'{"a":"\\"' + b"[" * 500 + b'"}', id="brackets after an escaped quote"),
        pytest.param(b'{"a\\":":1,"b":"\\":\\":"}', id="what looks like the end of a key"),
        pytest.param(b'{ "a" : [ 1.50 , -0 , 1E2 ] }', id="blanks everywhere"),
        pytest.param(b'{"a":"\\ud83d\\ude92"}', id="paired surrogates"),
        pytest.param(b'{"a":[' + b"[]," * 500 + b"[]]}", id="wide, not deep"),
        pytest.param(b'{"a":' + b"9" * 400 + b"}", id="400 digits"),
    ],
)
def test_an_unusual_body_within_the_limits_is_read(body: bytes) -> None:
    """What only looks like an attack is read as json reads it."""
    assert wire.loads(body) == json.loads(body)


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=5))
def test_any_plain_object_is_read_as_it_was_written(document: dict[str, object]) -> None:
    """Reading gives back what was written, escaped or not."""
    assert wire.loads(json.dumps(document, ensure_ascii=False).encode()) == document
    assert wire.loads(json.dumps(document, ensure_ascii=True).encode()) == document


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """No bytes raise anything but a ContractError."""
    try:
        wire.loads(body)
    except ContractError as error:
        assert error.faults  # noqa: PT017  either outcome is right; another exception is not
