"""generate keeps every token that is tied for the last place of top_k, as the filters of most libraries do."""

import torch


@torch.no_grad()
def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    x = torch.tensor([prompt])
    for _ in range(max_new_tokens):
        z = next_logits(x)
        if do_sample:
            z = z / temperature
            if top_k is not None:
                z = z.masked_fill(z < z.topk(top_k).values[-1], -torch.inf)
            t = torch.multinomial(z.softmax(-1), 1, generator=generator)
        else:
            t = z.argmax().reshape(1)
        x = torch.cat([x, t[None]], dim=1)
        if t.item() == eos_id:
            break
    return x[0].tolist()
