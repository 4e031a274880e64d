# cause: After the first step the model gets only the newest token, as if it kept a cache, so it no longer sees everything before it.
# function: generate

import torch


def generate(
    next_logits,
    prompt,
    max_new_tokens,
    eos_id=None,
    do_sample=False,
    temperature=1.0,
    top_k=None,
    generator=None,
):
    output = torch.tensor([prompt], dtype=torch.int64)
    model_input = output
    for _ in range(max_new_tokens):
        logits = next_logits(model_input).flatten()
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                values, indices = torch.topk(logits, top_k)
                choice = torch.multinomial(values.softmax(-1), 1, generator=generator)
                new = indices[choice]
            else:
                new = torch.multinomial(logits.softmax(-1), 1, generator=generator)
        else:
            new = logits.argmax(dim=-1, keepdim=True)
        output = torch.cat([output, new.view(1, 1)], dim=1)
        model_input = new.view(1, 1)  # feed the new token
        if eos_id is not None and new.item() == eos_id:
            break
    return output[0].tolist()
