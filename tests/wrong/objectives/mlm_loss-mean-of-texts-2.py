# cause: Averages within each text first and then over the texts, so that tokens of short texts weigh more
# function: mlm_loss
import torch
import torch.nn.functional as F


def mlm_loss(logits, labels):
    per_token = F.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100, reduction="none")
    counts = (labels != -100).sum(dim=1)
    rows = counts > 0
    if not rows.any():
        return logits.sum() * 0.0
    return (per_token.sum(dim=1)[rows] / counts[rows]).mean()
