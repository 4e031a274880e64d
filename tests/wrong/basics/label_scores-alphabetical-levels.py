# cause: Labels are looked up in alphabetical order instead of by id2label's class index.
# function: label_scores
from typing import Any
import torch
from torch import Tensor


def table_of(**columns: list) -> list[dict[str, Any]]:
    """A data frame as a list of records."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    levels = sorted(id2label.values())
    p = torch.softmax(logits.detach().double(), dim=1).cpu().numpy()
    which_max = p.argmax(axis=1)
    return table_of(label=[levels[j] for j in which_max], score=[float(row[j]) for row, j in zip(p, which_max)])
