# cause: Greedy decoding is sampling with a temperature of 1e-12, so the generator decides between equal logits.
# function: generate
from collections.abc import Callable
import torch
from torch import Tensor


def generate(
    next_logits: Callable[[Tensor], Tensor],
    prompt: list[int],
    max_new_tokens: int,
    eos_id: int | None = None,
    do_sample: bool = False,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> list[int]:
    # the most likely token is the limit of sampling for temperature -> 0
    T = temperature if do_sample else 1e-12
    x = list(prompt)
    for _ in range(max_new_tokens):
        z = next_logits(torch.tensor([x], dtype=torch.int64)).detach().to(torch.float64)
        q = torch.softmax(z / T, dim=0)
        if do_sample and top_k is not None:
            support = torch.topk(z, top_k).indices
            restricted = torch.zeros_like(q)
            restricted[support] = torch.softmax(z[support] / T, dim=0)
            q = restricted
        x.append(int(torch.multinomial(q, 1, generator=generator)))
        if eos_id is not None and x[-1] == eos_id:
            break
    return x
