# cause: The model gets the ids as a vector (T,) instead of (1, T).
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = torch.tensor(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(ids)
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                v, _i = torch.topk(logits, top_k)
                logits = logits.masked_fill(logits < v[-1], float("-inf"))
            nxt = torch.multinomial(torch.softmax(logits, dim=-1), 1, generator=generator)
        else:
            nxt = torch.argmax(logits, dim=-1, keepdim=True)
        ids = torch.cat([ids, nxt])
        if nxt.item() == eos_id:
            break
    return ids.tolist()
