"""Topics with named parts, and payloads as flat fields."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs.topics import MAX_SCALAR, match, read_payload, subscription
from liandong.contracts import DocumentError, Reason

LEVEL = st.text(st.characters(exclude_characters="/+#{}\0", exclude_categories=["Cs"]), max_size=5)


@pytest.mark.parametrize(
    ("pattern", "filter_"),
    [("a/{unit}/b", "a/+/b"), ("{x}", "+"), ("a/+/#", "a/+/#"), ("#", "#"), ("a//b", "a//b")],
)
def test_a_pattern_is_subscribed_to(pattern: str, filter_: str) -> None:
    """A named part is a single-level wildcard."""
    assert subscription(pattern) == filter_


@pytest.mark.parametrize("pattern", ["a/u{unit}", "a/{unit}/{unit}", "a/#/b", "a+/b", "a/{1}", "{"])
def test_a_pattern_that_is_no_filter_is_refused(pattern: str) -> None:
    """A wildcard or a name fills its level, and a name comes once."""
    with pytest.raises(ValueError, match="topic"):
        subscription(pattern)


@given(st.lists(LEVEL, min_size=1, max_size=5), st.data())
def test_the_named_part_is_found(levels: list[str], data: st.DataObject) -> None:
    """Whatever the topic, the level that the pattern names is given as it stands."""
    place = data.draw(st.integers(0, len(levels) - 1))
    pattern = "/".join([*levels[:place], "{part}", *levels[place + 1 :]])
    assert match(pattern, "/".join(levels)) == {"{part}": levels[place]}


@pytest.mark.parametrize(
    ("pattern", "topic", "fits"),
    [
        ("a/+/c", "a/b/c", True),
        ("a/+/c", "a/b/c/d", False),
        ("a/#", "a", True),
        ("a/#", "a/b/c", True),
        ("a/#", "ab", False),
        ("#", "anything/at/all", True),
        ("a.b", "axb", False),
    ],
)
def test_wildcards_fit_as_mqtt_says(pattern: str, topic: str, fits: bool) -> None:  # noqa: FBT001
    """MQTT 5.0 §4.7.1, by its own examples' kind."""
    assert (match(pattern, topic) is not None) is fits


def test_values_go_by_json_pointer() -> None:
    """RFC 6901: nested, in lists, with its two escapes; null is left out."""
    payload = b'{"gps": {"lat": 31.5}, "a": [1, true], "x/y~z": "w", "none": null}'
    assert read_payload(payload) == {
        "/gps/lat": "31.5",
        "/a/0": "1",
        "/a/1": "true",
        "/x~1y~0z": "w",
    }


@pytest.mark.parametrize(
    ("payload", "value"), [(b"21.5", "21.5"), (b' "on" ', "on"), ("高".encode(), "高"), (b"", "")]
)
def test_a_payload_that_is_no_object_is_one_value(payload: bytes, value: str) -> None:
    """It stands at the pointer of the whole document."""
    assert read_payload(payload) == {"": value}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"a": 1, "a": 2}', Reason.DUPLICATE_KEY),
        (b'{"a": NaN}', Reason.NOT_FINITE),
        (b'{"a": ' * 40 + b"1" + b"}" * 40, Reason.TOO_DEEP),
        (b"{", Reason.NOT_JSON),
        (b"x" * (MAX_SCALAR + 1), Reason.OVERSIZE),
        (b"\xff", Reason.WRONG_CHARSET),
    ],
)
def test_a_doubtful_payload_is_refused(payload: bytes, reason: Reason) -> None:
    """What two readers could read differently is not read."""
    with pytest.raises(DocumentError) as caught:
        read_payload(payload)
    assert caught.value.reason is reason


@given(st.binary(max_size=200))
def test_any_payload_is_read_or_refused(payload: bytes) -> None:
    """Reading raises a DocumentError or nothing."""
    with suppress(DocumentError):
        read_payload(payload)
