"""Looking at contracts."""

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import typer

from liandong.contracts import Event, Vocabulary, labels
from liandong.contracts.catalogue.index import entry, index
from liandong.contracts.catalogue.normal import BRANCH, ENTRY, ITEM, Facts, of_contract
from liandong.contracts.catalogue.parts import declared, parts_at, parts_of
from liandong.contracts.examples import example
from liandong.contracts.labels import Label
from liandong.ops.catalogue.describe import described, unit_of
from liandong.ops.catalogue.named import contract_named

_LANGUAGES = ("en", "zh")
_HEADINGS = {
    "lane": ("lane", "通道"),
    "owner": ("owner", "发布方"),
    "key": ("key", "键"),
    "address": ("address", "主题"),
}
_NEEDED = ("* needed   + needed where its part is given", "* 必填   + 所属部分出现时必填")

About = dict[str, Any]


def list_contracts(*, as_json: bool) -> None:
    """Print one line a contract, or the whole index."""
    entries = index()
    if as_json:
        typer.echo(json.dumps(entries, ensure_ascii=False))
        return
    for one in entries:
        title = f"{one['title']['en']}  {one['title']['zh']}"
        typer.echo(f"{one['name']:<34} {one['lane']:<9} {one['owner']:<18} {title}")


def show_example(name: str) -> None:
    """Print a contract's example as it is checked in."""
    document = example(contract_named(name).type_name())
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def show_contract(name: str, language: str, *, as_json: bool) -> None:
    """Print a contract whole."""
    event = contract_named(name)
    promised = of_contract(event).fields.items()
    fields = [_field(event, path, facts) for path, facts in promised]
    if as_json:
        codes = {
            name: {member.value: _told(labels.of_code(member)) for member in one}
            for name, one in _code_lists(event).items()
        }
        about = entry(event) | {"fields": fields, "codes": codes}
        typer.echo(json.dumps(about, ensure_ascii=False))
        return
    fields.sort(key=lambda about: str(about["path"]).startswith("provenance"))
    column = _LANGUAGES.index(language)
    for line in (*_head(event, column), "", *_rows(fields, column), "", *_lists(event, column)):
        typer.echo(line)


def _field(event: type[Event], path: str, facts: Facts) -> About:
    """Return a field with its label and unit; an item, an entry or a branch has none of its own."""
    about: About = {"path": path, **facts}
    if path.endswith((ITEM, ENTRY)) or BRANCH in path.rpartition(".")[2]:
        return about
    model, name = declared(event, path)
    about["label"] = _told(labels.of_field(model, name))
    lists = [one for one in parts_at(model, name).values() if issubclass(one, Vocabulary)]
    about |= {"code_list": lists[0].__name__} if lists else {}
    return about | ({"unit": unit} if (unit := unit_of(name)) else {})


def _head(event: type[Event], column: int) -> Iterator[str]:
    about, label = entry(event), labels.of_class(event)
    yield f"{about['name']}  {label.en}  {label.zh}"
    yield ""
    yield (inspect.getdoc(event) or "", label.meaning_zh)[column]
    yield ""
    values = {
        "lane": _called(event.lane, column),
        "owner": _called(event.owner, column),
        "key": ", ".join(event.key_fields),
        "address": str(about["address"]),
    }
    yield from (f"{_HEADINGS[name][column]}: {value}" for name, value in values.items())


def _called(code: Vocabulary, column: int) -> str:
    label = labels.of_code(code)
    return f"{code} ({(label.en, label.zh)[column]})"


def _rows(fields: list[About], column: int) -> Iterator[str]:
    required = {about["path"] for about in fields if about.get("required")}
    for about in fields:
        yield f"{_mark(about['path'], required)} {about['path']:<36} {described(about, column)}"
        if label := about.get("label"):
            meaning = (about.get("meaning", ""), label["meaning_zh"])[column]
            yield f"      {label[_LANGUAGES[column]]}: {meaning}"
    yield ""
    yield _NEEDED[column]


def _mark(path: str, required: set[str]) -> str:
    """Return how far a field is needed: always, where the part that holds it is given, or not."""
    above = (path[: dot.start()] for dot in re.finditer(r"\.(?!\*)", path))
    if path not in required:
        return " "
    return "*" if all(part in required for part in above) else "+"


def _lists(event: type[Event], column: int) -> Iterator[str]:
    for name, codes in _code_lists(event).items():
        label = labels.of_class(codes)
        yield f"{name}  {(label.en, label.zh)[column]}"
        for member in codes:
            label = labels.of_code(member)
            yield f"    {member.value:<28} {(label.en, label.zh)[column]}"


def _code_lists(event: type[Event]) -> dict[str, type[Vocabulary]]:
    return {n: part for n, part in parts_of(event).items() if issubclass(part, Vocabulary)}


def _told(label: Label) -> dict[str, str]:
    return {"en": label.en, "zh": label.zh, "meaning_zh": label.meaning_zh}
