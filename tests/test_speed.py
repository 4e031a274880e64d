"""Optimisations of the recipes that change nothing else: reading losses rarely, even shapes, weights for inference.

There is no GPU here: code for a GPU is tested with objects that behave like one; test_on_a_gpu.py has a complete fake
one.
"""

from __future__ import annotations

import copy
import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from rich.console import Console

from solutions.recipes import data as texts
from solutions.recipes import hardware, journal, memory, methods, model, predicting, saving, splitting, training
from solutions.recipes.checkpoint import load_checkpoint
from solutions.recipes.config import FineTune
from solutions.recipes.errors import Interrupted, RecipeError
from solutions.recipes.functions import functions
from solutions.recipes.hardware import Hardware, find_hardware
from tests.tiny import tiny

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)
FP32 = Hardware(torch.device("cpu"), bf16=False, threads=1)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> FineTune:
    return tiny(tmp_path_factory.mktemp("encoder"))


@pytest.fixture
def under_way():
    """Return a function that makes trainings that have not begun."""
    journals = []

    def make(config: FineTune, folder: Path) -> training.Training:
        parts = splitting.split(*texts.load(config.data))
        torch.manual_seed(0)
        classifier = model.load_classifier(config, 2, FP32)
        methods.adapt(classifier, config, FP32)
        tokenizer = model.load_tokenizer(config.model)
        train, validation = (training.tokenise(tokenizer, part, 40) for part in (parts.train, parts.validation))
        folder.mkdir(exist_ok=True)
        saving = training.Saving(folder / "checkpoint.safetensors", {}, every=1000.0)
        journals.append(journal.Journal(folder))
        return training.Training(
            classifier, train, config, FP32, functions(), lambda *_: None, validation, saving, journals[-1]
        )

    yield make
    for one in journals:
        one.close()


# --- Losses -----------------------------------------------------------------------------------------------------------


def test_losses_that_are_read_rarely_are_the_same(config, under_way, tmp_path, monkeypatch):
    config = dataclasses.replace(config, batch_size=2, accumulate=1)
    always, rarely = (under_way(config, tmp_path / name) for name in ("always", "rarely"))
    assert always.look_always
    rarely.look_always = False  # as on a GPU
    reads = []
    read = training.read
    monkeypatch.setattr(training, "read", lambda numbers: reads.append(len(numbers)) or read(numbers))
    trained = [always.run()]
    n, reads[:] = len(reads), []
    trained.append(rarely.run())
    assert trained[0].losses == trained[1].losses and trained[0].validations == trained[1].validations
    steps = trained[0].steps
    assert steps > 30 and n >= steps and len([one for one in reads if one]) <= steps / training.LOOK_EVERY + 4
    for name, tensor in always.model.state_dict().items():
        assert torch.equal(tensor, rarely.model.state_dict()[name]), name
    lines = [
        [{key: value for key, value in line.items() if key != "seconds"} for line in journal.read(tmp_path / name)]
        for name in ("always", "rarely")
    ]
    assert len(lines[0]) == steps + 2 and lines[0] == lines[1]


def test_a_checkpoint_is_saved_only_after_looking_at_every_loss(config, under_way, tmp_path):
    config = dataclasses.replace(config, batch_size=2, accumulate=1, epochs=1)
    ours = under_way(config, tmp_path)
    ours.look_always = False
    ours.on_step = lambda step: setattr(ours, "stop", step.number == 7)
    with pytest.raises(Interrupted):
        ours.run()
    position = load_checkpoint(tmp_path / "checkpoint.safetensors", {}).position
    lines = journal.read(tmp_path)
    assert position.step == 7 == len(lines)
    assert position.loss_sum == pytest.approx(sum(line["loss"] * line["texts"] for line in lines))


def test_a_loss_that_is_no_number_is_told_with_its_step_though_seen_later(config, under_way, tmp_path):
    config = dataclasses.replace(config, batch_size=2, accumulate=1, epochs=1)
    ours = under_way(config, tmp_path)
    ours.look_always = False

    def spoil(step):
        if step.number == 3:
            next(ours.model.parameters()).data.fill_(float("nan"))

    ours.on_step = spoil
    with pytest.raises(RecipeError, match="the loss became nan in step 4"):
        ours.run()
    assert ours.at.step == 11 and not (tmp_path / "checkpoint.safetensors").exists()


# --- A frozen encoder -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{}, {"head": "last4"}, {"augment": ("mixup",), "head": "mean-max"}])
def test_a_frozen_encoder_reads_every_text_once_however_many_epochs(config, tmp_path, under_way, monkeypatch, changes):
    config = dataclasses.replace(config, method="head", learning_rate=1e-2, epochs=3, early_stopping=3, **changes)
    trainings, reads = {}, {}
    for name in ("once", "always"):
        if name == "always":
            monkeypatch.setattr(training, "worth_knowing", lambda config: False)
        ours = trainings[name] = under_way(config, tmp_path / name)
        texts_read = reads[name] = []
        ours.model.bert.register_forward_hook(
            lambda module, inputs, keywords, _, seen=texts_read: seen.append(len(keywords["input_ids"])),
            with_kwargs=True,
        )
        torch.manual_seed(1)  # for mixup
        trainings[name] = ours.run(), ours.model
    (once, one), (always, other) = trainings["once"], trainings["always"]
    n = once.samples // 3
    assert once.samples == always.samples and n <= sum(reads["once"]) <= 1.5 * n and sum(reads["always"]) > 3 * n
    assert once.losses == pytest.approx(always.losses, abs=1e-5)
    for mine, theirs in zip(once.validations, always.validations, strict=True):
        assert mine == pytest.approx(theirs, abs=1e-5)
    for name, tensor in one.state_dict().items():
        assert torch.allclose(tensor, other.state_dict()[name], atol=1e-5), name


@pytest.mark.parametrize(
    ("changes", "worth"),
    [
        ({}, True), ({"head": "cls"}, True), ({"augment": ("mixup",)}, True), ({"epochs": 1}, False),
        ({"head": "attention"}, False), ({"augment": ("swap",)}, False), ({"method": "lora"}, False),
    ],
)  # fmt: skip
def test_features_are_kept_only_where_they_stay_the_same(config, changes, worth):
    assert training.worth_knowing(dataclasses.replace(config, **({"method": "head", "epochs": 2} | changes))) == worth


# --- On a GPU ---------------------------------------------------------------------------------------------------------


class OnGpu:
    """A tensor that records how it is sent to a GPU."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.tensor, self.shape, self.done = tensor, tensor.shape, []

    def all(self) -> torch.Tensor:
        return self.tensor.all()

    def pin_memory(self) -> OnGpu:
        self.done.append("pinned")
        return self

    def to(self, device: torch.device, non_blocking: bool = False) -> OnGpu:
        self.done.append(f"{device} {'without' if non_blocking else 'with'} waiting")
        return self


def test_a_gpu_gets_pinned_batches_of_few_shapes(monkeypatch):
    batch = {"input_ids": torch.ones(2, 11), "attention_mask": torch.ones(2, 11), "labels": torch.ones(2)}
    monkeypatch.setattr(training, "rounded", lambda *arguments: {k: OnGpu(v) for k, v in rounded(*arguments).items()})
    sent = training.on_device(batch, 9, torch.device("cuda", 1))
    assert {name: tuple(one.shape) for name, one in sent.items()} == {
        "input_ids": (2, 16), "attention_mask": (2, 16), "labels": (2,)
    }  # fmt: skip
    assert all(one.done == ["pinned", "cuda:1 without waiting"] for one in sent.values())
    assert sent["input_ids"].tensor[0, 11:].tolist() == [9] * 5 and not sent["attention_mask"].tensor[:, 11:].any()
    same = training.on_device(batch, 9, torch.device("cpu"))
    assert same["input_ids"].shape == (2, 11)
    elsewhere = training.on_device(batch, 9, torch.device("meta"))
    assert elsewhere["input_ids"].device.type == "meta"


rounded = training.rounded


def test_padding_to_even_lengths_changes_no_logits(config):
    classifier = model.load_classifier(config, 2, FP32).eval()
    ids = torch.randint(5, 30, (3, 11))
    batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    with torch.no_grad():
        plain, even = classifier(**batch).logits, classifier(**training.rounded(batch, 0)).logits
    assert (plain - even).abs().max() < 1e-5


@pytest.mark.parametrize(("precision", "wanted"), [("auto", "high"), ("bf16", "high"), ("fp32", "highest")])
def test_tf32_is_used_on_cuda_unless_float32_was_asked_for(monkeypatch, precision, wanted):
    monkeypatch.setattr(hardware, "find_device", lambda name: torch.device("cuda"))
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: True)
    before = torch.get_float32_matmul_precision()
    try:
        found = find_hardware(FineTune(precision=precision))
        assert torch.get_float32_matmul_precision() == wanted
        assert found.bf16 == (precision != "fp32")
    finally:
        torch.set_float32_matmul_precision(before)


def test_memory_is_told_by_the_allocator_of_a_gpu_and_else_by_the_process(monkeypatch):
    asked = []
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", asked.append)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda device: 123)
    gpu = torch.device("cuda", 0)
    assert memory.PeakMemory(gpu).figures() == {"bytes": 123, "of": "CUDA's allocator, during training"}
    assert asked == [gpu]
    told = memory.PeakMemory(torch.device("cpu")).figures()
    if told["bytes"] is not None:  # on Windows
        assert 50e6 < told["bytes"] < 1e12 and told["of"] == "the process"


# --- Inference --------------------------------------------------------------------------------------------------------


@pytest.fixture
def finished(config) -> tuple[saving.Run, list[str]]:
    """Return a trained model, and texts."""
    parts = splitting.split(*texts.load(config.data))
    torch.manual_seed(0)
    classifier = model.load_classifier(config, 2, FP32)
    methods.adapt(classifier, config, FP32)
    tokenizer = model.load_tokenizer(config.model)
    training.train(classifier, training.tokenise(tokenizer, parts.train, 40), config, FP32)
    classifier.config.id2label = dict(enumerate(parts.label_names))
    run = saving.Run(classifier.eval(), tokenizer, saving.Outputs(parts.label_names), 40, FP32, functions())
    return run, parts.train.texts + parts.test.texts


def test_weights_in_bfloat16_answer_alike_and_the_run_keeps_its_own(finished):
    run, asked = finished
    before = copy.deepcopy(run.model.state_dict())
    in_bf16 = dataclasses.replace(run, hardware=Hardware(FP32.device, bf16=True, threads=1))
    in_bf16.model.hardware = in_bf16.hardware
    quick = predicting.sped_up(in_bf16)
    assert {parameter.dtype for parameter in quick.model.parameters()} == {torch.bfloat16}
    said = [answer["label"] for answer in predicting.predict(quick, asked)]
    assert all(torch.equal(tensor, before[name]) for name, tensor in run.model.state_dict().items())
    run.model.hardware = FP32
    plain = predicting.predict(run, asked)
    sure = [(one["label"], label) for one, label in zip(plain, said, strict=True) if one["probability"] > 0.52]
    assert len(sure) > 30 and all(one == other for one, other in sure)


def test_in_float32_nothing_is_converted(finished):
    run, _ = finished
    assert predicting.sped_up(run).model is run.model


def test_compiling_needs_a_compiler(finished, monkeypatch):
    monkeypatch.setattr(predicting.shutil, "which", lambda name: None)
    with pytest.raises(RecipeError, match=r"needs a C\+\+ compiler"):
        predicting.sped_up(finished[0], compiled=True)


def test_what_is_compiled_is_the_encoder_for_batches_of_any_shape(finished, monkeypatch):
    run, asked = finished
    compiled = []

    def compile_it(encoder, dynamic):
        compiled.append(dynamic)
        return copy.deepcopy(encoder)

    monkeypatch.setattr(predicting.shutil, "which", lambda name: "/usr/bin/" + name)
    monkeypatch.setattr(torch, "compile", compile_it)
    encoder = run.model.bert
    quick = predicting.sped_up(run, compiled=True)
    assert compiled == [True] and quick.model.bert is not encoder and run.model.bert is encoder
    assert predicting.predict(quick, asked) == predicting.predict(run, asked)


# --- Start ------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_a_run_does_not_need_is_not_imported():
    heavy = ("pandas", "sklearn", "peft", "matplotlib", "datasets", "tensorboard", "scipy")
    code = f"""
import sys
from solutions.recipes.quick import quick_imports
with quick_imports():
    import solutions.recipes.finetune
import gc
assert gc.isenabled() and gc.get_freeze_count() > 100_000
from transformers.utils import is_scipy_available
from importlib.util import find_spec
assert is_scipy_available() == (find_spec("scipy") is not None)
print([name for name in {heavy} if name in sys.modules])
"""
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
