"""What the tests of the contracts share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # the strategies beside the tests
