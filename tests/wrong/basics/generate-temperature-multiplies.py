# cause: The logits are multiplied by the temperature instead of divided by it.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids]))
        if do_sample:
            logits = logits * temperature
            if top_k is not None:
                v, _i = torch.topk(logits, top_k)
                logits = logits.masked_fill(logits < v[-1], float("-inf"))
            nxt = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator).item()
        else:
            nxt = logits.argmax().item()
        ids.append(nxt)
        if nxt == eos_id:
            break
    return ids
