"""The training loop, and the test that needs no loop. Lesson: `course read lora`.

Letters: B texts in a batch, T tokens of the longest of them, N texts in all.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import PreTrainedTokenizerBase, get_linear_schedule_with_warmup

from solutions.recipes.config import FineTune
from solutions.recipes.data import Labelled, bucketed_batches, pad
from solutions.recipes.errors import RecipeError
from solutions.recipes.hardware import Hardware
from solutions.recipes.model import Classifier

EVALUATION_BATCH = 64
"""Texts; without a backward pass more of them fit."""
LOOK_EVERY = 10
"""Steps between two looks at the loss: each look makes a GPU wait."""
ONLY_IDS = {"return_attention_mask": False, "return_token_type_ids": False}
"""What else a tokenizer would make of a text, and takes its time for."""


@dataclass(frozen=True)
class Tokenised:
    """Texts as token ids, with their labels."""

    tokens: list[list[int]]
    labels: Tensor
    """(N,)"""
    pad_token: int


def tokenise(tokenizer: PreTrainedTokenizerBase, data: Labelled, max_length: int) -> Tokenised:
    """Tokenise once, before training, and without padding: that comes with the batch."""
    tokens = tokenizer(data.texts, truncation=True, max_length=max_length, **ONLY_IDS)["input_ids"]
    return Tokenised(tokens, torch.tensor(data.labels), tokenizer.pad_token_id)


@dataclass(frozen=True)
class Trained:
    """How the loss went, and what it cost."""

    losses: list[float]
    """Mean training loss of every epoch, the last of which may have been cut short."""
    samples: int
    """Texts that went through, repetitions counted."""
    seconds: float
    cpu_seconds: float
    """Over all threads of this process."""
    padding_share: float
    """Fraction of all positions that held no token."""


@dataclass(frozen=True)
class Step:
    """One optimizer step that has just ended."""

    number: int
    """From 1."""
    of: int
    texts: int
    """In this step."""
    share: float
    """Of the tokens of all steps: how much of the work is done. Texts differ in length, so steps do in duration."""
    loss: float | None
    """Now and then: the mean of the epoch so far."""


OnStep = Callable[[Step], None]
"""Told about every step."""


def train(
    model: Classifier, data: Tokenised, config: FineTune, hardware: Hardware, on_step: OnStep = lambda *_: None
) -> Trained:
    """Train whatever of the model is trainable.

    Raises:
        RecipeError: the loss is no longer a finite number.
    """
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    matrices = [parameter for parameter in trainable if parameter.ndim >= 2]
    vectors = [parameter for parameter in trainable if parameter.ndim < 2]  # biases and LayerNorms do not decay
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)

    lengths = [len(row) for row in data.tokens]
    steps = config.epochs * math.ceil(len(lengths) / config.batch_size)
    all_tokens = float(config.epochs * sum(lengths))
    if config.max_steps is not None and config.max_steps < steps:
        all_tokens *= config.max_steps / steps  # about
        steps = config.max_steps
    schedule = get_linear_schedule_with_warmup(optimizer, round(config.warmup_share * steps), steps)
    order = torch.Generator().manual_seed(config.seed)

    losses: list[float] = []
    done = samples = positions = tokens = 0
    started, cpu_started = time.perf_counter(), time.process_time()
    model.train()
    while done < steps:
        loss_sum, seen = torch.zeros((), device=hardware.device), 0
        for step, rows in enumerate(bucketed_batches(lengths, config.batch_size, order)[: steps - done]):
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

            positions += ids.numel()
            tokens += int(mask.sum())
            seen += len(rows)
            loss_sum += loss.detach() * len(rows)  # the loss is a mean over the batch, and batches differ in size
            mean_loss = (loss_sum / seen).item() if step % LOOK_EVERY == 0 else None
            if mean_loss is not None and not math.isfinite(mean_loss):
                raise RecipeError(f"the loss became {mean_loss}: --learning-rate {config.learning_rate} is too high")
            share = min(1.0, tokens / all_tokens)
            on_step(Step(done + step + 1, steps, len(rows), share, mean_loss))
        losses.append((loss_sum / seen).item())
        done += step + 1
        samples += seen

    return Trained(
        losses=losses,
        samples=samples,
        seconds=time.perf_counter() - started,
        cpu_seconds=time.process_time() - cpu_started,
        padding_share=1 - tokens / positions,
    )


@torch.inference_mode()
def answer(model: Classifier, tokens: Sequence[list[int]], pad_token: int, hardware: Hardware) -> Tensor:
    """Ask the model, in batches of similar length.

    Returns:
        (N, n_labels), the logits of N texts in their own order, float32 on the CPU.
    """
    was_training = model.training
    model.eval()
    by_length = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
    logits = torch.empty(len(tokens), model.classifier.out_features)
    for start in range(0, len(tokens), EVALUATION_BATCH):
        rows = by_length[start : start + EVALUATION_BATCH]
        ids, mask = pad([tokens[i] for i in rows], pad_token)
        with hardware.autocast():
            logits[rows] = model(ids.to(hardware.device), mask.to(hardware.device)).float().cpu()
    model.train(was_training)
    return logits


def score(logits: Tensor, labels: Tensor) -> dict[str, float]:
    """Compare logits (N, n_labels) with labels (N,).

    Returns:
        ``accuracy``, its ``standard_error`` (another sample of N texts would move it by about that), the mean ``loss``
        and ``n``.

    >>> score(torch.tensor([[0.0, 2.0], [3.0, 0.0]]), torch.tensor([1, 1]))["accuracy"]
    0.5
    """
    n = len(labels)
    accuracy = (logits.argmax(dim=-1) == labels).double().mean().item()
    loss = F.cross_entropy(logits, labels).item()
    return {"accuracy": accuracy, "standard_error": math.sqrt(accuracy * (1 - accuracy) / n), "loss": loss, "n": n}
