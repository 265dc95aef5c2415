"""The settings files that ship with the adapters can be used as they stand."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from liandong.adapters.region.alert_feed import AlertFeed
from liandong.adapters.region.alert_out import AlertOut
from liandong.adapters.region.alerts import AlertFolder, AlertPush
from liandong.adapters.region.eido import EidoFolder
from liandong.adapters.region.eido_out import EidoOut
from liandong.adapters.region.neighbour import RegionGateway

SHIPPED = {
    "alert-feed.toml": AlertFeed,
    "alert-folder.toml": AlertFolder,
    "alert-out.toml": AlertOut,
    "alert-push.toml": AlertPush,
    "eido-folder.toml": EidoFolder,
    "eido-out.toml": EidoOut,
    "gateway.toml": RegionGateway,
}


@pytest.mark.parametrize(("name", "kind"), SHIPPED.items(), ids=SHIPPED.keys())
def test_a_shipped_settings_file_is_valid_and_names_every_setting(name: str, kind: Any) -> None:
    """Who copies it sees all there is to set, the mode aside: that is the site's."""
    written = tomllib.loads((files("liandong.adapters.region") / name).read_text("utf-8"))
    settings = kind.settings_type.model_validate(written)
    optional = {"mode", "timezone"} if kind in {AlertOut, RegionGateway} else {"mode"}
    assert kind.settings_type.model_fields.keys() - written.keys() <= optional
    assert settings.name == written["name"]


def test_every_settings_file_is_tested() -> None:
    """One that is added is read here."""
    folder = files("liandong.adapters.region")
    assert {f.name for f in folder.iterdir() if f.name.endswith(".toml")} == SHIPPED.keys()
