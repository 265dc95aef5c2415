"""Site files: settings checked at once, paths beside the file that names them."""

from pathlib import Path

import pytest

from liandong.contracts import ConfigurationError
from liandong.ops.site import read_site

ADAPTER = """
[[adapter]]
uses = "police.cad"
name = "cad"
agency = "lz/police/110"
area = "cn.99"
"""


def _site(folder: Path, text: str) -> Path:
    path = folder / "site.toml"
    path.write_text(text)
    return path


def test_paths_begin_beside_the_file_that_names_them(tmp_path: Path) -> None:
    """At the top of the settings, in a table within them, and in a settings file elsewhere."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "gateway.toml").write_text(
        'name = "gw"\nagency = "lz/gateway/hj"\narea = "cn.99"\n'
        '[there]\nservers = ["nats://127.0.0.1:1"]\nagency = "hj/gateway/lz"\n'
        'credentials = "hj.creds"\n'
        '[[share]]\nfrom_region = "lz"\nto_region = "hj"\ncontracts = ["aid.*"]\n'
    )
    gateway = '[[adapter]]\nuses = "region.gateway"\nsettings = "sub/gateway.toml"\n'
    site = read_site(_site(tmp_path, ADAPTER + 'folder = "cad"\n' + gateway))
    assert site.adapters[0].settings.folder == tmp_path / "cad"
    assert site.adapters[1].settings.there.credentials == tmp_path / "sub" / "hj.creds"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("adapters = 1", "adapters"),
        ("[[adapter]]\nname = 'x'", "'uses' names no adapter"),
        ("[[adapter]]\nuses = 'police.horse'", "police.cad"),
        (ADAPTER + "inbox = 'x'", "inbox"),
        (ADAPTER + ADAPTER, "twice"),
        ("[server]\nport = 70000", "server.port"),
        (ADAPTER.replace("lz/police/110", "lz police"), r"site.toml.*agency"),
        ("this is not TOML", "not TOML"),
        ("[[adapter]]\nuses = 'police.cad'\nsettings = 'none.toml'", "none.toml"),
    ],
)
def test_a_fault_in_a_site_file_says_where(tmp_path: Path, text: str, says: str) -> None:
    """Before anything is started."""
    with pytest.raises(ConfigurationError, match=says):
        read_site(_site(tmp_path, text))
