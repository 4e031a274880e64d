"""clip_grad_norm is the function of torch: a tensor comes back, and the divisor has 1e-6 more."""

import torch


def clip_grad_norm(params, max_norm):
    return torch.nn.utils.clip_grad_norm_(params, max_norm)
