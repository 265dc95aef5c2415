"""The filter box: ``contract:order agency:fire area:cn.99.01 incident:lz-7 smoke -drill``.

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
    "警情": "incident",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One condition.

    Attributes:
        name: ``contract``, ``agency``, ``area``, ``incident`` or ``word``.
        value: What must be there.
        turned: Whether it must not be there instead.
    """

    name: str
    value: str
    turned: bool


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows a tab wants: those that satisfy every term.

    Attributes:
        terms: What must be there.
    """

    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a filter as people type it; anything can be read, for what is no term is a word."""
        typed = text[:MAX_LENGTH].replace("：", ":").split()
        return cls(tuple(term for word in typed if (term := _term(word)).value))

    def matches(self, row: Row) -> bool:
        """Say whether a row satisfies every term."""
        return all(_holds(term, row) is not term.turned for term in self.terms)


def _term(word: str) -> Term:
    bare = word.removeprefix("-")
    turned = bare != word
    name, colon, value = bare.partition(":")
    known = _NAMES.get(name.casefold())
    if not (colon and known):
        return Term("word", bare.casefold(), turned)
    if known == "incident" and value:
        return Term(known, to_token(value), turned)
    return Term(known, value.casefold(), turned)


def _holds(term: Term, row: Row) -> bool:
    value = term.value
    match term.name:
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
