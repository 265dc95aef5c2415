"""The project's own files, as its tests of architecture see them."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("contracts", "bus", "adapters")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def files(*patterns: str) -> list[Path]:
    """Return the project's files that match: those git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [
        ROOT / name for name in sorted(set(listed.stdout.split("\0"))) if (ROOT / name).is_file()
    ]


def name_of(path: Path) -> str:
    """Return a file's path inside the project."""
    return path.relative_to(ROOT).as_posix()


def code_blocks(text: str) -> list[tuple[str, str]]:
    """Return a page's fenced blocks: language and content."""
    return _FENCE.findall(text)


def without_code(text: str) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", text)


def headings(text: str) -> list[tuple[int, str]]:
    """Return a page's headings: level and words."""
    found = re.findall(r"^(#+) (.+)$", without_code(text), re.MULTILINE)
    return [(len(marks), words) for marks, words in found]


def anchors(text: str) -> set[str]:
    """Return what a page's headings can be linked by, as GitHub derives it."""
    plain = (re.sub(r"[^\w\- ]", "", words.lower()) for _, words in headings(text))
    return {words.strip().replace(" ", "-") for words in plain}
