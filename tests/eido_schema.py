"""The official schema of EIDO, as far as it is here, with its misprints mended."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import jsonschema
import yaml
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

_MISPRINTS = {"minItems: 1,": "minItems: 1", "NIEMComponents//": "NIEMComponents/"}


@cache
def validator(folder: Path) -> jsonschema.Draft4Validator:
    """Return what validates an EIDO against the schema in a folder."""
    root = (folder / "openapi.yaml").as_uri()

    def retrieve(uri: str) -> Resource[Any]:
        return Resource.from_contents(load(Path(url2pathname(urlsplit(uri).path))), DRAFT4)

    return jsonschema.Draft4Validator(
        {"$ref": f"{root}#/components/schemas/EmergencyIncidentDataObjectType"},
        registry=Registry(retrieve=retrieve),
    )


def load(path: Path) -> Any:
    """Read a file of the schema."""
    text = path.read_text("utf-8")
    for wrong, right in _MISPRINTS.items():
        text = text.replace(wrong, right)
    return yaml.load(text, Loader=yaml.CSafeLoader)
