"""The bonus functions of exercise 2: compared with counting and torch, and paid only for work that was done."""

from __future__ import annotations

import itertools
import math
import os
import random

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
import torch
import torch.nn.functional as F
from transformers import GPT2Config, GPT2LMHeadModel

from solutions import objectives
from solutions.objectives import IGNORED
from tests.merit import grade

SLUG = "objectives"

# --- oracles ---


def by_the_rule(words: list[list[int]], budget: int) -> tuple[int, ...]:
    """Return the places selected for words in this order, as in the program of google-research/bert."""
    covered: set[int] = set()
    for word in words:
        if len(covered) >= budget:
            break
        if len(covered) + len(word) > budget:
            continue
        covered.update(word)
    return tuple(sorted(covered))


def test_whole_word_mask_selects_what_all_orders_select_and_as_often():
    row = [None, 0, 1, 1, 1, 2, None, 0, 0, 1, None, None]
    words = [[1], [2, 3, 4], [5], [7, 8], [9]]
    for p, budget in ((0.5, 4), (0.25, 2), (0.05, 1), (1.0, 8)):
        orders = [by_the_rule(list(order), budget) for order in itertools.permutations(words)]
        rng, n = random.Random(7), 6000
        found = [
            tuple(place for place, one in enumerate(objectives.whole_word_mask(row, p, rng)) if one) for _ in range(n)
        ]
        assert set(found) == set(orders)
        for outcome in set(orders):
            share = orders.count(outcome) / len(orders)
            slack = 5 * math.sqrt(share * (1 - share) / n)
            assert abs(found.count(outcome) / n - share) <= slack, (p, outcome)


def test_whole_word_mask_keeps_to_the_share_whatever_the_text():
    looked = 0
    for seed in range(300):
        rng = random.Random(seed)
        row: list[int | None] = [None]
        for _ in range(rng.randint(1, 3)):
            for number in range(rng.randint(1, 20)):
                row += [number] * rng.randint(1, 5)
            row.append(None)
        p = rng.uniform(0.02, 1)
        selected = objectives.whole_word_mask(list(row), p, rng)
        n = sum(number is not None for number in row)
        assert len(selected) == len(row) and sum(selected) <= max(1, round(p * n))
        assert not any(selected[place] for place, number in enumerate(row) if number is None)
        for run in itertools.groupby(range(len(row)), key=lambda place: row[place]):
            assert len({selected[place] for place in run[1]}) == 1
            looked += 1
    assert looked > 5000
    assert objectives.whole_word_mask([None, 0, 0, 0, None], 0.15, random.Random(0)) == [False] * 5


def test_perplexity_is_that_of_the_corpus_in_one_batch():
    for seed in range(100):
        draw = random.Random(seed)
        torch.manual_seed(seed)
        V, T = draw.randint(3, 30), draw.randint(2, 9)
        logits = 4 * torch.randn(draw.randint(4, 12), T, V)
        labels = torch.randint(V, logits.shape[:2]).masked_fill(torch.rand(logits.shape[:2]) < 0.4, IGNORED)
        labels[0, 0] = 1
        want = F.cross_entropy(logits.double().flatten(0, 1), labels.flatten()).exp().item()
        cut = draw.randint(1, len(logits) - 1)
        batches = [(logits[:cut], labels[:cut]), (logits[cut:], labels[cut:])]
        assert objectives.perplexity(batches) == pytest.approx(want)
        assert objectives.perplexity(iter(reversed(batches))) == pytest.approx(want)


@torch.no_grad()
def test_perplexity_is_e_to_the_loss_of_transformers():
    config = GPT2Config(vocab_size=50, n_embd=16, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0)
    torch.manual_seed(0)
    model = GPT2LMHeadModel(config).eval()
    ids = torch.randint(50, (6, 11))
    output = model(ids, labels=ids)
    aligned = [(output.logits[rows, :-1], ids[rows, 1:]) for rows in (slice(0, 1), slice(1, 6))]
    assert objectives.perplexity(aligned) == pytest.approx(float(output.loss.exp()), rel=1e-5)


def test_the_ends_of_perplexity():
    labels = torch.tensor([[3, IGNORED]])
    for loss, infinite in ((100.0, False), (708.0, False), (720.0, True), (1e6, True)):
        logits = torch.zeros(1, 2, 5, dtype=torch.float64)
        logits[..., 3] = -loss
        found = objectives.perplexity([(logits, labels)])
        assert math.isinf(found) == infinite
        if not infinite and loss < 700:  # four other tokens at 0
            assert found == pytest.approx(4 * math.exp(loss))
    with pytest.raises(ValueError, match="label"):
        objectives.perplexity([])
    with pytest.raises(ValueError, match="label"):
        objectives.perplexity([(torch.zeros(2, 3, 4), torch.full((2, 3), IGNORED))])


# --- merit ---

NOTHING = {
    "nothing selected": ("whole_word_mask", "def whole_word_mask(word_ids, p, rng): return [False] * len(word_ids)"),
    "everything selected": (
        "whole_word_mask",
        "def whole_word_mask(word_ids, p, rng): return [i is not None for i in word_ids]",
    ),
    "random tokens": (
        "whole_word_mask",
        "def whole_word_mask(word_ids, p, rng): return [rng.random() < p for _ in word_ids]",
    ),
    "always fifty": ("perplexity", "def perplexity(batches): return 50.0"),
    "the size of the vocabulary": ("perplexity", "def perplexity(batches): return float(batches[0][0].shape[-1])"),
    "infinite": ("perplexity", "def perplexity(batches): return float('inf')"),
    "always refuses": ("perplexity", "def perplexity(batches): raise ValueError"),
    "nan": ("perplexity", "def perplexity(batches): return float('nan')"),
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_paid_for(what):
    function, source = NOTHING[what]
    graded = grade(SLUG, function, source)
    assert graded.points == 0, {name: item.status for name, item in graded.observed.items()}


def test_one_random_word_is_whole_and_no_share():
    graded = grade(
        SLUG,
        "whole_word_mask",
        """
def whole_word_mask(word_ids, p, rng):
    chosen = rng.choice([i for i in word_ids if i is not None])
    return [i == chosen for i in word_ids]
""",
    )
    assert graded.points == 1 and graded.lost == {"share", "special", "dice"}


WRONG = {
    # name: (function, checks that it loses, possible explanations, source)
    "a coin for each word": (
        "whole_word_mask",
        {"share"},
        {"a-coin-for-every-word"},
        """
def whole_word_mask(word_ids, p, rng):
    answer, before, hidden = [], None, False
    for number in word_ids:
        if number is not None and number != before:
            hidden = rng.random() < p
        answer.append(hidden and number is not None)
        before = number
    return answer
""",
    ),
    "numbers instead of neighbours": (
        "whole_word_mask",
        {"special"},
        {"same-number-same-word"},
        """
def whole_word_mask(word_ids, p, rng):
    numbers = list({n for n in word_ids if n is not None})
    room = max(1, round(p * sum(n is not None for n in word_ids)))
    rng.shuffle(numbers)
    chosen = set()
    for number in numbers:
        if word_ids.count(number) <= room:
            room -= word_ids.count(number)
            chosen.add(number)
    return [number in chosen for number in word_ids]
""",
    ),
    "one word too many": (
        "whole_word_mask",
        {"share"},
        {"word-that-crosses-the-share-taken"},
        """
def whole_word_mask(word_ids, p, rng):
    words, last = [], None
    for i, number in enumerate(word_ids):
        if number is None:
            pass
        elif number == last:
            words[-1] += [i]
        else:
            words += [[i]]
        last = number
    budget = max(1, round(p * sum(len(w) for w in words)))
    rng.shuffle(words)
    hidden = []
    while words and len(hidden) < budget:
        hidden += words.pop()
    return [i in hidden for i in range(len(word_ids))]
""",
    ),
    "two mistakes: words counted, and word 0 forgotten": (
        "whole_word_mask",
        {"share", "special", "dice"},
        {"share-counted-in-words", "word-zero-taken-for-none"},
        """
def whole_word_mask(word_ids, p, rng):
    words, last = [], None
    for i, number in enumerate(word_ids):
        if number and number == last:
            words[-1] += [i]
        elif number:
            words += [[i]]
        last = number
    rng.shuffle(words)
    hidden = sum(words[: max(1, round(p * len(words)))], [])
    return [i in hidden for i in range(len(word_ids))]
""",
    ),
    "batch means": (
        "perplexity",
        {"corpus"},
        {"mean-of-the-batches"},
        """
def perplexity(batches):
    means = []
    for logits, labels in batches:
        if (labels != -100).any():
            means.append(F.cross_entropy(logits.double().reshape(-1, logits.shape[-1]), labels.reshape(-1)))
    if not means:
        raise ValueError("no labels")
    return torch.stack(means).mean().exp().item()
""",
    ),
    "math.exp": (
        "perplexity",
        {"huge"},
        {"overflow-is-an-error"},
        """
import math
def perplexity(batches):
    losses = []
    for logits, labels in batches:
        shares = torch.log_softmax(logits.double(), -1)
        for i, j in (labels != -100).nonzero().tolist():
            losses.append(-float(shares[i, j, labels[i, j]]))
    if not losses:
        raise ValueError("no labels")
    return math.exp(sum(losses) / len(losses))
""",
    ),
    "two mistakes: ignored ones counted, and no error": (
        "perplexity",
        {"corpus"},
        {"ignored-tokens-in-the-count"},
        """
def perplexity(batches):
    total = count = 0
    for logits, labels in batches:
        total += F.cross_entropy(logits.double().flatten(0, 1), labels.flatten(), reduction="sum")
        count += labels.numel()
    return float(torch.exp(total / count)) if count else 1.0
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
