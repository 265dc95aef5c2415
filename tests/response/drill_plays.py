"""A short made-up scenario for the tests of drills."""

from typing import Any

from liandong.response.scenario import Scenario

COMMAND, FIRE, POLICE = "lz/centre/command", "lz/fire/119", "lz/police/110"
AREA = "cn.99.01"


def words(text: str) -> dict[str, str]:
    """Return words in both languages."""
    return {"en": text, "zh": text}


def reported(number: int) -> dict[str, Any]:
    """Return a line by which the police report an incident."""
    return {
        "by": POLICE,
        "event": "incident.reported",
        "data": {
            "incident_id": f"{{drill}}-{number}",
            "summary": "smoke",
            "location": {"place": "Quay 3"},
        },
    }


def answered(state: str, after: str) -> dict[str, Any]:
    """Return a line by which the fire service answers an order."""
    return {
        "by": FIRE,
        "event": "order.reported",
        "after": after,
        "data": {"order_id": "{on.order_id}", "state": state, "reported_by": "duty officer"},
    }


def expected(name: str, by: str, event: str, within: str, **where: Any) -> dict[str, Any]:
    """Return an expected reaction."""
    return {
        "id": name,
        "by": by,
        "event": event,
        "within": within,
        "where": where,
        "text": words(name),
    }


def document(**changed: Any) -> dict[str, Any]:
    """Return a scenario of twenty minutes, as its file says it."""
    return {
        "id": "smoke",
        "version": "1",
        "name": words("Smoke"),
        "story": words("Smoke over the quay"),
        "area": AREA,
        "begins": "2026-11-20T14:00:00+08:00",
        "lasts": "20m",
        "roles": {role: words(role) for role in (COMMAND, FIRE, POLICE)},
        "injects": [
            {
                "id": "smoke",
                "at": "1m",
                "title": words("Smoke"),
                "says": [reported(1)],
                "expected": [expected("order", COMMAND, "order.issued", "3m")],
            },
            {
                "id": "more",
                "at": "5m",
                "title": words("More smoke"),
                "expected": [
                    expected("accept", FIRE, "order.reported", "4m", state="accepted"),
                ],
            },
        ],
        "answers": [
            {
                "id": "fire-answers",
                "on": {"event": "order.issued", "where": {"addressee.agency": FIRE}},
                "says": [answered("seen", "30s"), answered("accepted", "6m")],
            }
        ],
    } | changed


def scenario(**changed: Any) -> Scenario:
    """Return it."""
    return Scenario.model_validate(document(**changed))
