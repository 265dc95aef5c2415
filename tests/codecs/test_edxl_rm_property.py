"""EDXL-RM under any input: reading ends in a message or a reason, writing in a valid document."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from liandong.adapters.codecs import edxl_rm as rm
from liandong.contracts import DocumentError
from rm_messages import SAMPLES, is_valid
from rm_strategies import messages


def read_or_refuse(body: bytes) -> rm.Message | DocumentError:
    """Return what reading ends in."""
    try:
        return rm.parse(body)
    except DocumentError as error:
        return error


@settings(max_examples=60)
@given(st.data())
def test_mutated_bytes_raise_nothing_but_document_errors(data: st.DataObject) -> None:
    """Whatever a line does to a document, reading it ends in a message or a reason."""
    body = bytearray(data.draw(st.sampled_from(list(SAMPLES.values()))))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body) - 1))
        end = start + data.draw(st.integers(0, 40))
        body[start:end] = data.draw(
            st.one_of(st.binary(max_size=8), st.just(bytes(body[end : end + 200])))
        )
    read_or_refuse(bytes(body))


@settings(max_examples=80)
@given(st.data())
def test_what_was_read_leniently_is_written_strictly(data_dir: Path, data: st.DataObject) -> None:
    """With elements taken out, doubled, moved or rewritten: refused, or passed on as valid."""
    kind = data.draw(st.sampled_from(rm.MessageType))
    root = etree.fromstring(SAMPLES[kind], etree.XMLParser(remove_comments=True))
    for _ in range(data.draw(st.integers(1, 4))):
        inside = [element for element in root.iter() if element is not root]
        element = data.draw(st.sampled_from(inside))
        parent = element.getparent()
        assert parent is not None
        damage = data.draw(st.sampled_from(["remove", "double", "move", "text", "attribute"]))
        _damage(root, element, parent, damage, data)
    try:
        again = rm.render(replace(rm.parse(etree.tostring(root)), contacts=NOBODY))
    except DocumentError:
        return
    assert is_valid(data_dir, again)


NOBODY = (rm.Contact(role="Sender"),)


def _damage(
    root: etree._Element,
    element: etree._Element,
    parent: etree._Element,
    damage: str,
    data: st.DataObject,
) -> None:
    """Do one thing to a document that its author may have done."""
    match damage:
        case "remove":
            parent.remove(element)
        case "double":
            parent.append(etree.fromstring(etree.tostring(element)))
        case "move":
            root.insert(data.draw(st.integers(0, len(root))), element)
        case "text":
            element.text = data.draw(ODD)
        case _:
            element.set(data.draw(st.sampled_from(["id", "{urn:x}Type"])), data.draw(ODD))


ODD = st.sampled_from(
    ["", " ", "x", "NaN", "-1", "1e9", "%", "a b", "Accept", "2026-11-21", "防化"]
)


@settings(max_examples=120)
@given(message=messages())
def test_any_message_is_written_as_valid_and_read_again(
    data_dir: Path, message: rm.Message
) -> None:
    """What is written from a document is valid, and reading it gives the same document."""
    body = rm.render(message)
    assert is_valid(data_dir, body)
    assert rm.parse(body) == message
