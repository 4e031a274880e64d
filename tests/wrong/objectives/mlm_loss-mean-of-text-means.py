# cause: The loss is averaged per text first and then over the texts, so labels in short-labelled texts weigh more.
# function: mlm_loss
import torch.nn.functional as F


def mlm_loss(logits, labels):
    mask = (labels != -100).float()
    loss = F.cross_entropy(logits.transpose(1, 2), labels, ignore_index=-100, reduction="none")
    per_text = (loss * mask).sum(1) / mask.sum(1).clamp(min=1)
    return per_text.mean()
