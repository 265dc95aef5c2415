"""What the tests of the bus share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # the made-up facts beside the tests
