"""The reference is generated, checked in, and says what the code says."""

from generate import REFERENCE, pages


def test_every_page_is_what_the_code_says() -> None:
    """Who changed the code forgot a command: the message names it."""
    stale = [path for path, text in pages().items() if read(path) != text]
    assert stale == [], f"docs/reference: {', '.join(stale)} stale: run make docs"


def test_no_page_is_left_over() -> None:
    """What is no more is not described either."""
    found = {str(path.relative_to(REFERENCE)) for path in REFERENCE.rglob("*.md")}
    assert found == set(pages())


def read(path: str) -> str:
    """Return what a page of the reference says; nothing where there is none."""
    page = REFERENCE / path
    return page.read_text("utf-8") if page.is_file() else ""
