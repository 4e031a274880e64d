"""Fixtures and settings of all tests: nothing is downloaded, and the variants are data, not tests.

Fixtures that several files use are here; a file lists those for all its tests in ``pytestmark``.
"""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

# This must run before anything imports torch or transformers; child processes inherit it.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")  # tensors are tiny, so more threads would only wait and use a core
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # tests fork

import pytest  # noqa: E402
import torch  # noqa: E402
from grading import host  # noqa: E402, F401  a fixture: one grader for all tests of a session
from valid import to_json  # noqa: E402

from course import syllabus, text  # noqa: E402
from course.result import Result  # noqa: E402
from grader.judge import diagnose  # noqa: E402

collect_ignore = ["attacks", "variants"]

# Diagnoses must not depend on how busy the machine is, so the limits are several times what a grading takes.
# scripts.naming measures how well the real limits work.
diagnose.PAIR_SECONDS = diagnose.RELATION_SECONDS = 2.0

Result.to_json = to_json  # type: ignore[method-assign]
"""Validates every result that a test's own process writes against the schema."""


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Use one thread: matrices are tiny, so several threads would only wait, and sums have one order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turn off drawing, which takes longer than training tiny models; tests of pictures do not use this fixture."""
    monkeypatch.setattr("solutions.recipes.pictures.draw", lambda *_: [])
    monkeypatch.setattr("solutions.recipes.pretrain.run.draw", lambda out: [])


@pytest.fixture
def speak() -> Iterator[Callable[[str], None]]:
    """Return a function that sets the language of messages, until the end of the test."""
    yield text.use
    text.use("en")


@pytest.fixture
def japanese(speak: Callable[[str], None]) -> None:
    """Set the language of messages to Japanese."""
    speak("ja")


@pytest.fixture
def english_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the environment of an English reader, with a terminal of the usual width and colours."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def syllabus_of(tmp_path: Path) -> Callable[[str], tuple[syllabus.Exercise, ...]]:
    """Return a function that loads a syllabus from its text."""

    def load(source: str) -> tuple[syllabus.Exercise, ...]:
        file = tmp_path / "syllabus.toml"
        file.write_text(source, encoding="utf-8")
        return syllabus.load(file)

    return load
