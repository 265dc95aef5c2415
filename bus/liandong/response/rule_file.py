"""Reading files of rules: a site's own, or those that come along, which are made up."""

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from liandong.contracts import ConfigurationError
from liandong.contracts.envelope import faults_of

R = TypeVar("R", bound=BaseModel)


def read_rules(model: type[R], shipped: str, path: Path | None = None) -> R:
    """Return the rules in a TOML file; where none is named, those that come along.

    Args:
        model: What the file must fit.
        shipped: The file's name among those that come along.
        path: A site's own.

    Raises:
        ConfigurationError: It cannot be read, is not TOML, or does not fit: all faults at once.
    """
    name = str(path or shipped)
    try:
        text = (path or files("liandong.response") / shipped).read_text("utf-8")
        return model.model_validate(tomllib.loads(text))
    except OSError as error:
        raise ConfigurationError(f"cannot read {name}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name} is not TOML: {error}") from None
    except ValidationError as error:
        faults = "; ".join(map(str, faults_of(error, "")))
        raise ConfigurationError(f"{name}: {faults}") from None
