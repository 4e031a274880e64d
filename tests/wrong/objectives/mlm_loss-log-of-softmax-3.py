# cause: Takes log(softmax + 1e-9) in two steps, which caps the loss of huge logits and kills their gradient
# function: mlm_loss
import torch


def mlm_loss(logits, labels):
    asked = labels != -100
    probs = torch.softmax(logits, dim=-1)
    target = labels.clamp(min=0).unsqueeze(-1)
    nll = -torch.log(probs.gather(-1, target).squeeze(-1) + 1e-9)
    return (nll * asked).sum() / asked.sum().clamp(min=1)
