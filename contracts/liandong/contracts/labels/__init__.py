"""What people call each contract, field and code, in English and Chinese.

One TOML file a module of contracts, one table a class. Under ``_`` stands the class itself, under
every other key a field, or a member of a code list by its Python name::

    [IncidentReported]
    _ = ["Incident reported", "接报警情", "某机构获知一起警情，在其结束或移交之前由其负责。"]
    call_id = ["Call", "报警编号", "使警情为人所知的那次报警（EIDO callComponent）。"]

    [ResponseGrade]
    _ = ["Grade or level", "事件级别、响应级别", "突发事件的级别，或应急响应的级别。"]
    I = ["I, particularly serious", "Ⅰ级（特别重大）"]

A label is a title of a few words. The third text is the docstring in Chinese; a code may go
without. One that says what is wrong has two more: what to do about it, in English and Chinese. A
field is labelled where it is declared, not again where it is inherited.

One word for one thing: an incident is 警情; 事件 is an event of the bus, or an emergency in the
set phrases of the standards (突发事件, 事件类别, 事件级别). An agency is 机构, and 单位 only in
set phrases (联动单位, 成员单位, 报告单位); a unit is 力量; a name that people give is 编号, an
event's id 标识. A citizen's request is 转办, ownership and command are 移交.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from inspect import get_annotations

from pydantic import BaseModel

from liandong.contracts.base import Vocabulary
from liandong.contracts.errors import ConfigurationError

SELF = "_"


@dataclass(frozen=True, slots=True)
class Label:
    """What people call something.

    Attributes:
        en: A title of a few words in English.
        zh: The same in Chinese.
        meaning_zh: What it means, in Chinese: the docstring's sense; empty for a plain code.
        mend_en: What to do about it, in English; empty unless it is a code for what is wrong.
        mend_zh: The same in Chinese.
    """

    en: str
    zh: str
    meaning_zh: str = ""
    mend_en: str = ""
    mend_zh: str = ""


class NoLabel(ConfigurationError, KeyError):  # noqa: N818  it says what happened
    """Nobody has labelled it; the message says where to."""

    __str__ = Exception.__str__  # a KeyError's own is in quotes


def of_class(kind: type[BaseModel] | type[Vocabulary]) -> Label:
    """Return what a contract, a part of one, or a code list is called.

    Raises:
        NoLabel: Nobody has labelled it.
    """
    return _label(kind, SELF)


def of_field(model: type[BaseModel], name: str) -> Label:
    """Return what a field is called.

    Raises:
        NoLabel: Nobody has labelled it.
    """
    declaring = (kind for kind in model.__mro__ if name in get_annotations(kind))
    return _label(next(declaring, model), name)


def of_code(member: Vocabulary) -> Label:
    """Return what a code is called; one that is not recognised, by its value.

    Raises:
        NoLabel: Nobody has labelled it.
    """
    if not member.recognised:
        return Label(member.value, member.value)
    return _label(type(member), member.name)


def _label(kind: type, name: str) -> Label:
    module = kind.__module__.rpartition(".")[2]
    try:
        return _labels(module)[kind.__name__][name]
    except KeyError:
        what = kind.__name__ if name == SELF else f"{kind.__name__}.{name}"
        raise NoLabel(f"{what} has no label: add it to labels/{module}.toml") from None


@cache
def _labels(module: str) -> Mapping[str, Mapping[str, Label]]:
    path = files(__name__) / f"{module}.toml"
    tables = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    return {
        kind: {name: Label(*texts) for name, texts in table.items()}
        for kind, table in tables.items()
    }


__all__ = ["SELF", "Label", "NoLabel", "of_class", "of_code", "of_field"]
