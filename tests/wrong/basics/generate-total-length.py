# cause: Treats max_new_tokens as the length of the whole text, prompt included (max_length).
# function: generate

import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    while len(ids) < max_new_tokens:
        logits = next_logits(torch.tensor([ids]))
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                best = torch.topk(logits, top_k)
                choice = torch.multinomial(torch.softmax(best.values, -1), 1, generator=generator)
                token = best.indices[choice].item()
            else:
                token = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator).item()
        else:
            token = torch.argmax(logits).item()
        ids.append(token)
        if eos_id is not None and token == eos_id:
            return ids
    return ids
