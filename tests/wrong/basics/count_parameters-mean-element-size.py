# cause: bytes is total times the unweighted mean element size over tensors, wrong for mixed dtypes.
# function: count_parameters
from typing import Any
from torch import nn
import numpy as np


def table_of(**columns: list) -> list[dict[str, Any]]:
    """A data frame as a list of records."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def count_parameters(model: nn.Module) -> dict[str, int]:
    frame = table_of(
        n=[p.numel() for p in model.parameters()],
        free=[p.requires_grad for p in model.parameters()],
        size=[p.element_size() for p in model.parameters()],
    )
    total = sum(row["n"] for row in frame)
    return {
        "total": total,
        "trainable": sum(row["n"] for row in frame if row["free"]),
        "bytes": int(round(total * np.mean([row["size"] for row in frame]))) if frame else 0,
    }
