"""A field of a contract in one line: what it holds, how much of it, in which unit."""

import json
from collections.abc import Iterator
from typing import Any

_TYPES = {
    "string": ("text", "文本"),
    "number": ("number", "数值"),
    "integer": ("integer", "整数"),
    "boolean": ("truth value", "布尔值"),
    "object": ("object", "对象"),
    "array": ("list", "列表"),
    "constant": ("constant", "常量"),
    "date-time": ("time with offset", "带时区的时间"),
}
_UNITS = {
    "m": ("metres", "米"),
    "ft": ("feet", "英尺"),
    "kmh": ("kilometres an hour", "千米/小时"),
    "deg": ("degrees", "度"),
    "min": ("minutes", "分钟"),
    "s": ("seconds", "秒"),
    "kg": ("kilograms", "千克"),
    "bytes": ("bytes", "字节"),
    "percent": ("per cent", "%"),
}
_SIZES = (
    ("minLength", "maxLength", ("characters", "个字符")),
    ("minItems", "maxItems", ("items", "项")),
    ("minProperties", "maxProperties", ("entries", "个条目")),
)
_RANGE = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
_ABSENT = ("absent means", "缺省为")
_RESTRICTED = ("restricted: may name people", "限制：可能涉及个人")


def unit_of(name: str) -> dict[str, str]:
    """Return the unit that ends a field's name, in both languages; empty where there is none."""
    stem, _, suffix = name.rpartition("_")
    unit = _UNITS.get(suffix) if stem else None
    return {"en": unit[0], "zh": unit[1]} if unit else {}


def described(about: dict[str, Any], column: int) -> str:
    """Return a field in one line.

    Args:
        about: Its facts (`liandong.contracts.catalogue.normal.Facts`), ``unit`` and ``code_list``.
        column: 0 in English, 1 in Chinese.
    """
    mark = f"  [{_RESTRICTED[column]}]" if about.get("restricted") else ""
    return ", ".join(_said(about, column)) + mark


def _said(about: dict[str, Any], column: int) -> Iterator[str]:
    kinds = (about.get("format", kind) if kind == "string" else kind for kind in about["types"])
    listed = about.get("code_list", "")
    told = " | ".join(listed if kind == "code" else _type(kind, column) for kind in kinds)
    yield f"{told} {listed}" if listed and about["types"] != ["code"] else told
    yield from (f"= {value}" for value in about.get("values", ()))
    yield from (f"{sign} {about[name]}" for name, sign in _RANGE.items() if name in about)
    for least, most, words in _SIZES:
        if least in about or most in about:
            yield f"{about.get(least, 0)}–{about.get(most, '…')} {words[column]}"
    if "pattern" in about:
        yield about["pattern"]
    if "unit" in about:
        yield about["unit"][("en", "zh")[column]]
    if "default" in about:
        yield f"{_ABSENT[column]} {json.dumps(about['default'], ensure_ascii=False)}"


def _type(kind: str, column: int) -> str:
    return _TYPES[kind][column] if kind in _TYPES else kind
