# cause: The generator is seeded again before every draw, so every step throws the same dice.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    tokens = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([tokens]))
        if do_sample:
            if generator is not None:
                generator.manual_seed(0)
            scaled = logits / temperature
            if top_k is not None:
                kth = torch.topk(scaled, top_k).values[-1]
                scaled = scaled.masked_fill(scaled < kth, float("-inf"))
            new = torch.multinomial(torch.softmax(scaled, -1), 1, generator=generator).item()
        else:
            new = torch.argmax(logits).item()
        tokens.append(new)
        if new == eos_id:
            break
    return tokens
