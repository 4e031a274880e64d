"""mlm_loss takes the mean of the chosen rows, or a zero that is made of the logits when no row was chosen."""

from torch.nn.functional import cross_entropy


def mlm_loss(logits, labels):
    rows = logits[labels != -100]
    if len(rows) == 0:
        return logits.sum() * 0
    return cross_entropy(rows, labels[labels != -100])
