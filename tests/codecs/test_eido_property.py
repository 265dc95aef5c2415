"""EIDO under any input: reading ends in a document or a reason, and writing changes nothing."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs import eido, pidf
from liandong.contracts import DocumentError

FULL = (Path(__file__).parents[1] / "samples" / "eido" / "full.json").read_bytes()

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
    | st.sampled_from(["note-1", "2026-11-21T14:00:00+08:00", "HAZMAT", "", " "]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["$id", "$ref", "x", "notesReference"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Return every container of a JSON tree with each of its keys."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    return [(tree, key) for key in keys] + [p for key in keys for p in places(tree[key])]


@given(st.data())
def test_a_changed_document_is_kept_as_it_is(data: st.DataObject) -> None:
    """Whatever stands in its fields: it is read, its defects are named, it is written the same."""
    tree = json.loads(FULL)
    for _ in range(data.draw(st.integers(1, 4))):
        container, key = data.draw(st.sampled_from(places(tree)))
        container[key] = data.draw(values)
    try:
        document = eido.parse(json.dumps(tree).encode())
    except DocumentError:
        return
    assert json.loads(eido.render(document)) == tree
    assert json.loads(eido.render(eido.merge(document, {}))) == tree


@given(st.data())
def test_mutated_bytes_raise_nothing_but_document_errors(data: st.DataObject) -> None:
    """Whatever a line does to a document, reading it ends in a document or a reason."""
    body = bytearray(FULL)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body) - 1))
        body[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    try:
        eido.parse(bytes(body))
    except DocumentError:
        return


texts = (
    st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), max_size=20)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
points = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(
    st.builds(
        pidf.Place,
        st.none() | points,
        st.none(),
        st.dictionaries(st.sampled_from(["RD", "HNO", "A1", "LMK"]), texts, min_size=1),
    )
    | st.builds(pidf.Place, points, st.none() | st.floats(0, 20_000_000))
)
def test_a_place_is_the_same_after_writing_and_reading(place: pidf.Place) -> None:
    """Its point to the last digit, its radius, and its address."""
    assert pidf.parse(pidf.render(place)) == place
