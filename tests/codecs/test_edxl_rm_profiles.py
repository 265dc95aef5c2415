"""The profile of each EDXL-RM message is what its official schema says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from liandong.adapters.codecs.edxl_rm.document import MessageType
from liandong.adapters.codecs.edxl_rm.forms import SCHEDULE_TYPES
from liandong.adapters.codecs.edxl_rm.profiles import PROFILES
from liandong.adapters.codecs.edxl_rm.schema import ROOT, Table

XS = "{http://www.w3.org/2001/XMLSchema}"


def declared(data_dir: Path, kind: MessageType) -> dict[str, etree._Element]:
    """Return the elements that the schema of a message declares itself, by name; or skip."""
    path = data_dir.parent / "schemas" / "edxl-rm-1.0" / f"EDXL-RM{kind}.xsd"
    if not path.is_file():
        pytest.skip(f"no schema of EDXL-RM 1.0 at {path}")
    return {str(e.get("name")): e for e in etree.parse(path).getroot().iter(f"{XS}element")}


def known(table: Table) -> Iterator[tuple[str, bool]]:
    """Yield the elements that differ between messages, and whether all messages require them."""
    for row in table.rows:
        yield row.name, row.required
        if isinstance(row.form, Table) and row.namespace.endswith(":msg"):
            yield from known(row.form)


@pytest.mark.parametrize("kind", MessageType)
def test_a_profile_has_what_the_schema_has(data_dir: Path, kind: MessageType) -> None:
    """The same elements, the same of them required, the same times and places."""
    schema, profile = declared(data_dir, kind), PROFILES[kind]
    ours = dict(known(ROOT))
    ours = {name: must for name, must in ours.items() if name in schema or name in profile.absent}
    required = {name for name, element in schema.items() if element.get("minOccurs") != "0"}
    assert {name for name in ours if name not in schema} == profile.absent
    assert {n for n, must in ours.items() if must} | profile.required == required - {str(kind)}
    types = {e.get("value") for e in schema["ScheduleType"].iter(f"{XS}enumeration")}
    assert profile.schedule == (types or set(SCHEDULE_TYPES))
