"""What typing costs: each contract's golden example, encoded and decoded, beside bare pydantic.

    python bench/contracts.py [--rounds 9] [--count 500] [--json]

Three lines a contract, in microseconds of processor time an event, medians of interleaved rounds:

- ``data``: pydantic alone reads or writes the contract's own part, no CloudEvents attributes.
- ``message``: pydantic alone reads or writes the whole message as one plain model. It takes
  duplicate keys, deep nesting and contradictions between type, subject and data.
- ``envelope``: `Envelope.encode` and `Envelope.decode`, which refuse them.

The ratio to look at is envelope over message: the same bytes, read twice.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable
from typing import Any, Literal

from pydantic import BaseModel, create_model

from liandong.contracts import Area, Envelope, EventId, Instant, Mode, Precedence
from liandong.contracts.examples import examples

Work = Callable[[], object]


class Attributes(BaseModel):
    """The CloudEvents attributes, as anybody would write them down with pydantic."""

    specversion: Literal["1.0"]
    id: EventId
    source: str
    type: str
    subject: str
    time: Instant
    datacontenttype: str
    dataschema: str
    mode: Mode
    area: Area
    correlation: EventId | None = None
    causation: EventId | None = None
    precedence: Precedence
    expires: Instant | None = None


def lines(document: dict[str, Any]) -> dict[str, Work]:
    """Return what is measured with one example, by name."""
    body = Envelope.from_document(document).encode()
    envelope = Envelope.decode(body)
    kind = type(envelope.data)
    data = envelope.data.model_dump_json(exclude_none=True)
    plain = create_model("Message", __base__=Attributes, data=(kind, ...))
    message = plain.model_validate_json(body)
    return {
        "encode data": lambda: envelope.data.model_dump_json(exclude_none=True),
        "encode message": lambda: message.model_dump_json(exclude_none=True).encode(),
        "encode envelope": envelope.encode,
        "decode data": lambda: kind.model_validate_json(data),
        "decode message": lambda: plain.model_validate_json(body),
        "decode envelope": lambda: Envelope.decode(body),
    }


def measure(rounds: int, count: int) -> dict[str, dict[str, float]]:
    """Return microseconds by contract and line."""
    work = {name: lines(document) for name, document in examples().items()}
    times: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for name, each in work.items():
            for line, call in each.items():
                begun = time.process_time()
                for _ in range(count):
                    call()
                spent = (time.process_time() - begun) / count * 1e6
                times.setdefault((name, line), []).append(spent)
    return {
        name: {line: statistics.median(times[name, line]) for line in each}
        for name, each in work.items()
    }


def ratios(rows: dict[str, dict[str, float]]) -> dict[str, float]:
    """Return the median contract's cost of the envelope over what pydantic alone costs."""
    return {
        f"{verb} over {base}": statistics.median(
            row[f"{verb} envelope"] / row[f"{verb} {base}"] for row in rows.values()
        )
        for verb in ("encode", "decode")
        for base in ("message", "data")
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = measure(given.rounds, given.count)
    if given.json:
        print(json.dumps({"microseconds": rows, "median ratios": ratios(rows)}))
        return
    print(f"{'µs an event':<30}{'encode':>28}{'decode':>28}")
    print(" " * 30 + f"{'data':>10}{'message':>9}{'envelope':>9}" * 2)
    for name, row in rows.items():
        print(f"{name:<30}  " + "".join(f"{cost:8.1f} " for cost in row.values()))
    for name, ratio in ratios(rows).items():
        print(f"median contract, {name}: {ratio:.2f}")


if __name__ == "__main__":
    main()
