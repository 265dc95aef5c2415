"""What tests of EDXL-RM share: made-up samples, official schemas, and what equal means."""

import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pytest
from lxml import etree

from liandong.adapters.codecs import edxl_rm as rm

SAMPLES = {
    rm.MessageType(path.stem): path.read_bytes()
    for path in sorted((Path(__file__).parent / "samples" / "edxl-rm").glob("*.xml"))
}
"""A made-up message of each type, with every element that it can have."""


def canonical(document: bytes) -> str:
    """Return Canonical XML 2.0, text trimmed, prefixes rewritten."""
    return ET.canonicalize(document.decode().strip(), strip_text=True, rewrite_prefixes=True)


def is_valid(data_dir: Path, document: bytes) -> bool:
    """Say whether the official schema of its type accepts a message; skip where there is none."""
    root = etree.fromstring(document)
    folder = data_dir.parent / "schemas" / "edxl-rm-1.0"
    return _schema(folder, etree.QName(root).localname).validate(root)


def real_messages(data_dir: Path) -> dict[str, bytes]:
    """Return the real messages by file name; skip where there are none."""
    files = sorted((data_dir / "edxl-rm").glob("*.xml"))
    if not files:
        pytest.skip(f"no real messages in {data_dir / 'edxl-rm'}")
    return {path.name: path.read_bytes().strip() for path in files}


@cache
def _schema(folder: Path, kind: str) -> etree.XMLSchema:
    path = folder / f"EDXL-RM{kind}.xsd"
    if not path.is_file():
        pytest.skip(f"no schema of EDXL-RM 1.0 at {path}")
    return etree.XMLSchema(file=path)
