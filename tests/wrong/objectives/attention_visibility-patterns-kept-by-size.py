# cause: patterns are kept by length alone, so a later call with the other mode gets the pattern of the first
# function: attention_visibility
from __future__ import annotations

from torch import Tensor
import torch


_grids: dict[int, Tensor] = {}


def _grid(size: int, causal: bool) -> Tensor:
    """The (size, size) pattern of a text without padding; built once."""
    if size not in _grids:
        grid = torch.ones(size, size, dtype=torch.bool)
        _grids[size] = grid.tril() if causal else grid
    return _grids[size]


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    """Build the attention mask: which position may attend to which. It is the difference between BERT and GPT.

    Bidirectional (MLM): every position sees the whole text, so a [MASK] is predicted from both sides. Causal (CLM): a
    position sees itself and earlier positions; a model that saw the next token would not have to predict it. Padding is
    never visible, in either mode.

    Args:
        attention_mask: (B, T), 1 where there is a token and 0 where there is padding, on the right or on the left.
        causal: whether later positions are hidden.

    Returns:
        (B, T, T) bool; [b, i, j] is True if query i may attend to key j. (Mind the convention: for
        ``nn.MultiheadAttention`` True means "hidden", for ``F.scaled_dot_product_attention`` it means "visible". Other
        dtypes with 1 and 0 are accepted with a remark: added to scores or given to torch, they mean something else.)
        Rows of queries that are padding may hold anything, since they are never used.

    >>> torch.as_tensor(attention_visibility(torch.tensor([[1, 1, 0]]), causal=True))[0, :2].int().tolist()
    [[1, 0, 0], [1, 1, 0]]
    """
    keys = attention_mask.bool()[:, None, :]
    return keys & _grid(attention_mask.shape[1], causal)
