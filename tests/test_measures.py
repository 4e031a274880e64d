"""The two searches that measure the grader: points without merit, and explanations of wrong answers. Both are slow."""

import subprocess
import sys

import pytest

from course import paths
from scripts import naming, unearned

pytestmark = pytest.mark.slow


def test_no_cheap_answer_earns_what_is_not_allowed():
    """``python -m scripts.unearned``: identity, zeros, constants, the right answer plus 1e9 and so on, everywhere."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.unearned"], cwd=paths.ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert f"{len(unearned.allowed())} payments, 0 of them without merit" in done.stdout


def test_wrong_answers_are_explained_and_none_wrongly():
    """``python -m scripts.naming`` on files that were written without the catalogue."""
    files = naming.load()
    verdicts = [outcome.verdict for outcome in naming.outcomes(files, seed=1)]
    assert len(verdicts) == len(files) >= 150
    assert verdicts.count("explained wrongly") == 0
    assert verdicts.count("explained") >= 0.75 * len(files)
