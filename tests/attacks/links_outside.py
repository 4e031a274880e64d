"""Leaves links to things outside in its folder, for whoever removes it. VICTIM is a folder of the test."""

import os
from pathlib import Path

VICTIM = "/nonexistent"


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    here = Path.cwd()
    (here / "folder").mkdir()
    for number, place in enumerate((here / "link", here / "folder" / "link", here / "folder" / "file")):
        for make in (os.symlink, os.link):
            try:
                make(VICTIM if number < 2 else f"{VICTIM}/file", place)
                print("FOUND a way to link:", make.__name__)
                break
            except OSError as error:
                print(type(error).__name__)
    for change in (
        lambda: os.rename(f"{VICTIM}/file", "file"),
        lambda: os.unlink(f"{VICTIM}/file"),
        lambda: os.chmod(VICTIM, 0o777),
        lambda: os.utime(VICTIM, (0, 0)),
        lambda: Path(VICTIM, "new").write_text("x"),
        lambda: os.truncate(f"{VICTIM}/file", 0),
        lambda: os.open(f"{VICTIM}/file", os.O_RDONLY | os.O_TRUNC),
    ):
        try:
            change()
        except OSError as error:
            print(type(error).__name__)
    return {}
