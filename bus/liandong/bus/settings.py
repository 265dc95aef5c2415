"""How to reach the bus, and as whom: flags over environment over file."""

import os
import ssl
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from liandong.contracts import Agency, ConfigurationError, ContractError, Lane, Mode
from liandong.contracts.envelope import faults_of
from liandong.contracts.subjects import Area


def home() -> Path:
    """Return where state lives: ``LIANDONG_HOME``, else the user's state directory."""
    if named := os.environ.get("LIANDONG_HOME"):
        return Path(named).expanduser()
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(state).expanduser() / "liandong"


def _agency(value: Any) -> Any:
    return Agency.parse(value) if isinstance(value, str) else value


def _addresses(value: Any) -> Any:
    """Read ``nats://a:4222,nats://b:4222`` as an environment holds it."""
    if not isinstance(value, str):
        return value
    return tuple(address for part in value.split(",") if (address := part.strip()))


class BusSettings(BaseSettings):
    """Settings of one connection.

    Arguments win over ``LIANDONG_…`` in the environment, and those over the TOML file named by
    ``LIANDONG_CONFIG`` (its top level).
    """

    model_config = SettingsConfigDict(
        env_prefix="LIANDONG_",
        frozen=True,
        extra="ignore",
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
    )

    servers: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)] = ()
    """Addresses of NATS servers (``nats://10.0.0.5:4222``, several with commas between them in the
    environment); none means the embedded one."""
    orders_servers: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)] = ()
    """Addresses of the broker of the orders lane, where it has one of its own."""
    telemetry_servers: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_addresses)] = ()
    """Addresses of the broker of the telemetry lane, where it has one of its own."""
    agency: Annotated[Agency, NoDecode, BeforeValidator(_agency)] = Agency(
        "local", "centre", "desk"
    )
    """Whom this connection speaks for: ``region/kind/name``."""
    mode: Mode = Mode.LIVE
    """Live, exercise or test. One connection has one mode."""
    area: Area = "zz"
    """Where this agency is, as a path of administrative codes: said with what concerns no other
    place, as an alarm does. ``zz`` is nowhere known."""
    name: str = "liandong"
    """What the broker shows as the client's name."""
    credentials: Path | None = None
    """A NATS ``.creds`` file; read again at each connection."""
    user: str | None = None
    """User name, where the broker uses one."""
    password: SecretStr | None = None
    """Its password; better in the environment than in a file."""
    tls_ca: Path | None = None
    """Certificate authority of the broker; turns TLS on."""
    tls_cert: Path | None = None
    """Our certificate, where the broker asks for one."""
    tls_key: Path | None = None
    """Its private key."""
    inbox_prefix: str = "_INBOX"
    """Prefix of reply subjects: one for each user, or users could read one another's answers."""
    replicas: Annotated[int, Field(ge=1, le=5)] = 1
    """Copies of each stream: 1 on one server, 3 on a cluster."""
    events_days: Annotated[int, Field(ge=1, le=36_500)] = 90
    """Days that the events lane is kept; orders are kept for ever."""
    connect_timeout: Annotated[float, Field(gt=0, le=60)] = 5.0
    """Seconds that one attempt to connect may take."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put arguments before the environment before the file."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, os.environ.get("LIANDONG_CONFIG"))
        return init_settings, env_settings, file

    def servers_of(self, lane: Lane) -> tuple[str, ...]:
        """Return the addresses of a lane's broker."""
        own = {Lane.ORDERS: self.orders_servers, Lane.TELEMETRY: self.telemetry_servers}
        return own.get(lane) or self.servers

    def tls(self) -> ssl.SSLContext | None:
        """Return the TLS context, or None where no authority is set.

        Raises:
            ConfigurationError: A file is missing or holds no certificate or key.
        """
        if self.tls_ca is None:
            return None
        try:
            context = ssl.create_default_context(cafile=str(self.tls_ca))
            if self.tls_cert:
                context.load_cert_chain(self.tls_cert, self.tls_key)
        except OSError as error:  # ssl.SSLError is one
            raise ConfigurationError(
                f"cannot use tls_ca {self.tls_ca}, tls_cert {self.tls_cert}, "
                f"tls_key {self.tls_key}: {error}"
            ) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def read_settings(given: dict[str, Any]) -> BusSettings:
    """Return the settings of a connection.

    Args:
        given: Arguments by name, which win over environment and file.

    Raises:
        ConfigurationError: A setting is wrong; says which, and not what stood there.
    """
    try:
        return BusSettings(**given)
    except ValidationError as error:
        wrong = "; ".join(map(str, faults_of(error, root="")))
        raise ConfigurationError(f"wrong setting: {wrong}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{os.environ['LIANDONG_CONFIG']} is no TOML: {error}") from None
    except (ContractError, OSError, ValueError) as error:
        raise ConfigurationError(f"wrong setting: {error}") from None
