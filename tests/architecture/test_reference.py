"""The reference is generated, checked in, and says what the code says."""

import importlib.util
from types import ModuleType

import pytest
from project import ROOT

PAGES = ("command-line.md", "contracts.md", "errors.md", "settings.md")


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """Load docs/generate.py, which is no package."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_what_the_code_says(generator: ModuleType, page: str) -> None:
    """Who changed the code forgot a command: the message names it."""
    written = (ROOT / "docs" / "reference" / page).read_text("utf-8")
    assert written == generator.PAGES[page](), f"docs/reference/{page} is stale: run make docs"


def test_every_page_is_checked(generator: ModuleType) -> None:
    """A page that is generated is also compared."""
    assert tuple(sorted(generator.PAGES)) == PAGES
