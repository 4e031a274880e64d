"""Lessons are read in a terminal of 80 columns: diagrams, code and tables are measured as displayed."""

import re

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.markdown import Markdown

from course import lesson, render, syllabus
from course.cli import cli

LESSONS = [lesson.INTRO, *(exercise.slug for exercise in syllabus.load() if not exercise.planned)]
CODE_WIDTH = render.LESSON_WIDTH - 2
"""Width of a block of code, which has a margin of one column on both sides."""
LINES_PER_ROW = 1.6
"""Largest average number of lines per table row: with more, the eye loses its row."""


each_language = pytest.mark.parametrize("lang", ["en", "ja"])


def parsed(slug, lang="en"):
    found = lesson.load(slug, lang)
    assert found.lang == lang
    return Markdown(found.text).parsed


def too_wide(tokens):
    """Return (number of blocks of code and diagrams, their lines that a terminal would break)."""
    blocks = [token.content for token in tokens if token.type in ("fence", "code_block")]
    return len(blocks), [line for block in blocks for line in block.splitlines() if cell_len(line) > CODE_WIDTH]


def shown(slug, monkeypatch, lang="en"):
    monkeypatch.setenv("COLUMNS", "80")
    outcome = CliRunner().invoke(cli, ["read", slug, "--lang", lang], prog_name="course")
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout.splitlines()


@each_language
@pytest.mark.parametrize("slug", LESSONS)
def test_lines_of_code_and_diagrams_are_not_broken(slug, lang):
    n_blocks, wide = too_wide(parsed(slug, lang))
    assert n_blocks >= 4
    assert wide == []


def test_a_line_is_as_wide_as_it_is_shown():
    """A Japanese character takes two columns, so only half as many fit."""
    fits = f"    {'x' * CODE_WIDTH}\n\n```\n{'学' * (CODE_WIDTH // 2)}\n```\n\n{'学' * CODE_WIDTH}\n"
    assert too_wide(Markdown(fits).parsed) == (2, [])
    for planted in (f"    {'学' * (CODE_WIDTH // 2)}x\n", f"```\n{'x' * (CODE_WIDTH + 1)}\n```\n"):
        assert too_wide(Markdown(planted).parsed) == (1, [planted.strip("` \n")])


@each_language
@pytest.mark.parametrize("slug", LESSONS)
def test_a_lesson_fits_76_columns(slug, lang, monkeypatch):
    lines = shown(slug, monkeypatch, lang)
    assert len(lines) > (150 if slug == lesson.INTRO else 200)
    assert [line for line in lines if cell_len(line.rstrip()) > 76] == []


@pytest.mark.parametrize("slug", LESSONS)
def test_the_rows_of_tables_stay_rows(slug, monkeypatch):
    """Rich draws a rule below a table's head; the lines after it up to the blank line are its rows."""
    lines = shown(slug, monkeypatch)
    rules = [index for index, line in enumerate(lines) if re.fullmatch(r" ─{20,} *", line)]
    assert len(rules) == sum(token.type == "table_open" for token in parsed(slug))
    for rule in rules:
        end = next(index for index in range(rule, len(lines)) if not lines[index].strip())
        rows = source_rows(slug, rules.index(rule))
        assert end - rule - 1 <= LINES_PER_ROW * rows, "\n".join(lines[rule - 1 : end])


def source_rows(slug, number):
    """Return the number of body rows of this table in the source."""
    tables = re.findall(r"(?:^\|.*\n)+", lesson.load(slug, "en").text, flags=re.MULTILINE)
    return len(tables[number].splitlines()) - 2
