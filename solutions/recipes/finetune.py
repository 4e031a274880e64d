"""One run: train, test once, save, reload, report. The training loop is in training.py."""

import hashlib
import json
import math
import platform
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from course.text import mark, say
from solutions.recipes import pictures, preflight
from solutions.recipes.config import FineTune
from solutions.recipes.data import Labelled, Split, label_counts, load
from solutions.recipes.display import describe_data, describe_mine, describe_steps, progress
from solutions.recipes.errors import RecipeError
from solutions.recipes.files import write_atomically, write_json
from solutions.recipes.functions import Functions, functions
from solutions.recipes.hardware import Hardware, describe, find_hardware, processor
from solutions.recipes.journal import Journal
from solutions.recipes.memory import Memory
from solutions.recipes.methods import adapt, longest_text, trained_state
from solutions.recipes.model import Classifier, demand_known_words, fingerprint, load_classifier, load_tokenizer
from solutions.recipes.preflight import CHECKPOINT, CONFIG, FINE_TUNED, RESULT
from solutions.recipes.saving import Outputs, load_run, prepare_folder, save_run
from solutions.recipes.splitting import fewer_to_train, split
from solutions.recipes.team import ALONE, Team, join, leave, on_own_gpu
from solutions.recipes.training import Saving, Tokenised, Trained, Training, answer, score, score_numbers, tokenise

SAME_LOGITS = {"fp32": 1e-5, "bf16": 2e-2}
"""Largest accepted difference between the logits of the reloaded run and of the trained one."""
PREDICTIONS = "predictions.jsonl"
"""File with the model's answer to every test text."""
ASKED_AGAIN = 128
"""Number of test texts for comparing the reloaded run with the trained one."""


def finetune(
    config: FineTune,
    out: Path,
    console: Console,
    overwrite: bool = False,
    resume: bool = False,
    tensorboard: bool = False,
    save_every: float = 60.0,
    drawing: bool = True,
) -> dict[str, Any]:
    """Train, test, save and reload.

    Args:
        config: settings of the run.
        out: a folder for the trained weights and the result (see saving.py).
        console: for the progress bar.
        overwrite: whether to replace a finished or unfinished run in the folder.
        resume: whether to continue the unfinished run in the folder.
        tensorboard: whether to write events for TensorBoard too.
        save_every: seconds between two checkpoints; 0 saves after every step.
        drawing: whether to draw pictures.

    Returns:
        The content of ``result.json``; if several processes train together, that of the first.

    Raises:
        RecipeError: the request cannot be carried out.
        StudentError: a file given as ``mine`` does not do what it should.
        RecipeFault: the reloaded run does not answer like the trained one.
        Interrupted: the training was interrupted; a checkpoint is saved.
    """
    started = time.perf_counter()
    preflight.check(config, out, overwrite, resume, tensorboard)
    team, hardware = join(config, find_hardware(on_own_gpu(config)))
    try:
        taken = functions(config)
        memory = Memory(hardware.device)
        outputs, data = standardised(prepare_data(config, taken))
        place = describe(hardware, team.size)
        console.print(say("{method} on {hardware}", method=config.method, hardware=place), highlight=False)
        console.print(describe_data(data), highlight=False)
        if taken.yours:
            console.print(describe_mine(taken), highlight=False, markup=False)

        ready = prepare(config, hardware, taken, outputs, data, team)
        if team.first:  # nothing can be refused any more, so an earlier run can be removed
            prepare_folder(out, overwrite, resume)
        saving = Saving(out / CHECKPOINT, identity(config, ready.training, ready.base, taken), save_every, resume)
        if team.first and not resume:
            write_json(out / CONFIG, {"schema": "course/config/v1", **config.plain()})
        memory.restart()
        trained = train_safely(ready, saving, tensorboard, console)
        peak = memory.peak()

        with console.status(say("testing, saving, and checking the saved run")), taken.blame():
            concluded = conclude(ready, out, drawing)
        result = {
            "schema": FINE_TUNED,
            **describe_run(ready),
            **concluded,
            "validation": validation_figures(trained, len(data.validation), outputs),
            "parameters": ready.parameters,
            **describe_training(trained),
            "peak_memory_bytes": peak,
            "total_seconds": time.perf_counter() - started,
        }
        if team.first:
            write_json(out / RESULT, result)
            (out / CHECKPOINT).unlink(missing_ok=True)
        team.wait()
        return json.loads(json.dumps(result))
    finally:
        leave(team)


@dataclass(frozen=True)
class Ready:
    """Everything that training and testing need."""

    config: FineTune
    longest: int
    """Tokens at which texts are actually truncated: a model can have fewer positions than were asked for."""
    hardware: Hardware
    taken: Functions
    outputs: Outputs
    data: Split
    tokenizer: PreTrainedTokenizerBase
    training: Tokenised
    validation: Tokenised
    test: Tokenised
    model: Classifier
    base: str
    """Fingerprint of the encoder before any change."""
    parameters: dict[str, float]
    team: Team = ALONE


def prepare(
    config: FineTune, hardware: Hardware, taken: Functions, outputs: Outputs, data: Split, team: Team = ALONE
) -> Ready:
    """Load the model, add the method's parts to it, and tokenise the texts."""
    torch.manual_seed(config.seed)  # the head and the method's parameters are drawn from the global generator
    with taken.blame():
        model = load_classifier(config, outputs.n, hardware, taken)
        base = fingerprint(model.bert)
        parameters = adapt(model, config, hardware, taken)
    tokenizer, longest = load_tokenizer(config.model, model.bert), longest_text(model, config)
    training, *held_out = (tokenise(tokenizer, part, longest) for part in (data.train, data.validation, data.test))
    demand_known_words(tokenizer, training.tokens, config.model)
    parts = (training, *held_out)
    ready = Ready(config, longest, hardware, taken, outputs, data, tokenizer, *parts, model, base, parameters, team)
    team.diverge(config.seed)
    return ready


def conclude(ready: Ready, out: Path, drawing: bool) -> dict[str, Any]:
    """Predict the test texts, save, reload, compare, and draw.

    Returns:
        The figures for the result.
    """
    model, test, taken, outputs, config = ready.model, ready.test, ready.taken, ready.outputs, ready.config
    logits = answer(model, test.tokens, test.pad_token, ready.hardware, taken, ready.team)
    state = trained_state(model, config, taken)
    if not ready.team.first:  # only one process writes
        return {}
    if "lora.load_lora_state_dict" in taken.yours:
        try_your_loader(ready, state, logits)
    save_run(out, replace(config, max_length=ready.longest), outputs, ready.base, model, state, taken, ready.tokenizer)
    difference = asked_again(ready, out, logits)
    write_predictions(out, logits, test, outputs)
    drawn = pictures.draw(out, logits, test.labels, outputs) if drawing else []
    return {
        **evaluate_run(logits, test, outputs, taken),
        "reload_difference": difference,
        "pictures": drawn,
        "pictures_missing": None if drawn or not drawing else pictures.INSTALL_PLOTS,
    }


def prepare_data(config: FineTune, taken: Functions) -> Split:
    """Read and split the texts."""
    loaded = load(config.data, config.task, config.text_column, config.label_column)
    with taken.blame():
        parts = split(*loaded, limit=config.limit, fold=config.fold_of, evaluation=taken.evaluation)
    return parts if config.train_texts is None else fewer_to_train(parts, config.train_texts, config.seed)


def standardised(data: Split) -> tuple[Outputs, Split]:
    """Standardise the targets by mean and deviation of the training texts; labels stay as they are."""
    if data.label_names:
        return Outputs(data.label_names), data
    try:
        mean, scale = statistics.fmean(data.train.labels), statistics.pstdev(data.train.labels)
    except OverflowError:
        mean = scale = math.inf
    if not (math.isfinite(mean) and 0 < scale < math.inf):
        raise RecipeError(
            say(
                "there is nothing to learn: the training targets are all the same or too large. "
                "Look at the label column"
            )
        )
    parts = [
        Labelled(part.texts, [(number - mean) / scale for number in part.labels])
        for part in (data.train, data.validation, data.test)
    ]
    return Outputs((), mean, scale), Split(*parts, data.label_names, data.counts)


def identity(config: FineTune, training: Tokenised, base: str, taken: Functions) -> dict[str, Any]:
    """Return what a resumed run must share with this one; device and threads can differ."""
    free = ("device", "threads", "mine", "model")
    options = {name: value for name, value in config.plain().items() if name not in free}
    return options | {
        mark("training texts"): training.digest(),
        mark("base weights"): base,
        mark("your files"): taken.hashes(),
    }


def train_safely(ready: Ready, saving: Saving, tensorboard: bool, console: Console) -> Trained:
    """Train with a progress bar; the first Ctrl-C ends training after the current step, with a checkpoint."""
    with ready.taken.blame(), progress(console) as on_step:
        under_way = Training(
            ready.model, ready.training, ready.config, ready.hardware, ready.taken, on_step, ready.validation, saving,
            Journal(None), ready.team,
        )  # fmt: skip
        under_way.resume()
        at, folder = under_way.at, saving.path.parent if ready.team.first else None
        under_way.journal = Journal(folder, at.step, at.epoch, tensorboard)
        steps = describe_steps(at.step, under_way.steps, bool(ready.config.early_stopping))
        console.print(steps, highlight=False)
        try:
            with ending_gently(under_way):
                return under_way.run()
        finally:
            under_way.journal.close()


@contextmanager
def ending_gently(under_way: Training) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM end training after the current step, and the second at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(number: int, _: Any) -> None:
        under_way.stop = True
        signal.signal(number, before[number])

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def try_your_loader(ready: Ready, state: dict[str, Tensor], logits: Tensor) -> None:
    """Load the trained tensors into a fresh model with your own function.

    Raises:
        StudentError: the model does not give the trained one's logits.
    """
    config, hardware, taken, test = ready.config, ready.hardware, ready.taken, ready.test
    fresh = load_classifier(config, ready.outputs.n, hardware, taken)
    adapt(fresh, config, hardware, taken)
    taken.lora.load_lora_state_dict(fresh, state)
    again = answer(fresh, test.tokens[:ASKED_AGAIN], test.pad_token, hardware, taken)
    difference = (again - logits[:ASKED_AGAIN]).abs().max().item()
    if not difference <= SAME_LOGITS[hardware.precision]:
        message = say(
            "after load_lora_state_dict the model's output has changed: its logits are off by {difference:.2g}",
            difference=difference,
        )
        raise taken.broken_promise(message, "lora")


def asked_again(ready: Ready, out: Path, logits: Tensor) -> float:
    """Return the largest difference between the logits of the reloaded run and of the trained one.

    Raises:
        RecipeFault: the difference is too large; StudentError, if your files are used.
    """
    again = load_run(out, ready.config.mine, ready.hardware).logits(ready.data.test.texts[:ASKED_AGAIN])
    difference = (again - logits[:ASKED_AGAIN]).abs().max().item()
    if not difference <= SAME_LOGITS[ready.hardware.precision] * max(1.0, logits.abs().max().item()):
        message = say(
            "reloaded from {out}, the model's output has changed: its logits are off by {difference:.2g}",
            out=out,
            difference=difference,
        )
        raise ready.taken.broken_promise(message, "lora")
    return difference


def evaluate_run(logits: Tensor, test: Tokenised, outputs: Outputs, taken: Functions) -> dict[str, Any]:
    """Compute the figures on the test texts, which are used only here."""
    if not outputs.labels:
        return {"test": score_numbers(outputs.numbers(logits), outputs.numbers(test.labels[:, None]), taken)}
    matrix = taken.evaluation.confusion(test.labels.tolist(), logits.argmax(-1).tolist(), n_classes=outputs.n)
    return {
        "test": score(logits, test.labels, taken),
        "confusion": {"labels": list(outputs.labels), "rows_are_true": torch.as_tensor(matrix).tolist()},
    }


def write_predictions(out: Path, logits: Tensor, test: Tokenised, outputs: Outputs) -> None:
    """Write ``predictions.jsonl``: a line per test text, with the right answer and the model's.

    Raises:
        RecipeError: the file cannot be written.
    """
    if outputs.labels:
        said = [outputs.labels[i] for i in logits.argmax(-1).tolist()]
        true: list[Any] = [outputs.labels[i] for i in test.labels.tolist()]
    else:
        said, true = outputs.numbers(logits).tolist(), outputs.numbers(test.labels[:, None]).tolist()
    lines = (
        json.dumps({"text": text, "true": right, "predicted": answered}, ensure_ascii=False)
        for text, right, answered in zip(test.texts, true, said, strict=True)
    )
    write_atomically(out / PREDICTIONS, "".join(f"{line}\n" for line in lines).encode())


def validation_figures(trained: Trained, n: int, outputs: Outputs) -> dict[str, float]:
    """Return the validation figures of the epoch whose weights are kept."""
    place = -1 if trained.best_epoch is None else trained.best_epoch
    measured = trained.validations[place]
    if not outputs.labels:
        return {"rmse": math.sqrt(measured["loss"]) * outputs.scale, "loss": measured["loss"], "n": n}
    accuracy = measured["accuracy"]
    return {**measured, "standard_error": math.sqrt(accuracy * (1 - accuracy) / n), "n": n}


def describe_run(ready: Ready) -> dict[str, Any]:
    """Return the settings, the data and the machine of a run."""
    config, hardware, data, outputs, taken = ready.config, ready.hardware, ready.data, ready.outputs, ready.taken
    digest = hashlib.sha256("\n".join(data.test.texts).encode()).hexdigest()
    return {
        "method": config.method,
        "head": config.head,
        "task": config.task,
        "model": config.model,
        "data": {
            "name": config.data,
            **data.counts,
            "labels": label_counts(data.train, data.label_names),
            "test_digest": digest,
        },
        "device": str(hardware.device),
        "processor": processor(hardware.device),
        "precision": hardware.precision,
        "threads": hardware.threads,
        "processes": ready.team.size,
        "seed": config.seed,
        "config": config.plain(),
        "mine": {"yours": list(taken.yours), "reference": list(taken.reference), "files": taken.hashes()},
        "target": None if outputs.labels else {"mean": outputs.mean, "scale": outputs.scale},
        "versions": versions(),
    }


def describe_training(trained: Trained) -> dict[str, Any]:
    """Return the course and the cost of the training."""
    return {
        "training_loss": trained.losses,
        "validations": trained.validations,
        "best_epoch": trained.best_epoch,
        "steps": trained.steps,
        "seconds": trained.seconds,
        "cpu_seconds": trained.cpu_seconds,
        "peak_memory": trained.peak_memory,
        "samples_per_second": trained.samples / trained.seconds,
        "padding_share": trained.padding_share,
        "interruptions": trained.interruptions,
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and packages that can influence the figures."""
    found = {"python": platform.python_version()}
    for name in ("torch", "transformers", "tokenizers", "safetensors", "numpy", "peft", "transformers-course"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # not installed, but run from a checkout
            continue
    return found
