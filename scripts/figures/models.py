"""BERT-base without its weights, and parameter counts.

``BertConfig()`` describes BERT-base exactly, and on PyTorch's *meta* device a model has shapes but no numbers, so it
can be built, counted and even run in seconds on any machine.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn
from transformers import BertConfig, BertForSequenceClassification


def bert(device: str = "meta") -> BertForSequenceClassification:
    """Build BERT-base with a head for two classes; on the meta device it needs no memory."""
    with torch.device(device):
        return BertForSequenceClassification(BertConfig(num_labels=2))


def n_parameters(*parts: nn.Module | Iterable[nn.Parameter]) -> int:
    """Count the numbers in modules or parameters; within a module, shared ones count once.

    >>> n_parameters(nn.Linear(3, 2)), n_parameters([nn.Parameter(torch.zeros(3, 2))])
    (8, 6)
    """
    return sum(
        parameter.numel()
        for part in parts
        for parameter in (part.parameters() if isinstance(part, nn.Module) else part)
    )
