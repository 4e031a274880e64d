# cause: Looks for the end token in the whole text, so one in the prompt ends the generation
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    out = torch.tensor([prompt], dtype=torch.long)
    for _ in range(max_new_tokens):
        if eos_id is not None and (out == eos_id).any():
            break
        logits = next_logits(out)
        if not do_sample:
            nxt = logits.argmax(-1, keepdim=True)
        else:
            scaled = logits / temperature
            if top_k is not None:
                kept = scaled.topk(top_k).indices
                mask = torch.full_like(scaled, float("-inf"))
                mask[kept] = scaled[kept]
                scaled = mask
            nxt = torch.multinomial(scaled.softmax(-1), num_samples=1, generator=generator)
        out = torch.cat([out, nxt.view(1, 1)], dim=1)
    return out[0].tolist()
