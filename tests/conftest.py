"""What every test can rely on: no hub is asked for anything, and the variants are data, not tests.

Fixtures that several files use are here; a file names those that all its tests need in ``pytestmark``.
"""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

# Before anything imports torch or transformers; child processes inherit it.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # the tensors are tiny: further threads only wait, at the price of a core
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # tests fork

import pytest  # noqa: E402
import torch  # noqa: E402
from grading import host  # noqa: E402, F401  a fixture: one grader for all tests of a session
from valid import to_json  # noqa: E402

from course import syllabus, text  # noqa: E402
from course.result import Result  # noqa: E402
from grader.judge import diagnose  # noqa: E402

collect_ignore = ["attacks", "variants"]

# What is named may not hang on how busy the machine is: several times what a grading takes. How well the real limits do
# is measured by scripts.naming.
diagnose.PAIR_SECONDS = diagnose.RELATION_SECONDS = 2.0

Result.to_json = to_json  # type: ignore[method-assign]
"""Every result that a test's own process writes is held against the schema."""


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Tiny matrices: several threads would only wait for each other; and with one, sums have one order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes longer than training tiny models; some tests of these recipes do without and look at pictures."""
    monkeypatch.setattr("solutions.recipes.pictures.draw", lambda *_: [])
    monkeypatch.setattr("solutions.recipes.pretrain.run.draw", lambda out: [])


@pytest.fixture
def speak() -> Iterator[Callable[[str], None]]:
    """Sets the language of what we say, until the end of the test."""
    yield text.use
    text.use("en")


@pytest.fixture
def japanese(speak: Callable[[str], None]) -> None:
    """What we say is Japanese."""
    speak("ja")


@pytest.fixture
def english_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of somebody who reads English, in a terminal of the usual width and colours."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


class Terminal(io.StringIO):
    """A stream that somebody reads along."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def syllabus_of(tmp_path: Path) -> Callable[[str], tuple[syllabus.Exercise, ...]]:
    """Loads a syllabus from its text."""

    def load(source: str) -> tuple[syllabus.Exercise, ...]:
        file = tmp_path / "syllabus.toml"
        file.write_text(source, encoding="utf-8")
        return syllabus.load(file)

    return load
