"""Bytes -> EIDO and back: read leniently with every defect named, written strictly."""

import json
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any, cast

from liandong.adapters.codecs.eido.checks import defects_of, expected
from liandong.adapters.codecs.eido.document import Eido, index
from liandong.adapters.codecs.eido.schema import STANDARD, Kind, fields_of
from liandong.contracts import wire
from liandong.contracts.errors import ContractError, DocumentError, Reason

MEDIA_TYPE = "application/json"


def parse(body: bytes, *, zone: tzinfo = UTC) -> Eido:
    """Read an EIDO.

    Args:
        body: JSON in UTF-8, at most 1 MB and 32 levels (`contracts.wire`).
        zone: The zone of times without offset.

    Raises:
        DocumentError: It is not JSON that every reader reads alike, or no EIDO: nothing of one is
            in it (UNSUPPORTED), or it does not say which incident it is about.
    """
    try:
        tree = wire.value(body.removeprefix(BOM_UTF8))
    except ContractError as error:
        fault = error.faults[0]
        raise DocumentError(
            STANDARD, fault.expected, where=fault.path, found=fault.found, reason=error.reason
        ) from None
    fields = cast("dict[str, Any]", tree) if isinstance(tree, dict) else {}
    if not _OWN & fields.keys():
        raise DocumentError(
            STANDARD,
            "an object with components of an EIDO",
            found="an object" if isinstance(tree, dict) else "no object",
            reason=Reason.UNSUPPORTED,
        )
    eido = document(fields, zone=zone)
    return replace(eido, defects=defects_of(eido))


def document(tree: Mapping[str, Any], *, zone: tzinfo = UTC) -> Eido:
    """Return the document of a JSON tree, whose defects `render` finds.

    Args:
        tree: The JSON; it is not copied, and not to be changed afterwards.
        zone: The zone of times without offset.

    Raises:
        DocumentError: It has no ``$id``: it does not say which incident it is about.
    """
    eido = index(tree, zone)
    if not eido.root.id:
        raise DocumentError(STANDARD, "the incident's tracking identifier", where="$id")
    return eido


def render(eido: Eido) -> bytes:
    """Return the document as JSON in UTF-8.

    Raises:
        DocumentError: It has a defect that it had not when read, or is more than a reader would
            take.
    """
    for defect in defects_of(eido):
        if defect not in eido.defects:
            _, where, *found = defect.split(": ", 2)
            raise DocumentError(STANDARD, expected(defect), where=where, found="".join(found))
    body = json.dumps(eido.root.fields, ensure_ascii=False, allow_nan=False).encode()
    if len(body) > wire.MAX_BYTES:
        raise DocumentError(
            STANDARD,
            f"at most {wire.MAX_BYTES} bytes",
            found=f"{len(body)} bytes",
            reason=Reason.OVERSIZE,
        )
    return body


_OWN = fields_of(Kind.DOCUMENT).keys() - fields_of(Kind.UNKNOWN).keys() - {"@context"}
