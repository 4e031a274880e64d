"""Everything at once, in another hand: one helper for both losses, other dice, other types."""

import torch

BLANK = -100


def _nll(scores, answers):
    rows = (answers != BLANK).nonzero(as_tuple=True)
    if rows[0].numel() == 0:
        return (scores * 0.0).sum()
    chosen = torch.log_softmax(scores[rows].to(torch.float64), dim=-1)
    return -chosen[torch.arange(len(chosen)), answers[rows]].mean()


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    cut = torch.tensor([0.0, 0.8 * p, 0.9 * p, p])
    bucket = torch.bucketize(torch.rand(input_ids.shape, generator=generator), cut, right=True) - 1
    bucket[special_mask] = 3
    noise = torch.randint_like(input_ids, vocab_size) if generator is None else None
    if noise is None:
        noise = torch.randint(vocab_size, tuple(input_ids.shape), generator=generator)
    options = torch.stack([torch.full_like(input_ids, mask_id), noise, input_ids, input_ids])
    return options.gather(0, bucket[None])[0], torch.where(bucket < 3, input_ids, BLANK)


def mlm_loss(logits, labels):
    return _nll(logits, labels)


def clm_loss(logits, input_ids, attention_mask=None):
    answers = input_ids.clone()
    if attention_mask is not None:
        answers[attention_mask == 0] = BLANK
    return _nll(logits[:, :-1], answers[:, 1:])


def attention_visibility(attention_mask, causal):
    n = attention_mask.shape[1]
    rows = [torch.cat([torch.ones(i + 1), torch.zeros(n - i - 1)]) if causal else torch.ones(n) for i in range(n)]
    return torch.stack(rows)[None] * attention_mask[:, None] > 0


def make_nsp_pairs(documents, n_pairs, rng):
    shelf = {number: sentences for number, sentences in enumerate(documents)}

    def positive():
        number = rng.choices(list(shelf), weights=[len(sentences) - 1 for sentences in shelf.values()])[0]
        place = rng.choice(range(1, len(shelf[number])))
        return shelf[number][place - 1], shelf[number][place], 0

    def negative():
        number = rng.choice(sorted(shelf))
        elsewhere = [sentence for other in shelf if other != number for sentence in shelf[other]]
        return rng.choice(shelf[number]), rng.choice(elsewhere), 1

    return [rng.choice((positive, negative))() for _ in range(n_pairs)]


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    chances = torch.nn.functional.softmax(logits, dim=-1)
    return [
        sorted(enumerate(chances[place].tolist()), key=lambda pair: -pair[1])[:k]
        for place in (input_ids == mask_id).nonzero()[:, 0].tolist()
    ]
