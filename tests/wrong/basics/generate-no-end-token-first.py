# cause: the end token cannot be generated as the first new token
# function: generate
from collections.abc import Callable
from torch import Tensor
import torch


MIN_LEN = 1


def top_k_logits(logits, k):
    values, _ = torch.topk(logits, k)
    return torch.where(logits < values[-1], torch.full_like(logits, -torch.inf), logits)


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
    context = list(prompt)
    for step in range(max_new_tokens):
        logits = next_logits(torch.tensor(context, dtype=torch.long).unsqueeze(0)).float()
        if eos_id is not None and step < MIN_LEN:
            logits = logits.clone()
            logits[eos_id] = -torch.inf
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                logits = top_k_logits(logits, top_k)
            token = int(torch.multinomial(torch.softmax(logits, dim=-1), num_samples=1, generator=generator))
        else:
            token = int(torch.argmax(logits))
        context.append(token)
        if token == eos_id:
            break
    return context
