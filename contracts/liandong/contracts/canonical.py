"""Messages in the layout that `Envelope.encode` writes, read without a document in between.

Any order of the attributes is as right, and `wire` reads it. But nearly every message has this
layout, and to read it so costs less: one pattern finds the attributes, each is checked, and the
data is read by pydantic's own parser. Everything else goes the long way, where it is read too, or
refused with its reason.
"""

import re
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from liandong.contracts.base import Event, contract
from liandong.contracts.codes import Precedence
from liandong.contracts.errors import ContractError
from liandong.contracts.subjects import Agency, Mode, is_area

_ID = r"[A-Za-z0-9_.:-]{16,128}"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z"
# What stands in [^"]+ may be anything here, a backslash too: it is looked up or compared below.
_HEAD = re.compile(
    r'\{"specversion":"1\.0",'
    rf'"id":"({_ID})",'
    r'"source":"([^"]+)",'
    r'"type":"(?P<type>[^"]+)",'
    r'"subject":"([^"]+)",'
    rf'"time":"({_TIME})",'
    r'"datacontenttype":"application/json",'
    r'"dataschema":"urn:liandong:schema:(?P=type)",'
    r'"mode":"([^"]+)",'
    r'"area":"([^"]+)",'
    rf'(?:"correlation":"({_ID})",)?'
    rf'(?:"causation":"({_ID})",)?'
    r'"precedence":"([^"]+)",'
    rf'(?:"expires":"({_TIME})",)?'
)
_DATA = b'"data":'
_MODES = {mode.value: mode for mode in Mode}
_PRECEDENCES = {precedence.value: precedence for precedence in Precedence}


def attributes(body: bytes) -> dict[str, Any] | None:
    """Return the attributes of an envelope, checked and of their kinds, ``data`` among them.

    None where the message has another layout, or anything about it is not as it must be.
    """
    head, _, rest = body.partition(_DATA)
    try:
        if (found := _HEAD.fullmatch(head.decode("ascii"))) is None or not rest.endswith(b"}"):
            return None
        name, source, kind, key, time, mode, area, correlation, causation, precedence, ends = (
            found.groups()
        )
        event = read(contract(kind), rest[:-1])
        made = {
            "id": name,
            "source": Agency.parse(source),
            "time": datetime.fromisoformat(time),
            "mode": _MODES[mode],
            "area": area,
            "precedence": _PRECEDENCES[precedence],
            "correlation": correlation,
            "causation": causation,
            "expires": datetime.fromisoformat(ends) if ends else None,
            "data": event,
        }
    except (ValueError, KeyError, ContractError):  # a ValidationError is a ValueError
        return None
    if event is None or event.key() != key or not is_area(area):
        return None
    return None if event.drill and made["mode"] is Mode.LIVE else made


def read(event_type: type[Event], data: bytes) -> Event | None:
    """Return the event that was written so and no other way, or None where there is none.

    What was read is written again, and must be what was there: so no key stood twice, no field or
    code was unknown, and nothing was passed over.
    """
    try:
        event = event_type.__pydantic_validator__.validate_json(data)
    except ValidationError:
        return None
    return event if write(event) == data else None


def write(event: Event) -> bytes:
    """Return an event as it stands in a message: UTF-8 JSON, no blanks, nothing that is absent."""
    return event.__pydantic_serializer__.to_json(event, exclude_none=True)
