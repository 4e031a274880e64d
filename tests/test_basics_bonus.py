"""The bonus functions of exercise 1: compared with transformers, and paid only for work that was done."""

from __future__ import annotations

import os
import random

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import pytest
import torch
import transformers
from transformers import BertConfig, BertTokenizer, TopPLogitsWarper
from transformers.pipelines import TokenClassificationPipeline
from transformers.pipelines.token_classification import AggregationStrategy

from solutions import basics
from tests.merit import grade

SLUG = "basics"

# --- oracles ---


def test_nucleus_agrees_with_the_warper_of_transformers():
    sizes = []
    for seed in range(400):
        draw, generator = random.Random(seed), torch.Generator().manual_seed(seed)
        n_rows, n_tokens = draw.randint(1, 5), draw.randint(2, 60)
        logits = draw.uniform(0.1, 5) * torch.randn(n_rows, n_tokens, generator=generator, dtype=torch.float64)
        p = draw.uniform(0.01, 0.99)
        ours, theirs = basics.nucleus(logits, p), TopPLogitsWarper(p)(None, logits)
        assert torch.equal(ours, theirs)
        assert all(torch.equal(basics.nucleus(row, p), left) for row, left in zip(logits, ours, strict=True))
        sizes += ours.isfinite().sum(-1).tolist()
    assert len(sizes) > 1000 and len(set(sizes)) > 20


def test_a_nucleus_is_the_smallest_set_that_reaches_p():
    for seed in range(100):
        draw = random.Random(seed)
        shares = torch.rand(draw.randint(2, 9), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        shares /= shares.sum()
        p = draw.uniform(0.05, 0.95)
        inside = basics.nucleus(shares.log(), p).isfinite()
        assert shares[inside].sum() >= p
        for size in range(1, int(inside.sum())):  # no smaller set is enough, not even the most likely tokens
            assert shares.sort(descending=True).values[:size].sum() < p


def test_the_ends_of_p():
    logits = torch.randn(3, 5000, generator=torch.Generator().manual_seed(0))
    assert basics.nucleus(logits, 0).isfinite().sum(-1).tolist() == [1, 1, 1]
    assert torch.equal(basics.nucleus(logits, 1), logits)
    assert int(basics.nucleus(torch.zeros(10), 0.35).isfinite().sum()) == 4
    for p in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="probability"):
            basics.nucleus(logits, p)


def test_aggregate_first_agrees_with_the_pipeline(tmp_path):
    vocabulary = tmp_path / "vocab.txt"
    vocabulary.write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##a\n", encoding="utf-8")
    tags = ["O", "B-PER", "I-PER", "I-LOC", "B-LOC"]
    config = BertConfig(vocab_size=7, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    config.id2label = dict(enumerate(tags))
    model = transformers.BertForTokenClassification(config).eval()
    pipe = TokenClassificationPipeline(model=model, tokenizer=BertTokenizer(str(vocabulary)), device=-1)
    looked = disagreeing = 0
    for seed in range(400):
        draw = random.Random(seed)
        theirs, ours, text = [], [], ""
        for place in range(draw.randint(1, 14)):
            goes_on = bool(place) and draw.random() < 0.5
            piece = "".join(draw.choice("abcde") for _ in range(draw.randint(1, 4)))
            text += piece if goes_on or not text else f" {piece}"
            scores = np.array([draw.random() for _ in tags])
            where = {"word": f"##{piece}" if goes_on else piece, "start": len(text) - len(piece), "end": len(text)}
            theirs.append({**where, "scores": scores, "index": place, "is_subword": goes_on})
            ours.append({**where, "entity": tags[int(scores.argmax())], "score": float(scores.max())})
        groups = pipe.aggregate(theirs, AggregationStrategy.FIRST)
        expected = [group for group in groups if group["entity_group"] != "O"]
        for one, other in zip(basics.aggregate_first(ours, text), expected, strict=True):
            assert [one[key] for key in ("entity_group", "start", "end")] == [
                other[key] for key in ("entity_group", "start", "end")
            ]
            assert one["score"] == pytest.approx(other["score"])
            looked += 1
        disagreeing += basics.aggregate_first(ours, text) != basics.aggregate_simple(ours, text)
    assert looked > 700 and disagreeing > 200


# --- merit ---

NOTHING = {
    "the logits as they are": ("nucleus", "def nucleus(logits, p): return logits.clone()"),
    "the best token only": (
        "nucleus",
        "def nucleus(logits, p): return torch.where(logits == logits.amax(-1, True), logits, -torch.inf)",
    ),
    "always two": (
        "nucleus",
        """
def nucleus(logits, p):
    return torch.where(logits >= logits.topk(2, dim=-1).values[..., -1:], logits, -torch.inf)
""",
    ),
    "the answer of the example": (
        "nucleus",
        """
def nucleus(logits, p):
    return torch.tensor([-1.609, -0.916, -torch.inf, -1.204])
""",
    ),
    "only refuses": (
        "nucleus",
        """
def nucleus(logits, p):
    if p < 0 or p > 1:
        raise ValueError
    return torch.zeros_like(logits)
""",
    ),
    "always refuses": ("nucleus", "def nucleus(logits, p): raise ValueError"),
    "no entity": ("aggregate_first", "def aggregate_first(tokens, text): return []"),
    "the tokens themselves": ("aggregate_first", "def aggregate_first(tokens, text): return tokens"),
    "Marlen and Oslo": (
        "aggregate_first",
        """
def aggregate_first(tokens, text):
    return [{"entity_group": "PER", "word": "Marlen", "start": 0, "end": 6, "score": 0.5}]
""",
    ),
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_paid_for(what):
    function, source = NOTHING[what]
    graded = grade(SLUG, function, source)
    assert graded.points == 0, {name: item.status for name, item in graded.observed.items()}


WRONG = {
    # name: (function, checks that it loses, explanation, source)
    "less than p": (
        "nucleus",
        {"smallest_set"},
        {"crossing-token-left-out"},
        """
def nucleus(logits, p):
    if p < 0 or p > 1:
        raise ValueError(p)
    values, places = torch.sort(logits, dim=-1, descending=True)
    gone = torch.cumsum(torch.softmax(values, dim=-1), dim=-1) > p
    gone[..., 0] = False
    left = values.masked_fill(gone, -float("inf"))
    return torch.empty_like(logits).scatter_(-1, places, left)
""",
    ),
    "min-p": (
        "nucleus",
        {"smallest_set"},
        {"threshold-relative-to-the-best"},
        """
def nucleus(logits, p):
    shares = torch.softmax(logits, -1)
    return torch.where(shares >= p * shares.max(-1, keepdim=True).values, logits, torch.tensor(-torch.inf))
""",
    ),
    "a loop that adds in place": (
        "nucleus",
        {"care"},
        {"nucleus-overwrites-the-logits"},
        """
def nucleus(logits, p):
    if not 0 <= p <= 1:
        raise ValueError(p)
    for row in logits.view(-1, logits.shape[-1]):
        shares, total = row.softmax(-1), 0.0
        for place, token in enumerate(shares.argsort(descending=True).tolist()):
            if place and total >= p and p < 1:
                row[token] = -torch.inf
            total += float(shares[token])
    return logits
""",
    ),
    "a batch in one piece": (
        "nucleus",
        {"rows"},
        {"softmax-over-the-whole-batch"},
        """
def nucleus(logits, p):
    if not 0 <= p <= 1:
        raise ValueError(p)
    shares = torch.exp(logits.double() - logits.double().logsumexp(dim=tuple(range(logits.dim()))))
    order = (-shares).argsort(-1)
    sorted_shares = shares.gather(-1, order)
    gone = (sorted_shares.cumsum(-1) - sorted_shares >= p) & (p < 1)
    gone[..., 0] = False
    gone = torch.zeros_like(gone).scatter(-1, order, gone)
    return torch.where(gone, -torch.inf, logits)
""",
    ),
    "two mistakes: no border for p, and the first row's tokens": (
        "nucleus",
        {"rows", "care"},
        {"tokens-of-the-first-row", "nucleus-any-p-accepted"},
        """
def nucleus(logits, p):
    row = logits if logits.dim() == 1 else logits[0]
    shares, order = row.softmax(-1).sort(descending=True)
    total, stays = 0.0, torch.zeros(len(row), dtype=torch.bool)
    for share, token in zip(shares.tolist(), order.tolist()):
        if total >= p and total and p < 1:
            break
        stays[token] = True
        total += share
    return torch.where(stays, logits, -torch.inf)
""",
    ),
    "simple under another name": (
        "aggregate_first",
        {"words", "score", "punctuation"},
        {"first-is-simple"},
        "def aggregate_first(tokens, text): return aggregate_simple(tokens, text)",
    ),
    "glued": (
        "aggregate_first",
        {"punctuation"},
        {"glued-tokens-are-one-word"},
        """
def aggregate_first(tokens, text):
    words = []
    for token in tokens:
        if words and words[-1]["end"] == token["start"] and token["start"] > 0:
            words[-1] = dict(words[-1], end=token["end"])
        else:
            words += [dict(token)]
    return aggregate_simple(words, text)
""",
    ),
    "the surest piece": (
        "aggregate_first",
        {"words", "score", "punctuation"},
        {"surest-piece-speaks"},
        """
def aggregate_first(tokens, text):
    words = []
    for token in tokens:
        if token["word"].startswith("##"):
            words[-1].append(token)
        else:
            words.append([token])
    best = [max(word, key=lambda piece: piece["score"]) for word in words]
    joined = [{**b, "start": w[0]["start"], "end": w[-1]["end"]} for b, w in zip(best, words)]
    return aggregate_simple(joined, text)
""",
    ),
    "two mistakes: cut short, and averaged": (
        "aggregate_first",
        {"words", "score", "punctuation"},
        {"score-averaged-in-each-word", "word-ends-with-its-first-piece"},
        """
def aggregate_first(tokens, text):
    words = []
    for token in tokens:
        if token["word"].startswith("##"):
            words[-1]["all"].append(token["score"])
        else:
            words.append({**token, "all": [token["score"]]})
    for word in words:
        word["score"] = sum(word["all"]) / len(word["all"])
    return aggregate_simple(words, text)
""",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_one_loses_the_right_points_and_is_named(what):
    function, lost, names, source = WRONG[what]
    graded = grade(SLUG, function, source)
    assert graded.lost == lost
    assert {name for told in graded.named for name in told.split(" + ")} <= names
    assert graded.named or len(names) > 1
