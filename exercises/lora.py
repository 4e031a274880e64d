"""LoRA and its relatives: fine-tune a large model by training a small part. Lesson: `course read lora`.

Letters, as in the LoRA paper: d output width of a layer, k input width, r rank of the update, L layers of the model.
A shape (..., k) has any number of leading dimensions, for example (batch, tokens, k).

What is passed in is modified only where the docstring says so.

Sources:
    LoRA            Hu et al. 2021, https://arxiv.org/abs/2106.09685, section 4.1
    adapters        Houlsby et al. 2019, https://arxiv.org/abs/1902.00751, section 2.1
    prefix tuning   Li and Liang 2021, https://arxiv.org/abs/2101.00190
    prompt tuning   Lester et al. 2021, https://arxiv.org/abs/2104.08691
    best rank r     Eckart and Young 1936, https://doi.org/10.1007/BF02288367
    DoRA            Liu et al. 2024, https://arxiv.org/abs/2402.09353, sections 4.1 to 4.3
    rsLoRA          Kalajdzievski 2023, https://arxiv.org/abs/2312.03732
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F  # noqa: F401  (for your use)
from torch import Tensor, nn


def lora_report(
    shapes: list[tuple[int, int]],
    r: int,
    n_layers: int = 1,
    head_params: int = 0,
    base_params: int | None = None,
) -> dict[str, float]:
    """Count what LoRA trains, before training anything.

    A weight matrix W of shape (d, k) gets two factors, B of shape (d, r) and A of shape (r, k).

    Args:
        shapes: (d, k) of every adapted matrix of ONE layer. d and k may differ.
        r: rank of the update.
        n_layers: L, the number of layers that hold these matrices.
        head_params: numbers in the task head, which is trained in full. They are trainable, but they are not LoRA's.
        base_params: all numbers of the model before LoRA, its head included; None when unknown.

    Returns:
        A dictionary with

        - ``lora_params``: numbers in all factors of all layers
        - ``trainable``: ``lora_params`` and the head
        - ``kept_ratio``: ``lora_params`` over the numbers of all adapted matrices together; what REMAINS to be trained
        - ``reduction``: 1 - ``kept_ratio``; negative when the factors are larger than the matrices
        - ``trainable_ratio``: ``trainable`` / (``base_params`` + ``lora_params``); only when ``base_params`` is given
          (None otherwise passes the checks, with a remark)

        The three ratios are fractions of 1, not percentages, and are neither rounded nor clipped.

    >>> report = lora_report([(768, 768)] * 4, r=16, n_layers=12)
    >>> int(report["lora_params"]), round(float(report["kept_ratio"]), 4), round(float(report["reduction"]), 4)
    (1179648, 0.0417, 0.9583)
    """
    # TODO: about nine lines. Add up the factors and the matrices over all shapes and layers, then divide.
    raise NotImplementedError("lora_report")


class LoRALinear(nn.Module):
    """A frozen linear layer with a low-rank update beside it: h = W x + b + (alpha / r) B A dropout(x).

    W and b belong to ``base`` and are frozen. The only trainable tensors are the two factors A and B, with r * k and
    d * r numbers. They may be Parameters or bias-free Linear layers, and may be stored in either orientation.

    A starts random, with different rows and different in every layer, and B starts at zero (LoRA paper, section 4.1).
    So the layer begins as an exact copy of the one it wraps, and still B has a gradient: with both at zero, neither
    would ever move.

    Frozen means not updated, not cut off: x gets its gradient through W and through the update, so that layers below
    can learn. The factors are Parameters with the dtype and the device of ``base.weight``.

    >>> base = nn.Linear(3, 2)
    >>> layer = LoRALinear(base, r=1, alpha=2.0)
    >>> x = torch.ones(5, 3)
    >>> torch.allclose(layer(x), base(x))
    True
    >>> sorted(parameter.numel() for parameter in layer.parameters() if parameter.requires_grad)
    [2, 3]
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> None:
        """Wrap a layer.

        Args:
            base: the layer to adapt, d outputs and k inputs, with or without bias. Its parameters become frozen.
            r: rank of the update, at least 1.
            alpha: strength of the update, which is scaled by alpha / r.
            dropout: probability of dropping an input of the update while training; an input that is kept is divided by
                1 - ``dropout``. W x + b sees every input.

        Raises:
            ValueError: ``r`` is less than 1.
        """
        super().__init__()
        # TODO: about eight lines. Keep and freeze the base, create A and B, start them, remember scale and dropout.
        raise NotImplementedError("LoRALinear.__init__")

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer.

        While merged, the update is inside W and its branch is silent.

        Args:
            x: (..., k)

        Returns:
            (..., d)
        """
        # TODO: about four lines. Ask the base, then add the scaled branch, unless the layer is merged.
        raise NotImplementedError("LoRALinear.forward")

    def delta_weight(self) -> Tensor:
        """Multiply the update out, as it would be added to W.

        Returns:
            (d, k), the matrix (alpha / r) B A of rank at most r.
        """
        # TODO: one line. Multiply the factors, then scale.
        raise NotImplementedError("LoRALinear.delta_weight")

    @torch.no_grad()
    def merge(self) -> None:
        """Write W + (alpha / r) B A into the weight, so that the layer costs what a plain one costs.

        The outputs stay the same, in training mode too (apart from dropout, which ends with the branch): the factors
        are no longer looked at. Merging a merged layer does nothing.

        Nothing else merges: ``eval()`` and ``train()`` leave the weight as it is, and factors that change afterwards
        are heard.
        """
        # TODO: about four lines. Leave if merged, remember what unmerge will need, add the update to the weight.
        raise NotImplementedError("LoRALinear.merge")

    @torch.no_grad()
    def unmerge(self) -> None:
        """Take the update out of the weight again.

        W is exactly as it was before ``merge``, whatever has become of the factors since, and frozen as ever; their
        branch is back: if they have not changed, the outputs stay the same once more. Unmerging a layer that is not
        merged does nothing. (W up to rounding passes the checks, with a remark.)
        """
        # TODO: about four lines. Leave if not merged, restore the weight, remember that it is restored.
        raise NotImplementedError("LoRALinear.unmerge")


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    """Adapt a model in place: some of its linear layers become LoRALinear, everything else is frozen.

    Whole name parts count. With ``targets=("query",)`` a layer called ``encoder.layer.3.attention.self.query`` is
    adapted, and so is one called ``query`` alone, but neither ``self.query_norm`` nor ``self.subquery``. A target may
    have dots: "attention.output.dense" does not mean "output.dense" in general.

    Args:
        model: any model. Each adapted layer is replaced inside the module that holds it, and keeps its weights.
        targets: every ``nn.Linear`` whose dotted name equals a target, or ends with "." and a target, is adapted.
            Modules of other kinds are left alone.
        r: rank of every update.
        alpha: strength of every update.
        dropout: dropout on the input of every update.
        trainable: names, by the same rule, of modules that are trained in full, such as a new head, with all that
            they hold; () for none.
            All other parameters of the model are frozen; the factors are not.

    Returns:
        Dotted names of the replaced layers, each once.

    Raises:
        ValueError: none of the targets is the name of a linear layer (one that fits is enough), or a name in
            ``trainable`` is that of no module. A misspelt head would stay frozen, and nobody would notice. A model
            without a classifier needs ``trainable=()``.

    >>> model = nn.ModuleDict({"query": nn.Linear(4, 4), "query_norm": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})
    >>> list(inject_lora(model, ["query"], r=2, alpha=4.0))
    ['query']
    >>> sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)  # 2 * (4 + 4) + 10
    26
    """
    # TODO: about fifteen lines. Find the layers, freeze the model, replace each layer in its parent, free the head.
    raise NotImplementedError("inject_lora")


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    """Save what was trained, and nothing else: about a megabyte for BERT-base instead of 438.

    After `inject_lora` that is exactly what is trainable: the factors of every adapted layer, and the head.

    Args:
        model: a model after `inject_lora`.

    Returns:
        The names of the parameters, as ``model.named_parameters()`` has them, and tensors. The tensors are copies,
        detached from the graph: training that goes on does not change them.

    >>> model = nn.ModuleDict({"query": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})
    >>> names = inject_lora(model, ["query"], r=1, alpha=1.0)
    >>> sum(tensor.numel() for tensor in lora_state_dict(model).values())  # 1 * (4 + 4) + 10
    18
    """
    # TODO: about one line. Walk over the parameters, pick the trainable ones, copy.
    raise NotImplementedError("lora_state_dict")


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    """Put saved factors and head into a fresh model that was prepared by the same call of `inject_lora`.

    The model then answers like the one that was saved, has numbers of its own, and can be trained further: what was
    trainable before stays trainable.

    Args:
        model: a model after `inject_lora`, with the same base weights as the saved one.
        state: what `lora_state_dict` returned.

    Raises:
        KeyError: the state lacks a trainable tensor of the model, or holds a name that is none of them. (Another type
            of error passes the checks, with a remark. So it does for every ``Raises`` of this exercise.)

    >>> model = nn.ModuleDict({"query": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})
    >>> names = inject_lora(model, ["query"], r=1, alpha=1.0)
    >>> state = lora_state_dict(model)
    >>> torch.nn.init.zeros_(model["classifier"].weight).any().item()
    False
    >>> load_lora_state_dict(model, state)
    >>> model["classifier"].weight.any().item()
    True
    """
    # TODO: about five lines. Compare the names on both sides, refuse a difference, copy the numbers.
    raise NotImplementedError("load_lora_state_dict")


class MultiLoRALinear(nn.Module):
    """One frozen linear layer, many adapters, one of them active: h = W x + b + (alpha / r) B A x.

    Rank, alpha and factors belong to the adapter. All factors are registered as parameters, so that an optimizer, a
    checkpoint and `.to(device)` see them; the base is frozen. Every adapter starts as `LoRALinear` does, and x gets its
    gradient as it does there.

    >>> layer = MultiLoRALinear(nn.Linear(3, 2))
    >>> layer.add_adapter("reviews", r=1, alpha=2.0)
    >>> layer.add_adapter("news", r=2, alpha=2.0)
    >>> layer.set_adapter("news")
    >>> sum(parameter.numel() for parameter in layer.parameters() if parameter.requires_grad)  # (1 + 2) * (3 + 2)
    15
    """

    def __init__(self, base: nn.Linear) -> None:
        """Wrap a layer; no adapter exists yet.

        Args:
            base: the layer to adapt, d outputs and k inputs. Its parameters become frozen.
        """
        super().__init__()
        # TODO: about five lines. Keep and freeze the base, prepare a place for adapters, choose none.
        raise NotImplementedError("MultiLoRALinear.__init__")

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        """Add an adapter with factors of its own; it is not active yet.

        Args:
            name: what `set_adapter` will call it.
            r: rank of its update.
            alpha: its strength; the update is scaled by alpha / r.

        Raises:
            ValueError: the name is taken; the adapter that has it stays as it was.
        """
        # TODO: about seven lines. Refuse a known name, create and register the factors, start them, note the scale.
        raise NotImplementedError("MultiLoRALinear.add_adapter")

    def set_adapter(self, name: str | None) -> None:
        """Choose the adapter that works from now on.

        Its factors stay as they are, and so do those of the others: their numbers, and that they are trainable.

        Args:
            name: an adapter; None for the plain base layer.

        Raises:
            KeyError: no adapter has this name; the active adapter stays active.
        """
        # TODO: about three lines. Refuse an unknown name, remember the choice.
        raise NotImplementedError("MultiLoRALinear.set_adapter")

    def forward(self, x: Tensor) -> Tensor:
        """Apply the base layer and the active adapter, if there is one; the other adapters have no part in it.

        Args:
            x: (..., k)

        Returns:
            (..., d)
        """
        # TODO: about five lines. Ask the base, add the branch of the active adapter, if there is one.
        raise NotImplementedError("MultiLoRALinear.forward")


class BottleneckAdapter(nn.Module):
    """A small network with a bypass, put behind a frozen block: h + up(activation(down(h))).

    ``down`` maps d to m and ``up`` maps m back to d; both are linear maps with biases: 2 d m + m + d numbers, all
    trainable. Between them stands a non-linearity, whichever you like; without it the branch would be a single linear
    map of rank m.

    At the start the output differs from h by less than 10 % of its length, or the adapter would disturb what
    pre-training has built: begin with a small or a zero ``up``, bias included. But not everything may be zero: one
    of the two weight matrices must have a gradient from the first step on.

    >>> adapter = BottleneckAdapter(d=6, m=2)
    >>> sum(parameter.numel() for parameter in adapter.parameters() if parameter.requires_grad)  # 2 * 6 * 2 + 2 + 6
    32
    """

    def __init__(self, d: int, m: int) -> None:
        """Build both projections.

        Args:
            d: width of the block.
            m: width of the bottleneck, usually much less than d.
        """
        super().__init__()
        # TODO: about four lines. Create both projections, choose how they start.
        raise NotImplementedError("BottleneckAdapter.__init__")

    def forward(self, h: Tensor) -> Tensor:
        """Add the branch to its input.

        Args:
            h: (..., d)

        Returns:
            (..., d)
        """
        # TODO: one line. Project down, bend, project up, add.
        raise NotImplementedError("BottleneckAdapter.forward")


def peft_param_count(
    method: str,
    *,
    d: int,
    n_layers: int,
    r: int = 0,
    n_matrices: int = 2,
    bottleneck: int = 0,
    per_layer: int = 2,
    n_virtual: int = 0,
) -> int:
    """How many numbers a method trains in a Transformer of width d, the head not counted.

    - "lora": ``n_matrices`` square d x d matrices in every layer get two factors of rank ``r``.
    - "adapter": ``per_layer`` bottleneck adapters in every layer, two in Houlsby's design: d to ``bottleneck`` and
      back, both projections with biases.
    - "prefix": ``n_virtual`` positions in front of the keys AND as many in front of the values of every layer,
      each a vector of d numbers.
    - "prompt": ``n_virtual`` vectors of d numbers in front of the input embeddings, and nowhere else.

    Args:
        method: "lora", "adapter", "prefix" or "prompt".
        d: width of the model.
        n_layers: L.
        r: rank, for "lora".
        n_matrices: adapted matrices per layer, for "lora".
        bottleneck: inner width m, for "adapter".
        per_layer: adapters per layer, for "adapter".
        n_virtual: virtual tokens, for "prefix" and "prompt".

    Returns:
        The number of trainable parameters.

    Raises:
        ValueError: the method is none of the four.

    >>> int(peft_param_count("lora", d=768, n_layers=12, r=8))  # query and value of BERT-base
    294912
    >>> int(peft_param_count("prompt", d=768, n_layers=12, n_virtual=20))
    15360
    """
    # TODO: about ten lines. Tell the methods apart, count each, refuse the rest.
    raise NotImplementedError("peft_param_count")


# --- bonus ---


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    """Find the best that LoRA could do for a known update: the factors whose product comes closest to it.

    The singular value decomposition writes the update as U S Vh, singular values in descending order. Keep the first r
    of them, and no other matrix of rank r is closer (Eckart and Young 1936). What is lost has the size of the singular
    values that were discarded.

    Args:
        delta_w: (d, k), for example the difference of a weight before and after full fine-tuning. It stays as it is.
        r: rank, from 1 to the smaller one of d and k.

    Returns:
        B (d, r) and A (r, k), whose product B A is the best approximation of rank r (how the singular values are shared
        between the two is up to you); and the error, the Frobenius norm of ``delta_w`` - B A, a number: the square root
        of the sum of the squares of all discarded singular values.

    Raises:
        ValueError: ``r`` is less than 1, or larger than d or k.

    >>> B, A, error = best_rank_r(torch.diag(torch.tensor([12.0, 4.0, 3.0])), r=1)
    >>> [round(abs(number), 3) for number in (B @ A).diagonal().tolist()], round(float(error), 4)
    ([12.0, 0.0, 0.0], 5.0)
    """
    # TODO: about six lines. Refuse impossible ranks, decompose, keep the first r, measure what is left.
    raise NotImplementedError("best_rank_r")


class DoRALinear(nn.Module):
    """LoRA for the direction of a weight, and a magnitude of its own for every output (DoRA).

    The weight in use is W' = m * (W + s B A) / norm, row by row: norm holds the length of every row of W + s B A, and m
    the d magnitudes, which are trained. So a row is turned by B A, and made longer or shorter by m alone. (torch stores
    one row for every output; the paper, which writes the matrix the other way round, speaks of columns.)

    Only A, B and m are trainable: r * k, d * r and d numbers. W and the bias belong to ``base`` and are frozen. A
    starts random, B at zero and m at the lengths of W's rows, so that the layer begins as an exact copy of its base.

    In the backward pass norm counts as a constant (paper, section 4.3). x gets its gradient. No row of W is all zero.

    >>> base = nn.Linear(3, 2)
    >>> layer = DoRALinear(base, r=1, alpha=2.0)
    >>> x = torch.ones(5, 3)
    >>> torch.allclose(layer(x), base(x))
    True
    >>> sorted(parameter.numel() for parameter in layer.parameters() if parameter.requires_grad)
    [2, 2, 3]
    """

    def __init__(self, base: nn.Linear, r: int, alpha: float, rs: bool = False) -> None:
        """Wrap a layer.

        Args:
            base: the layer to adapt, d outputs and k inputs, with or without bias. Its parameters become frozen.
            r: rank of the update, at least 1.
            alpha: strength of the update.
            rs: whether s is alpha / sqrt(r), as in rsLoRA, instead of alpha / r.

        Raises:
            ValueError: ``r`` is less than 1.
        """
        super().__init__()
        # TODO: about nine lines. Freeze the base, create A, B and the magnitudes, choose the scale.
        raise NotImplementedError("DoRALinear.__init__")

    def forward(self, x: Tensor) -> Tensor:
        """Apply W' and the bias.

        Args:
            x: (..., k)

        Returns:
            (..., d): W' x + b
        """
        # TODO: about four lines. Turn the weight, measure its rows, give them their magnitudes, apply.
        raise NotImplementedError("DoRALinear.forward")
