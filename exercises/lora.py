"""LoRA and its relatives: fine-tune a large model by training a small part. Lesson: `course read lora`.

Dimensions, as in the LoRA paper: d output width of a layer, k input width, r rank of the update, L layers of the model.
A shape (..., k) has any number of leading dimensions, for example (batch, tokens, k).

Arguments are modified only where the docstring says so.

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
        head_params: parameters of the task head, which is trained in full: trainable, but not LoRA parameters.
        base_params: all parameters of the model before LoRA, including its head; None if unknown.

    Returns:
        A new dictionary with

        - ``lora_params``: parameters in all factors of all layers
        - ``trainable``: ``lora_params`` plus the parameters of the head
        - ``kept_ratio``: ``lora_params`` / the parameters of all adapted matrices together: the share STILL trained
        - ``reduction``: 1 - ``kept_ratio``; negative if the factors have more parameters than the matrices
        - ``trainable_ratio``: ``trainable`` / (``base_params`` + ``lora_params``); only if ``base_params`` is given.
          Otherwise leave the key out (the value None is accepted with a remark)

        The three ratios are fractions, not percentages, and are neither rounded nor clipped.

    >>> report = lora_report([(768, 768)] * 4, r=16, n_layers=12)
    >>> int(report["lora_params"]), round(float(report["kept_ratio"]), 4), round(float(report["reduction"]), 4)
    (1179648, 0.0417, 0.9583)
    """
    # TODO: about nine lines. Add up the factors and the matrices over all shapes and layers, then divide.
    raise NotImplementedError("lora_report")


class LoRALinear(nn.Module):
    """A frozen linear layer with a low-rank update beside it: h = W x + b + (alpha / r) B A dropout(x).

    W and b belong to ``base`` and are frozen. The only trainable tensors are the two factors A and B, with r * k and
    d * r elements. They may be Parameters or bias-free Linear layers, and may be stored in either orientation.

    A starts with random values, different in every row and in every layer. B starts at zero (LoRA paper, section 4.1).
    So the layer starts with exactly the outputs of the layer it wraps, and B still gets a gradient. With both factors
    at zero, neither would ever change.

    Frozen means not updated. It does not mean detached: x gets its gradient through W and through the update, so that
    layers below can learn. The factors are Parameters with the dtype and the device of ``base.weight``.

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
            dropout: probability of dropping an entry of x in the update, in training mode only; an entry that is kept
                is divided by 1 - ``dropout``. W x + b uses every entry of x.

        Raises:
            ValueError: ``r`` is less than 1.
        """
        super().__init__()
        # TODO: about eight lines. Store and freeze the base, create and initialise A and B, store the scale and the
        # dropout.
        raise NotImplementedError("LoRALinear.__init__")

    def forward(self, x: Tensor) -> Tensor:
        """Apply the layer.

        While the layer is merged, the update is part of W, and the LoRA branch is not used.

        Args:
            x: (..., k)

        Returns:
            (..., d)
        """
        # TODO: about four lines. Apply the base, then add the scaled branch, unless the layer is merged.
        raise NotImplementedError("LoRALinear.forward")

    def delta_weight(self) -> Tensor:
        """Compute the update as the matrix that is added to W by `merge`.

        Returns:
            (d, k), the matrix (alpha / r) B A of rank at most r.
        """
        # TODO: one line. Multiply the factors, then scale.
        raise NotImplementedError("LoRALinear.delta_weight")

    @torch.no_grad()
    def merge(self) -> None:
        """Write W + (alpha / r) B A into the weight, so that the layer costs no more than a plain linear layer.

        The outputs stay the same, in training mode too (apart from dropout, which a merged layer does not apply): the
        forward pass no longer uses the factors. Merging a merged layer does nothing.

        Nothing else merges: ``eval()`` and ``train()`` leave the weight as it is. If the factors of an unmerged layer
        change later, so do its outputs.
        """
        # TODO: about four lines. Return if already merged, save what unmerge will need, add the update to the weight.
        raise NotImplementedError("LoRALinear.merge")

    @torch.no_grad()
    def unmerge(self) -> None:
        """Take the update out of the weight again.

        W is exactly as it was before ``merge``, even if the factors have changed since, and it stays frozen. (It need
        not be as it was when the layer was built: loading a checkpoint gives it other values.) The LoRA branch is
        active again: if the factors have not changed, the outputs stay the same. Unmerging a layer that is not merged
        does nothing. (Restoring W only up to rounding is accepted with a remark.)
        """
        # TODO: about four lines. Return if not merged, restore the weight, record that the layer is no longer merged.
        raise NotImplementedError("LoRALinear.unmerge")


def inject_lora(
    model: nn.Module,
    targets: Sequence[str],
    r: int,
    alpha: float,
    dropout: float = 0.0,
    trainable: Sequence[str] = ("classifier",),
) -> list[str]:
    """Adapt a model in place: some linear layers become LoRALinear layers, and the rest of the model is frozen.

    Only whole parts of a name match. With ``targets=("query",)``, a layer called
    ``encoder.layer.3.attention.self.query`` is adapted, and so is a layer called just ``query``, but neither
    ``self.query_norm`` nor ``self.subquery``. A target may contain dots: all parts of "attention.output.dense" must
    match, so it does not match every "output.dense".

    Args:
        model: any model in which no two modules share a target layer. Each adapted layer is replaced in its parent
            module and keeps its weights.
        targets: every ``nn.Linear`` whose dotted name equals a target, or ends with "." and a target, is adapted.
            Modules of other types are left alone.
        r: rank of every update.
        alpha: strength of every update.
        dropout: dropout on the input of every update.
        trainable: names of modules that are trained in full, including all their submodules, such as a new head; the
            same matching rule applies; () for none. All other parameters of the model are frozen, except the factors. A
            target inside such a module is adapted as well; whether its own weight and bias are also trained is your
            choice.

    Returns:
        A new list with the dotted names of the replaced layers, each once.

    Raises:
        ValueError: none of the targets matches a linear layer (one match is enough), or a name in ``trainable``
            matches no module. With a misspelt name, the head would silently stay frozen. A model without a classifier
            needs ``trainable=()``. Whether the model is already frozen when the error is raised is your choice.

    >>> model = nn.ModuleDict({"query": nn.Linear(4, 4), "query_norm": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})
    >>> list(inject_lora(model, ["query"], r=2, alpha=4.0))
    ['query']
    >>> sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)  # 2 * (4 + 4) + 10
    26
    """
    # TODO: about fifteen lines. Find the layers, freeze the model, replace each layer in its parent, unfreeze the head.
    raise NotImplementedError("inject_lora")


def lora_state_dict(model: nn.Module) -> dict[str, Tensor]:
    """Save the trained parameters and nothing else: about 1 MB for BERT-base instead of 438 MB.

    After `inject_lora`, these are exactly the trainable parameters: the factors of every adapted layer, and the head.

    Args:
        model: a model after `inject_lora`.

    Returns:
        A new dictionary from parameter names, as in ``model.named_parameters()``, to tensors. The tensors are copies,
        detached from the graph: neither further training nor a later save changes them.

    >>> model = nn.ModuleDict({"query": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})
    >>> names = inject_lora(model, ["query"], r=1, alpha=1.0)
    >>> sum(tensor.numel() for tensor in lora_state_dict(model).values())  # 1 * (4 + 4) + 10
    18
    """
    # TODO: about one line. Walk over the parameters, pick the trainable ones, copy.
    raise NotImplementedError("lora_state_dict")


def load_lora_state_dict(model: nn.Module, state: dict[str, Tensor]) -> None:
    """Load the saved factors and the head into a fresh model that was prepared with the same call of `inject_lora`.

    The model then gives the same outputs as the saved one, shares no memory with ``state``, and can be trained further:
    what was trainable before stays trainable.

    Args:
        model: a model after `inject_lora`, with the same base weights as the saved one.
        state: what `lora_state_dict` returned.

    Raises:
        KeyError: the state lacks a trainable parameter of the model, or contains a name that is not the name of one.
            (Another type of error is accepted with a remark. This holds for every ``Raises`` in this exercise.)

    >>> model = nn.ModuleDict({"query": nn.Linear(4, 4), "classifier": nn.Linear(4, 2)})
    >>> names = inject_lora(model, ["query"], r=1, alpha=1.0)
    >>> state = lora_state_dict(model)
    >>> torch.nn.init.zeros_(model["classifier"].weight).any().item()
    False
    >>> load_lora_state_dict(model, state)
    >>> model["classifier"].weight.any().item()
    True
    """
    # TODO: about five lines. Compare the names on both sides, raise an error if they differ, copy the values.
    raise NotImplementedError("load_lora_state_dict")


class MultiLoRALinear(nn.Module):
    """One frozen linear layer, many adapters, one of them active: h = W x + b + (alpha / r) B A x.

    Each adapter has its own rank, alpha and factors. All factors are registered as parameters, so that an optimizer, a
    checkpoint and `.to(device)` see them; the base is frozen. Every adapter starts as in `LoRALinear`, and x gets its
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
        # TODO: about five lines. Store and freeze the base, prepare containers for the adapters, activate none.
        raise NotImplementedError("MultiLoRALinear.__init__")

    def add_adapter(self, name: str, r: int, alpha: float) -> None:
        """Add an adapter with its own factors, without activating it.

        Args:
            name: name of the adapter, for `set_adapter`.
            r: rank of its update.
            alpha: strength of its update, which is scaled by alpha / r.

        Raises:
            ValueError: the name is taken; the existing adapter stays unchanged.
        """
        # TODO: about seven lines. Reject a name that is taken, create, register and initialise the factors, store the
        # scale.
        raise NotImplementedError("MultiLoRALinear.add_adapter")

    def set_adapter(self, name: str | None) -> None:
        """Choose the active adapter.

        The factors of all adapters stay as they are: their values do not change, and they stay trainable.

        Args:
            name: name of an adapter; None for the plain base layer.

        Raises:
            KeyError: no adapter has this name; the active adapter stays active.
        """
        # TODO: about three lines. Reject an unknown name, store the choice.
        raise NotImplementedError("MultiLoRALinear.set_adapter")

    def forward(self, x: Tensor) -> Tensor:
        """Apply the base layer and the active adapter, if there is one; the other adapters are not used.

        Args:
            x: (..., k)

        Returns:
            (..., d)
        """
        # TODO: about five lines. Apply the base, add the branch of the active adapter, if there is one.
        raise NotImplementedError("MultiLoRALinear.forward")


class BottleneckAdapter(nn.Module):
    """A small network with a residual connection, placed after a frozen block: h + up(activation(down(h))).

    ``down`` maps d to m and ``up`` maps m back to d. Both are linear maps with biases: 2 d m + m + d parameters, all
    trainable. Between them is a non-linearity of your choice; without it, the branch would be a single linear map of
    rank m.

    At the start, the output differs from h by less than 10% of the norm of h; otherwise the adapter would disturb
    what pre-training has learned. So start ``up``, including its bias, at zero or at small values. But not everything
    may be zero: at least one of the two weight matrices must get a gradient in the first step.

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
        # TODO: about four lines. Create both projections, choose their initial values.
        raise NotImplementedError("BottleneckAdapter.__init__")

    def forward(self, h: Tensor) -> Tensor:
        """Add the branch to its input.

        Args:
            h: (..., d)

        Returns:
            (..., d)
        """
        # TODO: one line. Project down, apply the non-linearity, project up, add.
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
    """Count the parameters that a method trains in a Transformer of width d, not counting the head.

    - "lora": in every layer, ``n_matrices`` square d x d matrices get two factors of rank ``r`` each.
    - "adapter": ``per_layer`` bottleneck adapters in every layer (two in Houlsby's design), each from d to
      ``bottleneck`` and back, both projections with biases.
    - "prefix": ``n_virtual`` vectors of d numbers in front of the keys AND as many in front of the values of every
      layer.
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
    # TODO: about ten lines. Distinguish the methods, count for each, reject all others.
    raise NotImplementedError("peft_param_count")


# --- bonus ---


def best_rank_r(delta_w: Tensor, r: int) -> tuple[Tensor, Tensor, float]:
    """Find the best that LoRA could do for a known update: the factors whose product comes closest to it.

    The singular value decomposition writes the update as U S Vh, with the singular values in descending order. If you
    keep the first r of them, no other matrix of rank r is closer (Eckart and Young 1936). The error depends only on the
    discarded singular values.

    Args:
        delta_w: (d, k), for example the change of a weight in full fine-tuning. It is not modified.
        r: rank, from 1 to the smaller of d and k.

    Returns:
        B (d, r), A (r, k) and the error. The product B A is the best approximation of rank r; how the singular values
        are split between B and A is your choice. The error is a number, the Frobenius norm of ``delta_w`` - B A: the
        square root of the sum of the squares of all discarded singular values.

    Raises:
        ValueError: ``r`` is less than 1, or larger than d or k.

    >>> B, A, error = best_rank_r(torch.diag(torch.tensor([12.0, 4.0, 3.0])), r=1)
    >>> [round(abs(number), 3) for number in (B @ A).diagonal().tolist()], round(float(error), 4)
    ([12.0, 0.0, 0.0], 5.0)
    """
    # TODO: about six lines. Reject impossible ranks, decompose, keep the first r, measure what is discarded.
    raise NotImplementedError("best_rank_r")


class DoRALinear(nn.Module):
    """LoRA for the direction of a weight, with a separate magnitude for every output (DoRA).

    The layer uses the weight W' = m * (W + s B A) / norm, row by row: norm holds the length of every row of W + s B A,
    and m holds the d trained magnitudes. So B A only rotates a row, and only m changes its length. (torch stores one
    row per output; the paper writes the transposed matrix and therefore speaks of columns.)

    Only A, B and m are trainable, with r * k, d * r and d elements. W and the bias belong to ``base`` and are frozen. A
    starts with random values, B at zero, and m at the lengths of W's rows, so that the layer starts with exactly the
    outputs of its base.

    In the backward pass, norm is treated as a constant (paper, section 4.3), and x gets its gradient. No row of W is
    all zeros.

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
        # TODO: about four lines. Add the update to the weight, measure its rows, rescale them to the magnitudes, apply.
        raise NotImplementedError("DoRALinear.forward")
