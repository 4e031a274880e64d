# cause: The mask of the predicting positions is used instead of that of the targets, so the first padding after each text is a target.
# function: clm_loss

import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    shift_logits = logits[:, :-1, :].contiguous()
    shift_labels = input_ids[:, 1:].contiguous()
    loss = F.cross_entropy(
        shift_logits.view(-1, shift_logits.size(-1)), shift_labels.view(-1), reduction="none"
    ).view_as(shift_labels)
    if attention_mask is None:
        return loss.mean()
    weights = attention_mask[:, :-1].to(loss.dtype)
    return (loss * weights).sum() / weights.sum().clamp(min=1)
