"""What an event, or a run of positions or measurements, says in each language."""

from collections.abc import Mapping
from typing import cast

from liandong.contracts import Event, ObservationRecorded, Vocabulary, labels
from liandong.ops.words import LANGUAGES, in_words

_BETWEEN = " … "
# Where the state says more than the kind of event, and where it is said beside it.
_ALONE = {"order.reported": "state", "unit.status": "secondary_status"}
_BESIDE = {"clock.stopped": "outcome", "referral.closed": "outcome", "plan.step_done": "outcome"}


def brief(event: Event) -> Mapping[str, str]:
    """Return by language what kind of event it is or, where that says more, its state."""
    state = getattr(event, _ALONE.get(event.event) or _BESIDE.get(event.event, ""), None)
    if not isinstance(state, Vocabulary):
        return kind_of(event.type_name())
    label = labels.of_code(state)
    if event.event in _ALONE:
        return {"en": label.en, "zh": label.zh}
    kind = kind_of(event.type_name())
    return {"en": f"{kind['en']}: {label.en}", "zh": f"{kind['zh']}：{label.zh}"}


def kind_of(type_name: str) -> Mapping[str, str]:
    """Return by language what events of a type are called; of other programs' types, the type."""
    try:
        label = labels.of_class(Event.known[type_name])
    except KeyError:
        return dict.fromkeys(LANGUAGES, type_name)
    return {"en": label.en, "zh": label.zh}


def gist(events: tuple[Event, ...]) -> Mapping[str, str]:
    """Return by language what events of one contract and source say, without restricted text.

    Of several: what the lowest and the highest measurement say, else the first and the last event.
    """
    shown = _ends(events)
    return {
        language: _BETWEEN.join(dict.fromkeys(in_words(event, language) for event in shown))
        for language in LANGUAGES
    }


def _ends(events: tuple[Event, ...]) -> tuple[Event, ...]:
    measured = [e for e in events if isinstance(e, ObservationRecorded)]
    if len(measured) == len(events) and all(isinstance(e.result, int | float) for e in measured):
        by_result = sorted(measured, key=lambda e: cast("float", e.result))
        return by_result[0], by_result[-1]
    return events[0], events[-1]
