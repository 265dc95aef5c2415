"""Checking messages in files."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from liandong.contracts.catalogue.finding import Finding, Language
from liandong.contracts.catalogue.validate import validate
from liandong.ops.errors import CommandError, Exit

_RIGHT = {"en": "{count} {messages} {are} right", "zh": "{count} 条消息无误"}
_WRONG = {
    "en": "{wrong} of {count} {messages} {are} wrong",
    "zh": "{count} 条消息中有 {wrong} 条有误",
}


def validate_files(files: Sequence[Path], language: Language, *, as_json: bool) -> int:
    """Print every fault of every message; return how the command ends."""
    found = [(place, validate(body)) for path in files for place, body in _messages(path)]
    if as_json:
        rows = [_about(place, findings, language) for place, findings in found]
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        for place, findings in found:
            for finding in findings:
                typer.echo(f"{place}: {finding.line(language)}")
    wrong = sum(bool(findings) for _, findings in found)
    typer.echo(_summary(len(found), wrong, language), err=True)
    return Exit.FAILED if wrong else Exit.OK


def content(path: Path) -> bytes:
    """Return what a file holds, or standard input where it is ``-``.

    Raises:
        CommandError: It cannot be read.
    """
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}", Exit.NOT_FOUND) from None


def _summary(count: int, wrong: int, language: Language) -> str:
    words = (_WRONG if wrong else _RIGHT)[language]
    messages = "message" if count == 1 else "messages"
    are = "is" if (wrong or count) == 1 else "are"
    return words.format(count=count, wrong=wrong, messages=messages, are=are)


def _messages(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each message of a file with its place; blank lines between messages are none."""
    body = content(path)
    lines = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    if len(lines) > 1 and _is_json(lines[0][1]):
        yield from ((f"{path}:{number}", line) for number, line in lines)
    else:
        yield str(path), body


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _about(place: str, findings: Sequence[Finding], language: Language) -> dict[str, object]:
    faults = [
        {
            "path": fault.path,
            "kind": finding.kind,
            "reason": int(finding.reason),
            "expected": fault.expected,
            "found": fault.found,
        }
        for finding in findings
        for fault in (finding.fault(language),)
    ]
    return {"message": place, "right": not faults, "faults": faults}
