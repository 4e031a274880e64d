"""``course run compare``: the runs of each table, how they are stored, and what the table says about them.

Most runs here are fabricated, and the processes are small scripts of this file; a tiny encoder is trained only where
real training is the point. The processes that are killed are this file's own.
"""

from __future__ import annotations

import dataclasses
import doctest
import json
import math
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from made_up import made_up
from transformers import BertConfig

from solutions import evaluation, strategy
from solutions.recipes import data, memory, splitting
from solutions.recipes.__main__ import cli
from solutions.recipes.compare import cell as cells
from solutions.recipes.compare import memory_model, options, page, plots, running, store, tables
from solutions.recipes.compare.store import SPLIT, Cell, Runs
from solutions.recipes.compare.tables import TABLES, Asked
from solutions.recipes.config import HEADS, LEARNING_RATES, FineTune
from solutions.recipes.errors import Diverged, RecipeError
from tests.tiny import save_bert, write_reviews

ROOT = Path(__file__).resolve().parents[1]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    return save_bert(tmp_path_factory.mktemp("encoder"), num_attention_heads=2)


@pytest.fixture(scope="module")
def reviews(tmp_path_factory) -> Path:
    """Write 200 sentences; ``label`` is an opinion, ``stars`` a number that goes with it."""
    return write_reviews(tmp_path_factory.mktemp("data") / "reviews.csv", n=200, most_words=9, stars=(3, 1))


@pytest.fixture
def config(encoder, reviews) -> FineTune:
    return FineTune(model=str(encoder), data=str(reviews), batch_size=8, precision="fp32", threads=1)


def whole(name: str, asked: Asked, **special: object) -> Runs:
    """Return all runs of a table."""
    rows = TABLES[name].cells(asked).values()
    return Runs({cell.key: made_up(cell, **special) for row in rows for cell in row})


# --- The runs of each table -------------------------------------------------------------------------------------------


def keys(name: str, asked: Asked, *row: str) -> list[str]:
    return [cell.key for cell in TABLES[name].cells(asked)[row]]


def test_every_table_asks_for_runs_that_the_recipe_takes():
    rows = {name: table.cells(Asked(seeds=2)) for name, table in TABLES.items()}
    assert {name: len(own) for name, own in rows.items()} == {
        "methods": 7, "heads": 9, "layer-decay": 4, "reinit": 4, "learning-curve": 16, "learning-rates": 24,
        "trainer": 4, "memory": 12,
    }  # fmt: skip
    assert list(rows["heads"])[0] == ("cls",) and {head for (head,) in rows["heads"]} == set(HEADS)
    for name in ("heads", "layer-decay", "reinit"):
        assert all(cell.config.task == "regression" for row in rows[name].values() for cell in row)
        assert all([cell.config.seed for cell in row] == [0, 1] for row in rows[name].values())
    for name, own in rows.items():
        found = [cell.key for row in own.values() for cell in row]
        assert len(set(found)) == len(found), name


def test_a_run_that_two_tables_want_is_run_once():
    asked = Asked(seeds=3)
    for method in ("full", "lora", "head"):
        own = keys("methods", asked, method)
        assert keys("learning-curve", asked, method, "all") == own
        assert keys("learning-rates", asked, method, tables.rate(LEARNING_RATES[method])) == own
    assert keys("trainer", asked, "full", tables.rate(LEARNING_RATES["full"])) == keys("methods", asked, "full")
    assert keys("reinit", asked, "0") == keys("layer-decay", asked, "1") == keys("heads", asked, "mean")
    assert keys("learning-curve", asked, "tfidf", "all") == keys("methods", asked, "tfidf")
    slower = dataclasses.replace(FineTune(), threads=4)
    assert Cell("finetune", slower).key == Cell("finetune", FineTune()).key
    assert Cell("finetune", FineTune(limit=9)).key != Cell("finetune", FineTune()).key


def test_a_short_run_of_the_curve_has_its_fifty_steps():
    steps = {}
    for (method, n), row in TABLES["learning-curve"].cells(Asked()).items():
        for one in row if method == "lora" and n != "all" else ():
            whole = one.config.epochs * math.ceil(one.config.train_texts / one.config.batch_size)
            assert f"{one.config.train_texts:,}" == n and whole >= (one.config.max_steps or 0)
            steps[n] = one.config.max_steps or whole
    assert steps == {"100": 50, "500": 50, "2,000": 63}
    few = TABLES["learning-curve"].cells(Asked(limit=1000))
    assert {n for _, n in few} == {"100", "500", "all"}  # 2,000 texts are not there


def test_what_is_missing_comes_seed_by_seed():
    asked = Asked(seeds=2)
    row = TABLES["reinit"].cells(asked)
    there = row["2",][0]
    missing = TABLES["reinit"].missing(asked, Runs({there.key: made_up(there)}))
    shown = [(cell.config.seed, cell.config.reinit) for cell in missing]
    assert shown == [(0, 0), (0, 1), (0, 3), (1, 0), (1, 1), (1, 2), (1, 3)]


def test_rates_are_chosen_without_a_look_at_the_test_texts():
    table, asked = TABLES["learning-rates"], Asked(seeds=1)
    assert table.drop == ("test", "errors") and "test" not in table.needs
    (own,) = TABLES["methods"].cells(asked)["lora",]
    without = {name: value for name, value in made_up(own).items() if name not in table.drop}
    runs = Runs({own.key: without})
    assert own.key not in {cell.key for cell in table.missing(asked, runs)}
    assert own.key in {cell.key for cell in TABLES["methods"].missing(asked, runs)}


# --- The text of the tables -------------------------------------------------------------------------------------------


def body(name: str, asked: Asked, runs: Runs) -> list[str]:
    return TABLES[name].markdown(TABLES[name].find(asked, runs))


def test_the_table_of_methods_states_mean_standard_error_and_costs():
    """.80, .81, .82: mean .81, standard error .01/sqrt(3) = .0058."""
    lines = body("methods", Asked(seeds=3), whole("methods", Asked(seeds=3)))
    assert lines[2] == "| full | .810 ± .006 | 3 | 1,234 | 700 MB | 60 s | 59 s | 0.3 MB |"
    assert lines[-1].startswith("| TF-IDF | .800 | 1 |") and len(lines) == 2 + 7


def test_a_difference_is_taken_seed_by_seed():
    """Baseline 1.0 and 1.1; the other 0.8 and 1.0: differences -.2 and -.1, mean -.15, standard error .05."""
    asked = Asked(seeds=2)
    runs = whole("reinit", asked)
    for cell, rmse in zip(TABLES["reinit"].cells(asked)["2",], (0.8, 1.0), strict=True):
        run = runs.by_key[cell.key]
        run["test"] = run["test"] | {"rmse": rmse}
    lines = body("reinit", asked, runs)
    assert lines[2].startswith("| 0 | 1.050 ± .050 | 2 | baseline |")
    assert lines[4].startswith("| 2 | .900 ± .100 | 2 | −.150 ± .050 | .000 to .000 |")
    assert lines[3].startswith("| 1 | 1.050 ± .050 | 2 | .000 ± .000 |")
    assert lines[-1].endswith("Always predicting the mean has an RMSE of 1.900.")
    lost = TABLES["reinit"].cells(asked)["0",][0].key
    del runs.by_key[lost]
    assert body("reinit", asked, runs)[4].startswith("| 2 | .900 ± .100 | 2 | −.100 | ")  # one pair is left


def test_the_interval_is_that_of_the_exercise():
    draw = torch.Generator().manual_seed(3)
    target, a, b = torch.randn(3, 200, generator=draw)
    asked = Asked(seeds=1)
    (base,), (other,) = (TABLES["reinit"].cells(asked)[key,] for key in ("0", "1"))
    both = [(made_up(other, errors=(a - target).tolist()), made_up(base, errors=(b - target).tolist()))]
    low, high = tables.interval(both)
    assert (low, high) == pytest.approx(evaluation.paired_bootstrap(a, b, target), abs=1e-5)
    assert low < high and tables.interval([]) is None


def test_the_curve_has_a_column_for_each_number_of_texts():
    asked = Asked(seeds=2)
    lines = body("learning-curve", asked, whole("learning-curve", asked))
    assert lines[0] == "| method | 100 | 500 | 2,000 | all (5,970) |"
    assert lines[2] == "| full | .805 ± .005 | .805 ± .005 | .805 ± .005 | .805 ± .005 |"
    assert lines[5].endswith(" .805 ± .005 | .800 |")  # TF-IDF on all texts is run once


def test_the_best_rate_is_bold_and_a_diverged_one_says_so():
    asked = Asked(seeds=1)
    runs = whole("learning-rates", asked)
    for factor, special in (
        (0.3, {"validation": {"accuracy": 0.9, "n": 852}}),
        (3, {"diverged": "the loss became nan"}),
    ):
        (cell,) = TABLES["learning-rates"].cells(asked)["lora", tables.rate(factor * LEARNING_RATES["lora"])]
        runs.by_key[cell.key] = made_up(cell, **special)
    lines = body("learning-rates", asked, runs)
    assert "| LoRA, r = 8 | 3e-4: .800 | 9e-4: **.900** | 3e-3 (own): .800 | 9e-3: diverged |" in lines


def test_the_table_of_memory_counts_what_is_within_the_bar():
    runs = whole("memory", Asked())
    far = TABLES["memory"].cells(Asked())["head", "8 × 128", "yes"][0]
    runs.by_key[far.key]["measured_bytes"] = 1_200_000_000
    lines = body("memory", Asked(), runs)
    assert lines[2] == "| full | 8 × 128 | no | 2,200 MB | 2,400 MB | 2,300 MB | −4.2% |"
    assert "| head alone | 8 × 128 | yes | 2,200 MB | 2,400 MB | 1,200 MB | −50.0% |" in lines
    assert lines[-1] == "11 of 12 are within 15%."


def test_examples_in_the_docstrings_run():
    outcome = doctest.testmod(tables)
    assert outcome.failed == 0 and outcome.attempted == 4


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib (extra: plots)")
def test_every_table_has_a_picture(tmp_path):
    drawn = {plots.DRAWN[name]: name for name in TABLES}  # some tables share a kind of picture
    assert set(plots.DRAWN) == set(TABLES) and len(drawn) == 5
    for name in drawn.values():
        table, asked = TABLES[name], Asked(seeds=2)
        found = table.find(asked, whole(name, asked))
        assert plots.draw(table, found, tmp_path) == f"{name}.png"
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert plots.draw(table, {key: [] for key in found}, tmp_path / "none") is None
        if name in ("heads", "reinit"):  # nothing to compare with
            assert plots.draw(table, {**found, next(iter(found)): []}, tmp_path / "none") is None
    assert not (tmp_path / "none").exists()


# --- The file ---------------------------------------------------------------------------------------------------------


def some(n: int) -> list[Cell]:
    return [Cell("finetune", FineTune(seed=seed)) for seed in range(n)]


def test_runs_are_kept_side_by_side_and_found_again(tmp_path):
    path = tmp_path / "new" / "runs.json"
    for cell in some(3):
        store.add(path, made_up(cell))
    store.add(path, made_up(some(1)[0], seconds=7.0))
    runs = store.load(path)
    assert [runs.find(cell)["seconds"] for cell in some(3)] == [7.0, 60.0, 60.0]
    assert runs.find(some(1)[0], ("test", "nothing like that")) is None and runs.find(some(4)[3]) is None
    assert runs.find(some(1)[0], ("test",)) is not None
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["schema"] == store.SCHEMA and len(path.read_text(encoding="utf-8").splitlines()) == 3 + 2
    assert [file.name for file in path.parent.iterdir()] == ["runs.json"]


def test_two_commands_can_write_to_one_file(tmp_path):
    path, code = tmp_path / "runs.json", "import sys; from tests.made_up import add_some; add_some(*sys.argv[1:])"
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(first)], cwd=ROOT) for first in (0, 100, 200)
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    found = sorted(run["config"]["seed"] for run in store.load(path).by_key.values())
    assert found == [first + i for first in (0, 100, 200) for i in range(20)]


def test_runs_of_another_split_are_not_mixed_in(tmp_path):
    path = tmp_path / "runs.json"
    store.add(path, made_up(some(1)[0]))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(f'"{SPLIT}"', '"by a hash"'), encoding="utf-8")
    assert store.load(path).by_key == {}


OLD = [
    {"method": "lora", "learning_rate": 3e-3, "seed": seed, "accuracy": accuracy}
    for seed, accuracy in enumerate((0.80, 0.82, 0.84, 0.82))
] + [{"method": "head", "learning_rate": 1e-2, "seed": 0, "accuracy": 0.75}]


def test_an_older_file_is_shown_until_there_are_new_runs(tmp_path):
    path = tmp_path / "runs.json"
    path.write_text(json.dumps({"schema": store.OLDER, "runs": OLD}), encoding="utf-8")
    assert page.quoted(store.load(path)) == OLD
    store.add(path, made_up(Cell("tfidf", FineTune())))
    store.add(path, made_up(Cell("finetune", FineTune(limit=600))))
    store.add(path, made_up(Cell("finetune", FineTune(learning_rate=1e-5))))
    assert page.quoted(store.load(path)) == []
    store.add(path, made_up(Cell("finetune", FineTune(method="lora", seed=3))))
    (run,) = page.quoted(store.load(path))
    assert (run["method"], run["learning_rate"], run["seed"], run["accuracy"]) == ("lora", 3e-3, 3, pytest.approx(0.83))
    assert (run["training_texts"], run["test_texts"]) == (5970, 1706)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"schema": "x", "runs": []}', "its schema is 'x'"),
        ('{"schema": "course/training/v2", "runs": [{"split": "near-duplicates"}]}', "cannot be understood"),
    ],
)
def test_a_foreign_file_is_refused_and_stays_as_it_is(tmp_path, content, message):
    path = tmp_path / "runs.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RecipeError, match=message):
        store.add(path, made_up(some(1)[0]))
    assert path.read_text(encoding="utf-8") == content


# --- The processes ----------------------------------------------------------------------------------------------------


def scripted(tmp_path: Path, body: str) -> tuple[str, ...]:
    """Return a command that takes a cell as cell.py does, and finishes at once."""
    script = tmp_path / "script.py"
    script.write_text(
        "import json, os, sys, time\nfrom pathlib import Path\n"
        "asked = json.loads(sys.stdin.readline())\nconfig = asked['cell']['config']\n"
        f"folder = Path({str(tmp_path)!r})\n{body}\n"
        "found = {'test': {'accuracy': 0.5}, 'validation': {'accuracy': 0.4}, 'seconds': os.getpid()}\n"
        "Path(asked['out']).write_text(json.dumps(found))\n",
        encoding="utf-8",
    )
    return (sys.executable, "-S", str(script))


def test_every_cell_has_a_process_of_its_own_and_only_what_is_asked_for_is_kept(tmp_path):
    told: list[str] = []
    runner = running.Runner(
        threads=1, jobs=2, command=scripted(tmp_path, "assert os.environ['OMP_NUM_THREADS'] == '1'")
    )
    running.measure(some(3), tmp_path / "runs.json", runner, ("test",), lambda line: told.append(line))
    runs = store.load(tmp_path / "runs.json").by_key.values()
    assert len({run["seconds"] for run in runs}) == 3 and os.getpid() not in {run["seconds"] for run in runs}
    for run in runs:
        assert "test" not in run and run["split"] == SPLIT and run["jobs"] == 2
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", run["date"])
    assert len(told) == 6 and not runner.alive
    assert sorted(line for line in told if line.startswith("running")) == [
        f"running {n} of 3: {running.describe(cell)}" for n, cell in enumerate(some(3), start=1)
    ]
    assert told[0].startswith("running") and not told[-1].startswith("running")


def test_cells_run_side_by_side(tmp_path):
    """Each waits until the other has started; one after the other, they would wait in vain."""
    wait = (
        "(folder / f'began-{config[\"seed\"]}').touch()\n"
        "end = time.monotonic() + 60\n"
        "while len(list(folder.glob('began-*'))) < 2:\n"
        "    assert time.monotonic() < end\n"
        "    time.sleep(0.01)"
    )
    running.measure(some(2), tmp_path / "runs.json", running.Runner(1, 2, scripted(tmp_path, wait)), (), lambda _: None)
    assert len(store.load(tmp_path / "runs.json").by_key) == 2


def test_a_cell_that_fails_is_named_and_the_others_are_kept(tmp_path):
    fails = "(folder / str(config['seed'])).touch()\nif config['seed'] == 1: sys.exit('there is no such model')"
    with pytest.raises(RecipeError, match=r"lora, head mean, .*seed 1 failed \(exit code 1\): there is no such model"):
        running.measure(
            some(5), tmp_path / "runs.json", running.Runner(1, 1, scripted(tmp_path, fails)), (), lambda _: None
        )
    kept = {run["config"]["seed"] for run in store.load(tmp_path / "runs.json").by_key.values()}
    begun = {int(file.name) for file in tmp_path.iterdir() if file.name.isdigit()}
    assert 0 in kept and kept == begun - {1} and 4 not in begun


def test_the_real_cell_ends_when_nobody_waits_for_it(tmp_path):
    request = {"cell": some(1)[0].plain(), "threads": 1, "out": str(tmp_path / "out.json"), "folder": str(tmp_path)}
    line = json.dumps(request) + "\n"
    outcome = subprocess.run(running.COMMAND, cwd=ROOT, input=line, capture_output=True, text=True, check=False)
    assert outcome.returncode == 1 and not list(tmp_path.iterdir())


PARENT = """
import sys
from pathlib import Path
from solutions.recipes.compare import running, store
from solutions.recipes.compare.store import Cell
from solutions.recipes.config import FineTune
path, *command = sys.argv[1:]
cells = [Cell("finetune", FineTune(seed=seed)) for seed in range(3)]
missing = [cell for cell in cells if store.load(Path(path)).find(cell) is None]
running.measure(missing, Path(path), running.Runner(1, 1, command), (), lambda line: print(line, flush=True))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_table_goes_on_after_a_kill(tmp_path, monkeypatch, number):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    slow = (
        "import threading\n"
        "threading.Thread(target=lambda: (os.read(0, 1), os._exit(1)), daemon=True).start()\n"
        "with (folder / 'log').open('a') as log: print(os.getpid(), config['seed'], file=log)\n"
        "if config['seed'] == 1 and not (folder / 'killed').exists(): time.sleep(60)"
    )
    path = tmp_path / "runs.json"
    command = [sys.executable, "-c", PARENT, str(path), *scripted(tmp_path, slow)]
    parent = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert parent.stdout is not None
        assert "seed 0" in next(line for line in parent.stdout if not line.startswith("running"))
        end = time.monotonic() + 60
        while len((tmp_path / "log").read_text(encoding="utf-8").split()) < 4 and time.monotonic() < end:
            time.sleep(0.01)
        parent.send_signal(number)
        assert parent.wait(60) != 0
    finally:
        parent.kill()
        parent.communicate()
    assert {run["config"]["seed"] for run in store.load(path).by_key.values()} == {0}
    orphan = int((tmp_path / "log").read_text(encoding="utf-8").split()[2])
    while is_alive(orphan) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_alive(orphan)
    assert len(list((tmp_path / "scratch").iterdir())) == (number == signal.SIGKILL)

    (tmp_path / "killed").touch()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    assert list((tmp_path / "scratch").iterdir()) == []
    seeds = [line.split()[1] for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines()]
    assert seeds == ["0", "1", "1", "2"] and len(store.load(path).by_key) == 3


def is_alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        return state != "Z"
    except OSError:
        try:
            os.kill(process, 0)
        except OSError:
            return False
        return not Path("/proc/self").exists()


# --- Pages ------------------------------------------------------------------------------------------------------------


def test_a_section_is_put_between_its_markers_and_nowhere_else(tmp_path):
    place, table = tmp_path / "page.md", TABLES["reinit"]
    begin, end = page.markers("reinit")
    place.write_text(f"Before.\n{begin}\nold\n{end}\nAfter.\n", encoding="utf-8")
    page.put(place, table, "new", "| short |\n|---|")
    page.put(place, table, "newer", "| short |\n|---|")
    assert place.read_text(encoding="utf-8") == f"Before.\n{begin}\nnewer\n{end}\nAfter.\n"
    for text in ("", f"{begin}\n", f"{end}\n{begin}\n", f"{begin}{end}{begin}{end}", "| short |\n\n"):
        place.write_text(text, encoding="utf-8")
        with pytest.raises(RecipeError, match="no place for this table"):
            page.put(place, table, "new", "| short |\n|---|")
        assert place.read_text(encoding="utf-8") == text
    page.put(tmp_path / "another.md", table, "new", "| short |\n|---|")
    assert (tmp_path / "another.md").read_text(encoding="utf-8") == f"# Results\n\n{begin}\nnew\n{end}\n"


def test_the_short_table_is_put_where_the_old_one_was(tmp_path):
    place, old = tmp_path / "page.md", page.short_table(OLD)
    assert old.splitlines()[2:] == [
        "| LoRA, r = 8 | 3e-3 | 4 | .820 ± .008 | .800, .840 |",
        "| head alone | 1e-2 | 1 | .750 | - |",
    ]
    place.write_text(f"Before.\n\n{old}\n\nAfter, and | a | bar |.\n", encoding="utf-8")
    new = page.short_table(OLD[:2])
    page.put(place, TABLES["methods"], "the long one", new)
    assert place.read_text(encoding="utf-8") == f"Before.\n\n{new}\n\nAfter, and | a | bar |.\n"
    lora, head = page.rows(OLD)
    assert lora.mean == pytest.approx(0.82) and lora.standard_error == pytest.approx((0.0008 / 12) ** 0.5)
    assert math.isnan(head.standard_error)  # one run says nothing about another


def test_a_section_says_what_it_rests_on():
    asked = Asked(seeds=2, limit=700, device="cpu")
    runs = whole("reinit", asked)
    text = page.section(TABLES["reinit"], asked, runs, page.command(TABLES["reinit"], asked, 2, 1), "reinit.png")
    assert "**Only 700 texts** (`--limit 700`)" in text and "![Re-initialised layers](results/reinit.png)" in text
    assert "\n    course run compare reinit --seeds 2 --limit 700 --device cpu --jobs 2 --threads 1\n" in text
    assert (
        "Measured 2026-01-02 on cpu (A CPU, AVX2; fp32). Threads of a run: 1; runs side by side: 1." in text
        and "torch 2.9.0" in text
    )
    assert text.endswith("Not measured on a GPU.") and "Not complete" not in text
    gpu = whole("reinit", asked, device="cuda:0")
    assert "Not measured on a GPU" not in page.section(TABLES["reinit"], asked, gpu, "", None)
    del runs.by_key[next(iter(runs.by_key))]
    assert "**Not complete**: 7 of 8 runs are measured." in page.section(TABLES["reinit"], asked, runs, "", None)
    assert "Not measured yet." in page.section(TABLES["reinit"], asked, Runs(), "", None)


def quote(*words: str) -> str:
    outcome = CliRunner().invoke(cli, ["compare", *words, "--quote"])
    assert outcome.exit_code == 0, outcome.output
    return outcome.stdout


def test_quote_prints_the_markdown_and_measures_nothing(tmp_path):
    path = tmp_path / "runs.json"
    for run in whole("reinit", Asked(seeds=1)).by_key.values():
        store.add(path, run)
    before = path.read_bytes()
    place = tmp_path / "results.md"
    shown = quote("reinit", "--seeds", "1", "--json", str(path), "--write", str(place))
    assert shown.startswith("## Re-initialised layers\n") and "| 3 | 1.000 | 1 | .000 | .000 to .000 |" in shown
    written = re.sub(r"!\[.*\]\(.*\)\n\n", "", place.read_text(encoding="utf-8"))
    assert written == f"# Results\n\n<!-- compare reinit -->\n{shown}<!-- end of compare reinit -->\n"
    assert path.read_bytes() == before


def test_in_a_clone_quote_finds_the_runs_of_the_page(tmp_path, monkeypatch):
    """The command from the page, plus --quote, in a folder without runs."""
    monkeypatch.chdir(tmp_path)
    committed = ["--json", str(ROOT / "docs/results.json")]
    assert quote("methods", "--seeds", "5") == quote("methods", "--seeds", "5", *committed)
    assert "| full | .816" in quote("methods", "--seeds", "5")
    for run in whole("reinit", Asked(seeds=1)).by_key.values():
        store.add(tmp_path / "results.json", run)
    assert "| 3 | 1.000 | 1 |" in quote("reinit", "--seeds", "1"), "your own runs come first"


@pytest.mark.parametrize("words", [["--json", "none.json"], ["--write", "page/results.md"], ["--mine", "desk"], []])
def test_where_there_are_no_runs_quote_says_so(tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(options, "COMMITTED", options.COMMITTED if words else tmp_path / "not a clone.json")
    for name in ("desk", "page"):
        (tmp_path / name).mkdir()
    (tmp_path / "desk" / "lora.py").write_text("", encoding="utf-8")
    outcome = CliRunner().invoke(cli, ["compare", "methods", "--quote", *words])
    assert "Not measured yet." in outcome.stdout and outcome.exit_code == 0, outcome.output
    assert re.search(r"^There is no file of runs .*\.json\. Choose one with --json\.$", outcome.stderr, re.MULTILINE)


def test_the_committed_page_is_what_its_commands_print():
    text = (ROOT / "docs/results.md").read_text(encoding="utf-8")
    for name in TABLES:
        begin, end = page.markers(name)
        assert text.count(begin) == text.count(end) == 1, name
        section = text.partition(f"{begin}\n")[2].partition(end)[0]
        command = shlex.split(re.search(r"^    (course run compare .*)$", section, re.MULTILINE)[1])
        picture = re.search(r"!\[.*\]\((.*)\)\n\n", section)
        assert quote(*command[3:], "--json", str(ROOT / "docs/results.json")) == (
            section.replace(picture[0], "") if picture else section
        )
        assert picture is None or (ROOT / "docs" / picture[1]).is_file()


def test_what_cannot_work_is_refused_before_a_process_starts(tmp_path, monkeypatch, reviews):
    monkeypatch.setattr(running, "COMMAND", ("does-not-exist",))
    for words, message in (
        (["reinit", "--data", "no-such.csv"], "cannot read no-such.csv"),
        (["methods", "--model", "not here/at all"], "no usable model"),
        (["methods", "--device", "cuda"], "no device called 'cuda'"),
        (["reinit", "--data", "imdb"], "has labels and no numbers"),
        (["prices"], "'prices' is not one of 'methods'"),
        (["reinit", "--data", str(reviews), "--write", str(ROOT / "README.md")], "has no place for this table"),
    ):
        outcome = CliRunner().invoke(cli, ["compare", *words, "--json", str(tmp_path / "runs.json")])
        assert outcome.exit_code == 2 and message in outcome.stderr, outcome.output
    monkeypatch.setattr("solutions.recipes.preflight.find_spec", lambda name: None)
    outcome = CliRunner().invoke(cli, ["compare", "methods", "--json", str(tmp_path / "runs.json")])
    assert "scikit-learn is not installed" in outcome.stderr and not list(tmp_path.iterdir())


def test_whoever_interrupts_a_table_is_told_that_its_runs_are_kept(tmp_path, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "measure", interrupted)
    outcome = CliRunner().invoke(cli, ["compare", "reinit", "--json", str(tmp_path / "runs.json")])
    assert outcome.exit_code == 130 and "no result" not in outcome.stderr
    assert "all runs that had ended are saved. The same command continues with the rest" in outcome.stderr


# --- The work of a cell -----------------------------------------------------------------------------------------------


def test_a_run_keeps_the_errors_on_the_test_texts(config, tmp_path):
    config = dataclasses.replace(config, task="regression", label_column="stars", method="full", limit=120)
    run = cells.fine_tuned(Cell("finetune", config), tmp_path, threads=1)
    rmse = math.sqrt(sum(error**2 for error in run["errors"]) / len(run["errors"]))
    assert rmse == pytest.approx(run["test"]["rmse"], abs=1e-3) and len(run["errors"]) == run["texts"]["test"]
    assert run["saved_bytes"] == (tmp_path / "run/model/model.safetensors").stat().st_size > 0
    assert run["peak_memory_bytes"] is None or run["peak_memory_bytes"] > 0
    assert not list(tmp_path.rglob("*.png"))
    lines = (tmp_path / "run/predictions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = splitting.split(*data.load(config.data, "regression", "text", "stars"), limit=120).test
    assert [json.loads(line)["text"] for line in lines] == texts.texts
    assert [json.loads(line)["true"] for line in lines] == pytest.approx(texts.labels, abs=1e-5)


def test_labels_are_predicted_by_name(config, tmp_path):
    run = cells.fine_tuned(Cell("finetune", dataclasses.replace(config, train_texts=40)), tmp_path, threads=1)
    said = [json.loads(line) for line in (tmp_path / "run/predictions.jsonl").read_text(encoding="utf-8").splitlines()]
    right = sum(one["true"] == one["predicted"] for one in said)
    assert right / len(said) == pytest.approx(run["test"]["accuracy"]) and run["texts"]["train"] == 40
    assert {one["true"] for one in said} == {"praise", "blame"} and "errors" not in run


def test_a_run_that_diverges_is_a_result(monkeypatch, config, tmp_path):
    def diverge(*_, **__):
        raise Diverged("the loss became nan")

    monkeypatch.setattr("solutions.recipes.finetune.finetune", diverge)
    assert cells.fine_tuned(Cell("finetune", config), tmp_path, 1) == {"diverged": "the loss became nan"}


@pytest.mark.skipif(find_spec("sklearn") is None, reason="needs scikit-learn (extra: compare)")
def test_tfidf_learns_which_words_praise(config, tmp_path):
    run = cells.bag_of_words(Cell("tfidf", config), tmp_path, threads=1)
    assert run["test"]["accuracy"] > 0.9 and run["test"]["n"] == run["texts"]["test"] == 40
    from safetensors.numpy import load_file

    saved = load_file(tmp_path / "tfidf.safetensors")
    assert run["parameters"]["trainable"] == saved["weight"].size + saved["bias"].size
    assert saved["idf"].shape == (saved["weight"].shape[1],)
    fewer = cells.bag_of_words(Cell("tfidf", dataclasses.replace(config, train_texts=20)), tmp_path, threads=1)
    assert fewer["texts"] == {"train": 20, "validation": 3, "test": 40}
    assert fewer["parameters"]["trainable"] < run["parameters"]["trainable"]


@pytest.mark.skipif(find_spec("accelerate") is None, reason="needs accelerate (extra: distributed)")
def test_the_trainer_trains_on_the_same_split(config, tmp_path):
    many = write_reviews(tmp_path / "reviews.csv", n=1000, most_words=9)
    config = dataclasses.replace(config, data=str(many), learning_rate=2e-3)
    run = cells.with_transformers(Cell("trainer", config), tmp_path, threads=1)
    parts = splitting.split(*data.load(config.data))
    assert run["texts"] == {name: len(getattr(parts, name)) for name in ("train", "validation", "test")}
    assert (run["test"]["n"], run["validation"]["n"]) == (len(parts.test), len(parts.validation))
    assert run["test"]["accuracy"] > 0.9 and run["parameters"]["trainable"] == run["parameters"]["total"]
    other = cells.with_transformers(Cell("trainer", dataclasses.replace(config, learning_rate=1e-9)), tmp_path, 1)
    assert other["test"]["accuracy"] < 0.7, "the learning rate has no effect"


def test_only_the_chosen_rate_of_the_trainer_has_a_test_accuracy():
    asked = Asked(seeds=2)
    runs, rates = whole("trainer", asked), list(TABLES["trainer"].cells(asked))
    for key, share in zip(rates[1:], (0.70, 0.75, 0.72), strict=True):
        for cell in TABLES["trainer"].cells(asked)[key]:
            accuracy = {"accuracy": share + 0.01 * cell.config.seed, "n": 4}
            runs.by_key[cell.key] |= {"validation": accuracy, "test": accuracy}
    lines = body("trainer", asked, runs)
    shown = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:6]]
    assert [row[4] for row in shown] == [".805 ± .005", "-", ".755 ± .005", "-"]
    assert [row[1] for row in shown] == ["1e-4", "2e-5", "5e-5", "1e-4"]
    assert lines[-1] == "Test accuracy of our recipe less that of the Trainer at 5e-5: .050 ± .007."
    alone = body("trainer", Asked(seeds=1), whole("trainer", Asked(seeds=1)))
    assert alone[-1].endswith("at 2e-5: .000.")


def test_fewer_texts_to_train_on_leave_the_test_texts_alone(config):
    parts = splitting.split(*data.load(config.data))
    small, other = (splitting.fewer_to_train(parts, 35, seed) for seed in (0, 1))
    assert small.test == parts.test and len(small.train) == 35
    assert len(small.validation) == round(35 * len(parts.validation) / len(parts.train))
    assert set(small.train.texts) < set(parts.train.texts) and set(small.train.texts) != set(other.train.texts)
    assert small == splitting.fewer_to_train(parts, 35, 0)
    with pytest.raises(RecipeError, match="--train-texts 9000 is more than the 140 texts"):
        splitting.fewer_to_train(parts, 9000, 0)
    with pytest.raises(RecipeError, match="all 1 training texts that seed 0 selects have the same label"):
        splitting.fewer_to_train(parts, 1, 0)


# --- Memory -----------------------------------------------------------------------------------------------------------


def test_with_checkpointing_the_formula_keeps_inputs_and_one_layer():
    """Width 5, 3 layers, 1 head, 2 texts of 3 tokens: inputs 4*3*2*3*5 = 360; one layer 66*30 + 9*2*9 = 2142."""
    shape = BertConfig(hidden_size=5, intermediate_size=7, num_hidden_layers=3, num_attention_heads=1)
    plain = memory_model.predicted(shape, "full", 100, 100, 2, 3, checkpointing=False)
    formula = strategy.training_memory(100, 100, 2, 3, 5, 3, 1, 66)
    buffers = 2 * 4 * 2 * 3 * 7
    assert plain == {**formula, "buffers": buffers, "total": formula["total"] + buffers}
    again = memory_model.predicted(shape, "full", 100, 100, 2, 3, checkpointing=True)
    assert again["activations"] == 360 + 2142 and again["total"] == 16 * 100 + 2502 + buffers
    head = memory_model.predicted(shape, "head", 100, 3, 2, 3, checkpointing=True)
    assert head["activations"] == 0 and head["total"] == 4 * 100 + 12 * 3 + head["buffers"]


def test_a_frozen_body_needs_buffers_where_its_forward_pass_is_widest():
    """Width 6, feed-forward width 20, 2 texts: one tensor 48 S, both sides of the activation function 160 S each."""
    shape = BertConfig(hidden_size=6, intermediate_size=20, num_attention_heads=2)
    assert memory_model.buffers(shape, False, 2, 3) == 3 * 144 + 2 * 480 + 16 * 9  # the feed-forward part
    assert memory_model.buffers(shape, False, 2, 500) == 5 * 24_000 + 2.25 * 16 * 500**2  # the attention scores
    assert memory_model.buffers(shape, True, 2, 500) == 2 * 80_000


@pytest.mark.skipif(not memory.can_restart(), reason="the highest resident memory cannot be watched here")
@pytest.mark.parametrize("method", ["full", "lora", "head"])
def test_a_measured_step_is_one_of_this_method(config, method, encoder):
    before = torch.nn.functional.dropout
    config = dataclasses.replace(config, method=method, max_length=16)
    run = memory_model.measure(config, checkpointing=True)
    assert torch.nn.functional.dropout is before
    trained, total = run["parameters"]["trainable"], run["parameters"]["total"]
    assert run["predicted"]["grads"] == 4 * trained and run["predicted"]["weights"] == 4 * total
    assert {"full": trained == total, "lora": 50 < trained < total, "head": trained == 50}[method]
    assert run["measured_bytes"] is not None  # this large process can have room for a tiny step already
    assert run["formula_bytes"] == run["predicted"]["total"] - run["predicted"]["buffers"] > 0
    with pytest.raises(RecipeError, match="has 64 positions, and 128 are needed"):
        memory_model.measure(dataclasses.replace(config, max_length=128), checkpointing=False)


@pytest.mark.skipif(not memory.can_restart(), reason="the highest resident memory cannot be watched here")
def test_the_highest_resident_memory_is_seen_and_forgotten():
    program = """
import torch
from solutions.recipes import memory
watch = memory.Memory(torch.device("cpu"))
block = bytearray(200_000_000)
block[::4096] = b"1" * len(block[::4096])
high = watch.peak()
del block
watch.restart()
print(high, watch.peak())
"""
    # a process of its own has had no higher peak before
    outcome = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    high, low = map(int, outcome.stdout.split())
    assert high > 190_000_000 and low < 100_000_000


# --- With your own files ----------------------------------------------------------------------------------------------

OWN_MEAN = """
def mean_pool(h, mask):
    weights = mask.to(h.dtype).unsqueeze(-1)
    return (h * weights).sum(1) / weights.sum(1).clamp(min=1)


class LSTMHead:
    def __init__(self, width):
        raise NotImplementedError("LSTMHead")

    def forward(self, h, mask):
        raise NotImplementedError("LSTMHead")
"""


@pytest.fixture
def workspace(tmp_path) -> Path:
    """Write a workspace with one started function."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "heads.py").write_text(OWN_MEAN, encoding="utf-8")
    return folder


def test_another_version_of_your_files_is_another_run(workspace):
    plain, own = Asked(seeds=1), Asked(seeds=1, mine=workspace)
    before = keys("heads", own, "mean")
    assert before == keys("heads", Asked(seeds=1, mine=workspace), "mean") != keys("heads", plain, "mean")
    assert keys("methods", own, "tfidf") == keys("methods", plain, "tfidf")
    (workspace / "heads.py").write_text(OWN_MEAN.replace("min=1", "min=1.0"), encoding="utf-8")
    assert keys("heads", Asked(seeds=1, mine=workspace), "mean") != before
    (cell,) = TABLES["heads"].cells(own)["mean",]
    again = Cell.from_plain(json.loads(json.dumps(cell.plain())))
    assert again.key == cell.key and again.config.mine == workspace
    assert not page.quoted(whole("methods", own))  # no lesson quotes these


def test_a_cell_takes_your_function_or_says_that_it_did_not(config, workspace, tmp_path):
    asked = Asked(seeds=1, mine=workspace)
    for head, yours in (("mean", ["heads.mean_pool"]), ("lstm", None)):
        mine = dataclasses.replace(config, head=head, mine=workspace, train_texts=16)
        folder = tmp_path / head
        run = cells.fine_tuned(Cell("finetune", mine, own=asked.own), folder, threads=1)
        assert run.get("mine", {}).get("yours") == yours
    cell = TABLES["heads"].cells(asked)["mean",][0]
    runs = Runs({cell.key: made_up(cell, mine={"yours": ["heads.mean_pool"], "reference": ["heads.LSTMHead"]})})
    text = page.section(TABLES["heads"], asked, runs, page.command(TABLES["heads"], asked, 1, 1), None)
    assert "Functions from your own exercises: heads.mean_pool. Not started" in text and "--mine" in text
    assert "your own" not in page.section(TABLES["heads"], Asked(seeds=1), whole("heads", Asked(seeds=1)), "", None)


def test_the_memory_table_asks_your_formula(config, workspace):
    parts = "('weights', 'grads', 'optimizer', 'activations', 'total')"
    own = f"def training_memory(*_):\n    return dict.fromkeys({parts}, 7)\n"
    (workspace / "strategy.py").write_text(own, encoding="utf-8")
    taken = memory_model.formula(dataclasses.replace(config, mine=workspace))
    assert taken.yours == ("strategy.training_memory",) and taken.strategy.training_memory()["total"] == 7
    (workspace / "strategy.py").unlink()
    assert memory_model.formula(dataclasses.replace(config, mine=workspace)).yours == ()


def test_a_table_without_any_of_your_functions_is_refused(tmp_path, workspace, monkeypatch, encoder):
    monkeypatch.setattr(running, "COMMAND", ("does-not-exist",))
    (workspace / "heads.py").write_text("def unrelated():\n    return 1\n", encoding="utf-8")
    path = tmp_path / "runs.json"
    words = ["--model", str(encoder), "--json", str(path), "--mine", str(workspace)]
    outcome = CliRunner().invoke(cli, ["compare", "memory", *words])
    assert (outcome.exit_code, path.exists()) == (4, False), outcome.output
    assert "none of the functions that this table needs is started" in outcome.stderr


# --- With real training -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_measures_a_table_and_goes_on(tmp_path, encoder, reviews):
    place, path = tmp_path / "results.md", tmp_path / "results.json"
    command = [sys.executable, "-m", "solutions.recipes", "compare", "reinit", "--data", str(reviews), "--seeds", "1"]
    command += ["--label-column", "stars", "--model", str(encoder), "--jobs", "2", "--write", str(place)]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 2 and "reinit 3 is more than the 2 layers" in outcome.stderr  # a tiny encoder
    assert 2 <= len(store.load(path).by_key) <= 3 and not place.exists()
    for run in store.load(path).by_key.values():
        assert run["threads"] == 1 and len(run["errors"]) == run["texts"]["test"] == 40


@pytest.mark.slow
@pytest.mark.skipif(not memory.can_restart(), reason="the highest resident memory cannot be watched here")
@pytest.mark.parametrize(("method", "size"), [("full", (4, 128)), ("lora", (4, 128)), ("head", (1, 512))])
def test_the_memory_model_is_right_within_its_bar(method, size):
    """It is measured in a process of its own, as by the command."""
    config = FineTune(method=method, model=tables.BERT_BASE, batch_size=size[0], max_length=size[1])
    run = running.Runner(threads=1, jobs=1).run(Cell("memory", config))
    assert run["measured_bytes"] == pytest.approx(run["predicted"]["total"], rel=tables.BAR)


def test_the_help_names_every_table_at_eighty_columns():
    shown = CliRunner().invoke(cli, ["compare", "--help"], terminal_width=80, env={"COLUMNS": "80"}).stdout
    assert max(map(len, shown.splitlines())) <= 80 and "\nWhat to measure:\n" in shown
    assert all(name in shown for name in TABLES)
