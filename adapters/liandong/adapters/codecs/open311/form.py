"""The form that a new request is posted as (POST Service Request)."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import NoReturn
from urllib.parse import parse_qsl, urlencode

from liandong.adapters.codecs.open311.fields import Defects, Fields
from liandong.adapters.codecs.open311.model import MAX_DESCRIPTION, STANDARD, NewRequest
from liandong.adapters.codecs.open311.read import Read
from liandong.contracts.errors import DocumentError, Reason

MEDIA_TYPE = "application/x-www-form-urlencoded"
MAX_BYTES = 65_536
MAX_FIELDS = 500

_TEXTS = (
    "jurisdiction_id",
    "api_key",
    "address_string",
    "address_id",
    "email",
    "device_id",
    "account_id",
    "first_name",
    "last_name",
    "phone",
    "description",
    "media_url",
)
_NAMES = {*_TEXTS, "service_code", "lat", "long"}
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,200})\](?:\[\])?\Z")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def parse(body: bytes) -> Read[NewRequest]:
    """Read a posted form. Fields that the standard does not know are left out and named.

    Raises:
        DocumentError: Too long, not UTF-8, without a service code or a place, with half a position
            or one that is not on Earth, or with a description of more than 4,000 characters.
    """
    defects = Defects()
    pairs = list(_printable(_pairs(body), defects))
    fields = Fields(_single(pairs, defects), "form", typed=False, zone=UTC, defects=defects)
    new = NewRequest(
        service_code=fields.required("service_code"),
        lat=_degrees(fields, "lat", 90),
        long=_degrees(fields, "long", 180),
        attributes=_attributes(pairs),
        **{name: fields.text(name) for name in _TEXTS},
    )
    _check(new)
    return Read(new, tuple(defects.found))


def render(new: NewRequest) -> bytes:
    """Render a new request as a form, attributes with several answers as ``attribute[code][]``.

    Raises:
        DocumentError: What `parse` would refuse.
    """
    _check(new)
    names = ("service_code", "lat", "long", *_TEXTS)
    pairs = [(name, value) for name in names if (value := getattr(new, name)) is not None]
    for code, answers in new.attributes.items():
        key = f"attribute[{code}]" if len(answers) == 1 else f"attribute[{code}][]"
        pairs += [(key, answer) for answer in answers]
    return urlencode(pairs).encode()


def printable(text: str) -> str:
    """Return the text without the control characters that XML cannot hold."""
    return _UNPRINTABLE.sub("", text)


def _pairs(body: bytes) -> list[tuple[str, str]]:
    if len(body) > MAX_BYTES:
        _refuse("", f"at most {MAX_BYTES} bytes", f"{len(body)} bytes", Reason.OVERSIZE)
    try:
        text = body.decode("utf-8")
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError as error:
        _refuse("", "UTF-8", f"byte {error.start}", Reason.WRONG_CHARSET)
    except ValueError:
        _refuse("", f"at most {MAX_FIELDS} fields", "more", Reason.OVERSIZE)


def _printable(pairs: list[tuple[str, str]], defects: Defects) -> Iterator[tuple[str, str]]:
    for name, value in pairs:
        clean = printable(value)
        if clean != value:
            defects.note(f"form.{name}", "control characters left out")
        yield name, clean


def _single(pairs: list[tuple[str, str]], defects: Defects) -> Mapping[str, str]:
    """Return the fields that have one value; the last of several counts, as in most forms."""
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in _NAMES:
            if not _ATTRIBUTE.match(name):
                defects.note("form", f"a field that the standard does not know: {name[:80]!r}")
            continue
        if found.get(name, value) != value:
            defects.note(f"form.{name}", "given twice, the last one counts")
        found[name] = value
    return found


def _attributes(pairs: list[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if (match := _ATTRIBUTE.match(name)) and value.strip():
            found[match[1]] = (*found.get(match[1], ()), value.strip())
    return found


def _degrees(fields: Fields, name: str, limit: float) -> float | None:
    """Return a coordinate; unlike an answer's, a posted one that is wrong is not left out."""
    degrees = fields.number(name, limit)
    if degrees is None and fields.text(name):
        _refuse(f"form.{name}", f"degrees from -{limit} to {limit}", str(fields.text(name)))
    return degrees


def _check(new: NewRequest) -> None:
    if (new.lat is None) is not (new.long is None):
        _refuse("form", "both lat and long", "one of them")
    if new.lat is None and not new.address_string and not new.address_id:
        _refuse("form", "lat and long, address_string or address_id", "no place")
    if len(new.description or "") > MAX_DESCRIPTION:
        _refuse("form.description", f"at most {MAX_DESCRIPTION} characters", "more")


def _refuse(
    where: str, expected: str, found: str, reason: Reason = Reason.BREAKS_STANDARD
) -> NoReturn:
    raise DocumentError(STANDARD, expected, where=where, found=found, reason=reason)
