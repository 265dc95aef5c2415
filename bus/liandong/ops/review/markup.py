"""HTML and SVG put together so that text is always text: what is no markup is escaped."""

from collections.abc import Iterable
from html import escape

from liandong.contracts.catalogue.finding import printable

_EMPTY = {"meta", "br", "line", "rect", "circle", "path", "polygon"}


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *content: object, **attributes: object) -> Markup:
    """Return an element.

    Args:
        name: Its name.
        content: What stands in it: markup as it is, lists one by one, anything else as text.
        attributes: Its attributes; ``class_`` is ``class``, an underscore within is a hyphen. None
            leaves one out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{join(content)}</{name}>")


def join(content: Iterable[object]) -> Markup:
    """Return markup as it is, lists one by one, anything else as text; None is nothing."""
    return Markup("".join(_part(one) for one in content))


def text(value: object) -> str:
    """Return a value as text that is never markup, and that nothing turns round or hides."""
    return escape(printable(str(value)))


def _part(one: object) -> str:
    if one is None:
        return ""
    if isinstance(one, Markup):
        return one
    if isinstance(one, list | tuple):
        return join(one)  # pyright: ignore[reportUnknownArgumentType]
    return text(one)
