"""A site file: which server, and which adapters with which settings.

It reads:

    agency = "lz/centre/desk"      # whom the site's own services speak for
    [server]
    port = 4222
    [console]                      # a page on this machine; none where this is left out
    port = 8420
    [response]                     # rules of joint response; what is not named comes along
    plans = "plans"                # a folder of plans, beside this file
    clocks = "clocks.toml"
    [[adapter]]
    uses = "police.cad"            # an entry point of the group liandong.adapters
    settings = "police.toml"       # its settings file, beside this one; or the settings themselves
"""

import tomllib
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from liandong.adapters.sdk import Adapter, Journal
from liandong.bus import home
from liandong.contracts import ConfigurationError, Mode
from liandong.contracts.envelope import faults_of
from liandong.response.rules import Rules

GROUP = "liandong.adapters"


class ServerSettings(BaseModel):
    """The embedded server of a site; a site with its own NATS names ``servers`` instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 4222


class ConsoleSettings(BaseModel):
    """The site's console: a page on this machine, of one mode."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    port: Annotated[int, Field(ge=0, le=65535)] = 8420
    mode: Mode = Mode.LIVE


class SiteFile(BaseModel):
    """The site file as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agency: str = "local/centre/desk"
    servers: tuple[str, ...] = ()
    server: ServerSettings = ServerSettings()
    console: ConsoleSettings | None = None
    response: Rules = Rules()
    adapter: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class AdapterPlan:
    """One adapter of a site, not running yet."""

    kind: type[Adapter[Any]]
    settings: Any

    def build(self) -> Adapter[Any]:
        """Open its journal and make it.

        Raises:
            ConfigurationError: Another process runs it.
        """
        journal = Journal(home() / "adapters" / f"{self.settings.name}.db")
        return self.kind(self.settings, journal)


@dataclass(frozen=True)
class Site:
    """A site file that was read, the settings of everything in it checked."""

    path: Path
    agency: str
    servers: tuple[str, ...]
    server: ServerSettings
    console: ConsoleSettings | None
    response: Rules
    adapters: tuple[AdapterPlan, ...]


def adapter_kinds() -> dict[str, Any]:
    """Return the installed adapters by name; loading one imports it."""
    return {found.name: found for found in entry_points(group=GROUP)}


def adapter_kind(name: str) -> type[Adapter[Any]]:
    """Return an installed adapter.

    Raises:
        ConfigurationError: There is none of that name, or a part that it needs is not installed.
    """
    kinds = adapter_kinds()
    if name not in kinds:
        raise ConfigurationError(f"no adapter {name!r}; there are {', '.join(sorted(kinds))}")
    try:
        return kinds[name].load()
    except ImportError as error:
        raise ConfigurationError(
            f"adapter {name} needs {error.name}: pip install 'liandong[adapters]'"
        ) from error


def read_site(path: Path) -> Site:
    """Read a site file and every settings file it names.

    Raises:
        ConfigurationError: Something in it is wrong; says where; the faults of one file at once.
    """
    document = _toml(path)
    site = _checked(SiteFile, _rooted(SiteFile, document, path.parent), str(path))
    plans = tuple(_plan(table, path, number) for number, table in enumerate(site.adapter, 1))
    names = [plan.settings.name for plan in plans]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ConfigurationError(f"{path}: adapters named {', '.join(sorted(twice))} twice")
    return Site(path, site.agency, site.servers, site.server, site.console, site.response, plans)


def _plan(table: dict[str, Any], path: Path, number: int) -> AdapterPlan:
    where = f"{path}: adapter {number}"
    values = dict(table)
    try:
        kind = adapter_kind(values.pop("uses"))
    except KeyError:
        raise ConfigurationError(f"{where}: 'uses' names no adapter") from None
    folder = path.parent
    if named := values.pop("settings", None):
        file = folder / named
        values, where, folder = _toml(file) | values, str(file), file.parent
    return AdapterPlan(
        kind, _checked(kind.settings_type, _rooted(kind.settings_type, values, folder), where)
    )


def _rooted(model: type[BaseModel], values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Have relative paths begin at the folder of the file that names them, at any depth."""
    fields = model.model_fields
    return {
        name: _rooted_value(fields[name].annotation, value, folder) if name in fields else value
        for name, value in values.items()
    }


def _rooted_value(annotation: Any, value: Any, folder: Path) -> Any:
    inside = _types_in(annotation)
    if isinstance(value, str) and Path in inside:
        return str(folder / value)
    for model in inside:
        if not issubclass(model, BaseModel):
            continue
        if isinstance(value, dict):
            return _rooted(model, cast("dict[str, Any]", value), folder)
        if isinstance(value, list):
            return [_rooted(model, part, folder) for part in cast("list[Any]", value)]
    return value


def _types_in(annotation: Any) -> list[type[Any]]:
    """Return the classes that an annotation is made of: ``Path | None`` names two."""
    if isinstance(annotation, type) and not get_args(annotation):
        return [annotation]
    return [found for part in get_args(annotation) for found in _types_in(part)]


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from None


def _checked(model: type[Any], values: dict[str, Any], where: str) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        faults = "; ".join(str(fault) for fault in faults_of(error, ""))
        raise ConfigurationError(f"{where}: {faults}") from None
