"""Training by exercise-6's ``train_epoch``, with the parts of a real run: schedule, checkpoints, early stopping.

Dimensions: B texts in a batch, T tokens of the longest of them, N texts in all, K outputs.
"""

import hashlib
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from course.text import say
from solutions.recipes import augmenting
from solutions.recipes.checkpoint import Position, changing, load_checkpoint, save_checkpoint
from solutions.recipes.config import FineTune
from solutions.recipes.data import Labelled, bucketed_batches
from solutions.recipes.errors import Diverged, Interrupted
from solutions.recipes.functions import Functions, functions
from solutions.recipes.hardware import Hardware, sent
from solutions.recipes.heads import FIXED
from solutions.recipes.journal import Journal
from solutions.recipes.memory import PeakMemory
from solutions.recipes.model import Classifier
from solutions.recipes.team import ALONE, Share, Team, Together, like, whole

EVALUATION_BATCH = 64
"""Texts per evaluation batch; without a backward pass, more of them fit."""
LOOK_EVERY = 10
"""Steps between two reports of the loss."""
LENGTHS_OF_A_GPU = 8
"""Batches for a GPU are padded to a multiple of this many tokens, which suits its matrix units too."""
ONLY_IDS = {"return_attention_mask": False, "return_token_type_ids": False}
"""Outputs of a tokenizer that are not needed and would take time."""
EPOCH_SEED = 1_000_003
"""Difference between the order seeds of consecutive epochs."""


@dataclass(frozen=True)
class Tokenised:
    """Texts as token ids, with their labels."""

    tokens: list[list[int]]
    labels: Tensor
    """(N,) classes or numbers."""
    pad_token: int
    texts: tuple[str, ...] = ()
    """The texts themselves, for augmentation."""
    tokenize: Callable[[list[str]], list[list[int]]] | None = None

    def digest(self) -> str:
        """A hash that identifies the training texts."""
        content = repr((self.tokens, self.labels.tolist())).encode()
        return hashlib.sha256(content).hexdigest()


def tokenise(tokenizer: PreTrainedTokenizerBase, data: Labelled, max_length: int) -> Tokenised:
    """Tokenise once, before training, and without padding, which is added per batch."""

    def tokenize(texts: list[str]) -> list[list[int]]:
        return tokenizer(texts, truncation=True, max_length=max_length, **ONLY_IDS)["input_ids"]

    labels = torch.tensor(data.labels)
    labels = labels.float() if labels.is_floating_point() else labels
    return Tokenised(tokenize(data.texts), labels, tokenizer.pad_token_id, tuple(data.texts), tokenize)


@dataclass(frozen=True)
class Trained:
    """Losses and cost of a training."""

    losses: list[float]
    """Mean training loss of every epoch, the last of which may have been cut short."""
    validations: list[dict[str, float]]
    """Validation figures of every epoch; empty without validation texts."""
    best_epoch: int | None
    """Epoch whose weights are kept, from 0; without early stopping None, for the last."""
    steps: int
    samples: int
    """Number of texts that were trained on, repetitions included."""
    seconds: float
    cpu_seconds: float
    """Processor seconds of all threads of this process."""
    padding_share: float
    """Fraction of all positions that held no token."""
    interruptions: int = 0
    """How often the run was resumed from a checkpoint."""
    peak_memory: dict[str, Any] | None = None
    """``bytes``, and their kind ``of``; from the first process, if several train together."""


@dataclass(frozen=True)
class Loader:
    """Batches like a DataLoader's: made while they are read, with a known number."""

    n: int
    made: Callable[[], Iterator[dict[str, Tensor]]]

    def __len__(self) -> int:
        """Return the number of batches."""
        return self.n

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        """Make the batches one by one."""
        return self.made()


@dataclass(frozen=True)
class Known:
    """Features and labels of all texts from a frozen encoder, on the device that computed them."""

    features: Tensor
    """(N, width of the head's vectors)."""
    labels: Tensor
    """(N,)."""

    def batch(self, rows: list[int]) -> dict[str, Tensor]:
        """Return the features of some texts. Their indices are sent to the GPU, as a list would make the CPU wait."""
        places = sent(torch.tensor(rows), self.features.device)
        return {"features": self.features[places], "labels": self.labels[places]}


@dataclass(frozen=True)
class Step:
    """An optimizer step that has just ended."""

    number: int
    """Number of the step, from 1."""
    of: int
    texts: int
    """Number of texts in this step."""
    share: float
    """Share of the work done so far, in tokens of all steps: texts differ in length, so steps differ in duration."""
    loss: float | None
    """Mean loss of the epoch so far, if reading it costs nothing; on a GPU only from time to time."""
    current: Callable[[], float | None] = lambda: None
    """Returns the mean loss of the epoch so far, for display; waits for a GPU."""


Thing = TypeVar("Thing")
OnStep = Callable[[Step], None]
"""Called after every step."""


@dataclass(frozen=True)
class Saving:
    """Path and interval of a run's checkpoints."""

    path: Path
    identity: Mapping[str, Any]
    """Properties that a resumed run must share with this one."""
    every: float = 60.0
    """Seconds between two checkpoints; 0 saves after every step."""
    resume: bool = False


@dataclass(frozen=True)
class Unread:
    """An optimizer step whose loss has not been read."""

    number: int
    losses: list["Loss"]
    rate: float
    seconds: float


@dataclass(frozen=True)
class Loss:
    """Loss of one micro-batch."""

    mean: Tensor
    """Mean loss, still on the device that computed it."""
    texts: int
    """Number of texts in the mean; 0 if it does not count."""
    of_all: int
    """Number of texts in the micro-batch, over all processes."""


class Training:
    """A training in progress. ``train_epoch`` calls ``step`` after every optimizer step, as its scheduler."""

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
        team: Team = ALONE,
    ) -> None:
        """Build optimizer and schedule; nothing is trained yet."""
        self.team = team
        self.together = None if team.alone else Together(model, team)
        self.model, self.data, self.config, self.hardware, self.taken = model, data, config, hardware, taken
        self.on_step, self.validation, self.saving, self.journal = on_step, validation, saving, journal
        n_batches = math.ceil(len(data.tokens) / config.micro_batch)
        self.steps_per_epoch = math.ceil(n_batches / config.accumulate)
        whole = config.epochs * self.steps_per_epoch
        self.steps = whole if config.max_steps is None else min(whole, config.max_steps)
        self.all_tokens = sum(map(len, data.tokens)) * self.steps / self.steps_per_epoch  # approximately
        self.optimizer = torch.optim.AdamW(parameter_groups(model, config, taken), lr=config.learning_rate, fused=True)
        warmup, multiplier = round(config.warmup_share * self.steps), taken.optimization.warmup_linear
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: multiplier(step, warmup, self.steps)
        )
        self.stopper = taken.training.EarlyStopper(patience=config.early_stopping) if config.early_stopping else None
        self.at, self.best, self.best_epoch = Position(), {}, None
        self.stop = False
        """Set from outside to end training after this step, with a checkpoint."""
        self.saved_at = time.monotonic()
        self.losses: list[Loss] = []
        """Losses of the current step."""
        self.unread: list[Unread] = []
        """Steps whose losses have not been read."""
        waits = hardware.device.type != "cpu"
        self.known: Known | None = None
        """Features of all training texts, if the encoder is frozen; computed once for all epochs."""
        self.known_of_validation: Known | None = None
        self.look_always = not waits or (saving is not None and saving.every == 0)
        """Whether to read every loss: it makes the CPU wait for a GPU, but costs nothing if the CPU itself computes."""

    # --- the run ---

    def run(self) -> Trained:
        """Train all remaining epochs."""
        self.started, self.cpu_started = time.perf_counter(), time.process_time()
        self.before, memory = (self.at.seconds, self.at.cpu_seconds), PeakMemory(self.hardware.device)
        self.model.mixing = augmenting.mixing(self.taken) if "mixup" in self.config.augment else None
        if self.team.alone and worth_knowing(self.config):
            self.known = features(self.model, self.data, self.hardware, self.taken)
            if self.validation is not None:
                self.known_of_validation = features(self.model, self.validation, self.hardware, self.taken)
        self._demand_finite_rates()
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
                    own[name].copy_(like(tensor, own[name]))
        at = self.at
        *_, at.cpu_seconds = self.team.sums(at.cpu_seconds)
        return Trained(
            at.losses, at.validations, self.best_epoch, at.step, at.samples, at.seconds, at.cpu_seconds,
            padding_share=1 - at.tokens / max(1, at.positions), interruptions=at.interruptions,
            peak_memory=memory.figures(),
        )  # fmt: skip

    def resume(self) -> None:
        """Continue from the checkpoint, if requested.

        Raises:
            RecipeError: there is no checkpoint, or it belongs to another run.
        """
        if self.saving is None or not self.saving.resume:
            return
        checkpoint = load_checkpoint(self.saving.path, self.saving.identity)
        checkpoint.restore(self.model, self.optimizer, self.hardware.device, self.team)
        self.at, self.best = checkpoint.position, checkpoint.part("best")
        self.at.interruptions += 1
        self.schedule.last_epoch = self.at.step - 1  # the state of a schedule is its number of steps
        self.optimizer._opt_called = True  # otherwise torch warns that the schedule is ahead
        self.schedule.step()
        for epoch, measured in enumerate(self.at.validations if self.stopper else ()):
            self._stopped = bool(self.stopper.step(measured["loss"]))
            self.best_epoch = epoch if self.stopper.best_step == epoch else self.best_epoch

    _stopped = False

    def _enough(self) -> bool:
        return self.stopper is not None and self._stopped

    def _epoch(self) -> None:
        """Train the rest of an epoch, then validate."""
        at, config = self.at, self.config
        if at.step < self.steps and at.step_in_epoch < self.steps_per_epoch:  # false if only validation is left
            self.taken.training.train_epoch(
                self.together or self.model,
                self._batches(),
                self.optimizer,
                scheduler=self,
                max_norm=config.max_gradient_norm,
                accum=config.accumulate,
            )
        self._look()
        if at.step_in_epoch == 0:
            raise self.taken.broken_promise(
                say("train_epoch must call scheduler.step() after every optimizer step"), "training"
            )
        self._demand_optimizer_steps()
        at.losses.append(at.loss_sum / at.seen)
        measured = self._measure()
        at.epoch, at.step_in_epoch, at.loss_sum, at.seen = at.epoch + 1, 0, 0.0, 0
        self._note(measured)
        if self.saving is not None:
            self._save()

    def _demand_optimizer_steps(self) -> None:
        """Check that AdamW, which counts its own steps, has made as many as the schedule.

        Raises:
            StudentError: your ``train_epoch`` does not step the optimizer as often as the schedule.
            RecipeFault: the reference's does not.
        """
        if "training.train_epoch" not in self.taken.yours:  # ours does, and looking would make the CPU wait for a GPU
            return
        made = max((int(state["step"]) for state in self.optimizer.state.values() if "step" in state), default=0)
        if made != self.at.step:
            raise self.taken.broken_promise(
                say(
                    "train_epoch must call optimizer.step() once before every scheduler.step(), but it has made "
                    "{made} optimizer steps and {count} steps of the schedule",
                    made=made,
                    count=self.at.step,
                ),
                "training",
            )

    def _note(self, measured: dict[str, float]) -> None:
        """Record the figures at the end of an epoch."""
        at = self.at
        self.journal.write(
            step=at.step,
            epoch=at.epoch - 1,
            training_loss=at.losses[-1],
            **({"validation": measured} if measured else {}),
        )

    def _measure(self) -> dict[str, float]:
        """Return loss and accuracy on the validation texts; keep the weights if they are the best so far."""
        if self.validation is None:
            return {}
        rows = self.team.part(by_length(self.validation.tokens))
        validation, known = self.validation, self.known_of_validation
        batches = Loader(len(rows), lambda: evaluation_batches(validation, rows, self.hardware, self.taken, known))
        here = self.hardware.device.type == "cpu" or "training.evaluate" in self.taken.yours
        asked = (self.model, batches) if here else answered(self.model, batches)
        result = self.taken.training.evaluate(*asked) if rows else {"loss": 0.0, "accuracy": 0.0}
        names = ("loss", "accuracy") if self.config.task == "classification" else ("loss",)
        measured = {name: float(result[name]) for name in names}
        if not (self.team.alone or self.team.split_weights):
            n = sum(map(len, rows))
            *sums, n_all = self.team.sums(*(value * n for value in measured.values()), n)
            measured = {name: value / n_all for name, value in zip(names, sums, strict=True)}
        self.at.validations.append(measured)
        if self.stopper is not None:
            self._stopped = bool(self.stopper.step(measured["loss"]))
            if self.stopper.best_step == len(self.at.validations) - 1:
                self.best_epoch = self.stopper.best_step
                self.best = {name: whole(tensor.detach()).clone() for name, tensor in changing(self.model).items()}
        return measured

    # --- batches ---

    def _batches(self) -> Loader:
        """Return the rest of the epoch's batches. Their order follows only from seed and epoch."""
        config, data, at = self.config, self.data, self.at
        tokens = data.tokens
        if data.tokenize is not None and set(config.augment) & set(augmenting.ON_TEXTS):
            tokens = data.tokenize(augmenting.augment(list(data.texts), config, at.epoch, self.taken))
        order = torch.Generator().manual_seed(config.seed + EPOCH_SEED * at.epoch)
        batches = bucketed_batches([len(row) for row in tokens], config.micro_batch, order)
        first = at.step_in_epoch * config.accumulate
        left = batches[first : first + (self.steps - at.step) * config.accumulate]

        def parts() -> Iterator[tuple[Share, list[int]]]:
            for start in range(0, len(left), config.accumulate):
                group = left[start : start + config.accumulate]
                yield from zip(self.team.shares(group), group, strict=True)

        def padded() -> Iterator[Padded]:
            for share, rows in parts():
                batch = batch_of([tokens[i] for i in share.rows], self.data.pad_token, self.taken)
                batch["labels"] = self.data.labels[share.rows]
                n = batch["input_ids"].numel()
                yield Padded(for_device(batch, self.data.pad_token, self.hardware.device), n, share, rows)

        def made() -> Iterator[dict[str, Tensor]]:
            if self.known is not None:
                for _, rows in parts():
                    n = sum(len(tokens[i]) for i in rows)
                    at.positions, at.tokens = at.positions + n, at.tokens + n
                    yield self.known.batch(rows)
                return
            for one in ahead(padded(), self.hardware.device, self.taken):
                self._count(one, tokens)
                yield {name: sent(tensor, self.hardware.device) for name, tensor in one.batch.items()}

        return Loader(len(left), made)

    def _count(self, one: "Padded", tokens: list[list[int]]) -> None:
        """Count the positions of all processes in a micro-batch, before it is trained on."""
        at, size, rows = self.at, self.team.size, one.rows
        if self.together is None:
            at.positions += one.positions
        else:
            self.together.shares.append(one.share)
            for own in (rows[rank::size] for rank in range(min(size, len(rows)))):
                at.positions += max(len(tokens[i]) for i in own) * len(own)
        at.tokens += sum(len(tokens[i]) for i in rows)

    # --- every step ---

    def _saw(self, model: Classifier, _: Any, inputs: dict[str, Any], output: Any) -> None:
        """Record the loss of a forward pass of training, which can still be running on a GPU."""
        if model.training and output.loss is not None:
            n = len(inputs["labels"])
            texts, of_all = (n, n) if self.together is None else (self.together.share.texts, self.together.share.of_all)
            self.losses.append(Loss(output.loss.detach(), texts, of_all))

    def step(self) -> None:
        """Finish an optimizer step: report, save, or end.

        Raises:
            Diverged: the loss is no longer a finite number.
            Interrupted: the training was interrupted; a checkpoint is saved.
        """
        at, texts = self.at, sum(loss.of_all for loss in self.losses)
        rate = max(group["lr"] for group in self.optimizer.param_groups)
        self.schedule.step()
        self._tick()
        look = at.step_in_epoch % LOOK_EVERY == 0
        at.seen, at.samples = at.seen + texts, at.samples + texts
        at.step, at.step_in_epoch = at.step + 1, at.step_in_epoch + 1
        self._demand_finite_rates()
        self.unread.append(Unread(at.step, self.losses, rate, round(at.seconds, 3)))
        self.losses = []
        looks = look or self.look_always
        if looks:
            self._look()
        share = min(1.0, at.tokens / self.all_tokens)
        self.on_step(Step(at.step, self.steps, texts, share, self._mean() if looks else None, self._current))
        end, save = self._what_next() if looks or self.team.alone else (False, False)
        if self.saving is not None and (end or save):
            self._look()
            self._save()
        if end:
            raise Interrupted()

    def _demand_finite_rates(self) -> None:
        """Check that the learning rates are finite: with one of NaN, every weight becomes NaN in the next step.

        Raises:
            StudentError: your schedule or your groups give a rate that is not finite.
            RecipeFault: the reference's do.
        """
        for group in self.optimizer.param_groups:
            if not math.isfinite(group["lr"]):
                own = math.isfinite(group["initial_lr"])
                raise self.taken.broken_promise(
                    say(
                        "{name} gives a learning rate of {rate} for step {step}",
                        name="warmup_linear" if own else "llrd_groups",
                        rate=group["lr"],
                        step=self.at.step + 1,
                    ),
                    "optimization",
                )

    def _what_next(self) -> tuple[bool, bool]:
        """Return whether to end, and to save. One process that is asked to end is enough; the first has the clock."""
        save = self.saving is not None and time.monotonic() - self.saved_at >= self.saving.every
        end, save = self.team.sums(float(self.stop), float(save and self.team.first))
        return end > 0, save > 0

    def _mean(self) -> float:
        """Return the loss of the epoch so far, over the losses that were read."""
        return self.at.loss_sum / max(1, self.at.seen)

    def _current(self) -> float | None:
        """Return the loss of the epoch so far, with the last step; one of several processes must not read it alone."""
        if self.team.alone:
            self._look()
        return None if self.unread else self._mean()

    def _look(self) -> None:
        """Read the losses of all steps since the last time.

        Raises:
            RecipeError: a loss is not a finite number.
        """
        found = iter(read([loss.mean for step in self.unread for loss in step.losses]))
        sums = [sum(next(found) * loss.texts for loss in step.losses) for step in self.unread]
        for step, loss in zip(self.unread, self.team.sums(*sums), strict=True):
            texts = sum(loss.of_all for loss in step.losses)
            if not math.isfinite(loss):
                raise self._diverged(loss / max(1, texts), step.number)
            self.at.loss_sum += loss
            self.journal.write(
                step=step.number, epoch=self.at.epoch, loss=loss / max(1, texts), learning_rate=step.rate, texts=texts,
                seconds=step.seconds,
            )  # fmt: skip
        self.unread = []

    def _diverged(self, loss: float, step: int) -> Diverged:
        """Return the error for a loss that is not a finite number."""
        figures = {"loss": loss, "step": step, "rate": self.config.learning_rate}
        if not self.taken.yours:
            return Diverged(say("the loss became {loss} in step {step}: --learning-rate {rate} is too high", **figures))
        return Diverged(
            say(
                "the loss became {loss} in step {step}: --learning-rate {rate} is too high, or one of your functions "
                "is wrong. The same command without --mine tells which",
                **figures,
            )
        )

    def _tick(self) -> None:
        """Add the time since the start to that of earlier runs."""
        self.at.seconds = self.before[0] + time.perf_counter() - self.started
        self.at.cpu_seconds = self.before[1] + time.process_time() - self.cpu_started

    def _save(self) -> None:
        assert self.saving is not None
        save_checkpoint(
            self.saving.path, self.saving.identity, self.at, self.model, self.optimizer, self.best,
            self.hardware.device, self.team,
        )  # fmt: skip
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
    """Train the trainable parameters of a model, without checkpoints.

    Raises:
        RecipeError: the loss is no longer a finite number.
    """
    return Training(
        model, data, config, hardware, taken or functions(), on_step, validation, None, Journal(None)
    ).run()  # fmt: skip


def parameter_groups(model: Classifier, config: FineTune, taken: Functions) -> list[dict[str, Any]]:
    """Return parameter groups with learning rates and weight decay, by the functions of exercise-5."""
    if config.layer_decay < 1 or config.head_learning_rate is not None:
        return taken.optimization.llrd_groups(
            model,
            base_lr=config.learning_rate,
            decay=config.layer_decay,
            head_lr=config.head_learning_rate or config.learning_rate,
            weight_decay=config.weight_decay,
        )
    return taken.optimization.decay_groups(model, config.weight_decay)


# --- Batches, predictions, scores -------------------------------------------------------------------------------------


def batch_of(tokens: Sequence[list[int]], pad_token: int, taken: Functions) -> dict[str, Tensor]:
    """Return ``input_ids`` and ``attention_mask``, (B, T), by exercise-1's ``pad_batch``."""
    batch = taken.basics.pad_batch(list(tokens), pad_id=pad_token)
    return {name: torch.as_tensor(batch[name]).long() for name in ("input_ids", "attention_mask")}


@dataclass(frozen=True)
class Padded:
    """A micro-batch that is ready to be sent to the device."""

    batch: dict[str, Tensor]
    """This process's share of the micro-batch, still on the CPU."""
    positions: int
    """Positions of this share, before padding for a GPU."""
    share: Share
    rows: list[int]
    """Texts of the whole micro-batch."""


def ahead(things: Iterator[Thing], device: torch.device, taken: Functions) -> Iterator[Thing]:
    """Yield the same things in the same order; for a GPU, a thread prepares the next one while this one is in use.

    The thread does not use the GPU: for CUDA, every thread begins on the first one. Your own functions stay in one
    thread, so that an error is attributed to the right one.
    """
    if device.type != "cuda" or taken.yours:
        yield from things
        return
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, things, None)
        while (thing := following.result()) is not None:
            following = thread.submit(next, things, None)
            yield thing


def for_device(batch: dict[str, Tensor], pad_token: int, device: torch.device) -> dict[str, Tensor]:
    """Prepare a batch for a device, still on the CPU.

    CUDA gets few distinct shapes. For any GPU, a mask of ones only is left out: attention is faster without one, and to
    find that out there, the CPU would have to wait.
    """
    if device.type == "cpu":
        return batch
    if device.type == "cuda":
        batch = rounded(batch, pad_token)
    whole = "attention_mask" in batch and bool(batch["attention_mask"].all())
    return {name: tensor for name, tensor in batch.items() if not (whole and name == "attention_mask")}


def on_device(batch: dict[str, Tensor], pad_token: int, device: torch.device) -> dict[str, Tensor]:
    """Send a batch to the device."""
    return {name: sent(tensor, device) for name, tensor in for_device(batch, pad_token, device).items()}


def rounded(batch: dict[str, Tensor], pad_token: int, multiple: int = LENGTHS_OF_A_GPU) -> dict[str, Tensor]:
    """Pad to a length that is a multiple of something: equal shapes reuse memory and kernels.

    >>> rounded({"input_ids": torch.tensor([[5, 6, 7]])}, pad_token=0, multiple=4)["input_ids"].tolist()
    [[5, 6, 7, 0]]
    """
    more = -batch["input_ids"].shape[1] % multiple
    fill = {"input_ids": pad_token, "attention_mask": 0}
    return batch | {name: F.pad(batch[name], (0, more), value=fill[name]) for name in fill if name in batch}


def read(numbers: Sequence[Tensor]) -> list[float]:
    """Read numbers, which can be on a GPU, all at once, so that the CPU waits only once."""
    return torch.stack(list(numbers)).tolist() if numbers else []


def by_length(tokens: Sequence[list[int]]) -> list[list[int]]:
    """Return the rows of all texts, sorted by length, in batches."""
    rows = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
    return [rows[start : start + EVALUATION_BATCH] for start in range(0, len(rows), EVALUATION_BATCH)]


def evaluation_batches(
    data: Tokenised,
    batches: Sequence[list[int]],
    hardware: Hardware,
    taken: Functions,
    known: Known | None = None,
) -> Iterator[dict[str, Tensor]]:
    """Yield the texts of these rows, or their known features, with their labels."""
    for rows in batches:
        if known is not None:
            yield known.batch(rows)
            continue
        batch = batch_of([data.tokens[i] for i in rows], data.pad_token, taken) | {"labels": data.labels[rows]}
        yield on_device(batch, data.pad_token, hardware.device)


class Answered(nn.Module):
    """Returns, on the CPU, the outputs that a model has already computed."""

    def __init__(self, answers: list[SimpleNamespace]) -> None:
        """Store the outputs of every batch, in the order in which they will be asked for."""
        super().__init__()
        self.answers = answers

    def forward(self, number: int, labels: Tensor) -> SimpleNamespace:
        """Return loss and logits of one batch."""
        return self.answers[number]


@torch.no_grad()
def answered(model: Classifier, batches: Loader) -> tuple[Answered, list[dict[str, Any]]]:
    """Run a model on a GPU on all batches at once, because exercise-6's ``evaluate`` waits for every batch.

    Returns:
        Arguments for ``evaluate``, in place of the model and its batches.
    """
    was_training = model.training
    model.eval()
    said = [(model(**batch), batch["labels"]) for batch in batches]
    model.train(was_training)
    answers = [SimpleNamespace(loss=output.loss.cpu(), logits=output.logits.cpu()) for output, _ in said]
    return Answered(answers), [{"number": i, "labels": labels.cpu()} for i, (_, labels) in enumerate(said)]


def worth_knowing(config: FineTune) -> bool:
    """Return whether every epoch would compute the same features, as only a linear layer after them is trained."""
    changed = set(config.augment) & set(augmenting.ON_TEXTS)
    return config.method == "head" and config.head in FIXED and config.epochs > 1 and not changed


@torch.no_grad()
def features(model: Classifier, data: Tokenised, hardware: Hardware, taken: Functions) -> Known:
    """Compute the head's input for all texts, in batches of similar length."""
    found: list[Tensor] = []
    batches = by_length(data.tokens)
    for rows in batches:
        batch = on_device(
            batch_of([data.tokens[i] for i in rows], data.pad_token, taken), data.pad_token, hardware.device
        )
        found.append(model.features(**batch))
    place = torch.tensor([row for rows in batches for row in rows]).argsort()
    return Known(torch.cat(found)[sent(place, hardware.device)], sent(data.labels, hardware.device))


def answer(
    model: Classifier,
    tokens: Sequence[list[int]],
    pad_token: int,
    hardware: Hardware,
    taken: Functions | None = None,
    team: Team = ALONE,
) -> Tensor:
    """Compute the logits of texts, in batches of similar length.

    Returns:
        (N, K), the logits of N texts in their own order, float32 on the CPU.
    """
    taken = taken or functions()
    was_training = model.training
    model.eval()
    logits = torch.zeros(len(tokens), model.classifier.n_outputs)
    with torch.no_grad() if team.split_weights else torch.inference_mode():
        asked = []
        for rows in team.part(by_length(tokens)):
            batch = on_device(batch_of([tokens[i] for i in rows], pad_token, taken), pad_token, hardware.device)
            asked.append((rows, model(**batch).logits))
        for rows, found in asked:  # only now wait for the GPU
            logits[rows] = found.cpu()
    model.train(was_training)
    return logits if team.alone else team.put_together(logits)


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
    """Return the (2, 2) matrix of one class against all others.

    >>> against_the_rest(torch.tensor([[3, 1, 0], [2, 5, 0], [0, 1, 9]]), 1).tolist()
    [[12, 2], [2, 5]]
    """
    right, of_it, as_it = matrix[label, label], matrix[label].sum(), matrix[:, label].sum()
    return torch.tensor([[matrix.sum() - of_it - as_it + right, as_it - right], [of_it - right, right]])


def score_numbers(predicted: Tensor, targets: Tensor, taken: Functions | None = None) -> dict[str, float]:
    """Compare predicted numbers (N,) with the targets (N,).

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
