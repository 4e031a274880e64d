"""Fine-tune a pretrained encoder on labelled texts, test it, save it, and prove that what was saved is what was tested.

`train` is the loop; `finetune` is the run around it; `load_run` brings a finished run back.
"""

import json
import math
import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedTokenizerBase, get_linear_schedule_with_warmup

from solutions.recipes import mine
from solutions.recipes.config import FineTune
from solutions.recipes.data import Labelled, bucketed_batches, label_counts, load, pad, split
from solutions.recipes.errors import RecipeError, RecipeFault
from solutions.recipes.hardware import Hardware, find_hardware
from solutions.recipes.model import (
    Classifier,
    adapt,
    fingerprint,
    load_classifier,
    load_tokenizer,
    load_trained_state,
    trained_state,
)

EVALUATION_BATCH = 64
"""Texts; without a backward pass more of them fit."""
LOOK_EVERY = 10
"""Steps between two looks at the loss: each look waits for a GPU to finish."""
SAME_LOGITS = {"fp32": 1e-5, "bf16": 2e-3}
"""How far the logits of a reloaded run may be off."""


@dataclass(frozen=True)
class Tokenised:
    """Texts as token ids, with their labels."""

    tokens: list[list[int]]
    labels: Tensor
    pad_token: int

    @property
    def lengths(self) -> list[int]:
        """Tokens of every text."""
        return [len(row) for row in self.tokens]


def tokenise(tokenizer: PreTrainedTokenizerBase, data: Labelled, max_length: int) -> Tokenised:
    """Tokenise once, before training, and without padding: that comes with the batch."""
    tokens = tokenizer(data.texts, truncation=True, max_length=max_length)["input_ids"]
    return Tokenised(tokens, torch.tensor(data.labels), tokenizer.pad_token_id)


# --- Train ------------------------------------------------------------------------------------------------------------

OnStep = Callable[[int, float | None], None]
"""Called after every step with the number of texts in it, and now and then with the mean loss of the epoch so far."""


@dataclass(frozen=True)
class Trained:
    """What training cost, and how the loss went."""

    losses: list[float]
    """Mean training loss of every epoch."""
    seconds: float
    cpu_seconds: float
    """Over all threads of this process: what it would take on one undisturbed core."""
    samples: int
    padding_share: float
    """Fraction of all positions that held no token."""


def train(model: Classifier, data: Tokenised, config: FineTune, hardware: Hardware, on_step: OnStep) -> Trained:
    """Train whatever of the model is trainable.

    Raises:
        RecipeError: the loss is no longer a finite number.
    """
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    matrices = [parameter for parameter in trainable if parameter.ndim >= 2]
    vectors = [parameter for parameter in trainable if parameter.ndim < 2]  # biases and LayerNorms do not decay
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)

    steps = config.epochs * math.ceil(len(data.tokens) / config.batch_size)
    schedule = get_linear_schedule_with_warmup(optimizer, round(config.warmup_share * steps), steps)
    order = torch.Generator().manual_seed(config.seed)

    losses: list[float] = []
    positions = 0
    started, cpu_started = time.perf_counter(), time.process_time()
    model.train()
    for _ in range(config.epochs):
        total_loss, seen = torch.zeros((), device=hardware.device), 0
        for step, rows in enumerate(bucketed_batches(data.lengths, config.batch_size, order)):
            ids, mask = pad([data.tokens[i] for i in rows], data.pad_token)
            labels = data.labels[rows].to(hardware.device)
            with hardware.autocast():
                logits = model(ids.to(hardware.device), mask.to(hardware.device))
            loss = F.cross_entropy(logits.float(), labels)

            loss.backward()
            torch.nn.utils.clip_grad_norm_(trainable, config.max_gradient_norm)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()

            total_loss += loss.detach() * len(rows)
            seen += len(rows)
            positions += ids.numel()
            mean_loss = (total_loss / seen).item() if step % LOOK_EVERY == 0 else None
            if mean_loss is not None and not math.isfinite(mean_loss):
                raise RecipeError(f"the loss became {mean_loss}: try a lower --learning-rate than {config.learning_rate}")
            on_step(len(rows), mean_loss)
        losses.append((total_loss / seen).item())

    samples = config.epochs * len(data.tokens)
    return Trained(
        losses=losses,
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - cpu_started,
        samples=samples,
        padding_share=1 - config.epochs * sum(data.lengths) / positions,
    )


# --- Test -------------------------------------------------------------------------------------------------------------


@torch.inference_mode()
def answer(model: Classifier, tokens: Sequence[list[int]], pad_token: int, hardware: Hardware) -> Tensor:
    """The logits (N, n_labels) of N texts, in their order, in float32 on the CPU."""
    was_training = model.training
    model.eval()
    by_length = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
    answers = torch.empty(len(tokens), model.classifier.out_features)
    for start in range(0, len(tokens), EVALUATION_BATCH):
        rows = by_length[start : start + EVALUATION_BATCH]
        ids, mask = pad([tokens[i] for i in rows], pad_token)
        with hardware.autocast():
            answers[rows] = model(ids.to(hardware.device), mask.to(hardware.device)).float().cpu()
    model.train(was_training)
    return answers


def score(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """Accuracy with its standard error, and mean loss."""
    n = len(labels)
    accuracy = (logits.argmax(dim=-1) == labels).double().mean().item()
    return {
        "accuracy": accuracy,
        "standard_error": math.sqrt(accuracy * (1 - accuracy) / n),
        "loss": F.cross_entropy(logits, labels).item(),
        "n": n,
    }


# --- The whole run ----------------------------------------------------------------------------------------------------


def finetune(config: FineTune, out: Path, console: Console) -> dict[str, Any]:
    """Train, test, save and reload.

    Writes into ``out``: ``adapter.safetensors`` (lora, head) or ``model.safetensors`` (full), ``recipe.json`` (what it
    takes to load them again) and, last of all, ``result.json``. A run that was interrupted leaves no ``result.json``.

    Returns:
        What ``result.json`` holds.

    Raises:
        RecipeError: something that was asked for cannot be done.
        RecipeFault: the reloaded run does not answer like the trained one.
    """
    started = time.perf_counter()
    hardware = find_hardware(config)
    lora = mine.lora_functions(config.mine)
    data = split(*load(config.data), limit=config.limit)
    tokenizer = load_tokenizer(config.model)
    training, validation, test = (
        tokenise(tokenizer, part, config.max_length) for part in (data.train, data.validation, data.test)
    )
    prepare_folder(out)

    torch.manual_seed(config.seed)  # the head and the factors draw from the global generator
    model = load_classifier(config, len(data.label_names), hardware)
    base = fingerprint(model.encoder)
    with mine.blame(config.mine):
        parameters = adapt(model, config, lora, hardware)
        with progress(console, config.epochs * len(training.tokens)) as on_step:
            trained = train(model, training, config, hardware, on_step)
        validation_logits = answer(model, validation.tokens, validation.pad_token, hardware)
        test_logits = answer(model, test.tokens, test.pad_token, hardware)
        weights = trained_state(model, config.method, lora)

    save_weights(out, weights, describe_run(config, tokenizer, data.label_names, base))
    again = load_run(out, mine=config.mine, hardware=hardware)
    difference = (again.logits_of(test.tokens) - test_logits).abs().max().item()
    if not difference <= SAME_LOGITS[hardware.precision]:
        raise RecipeFault(f"the run in {out} does not answer as it did before it was saved: logits differ by {difference}")

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
        "reloaded": {"max_logit_difference": difference},
        "seed": config.seed,
        "device": str(hardware.device),
        "precision": hardware.precision,
        "threads": hardware.threads,
        "versions": versions(),
        "config": {name: str(value) if isinstance(value, Path) else value for name, value in asdict(config).items()},
    }
    write_atomically(out / "result.json", json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    return result
