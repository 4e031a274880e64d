# cause: The attention mask is ignored, so padding is a target.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    T = input_ids.shape[1]
    logp = F.log_softmax(logits, dim=-1)
    total = 0
    for t in range(T - 1):
        total = total - logp[:, t].gather(1, input_ids[:, t + 1 : t + 2]).mean()
    return total / (T - 1)
