"""The measurements of ``gpu-check``. Each step runs in its own process: ``python -m solutions.recipes.gpu.steps``.

The CPU is the yardstick: there, the same model with the same weights is trained on the same batches in float32, and the
losses of every step are compared. In bfloat16 they are recorded but not judged.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import Tensor

from course.text import say
from solutions.recipes import bench, journal
from solutions.recipes.compare import memory_model
from solutions.recipes.config import HEADS, FineTune
from solutions.recipes.data import Split
from solutions.recipes.errors import RecipeError
from solutions.recipes.files import write_json
from solutions.recipes.finetune import finetune, prepare_data, versions
from solutions.recipes.functions import Functions, functions
from solutions.recipes.gpu.options import FIRST, NOT_MEASURED, Check, Step
from solutions.recipes.hardware import Hardware, bf16_pays, find_device, processor
from solutions.recipes.journal import Journal
from solutions.recipes.memory import Memory
from solutions.recipes.methods import adapt
from solutions.recipes.model import Classifier, load_classifier, load_tokenizer
from solutions.recipes.pretrain import run as pretraining
from solutions.recipes.pretrain.config import PreTrain
from solutions.recipes.saving import load_run
from solutions.recipes.training import Tokenised, Training, answer, score, tokenise

FIRST_LOSS, LOSS = 1e-3, 2e-2
"""Largest accepted difference to the CPU's loss: in the first step (before any change), and in later ones."""
MEMORY = 0.15
"""Largest accepted difference between measured and predicted memory, as a share of the prediction."""
SAME_LABELS = 0.995
"""Share of the test texts that must get the same label as on the CPU."""
QUIET = Console(quiet=True)
RUNS = "runs"
"""Folder of the finished runs, which later steps use."""
SCRATCH = {"vocab_size": 500, "layers": 2, "width": 64, "heads": 4}
"""The causal model that is pre-trained for a few steps."""


@dataclass(frozen=True)
class Bench:
    """Settings and folder of a step."""

    told: Check
    device: torch.device
    folder: Path
    """Folder for runs."""

    def config(self, **changes: Any) -> FineTune:
        """Return the configuration of a short run on the CPU, in float32."""
        told = self.told
        common: dict[str, Any] = {
            "model": told.model, "data": told.data, "limit": told.texts, "max_steps": told.steps, "epochs": told.steps,
            "seed": told.seed, "threads": told.threads, "device": "cpu", "precision": "fp32",
        }  # fmt: skip
        return FineTune(**common | changes)

    def hardware(self, device: torch.device, bf16: bool) -> Hardware:
        """Return the hardware for a device and the precision of its products."""
        return Hardware(device, bf16, torch.get_num_threads())


class Allocator(Memory):
    """Peak memory that torch's allocator has handed out on a GPU, minus what it had before."""

    def __init__(self, device: torch.device) -> None:
        """Record the memory in use before."""
        super().__init__(device)
        self.restart()

    def peak(self) -> int | None:
        """Return the peak in bytes; None on a CPU, which has no such allocator."""
        return super().peak() if self.device.type == "cuda" else None


class Losses(Journal):
    """Records the loss of every step."""

    def __init__(self) -> None:
        """Create a journal that writes no file."""
        super().__init__(None)
        self.found: list[float] = []

    def write(self, **line: Any) -> None:
        """Record a step."""
        if "loss" in line:
            self.found.append(float(line["loss"]))


# --- The environment --------------------------------------------------------------------------------------------------


def environment(at: Bench, _: str) -> dict[str, Any]:
    """Return versions and machine, and whether the device multiplies as the CPU does."""
    draw = torch.Generator().manual_seed(at.told.seed)
    a, b = torch.randn(2, 256, 256, generator=draw)
    off = ((a.to(at.device) @ b.to(at.device)).cpu() - a @ b).abs().max().item()
    found: dict[str, Any] = {
        "device": str(at.device), "processor": processor(), "threads": torch.get_num_threads(), "versions": versions(),
        "product_off_by": off, "bf16_pays": bf16_pays(at.device), "gpu": None, "same": off < 1e-2,
    }  # fmt: skip
    if at.device.type == "cuda":
        found["gpu"] = about_gpu(at.device)
    return found


def about_gpu(device: torch.device) -> dict[str, Any]:
    """Return the driver's description of the GPU."""
    about = torch.cuda.get_device_properties(device)
    return {
        "name": about.name, "bytes": about.total_memory, "capability": [about.major, about.minor],
        "cuda": torch.version.cuda, "count": torch.cuda.device_count(),
    }  # fmt: skip


# --- Fine-tuning against the CPU --------------------------------------------------------------------------------------


def build(config: FineTune, n: int, hardware: Hardware, taken: Functions) -> Classifier:
    """Build a model with the same weights on every device: all of them are drawn on the CPU."""
    cpu = Hardware(torch.device("cpu"), bf16=False, threads=hardware.threads)
    torch.manual_seed(config.seed)
    model = load_classifier(config, n, hardware, taken).to(cpu.device)  # its attention is the one for the other device
    model.hardware = cpu
    adapt(model, config, replace(cpu, bf16=hardware.bf16), taken)
    model.hardware = hardware
    return model.to(hardware.device)


def forbid_tf32(hardware: Hardware) -> None:
    """Turn off TF32, which has three digits, for comparisons in float32."""
    if hardware.device.type == "cuda":
        torch.set_float32_matmul_precision("high" if hardware.bf16 else "highest")


def train_on(
    at: Bench, config: FineTune, hardware: Hardware, data: Split, texts: Tokenised, test: Tokenised
) -> dict[str, Any]:
    """Train a few steps, and predict the test texts."""
    taken = functions()
    forbid_tf32(hardware)
    memory = Allocator(hardware.device)
    model = build(config, len(data.label_names), hardware, taken)
    losses = Losses()
    trained = Training(model, texts, config, hardware, taken, lambda _: None, None, None, losses).run()
    peak = memory.peak()
    logits = answer(model, test.tokens, test.pad_token, hardware, taken)
    return {
        "losses": losses.found,
        "logits": logits,
        "accuracy": score(logits, test.labels)["accuracy"],
        "seconds": trained.seconds,
        "peak_bytes": peak,
    }


def against_the_cpu(at: Bench, config: FineTune) -> dict[str, Any]:
    """Run the same training on the CPU, on the device, and on the device in bfloat16."""
    data = prepare_data(config, functions())
    tokenizer = load_tokenizer(config.model)
    texts, test = (tokenise(tokenizer, part, config.max_length) for part in (data.train, data.test))
    cpu = torch.device("cpu")
    places = {"cpu": (cpu, False), "fp32": (at.device, False), "bf16": (at.device, True)}
    runs = {name: train_on(at, config, at.hardware(*place), data, texts, test) for name, place in places.items()}
    return summarise(runs)


def summarise(runs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Compare the runs on the device with the run on the CPU; only float32 is judged.

    Args:
        runs: ``cpu``, ``fp32`` and ``bf16``, each with ``losses``, ``logits`` (N, K), ``accuracy``, ...
    """
    yardstick = runs["cpu"]
    found: dict[str, Any] = {}
    for name, run in runs.items():
        off = [abs(one - two) for one, two in zip(run["losses"], yardstick["losses"], strict=True)]
        equal = (run["logits"].argmax(-1) == yardstick["logits"].argmax(-1)).float().mean().item()
        found[name] = {key: value for key, value in run.items() if key != "logits"}
        found[name] |= {"first_off_by": off[0], "off_by": max(off), "same_labels": equal}
    fp32 = found["fp32"]
    same = near(fp32["losses"], yardstick["losses"]) and fp32["same_labels"] >= SAME_LABELS
    return {"runs": found, "tolerance": {"first": FIRST_LOSS, "later": LOSS, "same_labels": SAME_LABELS}, "same": same}


def near(losses: list[float], yardstick: list[float]) -> bool:
    """Return whether every loss is within the tolerance; NaN is not.

    >>> near([0.7, 0.61], [0.7, 0.6]), near([0.7, float("nan")], [0.7, 0.6])
    (True, False)
    """
    pairs = zip(losses, yardstick, strict=True)
    return all(abs(one - two) <= (LOSS if i else FIRST_LOSS) for i, (one, two) in enumerate(pairs))


def method(at: Bench, name: str) -> dict[str, Any]:
    """Compare a method with the CPU, then run the whole recipe on the device: train, test, save, reload."""
    config = at.config(method=name)
    found = against_the_cpu(at, config)
    memory = Allocator(at.device)
    recipe = replace(config, device=str(at.device), precision="auto")
    result = finetune(recipe, at.folder / RUNS / name, QUIET, overwrite=True)
    kept = ("device", "precision", "test", "reload_difference", "samples_per_second", "seconds", "parameters", "steps")
    return {**found, "recipe": {key: result[key] for key in kept} | {"peak_bytes": memory.peak()}}


def heads(at: Bench, _: str) -> dict[str, Any]:
    """Train two steps with every head."""
    found = {name: against_the_cpu(at, at.config(method="head", head=name, max_steps=2)) for name in HEADS}
    return {"heads": found, "same": all(one["same"] for one in found.values())}


def predict(at: Bench, _: str) -> dict[str, Any]:
    """Compare the predictions of a finished run on the CPU and on the device."""
    folder = at.folder / RUNS / FIRST[0]
    if not (folder / "result.json").exists():
        raise RecipeError(say("there is no run to predict with: {step} did not finish", step=f"method:{FIRST[0]}"))
    texts = prepare_data(at.config(), functions()).test.texts
    answers: dict[str, Tensor] = {}
    speed = {}
    for name, device, bf16 in (
        ("cpu", torch.device("cpu"), False),
        ("device", at.device, False),
        ("bf16", at.device, True),
    ):
        run = load_run(folder, hardware=at.hardware(device, bf16))
        run.logits(texts)  # the first call includes one-time set-up
        started = time.perf_counter()
        answers[name] = run.logits(texts)
        speed[name] = len(texts) / (time.perf_counter() - started)
    labels = {name: logits.argmax(-1) for name, logits in answers.items()}
    equal = {name: (found == labels["cpu"]).float().mean().item() for name, found in labels.items()}
    off = {name: (logits - answers["cpu"]).abs().max().item() for name, logits in answers.items()}
    return {"texts": len(texts), "texts_per_second": speed, "same_labels": equal, "logits_off_by": off,
            "same": equal["device"] >= SAME_LABELS}  # fmt: skip


# --- Pre-training -----------------------------------------------------------------------------------------------------


def pretrain(at: Bench, objective: str) -> dict[str, Any]:
    """Run the recipe on the CPU and on the device, and compare the losses step by step."""
    told = at.told
    start = told.model if objective == "mlm" else "scratch"
    shape = {} if objective == "mlm" else SCRATCH
    runs: dict[str, Any] = {}
    for name, device, precision in (("cpu", "cpu", "fp32"), ("fp32", str(at.device), "fp32"),
                                    ("bf16", str(at.device), "bf16")):  # fmt: skip
        config = PreTrain(
            objective=objective, start=start, data=told.data, limit=told.texts, steps=told.steps, block=32,
            batch_size=8, evaluation_blocks=4, seed=told.seed, threads=told.threads, device=device, precision=precision,
            **shape,
        )  # fmt: skip
        out, memory = at.folder / f"{objective}-{name}", Allocator(at.device)
        result = pretraining.pretrain(config, out, QUIET, overwrite=True)
        losses = [line["loss"] for line in journal.read(out) if "loss" in line]
        runs[name] = {"losses": losses, "seconds": result.get("seconds"), "peak_bytes": memory.peak()}
    yardstick = runs["cpu"]["losses"]
    for run in runs.values():
        run["off_by"] = max(abs(one - two) for one, two in zip(run["losses"], yardstick, strict=True))
    tolerance = {"first": FIRST_LOSS, "later": LOSS}
    return {"runs": runs, "tolerance": tolerance, "same": near(runs["fp32"]["losses"], yardstick)}


# --- Speed ------------------------------------------------------------------------------------------------------------


def speed(at: Bench, _: str) -> dict[str, Any]:
    """Measure texts per second of the chapter's recipe and of ours, in turns."""
    told = at.told
    config = at.config(limit=None, max_steps=None, epochs=1, device=str(at.device), precision="auto")
    train = prepare_data(config, functions()).train
    some = train.take(range(0, len(train), max(1, len(train) // told.speed_texts)))
    texts = tokenise(load_tokenizer(config.model), some, config.max_length)
    recipes: dict[str, Callable[[], bench.Turn]] = {}
    peaks: dict[str, int | None] = {}
    for name in (bench.CHAPTER, *bench.METHODS):
        if name == bench.CHAPTER:
            turn = bench.chapter_recipe(texts, config, bench.CHAPTER_LENGTH)
        else:
            turn = bench.our_recipe(texts, replace(config, method=name, learning_rate=None))
        recipes[name] = watched(turn, name, peaks, at.device)
    bench.throughput(recipes, rounds=1)
    figures = bench.summarise(bench.throughput(recipes, told.turns), bench.CHAPTER)
    return {"recipes": {name: {**figures[name], "peak_bytes": peaks[name]} for name in figures}, "turns": told.turns,
            "texts": len(some), "load_average": bench.load_average()}  # fmt: skip


def watched(
    turn: Callable[[], bench.Turn], name: str, peaks: dict[str, int | None], device: torch.device
) -> Callable[[], bench.Turn]:
    """Return a turn that records its memory, minus what all recipes hold between their turns."""

    def take_turn() -> bench.Turn:
        memory = Allocator(device)
        taken = turn()
        peaks[name] = memory.peak()
        return taken

    return take_turn


# --- Memory -----------------------------------------------------------------------------------------------------------


def memory(at: Bench, _: str) -> dict[str, Any]:
    """Compare the memory model with the allocator, using the steps of ``course run compare memory``, in float32.

    On a CPU, which has no such allocator, the steps are run and nothing is measured.
    """
    found = {}
    for name in FIRST:
        for checkpointing in (False, True):
            key = f"{name}, checkpointing" if checkpointing else name
            found[key] = one_step(at, name, checkpointing)
    ratios = [one["ratio"] for one in found.values()]
    told = {"steps": found, "batch": at.told.batch, "length": at.told.length, "tolerance": MEMORY}
    if None in ratios:
        return {**told, "status": NOT_MEASURED}
    return {**told, "same": all(abs(ratio - 1) <= MEMORY for ratio in ratios)}


def one_step(at: Bench, name: str, checkpointing: bool) -> dict[str, Any]:
    """Return the bytes of a training step, predicted and measured."""
    told = at.told
    room = getattr(memory_model.shape_of(told.model), "max_position_embeddings", told.length)
    config = at.config(
        method=name, batch_size=told.batch, max_length=min(told.length, room), device=str(at.device), max_steps=None,
        epochs=1,
    )  # fmt: skip
    gc.collect()  # garbage of an earlier step must not be freed while this one is measured
    taken = memory_model.measure(config, checkpointing, rehearsal=True)
    measured, predicted = taken["measured_bytes"], taken["predicted"]
    return {
        "formula": taken["formula_bytes"], "predicted": predicted, "measured": measured,
        "ratio": None if measured is None else measured / predicted["total"],
    }  # fmt: skip


# --- A process --------------------------------------------------------------------------------------------------------

KINDS: dict[str, Callable[[Bench, str], dict[str, Any]]] = {
    "environment": environment,
    "method": method,
    "heads": heads,
    "predict": predict,
    "pretrain": pretrain,
    "speed": speed,
    "memory": memory,
}


def take_step(step: Step, told: Check, folder: Path) -> dict[str, Any]:
    """Run one step.

    Returns:
        ``status`` (``ok``, ``different``, `NOT_MEASURED`) and the measurements.

    Raises:
        RecipeError: the step cannot be run; other errors within it are passed on as well.
    """
    if told.threads is not None:
        torch.set_num_threads(told.threads)
    at = Bench(told, find_device(told.device), folder)
    found = KINDS[step.kind](at, step.what)
    status = found.pop("status", "ok" if found.pop("same", True) else "different")
    return {"status": status, "result": found}


def main() -> None:
    """Run the step in the first argument, and write the outcome into the file named by the second."""
    request = json.loads(sys.argv[1])
    found = take_step(Step(request["name"], 0.0), Check(**request["told"]), Path(request["folder"]))
    write_json(Path(sys.argv[2]), found)


if __name__ == "__main__":
    main()
