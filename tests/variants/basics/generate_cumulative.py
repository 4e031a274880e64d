"""generate draws one uniform number and walks along the cumulative probabilities; tokens come from a generator."""

import torch


def _tokens(next_logits, ids, eos_id, choose):
    while True:
        token = choose(next_logits(torch.tensor(ids, dtype=torch.int64).unsqueeze(0)))
        ids = [*ids, token]
        yield token
        if eos_id is not None and token == eos_id:
            return


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    def choose(logits):
        if not do_sample:
            return logits.tolist().index(max(logits.tolist()))
        weights = torch.exp(logits / temperature - (logits / temperature).max())
        if top_k is not None:
            weak = torch.argsort(logits, descending=True)[top_k:]
            weights[weak] = 0
        point = torch.rand((), generator=generator) * weights.sum()
        return min(int((weights.cumsum(0) <= point).sum()), int(weights.nonzero().max()))

    stream = _tokens(next_logits, list(prompt), eos_id, choose)
    return prompt + [token for token, _ in zip(stream, range(max_new_tokens), strict=False)]
