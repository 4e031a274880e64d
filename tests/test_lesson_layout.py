"""Lessons are read in a terminal of 80 columns: diagrams, code and tables are measured as a reader sees them."""

import re

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.markdown import Markdown

from course import lesson, render, syllabus
from course.cli import cli

LESSONS = [lesson.INTRO, *(exercise.slug for exercise in syllabus.load() if not exercise.planned)]
CODE_WIDTH = render.LESSON_WIDTH - 2
"""A block of code stands between two columns of air."""
LINES_PER_ROW = 1.6
"""Of a table, on average: with more of them the eye loses its row."""


def parsed(slug):
    return Markdown(lesson.load(slug, "en").text).parsed


def shown(slug, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    outcome = CliRunner().invoke(cli, ["read", slug], prog_name="course")
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout.splitlines()


@pytest.mark.parametrize("slug", LESSONS)
def test_lines_of_code_and_diagrams_are_not_broken(slug):
    blocks = [token.content for token in parsed(slug) if token.type in ("fence", "code_block")]
    assert len(blocks) >= 4
    assert [line for block in blocks for line in block.splitlines() if cell_len(line) > CODE_WIDTH] == []


@pytest.mark.parametrize("slug", LESSONS)
def test_a_lesson_fits_76_columns(slug, monkeypatch):
    lines = shown(slug, monkeypatch)
    assert len(lines) > (150 if slug == lesson.INTRO else 200)
    assert [line for line in lines if cell_len(line.rstrip()) > 76] == []


@pytest.mark.parametrize("slug", LESSONS)
def test_the_rows_of_tables_stay_rows(slug, monkeypatch):
    """Rich marks the end of a table's head by a rule; what follows it up to the blank line are its rows."""
    lines = shown(slug, monkeypatch)
    rules = [index for index, line in enumerate(lines) if re.fullmatch(r" ─{20,} *", line)]
    assert len(rules) == sum(token.type == "table_open" for token in parsed(slug))
    for rule in rules:
        end = next(index for index in range(rule, len(lines)) if not lines[index].strip())
        rows = source_rows(slug, rules.index(rule))
        assert end - rule - 1 <= LINES_PER_ROW * rows, "\n".join(lines[rule - 1 : end])


def source_rows(slug, number):
    """How many rows the body of this table has in the source."""
    tables = re.findall(r"(?:^\|.*\n)+", lesson.load(slug, "en").text, flags=re.MULTILINE)
    return len(tables[number].splitlines()) - 2
