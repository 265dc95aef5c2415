"""Where a command finds plans: a file, the folder named, or the folder of this machine."""

from pathlib import Path

from liandong.bus import home
from liandong.ops.errors import CommandError, Exit
from liandong.response.plan_file import Plan, read_plan
from liandong.response.plan_library import Library, plan_files, read_folder, samples
from liandong.response.plan_lint import sound


def folder_of(folder: Path | None) -> Path:
    """Return the folder of plans: the one named, else ``plans`` in LIANDONG_HOME."""
    return folder or home() / "plans"


def library_of(folder: Path | None, *, even_samples: bool = False) -> Library:
    """Return the plans of a folder, all of them sound.

    Args:
        folder: The folder; that of this machine, where none is named.
        even_samples: Whether the made-up plans may stand in where this machine has none.

    Raises:
        CommandError: There is no such folder.
        ConfigurationError: A plan in it cannot be read, or used.
    """
    where = folder_of(folder)
    if where.is_dir():
        return sound(read_folder(where))
    if even_samples and folder is None:
        return samples()
    raise CommandError(f"no plans at {where}: name their folder with --plans", Exit.NOT_FOUND)


def plan_named(name: str, folder: Path | None, *, even_samples: bool = False) -> Plan:
    """Return the plan of a file, or the newest edition of one in a folder.

    Raises:
        CommandError: There is none.
        ConfigurationError: It cannot be read, or used.
    """
    if (path := Path(name)).suffix == ".toml":
        plan = read_plan(path)
        sound(Library.of([plan]))
        return plan
    library = library_of(folder, even_samples=even_samples)
    if found := library.newest(name):
        return found
    known = ", ".join(sorted({plan_id for plan_id, _ in library.plans}))
    raise CommandError(f"no plan {name!r}; there are {known}", Exit.NOT_FOUND)


def files_of(paths: list[Path]) -> list[Path]:
    """Return plan files: those named, and those in the folders named.

    Raises:
        CommandError: There is none.
    """
    found = [file for path in paths for file in (plan_files(path) if path.is_dir() else (path,))]
    if not found:
        raise CommandError(f"no plan in {', '.join(map(str, paths))}", Exit.NOT_FOUND)
    return found
