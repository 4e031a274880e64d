# cause: Each position is asked for its own token; the labels are not shifted.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    labels = input_ids.clone()
    if attention_mask is not None:
        labels[attention_mask == 0] = -100
    return F.cross_entropy(logits.reshape(-1, logits.size(-1)), labels.reshape(-1), ignore_index=-100)
