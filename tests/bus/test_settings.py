"""Settings: arguments over environment over file."""

from pathlib import Path

import pytest

from liandong.bus import BusSettings, connect, home
from liandong.contracts import Agency, ConfigurationError, Mode


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a settings file in the environment and nothing else."""
    for name in ("SERVERS", "AGENCY", "MODE", "NAME", "HOME"):
        monkeypatch.delenv(f"LIANDONG_{name}", raising=False)
    path = tmp_path / "site.toml"
    path.write_text('agency = "lz/fire/119"\nmode = "test"\nname = "file"\n[[adapter]]\nx = 1\n')
    monkeypatch.setenv("LIANDONG_CONFIG", str(path))
    return path


def test_the_file_is_read(file: Path) -> None:
    """Its top level holds the settings; tables of others are none of ours."""
    del file
    settings = BusSettings()
    assert (settings.agency, settings.mode) == (Agency("lz", "fire", "119"), Mode.TEST)


def test_arguments_win_over_environment_over_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each setting comes from the first place that names it."""
    del file
    monkeypatch.setenv("LIANDONG_NAME", "environment")
    monkeypatch.setenv("LIANDONG_AGENCY", "lz/police/110")
    settings = BusSettings(agency="lz/medical/120")
    assert settings.agency == Agency("lz", "medical", "120")
    assert settings.name == "environment"
    assert settings.mode is Mode.TEST


def test_several_servers_come_from_the_environment(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With commas between them."""
    del file
    monkeypatch.setenv("LIANDONG_SERVERS", "nats://a:4222, nats://b:4222")
    assert BusSettings().servers == ("nats://a:4222", "nats://b:4222")


def test_a_secret_is_not_shown() -> None:
    """Neither by str nor by repr."""
    settings = BusSettings(user="fire", password="hunter2")
    assert "hunter2" not in f"{settings} {settings!r}"


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"mode": "war"}, "mode"),
        ({"agency": "fire"}, "region/kind/name"),
        ({"connect_timeout": 0}, "connect_timeout"),
        ({"user": "u", "password": ["hunter2"]}, "password"),
    ],
)
async def test_a_wrong_setting_is_named(file: Path, given: dict, named: str) -> None:
    """The error says which, and shows no secret."""
    del file
    with pytest.raises(ConfigurationError, match=named) as caught:
        await connect(**given)
    assert "hunter2" not in str(caught.value)


async def test_a_broken_file_is_named(file: Path) -> None:
    """So is what is wrong with it."""
    file.write_text("mode = ")  # noqa: ASYNC240  a few bytes
    with pytest.raises(ConfigurationError, match=r"site\.toml is no TOML: Invalid value"):
        await connect()


async def test_a_certificate_that_is_not_there_is_named(file: Path) -> None:
    """The path is in the error."""
    del file
    with pytest.raises(ConfigurationError, match=r"nowhere\.pem"):
        await connect(servers=("tls://127.0.0.1:1",), tls_ca="/nowhere.pem")


def test_home_is_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it lies in the user's state directory."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path / "here"))
    assert home() == tmp_path / "here"
    monkeypatch.delenv("LIANDONG_HOME")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert home() == tmp_path / "state" / "liandong"
