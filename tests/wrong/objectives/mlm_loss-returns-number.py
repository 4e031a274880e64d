# cause: The loss is returned as a Python number, off the graph.
# function: mlm_loss
import torch.nn.functional as F


def mlm_loss(logits, labels):
    total, n = 0.0, 0
    logp = F.log_softmax(logits, dim=-1)
    for b in range(labels.shape[0]):
        for t in range(labels.shape[1]):
            y = labels[b, t].item()
            if y != -100:
                total -= logp[b, t, y].item()
                n += 1
    return total / n if n else 0.0
