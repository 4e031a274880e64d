# cause: numpy habit: the logits are clipped to +-30 so that exp cannot overflow, so large logits become equal and the first of them wins
# function: label_scores
import numpy as np
from torch import Tensor


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    """Softmax in numpy, made safe for large logits."""
    z = np.clip(logits.detach().double().cpu().numpy(), -30.0, 30.0)
    e = np.exp(z)
    probs = e / e.sum(axis=-1, keepdims=True)
    best = probs.argmax(axis=-1)
    return [{"label": id2label[int(i)], "score": float(row[i])} for row, i in zip(probs, best, strict=True)]
