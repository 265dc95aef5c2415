"""Which contracts there are: those of this package, loaded when asked for, and an integrator's."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import TypeVar

from liandong.contracts.homes import HOMES, home_of

C = TypeVar("C")


class Registry(MutableMapping[str, C]):
    """Contracts by the name of their type.

    To look one up loads the module that declares it; to go through them loads every module.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, C] = {}

    def __getitem__(self, name: str) -> C:
        try:
            return self._loaded[name]
        except KeyError:
            if home := home_of(name):
                import_module(home)
        return self._loaded[name]

    def __setitem__(self, name: str, contract: C) -> None:
        self._loaded[name] = contract

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        for home in HOMES.values():
            import_module(home)
        return iter(self._loaded)

    def __len__(self) -> int:
        return sum(1 for _ in self)
