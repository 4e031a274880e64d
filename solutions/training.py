"""One epoch of training, an honest evaluation, when to stop, and a step in mixed precision.

Lesson: `course read training`. Letters: B examples of a batch, K classes.

A model here is called like those of transformers: ``model(**batch)`` returns an object with ``.loss``, the mean loss
of the B examples of the batch, and ``.logits``, (B, K). A batch is a dictionary of tensors, one of them ``labels``,
(B,), and is already on the model's device. A loader yields batches, at least one, and ``len(loader)`` says how
many; the last batch may be smaller than the others.

Sources:
    clipping             Pascanu et al. 2012, https://arxiv.org/abs/1211.5063, section 3.2
    early stopping       Prechelt 1998, https://doi.org/10.1007/3-540-49430-8_3
    mixed precision      Micikevicius et al. 2017, https://arxiv.org/abs/1710.03740, section 3
"""

import copy
import itertools
import math
import types
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


class Coin(nn.Module):
    """The smallest model of this kind, for the examples below: one weight, the log-odds of class 1 in every example."""

    def __init__(self) -> None:
        """Start undecided."""
        super().__init__()
        self.w = nn.Parameter(torch.zeros(()))

    def forward(self, labels: Tensor) -> types.SimpleNamespace:
        """The logits (0, w), whatever the label, and the mean cross-entropy."""
        logits = torch.stack([torch.zeros(len(labels)), self.w.expand(len(labels))], dim=1)
        return types.SimpleNamespace(loss=nn.functional.cross_entropy(logits, labels), logits=logits)


def train_epoch(
    model: nn.Module,
    loader: Iterable[dict[str, Tensor]],
    optimizer: torch.optim.Optimizer,
    scheduler: Any = None,
    max_norm: float = 1.0,
    accum: int = 1,
) -> tuple[float, float]:
    """Train on every batch once.

    Every ``accum`` consecutive batches form a group, and each group makes one optimizer step; batches left over at the
    end form a last, smaller group. The gradient of a group is that of its mean loss over EXAMPLES, as if the group were
    one large batch (as in ``accumulate_gradients`` of exercise-5): a batch of 2 in a group with one of 4 counts for a
    third, whether the group is full or not. Before the step, the gradient is clipped to the global L2 norm
    ``max_norm``, once per group.

    Args:
        model: in either mode; it is trained in training mode. It holds no gradients from before, other
            than those of an earlier ``train_epoch``. Some parameters may be frozen.
        loader: batches; it is iterated over once.
        optimizer: of the trainable parameters of the model.
        scheduler: None, or an object whose ``step()`` advances the learning rate of the optimizer: called once per
            optimizer step, after it.
        max_norm: the largest norm a gradient may have.
        accum: batches per optimizer step.

    Returns:
        (mean loss, accuracy) over all examples of the epoch, each measured in the forward pass in which the example was
        trained on, as plain numbers; the accuracy is between 0 and 1. (The grader accepts tensors of one number as
        well, if they are detached from the graph, and remarks on it.)

        No graph outlives its batch, so memory does not grow with the number of batches.

    The grader compares weights and metrics with its own, with a tolerance of 1e-4.

    >>> model = Coin()  # logits (0, w) for every example, and w is 0: loss ln 2 = 0.693
    >>> batches = [{"labels": torch.tensor([1, 1])}, {"labels": torch.tensor([1, 0])}, {"labels": torch.tensor([1])}]
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
    >>> loss, accuracy = train_epoch(model, batches, optimizer, accum=2)  # steps: 4 examples, then 1
    >>> round(model.w.item(), 4)  # 2 * (3/4 - 1/2) = 0.5, then 2 * (1 - sigmoid(0.5)) more
    1.2551
    >>> round(loss, 4)  # 4 examples at ln 2, one at -ln sigmoid(0.5)
    0.6493
    """
    model.train()
    loss_sum, n_right, n_examples = 0.0, 0, 0
    batches = iter(loader)
    while group := list(itertools.islice(batches, accum)):
        group_size = sum(len(batch["labels"]) for batch in group)
        optimizer.zero_grad()
        for batch in group:
            output = model(**batch)
            size = len(batch["labels"])
            (output.loss * size / group_size).backward()  # adds to .grad, and lets the graph go
            loss_sum += output.loss.detach() * size  # not read here: that would let a GPU run dry after every batch
            n_right += (output.logits.argmax(-1) == batch["labels"]).sum()
            n_examples += size
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
    loss_sum, n_right = float(loss_sum), float(n_right)
    return loss_sum / n_examples, n_right / n_examples


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    """Measure a model on every batch of a loader, and leave no trace.

    Args:
        model: in training mode or in evaluation mode; it is measured in evaluation mode, and left in the mode it was in
            before.
        loader: batches; they need not be of equal size.

    Returns:
        ``loss``: mean loss over all examples. ``accuracy``: the share of examples whose largest logit is that of their
        label. ``predictions``: the class with the largest logit, a list of B1 + B2 + ... plain ints, in the order of
        the loader. ``labels``: the same for the labels. (The grader accepts tensors and arrays as well, and remarks on
        it. You may add further keys.)

        No graph is built; gradients, weights and their ``requires_grad`` stay as they are, and gradients are recorded
        again afterwards.

    >>> model = Coin()
    >>> result = evaluate(model, [{"labels": torch.tensor([0, 0, 0])}, {"labels": torch.tensor([1])}])
    >>> result["predictions"], result["labels"], result["accuracy"]  # the logits are equal, and argmax takes the first
    ([0, 0, 0, 0], [0, 0, 0, 1], 0.75)
    >>> model.training
    True
    """
    was_training = model.training
    model.eval()
    loss_sum = 0.0
    predictions: list[int] = []
    labels: list[int] = []
    with torch.no_grad():
        for batch in loader:
            output = model(**batch)
            loss_sum += output.loss.item() * len(batch["labels"])
            predictions += output.logits.argmax(-1).tolist()
            labels += batch["labels"].tolist()
    model.train(was_training)
    n_right = sum(guess == label for guess, label in zip(predictions, labels, strict=True))
    return {
        "loss": loss_sum / len(labels),
        "accuracy": n_right / len(labels),
        "predictions": predictions,
        "labels": labels,
    }


class EarlyStopper:
    """Says when waiting for an improvement has lasted long enough.

    A value is an improvement if it is better than the best one so far by MORE than ``min_delta``; the first number is
    one, and NaN never is. Only improvements change ``best``. After ``patience`` values in a row without one: stop.

    Args:
        patience: at least 1.
        min_delta: 0 or more.
        mode: ``"min"``, smaller is better (a loss), or ``"max"``, larger is better (an accuracy).

    Attributes:
        best: the last value that was an improvement. Before the first one, it may be anything.
        best_step: the call of ``step`` that brought it, counted from 0.

    Raises:
        ValueError: ``mode`` is neither ``"min"`` nor ``"max"``. (Another type of error passes the checks, with a
            remark.)

    >>> stopper = EarlyStopper(patience=2)
    >>> [stopper.step(loss) for loss in (0.9, 0.7, 0.8, 0.6, float("nan"), 0.65)]
    [False, False, False, False, False, True]
    >>> stopper.best, stopper.best_step
    (0.6, 3)
    """

    best: float
    best_step: int

    def __init__(self, patience: int = 2, min_delta: float = 0.0, mode: str = "min") -> None:
        """Begin without a best value."""
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', not {mode!r}")
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.best = math.inf if mode == "min" else -math.inf
        self.best_step = -1
        self.n_steps = self.n_waited = 0

    def step(self, value: float) -> bool:
        """Take the next value.

        Args:
            value: the monitored quantity after one more epoch.

        Returns:
            True: stop now. False: go on. (The grader checks only the truth value. What comes after the first True is
            up to you.)
        """
        gain = self.best - value if self.mode == "min" else value - self.best
        if gain > self.min_delta:  # of NaN, this is False
            self.best, self.best_step, self.n_waited = value, self.n_steps, 0
        else:
            self.n_waited += 1
        self.n_steps += 1
        return self.n_waited >= self.patience


def amp_step(
    model: nn.Module,
    batch: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    max_norm: float = 1.0,
    device_type: str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
) -> float:
    """One optimizer step in mixed precision, from one batch.

    The forward pass runs in ``dtype`` where that is safe (autocast). The loss is scaled before the backward pass, so
    that small gradients survive in ``dtype``. The true gradients, no longer scaled, are clipped to the global L2 norm
    ``max_norm``. Then the scaler decides: if a gradient has overflowed, it skips the optimizer step. Finally it adapts
    its scale. Nothing here depends on the hardware: the same lines run with ``torch.amp.GradScaler("cuda")``.

    Args:
        model: its weights are float32. Its mode is up to the caller. (Setting it to training mode passes, with a
            remark.) It holds no gradients from before, other than those of an earlier ``amp_step``.
        batch: not changed.
        optimizer: of the trainable parameters of the model; only the scaler calls its ``step``.
        scaler: ``scale``, ``step`` and ``update`` are called once each, in this order.
        max_norm: the largest norm the true gradient may have.
        device_type: of the model and the batch, for autocast.
        dtype: for autocast.

    Returns:
        The unscaled loss from before the step, as a plain number. (The grader accepts a tensor of one number as well,
        if it is detached from the graph, and remarks on it.)

    The grader compares with its own float32 step, with a tolerance of 1e-4.

    >>> model = Coin()
    >>> optimizer, scaler = torch.optim.SGD(model.parameters(), lr=2.0), torch.amp.GradScaler("cpu")
    >>> round(amp_step(model, {"labels": torch.tensor([1, 1, 1, 0])}, optimizer, scaler), 4)
    0.6931
    >>> model.w.item()  # the gradient was 65,536 times too large, but only for a while
    0.5
    """
    optimizer.zero_grad()
    with torch.autocast(device_type, dtype=dtype):
        loss = model(**batch).loss
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)  # from here on, .grad is the true gradient
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()


# --- bonus ---


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    """Cross-entropy with label smoothing and with the focal factor, either, both or neither.

    With p the softmax of the logits of an example and y its label, the loss of the example is

        (1 - p_y)^gamma * -sum over k of t_k ln p_k,    t_k = smoothing / K, and 1 - smoothing more where k = y

    So smoothing gives a little of the target to every class, including the right one. The focal factor is small where
    the model is already right; the gradient flows through it, too.

    Args:
        logits: (B, K)
        labels: (B,), from 0 to K - 1
        smoothing: from 0 up to, but not including, 1
        gamma: 0 or more

    Returns:
        The mean over the examples, a tensor of one number, attached to its graph. It and its gradient stay finite for
        logits of any size, and with gamma = 0 or smoothing = 0 it is the loss without that part.

    Raises:
        ValueError: ``smoothing`` or ``gamma`` is out of range. (Another type of error passes the checks, with a
            remark.)

    >>> logits, labels = torch.tensor([[0.0, 0.0], [0.0, math.log(3)]]), torch.tensor([0, 1])  # p_y: 1/2 and 3/4
    >>> round(custom_loss(logits, labels).item(), 4)  # (ln 2 + ln 4/3) / 2
    0.4904
    >>> round(custom_loss(logits, labels, gamma=2.0).item(), 4)  # (1/4 ln 2 + 1/16 ln 4/3) / 2
    0.0956
    >>> round(custom_loss(logits, labels, smoothing=0.2).item(), 4)  # the second one: 0.9 ln 4/3 + 0.1 ln 4
    0.5453
    """
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing must be in [0, 1), not {smoothing}")
    if not gamma >= 0:
        raise ValueError(f"gamma must be 0 or more, not {gamma}")
    log_p = logits.log_softmax(-1)
    log_p_y = log_p.gather(-1, labels[:, None]).squeeze(-1)
    losses = -(1 - smoothing) * log_p_y - smoothing * log_p.mean(-1)
    if gamma > 0:
        losses = (1 - log_p_y.exp()).clamp(min=1e-12) ** gamma * losses  # where p_y is 1, the root has no slope
    return losses.mean()


class Checkpoint:
    """Everything a training run needs to resume as if it had never been interrupted, to the last bit.

    That is: the weights and buffers of the model, the state of the optimizer, the position in the schedule, and the
    state of torch's generator for the CPU, from which dropout and shuffling draw. All of it is copied: training may go
    on without changing the checkpoint.

    Args:
        model: of the run in progress.
        optimizer: its optimizer.
        scheduler: its schedule, or None.

    >>> def run(epochs, model, optimizer):
    ...     for _ in range(epochs):
    ...         train_epoch(model, [{"labels": torch.tensor([1, 1, 0])}], optimizer)
    ...     return model.w.item()
    >>> model = Coin()
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
    >>> _ = run(2, model, optimizer)
    >>> checkpoint = Checkpoint(model, optimizer)
    >>> gone_on = run(3, model, optimizer)
    >>> model = Coin()  # on another day
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.9)
    >>> checkpoint.restore(model, optimizer)
    >>> run(3, model, optimizer) == gone_on
    True
    """

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        """Copy the current state."""
        self.state = copy.deepcopy(
            {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "scheduler": None if scheduler is None else scheduler.state_dict(),
                "generator": torch.get_rng_state(),
            }
        )

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        """Restore everything into objects of the same structure, perhaps new ones. It can be done repeatedly.

        Args:
            model: receives the weights.
            optimizer: of this model.
            scheduler: of this optimizer, or None where the run had none.
        """
        model.load_state_dict(self.state["model"])
        optimizer.load_state_dict(copy.deepcopy(self.state["optimizer"]))  # which would go on with these very tensors
        if scheduler is not None:
            scheduler.load_state_dict(self.state["scheduler"])
        torch.set_rng_state(self.state["generator"])
