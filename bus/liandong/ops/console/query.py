"""The filter box: ``contract:order agency:fire area:cn.99.01 incident:lz-7 smoke``.

It is read here and nowhere else: the page sends the text as it was typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from liandong.contracts import to_token
from liandong.ops.console.rows import Row

MAX_LENGTH = 500

_NAMES: Mapping[str, str] = {
    "contract": "contract",
    "类型": "contract",
    "agency": "agency",
    "机构": "agency",
    "area": "area",
    "区域": "area",
    "incident": "incident",
    "事件": "incident",
}


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows a tab wants: those that satisfy every term.

    Attributes:
        terms: Pairs of a name (``contract``, ``agency``, ``area``, ``incident``, ``word``) and what
            must be there.
    """

    terms: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a filter as people type it; anything can be read, for what is no term is a word."""
        typed = text[:MAX_LENGTH].replace("：", ":").split()
        return cls(tuple(term for word in typed if (term := _term(word))[1]))

    def matches(self, row: Row) -> bool:
        """Say whether a row satisfies every term."""
        return all(_satisfies(row, name, value) for name, value in self.terms)


def _term(word: str) -> tuple[str, str]:
    name, colon, value = word.partition(":")
    known = _NAMES.get(name.casefold())
    if not (colon and known):
        return "word", word.casefold()
    return known, to_token(value) if known == "incident" and value else value.casefold()


def _satisfies(row: Row, name: str, value: str) -> bool:
    match name:
        case "contract":
            return f"{row.type}.".startswith(f"{value.rstrip('.')}.")
        case "agency":
            return f"/{value.strip('/')}/" in f"/{row.source.casefold()}/"
        case "area":
            return f"{row.area.casefold()}.".startswith(f"{value.rstrip('.')}.")
        case "incident":
            return row.key == value
        case _:
            return value in row.haystack
