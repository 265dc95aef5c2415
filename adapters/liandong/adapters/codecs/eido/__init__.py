"""NENA EIDO (NENA-STA-021.1b-2022), JSON: read leniently, merged, written strictly."""

from liandong.adapters.codecs.eido.checks import Defect
from liandong.adapters.codecs.eido.codec import MEDIA_TYPE, document, parse, render
from liandong.adapters.codecs.eido.document import Component, Eido, Reference
from liandong.adapters.codecs.eido.merge import merge
from liandong.adapters.codecs.eido.schema import STANDARD, Kind, registry

__all__ = [
    "MEDIA_TYPE",
    "STANDARD",
    "Component",
    "Defect",
    "Eido",
    "Kind",
    "Reference",
    "document",
    "merge",
    "parse",
    "registry",
    "render",
]
