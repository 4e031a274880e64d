# cause: Sums from the least likely token upwards, so with p = 1 tokens whose probability is rounded to 0 are removed
# function: nucleus
from torch import Tensor
from transformers import TopPLogitsWarper


def nucleus(logits: Tensor, p: float) -> Tensor:
    warper = TopPLogitsWarper(top_p=p)
    return warper(None, logits.reshape(-1, logits.shape[-1])).reshape(logits.shape)
