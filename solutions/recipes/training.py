"""Training by exercise-6's ``train_epoch``, with what a real run needs around it: schedule, checkpoints, early end.

Letters: B texts in a batch, T tokens of the longest of them, N texts in all, K outputs.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from solutions.recipes import augmenting
from solutions.recipes.checkpoint import Position, changing, load_checkpoint, save_checkpoint
from solutions.recipes.config import FineTune
from solutions.recipes.data import Labelled, bucketed_batches
from solutions.recipes.errors import Diverged, Interrupted
from solutions.recipes.functions import Functions, functions
from solutions.recipes.hardware import Hardware
from solutions.recipes.journal import Journal
from solutions.recipes.model import Classifier

EVALUATION_BATCH = 64
"""Texts; without a backward pass more of them fit."""
LOOK_EVERY = 10
"""Steps between two reports of the loss."""
ONLY_IDS = {"return_attention_mask": False, "return_token_type_ids": False}
"""What else a tokenizer would make of a text, and takes its time for."""
EPOCH_SEED = 1_000_003
"""From one epoch to the next the seed of the order grows by this."""


@dataclass(frozen=True)
class Tokenised:
    """Texts as token ids, with their labels."""

    tokens: list[list[int]]
    labels: Tensor
    """(N,), classes or numbers."""
    pad_token: int
    texts: tuple[str, ...] = ()
    """What they were made from, for augmentation."""
    tokenize: Callable[[list[str]], list[list[int]]] | None = None

    def digest(self) -> str:
        """Tells one set of training texts from another."""
        content = repr((self.tokens, self.labels.tolist())).encode()
        return hashlib.sha256(content).hexdigest()


def tokenise(tokenizer: PreTrainedTokenizerBase, data: Labelled, max_length: int) -> Tokenised:
    """Tokenise once, before training, and without padding: that comes with the batch."""

    def tokenize(texts: list[str]) -> list[list[int]]:
        return tokenizer(texts, truncation=True, max_length=max_length, **ONLY_IDS)["input_ids"]

    labels = torch.tensor(data.labels)
    labels = labels.float() if labels.is_floating_point() else labels
    return Tokenised(tokenize(data.texts), labels, tokenizer.pad_token_id, tuple(data.texts), tokenize)


@dataclass(frozen=True)
class Trained:
    """How the loss went, and what it cost."""

    losses: list[float]
    """Mean training loss of every epoch, the last of which may have been cut short."""
    validations: list[dict[str, float]]
    """What was measured after every epoch; empty without validation texts."""
    best_epoch: int | None
    """Whose weights are kept, from 0; None for the last, without early stopping."""
    steps: int
    samples: int
    """Texts that went through, repetitions counted."""
    seconds: float
    cpu_seconds: float
    """Over all threads of this process."""
    padding_share: float
    """Fraction of all positions that held no token."""
    interruptions: int = 0
    """How often the run went on from a checkpoint."""


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


@dataclass(frozen=True)
class Saving:
    """Where and how often a run saves what it needs to go on."""

    path: Path
    identity: Mapping[str, Any]
    """What a run must have in common with the one that goes on."""
    every: float = 60.0
    """Seconds between two checkpoints; 0 saves after every step."""
    resume: bool = False


class Training:
    """A training under way. ``step`` is called by ``train_epoch`` after every optimizer step, as its scheduler."""

    def __init__(
        self,
        model: Classifier,
        data: Tokenised,
        config: FineTune,
        hardware: Hardware,
        taken: Functions,
        on_step: OnStep,
        validation: Tokenised | None,
        saving: Saving | None,
        journal: Journal,
    ) -> None:
        """Build optimizer and schedule; nothing is trained yet."""
        self.model, self.data, self.config, self.hardware, self.taken = model, data, config, hardware, taken
        self.on_step, self.validation, self.saving, self.journal = on_step, validation, saving, journal
        n_batches = math.ceil(len(data.tokens) / config.micro_batch)
        self.steps_per_epoch = math.ceil(n_batches / config.accumulate)
        whole = config.epochs * self.steps_per_epoch
        self.steps = whole if config.max_steps is None else min(whole, config.max_steps)
        self.all_tokens = sum(map(len, data.tokens)) * self.steps / self.steps_per_epoch  # about
        self.optimizer = torch.optim.AdamW(parameter_groups(model, config, taken), lr=config.learning_rate, fused=True)
        warmup, multiplier = round(config.warmup_share * self.steps), taken.optimization.warmup_linear
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: multiplier(step, warmup, self.steps)
        )
        self.stopper = taken.training.EarlyStopper(patience=config.early_stopping) if config.early_stopping else None
        self.at, self.best, self.best_epoch = Position(), {}, None
        self.stop = False
        """Set from outside: end after this step, with a checkpoint."""
        self.step_loss, self.step_texts, self.saved_at = 0.0, 0, time.monotonic()

    # --- the run ---

    def run(self) -> Trained:
        """Train all epochs that are left."""
        self.started, self.cpu_started = time.perf_counter(), time.process_time()
        self.before = self.at.seconds, self.at.cpu_seconds
        self.model.mixing = augmenting.mixing(self.taken) if "mixup" in self.config.augment else None
        watch = self.model.register_forward_hook(self._saw, with_kwargs=True)
        try:
            while (self.at.step < self.steps or self.at.step_in_epoch) and not self._enough():
                self._epoch()
        finally:
            watch.remove()
            self.model.mixing = None
        self._tick()
        if self.best_epoch is not None:
            own = changing(self.model)
            with torch.no_grad():
                for name, tensor in self.best.items():
                    own[name].copy_(tensor)
        at = self.at
        return Trained(
            at.losses, at.validations, self.best_epoch, at.step, at.samples, at.seconds, at.cpu_seconds,
            padding_share=1 - at.tokens / max(1, at.positions), interruptions=at.interruptions,
        )  # fmt: skip

    def resume(self) -> None:
        """Go on where a checkpoint says, if that was asked for.

        Raises:
            RecipeError: there is no checkpoint, or it is of another run.
        """
        if self.saving is None or not self.saving.resume:
            return
        checkpoint = load_checkpoint(self.saving.path, self.saving.identity)
        checkpoint.restore(self.model, self.optimizer, self.hardware.device)
        self.at, self.best = checkpoint.position, checkpoint.part("best")
        self.at.interruptions += 1
        self.schedule.last_epoch = self.at.step - 1  # the state of a schedule is the number of its steps
        self.optimizer._opt_called = True  # or torch warns that the schedule is ahead
        self.schedule.step()
        for epoch, measured in enumerate(self.at.validations if self.stopper else ()):
            self._stopped = bool(self.stopper.step(measured["loss"]))
            self.best_epoch = epoch if self.stopper.best_step == epoch else self.best_epoch

    _stopped = False

    def _enough(self) -> bool:
        return self.stopper is not None and self._stopped

    def _epoch(self) -> None:
        """Train what is left of an epoch, then measure."""
        at, config = self.at, self.config
        if at.step < self.steps and at.step_in_epoch < self.steps_per_epoch:  # a run may go on between step and measure
            self.taken.training.train_epoch(
                self.model,
                self._batches(),
                self.optimizer,
                scheduler=self,
                max_norm=config.max_gradient_norm,
                accum=config.accumulate,
            )
        if at.step_in_epoch == 0:
            raise self.taken.broken_promise("train_epoch must call scheduler.step() after every step", "training")
        at.losses.append(at.loss_sum / at.seen)
        measured = self._measure()
        at.epoch, at.step_in_epoch, at.loss_sum, at.seen = at.epoch + 1, 0, 0.0, 0
        self.journal.write(
            step=at.step,
            epoch=at.epoch - 1,
            training_loss=at.losses[-1],
            **({"validation": measured} if measured else {}),
        )
        if self.saving is not None:
            self._save()

    def _measure(self) -> dict[str, float]:
        """Loss and accuracy on the validation texts; keeps the weights if they are the best so far."""
        if self.validation is None:
            return {}
        result = self.taken.training.evaluate(
            self.model, evaluation_batches(self.validation, self.hardware, self.taken)
        )
        measured = {"loss": float(result["loss"])}
        if self.config.task == "classification":
            measured["accuracy"] = float(result["accuracy"])
        self.at.validations.append(measured)
        if self.stopper is not None:
            self._stopped = bool(self.stopper.step(measured["loss"]))
            if self.stopper.best_step == len(self.at.validations) - 1:
                self.best_epoch = self.stopper.best_step
                self.best = {name: tensor.detach().clone() for name, tensor in changing(self.model).items()}
        return measured

    # --- batches ---

    def _batches(self) -> Iterator[dict[str, Tensor]]:
        """What is left of the epoch. Its order follows from seed and epoch alone."""
        config, data, at = self.config, self.data, self.at
        tokens = data.tokens
        if data.tokenize is not None and set(config.augment) & set(augmenting.ON_TEXTS):
            tokens = data.tokenize(augmenting.augment(list(data.texts), config, at.epoch, self.taken))
        order = torch.Generator().manual_seed(config.seed + EPOCH_SEED * at.epoch)
        batches = bucketed_batches([len(row) for row in tokens], config.micro_batch, order)
        first = at.step_in_epoch * config.accumulate
        last = first + (self.steps - at.step) * config.accumulate
        for rows in batches[first:last]:
            batch = batch_of([tokens[i] for i in rows], data.pad_token, self.taken)
            at.positions += batch["input_ids"].numel()
            at.tokens += sum(len(tokens[i]) for i in rows)
            batch["labels"] = data.labels[rows]
            yield {name: tensor.to(self.hardware.device) for name, tensor in batch.items()}

    # --- every step ---

    def _saw(self, model: Classifier, _: Any, inputs: dict[str, Any], output: Any) -> None:
        """A forward pass of training: note its loss."""
        if model.training and output.loss is not None:
            size = len(inputs["labels"])
            self.step_loss += output.loss.item() * size  # a mean over the batch, and batches differ in size
            self.step_texts += size

    def step(self) -> None:
        """An optimizer step has ended.

        Raises:
            Diverged: the loss is no longer a finite number.
            Interrupted: somebody asked to end; a checkpoint is saved.
        """
        at, loss, texts = self.at, self.step_loss, self.step_texts
        self.step_loss, self.step_texts = 0.0, 0
        if not math.isfinite(loss):
            raise Diverged(
                f"the loss became {loss / max(1, texts)} in step {at.step + 1}: --learning-rate "
                f"{self.config.learning_rate} is too high"
            )
        rate = max(group["lr"] for group in self.optimizer.param_groups)
        self.schedule.step()
        at.loss_sum, at.seen, at.samples = at.loss_sum + loss, at.seen + texts, at.samples + texts
        at.step, at.step_in_epoch = at.step + 1, at.step_in_epoch + 1
        self._tick()
        self.journal.write(
            step=at.step, epoch=at.epoch, loss=loss / max(1, texts), learning_rate=rate, texts=texts,
            seconds=round(at.seconds, 3),
        )  # fmt: skip
        look = (at.step_in_epoch - 1) % LOOK_EVERY == 0
        share = min(1.0, at.tokens / self.all_tokens)
        self.on_step(Step(at.step, self.steps, texts, share, at.loss_sum / max(1, at.seen) if look else None))
        if self.saving is not None and (self.stop or time.monotonic() - self.saved_at >= self.saving.every):
            self._save()
        if self.stop:
            raise Interrupted()

    def _tick(self) -> None:
        """Add the time since the start to that of the runs before."""
        self.at.seconds = self.before[0] + time.perf_counter() - self.started
        self.at.cpu_seconds = self.before[1] + time.process_time() - self.cpu_started

    def _save(self) -> None:
        assert self.saving is not None
        save_checkpoint(
            self.saving.path, self.saving.identity, self.at, self.model, self.optimizer, self.best, self.hardware.device
        )
        self.saved_at = time.monotonic()


def train(
    model: Classifier,
    data: Tokenised,
    config: FineTune,
    hardware: Hardware,
    on_step: OnStep = lambda *_: None,
    taken: Functions | None = None,
    validation: Tokenised | None = None,
) -> Trained:
    """Train whatever of the model is trainable, without checkpoints.

    Raises:
        RecipeError: the loss is no longer a finite number.
    """
    return Training(
        model, data, config, hardware, taken or functions(), on_step, validation, None, Journal(None)
    ).run()  # fmt: skip


def parameter_groups(model: Classifier, config: FineTune, taken: Functions) -> list[dict[str, Any]]:
    """What learns how fast, and what decays, by the functions of exercise-5."""
    if config.layer_decay < 1 or config.head_learning_rate is not None:
        return taken.optimization.llrd_groups(
            model,
            base_lr=config.learning_rate,
            decay=config.layer_decay,
            head_lr=config.head_learning_rate or config.learning_rate,
            weight_decay=config.weight_decay,
        )
    return taken.optimization.decay_groups(model, config.weight_decay)


# --- Batches, answers, scores -----------------------------------------------------------------------------------------


def batch_of(tokens: Sequence[list[int]], pad_token: int, taken: Functions) -> dict[str, Tensor]:
    """``input_ids`` and ``attention_mask``, (B, T), by exercise-1's ``pad_batch``."""
    batch = taken.basics.pad_batch(list(tokens), pad_id=pad_token)
    return {name: torch.as_tensor(batch[name]).long() for name in ("input_ids", "attention_mask")}


def evaluation_batches(data: Tokenised, hardware: Hardware, taken: Functions) -> Iterator[dict[str, Tensor]]:
    """All texts with their labels, sorted by length."""
    by_length = sorted(range(len(data.tokens)), key=lambda i: len(data.tokens[i]))
    for start in range(0, len(by_length), EVALUATION_BATCH):
        rows = by_length[start : start + EVALUATION_BATCH]
        batch = batch_of([data.tokens[i] for i in rows], data.pad_token, taken) | {"labels": data.labels[rows]}
        yield {name: tensor.to(hardware.device) for name, tensor in batch.items()}


@torch.inference_mode()
def answer(
    model: Classifier, tokens: Sequence[list[int]], pad_token: int, hardware: Hardware, taken: Functions | None = None
) -> Tensor:
    """Ask the model, in batches of similar length.

    Returns:
        (N, K), the logits of N texts in their own order, float32 on the CPU.
    """
    taken = taken or functions()
    was_training = model.training
    model.eval()
    by_length = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
    logits: Tensor | None = None
    for start in range(0, len(tokens), EVALUATION_BATCH):
        rows = by_length[start : start + EVALUATION_BATCH]
        batch = batch_of([tokens[i] for i in rows], pad_token, taken)
        found = model(**{name: tensor.to(hardware.device) for name, tensor in batch.items()}).logits.cpu()
        logits = torch.empty(len(tokens), found.shape[1]) if logits is None else logits
        logits[rows] = found
    model.train(was_training)
    return torch.empty(0, 1) if logits is None else logits


def score(logits: Tensor, labels: Tensor, taken: Functions | None = None) -> dict[str, float]:
    """Compare logits (N, K) with labels (N,), by the functions of exercise-7.

    Returns:
        ``accuracy``, its ``standard_error`` (another sample of N texts would move it by about that), the mean ``loss``,
        ``n``, and ``f1``: of the second of two classes, or the mean over more.

    >>> score(torch.tensor([[0.0, 2.0], [3.0, 0.0]]), torch.tensor([1, 1]))["accuracy"]
    0.5
    """
    taken = taken or functions()
    n, k = logits.shape
    predicted = logits.argmax(dim=-1)
    matrix = torch.as_tensor(taken.evaluation.confusion(labels.tolist(), predicted.tolist(), n_classes=k))
    if k == 2:
        figures = {name: float(value) for name, value in taken.evaluation.prf(matrix).items()}
    else:
        figures = {"accuracy": int(matrix.diagonal().sum()) / n}
        one_of = [taken.evaluation.prf(against_the_rest(matrix, label)) for label in range(k)]
        figures["f1"] = sum(float(one["f1"]) for one in one_of) / k
    accuracy = figures["accuracy"]
    return figures | {
        "standard_error": math.sqrt(accuracy * (1 - accuracy) / n),
        "loss": F.cross_entropy(logits, labels).item(),
        "n": n,
    }


def against_the_rest(matrix: Tensor, label: int) -> Tensor:
    """The (2, 2) matrix of one class and all others.

    >>> against_the_rest(torch.tensor([[3, 1, 0], [2, 5, 0], [0, 1, 9]]), 1).tolist()
    [[12, 2], [2, 5]]
    """
    right, of_it, as_it = matrix[label, label], matrix[label].sum(), matrix[:, label].sum()
    return torch.tensor([[matrix.sum() - of_it - as_it + right, as_it - right], [of_it - right, right]])


def score_numbers(predicted: Tensor, targets: Tensor, taken: Functions | None = None) -> dict[str, float]:
    """Compare predicted numbers (N,) with right ones (N,).

    Returns:
        ``rmse``, its ``standard_error`` (by the delta method), ``rmse_of_mean`` (predicting the mean of the targets for
        every text), ``correlation`` and ``n``.
    """
    taken = taken or functions()
    errors = (predicted - targets).double().square()
    rmse = float(taken.evaluation.rmse(predicted, targets))
    spread = errors.std().item() / math.sqrt(len(targets)) / (2 * max(rmse, 1e-12)) if len(targets) > 1 else 0.0
    both = torch.stack([predicted.double(), targets.double()])
    correlation = torch.corrcoef(both)[0, 1].item() if len(targets) > 1 else 0.0
    return {
        "rmse": rmse,
        "standard_error": spread,
        "rmse_of_mean": (targets.double() - targets.double().mean()).square().mean().sqrt().item(),
        "correlation": correlation if math.isfinite(correlation) else 0.0,
        "n": len(targets),
    }
