# cause: The mean is taken over the batch of the first labelled position of each text; further labels are ignored.
# function: mlm_loss
import torch
import torch.nn.functional as F


def mlm_loss(logits, labels):
    losses = []
    for b in range(labels.size(0)):
        where = (labels[b] != -100).nonzero()
        if len(where):
            t = where[0].item()
            losses.append(F.cross_entropy(logits[b, t].unsqueeze(0), labels[b, t].unsqueeze(0)))
    if not losses:
        return logits.sum() * 0
    return torch.stack(losses).mean()
