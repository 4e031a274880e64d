# cause: max_new_tokens is used as the total length, the prompt included.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    tokens = prompt.copy()
    while len(tokens) < max_new_tokens:
        logits = next_logits(torch.tensor([tokens], dtype=torch.int64))
        if do_sample:
            logits = logits / temperature
            if top_k:
                kth = logits.topk(top_k).values.min()
                logits = torch.where(logits < kth, torch.tensor(float("-inf")), logits)
            p = torch.softmax(logits, dim=-1)
            t = torch.multinomial(p, 1, generator=generator)[0].item()
        else:
            t = logits.argmax(-1).item()
        tokens.append(t)
        if t == eos_id:
            break
    return tokens
