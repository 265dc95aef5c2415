"""The settings files shown beside the adapters are settings of those adapters."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from liandong.adapters.fire.dispatch import DispatchRecords
from liandong.adapters.fire.orders import StationOrders
from liandong.adapters.fire.telemetry import Telemetry
from liandong.adapters.police.cad import CadExports
from liandong.adapters.police.orders import CadOrders
from liandong.adapters.sdk import Adapter


@pytest.mark.parametrize(
    ("agency", "name", "kind"),
    [
        ("fire", "dispatch", DispatchRecords),
        ("fire", "orders", StationOrders),
        ("fire", "telemetry", Telemetry),
        ("police", "cad", CadExports),
        ("police", "orders", CadOrders),
    ],
)
def test_the_shown_settings_are_read(agency: str, name: str, kind: type[Adapter[Any]]) -> None:
    """Every key is known, every value allowed, and the agency speaks for its own kind."""
    file = files(f"liandong.adapters.{agency}") / f"{name}.toml"
    settings = kind.settings_type.model_validate(tomllib.loads(file.read_text("utf-8")))
    assert settings.agency.kind == agency
