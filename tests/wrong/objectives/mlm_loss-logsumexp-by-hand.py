# cause: Takes the logarithm of a sum of exponentials that overflow.
# function: mlm_loss
IGNORED = -100


def mlm_loss(logits, labels):
    log_p = logits - logits.exp().sum(-1, keepdim=True).log()
    known = labels != IGNORED
    summed = -log_p[known].gather(-1, labels[known][:, None]).sum()
    n_labelled = (labels != IGNORED).sum()
    return summed / n_labelled.clamp(min=1)  # 0 / 1 for a batch without labels, where a mean would be 0 / 0
