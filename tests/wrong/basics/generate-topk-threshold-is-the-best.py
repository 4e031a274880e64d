# cause: Everything below the best of the top k is removed (values[0] instead of the last), so sampling becomes greedy.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    x = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([x]))
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                values, _ = torch.topk(logits, k=top_k)
                logits = torch.where(logits < values[0], torch.full_like(logits, float("-inf")), logits)
            probs = torch.nn.functional.softmax(logits, dim=-1)
            x.append(int(torch.multinomial(probs, 1, generator=generator)))
        else:
            x.append(int(logits.argmax()))
        if eos_id is not None and x[-1] == eos_id:
            break
    return x
