"""The proof of the teaching: every reference passes, every misconception is caught by its named check and diagnosed by
its name, every unusual correct variant passes, and every skeleton is not started.

Everything here runs in this process, through the same dispatcher and wire as a student process, so that hundreds of
simulated submissions take seconds. The tests of the host run some of it through real student processes.
"""

import ast
import dataclasses
import itertools
import re

import pytest
from sample import sampled, thorough

from course import paths, syllabus
from course.compat import tomllib
from grader.judge import diagnose, expect, proxy
from grader.judge.diagnose import Observed
from scripts.flake import module_of
from tests.merit import composed, grade_module, seen_of_reference, specs_of

READY = [exercise for exercise in syllabus.load() if not exercise.planned]
SEEDS = (1, 2)
SEED = 11
"""Seed with which misconceptions are proved."""
ONE_CAUGHT_IN, ONE_NAMED_IN = 12, 48


def misconceptions_of(slug):
    return diagnose.load_misconceptions(paths.misconceptions(slug))


def observe_all(specs, module, seed):
    return {spec.id: diagnose.observe(spec, module, seed) for spec in specs}


MISCONCEPTIONS = [
    (exercise.slug, misconception) for exercise in READY for misconception in misconceptions_of(exercise.slug)
]
VARIANTS = [(exercise.slug, path) for exercise in READY for path in sorted(paths.variants(exercise.slug).glob("*.py"))]


def named(value):
    """Return a parameter's name for the name of its test."""
    return getattr(value, "stem", None) or getattr(value, "name", value)


UNNAMED = tomllib.loads((paths.ROOT / "tests/unnamed.toml").read_text(encoding="utf-8"))
"""Misconceptions for which the checks have too little evidence, and which no relation describes."""


def test_there_is_something_to_prove():
    assert READY
    for exercise in READY:
        assert specs_of(exercise.slug), exercise.slug
        assert sum(slug == exercise.slug for slug, _ in MISCONCEPTIONS) >= 7 * len(
            {s.function for s in specs_of(exercise.slug)}
        )
        assert sum(slug == exercise.slug for slug, _ in VARIANTS) >= 3 * len(
            {s.function for s in specs_of(exercise.slug)}
        )


@pytest.mark.parametrize("exercise", READY, ids=lambda exercise: exercise.slug)
def test_points_and_groups_agree_with_the_syllabus(exercise):
    specs = specs_of(exercise.slug)
    extra = [spec for spec in specs if spec.function in exercise.bonus]
    assert sum(spec.points for spec in specs if spec not in extra) == exercise.points
    assert sum(spec.points for spec in extra) == exercise.bonus_points
    assert {name for spec in extra for name in spec.names} == set(exercise.bonus)
    asked = {name for spec in specs for name in spec.names}
    assert asked == set(exercise.names)
    for spec in specs:
        assert set(spec.preloads) <= set(exercise.preloads), f"{spec.id} needs what the syllabus does not preload"
    visible = sum(spec.visible for spec in specs)
    assert len(specs) / 4 <= visible <= len(specs) / 2, f"{visible} of {len(specs)} checks are visible"


@pytest.mark.parametrize("exercise", READY, ids=lambda exercise: exercise.slug)
@pytest.mark.parametrize("seed", sampled(SEEDS, one_in=2))
def test_the_reference_passes_every_check(exercise, seed):
    module = module_of(paths.solution(exercise.slug).read_text(encoding="utf-8"), "reference")
    wrong = {name: (item.status, item.failing) for name, item in observe_all(specs_of(exercise.slug), module,
    seed).items()
             if item.status != "passed"}  # fmt: skip
    assert not wrong


@pytest.mark.parametrize(("slug", "path"), sampled(VARIANTS, one_in=4), ids=named)
def test_an_unusual_correct_variant_passes_every_check(slug, path):
    module = composed(slug, path.read_text(encoding="utf-8"))
    own = {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(node, "name")}
    names = {name for spec in specs_of(slug) for name in spec.names}
    assert own & names, f"{path.name} replaces nothing that is graded"
    affected = [spec for spec in specs_of(slug) if own & {*spec.names, *spec.substitutes}]
    wrong = {
        name: (item.status, item.failing)
        for name, item in observe_all(affected, module, seed=7).items()
        if item.status != "passed"
    }
    assert not wrong


@pytest.mark.parametrize("exercise", READY, ids=lambda exercise: exercise.slug)
def test_the_skeleton_is_not_started_in_every_check(exercise):
    module = module_of(paths.skeleton(exercise.slug).read_text(encoding="utf-8"), "skeleton")
    for spec in specs_of(exercise.slug):
        student = proxy.local_student(module, proxy.check_seed(1, spec.id))
        with pytest.raises(proxy.StudentRaised) as raised:
            spec.run(student)
        assert raised.value.not_started, spec.id


def test_misconceptions_have_names_of_their_own_and_complete_hints():
    assert MISCONCEPTIONS
    for slug, group in itertools.groupby(MISCONCEPTIONS, key=lambda entry: entry[0]):
        misconceptions = [misconception for _, misconception in group]
        ids = {spec.id for spec in specs_of(slug)}
        assert len({misconception.name for misconception in misconceptions}) == len(misconceptions)
        assert len({misconception.title for misconception in misconceptions}) == len(misconceptions)
        for misconception in misconceptions:
            assert misconception.caught_by in ids, misconception.name
            assert re.fullmatch(r"[A-Z\w`].{8,78}[^.?!\s]", misconception.title), misconception.title
            assert len(misconception.hint) > 20, misconception.name


NAMED = sampled(MISCONCEPTIONS, one_in=ONE_NAMED_IN)
ONLY_CAUGHT = [
    caught
    for caught, named_too in zip(sampled(MISCONCEPTIONS, one_in=ONE_CAUGHT_IN), NAMED, strict=True)
    if named_too.marks and not caught.marks
]
"""Misconceptions with a fast test only that they are caught. ``make test-slow`` tests everything for all."""


@pytest.mark.parametrize(("slug", "misconception"), ONLY_CAUGHT, ids=named)
def test_a_misconception_is_caught_by_its_check(slug, misconception):
    assert_caught(misconception, observe_edited(slug, misconception))


def observe_edited(slug, misconception):
    """Return what a misconception's check observes of it."""
    (spec,) = [spec for spec in specs_of(slug) if spec.id == misconception.caught_by]
    return diagnose.observe(spec, diagnose.edited_module(slug, misconception), SEED)


def assert_caught(misconception, seen):
    assert seen.status in ("failed", "crashed"), f"{misconception.caught_by} lets it pass"


@pytest.mark.parametrize(("slug", "misconception"), NAMED, ids=named)
def test_a_misconception_is_caught_by_its_check_and_named(slug, misconception):
    """It is named, or, if the checks have too little evidence, nothing else is (see ``diagnose.evidence``)."""
    # each check begins with a new module, as with the student's file
    graded = grade_module(slug, misconception.function, lambda: diagnose.edited_module(slug, misconception), SEED)
    caught = graded.observed[misconception.caught_by]
    # its check waits for another that fails too: no explanation is shown, but the check would catch it
    assert_caught(misconception, observe_edited(slug, misconception) if caught.status == "skipped" else caught)
    found = graded.explained
    seen = sum(diagnose.evidence(graded.observed[name], seen_of_reference(slug, name, SEED)) for name in graded.wrong)
    if seen >= diagnose.ENOUGH or misconception.name in diagnose.plain_facts(slug):
        kin = {one.name for one in misconceptions_of(slug) if one.kin and one.kin == misconception.kin}
        expected = {misconception.name, *kin, "does-nothing"}  # a misconception can amount to a no-op
        assert found[misconception.caught_by].id in expected
    else:
        named = [item for item in found.values() if item.kind in ("misconception", "pair")]
        assert not named, f"on so little evidence ({seen}) nothing should be named"
        told = {item.kind for item in found.values()}
        assert "relation" in told or misconception.name in UNNAMED.get(slug, ()), "nothing tells what is wrong"


def test_the_sample_holds_some_of_every_exercise():
    fast = {param.values[0] for param in NAMED if not param.marks}
    assert fast == {slug for slug, _ in MISCONCEPTIONS}


def test_each_is_proved_once_in_a_run_of_the_fast_tests_and_once_in_one_of_the_slow_tests():
    proofs = [param for param in [*NAMED, *ONLY_CAUGHT] if not param.marks]
    assert len({param.values for param in proofs}) == len(proofs) >= len(MISCONCEPTIONS) / ONE_CAUGHT_IN - 1
    assert {param.values for param in NAMED} == set(MISCONCEPTIONS)


def test_misconceptions_known_by_facts_alone_exist_and_the_others_are_few():
    slugs = {slug for slug, _ in MISCONCEPTIONS}
    entries = {slug: diagnose.plain_facts(slug) for slug in slugs}
    for slug, names in entries.items():
        assert names and names <= {misconception.name for misconception in misconceptions_of(slug)}, slug
    assert sum(map(len, entries.values())) < len(MISCONCEPTIONS) / 3


def test_those_that_are_not_named_exist_and_are_few():
    for slug, names in UNNAMED.items():
        known = {misconception.name for misconception in misconceptions_of(slug)}
        assert names and set(names) <= known - diagnose.plain_facts(slug), slug
    assert sum(map(len, UNNAMED.values())) < len(MISCONCEPTIONS) / 100


def unedited(slug):
    """Return the parts of the reference, of which an edit changes one."""
    return [part for part in diagnose.parts(slug, diagnose.Misconception("", (), "", "", "")) if part]


@pytest.mark.parametrize("slug", sorted({slug for slug, _ in MISCONCEPTIONS}))
def test_no_two_misconceptions_are_the_same_code(slug):
    """Those with the same behaviour silence each other; slower tests find those that are written differently."""
    whole = set(unedited(slug))
    seen = {}
    for misconception in misconceptions_of(slug):
        (changed,) = [part for part in diagnose.parts(slug, misconception) if part not in whole]
        code = ast.dump(ast.parse(changed))
        twin = seen.setdefault(code, misconception)
        assert twin is misconception or (twin.kin and twin.kin == misconception.kin), (twin.name, misconception.name)
    assert len(seen) > 100


@pytest.mark.parametrize("slug", sorted({slug for slug, _ in MISCONCEPTIONS}))
def test_a_misconception_compiled_in_parts_is_the_edited_file(slug):
    source, whole = paths.solution(slug).read_text(encoding="utf-8"), unedited(slug)
    for misconception in misconceptions_of(slug):
        parts = diagnose.parts(slug, misconception)
        assert "".join(parts) == misconception.apply(source), misconception.name
        changed = [part for part in parts if part not in whole]
        assert len(changed) == 1 and len(changed[0]) < len(source) / 2, misconception.name


def test_a_suspect_is_left_at_the_first_difference():
    """Running a check to its end costs more than stopping it."""
    asked = []

    def run(student):
        for number in range(3):
            asked.append(number)
            student.note("number", number)
        raise expect.Failed("as planned")

    first = specs_of("lora")[0]
    suspects = sum(misconception.caught_by == first.id for misconception in misconceptions_of("lora"))
    assert suspects > 1
    spec = dataclasses.replace(first, run=run)
    reference = Observed(spec, "passed", "", notes(0, 1, 2))
    for numbers, tried in (((0, 7, 2), [0, 1]), ((0, 1, 2), [0, 1, 2])):
        asked.clear()
        diagnose.diagnose("lora", {spec.id: Observed(spec, "failed", "as planned", notes(*numbers))},
                          {spec.id: reference}, SEED)  # fmt: skip
        assert asked == tried * suspects


def notes(*numbers):
    return [proxy.Outcome("note", "number", number) for number in numbers]


@thorough
@pytest.mark.parametrize("exercise", READY, ids=lambda exercise: exercise.slug)
def test_different_seeds_draw_different_inputs(exercise):
    module = module_of(paths.solution(exercise.slug).read_text(encoding="utf-8"), "reference")
    specs = specs_of(exercise.slug)
    changed = sum(
        not diagnose.same(diagnose.observe(spec, module, 1), diagnose.observe(spec, module, 2)) for spec in specs
    )
    assert changed >= len(specs) / 2, f"only {changed} of {len(specs)} checks depend on the seed"


def test_expectations_are_recorded_for_visible_checks():
    expect.seen.clear()
    expect.equal(1, 1, "one")
    assert expect.seen == [("one", "1", "1")]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", READY, ids=lambda exercise: exercise.slug)
@pytest.mark.parametrize("what", [[], ["--variants"]], ids=["reference", "variants"])
def test_no_verdict_is_flaky(exercise, what):
    """A sample of ``python -m scripts.flake``, whose documentation tells how to search longer."""
    import subprocess
    import sys

    gradings = "3" if what else "20"
    command = [
        sys.executable,
        "-m",
        "scripts.flake",
        exercise.slug,
        *what,
        "--gradings",
        gradings,
        "--threads",
        "1",
        "2",
    ]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert " 0 not passed" in done.stdout


def test_behaviour_is_compared_with_care():
    import torch

    assert diagnose.same_value(1.0, 1.0 + 1e-6)
    assert diagnose.same_value(float("inf"), float("inf"))
    assert diagnose.same_value(torch.tensor([1.0, float("nan")]), torch.tensor([1.0, float("nan")]))
    assert not diagnose.same_value(float("inf"), 3.0)
    assert not diagnose.same_value(3.0, float("inf"))
    assert not diagnose.same_value(torch.tensor([3.0, 1.0]), torch.tensor([float("inf"), 1.0]))
    assert not diagnose.same_value(torch.tensor([3.0]), torch.tensor([[3.0]]))
    assert not diagnose.same_value(True, 1)
    assert not diagnose.same_value(109_482_240, 109_482_241)
    assert diagnose.same_value(torch.tensor(2.5), 2.5)
    assert not diagnose.same_value({"a": 1}, {"a": 1, "b": 2})
    with pytest.raises(expect.Failed):
        expect.close(torch.tensor([3.0]), torch.tensor([float("inf")]), "a number beside infinity")
    with pytest.raises(expect.Failed):
        expect.close(float("nan"), 1.0, "not a number")
