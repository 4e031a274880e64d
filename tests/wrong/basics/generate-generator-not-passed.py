# cause: The generator is not handed on, so all draws come from torch's global one.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids]))
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                values, _ = torch.topk(logits, top_k)
                logits[logits < values[-1]] = float("-inf")
            next_id = torch.distributions.Categorical(logits=logits).sample().item()
        else:
            next_id = logits.argmax().item()
        ids.append(next_id)
        if eos_id is not None and next_id == eos_id:
            break
    return ids
