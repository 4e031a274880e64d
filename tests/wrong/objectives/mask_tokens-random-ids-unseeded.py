# cause: The two decisions are drawn from the generator, but the random ids come from torch's global one, so equal seeds give different texts.
# function: mask_tokens
import torch
from torch import Tensor


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    corrupted = input_ids.clone()
    probabilities = torch.full(input_ids.shape, p).masked_fill(special_mask, 0.0)
    selected = torch.bernoulli(probabilities, generator=generator).bool()
    labels = input_ids.masked_fill(~selected, -100)

    case = torch.rand(input_ids.shape, generator=generator)
    replaced = selected & (case < 0.8)
    corrupted[replaced] = mask_id
    randomised = selected & (case >= 0.8) & (case < 0.9)
    random_words = torch.randint(vocab_size, input_ids.shape, dtype=torch.long)
    corrupted[randomised] = random_words[randomised]
    return corrupted, labels
