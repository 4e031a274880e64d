"""One epoch of training, an honest evaluation, when to stop, and a step in mixed precision.

Lesson: `course read training`. Dimensions: B examples in a batch, K classes.

A model here is called like those of transformers: ``model(**batch)`` returns an object with ``.loss``, the mean
cross-entropy of the B examples in the batch, and ``.logits``, (B, K). A batch is a dictionary of tensors that are
already on the model's device; one of them is ``labels``, (B,). The others may have other shapes: position ids, for
example, are often (T,). A loader yields at least one batch, and ``len(loader)`` is the number of batches; the last
batch may be smaller than the others.

Sources:
    clipping             Pascanu et al. 2012, https://arxiv.org/abs/1211.5063, section 3.2
    early stopping       Prechelt 1998, https://doi.org/10.1007/3-540-49430-8_3
    mixed precision      Micikevicius et al. 2017, https://arxiv.org/abs/1710.03740, section 3
"""

import copy  # noqa: F401  (for your use)
import itertools  # noqa: F401  (for your use)
import math  # noqa: F401  (for your use)
import types
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn


class Coin(nn.Module):
    """A minimal model of this kind, for the doctests: its one weight is the log-odds of class 1 for any example."""

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

    Every ``accum`` consecutive batches form a group, and there is one optimizer step per group; batches left over at
    the end form a last, smaller group. The gradient of a group is the gradient of the mean loss over its EXAMPLES, as
    if the group were one large batch (as in ``accumulate_gradients`` of exercise-5). For example, if a group consists
    of a batch of 2 and a batch of 4, the batch of 2 has weight 1/3, whether the group is full or not. Before each step,
    the gradient of the group is clipped once, to a global L2 norm of at most ``max_norm``.

    Args:
        model: in training or evaluation mode; it is trained in training mode. At the start, each ``.grad`` is None or
            left over from an earlier call of ``train_epoch``. Some parameters may be frozen.
        loader: yields the batches; it is iterated over once.
        optimizer: holds the trainable parameters of the model.
        scheduler: None, or an object whose ``step()`` advances the learning rate of the optimizer. ``step()`` is called
            once after each optimizer step.
        max_norm: the largest global L2 norm that the gradient of a group may have.
        accum: batches per optimizer step.

    Returns:
        (mean loss, accuracy) over all examples of the epoch, as plain numbers; the accuracy is between 0 and 1. Both
        are computed from the forward passes used for training. (Tensors with one element are accepted with a
        remark, if they are detached from the graph.)

        No autograd graph outlives its batch, so memory does not grow with the number of batches.

    The grader compares the weights and metrics with its own values, with a tolerance of 1e-4.

    >>> model = Coin()  # logits (0, w) for every example, and w is 0: loss ln 2 = 0.693
    >>> batches = [{"labels": torch.tensor([1, 1])}, {"labels": torch.tensor([1, 0])}, {"labels": torch.tensor([1])}]
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
    >>> loss, accuracy = train_epoch(model, batches, optimizer, accum=2)  # steps: 4 examples, then 1
    >>> round(model.w.item(), 4)  # 2 * (3/4 - 1/2) = 0.5, then 2 * (1 - sigmoid(0.5)) more
    1.2551
    >>> round(loss, 4)  # 4 examples at ln 2, one at -ln sigmoid(0.5)
    0.6493
    """
    # TODO: about sixteen lines. Set the mode. For each group: zero the gradients, forward and backward for each batch,
    # clip, step, scheduler.
    raise NotImplementedError("train_epoch")


def evaluate(model: nn.Module, loader: Iterable[dict[str, Tensor]]) -> dict[str, Any]:
    """Evaluate a model on every batch of a loader, without side effects.

    Args:
        model: in training or evaluation mode; it is evaluated in evaluation mode, and afterwards it is in the mode it
            was in before.
        loader: yields the batches; they need not be of equal size. They are not modified.

    Returns:
        A dictionary. ``loss``: the mean cross-entropy over all examples. ``accuracy``: the share of examples whose
        label is the class with the largest logit. ``predictions``: for each example, the class with the largest logit,
        as a list of B1 + B2 + ... plain ints in the order of the loader. ``labels``: the labels, in the same form and
        order. (Tensors and arrays are accepted with a remark. You may add further keys.)

        No autograd graph is built. Gradients, weights and their ``requires_grad`` do not change; afterwards, autograd
        is on or off as it was before.

    >>> model = Coin()
    >>> result = evaluate(model, [{"labels": torch.tensor([0, 0, 0])}, {"labels": torch.tensor([1])}])
    >>> result["predictions"], result["labels"], result["accuracy"]  # the logits are equal, and argmax takes the first
    ([0, 0, 0, 0], [0, 0, 0, 1], 0.75)
    >>> model.training
    True
    """
    # TODO: about twelve lines. Remember the mode, switch, collect without a graph, switch back, count.
    raise NotImplementedError("evaluate")


class EarlyStopper:
    """Says when to stop waiting for an improvement.

    A value is an improvement if it is better than ``best`` by MORE than ``min_delta``. The first finite number is
    always an improvement, NaN never is. Only improvements change ``best``. After ``patience`` values in a row without
    an improvement, it is time to stop.

    Args:
        patience: at least 1.
        min_delta: 0 or more.
        mode: ``"min"`` if smaller is better (a loss), ``"max"`` if larger is better (an accuracy).

    Attributes:
        best: the last value that was an improvement. Before the first improvement, it may be anything.
        best_step: the number of the ``step`` call that received ``best``, counted from 0.

    Raises:
        ValueError: ``mode`` is neither ``"min"`` nor ``"max"``. (Another type of error is accepted with a
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
        # TODO: about five lines. Reject an unknown mode, remember the settings, start without a best value.
        raise NotImplementedError("EarlyStopper.__init__")

    def step(self, value: float) -> bool:
        """Take the next value.

        Args:
            value: the monitored quantity after one more epoch.

        Returns:
            True: stop now. False: go on. (The grader checks only the truth value. What you return after the first True
            is up to you.)
        """
        # TODO: about seven lines. Is it better by more than min_delta? If so, remember it, otherwise count it; return
        # whether patience has run out.
        raise NotImplementedError("EarlyStopper.step")


def amp_step(
    model: nn.Module,
    batch: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    scaler: torch.amp.GradScaler,
    max_norm: float = 1.0,
    device_type: str = "cpu",
    dtype: torch.dtype = torch.bfloat16,
) -> float:
    """Take one optimizer step in mixed precision, from one batch.

    The forward pass runs in ``dtype`` where that is safe (autocast). The loss is scaled before the backward pass, so
    that small gradients survive in ``dtype``. Then the gradients are unscaled, and these true gradients are clipped to
    a global L2 norm of at most ``max_norm``. (Clipping the scaled gradients to ``max_norm`` times the scale is
    equivalent.) Then the scaler steps the optimizer, but skips this step if a gradient has overflowed. Finally, the
    scaler updates its scale. Nothing here depends on the hardware: the same code works with
    ``torch.amp.GradScaler("cuda")``.

    Args:
        model: its weights are float32. Its mode is up to the caller. (Setting the model to training mode is
            accepted with a remark.) At the start, each ``.grad`` is None or left over from an earlier call of
            ``amp_step``.
        batch: not modified.
        optimizer: holds the trainable parameters of the model; only the scaler calls its ``step``.
        scaler: ``scale``, ``step`` and ``update`` are called once each, in this order.
        max_norm: the largest global L2 norm that the true gradient may have.
        device_type: the device type of the model and the batch, for autocast.
        dtype: the dtype for autocast.

    Returns:
        The unscaled loss from before the step, as a plain number. (A tensor with one element is accepted with a
        remark, if it is detached from the graph.)

    The grader compares your step with its own float32 step, with a tolerance of 1e-4.

    >>> model = Coin()
    >>> optimizer, scaler = torch.optim.SGD(model.parameters(), lr=2.0), torch.amp.GradScaler("cpu")
    >>> round(amp_step(model, {"labels": torch.tensor([1, 1, 1, 0])}, optimizer, scaler), 4)
    0.6931
    >>> model.w.item()  # the gradient was 65,536 times too large, but only for a while
    0.5
    """
    # TODO: about eight lines. Zero the gradients, forward under autocast, scale and backward, unscale, clip, let the
    # scaler step and update.
    raise NotImplementedError("amp_step")


# --- bonus ---


def custom_loss(logits: Tensor, labels: Tensor, smoothing: float = 0.0, gamma: float = 0.0) -> Tensor:
    """Cross-entropy with label smoothing, with a focal factor, with both, or with neither.

    If p is the softmax of the logits of an example and y is its label, the loss of the example is

        (1 - p_y)^gamma * -sum over k of t_k ln p_k,    t_k = smoothing / K, plus 1 - smoothing where k = y

    So smoothing gives a little of the target to every class, including the right one. The focal factor,
    (1 - p_y)^gamma, is small where the model is already right; the gradient flows through this factor, too.

    Args:
        logits: (B, K)
        labels: (B,), from 0 to K - 1
        smoothing: from 0 up to, but not including, 1
        gamma: 0 or more

    Returns:
        The mean over the examples: a tensor with one element, attached to its graph. The loss and its gradient are
        finite for logits of any size. With ``gamma=0`` or ``smoothing=0``, the loss is the one without that part.

    Raises:
        ValueError: ``smoothing`` or ``gamma`` is out of range. (Another type of error is accepted with a
            remark.)

    >>> logits, labels = torch.tensor([[0.0, 0.0], [0.0, math.log(3)]]), torch.tensor([0, 1])  # p_y: 1/2 and 3/4
    >>> round(custom_loss(logits, labels).item(), 4)  # (ln 2 + ln 4/3) / 2
    0.4904
    >>> round(custom_loss(logits, labels, gamma=2.0).item(), 4)  # (1/4 ln 2 + 1/16 ln 4/3) / 2
    0.0956
    >>> round(custom_loss(logits, labels, smoothing=0.2).item(), 4)  # the second one: 0.9 ln 4/3 + 0.1 ln 4
    0.5453
    """
    # TODO: about eight lines. Reject arguments out of range, take the log-softmax, mix the two sums, weight each
    # example, average.
    raise NotImplementedError("custom_loss")


class Checkpoint:
    """Everything a training run needs to resume bit for bit as if it had never been interrupted.

    It contains the weights and buffers of the model, the state of the optimizer, the state of the scheduler, and the
    state of torch's random number generator for the CPU, which dropout and shuffling use. All of it is copied, so
    training may continue without changing the checkpoint.

    Args:
        model: the model of the run in progress.
        optimizer: the optimizer of this model.
        scheduler: the scheduler of this optimizer, or None.

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
        # TODO: about four lines. Get the states of model, optimizer, scheduler and generator, and copy them.
        raise NotImplementedError("Checkpoint.__init__")

    def restore(self, model: nn.Module, optimizer: torch.optim.Optimizer, scheduler: Any = None) -> None:
        """Restore everything into objects of the same structure, which may be new. This may be done repeatedly.

        Args:
            model: receives the weights and buffers.
            optimizer: the optimizer of this model.
            scheduler: the scheduler of this optimizer, or None if the run had none.
        """
        # TODO: about five lines. Load each state back, without letting the checkpoint change.
        raise NotImplementedError("Checkpoint.restore")
