"""Mutants: a module with one place changed, to show that its tests would notice."""

import sys
from pathlib import Path
from types import ModuleType


def mutant(module: ModuleType, old: str, new: str) -> ModuleType:
    """Return a copy of a module in which one piece of source is another.

    Raises:
        ValueError: The piece does not stand there exactly once.
    """
    path = Path(str(module.__file__))
    source = path.read_text("utf-8")
    if source.count(old) != 1:
        raise ValueError(f"{old!r} stands {source.count(old)} times in {path.name}")
    changed = ModuleType(f"{module.__name__}_mutant")
    sys.modules[changed.__name__] = changed  # dataclasses look their module up
    exec(compile(source.replace(old, new), str(path), "exec"), changed.__dict__)  # noqa: S102
    return changed
