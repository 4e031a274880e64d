"""The two searches that measure the grader: unearned points, and explanations of wrong answers. Both are slow."""

import subprocess
import sys

import pytest

from course import paths
from course.compat import tomllib
from grader.judge import diagnose
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


# --- pairs of misconceptions ---


def test_the_same_seed_chooses_the_same_pairs_and_none_twice():
    chosen = naming.sampled_pairs("training", 30, seed=1)
    assert chosen == naming.sampled_pairs("training", 30, seed=1)
    assert chosen != naming.sampled_pairs("training", 30, seed=2)
    assert len({pair.both.name for pair in chosen}) == 30
    assert {pair.in_one_function for pair in chosen} == {True, False}


def test_a_pair_is_right_if_nothing_but_its_two_names_is_told():
    apart, together = (
        next(pair for pair in naming.sampled_pairs("training", 60, seed=1) if pair.in_one_function == one)
        for one in (False, True)
    )
    for pair in (apart, together):
        functions = frozenset({pair.first.function, pair.second.function})
        own = frozenset({pair.first.name, pair.second.name})

        def verdict(pair=pair, caught=functions, named=own):
            return naming.PairOutcome(pair, caught, frozenset(named), 0.0).verdict

        assert verdict() == "both named"
        assert verdict(named={pair.first.name}) == "one named"
        assert verdict(named=()) == "unnamed"
        assert verdict(named={*own, "something-else"}) == "named wrong"
        assert verdict(caught=frozenset(), named=()) == "not caught"
    assert naming.PairOutcome(apart, frozenset({apart.first.function}), frozenset(), 0.0).verdict == "not caught"


def test_what_is_true_of_a_pair_is_not_wrong_and_counts_for_nothing():
    """``tests/wrong/PAIRS.toml``: every entry is a possible pair, and a name of its exercise."""
    listed = tomllib.loads((naming.FOLDER / "PAIRS.toml").read_text(encoding="utf-8"))
    assert listed
    for entry, also in listed.items():
        slug, _, names = entry.partition("/")
        known = {one.name: one for one in diagnose.load_misconceptions(paths.misconceptions(slug))}
        first, second = (known[name] for name in names.split(" + "))
        both = diagnose.compose(slug, first, second)
        assert both is not None and set(also) <= known.keys() - {first.name, second.name}
        pair = naming.Pair(slug, first, second, both)
        functions = frozenset({first.function, second.function})
        told = naming.PairOutcome(pair, functions, frozenset(also), 0.0)
        assert told.verdict == "unnamed"
        assert naming.PairOutcome(pair, functions, told.named | {first.name}, 0.0).verdict == "one named"
        assert naming.PairOutcome(pair, functions, told.named | {"something-else"}, 0.0).verdict == "named wrong"


def test_two_mistakes_in_two_functions_are_both_named():
    known = {one.name: one for one in diagnose.load_misconceptions(paths.misconceptions("strategy"))}
    first, second = known["rest-kept-from-a-third-on"], known["nothing-unknown"]
    both = diagnose.compose("strategy", first, second)
    outcome = naming.paired(naming.Pair("strategy", first, second, both), seed=5)
    assert (outcome.verdict, outcome.named) == ("both named", {first.name, second.name})
