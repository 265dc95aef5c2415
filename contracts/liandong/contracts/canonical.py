"""Messages in the layout that `Envelope.encode` writes, taken apart by one pattern.

Any order of the attributes is as right, and `wire` reads it. But nearly every message has this
layout, and to read it so costs less: the attributes are checked as they are found, and the data is
read by pydantic's own parser. Everything else goes the long way, where it is read too, or refused
with its reason.
"""

import re
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from liandong.contracts.base import Event
from liandong.contracts.codes import Precedence
from liandong.contracts.subjects import Agency, Mode

_TOKEN = r"[A-Za-z0-9_-]{1,64}"  # noqa: S105  of a subject, and no secret
_ID = r"[A-Za-z0-9_.:-]{16,128}"
_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?Z"
_HEAD = re.compile(
    r'\{"specversion":"1\.0",'
    rf'"id":"({_ID})",'
    rf'"source":"(liandong://{_TOKEN}/{_TOKEN}/{_TOKEN})",'
    rf'"type":"({_TOKEN}\.{_TOKEN}\.{_TOKEN})",'
    rf'"subject":"({_TOKEN})",'
    rf'"time":"({_TIME})",'
    r'"datacontenttype":"application/json",'
    r'"dataschema":"[A-Za-z0-9_.:-]{1,200}",'
    r'"mode":"(live|exercise|test)",'
    rf'"area":"((?=[^"]{{1,200}}"){_TOKEN}(?:\.{_TOKEN}){{0,9}})",'
    rf'(?:"correlation":"({_ID})",)?'
    rf'(?:"causation":"({_ID})",)?'
    r'"precedence":"(flash|immediate|priority|routine)",'
    rf'(?:"expires":"({_TIME})",)?'
    r'"data":'
)
_MODES = {mode.value: mode for mode in Mode}
_PRECEDENCES = {precedence.value: precedence for precedence in Precedence}


class _Parts(NamedTuple):
    """A message taken apart.

    Attributes:
        attributes: The envelope's attributes but ``data``, each checked and of its kind.
        type: The CloudEvents ``type``.
        subject: The CloudEvents ``subject``.
        data: What stands under ``data``, as text that nobody has read yet.
    """

    attributes: dict[str, Any]
    type: str
    subject: str
    data: str


def take_apart(body: bytes) -> _Parts | None:
    """Return a message taken apart, or None where it has another layout."""
    try:
        text = body.decode()
        if (head := _HEAD.match(text)) is None or text[-1] != "}":
            return None
        name, source, type_name, subject, time, mode, area, *related, precedence, ends = (
            head.groups()
        )
        attributes = {
            "id": name,
            "source": Agency.parse(source),
            "time": datetime.fromisoformat(time),
            "mode": _MODES[mode],
            "area": area,
            "precedence": _PRECEDENCES[precedence],
            "correlation": related[0],
            "causation": related[1],
            "expires": datetime.fromisoformat(ends) if ends else None,
        }
    except ValueError:
        return None
    return _Parts(attributes, type_name, subject, text[head.end() : -1])


def read(event_type: type[Event], data: str) -> Event | None:
    """Return the event that was written so and no other way, or None where there is none.

    What was read is written again, and must be what was there: so no key stood twice, no field or
    code was unknown, and nothing was passed over.
    """
    try:
        event = event_type.model_validate_json(data)
    except ValidationError:
        return None
    return event if event.model_dump_json(exclude_none=True) == data else None
