"""What every contract must be, one rule a module. A rule yields a sentence for each breach.

Ours are held to it by a test; whoever writes contracts of their own holds them to it with
``lint(MyEvent, example)``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from liandong.contracts.base import Event
from liandong.contracts.lint import (
    aware_time,
    bounds,
    description,
    example,
    finite,
    label,
    lane,
    naming,
    owner,
    unit,
    version,
)

Example = dict[str, Any]
Rule = Callable[[type[Event], Example], Iterator[str]]

RULES: dict[str, Rule] = {
    rule.__name__.rpartition(".")[2]: rule.check
    for rule in (
        aware_time,
        bounds,
        description,
        example,
        finite,
        label,
        lane,
        naming,
        owner,
        unit,
        version,
    )
}
"""The rules by name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach of a rule.

    Attributes:
        contract: The contract's type name.
        rule: The rule's name.
        problem: Where and what, in one line.
    """

    contract: str
    rule: str
    problem: str

    def __str__(self) -> str:
        """Render as one line."""
        return f"{self.contract}: {self.problem} [{self.rule}]"


def lint(contract: type[Event], golden: Example) -> tuple[Finding, ...]:
    """Return all that is wrong with a contract.

    Args:
        contract: The contract.
        golden: Its golden example, a whole message.
    """
    return tuple(
        Finding(contract.type_name(), name, problem)
        for name, check in RULES.items()
        for problem in check(contract, golden)
    )


__all__ = ["RULES", "Example", "Finding", "Rule", "lint"]
