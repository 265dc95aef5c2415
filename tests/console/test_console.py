"""The console over its own interfaces: a real server, a real bus, real clients."""

import asyncio
import json
from contextlib import AsyncExitStack

import httpx
import nats
import pytest
from listening import has_read, part, rows_until
from told import AREA, after, answered, cleared, ordered, reported, updated
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from liandong.bus import Bus, Server
from liandong.bus import connect as connect_bus
from liandong.contracts import AdapterHeartbeat, AdapterState, AlarmName, Event, OrderState
from liandong.ops.console import serve
from liandong.ops.console.live import Viewer
from liandong.ops.console.lookout import Lookout
from liandong.ops.console.rows import Row
from liandong.ops.status import status_of


async def test_a_tab_gets_what_was_there_and_then_what_comes(bus: Bus) -> None:
    """The past and the present meet without a gap or a repeat."""
    await bus.publish(reported(), area=AREA)
    async with serve(bus) as address, connect(f"ws://{address}/api/watch") as tab:
        await tab.send("{}")
        (first,) = await rows_until(tab, 1)
        await bus.publish(updated(note="The hydrant is dry."), area=AREA)
        (second,) = await rows_until(tab, 1)
    assert (first["type"], second["type"]) == ("incident.reported.v1", "incident.updated.v1")


async def test_the_server_filters(bus: Bus, tab: ClientConnection) -> None:
    """What a tab does not want is never sent to it."""
    await tab.send(json.dumps({"filter": "contract:order"}))
    for event in (reported(), ordered(), reported("lz-2"), ordered("o-2")):
        await bus.publish(event, area=AREA)
    assert [row["words"]["en"].split()[0] for row in await rows_until(tab, 2)] == ["o-1", "o-2"]


async def test_a_new_filter_begins_again_with_what_is_still_there(
    bus: Bus, tab: ClientConnection
) -> None:
    """The frame says so, and the tab forgets its rows."""
    await tab.send('{"filter": "nothing like it"}')
    await bus.publish(reported(summary="Smoke at the mill"), area=AREA)
    await part(tab, "board")
    await tab.send('{"filter": "mill"}')
    frame = json.loads(await tab.recv())
    while "rows" not in frame:
        frame = json.loads(await tab.recv())
    assert frame["reset"]
    assert [row["key"] for row in frame["rows"]] == ["lz-1"]


async def test_an_open_incident_is_watched_beside_the_filter(
    bus: Bus, tab: ClientConnection
) -> None:
    """Its timeline grows whatever the table shows."""
    await tab.send('{"filter": "area:us", "watch": "lz-1"}')
    await bus.publish(ordered(), area=AREA)
    assert [row["type"] for row in await part(tab, "watched")] == ["order.issued.v1"]


@pytest.mark.parametrize("said", ["no JSON", "[1]", '{"filter": {"a": 1}, "watch": [null]}'])
async def test_a_tab_may_say_anything(bus: Bus, tab: ClientConnection, said: str) -> None:
    """Nonsense changes nothing and ends nothing."""
    await tab.send(said)
    await tab.send("{}")
    await bus.publish(reported(), area=AREA)
    assert await rows_until(tab, 1)


async def test_the_board_comes_with_its_incidents_and_orders(
    bus: Bus, tab: ClientConnection
) -> None:
    """Counted and in order."""
    await tab.send("{}")
    await bus.publish(reported("lz-1"), area=AREA)
    await bus.publish(reported("lz-2"), area=AREA)
    await bus.publish(cleared("lz-1"), area=AREA)
    await bus.publish(ordered(accept_by=after(5)), area=AREA)
    await bus.publish(answered(OrderState.RECEIVED), area=AREA)  # not the addressee: no effect
    board = await part(tab, "board")
    while not board["orders"]:
        board = await part(tab, "board")
    assert (board["open"], board["cleared"]) == (1, 1)
    assert [incident["id"] for incident in board["incidents"]] == ["lz-2", "lz-1"]
    assert [(order["id"], order["state"]) for order in board["orders"]] == [("o-1", "issued")]


async def test_a_tab_that_cannot_keep_up_is_told_how_much_it_missed(bus: Bus) -> None:
    """What was left out is counted to the row."""
    lookout = Lookout(bus)
    viewer = Viewer(lookout)
    viewer.frame()
    for n in range(6_000):
        lookout.ring.append(Row("x.y.v1", "a/b/c", "k", "cn", "x", json.dumps({"n": n})))
    frame = json.loads(viewer.frame())
    assert frame["dropped"] + len(frame["rows"]) == 6_000
    assert frame["rows"][-1] == {"n": 5_999}


async def test_a_drill_is_called_one(nats_server: Server, bus: Bus) -> None:
    """A console shows one mode, says which, and sees nothing of another."""
    await bus.publish(reported(), area=AREA)
    drill = await connect_bus(servers=(nats_server.url,), mode="exercise")
    async with (
        drill,
        serve(drill) as address,
        connect(f"ws://{address}/api/watch") as tab,
    ):
        await tab.send("{}")
        assert (await part(tab, "status"))["mode"] == "exercise"
        await drill.publish(reported("drill"), area=AREA)
        assert [row["key"] for row in await rows_until(tab, 1)] == ["drill"]


async def test_the_board_misses_nothing_while_the_past_is_read(bus: Bus) -> None:
    """What comes while it reads is folded after what was there before."""
    lives = [bus.envelope(event, area=AREA) for n in range(400) for event in life(f"lz-{n}")]
    await bus.send_many(lives[:800])
    async with serve(bus) as address, connect(f"ws://{address}/api/watch", max_size=None) as tab:
        await tab.send("{}")
        await bus.send_many(lives[800:])
        board = await part(tab, "board")
        while board["cleared"] < 400:
            board = await part(tab, "board")
    assert board["open"] == 0


def life(incident: str) -> tuple[Event, ...]:
    """Return an incident from its report to its end."""
    return reported(incident), updated(incident, note="x"), cleared(incident)


async def test_a_message_nobody_can_read_is_a_row_too(
    nats_server: Server, tab: ClientConnection
) -> None:
    """With its sender, the reason, and the beginning of its bytes."""
    await tab.send("{}")
    subject = f"ld.live.lz.fire.119.incident.reported.v1.lz-1.{AREA}"
    await publish_raw(nats_server.url, subject, b'{"not": "an event", "\xff')
    (row,) = await rows_until(tab, 1)
    assert (row["source"], row["key"], row["type"]) == ("lz/fire/119", "lz-1", "")
    assert "UTF-8" in row["error"]
    assert row["body"].endswith("\\xff")


async def test_curl_follows_the_stream(bus: Bus, browser: httpx.AsyncClient) -> None:
    """Server-sent events, filtered like a tab."""
    async with browser.stream("GET", "/api/events", params={"filter": "incident:lz-2"}) as answer:
        lines = (line async for line in answer.aiter_lines() if not line.startswith(":"))
        await bus.publish(reported("lz-1"), area=AREA)
        await bus.publish(reported("lz-2"), area=AREA)
        said = [await anext(lines) for _ in range(2)]
    assert json.loads("".join(said).removeprefix("data: "))["key"] == "lz-2"


async def test_a_timeline_holds_what_anybody_said(bus: Bus, browser: httpx.AsyncClient) -> None:
    """In the order in which it happened, not in which it was stored."""
    await bus.publish(ordered(), area=AREA, time=after(5))
    await bus.publish(reported(), area=AREA, time=after(0))
    await bus.publish(reported("lz-2"), area=AREA)
    answer = (await browser.get("/api/incidents/lz-1")).json()
    assert [row["type"] for row in answer["rows"]] == ["incident.reported.v1", "order.issued.v1"]


async def test_an_event_is_shown_as_it_was_published(bus: Bus, browser: httpx.AsyncClient) -> None:
    """Byte for byte."""
    await bus.publish(reported("lz-0"), area=AREA)
    stored = await bus.publish(reported(), area=AREA)
    place = f"/api/events/LD_LIVE_EVENTS/{stored.sequence}"
    answer = await browser.get(place, params={"type": "incident.reported.v1", "key": "lz-1"})
    assert answer.content == stored.envelope.encode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/events/LD_LIVE_EVENTS/9?type=incident.reported.v1&key=lz-1", 404),
        ("/api/events/LD_LIVE_EVENTS/1?type=no.such.v1&key=lz-1", 400),
        ("/api/events/LD_LIVE_EVENTS/1?type=incident.reported.v1&key=a.b", 400),
        ("/api/events/LD_LIVE_EVENTS/1", 400),
        ("/../web.py", 404),
        ("/%2e%2e/web.py", 404),
        ("/js/nothing.js", 404),
    ],
)
async def test_what_is_not_there_is_said_plainly(
    browser: httpx.AsyncClient, path: str, status: int
) -> None:
    """Never an error of the server."""
    assert (await browser.get(path)).status_code == status


async def test_the_status_is_the_command_lines(bus: Bus, browser: httpx.AsyncClient) -> None:
    """One description of a bus, two ways to ask for it."""
    assert (await browser.get("/api/status")).json() == await status_of(bus)


async def test_metrics_tell_of_contracts_and_adapters(
    bus: Bus, browser: httpx.AsyncClient, tab: ClientConnection
) -> None:
    """As Prometheus reads them, whatever stands in a label."""
    await tab.send("{}")
    await has_read(tab)
    await bus.publish(heartbeat(), area=AREA)
    await rows_until(tab, 1)
    told = (await browser.get("/metrics")).text.splitlines()
    assert 'bus_adapter_up{adapter="beds",agency="lz/centre/desk"} 0.0' in told
    assert (
        'bus_adapter_passed_total{adapter="beds",agency="lz/centre/desk",counter="read"} 7.0'
        in told
    )
    assert 'bus_events_seen_total{contract="adapter.heartbeat.v1"} 1.0' in told
    assert "bus_connected 1.0" in told


async def test_alarms_are_metrics_and_stand_at_the_top(
    nats_server: Server, browser: httpx.AsyncClient, tab: ClientConnection
) -> None:
    """Who says so, about what, and what to do in both languages; gone once it is well again."""
    await tab.send("{}")
    await has_read(tab)
    async with await connect_bus(servers=(nats_server.url,), agency="lz/fire/119") as other:
        other.alarms.set(AlarmName.GATEWAY_CUT, "no way to qs", 'lz"qs')
        while not (alarms := (await part(tab, "status"))["alarms"]):
            pass
        told = (await browser.get("/metrics")).text.splitlines()
    assert alarms[0]["title"] == {"en": "Gateway cut", "zh": "网关中断"}
    assert alarms[0]["mend"]["zh"]
    whose = 'agency="lz/fire/119",said_by="lz/fire/119/liandong"'
    assert rf'liandong_alarm{{name="gateway_cut",about="lz\"qs",{whose}}} 1.0' in told
    assert 'liandong_alarms_raised_total{name="gateway_cut",agency="lz/fire/119"} 1.0' in told
    while (await part(tab, "status"))["alarms"]:
        pass
    assert "liandong_alarm{" not in (await browser.get("/metrics")).text


async def test_the_console_knows_its_own_alarms_while_it_is_cut_off(
    nats_server: Server, browser: httpx.AsyncClient, tab: ClientConnection
) -> None:
    """What cannot be told to the bus is still shown and scraped."""
    await tab.send("{}")
    await has_read(tab)
    await nats_server.stop()
    while not (alarms := (await part(tab, "status"))["alarms"]):
        pass
    assert alarms[0]["name"] == "connection_lost"
    assert 'liandong_alarm{name="connection_lost"' in (await browser.get("/metrics")).text


async def test_readiness_is_not_liveness(
    nats_server: Server, browser: httpx.AsyncClient, tab: ClientConnection
) -> None:
    """A console whose bus is gone lives, and says that what it shows is old."""
    await tab.send("{}")
    await has_read(tab)
    assert (await browser.get("/readyz")).status_code == 200
    await nats_server.stop()
    while (await part(tab, "status"))["connected"]:
        pass
    assert (await browser.get("/livez")).status_code == 200
    ready = await browser.get("/readyz")
    assert (ready.status_code, ready.text.partition(":")[0]) == (503, "not connected")
    assert (await browser.get("/api/status")).status_code == 503
    assert "bus_connected 0.0" in (await browser.get("/metrics")).text


@pytest.mark.parametrize("path", ["/", "/js/main.js", "/api/status", "/livez", "/no/such/path"])
async def test_every_answer_tells_the_browser_to_trust_nobody_else(
    browser: httpx.AsyncClient, path: str
) -> None:
    """The policy itself forbids a script, a style or a picture from elsewhere."""
    headers = (await browser.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/api/status", "/api/events", "/api/incidents/lz-1"])
async def test_nothing_can_be_changed(browser: httpx.AsyncClient, method: str, path: str) -> None:
    """There is no route that would."""
    assert (await browser.request(method, path)).status_code == 405


@pytest.mark.parametrize(
    "headers",
    [{"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Host": "[::1"}],
)
async def test_a_page_elsewhere_reads_nothing(
    browser: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    """Neither by a name that resolves to this machine nor from another page's script."""
    assert (await browser.get("/api/status", headers=headers)).status_code == 421


async def test_a_page_elsewhere_opens_no_line(console: str) -> None:
    """No browser stops a WebSocket to another site: the console does."""
    host, _, port = console.partition(":")
    with pytest.raises(InvalidStatus, match="403"):
        await connect(
            f"ws://{console}/api/watch", additional_headers={"Origin": "https://a.example"}
        )
    with pytest.raises(InvalidStatus, match="403"):
        await connect("ws://a.example/api/watch", host=host, port=int(port))


async def test_its_own_page_may_open_the_line(console: str) -> None:
    """A browser names the page in Origin."""
    async with connect(f"ws://{console}/api/watch", origin=f"http://{console}") as tab:  # type: ignore[arg-type]
        await tab.send("{}")
        assert await part(tab, "status")


async def test_open_tabs_do_not_hold_the_console(bus: Bus) -> None:
    """It ends at once; a tab and a curl that listen are told so."""
    async with asyncio.timeout(3), AsyncExitStack() as tabs:
        async with serve(bus) as address:
            tab = await tabs.enter_async_context(connect(f"ws://{address}/api/watch"))
            await tab.send("{}")
            client = await tabs.enter_async_context(httpx.AsyncClient())
            answer = await tabs.enter_async_context(
                client.stream("GET", f"http://{address}/api/events")
            )
        assert [frame async for frame in tab]
        assert [line async for line in answer.aiter_lines()]


def heartbeat() -> AdapterHeartbeat:
    """Return the sign of life of an adapter that is not well."""
    return AdapterHeartbeat(
        adapter="beds",
        kind="medical.beds",
        program_version="0.1.0",
        started=after(0),
        state=AdapterState.DEGRADED,
        problem='a "ward" is missing',
        counters={"read": 7},
    )


async def publish_raw(url: str, subject: str, body: bytes) -> None:
    """Publish bytes with a client of its own, as another program would."""
    client = await nats.connect(url)
    await client.jetstream().publish(subject, body)
    await client.close()
