"""The syllabus is right, names resolve as readers write them, and invalid entries are refused with a reason."""

import re

import pytest

from course import syllabus
from course.errors import NoSuchExercise
from course.syllabus import SyllabusError


def test_ten_exercises_of_the_plan():
    exercises = syllabus.load()[:10]  # more may follow
    assert [exercise.number for exercise in exercises] == list(range(1, 11))
    assert (exercises[2].slug, exercises[2].id, exercises[2].points) == ("lora", "exercise-3", 63)
    assert sum(exercise.points for exercise in exercises) == 433
    assert sum(exercise.minutes for exercise in exercises) == 1125
    assert sum(len(exercise.functions) for exercise in exercises) == 62
    assert all(exercise.title("ja") != exercise.title("en") for exercise in exercises)


@pytest.mark.parametrize(
    "name", ["lora", "exercise-3", "3", "LoRA", " lora ", "lora.py", "exercise_3", "Exercise 3", "03", "３"]
)
def test_names_of_an_exercise(name):
    assert syllabus.resolve(name).slug == "lora"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("lor", "no exercise called 'lor'. Did you mean 'lora'?"),
        ("exercis-3", "no exercise called 'exercis-3'. Did you mean 'exercise-3'?"),
        ("11", "no exercise called '11'. The last exercise is exercise-10; see: course list"),
        ("0", "no exercise called '0'. The last exercise is exercise-10; see: course list"),
        ("evaluate", "no exercise called 'evaluate'. It is a function of exercise-6."),
        ("EarlyStopper.step", "no exercise called 'EarlyStopper.step'. It is a function of exercise-6."),
        ("zebra crossing", "no exercise called 'zebra crossing'. See: course list"),
        ("", "no exercise called ''. See: course list"),
        ("²", "no exercise called '²'. See: course list"),
    ],
)
def test_other_names_get_a_suggestion(name, message):
    with pytest.raises(NoSuchExercise) as caught:
        syllabus.resolve(name)
    assert caught.value.message == message
    assert caught.value.exit_code == 2


ENTRY = """
[[exercise]]
slug = "lora"
title = "LoRA"
functions = ["f", "g"]
preloads = ["torch"]
points = 3
minutes = 20
"""


def test_defaults(syllabus_of):
    (exercise,) = syllabus_of(ENTRY)
    assert (exercise.id, exercise.planned, exercise.title("ja")) == ("exercise-1", False, "LoRA")
    assert exercise.limits == syllabus.Limits(import_seconds=10, check_seconds=10, memory_mb=1024)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('slug = "lora"', 'slug = "Lo-RA"', "slug = 'Lo-RA' cannot name a Python module"),
        ('title = "LoRA"', 'title.en = "LoRA"', "is not a title in English"),
        ('["f", "g"]', "[]", "functions is empty"),
        ('["f", "g"]', '["f", "f"]', "functions names 'f' twice"),
        ('["f", "g"]', '["not a name"]', "is not a list of Python names"),
        ("points = 3", "points = 0", "points = 0 is not a positive whole number"),
        ("points = 3", "points = true", "points = True is not a positive whole number"),
        ("points = 3", "point = 3", "unknown key 'point'; did you mean 'points'?"),
        ("minutes = 20", "", "minutes is missing"),
        ("minutes = 20", 'minutes = 20\nstate = "soon"', "state = 'soon' is neither 'ready' nor 'planned'"),
        ("minutes = 20", "minutes = 20\nlimits.memory_mb = 0", "limits.memory_mb = 0: a positive number is needed"),
        ("minutes = 20", "minutes = 20\nlimits.memory = 9", "unknown key 'memory'; did you mean 'memory_mb'?"),
        ("[[exercise]]", "[exercise]", "no [[exercise]] tables"),
        ("[[exercise]]", "[[exercise]", "Expected"),
    ],
)
def test_nonsense_is_refused(syllabus_of, old, new, reason):
    assert ENTRY.count(old) == 1
    with pytest.raises(SyllabusError, match=re.escape(reason)):
        syllabus_of(ENTRY.replace(old, new))


def test_a_slug_occurs_once(syllabus_of):
    with pytest.raises(SyllabusError, match="exercise-2 and exercise-1 have the same slug 'lora'"):
        syllabus_of(ENTRY + ENTRY)
