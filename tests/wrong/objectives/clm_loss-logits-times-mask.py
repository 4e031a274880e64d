# cause: the logits are multiplied by the attention mask instead of leaving padded targets out
# function: clm_loss
from torch import Tensor
import torch.nn.functional as F


def clm_loss(logits: Tensor, input_ids: Tensor, attention_mask: Tensor | None = None) -> Tensor:
    """CLM loss: the mean of -log P(token at t + 1 | tokens up to t) over all next tokens that are not padding.

    The labels are the text itself, shifted by one: position t predicts the token at t + 1. So n tokens give n - 1
    predictions, all in one pass; the first token is not predicted, and the last position has nothing to predict.

    Args:
        logits: (B, T, V), T at least 2.
        input_ids: (B, T) int64
        attention_mask: (B, T), 1 where there is a token and 0 where there is padding, which is on the right. None means
            that there is no padding. Only the mask identifies padding: the padding id may be a real token as well.

    Returns:
        A scalar tensor attached to the graph of the logits. Padding is never a target, and every target of the batch
        has the same weight, whichever text it belongs to.

    You may call ``mlm_loss``. If yours is not finished, the checks provide a working one.

    >>> ids = torch.tensor([[3, 1, 2]])
    >>> sure = 100 * F.one_hot(torch.tensor([[1, 2, 0]]), 5).float()  # says 1 after 3, and 2 after 1
    >>> bool(clm_loss(sure, ids) < 1e-6)
    True
    """
    if attention_mask is not None:
        # switch the padding off
        logits = logits * attention_mask.unsqueeze(-1)
    vocab = logits.shape[-1]
    predictions = logits[:, :-1].reshape(-1, vocab)
    next_tokens = input_ids[:, 1:].reshape(-1)
    return F.cross_entropy(predictions, next_tokens)
