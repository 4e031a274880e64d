# cause: The random noise is drawn once per call and used for all steps.
# function: generate
from collections.abc import Callable
import torch
from torch import Tensor


@torch.inference_mode()
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
    t = len(prompt)
    buffer = torch.empty(1, t + max_new_tokens, dtype=torch.int64)
    buffer[0, :t] = torch.tensor(prompt)
    noise = None
    for _ in range(max_new_tokens):
        z = next_logits(buffer[:, :t].clone())
        if do_sample:
            z = z.float() / temperature
            if noise is None:
                # exponential race: argmax(p / e) is a draw from p, without cumsum and multinomial
                noise = torch.empty_like(z).exponential_(generator=generator)
            if top_k is not None:
                kept = z.topk(top_k).indices
                z = torch.full_like(z, -torch.inf).index_copy_(0, kept, z[kept])
            token = z.softmax(0).div_(noise).argmax()
        else:
            token = z.argmax()
        buffer[0, t] = token
        t += 1
        if eos_id is not None and int(token) == eos_id:
            break
    return buffer[0, :t].tolist()
