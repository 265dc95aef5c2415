"""MQTT topics with named parts and JSON payloads as flat fields: what a mapping reads.

``station/{station}/units/{unit}/position`` subscribes to ``station/+/units/+/position`` and gives
the fields ``{station}`` and ``{unit}``. A payload's values are fields by their JSON pointer (RFC
6901): ``/gps/lat``. A payload that is no JSON object is one value, at the pointer of the whole
document, which is empty.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

from liandong.contracts import wire
from liandong.contracts.errors import ContractError, DocumentError, Reason

STANDARD = "MQTT message"
MAX_SCALAR = 1_000
"""The longest payload that is no JSON object, in bytes."""
_NAMED = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def subscription(pattern: str) -> str:
    """Return the MQTT topic filter of a pattern.

    Raises:
        ValueError: A level mixes a name with other characters, a name comes twice, or it is no
            topic filter (MQTT 5.0 §4.7).
    """
    levels = pattern.split("/")
    names = _NAMED.findall(pattern)
    if len(set(names)) != len(names):
        raise ValueError(f"topic {pattern!r} names a part twice")
    for number, level in enumerate(levels):
        named = _NAMED.fullmatch(level)
        last = number == len(levels) - 1
        if (
            not named
            and level != "+"
            and set(level) & set("{}+#\0")
            and not (level == "#" and last)
        ):
            raise ValueError(f"topic {pattern!r}: {level!r} must be one name, +, or # at the end")
    return "/".join("+" if _NAMED.fullmatch(level) else level for level in levels)


def match(pattern: str, topic: str) -> dict[str, str] | None:
    """Return the named parts of a topic as fields, or None where it does not fit the pattern."""
    found = _compiled(pattern).fullmatch(topic)
    return found and {f"{{{name}}}": part for name, part in found.groupdict().items()}


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    def level(text: str) -> str:
        if named := _NAMED.fullmatch(text):
            return f"(?P<{named[1]}>[^/]*)"
        return {"+": "[^/]*"}.get(text, re.escape(text))

    # "a/#" is also "a" itself.
    base = pattern.removesuffix("/#")
    if pattern == "#":
        return re.compile(".*", re.DOTALL)
    tail = "(?:/.*)?" if base != pattern else ""
    return re.compile("/".join(map(level, base.split("/"))) + tail, re.DOTALL)


def read_payload(payload: bytes) -> dict[str, str]:
    """Return a payload's values by JSON pointer; null is left out, truth is ``true`` or ``false``.

    Raises:
        DocumentError: It is an object but not strict JSON, or something else and no short text.
    """
    if payload.lstrip()[:1] != b"{":
        return {"": _scalar(payload)}
    try:
        document = wire.loads(payload)
    except ContractError as error:
        fault = error.faults[0]
        raise DocumentError(
            STANDARD, fault.expected, where=fault.path, found=fault.found, reason=error.reason
        ) from None
    return dict(_flat("", document))


def _scalar(payload: bytes) -> str:
    if len(payload) > MAX_SCALAR:
        raise DocumentError(
            STANDARD,
            f"a JSON object, or at most {MAX_SCALAR} bytes",
            found=f"{len(payload)} bytes",
            reason=Reason.OVERSIZE,
        )
    try:
        return payload.decode().strip().strip('"')
    except UnicodeDecodeError as error:
        raise DocumentError(
            STANDARD, "UTF-8", where=f"byte {error.start}", reason=Reason.WRONG_CHARSET
        ) from None


def _flat(pointer: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, Any]", value).items():
            escaped = key.replace("~", "~0").replace("/", "~1")
            yield from _flat(f"{pointer}/{escaped}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(cast("list[Any]", value)):
            yield from _flat(f"{pointer}/{number}", inner)
    elif isinstance(value, bool):
        yield pointer, "true" if value else "false"
    elif value is not None:
        yield pointer, str(value)
