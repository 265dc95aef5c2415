"""A review as one page of HTML: no script, nothing loaded from anywhere, made to be printed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib.resources import files

from liandong.contracts import Mode
from liandong.ops.review import sections
from liandong.ops.review.attention import attention
from liandong.ops.review.markup import Markup, join, tag
from liandong.ops.review.tongue import Language, Tongue
from liandong.response.review import Kind, Review

# What is text cannot become anything else; should it all the same, it may load nothing.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_DAY = timedelta(days=1)
_SECTIONS: tuple[tuple[str, Callable[[Review, Tongue], list[Markup]]], ...] = (
    ("delays", sections.delays),
    ("errands", sections.errands),
    ("clocks", sections.clocks),
    ("rejections", sections.rejections),
    ("sequence", sections.diagram),
    ("timeline", sections.timeline),
)


def render_html(review: Review, language: Language = "en", zone: tzinfo = UTC) -> str:
    """Return the page.

    Args:
        review: What it tells.
        language: ``en``, ``zh``, or ``both`` side by side.
        zone: The zone that times are told in.
    """
    tongue = tongue_for(review, language, zone)
    title = f"{tongue.say('review')} {review.incident}"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title),
        tag("style", _style()),
    )
    body = tag("body", _head(review, title, tongue), _sections(review, tongue))
    lang = "en" if language == "en" else "zh-CN"
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang=lang)}\n"


def tongue_for(review: Review, language: Language, zone: tzinfo) -> Tongue:
    """Return what tells a review: with dates where it lasted for more than one day."""
    begins, ends = review.begins, review.ends
    dated = bool(begins and ends) and _day(begins, zone) != _day(ends, zone)
    return Tongue(language, zone, dated)


def _day(moment: datetime | None, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d") if moment else ""


def facts(review: Review, tongue: Tongue) -> list[str]:
    """Return what stands under the title: when, where, how it stood, in which zone."""
    say = tongue.say
    begins, ends = review.begins, review.ends
    zone = begins.astimezone(tongue.zone).isoformat()[-6:] if begins else ""
    told = [
        f"{say('from')} {tongue.moment(begins)} {say('until')} {tongue.moment(ends)}"
        if begins and ends
        else "",
        f"{say('times_in')} UTC{zone}" if zone else "",
        f"{say('area')} {review.area}" if review.area else "",
        f"{say('status')} {tongue.status(review.status)}" if review.status else "",
        f"{say('grade')} {tongue.grade(review.grade)}" if review.grade else "",
        f"{say('related')} {', '.join(review.related)}" if review.related else "",
    ]
    return [one for one in told if one]


def figures(review: Review, tongue: Tongue) -> list[tuple[str, str, bool]]:
    """Return what is counted: the figure, what of, and whether it is a bad one."""
    counted = review.figures
    lasted = (
        tongue.duration((review.ends - review.begins).total_seconds())
        if review.begins and review.ends
        else ""
    )
    asked: tuple[tuple[str, Kind], ...] = (
        ("orders", "order"),
        ("referrals", "referral"),
        ("aid", "aid"),
        ("reports", "report"),
    )
    bad = (
        ("unanswered", counted.unanswered),
        ("late", sum(len(errand.missed) for errand in review.errands)),
        ("breaches", counted.breaches),
        ("rejected", counted.rejected),
    )
    return [
        (lasted, tongue.say("lasted"), False),
        (str(counted.events), tongue.say("events"), False),
        (str(counted.agencies), tongue.say("agencies"), False),
        *((str(counted.asked.get(kind, 0)), tongue.say(key), False) for key, kind in asked),
        *((str(number), tongue.say(key), number > 0) for key, number in bad),
    ]


def _head(review: Review, title: str, tongue: Tongue) -> Markup:
    drill = review.mode is not Mode.LIVE
    contents = [("attention", tongue.say("attention"))]
    contents += [(name, tongue.say(name)) for name, _ in _SECTIONS]
    return tag(
        "header",
        tag("div", tongue.say(review.mode.value), class_="drill") if drill else None,
        tag("h1", title),
        tag("p", tongue.of(review.title), class_="title"),
        tag("p", [tag("span", one) for one in facts(review, tongue)], class_="facts"),
        [tag("p", one.say("from_log"), class_="say small") for one in tongue.each()],
        tag(
            "ul",
            [
                tag("li", tag("b", number), of, class_="bad" if bad else None)
                for number, of, bad in figures(review, tongue)
            ],
            class_="cards",
        ),
        tag("nav", [tag("a", words, href=f"#{name}") for name, words in contents]),
    )


def _sections(review: Review, tongue: Tongue) -> Markup:
    wrong = zip(*(attention(review, one) for one in tongue.each()), strict=True)
    found = [tag("li", [_wrong(*one) for one in alike]) for alike in wrong]
    first = tag(
        "section",
        tag("h2", tongue.say("attention"), id="attention"),
        tag("ul", found, class_="attention")
        if found
        else [tag("p", one.say("nothing_wrong")) for one in tongue.each()],
    )
    rest = [
        tag("section", tag("h2", tongue.say(name), id=name), made(review, tongue))
        for name, made in _SECTIONS
    ]
    return join([tag("main", first, rest)])


def _wrong(kind: str, about: str) -> Markup:
    return tag("div", tag("span", kind, class_="kind"), f" · {about}")


@cache
def _style() -> Markup:
    return Markup((files(__package__ or "") / "page.css").read_text("utf-8"))
