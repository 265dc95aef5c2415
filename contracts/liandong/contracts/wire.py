"""JSON at the edge: read strictly, because what two parsers read differently can be exploited."""

import json
from codecs import BOM_UTF8
from typing import Any, Never, cast

from liandong.contracts.errors import ContractError, Fault, Reason

MAX_BYTES = 1_000_000
"""The broker's own limit for one message is a little above it."""
MAX_DEPTH = 32
MAX_DIGITS = 4_300
"""Of an integer: converting a longer one costs quadratic time, and Python refuses to."""


class _Refused(Exception):  # noqa: N818  it never leaves this module
    def __init__(self, reason: Reason, expected: str, found: str) -> None:
        self.reason, self.expected, self.found = reason, expected, found


def loads(body: bytes) -> dict[str, Any]:
    """Read one JSON object.

    Raises:
        ContractError: See `value`; or it is not an object.
    """
    document = value(body)
    if not isinstance(document, dict):
        raise _error(Reason.NOT_JSON, "a JSON object", type(document).__name__)
    return cast("dict[str, Any]", document)


def value(body: bytes) -> Any:
    """Read one JSON value of any kind.

    Raises:
        ContractError: Too large or too deep, not UTF-8, not JSON, a key twice, a number that is not
            finite, a lone surrogate.
    """
    check_size(body)
    if body.startswith(BOM_UTF8):
        raise _error(Reason.NOT_JSON, "JSON", "a byte order mark")
    try:
        text = body.decode("utf-8")
        # json's own C scanner leaves depth to the interpreter's stack: count before it parses.
        if text.count("{") + text.count("[") > MAX_DEPTH:
            _check_depth(text)
        document = _DECODER.decode(text)
        if "\\u" in text:
            json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate cannot be encoded
    except _Refused as refused:
        raise _error(refused.reason, refused.expected, refused.found) from None
    except UnicodeEncodeError:
        raise _error(Reason.BAD_ENCODING, "paired surrogates", "a lone surrogate") from None
    except UnicodeDecodeError as error:
        raise _error(Reason.BAD_ENCODING, "UTF-8", f"byte {error.start}") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        raise _error(Reason.NOT_JSON, "JSON", f"{error.msg} at {where}") from None
    except ValueError:
        expected = f"at most {MAX_DIGITS} digits"
        raise _error(Reason.INTEGER_TOO_LONG, expected, "a longer integer") from None
    return document


def check_size(body: bytes) -> None:
    """Refuse what no reader would take.

    Raises:
        ContractError: It is longer than `MAX_BYTES`.
    """
    if len(body) > MAX_BYTES:
        raise _error(Reason.TOO_LARGE, f"at most {MAX_BYTES} bytes", f"{len(body)} bytes")


def _check_depth(text: str) -> None:
    depth, quoted, escaped = 0, False, False
    for char in text:
        if quoted:
            quoted = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            quoted = True
        elif char in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                raise _Refused(Reason.TOO_DEEP, f"at most {MAX_DEPTH} levels", "more")
        elif char in "}]":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise _Refused(Reason.DUPLICATE_KEY, "each key once", f"{twice[:64]!r} twice")
    return found


def _not_finite(name: str) -> Never:
    raise _Refused(Reason.NOT_FINITE, "a finite number", name)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _Refused(Reason.NOT_FINITE, "a finite number", text[:32])
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_not_finite, parse_float=_finite
)


def _error(reason: Reason, expected: str, found: str) -> ContractError:
    return ContractError("unreadable message", (Fault("", expected, found),), reason=reason)
