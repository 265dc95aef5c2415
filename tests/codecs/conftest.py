"""What tests of several codecs share."""

from pathlib import Path

import pytest
from lxml import etree


@pytest.fixture(scope="session")
def schema(data_dir: Path) -> etree.XMLSchema:
    """Return the official XML schema of CAP 1.2, or skip."""
    path = data_dir.parent / "schemas" / "cap" / "CAP-v1.2-os.xsd"
    if not path.is_file():
        pytest.skip(f"no schema of CAP 1.2 at {path}")
    return etree.XMLSchema(file=path)
