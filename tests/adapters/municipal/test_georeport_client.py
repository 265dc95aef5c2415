"""Our endpoint read by a client that is not ours: the ``georeport`` package."""

import asyncio

import httpx
import pytest
from municipal_line import GAS, Line

georeport_package = pytest.importorskip("georeport", reason="the georeport client is not installed")


@pytest.mark.usefixtures("accepting")
@pytest.mark.parametrize("output", ["json", "xml"])
async def test_a_foreign_client_reads_everything(
    line: Line, client: httpx.AsyncClient, output: str
) -> None:
    """Services, a definition, requests and one of them, in both formats."""
    request_id = (await client.post("/requests.json", data=GAS)).json()[0]["service_request_id"]
    foreign = georeport_package.GeoReport(f"http://{line.adapter.address}", output_format=output)
    services = await asyncio.to_thread(foreign.get_service_list)
    definition = await asyncio.to_thread(foreign.get_service_definition, "GASLEAK")
    found = await asyncio.to_thread(foreign.get_service_requests, service_code="GASLEAK")
    one = await asyncio.to_thread(foreign.get_service_request, request_id)
    assert services[0]["service_code"] == "GASLEAK"
    assert definition["service_code"] == "GASLEAK"
    assert request_id in str(found)
    assert GAS["description"] in str(one).replace("\\n", "\n")
