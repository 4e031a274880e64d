"""nucleus asks every token how much is more likely than it is, without sorting; ties go by position."""

import torch


def nucleus(logits, p):
    if p > 1.0:
        raise ValueError("p is above 1")
    if p < 0.0:
        raise ValueError("p is below 0")
    shares = torch.softmax(logits.double(), -1)
    places = torch.arange(logits.size(-1))
    ahead = (shares.unsqueeze(-2) > shares.unsqueeze(-1)) | (
        (shares.unsqueeze(-2) == shares.unsqueeze(-1)) & (places.unsqueeze(-2) < places.unsqueeze(-1))
    )
    before = (ahead * shares.unsqueeze(-2)).sum(-1)
    stays = (before < p) | (before == 0) | (p == 1)
    return logits - torch.zeros_like(logits).masked_fill(~stays, torch.inf)
