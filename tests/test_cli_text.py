"""The language of the reader, and how fast the command line answers."""

import os
import subprocess
import sys

import pytest

from course import paths, text


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANGUAGE": "ja:en", "LANG": "en_US.UTF-8"}, "ja"),
        ({"LANG": "", "LC_MESSAGES": "ja_JP"}, "ja"),
    ],
)
def test_the_language_of_the_system(environ, lang):
    assert text.detect(environ) == lang


@pytest.mark.parametrize("arguments", [["--help"], ["grade", "--help"], ["list"], ["--lang", "ja", "list"]])
def test_nothing_heavy_is_imported(arguments, tmp_path):
    code = (
        "import sys\nfrom course.cli import cli\n"
        f"try: cli({arguments!r})\nexcept SystemExit as end: assert not end.code, end.code\n"
        "print('MODULES', *sys.modules)"
    )
    environ = os.environ | {"PYTHONPATH": str(paths.ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=tmp_path, env=environ, check=True
    )
    modules = set(done.stdout.partition("MODULES ")[2].split())
    assert "course.cli" in modules
    assert modules & {"torch", "transformers", "peft", "numpy", "pytest", "grader", "solutions", "babel"} == set()
    if "--help" in arguments:
        assert "rich" not in modules
        assert len(modules) < 300  # what makes help wait is imports, whatever the machine
