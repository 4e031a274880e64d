"""The yardstick of the benchmark: the hidden checks against a file, all in one pytest process, as other graders do it.

No sandbox, no second process, no diagnosis: ``python -m scripts.in_process SLUG FILE`` exits like pytest. Never use
it to grade.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from course import paths
from grader.judge import check, proxy


class Plugin:
    """Gives every check the file, loaded in this very process."""

    def __init__(self, file: str) -> None:
        self.module = check.load_file(Path(file), "submission")

    @pytest.fixture
    def student(self, request: pytest.FixtureRequest) -> proxy.Student:
        """A proxy without a process behind it."""
        return proxy.local_student(self.module, proxy.check_seed(1, request.node.name))


if __name__ == "__main__":
    slug, file = sys.argv[1:]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    path = paths.checks(slug)
    arguments = [str(path), f"--rootdir={path.parent}", f"-c{os.devnull}", "--import-mode=importlib", "-q"]
    arguments += [
        "-pno:cacheprovider",
        "-opython_files=check_*.py",
        "-opython_classes=Check*",
        "-opython_functions=check_*",
    ]
    sys.exit(pytest.main(arguments, plugins=[Plugin(file)]))
