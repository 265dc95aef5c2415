"""Which orders two people must release: a data file, made up as it ships."""

from functools import cache
from pathlib import Path

from pydantic import Field

from liandong.contracts import OrderIssued
from liandong.contracts.base import ShortText, Token, Value
from liandong.response.rule_file import read_rules

_SHIPPED = "order_policy.toml"


class Release(Value):
    """A kind of order that two people must release."""

    action: Token
    """The action that orders of this kind name."""
    roles: tuple[ShortText, ...] = ()
    """The roles any of which may be the second one; whoever the order names, where empty."""

    def allows(self, role: str | None) -> bool:
        """Say whether a role may be the second one."""
        return role is not None and (not self.roles or role in self.roles)


class OrderPolicy(Value):
    """What a site asks of its orders."""

    release: tuple[Release, ...] = Field(default=())
    """The kinds that two people must release."""

    def missing(self, order: OrderIssued) -> str:
        """Return what an order lacks, in one line; nothing where it may pass."""
        rule = next((one for one in self.release if one.action == order.action), None)
        if rule is None or (order.release_roles and rule.allows(order.released_by)):
            return ""
        who = f", one of them {' or '.join(rule.roles)}" if rule.roles else ""
        return f"{order.action} needs two people to release it{who}"


@cache
def shipped_policy() -> OrderPolicy:
    """Return the policy that comes along."""
    return read_policy()


def read_policy(path: Path | None = None) -> OrderPolicy:
    """Return a site's policy; where no file is named, the one that comes along.

    Raises:
        ConfigurationError: It cannot be read, or is no policy; says where.
    """
    return read_rules(OrderPolicy, _SHIPPED, path)
