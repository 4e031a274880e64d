# cause: The model only gets the last 64 ids
# function: generate
from collections.abc import Callable
from dataclasses import dataclass
import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass
class GenerationConfig:
    block_size: int = 64


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
    config = GenerationConfig()
    idx = torch.tensor(prompt, dtype=torch.long)[None, ...]
    for _ in range(max_new_tokens):
        idx_cond = idx if idx.size(1) <= config.block_size else idx[:, -config.block_size :]
        logits = next_logits(idx_cond).view(1, -1)
        if do_sample:
            logits = logits.float() / temperature
            k = logits.size(-1) if top_k is None else min(top_k, logits.size(-1))
            values, indices = torch.topk(logits, k)
            probs = F.softmax(values, dim=-1)
            choice = torch.multinomial(probs, num_samples=1, generator=generator)
            idx_next = indices.gather(-1, choice)
        else:
            _, idx_next = torch.topk(logits, k=1, dim=-1)
        idx = torch.cat((idx, idx_next), dim=1)
        if eos_id is not None and idx_next.item() == eos_id:
            break
    return idx[0].tolist()
