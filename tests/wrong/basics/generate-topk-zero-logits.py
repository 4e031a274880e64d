# cause: Logits outside the top k are set to 0 instead of minus infinity, so those tokens can still be drawn.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    out = list(prompt)
    for _ in range(max_new_tokens):
        z = next_logits(torch.tensor(out).unsqueeze(0))
        if not do_sample:
            token = int(torch.argmax(z))
        else:
            z = z / temperature
            if top_k is not None:
                keep = torch.topk(z, top_k).indices
                filtered = torch.zeros_like(z)
                filtered[keep] = z[keep]
                z = filtered
            token = int(torch.multinomial(z.softmax(-1), num_samples=1, generator=generator))
        out.append(token)
        if eos_id is not None and token == eos_id:
            return out
    return out
