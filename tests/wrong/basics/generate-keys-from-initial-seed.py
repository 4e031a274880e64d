# cause: every call derives its keys from the initial seed of the generator
# function: generate
from collections.abc import Callable
from torch import Tensor
import torch


def _fold_in(seed: int, data: int, device) -> torch.Generator:
    mixed = (seed * 6364136223846793005 + data * 1442695040888963407 + 1) % (2**63 - 1)
    return torch.Generator(device=device).manual_seed(mixed)


def _categorical(key: torch.Generator, logits: Tensor) -> int:
    uniform = torch.rand(logits.shape, generator=key, dtype=torch.float64, device=logits.device)
    gumbel = -torch.log(-torch.log(uniform.clamp(min=1e-300)))
    return int(torch.argmax(logits.double() + gumbel))


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
    tokens = tuple(prompt)
    source = torch.default_generator if generator is None else generator
    seed = source.initial_seed()
    for step in range(max_new_tokens):
        logits = next_logits(torch.tensor([tokens], dtype=torch.int64))
        if do_sample:
            scaled = logits / temperature
            candidates = torch.arange(scaled.shape[-1])
            if top_k is not None:
                scaled, candidates = torch.topk(scaled, top_k)
            choice = int(candidates[_categorical(_fold_in(seed, step, scaled.device), scaled)])
        else:
            choice = int(torch.argmax(logits))
        tokens = (*tokens, choice)
        if eos_id is not None and choice == eos_id:
            break
    return list(tokens)
