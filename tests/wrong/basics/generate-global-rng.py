# cause: Forgets to pass the generator to multinomial, so draws come from torch's global generator.
# function: generate

import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    tokens = prompt[:]
    while len(tokens) - len(prompt) < max_new_tokens:
        scores = next_logits(torch.tensor(tokens).unsqueeze(0))
        if do_sample:
            scores = scores / temperature
            candidates = torch.arange(scores.numel())
            if top_k is not None:
                scores, candidates = scores.topk(top_k)
            pick = torch.multinomial(torch.softmax(scores, dim=-1), 1)
            token = int(candidates[pick])
        else:
            token = int(scores.argmax())
        tokens.append(token)
        if token == eos_id:
            break
    return tokens
