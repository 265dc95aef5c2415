"""What the tests of architecture share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # project.py beside the tests
