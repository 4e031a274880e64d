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


@pytest.mark.skipif(sys.platform == "win32", reason="CPU time of a child is asked for as on Unix")
def test_help_answers_at_once():
    import resource

    def cpu_seconds():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "course", "--help"], capture_output=True, cwd=paths.ROOT, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(cpu_seconds() for _ in range(3)) < 0.25  # CPU time: a busy machine must not fail it
