"""Write docs/reference from the code: contracts, errors, settings, command line (make docs)."""

import inspect
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

from liandong.bus import BusSettings
from liandong.contracts import Event, LiandongError, Reason
from liandong.ops.cli import app
from liandong.ops.errors import Exit

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
EXAMPLES = "../../contracts/liandong/contracts/examples"
NOTICE = "<!-- Written by `make docs` from the code; change the code instead. -->"
CONTRACTS_LEAD = """\
One JSON document is one message, on the subject
`ld.<mode>.<region>.<kind>.<agency>.<entity>.<event>.<version>.<key>.<area…>`. The key is the first
of the fields named here that is not empty: events of one key are delivered in order. Every event
may also carry `provenance`, which says what it was translated from."""
ERRORS_LEAD = """\
Every error has a class, which says what happens next, and a numbered reason, which a foreign system
may rely on. A number is never used again for something else."""
SETTINGS_LEAD = """\
A command's flags win over the environment, and that over the TOML file which `LIANDONG_CONFIG`
names. State lives under `LIANDONG_HOME`, by default the user's state directory. `LIANDONG_LOG` sets
the log level."""
COMMANDS_LEAD = """\
Data goes to standard output, everything else to standard error. How a command ends is under
[exit codes](errors.md#exit-codes)."""
REASON_GROUPS = {
    1: "bytes",
    2: "envelope",
    3: "payload",
    4: "foreign document",
    5: "rights",
    6: "transport",
    7: "handling",
    8: "settings",
}


def contracts_page() -> str:
    """Return the page of contracts: one table of all, then each one's fields."""
    known = sorted(
        (name, event)
        for name, event in Event.known.items()
        if event.__module__.startswith("liandong.contracts.")
    )
    index = (
        (f"[`{name}`](#{_anchor(name)})", event.lane, _code(event.key_fields), _summary(event))
        for name, event in known
    )
    parts = [
        "# Contracts",
        CONTRACTS_LEAD,
        _table(("contract", "lane", "key", "what it says"), index),
    ]
    for name, event in known:
        fields = (
            (f"`{field}`", "yes" if info.is_required() else "", info.description)
            for field, info in event.model_fields.items()
            if field != "provenance"
        )
        example = f"[A whole message]({EXAMPLES}/{name}.json)."
        parts += [f"## {name}", f"{_summary(event)} {example}"]
        parts.append(_table(("field of `data`", "needed", "meaning"), fields))
    return _page(parts)


def errors_page() -> str:
    """Return the page of errors: classes, reason numbers, exit codes."""
    classes = (
        (f"`{kind.__name__}`", kind.recovery.value.replace("_", " "), _summary(kind))
        for kind in _family(LiandongError)
        if kind.__module__ == LiandongError.__module__
    )
    reasons = (
        (str(int(reason)), f"`{reason.name}`", REASON_GROUPS[reason // 100]) for reason in Reason
    )
    exits = ((str(int(code)), f"`{code.name}`") for code in Exit)
    return _page(
        [
            "# Errors",
            ERRORS_LEAD,
            "## Classes",
            _table(("class", "what the bus does", "when"), classes),
            "## Reasons",
            _table(("number", "name", "concerns"), reasons),
            "## Exit codes",
            _table(("code", "name"), exits),
        ]
    )


def settings_page() -> str:
    """Return the page of the bus's settings."""
    rows = (
        (f"`{name}`", f"`LIANDONG_{name.upper()}`", _default(info.default), info.description)
        for name, info in BusSettings.model_fields.items()
    )
    return _page(
        [
            "# Settings of the bus",
            SETTINGS_LEAD,
            _table(("in the file", "in the environment", "default", "meaning"), rows),
        ]
    )


def command_page() -> str:
    """Return the page of the command line: every command, its arguments and options."""
    root = typer.main.get_command(app)
    parts = [
        "# Command line",
        COMMANDS_LEAD,
        "These stand before the command:",
        _table(("option", "meaning"), _parameters(root)),
    ]
    for words, command in _commands(root, ("liandong",)):
        parts += [f"## {' '.join(words)}", *_help(command)]
        if rows := list(_parameters(command)):
            parts.append(_table(("argument or option", "meaning"), rows))
    return _page(parts)


PAGES: dict[str, Callable[[], str]] = {
    "contracts.md": contracts_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
    "command-line.md": command_page,
}


def main() -> None:
    """Write the pages."""
    REFERENCE.mkdir(exist_ok=True)
    for name, render in PAGES.items():
        (REFERENCE / name).write_text(render(), "utf-8")


def _commands(command: Any, words: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], Any]]:
    for name, found in sorted(command.commands.items()):
        if hasattr(found, "commands"):
            yield from _commands(found, (*words, name))
        else:
            yield (*words, name), found


def _help(command: Any) -> list[str]:
    words, _, example = inspect.cleandoc(command.help or "").partition("Example: ")
    shown = [f"```console\n$ {example.strip()}\n```"] if example else []
    return [words.strip(), *shown]


def _parameters(command: Any) -> Iterable[tuple[str, str]]:
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield f"`{parameter.name.upper()}`", parameter.help or ""
        elif not {"--install-completion", "--show-completion"} & set(parameter.opts):
            yield f"`{', '.join(parameter.opts)}`", parameter.help or ""


def _family(kind: type[LiandongError]) -> list[type[LiandongError]]:
    return [kind, *(one for child in kind.__subclasses__() for one in _family(child))]


def _summary(kind: type[BaseModel] | type[Exception]) -> str:
    return inspect.getdoc(kind).split("\n\n")[0].replace("\n", " ")  # type: ignore[union-attr]


def _default(value: Any) -> str:
    return "" if value in (None, ()) else f"`{json.dumps(str(value))}`"


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _anchor(name: str) -> str:
    return name.replace(".", "")


def _table(head: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(value: Any) -> str:
    return " ".join(str(value or "").replace("``", "`").replace("|", "\\|").split())


def _page(parts: Iterable[str]) -> str:
    title, *rest = parts
    return "\n\n".join((title, NOTICE, *rest)) + "\n"


if __name__ == "__main__":
    main()
