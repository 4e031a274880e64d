"""A zip with an autograder for Gradescope: ``setup.sh``, ``run_autograder``, this package and its configuration.

``config.json`` in the zip can be edited before uploading:

    exercise       slug
    lang           language of the messages
    sandbox        "full" refuses to grade unless the sandbox is complete; "auto" uses the best one available
    attempts       maximum number of graded submissions per student; null means no limit
    hidden_checks  when students see hidden checks: visible, after_due_date, after_published

``policy.toml`` next to it, if present, says what lateness costs and which attempt counts. Its deadline takes precedence
over the assignment's due date. Grading needs 2 GB of memory and one processor; Gradescope's default is less.

If the sandbox is not ``full``, nothing is secret from a student, because the judge and the submission then run as the
same user. The zip contains references and hidden checks, so it is for instructors only.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec

from course import errors, paths
from course.compat import tomllib
from course.formats.gradescope import Visibility
from course.text import say

DISTRIBUTION = "transformers-course"
ROOMS = ("course", "exercises", "grader", "solutions")
SCRIPTS = ("setup.sh", "run_autograder")
"""Executable files at the root of the zip."""
PINNED = ("torch", "transformers", "peft", "numpy")
"""Packages that are pinned to their installed versions when the constraints file is not available."""
PROJECT = """\
[build-system]
requires = ["hatchling>=1.27,<2"]
build-backend = "hatchling.build"

[project]
name = {name}
version = {version}
requires-python = ">=3.10"
dependencies = {dependencies}

[project.scripts]
course = "course.__main__:main"

[tool.hatch.build.targets.wheel]
packages = {rooms}
"""


@dataclass(frozen=True)
class Config:
    """The content of ``config.json``."""

    exercise: str
    lang: str = "en"
    sandbox: str = "full"
    attempts: int | None = None
    hidden_checks: Visibility = "visible"

    @classmethod
    def read(cls, path: Path) -> Config:
        """Read the configuration from a file.

        Raises:
            ValueError: the file is not a valid configuration.
            OSError: the file cannot be read.
        """
        config = msgspec.json.decode(path.read_bytes(), type=cls)
        if config.sandbox not in ("full", "auto"):
            raise ValueError(f"sandbox: {config.sandbox!r} is neither 'full' nor 'auto'")
        return config


def build(config: Config, policy: str | None = None) -> bytes:
    """Build the zip; the same installation always gives the same bytes.

    Args:
        config: what to grade, and how.
        policy: the text of the policy file.

    Raises:
        NeedsRepository: this is a student edition, or the package is not installed.
    """
    if not paths.solution(config.exercise).is_file():
        raise errors.NeedsRepository(say("this is a student edition; an autograder needs the hidden checks."))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        here = Path(__file__).parent
        for name in SCRIPTS:
            _add(archive, name, (here / name).read_bytes().replace(b"\r\n", b"\n"), mode=0o755)
        _add(archive, "config.json", json.dumps(asdict(config), indent=2).encode() + b"\n")
        if policy is not None:
            _add(archive, "policy.toml", policy.encode("utf-8"))
        _add(archive, "constraints.txt", constraints().encode())
        _add(archive, "package/pyproject.toml", project().encode())
        for path in rooms():
            _add(archive, f"package/{path.relative_to(paths.ROOT).as_posix()}", path.read_bytes())
    return target.getvalue()


def rooms() -> Iterator[Path]:
    """Yield every file of the package, in a fixed order."""
    for room in ROOMS:
        for path in sorted((paths.ROOT / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def project() -> str:
    """Return a pyproject.toml for the package: the repository's, or one made from the installed package's metadata.

    Raises:
        NeedsRepository: the package is neither in a repository nor installed.
    """
    file = paths.ROOT / "pyproject.toml"
    if file.is_file():
        declared = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        return _project(declared["version"], declared["dependencies"])
    try:
        found = importlib.metadata.distribution(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        raise errors.NeedsRepository(say("the package is not installed; install it with pip first.")) from None
    return _project(found.version, [line for line in found.requires or [] if "extra ==" not in line])


def _project(version: str, dependencies: Sequence[str]) -> str:
    return PROJECT.format(
        name=json.dumps(DISTRIBUTION),
        version=json.dumps(version),
        dependencies=json.dumps(list(dependencies), indent=4),
        rooms=json.dumps(list(ROOMS)),
    )


def constraints() -> str:
    """Return the versions to install: those used in the tests or, for the largest libraries, those installed here."""
    file = paths.ROOT / "constraints.txt"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    return "".join(f"{name}=={importlib.metadata.version(name).partition('+')[0]}\n" for name in PINNED)


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    info = zipfile.ZipInfo(name)  # 1980: the bytes do not depend on the date
    info.create_system = 3  # Unix, so that the file mode is kept
    info.external_attr = (0o100000 | mode) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)
