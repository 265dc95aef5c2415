"""What contracts and codes are called, for the page: from the contracts' own labels."""

from liandong.contracts import Event, IncidentStatus, Precedence, Vocabulary, labels

_GROUPS: dict[str, type[Vocabulary]] = {"precedence": Precedence, "status": IncidentStatus}


def names() -> dict[str, dict[str, str]]:
    """Return, by language, the title of every contract and code that the page shows.

    A key is a group and a value: ``contract.incident.reported``, ``precedence.flash``.
    """
    titles = {
        f"contract.{contract.event}": labels.of_class(contract)
        for contract in Event.known.values()
        if contract.__module__.startswith("liandong.contracts.")
    }
    codes = {
        f"{group}.{code}": labels.of_code(code)
        for group, vocabulary in _GROUPS.items()
        for code in vocabulary
    }
    called = titles | codes
    return {
        "en": {key: label.en for key, label in called.items()},
        "zh": {key: label.zh for key, label in called.items()},
    }
