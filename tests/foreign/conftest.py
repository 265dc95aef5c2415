"""The exported catalogue, and Node with the tools and programs that read it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from liandong.contracts.catalogue.export import with_examples
from needs import miss, need

ROOT = Path(__file__).resolve().parent.parent.parent
NODE = "https://nodejs.org, or apt-get install nodejs npm"


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the catalogue as ``liandong contracts export`` does."""
    folder = tmp_path_factory.mktemp("contracts")
    for name, text in with_examples().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def with_packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Return what copies a folder of Node programs and installs what they name, or skips."""
    need("node", NODE)
    npm = need("npm", NODE)

    def install(source: Path) -> Path:
        folder = tmp_path_factory.mktemp(source.name)
        ignored = shutil.ignore_patterns("node_modules", "*.py", "__pycache__")
        shutil.copytree(source, folder, dirs_exist_ok=True, ignore=ignored)
        done = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--silent"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        return folder if done.returncode == 0 else miss(f"npm cannot install: {done.stderr}")

    return install


@pytest.fixture(scope="session")
def tools(with_packages: Callable[[Path], Path]) -> Path:
    """Install the validators and generators."""
    return with_packages(Path(__file__).parent)


@pytest.fixture(scope="session")
def programs(with_packages: Callable[[Path], Path]) -> Path:
    """Install the example that checks what it publishes and reads."""
    return with_packages(ROOT / "examples" / "node-contracts")
