"""Recipes in Japanese: terminal output is translated, and files are in English.

This file tests ``pretrain``, ``pipelines``, ``speedrun``, ``gpu-check`` and ``compare``; the others are in
``test_recipes_japanese.py``.
"""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import re
import string
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from made_up import made_up
from rich.console import Console

from course import click_words, text
from scripts import messages
from solutions.recipes import preflight
from solutions.recipes.__main__ import cli
from solutions.recipes.both import Both, both, in_english, shown
from solutions.recipes.compare import cell as cells
from solutions.recipes.compare import page, running
from solutions.recipes.compare.store import Cell, Runs
from solutions.recipes.compare.tables import TABLES, Asked
from solutions.recipes.config import FineTune
from solutions.recipes.errors import Diverged, RecipeError
from solutions.recipes.gpu import check as gpu_check
from solutions.recipes.gpu import options as gpu_options
from solutions.recipes.gpu.options import STEPS, Check
from solutions.recipes.pretrain import display, run
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.speedrun import options as speedrun_options
from solutions.recipes.speedrun import race, scoreboard
from solutions.recipes.speedrun.scoreboard import Entry, Lap
from solutions.recipes.tour import pipelines
from solutions.recipes.tour.options import Tour
from tests import tiny

ROOMS = ("pretrain", "tour", "speedrun", "gpu", "compare")
"""Folders whose sentences are tested."""
RECIPES = ("pretrain", "pipelines", "speedrun", "gpu-check", "compare")
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
SAME = {
    "{reason}: {last}",
    "{first} to {last}",
    "{method} on {hardware}",
    "auto, cpu, cuda, mps.",
    "{n} of {count}: {run}: {outcome}",
}
"""Sentences that are the same in Japanese."""


@pytest.fixture(autouse=True)
def short_and_japanese(monkeypatch, one_thread, no_pictures, japanese):
    monkeypatch.setattr("solutions.recipes.pretrain.training.WRITTEN", 4)
    click_words.teach()


@pytest.fixture(scope="module")
def sentences() -> dict[str, str]:
    """Return English -> Japanese for all sentences of these recipes."""
    found = {}
    for message in messages.catalogue("recipes", "ja"):
        if any(path.startswith(f"solutions/recipes/{room}/") for path, _ in message.locations for room in ROOMS):
            one, other = message.id, message.string
            found[one if isinstance(one, str) else one[0]] = other if isinstance(other, str) else other[0]
    assert len(found) > 250
    return found


def english_in(told: str, sentences: dict[str, str]) -> list[str]:
    """Return parts of English sentences, of at least three words, that occur in the output."""
    flat = " ".join(told.split())
    parts = [part for one in sentences for part, *_ in string.Formatter().parse(one)]
    phrases = {" ".join(part.split()) for part in parts if len(re.findall("[A-Za-z]{2,}", part)) > 2}
    assert len(phrases) > 100
    return [phrase for phrase in phrases if phrase in flat]


def wide(stream: io.StringIO) -> Console:
    return Console(file=stream, width=400)


# --- Sentences --------------------------------------------------------------------------------------------------------


def test_every_sentence_has_its_japanese(sentences):
    assert [one for one, other in sentences.items() if not JAPANESE.search(other) and one not in SAME] == []


def test_every_option_and_every_group_of_options_has_its_japanese():
    seen = 0
    for name in RECIPES:
        command = cli.commands[name]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                seen += 1
                assert isinstance(parameter, click_words.Option), f"{name} {parameter.name}: its help stays English"
                assert text.translated(parameter.help) != parameter.help, f"{name} {parameter.name}"
                group = getattr(parameter, "group", "Output")
                assert text.translated(group) != group, f"{name} {parameter.name}"
    assert seen > 100


def test_an_english_sentence_would_be_found(sentences):
    planted = "エラー: x sees the next token, so it cannot learn to predict it. Use --objective mlm"
    assert planted.partition(" x ")[2] in english_in(planted, sentences)


def test_a_sentence_for_both_is_english_data():
    made = both("{count} results compared, all equal.", count=3)
    outer = both("{reason}: {last}", reason=made, last="x")
    assert made == "3 results compared, all equal." and JAPANESE.search(str(shown(made)))
    assert outer == f"{made}: x" and JAPANESE.search(str(shown(outer))) and shown("plain") == "plain"
    assert json.loads(json.dumps({"a": made})) == {"a": str(made)} and type(copy.deepcopy(made)) is str
    assert isinstance(made, Both)


def test_english_is_spoken_for_a_while():
    with pytest.raises(ValueError), in_english():
        assert text.language() == "en"
        raise ValueError
    assert text.language() == "ja"


# --- Pre-training -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reviews(tmp_path_factory) -> Path:
    return tiny.write_reviews(tmp_path_factory.mktemp("data") / "reviews.csv", n=120)


def test_a_run_is_told_in_japanese_and_written_down_in_english(reviews, tmp_path, sentences):
    out = tmp_path / "run"
    config = PreTrain(start="scratch", nsp=False, data=str(reviews), vocab_size=200, layers=1, width=24, heads=2,
                      block=8, steps=2, evaluation_blocks=2, batch_size=2, threads=1, precision="fp32")  # fmt: skip
    stream = io.StringIO()
    display.print_result(wide(stream), run.pretrain(config, out, wide(stream)), out)
    told = stream.getvalue()
    assert (
        "マスク言語モデルをゼロから学習" in told and "パープレキシティ" in told and "次のコマンド: course run" in told
    )
    assert english_in(told, sentences) == []
    for file in ("result.json", "pretrain.json", "metrics.jsonl"):
        assert not JAPANESE.search((out / file).read_text(encoding="utf-8")), file


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--width", "30", "--from", "scratch"), "width=30 は、4 個の等しいヘッドに分けられません"),
        (("--block", "2"), "block=2 は使えません。8 以上にしてください"),
        (("--mask-share", "2"), "mask_share=2.0 は使えません。0 より大きく 1 以下"),
        (("--objective", "clm", "--from", "embedded"), "embedded のモデルはエンコーダで"),
        (("--data", "nothing.txt", "--from", "scratch"), "'nothing.txt' というデータはありません"),
        (("--objective", "nsp"), "'nsp' は 'mlm', 'clm' のどれでもありません"),
    ],
)
def test_a_wrong_command_is_explained_in_japanese(tmp_path, sentences, arguments, told):
    done = CliRunner().invoke(cli, ["pretrain", "--out", str(tmp_path / "run"), *arguments])
    assert done.exit_code == 2 and told in done.output
    assert english_in(done.output, sentences) == [] and not (tmp_path / "run").exists()


# --- Pipelines --------------------------------------------------------------------------------------------------------


def test_the_tour_is_told_in_japanese_and_written_down_in_english(tmp_path, monkeypatch, sentences):
    folder = tmp_path / "models"
    config = Tour(model=str(tiny.save_bert(folder / "encoder")), mlm=str(tiny.save_bert(folder / "masked", "masked")),
                  text="a warm and funny film", masked="a [MASK] film", only=("tokenizer", "model", "fill-mask"),
                  threads=1)  # fmt: skip
    monkeypatch.setattr("solutions.objectives.fill_mask_topk", lambda *_, **__: [[[0, 0.5]]])
    stream = io.StringIO()
    result = pipelines.tour(config, wide(stream), tmp_path / "tour.json")
    assert result["different"] == 1 and "transformers は" in stream.getvalue()
    assert english_in(stream.getvalue(), sentences) == []
    written = (tmp_path / "tour.json").read_text(encoding="utf-8")
    assert not JAPANESE.search(written) and "one vector per token" in written and "transformers says" in written


def test_what_your_function_did_wrong_is_in_english_in_the_file(tmp_path):
    tiny.save_bert(tmp_path / "encoder")
    mine = tmp_path / "basics.py"
    mine.write_text("def pad_batch(*a, **k):\n    return {}['nothing']\n", encoding="utf-8")
    stream = io.StringIO()
    config = Tour(model=str(tmp_path / "encoder"), only=("tokenizer",), text="a film", mine=mine, threads=1)
    result = pipelines.tour(config, wide(stream), tmp_path / "tour.json")
    assert result["different"] == 1 and "不一致" in stream.getvalue()
    written = (tmp_path / "tour.json").read_text(encoding="utf-8")
    assert not JAPANESE.search(written) and "pad_batch in" in written and "failed in line 2" in written


# --- Speedrun ---------------------------------------------------------------------------------------------------------

MACHINE = {"processor": "x", "device": "cpu", "threads": 1, "precision": "fp32"}


def entry(accuracy: float = 0.84, seconds: float = 10.0, seeds: int = 3, whose: str = "yours") -> Entry:
    laps = [Lap(seed, seconds, seconds, accuracy, accuracy) for seed in range(seeds)]
    return Entry("2026-01-02T03:04:05+00:00", whose, "full", MACHINE, 0.83, laps, [], {}, {}, [None, None], "", {})


@pytest.mark.parametrize(
    ("one", "ours", "told"),
    [
        (entry(0.84, 5), entry(0.84, 10), "速さは模範解答の 2.00 倍です"),
        (entry(0.84, 20), entry(0.84, 10), "時間は模範解答の 2.00 倍です"),
        (entry(0.80), entry(0.82), "模範解答も届きませんでした"),
        (entry(0.84), entry(0.82), "あなたの勝ちです"),
        (entry(0.80), entry(0.84), "模範解答は達しています"),
        (entry(0.84, seeds=2), None, "この実行は記録として数えません。シードが 2 個で、必要な 3 個に足りません"),
        (entry(0.84), None, "--reference を付けてください"),
        (entry(0.84, whose="reference"), None, "これは模範解答の記録"),
    ],
)
def test_the_verdict_is_japanese(one, ours, told, sentences):
    verdict = race.verdict(one, ours, rehearsal=False)
    assert told in verdict and english_in(verdict, sentences) == []


def test_the_table_of_runs_is_japanese(tmp_path, sentences):
    stream = io.StringIO()
    runs = [entry(whose="reference"), entry(), entry(0.8), entry(seeds=1)]
    race.show(wide(stream), runs, MACHINE, tmp_path / "t.jsonl", strange=1)
    told = stream.getvalue()
    for word in ("手法", "自己ベスト", "到達", "未到達", "シード 1/3", "読めない行: 1"):
        assert word in told
    assert not re.search(r"\b(time|own|bar|reached|missed|ours|none|seeds)\b", told)
    assert english_in(told, sentences) == []


def test_what_the_race_refuses_is_said_in_japanese(tmp_path, sentences):
    told = []
    for wrong in ("a", "1,1"):
        with pytest.raises(click.BadParameter) as caught:
            speedrun_options.seeds(None, None, wrong)
        told.append(caught.value.message)
    with pytest.raises(click.UsageError) as caught:
        speedrun_options.table_of(None, None, None)
    told.append(caught.value.message)
    for path in (tmp_path, tmp_path / "no" / "file"):
        with pytest.raises(RecipeError) as refused:
            scoreboard.check(path)
        told.append(refused.value.message)
    assert all(map(JAPANESE.search, told)) and english_in("\n".join(told), sentences) == []


# --- GPU check --------------------------------------------------------------------------------------------------------


def test_a_report_is_english_and_what_a_terminal_shows_is_not(tmp_path, sentences):
    told, out, stream = Check(device="cpu", budget=50.0), tmp_path / "r.json", io.StringIO()
    clock = [0.0]

    def runner(step, *_):
        clock[0] += 10
        if step.what == "full":
            return gpu_check.watch([sys.executable, "-c", "import sys; sys.exit(3)"], tmp_path, 60)
        if step.what == "head":
            return gpu_check.watch([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, 0.1)
        return {"status": "ok" if step.kind == "environment" else "different", "result": {}}

    report = gpu_check.gpu_check(told, out, wide(stream), runner, STEPS[:7], now=lambda: clock[0])
    lines = stream.getvalue()
    for word in (
        "成功",
        "不一致",
        "失敗      method:full",
        "終了コード 3",
        "時間切れ",
        "秒で打ち切り",
        "時間不足",
        "問題あり",
    ):
        assert word in lines
    assert english_in(lines, sentences) == []
    assert not JAPANESE.search(out.read_text(encoding="utf-8")) and not JAPANESE.search(gpu_check.page(report))
    assert report["steps"]["method:full"]["reason"] == "exit code 3"
    assert report["steps"]["speed"]["reason"] == "the 50 s were used up"


def test_a_missing_gpu_is_told_in_japanese_wherever_it_was_missed(monkeypatch):
    monkeypatch.setattr(preflight.importlib.metadata, "version", lambda name: "2.0+cpu")
    with pytest.raises(RecipeError) as refused:
        gpu_options.check(Check())
    assert "gpu-check には GPU が必要です: 'cuda' というデバイスは、ここにはありません" in refused.value.message
    assert "--device cpu" in refused.value.message and "auto" not in refused.value.message
    assert (
        "'cuda' というデバイスは、ここにはありません。"
        in gpu_options.no_gpu("no device called 'cuda' here. Try --device auto").message
    )


# --- Compare ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TABLES)
def test_a_section_is_japanese_on_a_terminal_and_english_on_a_page(name, tmp_path, monkeypatch, sentences):
    monkeypatch.chdir(tmp_path)
    asked = Asked(seeds=2)
    rows = TABLES[name].cells(asked).values()
    runs = Runs({cell.key: made_up(cell) for row in rows for cell in row})
    section = page.section(TABLES[name], asked, runs, "course run compare", None)
    assert english_in(section, sentences) == [] and text.translated(TABLES[name].title) in section
    lines = ",\n".join(json.dumps(run) for run in runs.by_key.values())
    Path("runs.json").write_text(f'{{"schema": "course/training/v2", "runs": [{lines}]}}', encoding="utf-8")
    seeds = [] if name == "memory" else ["--seeds", "2"]
    words = ["compare", name, *seeds, "--json", "runs.json"]
    done = CliRunner().invoke(cli, [*words, "--write", "page.md"])
    assert done.exit_code == 0, done.output
    assert english_in(done.output, sentences) == [] and JAPANESE.search(done.output)
    quoted = CliRunner().invoke(cli, [*words, "--quote"]).output
    written = Path("page.md").read_text(encoding="utf-8")
    assert not JAPANESE.search(written) and not JAPANESE.search(quoted) and f"## {TABLES[name].title}" in quoted


def test_a_page_without_a_place_is_refused_in_japanese(tmp_path):
    place = tmp_path / "page.md"
    place.write_text("nothing", encoding="utf-8")
    with pytest.raises(RecipeError, match="この表を書き込む場所がありません"):
        page.put(place, TABLES["heads"], "content", "| head |")


def test_a_process_of_a_run_speaks_the_language_too(tmp_path):
    cell = Cell("memory", FineTune(max_length=100_000, device="cpu"), own="")
    cell = dataclasses.replace(cell, config=dataclasses.replace(cell.config, model="bert-base shape"))
    runner = running.Runner(threads=1, jobs=1)
    assert running.environment(cell, runner)["LANGUAGE"] == "ja"
    with pytest.raises(RecipeError) as refused:
        runner.run(cell)
    assert "のメモリ" in refused.value.message and "が失敗しました（終了コード" in refused.value.message
    wanted = "位置の数は 512" if sys.platform == "linux" else "Linux と GPU だけです"
    assert wanted in refused.value.message


def test_a_run_that_diverged_is_written_down_in_english(tmp_path, monkeypatch):
    def diverge(*_, **__):
        raise Diverged(text.say("diverged"))

    monkeypatch.setattr("solutions.recipes.finetune.finetune", diverge)
    found = cells.fine_tuned(Cell("finetune", FineTune()), tmp_path, 1)
    assert found == {"diverged": cells.DIVERGED} and cells.DIVERGED.isascii()


def test_what_a_run_is_called_and_came_to_is_japanese(sentences):
    told = [
        running.describe(Cell("tfidf", FineTune(train_texts=100))),
        running.describe(Cell("tfidf", FineTune())),
        running.describe(Cell("memory", FineTune(), checkpointing=True)),
        running.describe(Cell("memory", FineTune())),
        running.describe(Cell("finetune", FineTune(method="full", layer_decay=0.9, reinit=1, train_texts=100))),
        running.outcome({"diverged": "x"}),
        running.outcome({"measured_bytes": 1e9, "predicted": {"total": 1e9}}),
        *(running.outcome({part: {name: 0.5}}, ("test",) if part == "validation" else ())
          for part in ("validation", "test") for name in ("accuracy", "rmse")),
    ]  # fmt: skip
    assert all(map(JAPANESE.search, told)) and english_in("\n".join(told), sentences) == []
    assert "層ごとの減衰 0.9" in told[4]
