"""Write what the docs take from the code (make docs): the reference, and the state diagrams."""

import inspect
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typer

import alarm_pages
import contract_pages
import diagrams
from liandong.bus import BusSettings
from liandong.contracts import LiandongError, Reason
from liandong.ops.cli import app
from liandong.ops.errors import Exit
from markdown_page import member_docstrings, page, summary, table

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
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


def errors_page() -> str:
    """Return the page of errors: classes, reason numbers, exit codes."""
    classes = (
        (f"`{kind.__name__}`", kind.recovery.value.replace("_", " "), summary(kind))
        for kind in _family(LiandongError)
        if kind.__module__ == LiandongError.__module__
    )
    meanings = member_docstrings(Reason)
    reasons = (
        (str(int(one)), f"`{one.name}`", REASON_GROUPS[one // 100], meanings[one.name])
        for one in Reason
    )
    exits = ((str(int(code)), f"`{code.name}`") for code in Exit)
    return page(
        [
            "# Errors",
            ERRORS_LEAD,
            "## Classes",
            table(("class", "what the bus does", "when"), classes),
            "## Reasons",
            table(("number", "name", "concerns", "meaning"), reasons),
            "## Exit codes",
            table(("code", "name"), exits),
        ]
    )


def settings_page() -> str:
    """Return the page of the bus's settings."""
    rows = (
        (f"`{name}`", f"`LIANDONG_{name.upper()}`", _default(info.default), info.description)
        for name, info in BusSettings.model_fields.items()
    )
    return page(
        [
            "# Settings of the bus",
            SETTINGS_LEAD,
            table(("in the file", "in the environment", "default", "meaning"), rows),
        ]
    )


def command_page() -> str:
    """Return the page of the command line: every command, its arguments and options."""
    root = typer.main.get_command(app)
    parts = [
        "# Command line",
        COMMANDS_LEAD,
        "These stand before the command:",
        table(("option", "meaning"), _parameters(root)),
    ]
    for words, command in _commands(root, ("liandong",)):
        parts += [f"## {' '.join(words)}", *_help(command)]
        if rows := list(_parameters(command)):
            parts.append(table(("argument or option", "meaning"), rows))
    return page(parts)


def pages() -> dict[str, str]:
    """Return every page by its path below the reference."""
    return {
        **contract_pages.pages(),
        "errors.md": errors_page(),
        "alarms.md": alarm_pages.alarms_page("en"),
        "alarms.zh-CN.md": alarm_pages.alarms_page("zh"),
        "settings.md": settings_page(),
        "command-line.md": command_page(),
    }


def main() -> None:
    """Write the pages, take away those of what is no more, and draw the diagrams."""
    written = pages()
    shutil.rmtree(REFERENCE, ignore_errors=True)
    for name, text in written.items():
        path = REFERENCE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    for path, text in diagrams.pages().items():
        path.write_text(text, "utf-8")


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


def _default(value: Any) -> str:
    return "" if value in (None, ()) else f"`{json.dumps(str(value))}`"


if __name__ == "__main__":
    main()
