# cause: Only the new tokens are returned, without the prompt.
# function: generate

from collections.abc import Callable

import torch
from torch import Tensor


@torch.no_grad()
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
    context = torch.tensor(prompt, dtype=torch.long).unsqueeze(0)
    written = []
    while len(written) < max_new_tokens:
        logits = next_logits(context)
        if not do_sample:
            token = logits.argmax(-1).view(1, 1)
        else:
            logits = logits / temperature
            if top_k is not None:
                keep = logits.topk(top_k).indices
                filtered = torch.full_like(logits, float("-inf"))
                filtered[keep] = logits[keep]
                logits = filtered
            token = torch.multinomial(logits.softmax(-1), 1, generator=generator).view(1, 1)
        context = torch.cat([context, token], dim=1)
        written.append(token.item())
        if eos_id is not None and written[-1] == eos_id:
            break
    return written
