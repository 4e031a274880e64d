"""What a reader holds in hand, for every exercise: examples that run, figures and pictures that are computed, hints.

That skeleton and reference promise the same stands in ``test_house.py``; that a hole is a hole, in
``test_teaching.py``.
"""

import doctest
import functools
import importlib
import re
import sys

import pytest

from course import lesson as lessons
from course import paths, syllabus
from grader.judge.check import load_file, manifest

READY = [exercise.slug for exercise in syllabus.load() if not exercise.planned]
PICTURES = paths.COURSE / "lessons" / "pictures"

each = pytest.mark.parametrize("slug", READY)


def lesson_of(slug):
    """The lesson's words, without the line breaks, which a formatter may move."""
    return " ".join(paths.lesson(slug).read_text(encoding="utf-8").split())


@functools.cache
def figures_of(slug):
    """(what it is, how the lesson writes it) of every figure that the lesson's script computes."""
    computed = importlib.import_module(f"scripts.figures_{slug}").figures()
    return [(figure.what, figure.text) for rows in computed.values() for figure in rows]


@each
def test_examples_of_the_reference_run(slug):
    outcome = doctest.testmod(importlib.import_module(f"solutions.{slug}"))
    assert outcome.attempted >= 10
    assert outcome.failed == 0


@each
def test_the_lesson_quotes_every_figure_as_it_is_computed(slug):
    lesson, figures = lesson_of(slug), figures_of(slug)
    assert len(figures) > 25
    if sys.version_info < (3, 11):  # there the pinned transformers is an older one than the lesson says it looked at
        figures = [(what, text) for what, text in figures if what != "transformers"]
    assert [f"{what}: {text}" for what, text in figures if " ".join(text.split()) not in lesson] == []
    assert f"course figures {slug}" in lesson


@each
def test_the_pictures_are_the_ones_that_are_drawn(slug):
    drawer = load_file(PICTURES / f"draw_{slug}.py", f"draw_{slug}")
    stored = [path for path in PICTURES.glob("*.svg") if re.fullmatch(rf"{slug}(_\w+)?", path.stem)]
    assert sorted(drawer.PICTURES) == sorted(path.name for path in stored) != []
    for name, draw in drawer.PICTURES.items():
        assert (PICTURES / name).read_text(encoding="utf-8") == draw(), f"run {PICTURES / f'draw_{slug}.py'}"
        assert f"../pictures/{name}" in lesson_of(slug)


def test_every_picture_belongs_to_a_lesson():
    assert {path.stem.split("_")[0] for path in PICTURES.glob("*.svg")} == set(READY)


@each
def test_every_function_has_hints(slug):
    groups = {spec.function for spec in manifest(load_file(paths.checks(slug), f"grader.checks.check_{slug}"))}
    lesson = lessons.load(slug, "en")
    assert groups and lesson is not None
    for group in groups:
        assert len(lesson.hints_for(group)) >= 2, group  # from vague to concrete takes two
