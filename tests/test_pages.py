"""Material of every exercise for its reader: examples that run, computed figures and pictures, hints.

``test_house.py`` tests that skeleton and reference have the same interface, ``test_teaching.py`` that a TODO is not
solved.
"""

import doctest
import importlib
import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from course import lesson as lessons
from course import paths, syllabus
from course.compat import tomllib
from scripts import figures, pictures
from scripts.figures import __main__ as figures_command
from scripts.pictures import svg
from tests.merit import specs_of

READY = [exercise.slug for exercise in syllabus.load() if not exercise.planned]
LESSONS = [lessons.INTRO, *READY]

each = pytest.mark.parametrize("slug", READY)
each_lesson = pytest.mark.parametrize("slug", LESSONS)


def lesson_of(slug):
    """Return the words of a lesson, without line breaks, which a formatter can move."""
    return " ".join(paths.lesson(slug).read_text(encoding="utf-8").split())


@each
def test_examples_of_the_reference_run(slug):
    outcome = doctest.testmod(importlib.import_module(f"solutions.{slug}"))
    assert outcome.attempted >= 10
    assert outcome.failed == 0


@each_lesson
def test_the_pictures_are_the_ones_that_are_drawn(slug):
    drawn = pictures.drawn(slug)
    stored = [path for path in pictures.FOLDER.glob("*.svg") if re.fullmatch(rf"{slug}(_\w+)?", path.stem)]
    assert sorted(drawn) == sorted(path.name for path in stored) != []
    for name, picture in drawn.items():
        assert (pictures.FOLDER / name).read_bytes() == picture.encode(), f"run python -m scripts.pictures {slug}"
        assert f"../pictures/{name}" in lesson_of(slug)


MARKUP = re.compile(r"</?(svg|defs|g|rect|circle|text|path|line|polyline|polygon)\b")
HOMES = {
    "SVG is written": (MARKUP, "scripts/pictures/svg.py"),
    "Figure is defined": (re.compile(r"^class Figure\b|^Figure =", re.MULTILINE), "scripts/figures/figure.py"),
}
"""Task -> (pattern of its code, the one file that contains it)."""


def homes(what, root):
    """Return the files in scripts that do this."""
    pattern, _ = HOMES[what]
    found = sorted((root / "scripts").rglob("*.py"))
    return [path.relative_to(root).as_posix() for path in found if pattern.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("what", HOMES)
def test_lessons_share_one_helper(what, tmp_path):
    _, home = HOMES[what]
    assert homes(what, paths.ROOT) == [home]
    for planted, line in (("figures/x.py", "class Figure(NamedTuple):\n"), ("pictures/x.py", "f'<rect x=\"{x}\"/>'\n")):
        path = tmp_path / "scripts" / planted
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(line, encoding="utf-8")
    assert len(homes(what, tmp_path)) == 1


def test_lessons_travel_without_their_scripts():
    lessons_folder = [path for path in (paths.COURSE / "lessons").rglob("*") if path.is_file()]
    assert {path.suffix for path in lessons_folder if "__pycache__" not in path.parts} == {".md", ".svg"}
    wheel = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert "course" in wheel["targets"]["wheel"]["packages"] and "scripts" not in wheel["targets"]["wheel"]["packages"]


@pytest.mark.parametrize("module", ["scripts.figures.figure", "scripts.figures.models", "scripts.pictures.svg"])
def test_examples_of_the_helpers_run(module):
    outcome = doctest.testmod(importlib.import_module(module))
    assert outcome.attempted >= 1 and outcome.failed == 0


def test_an_arrowhead_is_defined_where_an_arrow_is_drawn():
    line, arrow = svg.line([(0, 0), (9, 9)]), svg.arrow((0, 0), (9, 9))
    assert "<marker" in svg.page(9, 9, "a < b", line, arrow)
    assert "<marker" not in svg.page(9, 9, "a < b", line)
    for part in (line, arrow):
        ElementTree.fromstring(svg.page(9, 9, "a < b", part, svg.text(1, 1, "<&>", turn=-45), svg.ring(1, 1, 2)))


def made_up(ran):
    """Return a lesson's module with one section and one extra."""

    def section():
        """Always."""
        return [figures.Figure("half", figures.percent(1, 2), "arithmetic")]

    def extra():
        """Asked for."""
        ran.append("extra")
        return [figures.Figure("loss", figures.signed(-0.5, ".2f"))]

    return SimpleNamespace(__doc__="What it is.\n\nMore.", SECTIONS=(section,), EXTRAS={"slow": extra})


def test_a_lesson_prints_its_sections_and_the_extras_that_are_asked_for(monkeypatch, capsys):
    ran = []
    module = made_up(ran)
    monkeypatch.setattr(figures_command, "module_of", lambda slug: module)
    monkeypatch.setattr(
        figures_command, "compute", lambda slug: {figures.heading(one): figures.run(one) for one in module.SECTIONS}
    )
    of_the_file = "What it is.", {"slow": figures.Extra("Asked for", ())}
    monkeypatch.setattr(figures_command, "summary_and_extras", lambda slug: of_the_file)
    figures_command.main(["lora"])
    assert capsys.readouterr().out.split() == ["Always", "------", "half", "50.0%", "arithmetic"] and ran == []
    figures_command.main(["lora", "--slow"])
    assert capsys.readouterr().out.split()[-4:] == ["Asked", "for", "---------", "loss", "−0.50"][-4:] and ran
    with pytest.raises(SystemExit) as stopped:
        figures_command.main(["lora", "--help"])
    shown = capsys.readouterr().out
    assert stopped.value.code == 0 and "What it is." in shown and "also: Asked for" in shown


@pytest.mark.parametrize("arguments", [[], ["nowhere"], ["models"]])
def test_a_lesson_without_figures_is_misuse(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        figures_command.main(arguments)
    assert stopped.value.code == 2
    assert "LESSON" in capsys.readouterr().err


def test_every_picture_belongs_to_a_lesson():
    assert {path.stem.split("_")[0] for path in pictures.FOLDER.glob("*.svg")} == set(LESSONS)


@each
def test_every_function_has_hints(slug):
    groups = {spec.function for spec in specs_of(slug)}
    lesson = lessons.load(slug, "en")
    assert groups and lesson is not None
    for group in groups:
        assert len(lesson.hints_for(group)) >= 2, group  # from vague to concrete takes at least two


@pytest.mark.parametrize("lang", ["en", "ja"])
@each
def test_every_function_has_a_section(slug, lang):
    lesson, names = lessons.load(slug, lang), syllabus.resolve(slug).names
    assert lesson is not None and lesson.lang == lang and names
    for name in names:
        part = lesson.about(name)
        assert part is not None and name in part and len(part) < len(lesson.text) / 2, name
        assert not re.match(r"## (\d+\. )?(Recap|Your turn|Sources|まとめ|出典)", part), name
