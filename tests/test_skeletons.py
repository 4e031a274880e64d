"""The generator of skeletons: what it removes from a reference, what it keeps, and what it refuses."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap

import pytest

from course import paths, syllabus
from course.classroom import skeletons
from course.classroom.skeletons import SkeletonError, sentences, skeleton


def source(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


REFERENCE = source(
    '''
    """A page.

    TODO: is a word like any other here.
    """

    from __future__ import annotations

    import math
    import os.path as where  # a remark
    import string as letters
    from collections.abc import (
        Iterable,
        Sequence,
    )

    import torch
    from torch import Tensor, nn

    LIMIT = 3
    """Kept, with    its layout."""


    @torch.no_grad()
    def first(
        x: Tensor,  # (B,)
        *,
        n: int = LIMIT,
    ) -> Tensor:
        """Do it.

        >>> "    return x"
        """
        # How it is done.
        def inner() -> None:
            """Say nothing."""

        words = """
    not indented
    """
        for item in where.split(words):  # every one
            return math.prod(item)
        # The end.

        # The very end.
    # --- a second part ---


    def given(rows: Sequence[int]) -> int:
        """Complete already."""
        return len(rows) + len(letters.digits)  # stays


    # What `first` needs.
    # In two lines.
    @torch.no_grad()
    def _helper(x: Tensor) -> Tensor:
        return x
        # its end


    class Layer(nn.Module):
        """A layer."""

        size: int = 4  # of the state

        def __init__(self) -> None:
            """Make it."""
            super().__init__()  # first of all
            self.x = _helper(1)
            # That is all.
        def _part(self) -> Iterable[int]:
            return [1]

        async def forward(self) -> None:
            # Not documented.

            await self._part()

        # --- the rest ---

        @property
        def empty(self) -> bool:
            """Do nothing at all."""
    '''
)
TODOS = {
    "first": "about nine lines. Walk.",
    "Layer.__init__": "one line. Keep it.",
    "Layer.forward": "one line. Wait.",
    "Layer.empty": "no line.",
}
SKELETON = source(
    '''
    """A page.

    TODO: is a word like any other here.
    """

    from __future__ import annotations

    import math  # noqa: F401  (for your use)
    import os.path as where  # a remark  # noqa: F401  (for your use)
    import string as letters
    from collections.abc import (
        Iterable,  # noqa: F401  (for your use)
        Sequence,
    )

    import torch
    from torch import Tensor, nn

    LIMIT = 3
    """Kept, with    its layout."""


    @torch.no_grad()
    def first(
        x: Tensor,  # (B,)
        *,
        n: int = LIMIT,
    ) -> Tensor:
        """Do it.

        >>> "    return x"
        """
        # TODO: about nine lines. Walk.
        raise NotImplementedError("first")
    # --- a second part ---


    def given(rows: Sequence[int]) -> int:
        """Complete already."""
        return len(rows) + len(letters.digits)  # stays


    class Layer(nn.Module):
        """A layer."""

        size: int = 4  # of the state

        def __init__(self) -> None:
            """Make it."""
            super().__init__()  # first of all
            # TODO: one line. Keep it.
            raise NotImplementedError("Layer.__init__")

        async def forward(self) -> None:
            # TODO: one line. Wait.
            raise NotImplementedError("Layer.forward")

        # --- the rest ---

        @property
        def empty(self) -> bool:
            """Do nothing at all."""
            # TODO: no line.
            raise NotImplementedError("Layer.empty")
    '''
)


def test_the_code_goes_and_the_page_stays():
    assert skeleton(REFERENCE, TODOS, ["first", "Layer"]) == SKELETON


def test_a_skeleton_is_its_own_skeleton():
    """Imports that are already marked are not marked twice."""
    assert skeleton(SKELETON, TODOS, ["first", "Layer"]) == SKELETON


def test_a_long_sentence_is_wrapped():
    text = "half-open " * 30
    hollow = skeleton('def f():\n    """F."""\n    return 1\n', {"f": text}, ["f"])
    comments = [line for line in hollow.splitlines() if line.startswith("    # ")]
    assert len(comments) == 3
    assert max(map(len, comments)) <= skeletons.WIDTH
    assert " ".join(line.removeprefix("    # ") for line in comments) == f"TODO: {text.strip()}"


def test_sentences_are_read_with_dotted_keys():
    text = 'f = "one line. A."\nLayer.__init__ = "two lines. B."\n"Layer.g" = "C."\nh = "D."\n'
    assert sentences(text) == {"f": "one line. A.", "Layer.__init__": "two lines. B.", "Layer.g": "C.", "h": "D."}


@pytest.mark.parametrize(
    ("reference", "todos", "message"),
    [
        ("def f():\n    return 1\n", {}, "f has no TODO sentence"),
        ("class f:\n    def g(self):\n        return 1\n", {}, "f.g has no TODO sentence"),
        ("def f():\n    return 1\n", {"f": "A.", "f.g": "B."}, "TODO sentence for f.g, and no such function"),
        ("def f():\n    return 1\n\n\ndef g(): ...\n", {"f": "A.", "g": "B."}, "sentence for g, and no such function"),
        ("if True:\n    def f():\n        return 1\n", {}, "does not define f"),
        ("def f(): return 1\n", {"f": "A."}, "f: a statement in line 1 shares it"),
        ('def f():\n    """F."""; return 1\n', {"f": "A."}, "f: a statement in line 2 shares it"),
        ("def f():\n    return 1\n\n\ndef _a(): ...\n\n\nLIMIT = _a()\n", {"f": "A."}, "in the skeleton uses _a"),
    ],
)
def test_what_makes_no_skeleton_is_refused(reference: str, todos: dict[str, str], message: str):
    with pytest.raises(SkeletonError, match=message):
        skeleton(reference, todos, ["f"])


def test_the_command_checks_then_writes(tmp_path):
    """In a copy of the rooms, outdated files are shown, then written, and nothing else is changed."""
    for room in ("course", "exercises", "scripts", "solutions"):
        shutil.copytree(paths.ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "recipes"))
    ready = [exercise for exercise in syllabus.load() if not exercise.planned]
    todos = tmp_path / "solutions" / "lora.todo.toml"
    todos.write_text(todos.read_text(encoding="utf-8").replace("Add up", "Sum"), encoding="utf-8")
    (tmp_path / "exercises" / "heads.py").unlink()

    def files() -> dict[str, bytes]:
        return {
            path.relative_to(tmp_path).as_posix(): path.read_bytes()
            for path in tmp_path.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "scripts.skeletons", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)

    before = files()
    checked = run("--check")
    assert checked.returncode == 1
    assert checked.stderr == f"2 of {len(ready)} skeletons are out of date: make skeletons\n"
    assert "-    # TODO: about nine lines. Add up the factors" in checked.stdout
    assert "+    # TODO: about nine lines. Sum the factors" in checked.stdout
    assert files() == before

    written = run()
    assert (written.returncode, written.stdout) == (0, "wrote exercises/lora.py\nwrote exercises/heads.py\n")
    after = files()
    assert {name for name in after if after[name] != before.get(name)} == {"exercises/lora.py", "exercises/heads.py"}
    assert after["exercises/heads.py"] == paths.skeleton("heads").read_bytes()
    assert b"TODO: about nine lines. Sum the factors" in after["exercises/lora.py"]

    again = run("--check")
    assert (again.returncode, again.stdout) == (0, f"{len(ready)} skeletons are up to date\n")
    todos.write_text("", encoding="utf-8")
    refused = run()
    assert (refused.returncode, refused.stderr) == (1, "lora: lora_report has no TODO sentence\n")
    assert files() == after | {"solutions/lora.todo.toml": b""}
