"""How a command ends: exit codes, and errors in words that say the next step.

0 done · 1 failed, or the answer is no · 2 usage · 3 not found · 4 not permitted ·
5 unavailable or too late · 6 conflict · 130 interrupted
"""

from collections.abc import Generator
from contextlib import contextmanager
from enum import IntEnum

from liandong.contracts import (
    ConfigurationError,
    ContractError,
    DocumentError,
    LiandongError,
    NotPermitted,
    Unavailable,
)
from liandong.contracts.catalogue.finding import printable


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    NOT_PERMITTED = 4
    UNAVAILABLE = 5
    CONFLICT = 6
    INTERRUPTED = 130


class CommandError(Exception):
    """A command cannot do what it was asked; the message names the next step.

    Attributes:
        code: How the process ends.
    """

    def __init__(self, message: str, code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.code = code


@contextmanager
def needing(extra: str) -> Generator[None]:
    """Say what to install where an import in the block finds nothing.

    Raises:
        CommandError: A part of the extra is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise CommandError(f"this needs {error.name}: pip install 'liandong[{extra}]'") from error


def exit_code(error: Exception) -> Exit:
    """Return how the process ends after an error."""
    match error:
        case CommandError():
            return error.code
        case NotPermitted():
            return Exit.NOT_PERMITTED
        case Unavailable():
            return Exit.UNAVAILABLE
        case ConfigurationError():
            return Exit.USAGE
        case ContractError() | DocumentError():
            return Exit.FAILED
        case _:
            return Exit.FAILED


def explain(error: Exception) -> list[str]:
    """Return an error as lines: what happened, each fault, its number."""
    return [printable(line) for line in _lines(error)]


def _lines(error: Exception) -> list[str]:
    if isinstance(error, ContractError | DocumentError):
        return [*(str(fault) for fault in error.faults), _number(error)]
    if isinstance(error, LiandongError):
        return [str(error), _number(error)]
    return str(error).splitlines()


def _number(error: LiandongError) -> str:
    return f"reason {int(error.reason)} {error.reason.name.lower().replace('_', ' ')}"
