"""What can be said of a submission before, or instead of, grading it: no Python source, or not all of it."""

from __future__ import annotations

import re
from pathlib import Path

from course.text import say

BEGINNING = 512
"""Bytes of a file that are looked at."""
MAGIC = {
    b"PK\x03\x04": "archive",
    b"\x1f\x8b": "archive",
    b"7z\xbc\xaf": "archive",
    b"%PDF": "document",
    b"\xd0\xcf\x11\xe0": "document",
    b"{\\rtf": "document",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"\x7fELF": "binary",
}
"""How files begin that somebody hands in by mistake; a .docx is an archive, too."""
ENDINGS = {
    "archive": (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".whl"),
    "document": (".docx", ".doc", ".odt", ".pdf", ".rtf", ".html", ".htm", ".pages"),
    "picture": (".png", ".jpg", ".jpeg", ".gif", ".svg"),
    "binary": (".pyd", ".so", ".exe", ".pt", ".bin", ".safetensors"),
    "compiled": (".pyc", ".pyo"),
    "text": (".txt", ".md", ".rst", ".json", ".csv", ".log"),
}
NOTEBOOK = re.compile(rb'\s*\{\s*"(?:cells|metadata|nbformat)"')
COMPILED = re.compile(rb"..\r\n[\x00-\x03]\x00\x00\x00", re.DOTALL)
"""The magic number of compiled Python, and its flags."""
MISSING = re.compile(r"No module named '(\w+)")
RELATIVE = "attempted relative import"


def refusal(name: str, beginning: bytes) -> str | None:
    """Why a file of this name that begins so is no Python source, and what to do; None if it may be one."""
    suffix = Path(name).suffix.lower()
    if suffix == ".ipynb" or NOTEBOOK.match(beginning):
        return say("error.is_notebook", file=name)
    found = next((kind for magic, kind in MAGIC.items() if beginning.startswith(magic) and suffix != ".py"), None)
    if found is None and suffix == ".py" and beginning.startswith((b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\x7fELF")):
        found = next(kind for magic, kind in MAGIC.items() if beginning.startswith(magic))
    if COMPILED.match(beginning):
        found = "compiled"
    for kind, endings in ENDINGS.items():
        if suffix in endings and (found is None or kind in ("document", "compiled")):
            found = kind
    return say(f"error.is_{found}", file=name) if found else None


def only_this_file(message: str, file: Path) -> str | None:
    """If an import failed since the imported file lies beside this one, that it is not seen, and the way out."""
    if RELATIVE in message:
        return say("error.only_this_file", file=file.name)
    for name in MISSING.findall(message):
        if (file.parent / f"{name}.py").is_file():
            return say("error.sibling", module=f"{name}.py", file=file.name)
        if (file.parent / name).is_dir():
            return say("error.sibling", module=f"{name}/", file=file.name)
    return None
