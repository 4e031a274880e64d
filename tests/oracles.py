"""Helpers of the ``*_oracles`` tests: cases, comparisons, and answers that are computed without our code.

A reference can serve as a standard only because it was tested against these: libraries, and rules applied by hand.
Nothing here imports ``solutions``. An oracle of a line or two for a single test is in that test.
"""

from __future__ import annotations

import copy
import math
import random
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import peft
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification

# --- cases ---


def draws(n: int) -> Iterator[random.Random]:
    """Yield one generator per case; torch's global one is seeded too, since modules draw from it."""
    for seed in range(n):
        torch.manual_seed(seed)
        yield random.Random(seed)


def randomize(*parameters: Tensor, std: float = 1.0) -> None:
    """Set parameters to random numbers, since many start at zero."""
    with torch.no_grad():
        for parameter in parameters:
            parameter.normal_(std=std)


# --- comparisons ---


def close(got: Tensor, want: Tensor, tolerance: float | None = None) -> None:
    """Assert equal shape and dtype, and equal numbers, relative to their size."""
    assert got.shape == want.shape and got.dtype == want.dtype
    if tolerance is None:
        tolerance = 1e-10 if want.dtype == torch.float64 else 1e-5
    scale = max(1.0, want.abs().max().item()) if want.numel() else 1.0
    assert (got.double() - want.double()).abs().max().item() <= tolerance * scale


def expect_shares(found: Counter[Hashable], want: Mapping[Hashable, float], times: int) -> None:
    """Assert that outcomes occur with their probabilities, within seven standard deviations, and no others occur."""
    assert set(found) <= set(want)
    for outcome, share in want.items():
        assert abs(found[outcome] / times - share) <= 7 * math.sqrt(share * (1 - share) / times), outcome


# --- heads: numpy's masked arrays, and texts one by one ---


def masked_array(hidden: Tensor, mask: Tensor) -> np.ma.MaskedArray:
    """Return numpy's array with masked values."""
    return np.ma.MaskedArray(hidden.double().numpy(), np.broadcast_to((mask == 0)[..., None].numpy(), hidden.shape))


def texts_alone(hidden: Tensor, mask: Tensor) -> Iterator[Tensor]:
    """Yield each text by itself, (1, n, C)."""
    for row, keep in zip(hidden, mask, strict=True):
        yield row[keep.bool()][None]


# --- LoRA: peft ---


class Holder(nn.Module):
    """A model with one layer that peft can wrap."""

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor) -> Tensor:
        return self.layer(x)


def in_peft(layer: nn.Linear, r: int, alpha: float, dropout: float = 0.0) -> peft.tuners.lora.Linear:
    """Return peft's layer around a copy of ours; its adapter is called "default"."""
    config = peft.LoraConfig(r=r, lora_alpha=alpha, lora_dropout=dropout, target_modules=["layer"])
    return peft.inject_adapter_in_model(config, Holder(copy.deepcopy(layer))).layer


def copy_factors(a: Tensor, b: Tensor, theirs: peft.tuners.lora.Linear, name: str = "default") -> None:
    """Copy our A and B into peft's layer."""
    with torch.no_grad():
        theirs.lora_A[name].weight.copy_(a)
        theirs.lora_B[name].weight.copy_(b)


def trained(module: nn.Module) -> int:
    """Count the trainable numbers."""
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def peft_count(config: peft.PeftConfig, width: int, layers: int) -> int:
    """Return how many numbers peft trains of a BERT without a head."""
    bert = BertConfig(
        vocab_size=7, hidden_size=width, num_hidden_layers=layers, num_attention_heads=1, intermediate_size=3
    )
    with torch.device("meta"):
        return trained(peft.get_peft_model(BertForSequenceClassification(bert), config)) - 2 * (width + 1)


# --- learning rates, blocks ---


def layer_wise_rate(name: str, n_layers: int, base: float, decay: float, head: float) -> float:
    """Return the rate of a BERT parameter from its dotted name, computed with a product in place of a power."""
    parts = name.split(".")
    if parts[0] != "bert":
        return head
    if parts[1] == "pooler":
        return base
    steps = n_layers if parts[1] == "embeddings" else n_layers - 1 - int(parts[3])
    for _ in range(steps):
        base *= decay
    return base


def group_texts(row: list[int], size: int) -> list[list[int]]:
    """Cut into full pieces only, as transformers' examples/pytorch/language-modeling/run_mlm.py does."""
    total = (len(row) // size) * size
    return [row[i : i + size] for i in range(0, total, size)]
