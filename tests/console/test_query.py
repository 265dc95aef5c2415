"""The filter box and the ring of rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.ops.console.query import Query
from liandong.ops.console.rows import Ring, Row

ROW = Row(
    "order.issued.v1",
    "lz/fire/119-East",
    "lz-7",
    "cn.99.01",
    "order.issued.v1 lz/fire/119-east lz-7 cn.99.01 immediate foam tender 泡沫车",
    "{}",
)


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("", True),
        ("contract:order", True),
        ("contract:order.issued", True),
        ("contract:ord", False),
        ("agency:fire", True),
        ("agency:LZ/Fire", True),
        ("agency:119", False),
        ("area:cn.99", True),
        ("area:cn.9", False),
        ("incident:lz-7", True),
        ("incident:lz-70", False),
        ("FOAM immediate", True),
        ("泡沫", True),
        ("类型：order 机构：fire 警情：lz-7", True),
        ("contract:order agency:police", False),
        ("-agency:police foam", True),
        ("-foam", False),
        ("-", True),
        ("12:30", False),
        ("incident: area:", True),
    ],
)
def test_a_row_satisfies_every_term_or_is_left_out(
    typed: str,
    fits: bool,  # noqa: FBT001  what is expected
) -> None:
    """Names of both languages, either colon, any case; what is no term is a word."""
    assert Query.parse(typed).matches(ROW) is fits


@given(st.text(max_size=600))
def test_anything_typed_can_be_read(typed: str) -> None:
    """Half a term is not an error, only not yet the filter."""
    assert Query.parse(typed).matches(ROW) in {True, False}


def test_a_slow_reader_is_told_how_many_it_missed() -> None:
    """What the ring has let go is counted, never passed over."""
    ring = Ring(3)
    for _ in range(5):
        ring.append(ROW)
    assert ring.since(0) == ([ROW] * 3, 2)
    assert ring.since(4) == ([ROW], 0)
    assert ring.since(5) == ([], 0)
