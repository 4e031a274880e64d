# cause: New tokens are appended to the caller's prompt list itself.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([prompt]))
        if do_sample:
            probs = torch.softmax(logits / temperature, dim=-1)
            if top_k is not None:
                p, i = probs.topk(top_k)
                pick = i[torch.multinomial(p / p.sum(), 1, generator=generator)]
            else:
                pick = torch.multinomial(probs, 1, generator=generator)
            token = pick.item()
        else:
            token = torch.argmax(logits).item()
        prompt.append(token)
        if token == eos_id:
            break
    return prompt
