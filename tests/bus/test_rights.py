"""A subscriber with the fewest rights that reading takes."""

from pathlib import Path

from ears import Ears
from facts import AREA, reported

from liandong.bus import Server, connect
from liandong.contracts import Filter
from liandong.contracts.incidents import IncidentReported

USERS = """
accounts { SITE { jetstream: enabled, users: [
  { user: admin, password: a }
  { user: desk, password: d, permissions: {
      publish: { allow: [
        "$JS.API.CONSUMER.INFO.*.*",
        "$JS.API.CONSUMER.CREATE.*.*", "$JS.API.CONSUMER.CREATE.*.*.>",
        "$JS.API.CONSUMER.MSG.NEXT.*.*", "$JS.ACK.>", "_INBOX.>"] }
      subscribe: { allow: ["_INBOX.>"] } } } ] } }
"""


async def test_a_subscriber_that_may_not_rewind_still_reads(tmp_path: Path) -> None:
    """Order after a restart is then the broker's; nothing else is lost."""
    async with Server(tmp_path / "nats", extra=USERS) as server:
        servers = (server.url,)
        ears = Ears()
        async with await connect(servers=servers, user="admin", password="a") as admin:
            await admin.apply()
            desk = {"servers": servers, "user": "desk", "password": "d", "agency": "lz/fire/desk"}
            async with await connect(**desk) as reader:
                await reader.subscribe("incidents", ears, Filter(contracts=(IncidentReported,)))
                sent = await admin.publish(reported(), area=AREA)
                await ears.wait_for(sent.envelope.id)
