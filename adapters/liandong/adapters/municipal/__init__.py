"""The municipal side: Open311 GeoReport v2, as a server and as a client."""

from liandong.adapters.municipal.backoffice import BackOffice
from liandong.adapters.municipal.georeport import GeoReport

__all__ = ["BackOffice", "GeoReport"]
