# cause: from a blog: the probability of the last token taken is the threshold and everything at least as likely stays, so all tokens that tie at the border stay
# function: nucleus
from torch import Tensor


def nucleus(logits: Tensor, p: float) -> Tensor:
    """Top-p filter by a threshold, without scattering anything back."""
    if not 0.0 <= p <= 1.0:
        raise ValueError("p must lie between 0 and 1")
    if p == 1.0:
        return logits.clone()
    probs = logits.softmax(dim=-1)
    ordered = probs.sort(dim=-1, descending=True).values
    before = ordered.cumsum(dim=-1) - ordered
    taken = (before < p).sum(dim=-1, keepdim=True).clamp(min=1)
    threshold = ordered.gather(-1, taken - 1)
    return logits.masked_fill(probs < threshold, float("-inf"))
