"""Offers in the order in which a person would look at them: how soon, how well they fit. Pure.

It proposes. What counts, in this order: whether the answer is a plain yes, whether it is what was
asked for, when it arrives, how much of what is missing it brings.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from liandong.contracts import AidAnswer
from liandong.response.agreements import Agreements
from liandong.response.aid_state import Aid, Line, Offer

_FIRMNESS = {
    AidAnswer.ACCEPT: 0,
    AidAnswer.IN_PART: 0,
    AidAnswer.PROVISIONAL: 1,
    AidAnswer.DEFERRED: 2,
}
_UNKNOWN = 3
_NEVER = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One offer, and why it stands where it does.

    Attributes:
        offer: The offer.
        take: How much of it the line needs if those before it are taken first.
        arrives: When it would be there; None where nobody can say.
        late_s: How many seconds after it is needed; below 0 before, None where that is not known.
        en: Why, in English.
        zh: Why, in Chinese.
    """

    offer: Offer
    take: float
    arrives: datetime | None
    late_s: float | None
    en: str
    zh: str


def rank(aid: Aid, line: Line, agreements: Agreements) -> tuple[Ranked, ...]:
    """Return the offers for a line, the best first.

    Args:
        aid: The thread.
        line: One of its lines.
        agreements: How long the ways take, where an offer names no time.
    """
    region = aid.borrower.partition("/")[0]
    arrivals = {offer: _arrives(offer, region, agreements) for offer in line.offers}

    def key(offer: Offer) -> tuple[int, int, timedelta, float, str, str]:
        arrives = arrivals[offer]
        return (
            _FIRMNESS.get(offer.answer, _UNKNOWN),
            _unfitness(offer, line),
            arrives - line.asked_at if arrives else _NEVER,
            -_brings(offer, line, aid),
            offer.lender,
            offer.answer_line_id,
        )

    left, ranked = aid.missing(line), list[Ranked]()
    for offer in sorted(line.offers, key=key):
        take = min(_brings(offer, line, aid), left) if offer.firm else 0.0
        left -= take
        ranked.append(_explained(offer, line, take, arrivals[offer]))
    return tuple(ranked)


def _arrives(offer: Offer, region: str, agreements: Agreements) -> datetime | None:
    if offer.arrives:
        return offer.arrives
    travel_s = agreements.travel_s(region, offer.lender)
    leaves = offer.deferred_until or offer.told
    return None if travel_s is None else leaves + timedelta(seconds=travel_s)


def _unfitness(offer: Offer, line: Line) -> int:
    """Return 0 for what was asked for, 1 where nobody can say, 2 for something else."""
    if not line.resource_type or not offer.resource_type:
        return 0 if offer.name and offer.name == line.name else 1
    return 0 if offer.resource_type == line.resource_type else 2


def _brings(offer: Offer, line: Line, aid: Aid) -> float:
    return aid.missing(line) if offer.amount is None else offer.amount


def _explained(offer: Offer, line: Line, take: float, arrives: datetime | None) -> Ranked:
    late = arrives - line.needed_by if arrives and line.needed_by else None
    en, zh = zip(
        *(
            _answer_words(offer, line),
            _fit_words(_unfitness(offer, line), offer),
            _time_words(offer, arrives, late),
        ),
        strict=True,
    )
    late_s = None if late is None else late.total_seconds()
    return Ranked(offer, take, arrives, late_s, "; ".join(en) + ".", "；".join(zh) + "。")


def _answer_words(offer: Offer, line: Line) -> tuple[str, str]:
    amount = "all of it" if offer.amount is None else f"{offer.amount:g} of {line.requested:g}"
    amount_zh = "全部" if offer.amount is None else f"{offer.amount:g}/{line.requested:g}"
    match offer.answer:
        case AidAnswer.PROVISIONAL:
            return f"offers {amount} on a condition: {offer.reason}", (
                f"有条件提供 {amount_zh}：{offer.reason}"
            )
        case AidAnswer.DEFERRED:
            until = f"{offer.deferred_until:%m-%d %H:%MZ}" if offer.deferred_until else "later"
            return f"not now, but from {until}", f"暂缓，{until} 起"
        case _:
            return f"offers {amount}", f"可提供 {amount_zh}"


def _fit_words(unfitness: int, offer: Offer) -> tuple[str, str]:
    return (
        ("it is what was asked for", "类型相符"),
        ("whether it fits nobody said", "是否相符未说明"),
        (f"it is something else: {offer.resource_type}", f"类型不同：{offer.resource_type}"),
    )[unfitness]


def _time_words(offer: Offer, arrives: datetime | None, late: timedelta | None) -> tuple[str, str]:
    if arrives is None:
        return "when it arrives nobody said", "到达时间未说明"
    at = f"{arrives:%H:%MZ}"
    en, zh = (f"arrives {at}", f"{at} 到达")
    if not offer.arrives:
        en, zh = f"{en} by the agreement's travel time", f"按协议路程时间 {zh}"
    if late is None:
        return en, zh
    minutes = round(abs(late.total_seconds()) / 60)
    if late > timedelta():
        return f"{en}, {minutes} min too late", f"{zh}，晚 {minutes} 分钟"
    return f"{en}, {minutes} min before it is needed", f"{zh}，提前 {minutes} 分钟"
