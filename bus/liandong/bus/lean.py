"""structlog without rich: it would load it to draw tracebacks in colour, 5 MB in every process.

Whoever has imported either before keeps what they have.
"""

import sys
from types import ModuleType
from typing import cast

if not {"rich", "structlog"} & sys.modules.keys():
    sys.modules["rich"] = cast("ModuleType", None)  # Python's own sign that there is none
    try:
        import structlog  # noqa: F401  # pyright: ignore[reportUnusedImport]
    finally:
        del sys.modules["rich"]
