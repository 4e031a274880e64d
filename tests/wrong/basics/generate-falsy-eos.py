# cause: Tests "if eos_id and ..." so that the end token with id 0 never stops the text.
# function: generate

import torch
import torch.nn.functional as F


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    input_ids = torch.tensor([prompt], dtype=torch.int64)
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits = next_logits(input_ids)
            if not do_sample:
                nxt = torch.argmax(logits, dim=-1, keepdim=True)
            else:
                logits = logits / temperature
                if top_k:
                    values, indices = torch.topk(logits, top_k)
                    logits = torch.full_like(logits, -torch.inf).scatter(0, indices, values)
                nxt = torch.multinomial(F.softmax(logits, dim=-1), num_samples=1, generator=generator)
            input_ids = torch.cat([input_ids, nxt.view(1, 1)], dim=1)
            if eos_id and nxt.item() == eos_id:
                break
    return input_ids[0].tolist()
