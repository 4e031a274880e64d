"""Code of the recipes that runs only on a GPU, tested on a fake one (see fake_gpu.py).

Its tensors hold values computed by the CPU, so a run on it must give the same result as a run on the CPU. It shows
neither the speed nor the rounding of real kernels.
"""

from __future__ import annotations

import dataclasses
import io
import json
import random
import threading
import types
from pathlib import Path

import accelerate
import pytest
import torch
from rich.console import Console
from safetensors.torch import load_file
from sample import sampled

from solutions.recipes import augmenting, bench, hardware, methods, model, predicting, saving, team, training
from solutions.recipes import data as texts
from solutions.recipes.config import FineTune
from solutions.recipes.errors import Interrupted
from solutions.recipes.finetune import finetune
from solutions.recipes.functions import functions
from solutions.recipes.gpu import steps as gpu_steps
from solutions.recipes.hardware import Hardware, find_hardware
from solutions.recipes.journal import Journal
from solutions.recipes.pretrain import run as pretraining
from solutions.recipes.pretrain import training as pretrain_training
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.splitting import split
from tests import tiny
from tests.fake_gpu import GPU, NAME, OnGpu, fake_gpu

QUIET = Console(quiet=True)
CPU = torch.device("cpu")


pytestmark = pytest.mark.usefixtures("one_thread", "no_pictures")


@pytest.fixture
def gpu(monkeypatch):
    with fake_gpu(monkeypatch) as one:
        yield one


@pytest.fixture(scope="module")
def config(tmp_path_factory) -> FineTune:
    return dataclasses.replace(tiny.tiny(tmp_path_factory.mktemp("encoder")), batch_size=2, accumulate=1, epochs=1)


def ready(config: FineTune, hardware: Hardware, validated: bool = False, **more) -> training.Training:
    """Return a training that has not begun; its weights are drawn on the CPU."""
    parts = split(*texts.load(config.data))
    torch.manual_seed(0)
    classifier = model.load_classifier(config, 2, hardware)
    classifier.to(CPU).hardware = Hardware(CPU, bf16=False, threads=1)
    methods.adapt(classifier, config, classifier.hardware)
    classifier.to(hardware.device).hardware = hardware
    tokenizer = model.load_tokenizer(config.model)
    train, validation = (training.tokenise(tokenizer, part, 40) for part in (parts.train, parts.validation))
    torch.manual_seed(1)
    return training.Training(
        classifier, train, config, hardware, functions(), lambda *_: None, validation if validated else None,
        more.get("saving"), Journal(None),
    )  # fmt: skip


# --- The loop ---------------------------------------------------------------------------------------------------------

VARIANTS = {
    "full": {"method": "full"},
    "lora": {"method": "lora", "lora_dropout": 0.1},
    "in bf16": {"method": "lora", "precision": "bf16"},
    "prefix": {"method": "prefix", "virtual_tokens": 3},
    "prompt": {"method": "prompt", "virtual_tokens": 3},
    "accumulated": {"method": "adapter", "batch_size": 4, "accumulate": 2},
    "known features": {"method": "head", "epochs": 2},
    "mixup of known features": {"method": "head", "epochs": 2, "augment": ("mixup",)},
    "mixup": {"method": "full", "augment": ("mixup",)},
    "lstm": {"head": "lstm", "method": "full"},
    "layer-mix": {"head": "layer-mix", "method": "full"},
    "attention": {"head": "attention", "method": "full"},
}
MEANT = ("return torch.stack(list(numbers)).tolist()", "loss_sum, n_right = float(loss_sum), float(n_right)")
"""Places where training reads losses on purpose: every `LOOK_EVERY` steps, and at the end of ``train_epoch``."""


@pytest.mark.parametrize("name", sampled(VARIANTS, one_in=2))
def test_nothing_in_the_loop_waits_for_a_gpu(config, gpu, name):
    config = dataclasses.replace(config, **VARIANTS[name], learning_rate=1e-3)
    ours = ready(config, Hardware(GPU, config.precision == "bf16", 1))
    assert not ours.look_always
    gpu.waits.clear()
    trained = ours.run()
    assert trained.steps >= 9 and all(isinstance(one, OnGpu) for one in ours.model.parameters())
    assert not [one for one in gpu.waits if not one.endswith(MEANT) and MEANT[0] not in one]
    looks = -(-trained.steps // training.LOOK_EVERY) + 2 * config.epochs
    assert 0 < len(gpu.waits) <= looks + 2 * config.epochs, gpu.waits


@pytest.mark.parametrize(("objective", "more"), [("mlm", {}), ("mlm", {"nsp": True}), ("clm", {})])
def test_the_loop_of_pretraining_does_not_wait_for_a_gpu(gpu, tmp_path, monkeypatch, objective, more):
    measured = []
    evaluate = pretrain_training.evaluate

    def watched(*arguments):
        before, gpu.waits = gpu.waits, []
        found = evaluate(*arguments)
        measured.append(gpu.waits)
        gpu.waits = before
        return found

    monkeypatch.setattr(pretrain_training, "evaluate", watched)
    monkeypatch.setattr(pretrain_training, "look", lambda *_: [])  # its texts are one token long
    monkeypatch.setattr(training, "save_checkpoint", lambda *_: None)
    run, ran = pretrain_training.PreTraining.run, []

    def only_the_run(self):
        gpu.waits.clear()
        trained = run(self)
        ran.extend(gpu.waits)
        return trained

    monkeypatch.setattr(pretrain_training.PreTraining, "run", only_the_run)
    config = PreTrain(
        objective=objective, start="scratch", data=str(passages(tmp_path / "texts.txt")), steps=12, block=24,
        batch_size=4, evaluation_blocks=4, evaluate_every=12, vocab_size=200, layers=2, width=16, heads=2,
        precision="fp32", device="cuda", threads=1, **more,
    )  # fmt: skip
    pretraining.pretrain(config, tmp_path / "run", QUIET)
    assert ran and not [one for one in ran if not any(line in one for line in MEANT)], ran
    assert len(measured) == 3  # twice before the first step, and once after the last
    asked = ("objectives.py", "every = [one.cpu()", "return int(torch.cat(answers)")
    strays = [one for waits in measured for one in waits if not any(line in one for line in asked)]
    assert not strays and not any("copy to the CPU at objectives.py" in one for waits in measured for one in waits)


def passages(path: Path) -> Path:
    """Write texts of a few sentences."""
    draw = random.Random(0)
    written = [[" ".join(draw.choices(tiny.WORDS, k=8)).capitalize() + "." for _ in range(4)] for _ in range(80)]
    path.write_text("\n".join(map(" ".join, written)), encoding="utf-8")
    return path


def test_a_look_at_the_mask_would_be_found(config, gpu, monkeypatch):
    """The tests above guard against this: transformers reads a boolean of the mask in every forward pass."""
    monkeypatch.setattr(model, "attention_for", lambda hardware: "sdpa")
    ours = ready(config, Hardware(GPU, False, 1))
    gpu.waits.clear()
    trained = ours.run()
    found = [one for one in gpu.waits if "self.bert(**inputs" in one]
    assert trained.steps / 2 < len(found) <= trained.steps  # the other batches have no mask


@pytest.mark.parametrize("planted", ["known[rows]", "randperm", "pageable", "blocking", "pad in the model"])
def test_every_kind_of_waiting_would_be_found(gpu, planted):
    there = torch.ones(4, 3).to(GPU)
    gpu.waits.clear()
    match planted:
        case "known[rows]":
            there[[2, 0]]
        case "randperm":
            torch.randperm(4).to(GPU)
        case "pageable":
            torch.ones(3).to(GPU, non_blocking=True)
        case "blocking":
            torch.ones(3).pin_memory().to(GPU)
        case _:
            there[there > 0]
    assert len(gpu.waits) == 1
    gpu.waits.clear()
    hardware.sent(torch.ones(3), GPU)
    there[hardware.sent(torch.tensor([2, 0]), GPU)].sum()
    assert not gpu.waits
    for leave in (bool, int, float, range, torch.Tensor.item, torch.Tensor.tolist, torch.Tensor.cpu):
        leave(hardware.sent(torch.tensor(1), GPU))
    assert len(gpu.waits) == 7
    with pytest.raises(RuntimeError, match="on the same device"):
        there + torch.ones(3)


def test_a_batch_without_padding_has_no_mask_on_a_gpu():
    batch = {"input_ids": torch.ones(2, 8).long(), "attention_mask": torch.ones(2, 8).long(), "labels": torch.ones(2)}
    assert set(training.for_device(batch, 0, GPU)) == {"input_ids", "labels"}
    assert set(training.for_device(batch, 0, torch.device("meta"))) == {"input_ids", "labels"}
    assert training.for_device(batch, 0, CPU) is batch  # on a CPU, transformers itself looks
    padded = batch | {"attention_mask": torch.tensor([[1] * 8, [1] * 7 + [0]])}
    assert set(training.for_device(padded, 0, GPU)) == set(batch)


@pytest.mark.parametrize("method", ["full", "prefix", "prompt"])
def test_without_a_mask_nothing_is_padding(config, method):
    config = dataclasses.replace(config, method=method, learning_rate=1e-3)
    here = Hardware(CPU, False, 1)
    classifier = model.load_classifier(config, 2, here)
    methods.adapt(classifier, config, here)
    ids = torch.randint(5, 30, (3, 8))
    with torch.no_grad():
        masked, bare = classifier.eval()(ids, torch.ones_like(ids)).logits, classifier(ids).logits
    assert torch.equal(masked, bare)


def test_a_causal_encoder_keeps_its_mask(tmp_path, gpu):
    folder = str(tiny.save_gpt(tmp_path / "gpt"))
    config = FineTune(method="full", model=folder, device="cuda", precision="fp32")
    classifier = model.load_classifier(config, 2, Hardware(GPU, False, 1)).eval()
    ids = hardware.sent(torch.randint(5, 30, (3, 8)), GPU)
    gpu.waits.clear()
    with torch.no_grad():
        classifier(ids)
    assert classifier.causal and not gpu.waits


# --- One batch ahead --------------------------------------------------------------------------------------------------


def test_a_thread_makes_the_next_batch_in_the_same_order():
    made, threads = [], set()

    def things():
        for number in range(5):
            threads.add(threading.current_thread())
            made.append(number)
            yield number

    seen = [(one, len(made)) for one in training.ahead(things(), GPU, functions())]
    assert [one for one, _ in seen] == made == [0, 1, 2, 3, 4] and threading.current_thread() not in threads
    assert all(n <= one + 2 for one, n in seen)
    made.clear(), threads.clear()
    for device, taken in ((CPU, functions()), (GPU, dataclasses.replace(functions(), yours=("basics.pad_batch",)))):
        assert all(len(made) == one + 1 for one in training.ahead(things(), device, taken))
        assert threads == {threading.current_thread()}
        made.clear()


def test_what_goes_wrong_in_the_thread_is_raised_where_the_batch_is_wanted():
    def things():
        yield 1
        raise ValueError("no second one")

    with pytest.raises(ValueError, match="no second one"):
        list(training.ahead(things(), GPU, functions()))


def test_a_batch_that_waits_in_the_thread_is_not_counted_yet(config, gpu):
    ours = ready(config, Hardware(GPU, False, 1))
    on_the_cpu = ready(config, Hardware(CPU, False, 1))
    counts = {id(ours): [], id(on_the_cpu): []}
    for one in (ours, on_the_cpu):
        one.on_step = lambda step, one=one: counts[id(one)].append((step.number, one.at.tokens, one.at.positions))
        one.run()
    assert len(counts[id(ours)]) > 15 and counts[id(ours)] == counts[id(on_the_cpu)]


# --- Whole runs -------------------------------------------------------------------------------------------------------


def test_a_run_on_a_gpu_comes_to_what_it_comes_to_on_the_cpu(config, tmp_path, monkeypatch):
    config = dataclasses.replace(config, epochs=2, early_stopping=2)
    here = finetune(config, tmp_path / "cpu", QUIET)
    said = Console(width=100, file=io.StringIO())
    with fake_gpu(monkeypatch) as gpu:
        there = finetune(dataclasses.replace(config, device="auto"), tmp_path / "gpu", said)
        waits = list(gpu.waits)
    assert there["device"] == "cuda" and there["processor"] == NAME
    assert f"full on cuda ({NAME}), fp32" in said.file.getvalue()
    assert there["peak_memory"]["of"] == "CUDA's allocator, during training"
    n = there["parameters"]["total"]
    assert 16 * n < there["peak_memory"]["bytes"] < 60 * n and there["peak_memory_bytes"] > 16 * n
    assert there["training_loss"] == pytest.approx(here["training_loss"], abs=1e-5)
    assert there["test"] == pytest.approx(here["test"], abs=1e-5) and there["best_epoch"] == here["best_epoch"]
    for mine, theirs in zip(there["validations"], here["validations"], strict=True):
        assert mine == pytest.approx(theirs, abs=1e-5)
    assert there["padding_share"] == here["padding_share"]
    in_the_exercise = [one for one in waits if " at solutions/training.py" in one]
    assert len(in_the_exercise) == 4 and all(
        MEANT[1] in one for one in in_the_exercise
    )  # not at every validation batch
    settings = json.loads((tmp_path / "gpu" / "model" / "config.json").read_text(encoding="utf-8"))
    assert "unread" not in json.dumps(settings)


@pytest.mark.parametrize("lost", [None, "get_rng_state", "set_rng_state"])
def test_an_interrupted_run_on_a_gpu_ends_with_the_same_weights(config, tmp_path, monkeypatch, lost):
    """LoRA's dropout is drawn on the GPU, whose generator a checkpoint must hold."""
    config = dataclasses.replace(
        config, method="lora", lora_dropout=0.2, max_steps=6, learning_rate=1e-2, device="cuda"
    )

    def run(out: Path, stop: int | None = None, **how):
        step = training.Training.step
        with monkeypatch.context() as patch, fake_gpu(patch) as gpu:

            def stopping(self):
                self.stop = self.at.step + 1 == stop
                step(self)

            patch.setattr(training.Training, "step", stopping)
            if lost:
                patch.setattr(torch.cuda, lost, lambda *_: torch.Generator().manual_seed(7).get_state())
            if how.get("resume"):
                gpu.random = torch.Generator().manual_seed(99).get_state()  # a new process
            return finetune(config, out, QUIET, save_every=0, **how)

    run(tmp_path / "whole")
    with pytest.raises(Interrupted):
        run(tmp_path / "parts", stop=3)
    run(tmp_path / "parts", resume=True)
    one, other = (load_file(tmp_path / name / "adapter_model.safetensors") for name in ("whole", "parts"))
    same = all(torch.equal(tensor, other[name]) for name, tensor in one.items())
    assert same == (lost is None)


def test_a_run_answers_on_a_gpu_as_on_the_cpu_and_waits_in_the_end(config, tmp_path, monkeypatch):
    config = dataclasses.replace(config, batch_size=8)
    finetune(config, tmp_path / "run", QUIET)
    asked = [*split(*texts.load(config.data)).train.texts, " "]
    here = predicting.predict(saving.load_run(tmp_path / "run"), asked)
    with fake_gpu(monkeypatch) as gpu:
        run = saving.load_run(tmp_path / "run", hardware=Hardware(GPU, False, 1))
        gpu.waits.clear()
        there = predicting.predict(run, asked)
        assert len(gpu.waits) == 1 and "logits[rows] = found.cpu()" in gpu.waits[0]
        called = []
        inference = types.SimpleNamespace(
            predict_batch=lambda texts, *_, **__: called.append(len(texts)) or [("praise", 0.9)] * len(texts)
        )
        yours = dataclasses.replace(functions(), inference=inference, yours=("inference.predict_batch",))
        assert predicting.predict(dataclasses.replace(run, taken=yours), asked)[0]["label"] == "praise"
        assert called == [len(asked) - 1]
    assert [one["label"] for one in there] == [one["label"] for one in here] and there[-1]["label"] is None
    shares = [one["probability"] for one in there[:-1]]
    assert shares == pytest.approx([one["probability"] for one in here[:-1]], abs=1e-5)


def test_your_own_evaluate_sees_the_model_itself(config, gpu):
    seen = []

    def evaluate(asked, batches):
        seen.append((asked, [set(batch) for batch in batches]))
        return {"loss": 0.5, "accuracy": 0.5}

    for yours in ((), ("training.evaluate",)):
        ours = ready(dataclasses.replace(config, max_steps=1), Hardware(GPU, False, 1), validated=True)
        module = types.SimpleNamespace(**vars(ours.taken.training) | {"evaluate": evaluate})
        ours.taken = dataclasses.replace(ours.taken, training=module, yours=yours)
        ours.run()
    (repeats, short), (model_itself, batches) = seen
    assert isinstance(repeats, training.Answered) and all(keys == {"number", "labels"} for keys in short)
    assert model_itself is ours.model and all({"input_ids", "labels"} <= keys for keys in batches)


# --- The machine ------------------------------------------------------------------------------------------------------


def test_the_gpu_is_found_and_named(gpu):
    assert hardware.find_device("auto") == torch.device("cuda") and hardware.find_device("cuda").type == "cuda"
    assert hardware.processor(GPU) == NAME != hardware.processor() == hardware.processor(CPU)
    assert hardware.describe(Hardware(GPU, True, 4)) == f"cuda:0 ({NAME}), bf16"
    assert hardware.describe(Hardware(GPU, False, 4), 2) == f"2 processes, each on cuda:0 ({NAME}), fp32"
    assert NAME not in hardware.describe(Hardware(CPU, False, 4))


def test_a_gpu_that_only_emulates_bf16_computes_in_fp32(monkeypatch):
    for real in (True, False):
        with monkeypatch.context() as patch, fake_gpu(patch, bf16=real):
            patch.setattr(torch, "set_float32_matmul_precision", lambda _: None)
            assert find_hardware(FineTune(device="cuda")).bf16 is real
            assert find_hardware(FineTune(device="cuda", precision="bf16")).bf16


def test_one_of_several_gpus_becomes_the_current_one(gpu, monkeypatch):
    monkeypatch.setattr(hardware, "find_device", torch.device)
    monkeypatch.setattr(torch, "set_float32_matmul_precision", lambda _: None)
    order = []
    monkeypatch.setattr(hardware, "bf16_pays", lambda device: order.append(list(gpu.chosen)) or True)
    find_hardware(FineTune(device="cuda:1"))
    find_hardware(FineTune(device="cuda"))
    assert order == [[torch.device("cuda", 1)]] * 2  # before any call of the GPU; then it stays


def test_losses_are_looked_at_rarely_only_where_a_look_waits(config, tmp_path, gpu):
    for device, every, always in ((CPU, None, True), (GPU, None, False), (GPU, 60.0, False), (GPU, 0.0, True)):
        saves = None if every is None else training.Saving(tmp_path / "checkpoint.safetensors", {}, every)
        assert ready(config, Hardware(device, False, 1), saving=saves).look_always is always


# --- Several processes ------------------------------------------------------------------------------------------------


@pytest.fixture
def second_of_two(monkeypatch):
    for name, value in {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("asked", ["cuda", "auto"])
def test_each_process_begins_on_its_own_gpu(config, gpu, monkeypatch, tmp_path, second_of_two, asked):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    found = []

    class Enough(Exception):
        pass

    def find(config):
        found.append(config.device)
        raise Enough

    monkeypatch.setattr("solutions.recipes.finetune.find_hardware", find)
    with pytest.raises(Enough):
        finetune(dataclasses.replace(config, device=asked), tmp_path / "run", QUIET)
    assert found == ["cuda:1"]
    assert team.on_own_gpu(dataclasses.replace(config, device="cpu")).device == "cpu"


def test_a_process_alone_keeps_the_gpu_that_was_named(config, gpu):
    for name in ("cuda", "cuda:1", "auto", "cpu"):
        assert team.on_own_gpu(dataclasses.replace(config, device=name)).device == name


@pytest.mark.parametrize("kind", ["cuda", "cpu"])
def test_accelerate_is_told_whether_there_are_gpus(config, gpu, monkeypatch, second_of_two, kind):
    asked = []

    def accelerator(**options):
        asked.append(options)
        return types.SimpleNamespace(process_index=1, num_processes=2, device=torch.device(kind, 1))

    monkeypatch.setattr(accelerate, "Accelerator", accelerator)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    members, there = team.join(config, Hardware(torch.device(kind), False, 1))
    assert [one["cpu"] for one in asked] == [kind == "cpu"] and there.device == torch.device(kind, 1)
    assert (members.rank, members.size) == (1, 2)


# --- Data for other code ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cuda", "cpu"])
def test_the_trainer_is_told_where_to_compute(config, gpu, monkeypatch, kind):
    told = []

    class Trainer:
        def __init__(self, model, arguments, callbacks, **_):
            self.callbacks = callbacks

        def remove_callback(self, _):
            pass

        def train(self):
            for one in self.callbacks:
                one.on_train_begin()
                one.on_train_end()

    monkeypatch.setattr("transformers.Trainer", Trainer)
    monkeypatch.setattr("transformers.TrainingArguments", lambda **options: told.append(options))
    tokenised = ready(config, Hardware(CPU, False, 1)).data
    turn = bench.trainer_recipe(tokenised, dataclasses.replace(config, device=kind, precision="auto"))()
    assert turn.texts == len(tokenised.tokens)
    (options,) = told
    assert (options["use_cpu"], options["dataloader_pin_memory"]) == (kind == "cpu", kind == "cuda")
    assert options["bf16"] == hardware.bf16_pays(torch.device(kind))


@pytest.mark.parametrize("method", ["lora", "prefix"])
def test_what_is_compared_with_the_cpu_begins_with_the_same_weights(config, monkeypatch, method):
    config = dataclasses.replace(config, method=method, learning_rate=1e-3)
    here = gpu_steps.build(config, 2, Hardware(CPU, False, 1), functions())
    with fake_gpu(monkeypatch):
        there = gpu_steps.build(config, 2, Hardware(GPU, False, 1), functions())
        assert all(isinstance(one, OnGpu) for one in there.parameters())
        assert there.device == GPU and there.config._attn_implementation == "unread_sdpa"
        pairs = zip(here.named_parameters(), there.named_parameters(), strict=True)
        assert all(torch.equal(one, plain(other.data)) and name == same for (name, one), (same, other) in pairs)


def test_mixup_draws_its_partners_on_the_cpu(gpu):
    mixed = {}
    for device in (CPU, GPU):
        torch.manual_seed(3)
        features, targets = torch.arange(12.0).view(4, 3), torch.eye(4)
        gpu.waits.clear()
        mix = augmenting.mixing(functions())
        mixed[device.type] = [plain(one) for one in mix(*(hardware.sent(one, device) for one in (features, targets)))]
        assert not gpu.waits
    assert all(torch.equal(one, other) for one, other in zip(*mixed.values(), strict=True))


def plain(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.elem if isinstance(tensor, OnGpu) else tensor


def test_the_fake_knows_how_much_memory_is_in_use(gpu):
    before = torch.cuda.memory_allocated()
    one = torch.zeros(1024, device=GPU)
    other = torch.ones(1024, device=GPU)
    view = one.view(32, 32)[3]
    assert torch.cuda.memory_allocated() - before == 8192
    del one, other
    assert torch.cuda.memory_allocated() - before == 4096 and view.shape == (32,)
    del view
    assert torch.cuda.memory_allocated() == before and torch.cuda.max_memory_allocated() - before == 8192
    torch.cuda.reset_peak_memory_stats()
    assert torch.cuda.max_memory_allocated() == before
