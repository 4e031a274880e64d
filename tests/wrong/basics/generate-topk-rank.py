# cause: Appends the rank drawn among the k candidates and forgets to look up which token it is.
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
                logits, _indices = torch.topk(logits, top_k)
            token = torch.multinomial(torch.softmax(logits, dim=-1), 1, generator=generator).item()
        else:
            token = logits.argmax().item()
        ids.append(token)
        if token == eos_id:
            break
    return ids
