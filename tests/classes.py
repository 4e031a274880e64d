"""Fabricated classes: gradebooks for the tests of class reports."""

import random
from datetime import timedelta
from decimal import Decimal

from course import syllabus
from course.classroom.model import Entry, Gradebook, Student
from course.result import CheckResult, Explanation, Result, overall

TITLES = {one.slug: one.english_title for one in syllabus.load()}
NUMBERS = {one.slug: one.number for one in syllabus.load()}


def check(name, status="passed", *, points=1, visible=False, **fields):
    """Return one check with its outcome; ``name`` is ``function.property``."""
    return CheckResult(
        id=name,
        title=fields.pop("title", f"the property {name.partition('.')[2]} holds"),
        function=name.partition(".")[0],
        visibility="visible" if visible else "hidden",
        max_points=points,
        points=points if status == "passed" else 0,
        status=status,
        **fields,
    )


def explanation_of(name, kind="misconception"):
    """Return the explanation of a failed check."""
    return Explanation(kind, name, f"Hint on {name}.", f"Title of {name}")


def result(checks=(), status=None, slug="lora", **fields):
    """Return a result with its points counted."""
    made = Result(
        exercise=NUMBERS[slug],
        id=f"exercise-{NUMBERS[slug]}",
        slug=slug,
        title=TITLES[slug],
        file=f"{slug}.py",
        status=status or overall(checks),
        points=0,
        max_points=0,
        checks=list(checks),
        **{"seconds": 1.0, **fields},
    )
    made.count_points()
    return made


def entry(student, made=None, *, slug="lora", max_points=None, **fields):
    """Return an entry; it counts as handed in once if there is a result."""
    return Entry(
        student=student,
        exercise=slug,
        max_points=max_points if max_points is not None else (made.max_points if made else 0),
        result=made,
        **{"attempts": int(made is not None), **fields},
    )


def gradebook(*entries, **fields):
    """Return a class with these entries; students and exercises are in order of occurrence."""
    return Gradebook(
        exercises=tuple(dict.fromkeys(one.exercise for one in entries)),
        students=tuple(dict.fromkeys(one.student for one in entries)),
        entries={(one.student.id, one.exercise): one for one in entries},
        **fields,
    )


FIRST = "Ada Bao Chidi Dana Emre Fatima Goran Hana Ines Jun Kofi Lea Mei Nils Omar Priya Quinn Rosa Sven Tariq".split()
LAST = "Adeyemi Brandt Castillo Dubois Eriksen Fujita Garcia Haddad Ivanova Jansen Kowalski Larsen Moreau".split()
FUNCTIONS = ["lora_report", "LoRALinear", "inject_lora", "lora_state_dict", "MultiLoRALinear", "peft_param_count"]


def large(students=120, slugs=("lora",), seed=1):
    """Return a realistic class: strong and weak students, misconceptions, crashes, late files, nothing handed in."""
    draw = random.Random(seed)
    entries = []
    for number in range(students):
        name = f"{draw.choice(FIRST)} {draw.choice(LAST)}"
        student = Student(f"s{number:04}", name, f"s{number:04}@example.org")
        skill = draw.betavariate(4, 2)
        for slug in slugs:
            entries.append(_drawn(student, slug, skill, draw))
    return gradebook(*entries, title="Transformers, autumn term", graded_at="2026-11-20T18:04:00Z")


def _drawn(student, slug, skill, draw):
    fate = draw.random()
    if fate < 0.05:
        return entry(student, slug=slug, max_points=24)
    if fate < 0.07:
        made = result(status="not_gradable", slug=slug, message="line 12: invalid syntax")
        return entry(student, made, slug=slug, max_points=24)
    if fate < 0.08:
        return entry(
            student, result(status="grader_error", slug=slug, message="The grader died."), slug=slug, max_points=24
        )
    checks = []
    for place, function in enumerate(FUNCTIONS):
        begun = draw.random() < skill + 0.35
        for number in range(4):
            name, title = f"{function}.p{number}", f"{function} keeps property number {number} of the docstring"
            luck = draw.random()
            if not begun:
                checks.append(check(name, "not_started" if not number else "skipped", title=title, visible=not number))
            elif luck < skill + 0.25 - 0.05 * place - 0.04 * number:
                checks.append(check(name, title=title, visible=not number))
            elif luck > 0.97:
                checks.append(check(name, draw.choice(["crashed", "timeout", "out_of_memory"]), title=title))
            else:
                why = explanation_of(f"swapped-{function}-{draw.choice('aab')}") if draw.random() < 0.7 else None
                checks.append(
                    check(name, "failed", title=title, visible=not number, explanation=why, hint="Look again.")
                )
    late = timedelta(hours=draw.randint(1, 60)) if draw.random() < 0.1 else timedelta()
    made = result(checks, slug=slug, seconds=draw.lognormvariate(0.8, 0.5))
    return entry(student, made, slug=slug, late=late, penalty=Decimal(2 if late else 0), sha256=f"{student.id}-{slug}")
