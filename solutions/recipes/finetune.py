"""One run: train, test, save, reload, report. The loop itself is in training.py."""

import platform
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

from solutions.recipes import preflight
from solutions.recipes.config import FineTune
from solutions.recipes.data import Split, label_counts, load, split
from solutions.recipes.hardware import describe, find_hardware, processor
from solutions.recipes.lora_source import blame, broken_promise, lora_functions
from solutions.recipes.model import adapt, fingerprint, load_classifier, load_tokenizer, trained_state
from solutions.recipes.preflight import RESULT
from solutions.recipes.saving import load_run, prepare_folder, save_run, weights_file, write_json
from solutions.recipes.training import OnStep, Step, answer, score, tokenise, train

SAME_LOGITS = {"fp32": 1e-5, "bf16": 2e-3}
"""How far the logits of the reloaded run may be from those of the trained one."""


def finetune(config: FineTune, out: Path, console: Console, overwrite: bool = False) -> dict[str, Any]:
    """Train, test, save and reload.

    Args:
        config: what to do.
        out: a folder for the trained weights and the result (see saving.py).
        console: for the progress bar.
        overwrite: replace a finished run that is in the folder.

    Returns:
        The result, as it is in ``result.json``.

    Raises:
        RecipeError: what was asked for cannot be done.
        StudentError: the file given as ``mine`` does not do what it should.
        RecipeFault: the reloaded run does not answer like the trained one.
    """
    started = time.perf_counter()
    preflight.check(config, out, overwrite)
    hardware = find_hardware(config)
    lora = lora_functions(config.mine)
    data = split(*load(config.data), limit=config.limit)
    tokenizer = load_tokenizer(config.model)
    training = tokenise(tokenizer, data.train, config.max_length)
    prepare_folder(out, overwrite)
    console.print(f"{config.method} on {describe(hardware)}\n{describe_data(data)}", highlight=False)

    torch.manual_seed(config.seed)  # the head and the factors are drawn from the global generator
    model = load_classifier(config, len(data.label_names), hardware)
    base = fingerprint(model.encoder)
    with blame(config.mine):
        parameters = adapt(model, config, lora, hardware)
        with progress(console) as on_step:
            trained = train(model, training, config, hardware, on_step)

    with console.status("testing, saving, and asking the saved run the same"):
        validation, test = (tokenise(tokenizer, part, config.max_length) for part in (data.validation, data.test))
        with blame(config.mine):
            validation_logits = answer(model, validation.tokens, validation.pad_token, hardware)
            test_logits = answer(model, test.tokens, test.pad_token, hardware)
            state = trained_state(model, config, lora)
        save_run(out, config, data.label_names, base, state)
        again = load_run(out, config.mine, hardware).logits(data.test.texts)
        difference = (again - test_logits).abs().max().item()
    if not difference <= SAME_LOGITS[hardware.precision]:
        message = f"reloaded from {out}, the model answers differently: its logits are off by {difference:.2g}"
        raise broken_promise(config.mine, message)

    result = {
        "schema": "course/run/v1",
        "method": config.method,
        "model": config.model,
        "data": {"name": config.data, **data.counts, "labels": label_counts(data.train, data.label_names)},
        "test": score(test_logits, test.labels),
        "validation": score(validation_logits, validation.labels),
        "parameters": parameters,
        "training_loss": trained.losses,
        "seconds": trained.seconds,
        "cpu_seconds": trained.cpu_seconds,
        "samples_per_second": trained.samples / trained.seconds,
        "total_seconds": time.perf_counter() - started,
        "padding_share": trained.padding_share,
        "reload_difference": difference,
        "device": str(hardware.device),
        "processor": processor(),
        "precision": hardware.precision,
        "threads": hardware.threads,
        "seed": config.seed,
        "config": {name: str(value) if isinstance(value, Path) else value for name, value in asdict(config).items()},
        "versions": versions(),
    }
    write_json(out / RESULT, result)
    return result


def versions() -> dict[str, str]:
    """What the numbers may depend on."""
    packages = ("torch", "transformers", "tokenizers", "safetensors", "numpy")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}


# --- For people -------------------------------------------------------------------------------------------------------


def describe_data(data: Split) -> str:
    """The parts, and what was dropped: a sentence fragment."""
    parts = f"{len(data.train):,} texts to train, {len(data.validation):,} to validate, {len(data.test):,} to test"
    reasons = [reason for reason in ("blank", "duplicates", "contradictory") if data.counts[reason]]
    dropped = ", ".join(f"{data.counts[reason]} {reason}" for reason in reasons)
    return f"{parts} (dropped: {dropped})" if dropped else parts


ESTIMATE_AFTER = 4
"""Steps: the first one warms up, and one batch is too few to judge by."""


class Clock:
    """Speed and remaining time, from the second step on; the first step pays for what is only set up once."""

    def __init__(self, now: Callable[[], float] = time.perf_counter) -> None:
        """Start when the first step has ended."""
        self.now = now
        self.first: tuple[float, float] | None = None
        """When the first step ended, and the share of the work that it was."""
        self.texts = 0
        """After the first step."""

    def tick(self, step: Step) -> tuple[float, float] | None:
        """Texts per second so far, and the seconds that remain; None after the first step."""
        if self.first is None:
            self.first = self.now(), step.share
            return None
        self.texts += step.texts
        seconds, share = self.now() - self.first[0], step.share - self.first[1]
        if seconds <= 0 or share <= 0:  # a clock that is too coarse for so small a model
            return None
        return self.texts / seconds, seconds * (1 - step.share) / share


@contextmanager
def progress(console: Console) -> Iterator[OnStep]:
    """Tell loss, speed and the time that remains: as a bar on a terminal, elsewhere as a line now and then.

    A few steps after the beginning one line says how long the training will take on this machine.
    """
    bar = Progress(
        BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[words]}"), console=console, transient=True
    )
    clock, task, shown, loss = Clock(), bar.add_task("training", total=1.0, words="the first step"), -1, "-"

    def on_step(step: Step) -> None:
        nonlocal shown, loss
        loss = loss if step.loss is None else f"{step.loss:.3f}"
        told = clock.tick(step)
        if told is None:
            bar.update(task, completed=step.share)
            return
        speed, left = told
        words = f"step {step.number} of {step.of}  loss {loss}  {speed:,.1f} texts/s  {duration(left)} left"
        bar.update(task, completed=step.share, words=words)
        if not console.is_terminal and (tenth := int(10 * step.number / step.of)) > shown:
            shown = tenth
            console.print(words, highlight=False)
        if step.number == ESTIMATE_AFTER < step.of:
            whole = left / (1 - step.share)
            console.print(f"training will take about {duration(whole)} here ({step.of:,} steps)", highlight=False)

    with bar:
        yield on_step


def duration(seconds: float) -> str:
    """Seconds as a person says them.

    >>> duration(8.6), duration(200), duration(7260)
    ('9 s', '3 min 20 s', '2 h 1 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def print_result(console: Console, result: dict[str, Any], out: Path) -> None:
    """A small table; last of all the next command."""
    parameters, test, validation = result["parameters"], result["test"], result["validation"]
    table = Table(show_header=False, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    rows = {
        "test accuracy": f"{test['accuracy']:.3f} ± {test['standard_error']:.3f} on {test['n']:,} texts",
        "validation": f"{validation['accuracy']:.3f} ± {validation['standard_error']:.3f} on {validation['n']:,} texts",
        "trained": f"{parameters['trainable']:,} of {parameters['total']:,} numbers "
        f"({100 * parameters['trainable_ratio']:.3g} %)",
        "training": f"{result['seconds']:.1f} s, {result['samples_per_second']:.0f} texts/s; "
        f"the whole run {result['total_seconds']:.1f} s",
        "saved": f"{out / weights_file(result['method'])} "
        f"({size(out / weights_file(result['method']))}), reloaded and asked again: same answers",
    }
    for name, value in rows.items():
        table.add_row(name, escape(value))
    console.print(table, highlight=False)
    mine = result["config"]["mine"]
    command = ["course", "run", "predict", str(out), *(["--mine", mine] if mine else []), "a warm and funny film"]
    console.print(f"\nNext: {shlex.join(command)}", highlight=False, markup=False, soft_wrap=True)


def size(path: Path) -> str:
    """Bytes as a person says them."""
    n = path.stat().st_size
    return f"{n / 1e6:.1f} MB" if n >= 1e6 else f"{n / 1e3:.0f} kB"
