# cause: The text is cropped to its last 1024 ids.
# function: generate
from collections.abc import Callable
import torch
import torch.nn.functional as F
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
    block_size = 1024
    idx = torch.tensor(prompt, dtype=torch.long)[None, ...]
    for _ in range(max_new_tokens):
        # if the sequence context is growing too long we must crop it at block_size
        idx_cond = idx if idx.size(1) <= block_size else idx[:, -block_size:]
        logits = next_logits(idx_cond)[None, :]
        if do_sample:
            # scale by desired temperature
            logits = logits / temperature
            # optionally crop the logits to only the top k options
            if top_k is not None:
                v, i = torch.topk(logits, min(top_k, logits.size(-1)))
                logits = torch.full_like(logits, -float("Inf")).scatter(1, i, v)
            probs = F.softmax(logits, dim=-1)
            idx_next = torch.multinomial(probs, num_samples=1, generator=generator)
        else:
            _, idx_next = torch.topk(logits, k=1, dim=-1)
        idx = torch.cat((idx, idx_next.to(idx.device)), dim=1)
        if eos_id is not None and idx_next.item() == eos_id:
            break
    return idx[0].tolist()
