"""temperature_scale as Guo et al. do it: LBFGS on the cross-entropy, here over the logarithm of T, until it rests."""

import torch


def temperature_scale(logits, labels):
    scores = logits.detach().double()
    scores = scores - scores.max(-1, keepdim=True).values
    log_t = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.LBFGS([log_t], lr=1.0, max_iter=200, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(scores / log_t.exp(), labels)
        loss.backward()
        return loss

    optimizer.step(closure)
    return log_t.exp().item()
