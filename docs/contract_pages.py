"""The reference of the contracts, in English and in Chinese, from the same code and labels.

One page a thing that events are about (``contracts/incident.md``), one of the envelope, one of the
parts that several contracts share, one of the code lists, and an index. English meanings are the
docstrings, Chinese ones the labels' third text; types and limits are those of the JSON Schema.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel, TypeAdapter

from contract_words import ATTRIBUTES, SAY
from liandong.contracts import (
    AgencyName,
    Envelope,
    Mode,
    Precedence,
    Token,
    Value,
    Vocabulary,
    labels,
)
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.parts import invariants_of, parts_of
from liandong.contracts.catalogue.plain import RESTRICTED
from liandong.contracts.catalogue.schema import data_schema, envelope_schema
from liandong.contracts.docstrings import field_docstrings
from markdown_page import page, summary, table

Schema = dict[str, Any]

EXAMPLES = "contracts/liandong/contracts/examples"


def pages() -> dict[str, str]:
    """Return every page by its path below the reference, in both languages."""
    return {path: text for language in SAY for path, text in Writer(language).pages()}


class Writer:
    """Writes the pages in one language."""

    def __init__(self, language: str) -> None:
        """Choose the language: ``en`` or ``zh``."""
        self.language = language
        self.say = SAY[language]
        self.known = contracts()
        found = {k: v for event in self.known.values() for k, v in parts_of(event).items()}
        found |= {"Mode": Mode, "Precedence": Precedence}
        self.parts = {k: v for k, v in sorted(found.items()) if issubclass(v, Value)}
        self.lists = {k: v for k, v in sorted(found.items()) if issubclass(v, Vocabulary)}

    def pages(self) -> Iterator[tuple[str, str]]:
        """Yield each page's path and text."""
        suffix = self.say["suffix"]
        yield f"contracts{suffix}", self._index()
        for thing in dict.fromkeys(map(_thing, self.known)):
            yield f"contracts/{thing}{suffix}", self._thing(thing)
        yield f"contracts/envelope{suffix}", self._envelope()
        yield f"contracts/parts{suffix}", self._parts()
        yield f"contracts/code-lists{suffix}", self._code_lists()

    def _index(self) -> str:
        head = (
            self.say[name] for name in ("contract", "called", "lane", "owner", "key", "meaning")
        )
        rows = (
            (
                f"[`{name}`](contracts/{_thing(name)}{self.say['suffix']}#{_anchor(name)})",
                self._title(event),
                self._code(event.lane),
                self._code(event.owner),
                _quoted(event.key_fields),
                self._meaning(event),
            )
            for name, event in self.known.items()
        )
        title = f"# {self.say['title']}"
        lists = (
            f"[{self.say[page]}](contracts/{name}{self.say['suffix']})"
            for page, name in (
                ("envelope", "envelope"),
                ("parts", "parts"),
                ("codes", "code-lists"),
            )
        )
        return page([title, self.say["lead"], self.say["comma"].join(lists), table(head, rows)])

    def _thing(self, thing: str) -> str:
        parts = [f"# `{thing}`"]
        for name, event in self.known.items():
            if _thing(name) == thing:
                facts = self.say["facts"].format(
                    lane=self._code(event.lane),
                    owner=self._code(event.owner),
                    key=_quoted(event.key_fields),
                )
                example = f"[{self.say['whole']}](../../../{EXAMPLES}/{name}.json)"
                parts += [f"## {name}", f"**{self._title(event)}** {self._meaning(event)}"]
                parts += [f"{facts} {example}", self._fields(event, data_schema(event), "field")]
                parts += self._rules(event)
        return page(parts)

    def _envelope(self) -> str:
        schema = envelope_schema()
        rows = (
            (
                f"`{name}`",
                getattr(_attribute(name), self.language),
                self.say["yes"] if name in schema["required"] else "",
                self._type(node),
                f"`{node['default']}`" if "default" in node else "",
                node["description"] if self.language == "en" else _attribute(name).meaning_zh,
            )
            for name, node in schema["properties"].items()
        )
        head = ("attribute", "called", "needed", "type", "default", "meaning")
        attributes = table((self.say[name] for name in head), rows)
        title = f"# {self.say['envelope']}"
        return page([title, self.say["envelope_lead"], attributes, *self._rules(Envelope)])

    def _rules(self, model: type[BaseModel]) -> Iterator[str]:
        """Yield the rules by their names: nothing else is known of a method from outside."""
        if names := invariants_of(model):
            said = map(_in_words, names) if self.language == "en" else (f"`{n}`" for n in names)
            yield self.say["rules"].format(rules=self.say["semicolon"].join(said))

    def _parts(self) -> str:
        parts = [f"# {self.say['parts']}", self.say["parts_lead"]]
        for name, part in self.parts.items():
            parts += [f"## {name}", f"**{self._title(part)}** {self._meaning(part)}"]
            parts.append(self._fields(part, self._part_schema(name), "part_field"))
        return page(parts)

    def _code_lists(self) -> str:
        parts = [f"# {self.say['codes']}", self.say["codes_lead"]]
        for name, codes in self.lists.items():
            rows = ((f"`{member.value}`", self._code(member)) for member in codes)
            parts += [f"## {name}", f"**{self._title(codes)}** {self._meaning(codes)}"]
            parts.append(table((self.say["code"], self.say["called"]), rows))
        return page(parts)

    def _fields(self, model: type[Value], schema: Schema, head: str) -> str:
        needed = schema.get("required", ())
        rows = (
            (
                f"`{name}`",
                getattr(labels.of_field(model, name), self.language),
                self.say["yes"] if name in needed else "",
                self._type(schema["properties"][name]),
                self._field_meaning(model, name),
            )
            for name in model.model_fields
            if name != "provenance"
        )
        titles = (self.say[name] for name in (head, "called", "needed", "type", "meaning"))
        return table(titles, rows)

    def _part_schema(self, name: str) -> Schema:
        schemas = (data_schema(event) for event in self.known.values())
        return next(s["$defs"][name] for s in schemas if name in s.get("$defs", {}))

    def _type(self, node: Schema) -> str:
        if "$ref" in node:
            return self._link(node["$ref"].rpartition("/")[2])
        if branches := node.get("anyOf") or node.get("allOf"):
            return self.say["or"].join(dict.fromkeys(self._type(one) for one in branches))
        if "const" in node:
            return self.say["always"].format(value=node["const"])
        limits = self._limits(node)
        if node.get("$comment") == RESTRICTED:
            limits.append(self.say["restricted"])
        return self.say["comma"].join([self._kind(node), *limits])

    def _kind(self, node: Schema) -> str:
        match node["type"]:
            case "array":
                return self.say["list"].format(item=self._type(node["items"]))
            case "object" if "additionalProperties" not in node:
                return self.say["object"]
            case "object":
                (entry,) = node.get("patternProperties", {}).values() or (
                    node["additionalProperties"],
                )
                return self.say["map"].format(item=self._type(entry))
            case "string" if node.get("pattern") in _KNOWN:
                return self.say[_KNOWN[node["pattern"]]]
            case "string":
                return self.say["time" if node.get("format") == "date-time" else "text"]
            case other:
                return self.say[other]

    def _limits(self, node: Schema) -> list[str]:
        found = []
        if span := _range(node):
            found.append(span)
        if span := _span(node, "minLength", "maxLength"):
            found.append(self.say["characters"].format(range=span))
        if span := _span(node, "minItems", "maxItems") or _span(node, "", "maxProperties"):
            found.append(self.say["entries"].format(range=span))
        if "pattern" in node and node["pattern"] not in _KNOWN:
            found.append(self.say["pattern"].format(pattern=node["pattern"]))
        return found

    def _link(self, name: str) -> str:
        target = "parts" if name in self.parts else "code-lists"
        kind = self.parts.get(name) or self.lists[name]
        return f"[{self._title(kind)}]({target}{self.say['suffix']}#{_anchor(name)})"

    def _title(self, kind: type[Value] | type[Vocabulary]) -> str:
        return getattr(labels.of_class(kind), self.language)

    def _code(self, member: Vocabulary) -> str:
        return getattr(labels.of_code(member), self.language)

    def _meaning(self, kind: type[Value] | type[Vocabulary]) -> str:
        return summary(kind) if self.language == "en" else labels.of_class(kind).meaning_zh

    def _field_meaning(self, model: type[Value], name: str) -> str | None:
        if self.language == "en":
            return field_docstrings(model).get(name)
        return labels.of_field(model, name).meaning_zh


def _pattern_of(kind: Any) -> str:
    return TypeAdapter(kind).json_schema()["pattern"]


_KNOWN = {_pattern_of(Token): "token", _pattern_of(AgencyName): "agency"}


def _attribute(name: str) -> labels.Label:
    return ATTRIBUTES.get(name) or labels.of_field(Envelope, name)


def _in_words(rule: str) -> str:
    """Return ``BedCapacity.of_some_kind`` as "`BedCapacity` of some kind"."""
    part, _, name = rule.rpartition(".")
    return " ".join(filter(None, (f"`{part}`" if part else "", name.replace("_", " "))))


def _thing(type_name: str) -> str:
    return type_name.partition(".")[0]


def _span(node: Schema, least: str, most: str) -> str:
    low, high = node.get(least), node.get(most)
    if high is None:
        return "" if low is None else f"≥ {_plain(low)}"
    return f"{_plain(low)}…{_plain(high)}" if low else f"≤ {_plain(high)}"


def _range(node: Schema) -> str:
    """Return the range of a number; a bound that it stays short of is said with its sign."""
    least = node.get("minimum", node.get("exclusiveMinimum"))
    most = node.get("maximum", node.get("exclusiveMaximum"))
    if least is None or most is None:
        return ""
    above = "> " if "exclusiveMinimum" in node else ""
    below = "< " if "exclusiveMaximum" in node else ""
    return f"{above}{_plain(least)}…{below}{_plain(most)}"


def _plain(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,.10g}"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _anchor(name: str) -> str:
    return name.replace(".", "").lower()
