"""All real tokens in one list, reduced by the number of their text, in float32."""

import torch


def max_pool(hidden, mask):
    text, place = torch.nonzero(mask, as_tuple=True)
    tokens = hidden[text, place].float()
    start = torch.full((hidden.shape[0], hidden.shape[2]), -torch.inf)
    return start.scatter_reduce(0, text[:, None].expand_as(tokens), tokens, "amax").to(hidden.dtype)
