"""What every codec of XML is safe from. All samples here are made up."""

import pytest

from liandong.adapters.codecs import xml
from liandong.contracts import DocumentError, Reason

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;&l;&l;">]>
<a>&m;</a>"""
OUTSIDE = b"""<!DOCTYPE a [<!ENTITY l SYSTEM "file:///etc/hostname">]><a>&l;</a>"""

HOSTILE = {
    "entities": (LAUGHS, Reason.UNSAFE),
    "entities in UTF-16": (
        LAUGHS.decode().replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"),
        Reason.UNSAFE,
    ),
    "an outside file": (OUTSIDE, Reason.UNSAFE),
    "a bare document type": (b"<!DOCTYPE a><a/>", Reason.UNSAFE),
    "depth": (b"<a>" * 65 + b"</a>" * 65, Reason.UNSAFE),
    "endless depth": (b"<a>" * 100_000, Reason.UNSAFE),
    "attributes": (
        b"<a %s/>" % b" ".join(b'x%d="1"' % number for number in range(65)),
        Reason.UNSAFE,
    ),
    "length": (b"<a>" + b" " * xml.MAX_BYTES + b"</a>", Reason.OVERSIZE),
    "two roots": (b"<a/><b/>", Reason.NOT_WELL_FORMED),
    "an end that is missing": (b"<a><b></b>", Reason.NOT_WELL_FORMED),
    "an unknown entity": (b"<a>&who;</a>", Reason.NOT_WELL_FORMED),
    "nothing": (b"", Reason.NOT_WELL_FORMED),
    "a zero byte": (b"<a>\0</a>", Reason.NOT_WELL_FORMED),
    "no XML": (b'{"a": 1}', Reason.NOT_WELL_FORMED),
}


@pytest.mark.parametrize(("body", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_document_is_refused_with_its_reason(body: bytes, reason: Reason) -> None:
    """Each attack ends in a numbered reason, not in a tree."""
    with pytest.raises(DocumentError) as refused:
        xml.parse(body, "X 1.0")
    assert refused.value.reason is reason


def test_a_document_at_the_limits_is_read() -> None:
    """64 levels, 64 attributes, a comment, a namespace: nothing here is an attack."""
    attributes = b" ".join(b'x%d="1"' % number for number in range(64))
    body = b"<a>" * 63 + b'<b xmlns="urn:b" %s/><!-- c -->' % attributes + b"</a>" * 63
    root = xml.parse(body, "X 1.0")
    assert [len(element.attrib) for element in root.iter()][-1] == 64


def test_a_fault_of_syntax_says_where() -> None:
    """Line and column lead to the fault."""
    with pytest.raises(DocumentError, match="line 2 column"):
        xml.parse(b"<a>\n<b></a>", "X 1.0")
