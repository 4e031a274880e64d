"""clm_loss: cuts every text to its real length and adds up one cross-entropy per text; labels are never shifted
or marked.
"""

import torch.nn.functional as F
from torch import Tensor


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    if attention_mask is None:
        lengths = [input_ids.shape[1]] * input_ids.shape[0]
    else:
        lengths = [max(1, int(row.sum())) for row in attention_mask]
    total = logits.new_zeros(())
    for scores, text, length in zip(logits, input_ids, lengths, strict=False):
        total = total + F.cross_entropy(scores[: length - 1], text[1:length], reduction="sum")
    return total / max(1, sum(lengths) - len(lengths))
