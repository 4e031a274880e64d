"""nucleus calls the filter of transformers, which also removes tokens whose probability is rounded to 0."""

from torch import Tensor
from transformers import TopPLogitsWarper


def nucleus(logits: Tensor, p: float) -> Tensor:
    warper = TopPLogitsWarper(top_p=p)
    return warper(None, logits.reshape(-1, logits.shape[-1])).reshape(logits.shape)
