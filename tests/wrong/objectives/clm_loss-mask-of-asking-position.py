# cause: The padding is dropped by the mask of the asking position instead of the target's, so the first [PAD] after each text is a target.
# function: clm_loss
import torch.nn.functional as F


def clm_loss(logits, input_ids, attention_mask=None):
    shift_logits = logits[..., :-1, :].contiguous()
    shift_labels = input_ids[..., 1:].contiguous()
    losses = F.cross_entropy(shift_logits.view(-1, shift_logits.size(-1)), shift_labels.view(-1), reduction="none")
    if attention_mask is None:
        return losses.mean()
    m = attention_mask[:, :-1].reshape(-1).float()
    return (losses * m).sum() / m.sum().clamp(min=1)
