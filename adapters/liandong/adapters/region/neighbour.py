"""The gateway to a neighbouring region, as a site file names it; what crosses is in `gateway`."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from liandong.adapters.region.agreement import Agreement, Share
from liandong.adapters.region.gateway import LOOK_S, Gateway, Myself
from liandong.adapters.sdk import Backoff, Bridge, Settings
from liandong.bus import Bus, connect
from liandong.contracts import TransportError
from liandong.contracts.subjects import AgencyName


class OtherSide(BaseModel):
    """The other region's bus, and as whom we speak there."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    servers: Annotated[tuple[str, ...], Field(min_length=1)]
    """Addresses of its NATS servers: ``nats://10.1.0.5:4222``."""
    agency: AgencyName
    """Our name over there, ``region/kind/name``; its region is theirs."""
    credentials: Path | None = None
    """A NATS ``.creds`` file that they gave us."""
    user: str | None = None
    """User name, where they use one."""
    password: SecretStr | None = None
    """Its password."""
    tls_ca: Path | None = None
    """Their certificate authority; turns TLS on."""
    tls_cert: Path | None = None
    """Our certificate, where they ask for one."""
    tls_key: Path | None = None
    """Its private key."""


class GatewaySettings(Settings):
    """Where the other region is, and what is shared with it."""

    there: OtherSide
    """The other region's bus."""
    share: Annotated[tuple[Share, ...], Field(min_length=1)]
    """The sharing agreement, each entry one way."""


class RegionGateway(Bridge[GatewaySettings]):
    """Carry what the agreement names between this region's bus and another's."""

    settings_type = GatewaySettings

    @property
    def address(self) -> str | None:
        """The other side."""
        return self.settings.there.servers[0]

    async def carry(self, bus: Bus) -> None:
        """Carry events until cancelled.

        Raises:
            ConfigurationError: The other side refuses us, or the agreement is not about these two.
        """
        settings = self.settings
        async with await self._connect(bus) as there:
            gateway = Gateway(
                bus,
                there,
                Agreement(share=settings.share),
                area=settings.area,
                name=settings.name,
            )
            self.health.note()
            async with asyncio.TaskGroup() as group:
                group.create_task(gateway.run())
                await gateway.ready.wait()
                self.ready.set()
                while True:
                    self.health.note(gateway.problem)
                    await asyncio.sleep(LOOK_S)

    async def _connect(self, bus: Bus) -> Bus:
        """Connect to the other side, however long it takes; this side is told meanwhile."""
        myself = Myself(self.settings.name, self.settings.area, datetime.now(UTC))
        backoff = Backoff()
        # All of it is given: what the environment says is about our own bus, credentials included.
        other = {name: getattr(self.settings.there, name) for name in OtherSide.model_fields}
        while True:
            try:
                return await connect(mode=bus.mode, name=self.settings.name, **other)
            except TransportError as error:
                self.health.note(str(error))
                await myself.beat(bus, str(error), {})
                await asyncio.sleep(backoff.next())
