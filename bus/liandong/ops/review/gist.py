"""What an event, or a run of positions or measurements, says in each language."""

from collections.abc import Mapping
from typing import cast

from liandong.contracts import Event, ObservationRecorded
from liandong.ops.words import LANGUAGES, in_words

_BETWEEN = " … "


def words(events: tuple[Event, ...]) -> Mapping[str, str]:
    """Return by language what events of one contract and source say: the lowest to the highest of
    measurements, else what the first and the last say. Restricted text is left out.
    """  # noqa: D205  the summary is one sentence over two lines
    shown = _extremes(events)
    return {
        language: _BETWEEN.join(dict.fromkeys(in_words(event, language) for event in shown))
        for language in LANGUAGES
    }


def _extremes(events: tuple[Event, ...]) -> tuple[Event, ...]:
    measured = [e for e in events if isinstance(e, ObservationRecorded)]
    if len(measured) == len(events) and all(isinstance(e.result, int | float) for e in measured):
        by_result = sorted(measured, key=lambda e: cast("float", e.result))
        return by_result[0], by_result[-1]
    return events[0], events[-1]
