"""Learning rates, weight decay, re-initialisation and the size of a step. Lesson: `course read optimization`.

Dimensions: L layers of the encoder, B examples in a batch, C width.

A "BERT-like" model has ``model.config`` and ``model.bert``. The latter has the parts ``embeddings``, ``encoder.layer``
(L layers, the first one next to the embeddings) and ``pooler``. Everything outside ``model.bert`` is the head.

Sources:
    AdamW                Loshchilov and Hutter 2017, https://arxiv.org/abs/1711.05101
    rates per layer      Howard and Ruder 2018, https://arxiv.org/abs/1801.06146, section 3.2
    re-initialisation    Zhang et al. 2020, https://arxiv.org/abs/2006.05987, section 5
    clipping             Pascanu et al. 2012, https://arxiv.org/abs/1211.5063, section 3.2
    cosine               Loshchilov and Hutter 2016, https://arxiv.org/abs/1608.03983, equation 5
    Adam                 Kingma and Ba 2014, https://arxiv.org/abs/1412.6980, algorithm 1
"""

import math  # noqa: F401  (for your use)
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn


def decay_groups(model: nn.Module, weight_decay: float = 0.01) -> list[dict[str, Any]]:
    """Split a model's parameters for an optimizer: those with two or more dimensions decay, the others do not.

    Weight decay pulls values towards zero. That makes sense for matrices: linear layers, embeddings, the weights of an
    LSTM, the kernels of a convolution. It makes no sense for a bias (including those of an LSTM, with names such as
    ``bias_ih_l0``), nor for the scale of a LayerNorm, a BatchNorm or another norm, whatever a model calls that layer:
    scales should stay near 1.

    Args:
        model: any model. It may have frozen parameters, and one parameter under two names (tied weights).
        weight_decay: the value for parameters that decay.

    Returns:
        Parameter groups for a torch optimizer, each with ``params`` and ``weight_decay`` (0 for parameters that do not
        decay). Every trainable parameter is in exactly one group, once; frozen ones are in none. How many groups there
        are, and which other keys they have, is your choice.

    >>> model = nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2))
    >>> [(group["weight_decay"], len(group["params"])) for group in decay_groups(model, weight_decay=0.1)]
    [(0.1, 1), (0.0, 3)]
    """
    # TODO: about four lines. Take the trainable parameters, split them in two, and set the weight decay of each part.
    raise NotImplementedError("decay_groups")


def llrd_groups(
    model: nn.Module,
    base_lr: float,
    decay: float,
    head_lr: float,
    weight_decay: float = 0.01,
) -> list[dict[str, Any]]:
    """Give every layer its own learning rate: the further from the head, the lower (layer-wise learning rate decay).

    ==================  ================================
    the head            ``head_lr``
    pooler              ``base_lr``
    layer L-1, on top   ``base_lr``
    layer i             ``base_lr * decay ** (L-1-i)``
    embeddings          ``base_lr * decay ** L``
    ==================  ================================

    Args:
        model: a BERT-like model. ``model.bert.pooler`` may be None, as in BERT for token classification. The head may
            have any number of parts, with any names.
        base_lr: rate of the topmost layer.
        decay: the rate of a layer divided by that of the layer above it, at most 1.
        head_lr: rate of everything outside ``model.bert``, which starts from random values and has further to go.
        weight_decay: for everything with two or more dimensions, in the head too; biases and norms do not decay.

    Returns:
        Parameter groups for a torch optimizer, each with ``params``, ``lr`` and ``weight_decay``. Every trainable
        parameter is in exactly one group, once. How many groups there are, which other keys they have, and whether they
        include frozen parameters, is your choice.

    >>> from transformers import BertConfig, BertForSequenceClassification
    >>> tiny = BertConfig(vocab_size=9, hidden_size=4, num_hidden_layers=2, num_attention_heads=1, intermediate_size=5)
    >>> groups = llrd_groups(BertForSequenceClassification(tiny), base_lr=1.0, decay=0.5, head_lr=10.0)
    >>> sorted({group["lr"] for group in groups})  # embeddings, layer 0, layer 1 and pooler, head
    [0.25, 0.5, 1.0, 10.0]
    """
    # TODO: about twelve lines. Find the rate of every parameter, then group parameters with equal rate and decay.
    raise NotImplementedError("llrd_groups")


@torch.no_grad()
def reinit_top_layers(model: nn.Module, n: int, std: float | None = None) -> nn.Module:
    """Re-initialise the top layers in place, so that they forget what they learned in pre-training.

    In the top n layers, every call draws new weights for every ``nn.Linear`` from a normal distribution with mean 0 and
    sets its bias (if it has one) to 0; every ``nn.LayerNorm`` gets weight 1 and bias 0. That is how transformers
    initialises BERT. Google's own BERT truncates the normal distribution at two standard deviations, which is correct
    as well.

    The Parameters remain the same objects and remain trainable, so that an existing optimizer keeps working. The lower
    layers, embeddings and head keep their values. Whether the pooler is re-initialised along with the layers is your
    choice.

    Args:
        model: a BERT-like model.
        n: how many layers, beginning with the top one; between 0 (nothing changes) and L (all layers).
        std: standard deviation of the new weights; None for ``model.config.initializer_range``. 0 makes them all 0.

    Returns:
        The model.

    Raises:
        ValueError: the model has fewer than ``n`` layers, or ``n`` is negative. The model then stays unchanged.
            (Another type of error is accepted with a remark.)

    >>> from transformers import BertConfig, BertForSequenceClassification
    >>> tiny = BertConfig(vocab_size=9, hidden_size=4, num_hidden_layers=2, num_attention_heads=1, intermediate_size=5)
    >>> model = reinit_top_layers(BertForSequenceClassification(tiny), n=1, std=0.0)
    >>> [bool((layer.output.dense.weight == 0).all()) for layer in model.bert.encoder.layer]
    [False, True]
    """
    # TODO: about twelve lines. Choose the layers (mind n = 0), go through their modules, set new values.
    raise NotImplementedError("reinit_top_layers")


def warmup_linear(step: int, warmup_steps: int, total_steps: int) -> float:
    """Learning rate multiplier: it rises in a straight line to 1, then falls in a straight line to 0.

    It is 0 at step 0, exactly 1 at ``warmup_steps``, and 0 from ``total_steps`` on.

    Args:
        step: how many optimizer steps were taken before this one; 0, 1, ...
        warmup_steps: the step of the peak; with 0, the schedule starts at the peak. With
            ``warmup_steps == total_steps`` there is no decay phase: at this one step, 1 and 0 are both right, and after
            it the multiplier is 0. (One that stays at 1 is accepted with a remark.) A fraction, such as
            0.1 * 225 = 22.5, is first made a whole number (truncated or rounded, as you like), so that both lines meet
            at a step that has the full rate.
        total_steps: the step at which the multiplier reaches 0; at least ``warmup_steps``, and at least 1.

    >>> [warmup_linear(step, warmup_steps=2, total_steps=6) for step in range(8)]
    [0.0, 0.5, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """
    # TODO: about four lines. Two straight lines that meet at 1; mind the divisions.
    raise NotImplementedError("warmup_linear")


def clip_grad_norm(params: Iterable[nn.Parameter], max_norm: float) -> float:
    """Clip the gradient of a whole model to a given norm; its direction stays the same.

    All gradients together form one long vector. If its Euclidean norm, the global norm, is above ``max_norm``, every
    ``.grad`` is multiplied by the same factor, so that the global norm becomes ``max_norm``. Otherwise, all gradients
    stay as they are.

    Args:
        params: parameters, perhaps of several dtypes, such as float32 and float16; may be a generator, which can be
            read only once. Those without a gradient (``.grad is None``) are skipped and still have none afterwards. A
            frozen one that still has a gradient counts like any other, since an optimizer would use it. Only gradients
            change, never the parameters themselves.
        max_norm: the largest global norm allowed, above 0.

    Returns:
        The global norm as it was BEFORE clipping; 0 if no parameter has a gradient or all gradients are zero.

    >>> parameter = nn.Parameter(torch.zeros(2))
    >>> parameter.grad = torch.tensor([3.0, 4.0])
    >>> clip_grad_norm([parameter], max_norm=1.0)
    5.0
    >>> [round(number, 4) for number in parameter.grad.tolist()]
    [0.6, 0.8]
    """
    # TODO: about five lines. Collect the gradients, compute their global norm, scale them down if necessary.
    raise NotImplementedError("clip_grad_norm")


def accumulate_gradients(
    model: nn.Module,
    batches: list[tuple[Tensor, Tensor]],
    loss_fn: Callable[[Tensor, Tensor], Tensor],
) -> float:
    """The gradient of a large batch, with the memory of a small one.

    Args:
        model: called with the inputs of one micro-batch at a time.
        batches: micro-batches, each a pair (inputs, targets) with the examples along the first dimension. They need
            not be of equal size, and the other dimensions may differ from one micro-batch to the next, as with padded
            texts. The list and its tensors stay as they are.
        loss_fn: ``loss_fn(model(inputs), targets)`` is the MEAN loss over the examples of a micro-batch.

    Returns:
        The mean loss over ALL examples, as a plain number. (A one-element tensor that is detached from its graph is
        accepted with a remark.)

        After the call, the ``.grad`` of each parameter holds the gradient of that mean, the same as from one batch of
        all examples; earlier gradients are not added to it. The weights do not change. No forward pass sees more
        examples than one micro-batch, and its activations are freed before the next forward pass begins.

    >>> model = nn.Linear(1, 1, bias=False)
    >>> batches = [(torch.tensor([[1.0], [2.0]]), torch.zeros(2, 1)), (torch.tensor([[3.0]]), torch.zeros(1, 1))]
    >>> loss = accumulate_gradients(model, batches, nn.functional.mse_loss)  # mean of w^2, (2 w)^2 and (3 w)^2
    >>> torch.allclose(model.weight.grad, model.weight * 2 * (1 + 4 + 9) / 3)
    True
    """
    # TODO: about nine lines. Clear the gradients, count the examples, then forward, weight and backward, one
    # micro-batch at a time.
    raise NotImplementedError("accumulate_gradients")


# --- bonus ---


def warmup_cosine(step: int, warmup_steps: int, total_steps: int, floor: float = 0.0) -> float:
    """Learning rate multiplier: it rises in a straight line to 1, then falls along half a cosine to ``floor``.

    It is 0 at step 0, exactly 1 at ``warmup_steps``, halfway between 1 and ``floor`` in the middle of the decay phase,
    and ``floor`` from ``total_steps`` on.

    Args:
        step: how many optimizer steps were taken before this one; 0, 1, ...
        warmup_steps: the step of the peak, a whole number; with 0, the schedule starts at the peak. With
            ``warmup_steps == total_steps`` there is no decay phase, and the multiplier at the peak itself is your
            choice: 1 or ``floor``.
        total_steps: the step at which the multiplier reaches ``floor``; at least ``warmup_steps``, and at least 1.
        floor: the multiplier at the end of the decay phase, from 0 to 1. The warmup starts at 0 all the same.

    >>> [round(warmup_cosine(step, warmup_steps=2, total_steps=6), 4) for step in range(8)]
    [0.0, 0.5, 1.0, 0.8536, 0.5, 0.1464, 0.0, 0.0]
    """
    # TODO: about four lines. A straight line up; then the share of the decay phase that is over, and half a cosine of
    # that.
    raise NotImplementedError("warmup_cosine")


def adam_step(
    weight: Tensor,
    grad: Tensor,
    state: dict[str, Any],
    mode: str,
    lr: float = 1e-3,
    weight_decay: float = 0.01,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Tensor, dict[str, Any]]:
    """Take one Adam step for one tensor, with weight decay if the mode asks for it.

    Adam keeps two running averages, of the gradient g and of its square, both starting at 0:

        mean = beta1 * mean + (1 - beta1) * g        square = beta2 * square + (1 - beta2) * g * g

    In step t = 1, 2, ... they are too small by the factors 1 - beta1**t and 1 - beta2**t. For the update, they are
    divided by these factors; then lr * mean / (sqrt(square) + eps) is subtracted from the weight. The three modes
    differ in what weight decay adds:

    - "none": nothing, whatever ``weight_decay`` is;
    - "l2": weight_decay * weight is added to the gradient, before anything else is done with it;
    - "decoupled": lr * weight_decay * weight, computed from the weight before the step, is subtracted as well (AdamW).

    Args:
        weight: of any shape. Neither it nor any other argument is modified.
        grad: of the same shape.
        state: {} for the first step, then the state that the step before returned.
        mode: one of the three.
        lr: learning rate.
        weight_decay: strength of the decay.
        betas: how much of each average is kept in a step; the first is for g, the second for its square.
        eps: prevents division by 0.

    Returns:
        The new weight, and the new state: a dictionary of numbers and tensors, under names of your choice.

    Raises:
        ValueError: there is no such mode.

    >>> weight, state = torch.tensor([2.0]), {}
    >>> for mode in ("none", "l2", "decoupled"):
    ...     moved, _ = adam_step(weight, torch.tensor([0.5]), {}, mode, lr=0.1, weight_decay=0.1)
    ...     print(mode, round(moved.item(), 4))
    none 1.9
    l2 1.9
    decoupled 1.88
    """
    # TODO: about a dozen lines. Reject unknown modes, update both averages, correct them, step; add weight decay where
    # the mode wants it.
    raise NotImplementedError("adam_step")
