"""Makes folders that nobody may list or change, takes the rights from its own folder, and leaves it."""

import os
import tempfile
from pathlib import Path


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    os.umask(0)
    here = Path(tempfile.mkdtemp(dir=Path(__file__).parent))
    (here / "open").mkdir()
    (here / "open" / "file").write_text("x")
    os.umask(0o777)
    (here / "closed").mkdir(mode=0)
    (here / "open" / "closed").mkdir(mode=0)
    for path in (here / "open" / "file", here / "open", here):
        os.chmod(path, 0)
    os.chdir("/")
    return {}
