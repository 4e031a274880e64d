"""docs/coverage.toml says where every item of the source documents is taught; each place exists or is announced.

Checked: no item is missing, and the named headings, functions, checks and recipes exist. Not checked: whether the text
there teaches the item.
"""

import copy
import doctest
import importlib
import re

import pytest

from course import recipes, syllabus
from scripts import coverage

TABLE = coverage.load()
ITEMS = coverage.items(TABLE)
SIZES = {"A2": 4, "A3": 7, "A4": 9, "A5": 15, "A6": 14, "A7": 8, "A8": 20}
"""Number of items in each section of the inventory; the learning goals are G1 to G8."""
ERRATA = [f"B{number:02}" for number in (*range(1, 62), *range(65, 81))]


def test_no_item_was_lost():
    wanted = {f"G{number}" for number in range(1, 9)}
    wanted |= {f"{section}.{number}" for section, size in SIZES.items() for number in range(1, size + 1)}
    assert set(ITEMS) == wanted | set(ERRATA)
    assert len(ITEMS) == 162


def test_every_place_exists_or_is_announced():
    places = coverage.places(TABLE)
    assert len(places) > 400
    assert [place for place in places if place.state not in ("there", "planned", "dropped")] == []
    assert sum(place.state == "there" for place in places) >= 380
    assert [place.item for place in places if place.state == "dropped"] == ["A8.20"]


def test_what_is_planned_is_counted_and_listed():
    places = coverage.places(TABLE)
    planned = {place.target for place in places if place.state == "planned"}
    announced = {exercise.slug for exercise in syllabus.load() if exercise.planned}
    for target in planned:
        slug = re.split(r"[.#]", target)[0]
        assert slug in announced or target.removeprefix("run:") in TABLE["planned"], target
    assert {f"run:{name}" for name in TABLE["planned"]} <= planned, "a planned recipe that no item needs"
    printed = list(coverage.report(TABLE))
    assert [line for line in printed if line.startswith("planned: ")] == [f"planned: {one}" for one in sorted(planned)]
    assert f"  planned  {sum(place.state == 'planned' for place in places)}" in printed


def test_every_function_of_an_exercise_has_its_item():
    """A graded function without an entry in the table would be one that the sources do not ask for."""
    named = {tuple(target.split(".")[:2]) for _, targets in ITEMS.values() for target in targets if ":" not in target}
    graded = {(exercise.slug, function) for exercise in syllabus.load() for function in exercise.functions}
    assert len(graded) > 60
    assert sorted(graded - named) == sorted(BEYOND)


BEYOND = {
    ("lora", "load_lora_state_dict"),  # the other half of lora_state_dict
    ("training", "amp_step"),  # the chapter trains in one precision
    ("augmentation", "random_swap"),  # belongs to the chapter's deletion and insertion
}
"""Functions that no single item of the sources asks for."""


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("lora#the-scales", "no heading the-scales in the lesson lora"),
        ("lora#answers", "no heading answers"),
        ("loro#the-scale", "no lesson loro"),
        ("intro#and-now", "no heading and-now"),
        ("lora.LoraLinear", "no function LoraLinear"),
        ("lora.inject_lora.no_heads", "no check inject_lora.no_heads in lora"),
        ("lora.inject_lora.no_head.x", "no function inject_lora"),
        ("lore.inject_lora", "no exercise lore"),
        ("run:finetun", "no recipe finetun"),
        ("dropped:", "dropped without a reason"),
    ],
)
def test_a_place_that_does_not_exist_is_found(target, said):
    assert coverage.resolve(target, {"mlm": "x"}).startswith(said)
    table = copy.deepcopy(TABLE)
    table["errata"]["chapter"]["B01"]["where"].append(target)
    assert any(line.startswith(f"B01: {target}: {said}") for line in coverage.report(table))


def test_a_recipe_that_is_there_is_not_planned_any_more():
    assert "finetune" in recipes.catalogue()
    assert coverage.resolve("run:finetune", {}) == "there"
    assert (
        coverage.resolve("run:finetune", {"finetune": "x"})
        == "the recipe finetune is there and still listed as planned"
    )


def test_an_exercise_that_is_announced_counts_as_planned(monkeypatch):
    ready = next(exercise for exercise in syllabus.load() if exercise.slug == "lora")
    announced = copy.copy(ready)
    object.__setattr__(announced, "planned", True)
    monkeypatch.setattr(coverage, "exercises", lambda: {"lora": announced})
    assert coverage.resolve("lora.inject_lora", {}) == coverage.resolve("lora#anything", {}) == "planned"
    assert coverage.resolve("lora.inject", {}) == "no function inject in the exercise lora"
    assert coverage.resolve("lora.inject_lora.no_head", {}) == "lora is planned: name its functions only"


@pytest.mark.parametrize(
    "entry", [{"what": "x"}, {"what": "", "where": ["lora.inject_lora"]}, {"what": "x", "where": []}]
)
def test_an_item_says_what_and_where(entry):
    table = copy.deepcopy(TABLE)
    table["inventory"]["goals"]["G9"] = entry
    with pytest.raises(ValueError, match="G9"):
        coverage.items(table)


def test_an_id_stands_once():
    table = copy.deepcopy(TABLE)
    table["errata"]["blog"]["B01"] = table["errata"]["chapter"]["B01"]
    with pytest.raises(ValueError, match="B01"):
        coverage.items(table)


def test_the_examples_of_the_script_run():
    outcome = doctest.testmod(importlib.import_module("scripts.coverage"))
    assert outcome.attempted >= 2 and outcome.failed == 0
