# cause: Without top_k only the 50 most likely tokens can be drawn, a default that the docstring does not have.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    if top_k is None:
        top_k = 50
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids]))
        if do_sample:
            logits = logits / temperature
            k = min(top_k, logits.size(-1))
            values, indices = logits.topk(k)
            probs = torch.softmax(values, dim=-1)
            nxt = indices[torch.multinomial(probs, 1, generator=generator)].item()
        else:
            nxt = logits.argmax().item()
        ids.append(nxt)
        if nxt == eos_id:
            break
    return ids
