# cause: The sign is missing, so the mean log probability comes out negative; and it is divided by the number of texts instead of labels.
# function: mlm_loss
import torch.nn.functional as F


def mlm_loss(logits, labels):
    logp = F.log_softmax(logits, dim=-1)
    keep = labels != -100
    picked = logp.gather(2, labels.clamp(min=0)[..., None])[..., 0]
    return (picked * keep).sum() / logits.shape[0]
