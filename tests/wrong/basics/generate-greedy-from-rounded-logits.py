# cause: Rounds the logits to one decimal, so a token that is nearly as likely may win without sampling.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids]))
        if not do_sample:
            token = int(logits.round(decimals=1).argmax())
        else:
            logits = logits / temperature
            kept, vocabulary = logits.topk(len(logits) if top_k is None else top_k)
            rank = int(torch.multinomial(kept.softmax(dim=-1), 1, generator=generator))
            token = int(vocabulary[rank])
        ids.append(token)
        if token == eos_id:
            break
    return ids
