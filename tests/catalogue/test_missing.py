"""What a new contract still lacks is named, with the file that it goes into."""

import pytest

from liandong.contracts import Vocabulary, labels
from liandong.contracts.examples import NoExample, example
from liandong.contracts.labels import NoLabel


class Weather(Vocabulary):
    """A code list that nobody has labelled."""

    FOG = "fog"


def test_a_missing_label_names_its_file() -> None:
    """Of a class and of a code; who catches a KeyError goes on."""
    with pytest.raises(NoLabel, match=r"^Weather has no label: add it to labels/\w+\.toml$"):
        labels.of_class(Weather)
    with pytest.raises(KeyError, match=r"^Weather\.FOG has no label: "):
        labels.of_code(Weather.FOG)


def test_a_missing_example_names_its_file() -> None:
    """Who catches a FileNotFoundError goes on."""
    with pytest.raises(NoExample, match=r"^weather.seen.v1 has no example: add examples/weather"):
        example("weather.seen.v1")
    assert issubclass(NoExample, FileNotFoundError)
