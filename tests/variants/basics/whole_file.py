"""Several functions at once in another hand: numpy everywhere, and one helper that serves two of them."""

import numpy as np
import torch


def _fill(rows, value, length, dtype=np.int64):
    return torch.from_numpy(np.array([np.r_[row, np.full(length - len(row), value)] for row in rows], dtype=dtype))


def pad_batch(seqs, pad_id=0, max_length=None):
    rows = [np.asarray(row) for row in seqs]
    if max_length is not None:
        rows = [row if row.size <= max_length else np.r_[row[: max_length - 1], row[-1]] for row in rows]
    length = max(row.size for row in rows)
    ones = [np.ones_like(row) for row in rows]
    return {"input_ids": _fill(rows, pad_id, length), "attention_mask": _fill(ones, 0, length, bool)}


def label_scores(logits, id2label):
    z = np.asarray(logits, dtype=np.longdouble)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    best = p.argmax(axis=1)
    return [{"label": id2label[k], "score": float(row[k])} for row, k in zip(p, best, strict=True)]


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    text = np.array(prompt)
    while text.size < len(prompt) + max_new_tokens:
        z = next_logits(torch.from_numpy(text)[None]).numpy().astype(np.float64)
        if do_sample:
            order = np.argsort(-z)[:top_k]
            p = np.exp((z[order] - z[order[0]]) / temperature)
            seed = int(torch.randint(2**31, (1,), generator=generator))
            choice = np.random.default_rng(seed).choice(order, p=p / p.sum())
        else:
            choice = z.argmax()
        text = np.append(text, choice)
        if eos_id is not None and choice == eos_id:
            break
    return text.tolist()
