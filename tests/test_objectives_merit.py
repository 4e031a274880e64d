"""Exercise 2: points only for work that was done, and the right explanation of what is wrong."""

import ast
from pathlib import Path

import pytest
from sample import sampled

from course import paths
from tests.merit import composed, examples_that_fail, grade, remarked, specs_of

SLUG = "objectives"

NOTHING = {
    "the text as its own riddle": ("mask_tokens", "def mask_tokens(ids, *rest, **options): return ids, ids"),
    "no label at all": (
        "mask_tokens",
        "def mask_tokens(ids, *rest, **options): return ids, torch.full_like(ids, -100)",
    ),
    "zero on the graph": ("mlm_loss", "def mlm_loss(logits, labels): return 0 * logits.sum()"),
    "counts the labels": (
        "mlm_loss",
        "def mlm_loss(logits, labels): return (labels != -100).sum() + 0 * logits.sum()",
    ),
    "adds up the logits that are asked": (
        "mlm_loss",
        "def mlm_loss(logits, labels): return logits[labels != -100].sum()",
    ),
    "adds up all logits but the last": (
        "clm_loss",
        "def clm_loss(logits, ids, attention_mask=None): return logits[:, :-1].sum()",
    ),
    "nothing visible": (
        "attention_visibility",
        "def attention_visibility(mask, causal): return torch.zeros(*mask.shape, mask.shape[1])",
    ),
    "everything visible": (
        "attention_visibility",
        "def attention_visibility(mask, causal): return torch.ones(*mask.shape, mask.shape[1], dtype=torch.bool)",
    ),
    "everybody alone": (
        "attention_visibility",
        "def attention_visibility(mask, causal): return torch.eye(mask.shape[1]).expand(*mask.shape, -1)",
    ),
    "the same pair": (
        "make_nsp_pairs",
        "def make_nsp_pairs(documents, n, rng): return [(documents[0][0], documents[0][1], 0)] * n",
    ),
    "sentences and labels by chance": (
        "make_nsp_pairs",
        """
def make_nsp_pairs(documents, n, rng):
    sentences = [sentence for document in documents for sentence in document]
    return [(rng.choice(sentences), rng.choice(sentences), rng.randrange(2)) for _ in range(n)]
""",
    ),
    "one guess for all": (
        "fill_mask_topk",
        """
def fill_mask_topk(logits, ids, mask_id, k=5):
    return [[(0, 0.5)]] if (ids == mask_id).any() else []
""",
    ),
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_paid_for(what):
    function, source = NOTHING[what]
    graded = grade(SLUG, function, source)
    assert graded.points == 0, {name: item.status for name, item in graded.observed.items()}


MASKING = """
def mask_tokens(ids, special, mask_id, V, p=0.15, generator=None):
    def dice():
        return torch.rand(ids.shape, generator=generator)
    chosen, fate = {chosen}, dice()
    hidden = {hidden}
    swapped = {swapped}
    text = torch.where(hidden, torch.tensor(mask_id), ids)
    text = torch.where(swapped, torch.randint(0, V, ids.shape, generator=generator), text)
    labels = {labels}
    return {answer}
"""
RIGHT = {
    "chosen": "(dice() < p) & ~special",
    "hidden": "chosen & (fate < 0.8)",
    "swapped": "chosen & (fate > 0.9)",
    "labels": "torch.where(chosen, ids, torch.tensor(-100))",
    "answer": "text, labels",
}


def masking(**changed: str) -> str:
    return MASKING.format(**{**RIGHT, **changed})


PAIRS = """
def make_nsp_pairs(documents, n, rng):
    pairs, long = [], [d for d in documents if len(d) > 1]
    for number in range(n):
        if {coin}:
            d = rng.choice(long)
            i = rng.randint(0, len(d) - 2)
            pairs.append((d[i], d[i + 1], {yes}))
        else:
            x, y = {two}
            pairs.append((rng.choice(x), rng.choice(y), {no}))
    return pairs
"""


def pairs(
    coin: str = "rng.random() > 0.5", yes: str = "0", no: str = "1", two: str = "rng.sample(documents, 2)"
) -> str:
    return PAIRS.format(coin=coin, yes=yes, no=no, two=two)


FIXED = """
def mask_tokens(ids, special, mask_id, V, p=0.15, generator=None):
    text, labels = ids.clone(), torch.full_like(ids, -100)
    for row in range(len(ids)):
        places = (~special[row]).nonzero().flatten()
        n = {n}
        for place in places[torch.randperm(len(places), generator=generator)[:n]]:
            labels[row, place] = ids[row, place]
            fate = float(torch.rand((), generator=generator))
            if fate < 0.8:
                text[row, place] = mask_id
            elif fate < 0.9:
                text[row, place] = torch.randint(V, (), generator=generator)
    return text, labels
"""

VISIBLE = """
def attention_visibility(mask, causal):
    seen = mask[:, None, :].float().repeat(1, mask.shape[1], 1)
    if causal:
        seen = seen.tril()
    return (1 - seen) * {low}
"""

WRONG = {
    # name: (function, some of the checks that it loses, explanation, source)
    "80/2/18": (
        "mask_tokens",
        {"split_80_10_10"},
        "tenth-of-the-rest",
        masking(swapped="chosen & ~hidden & (dice() < .1)"),
    ),
    "labels where nothing was chosen": (
        "mask_tokens",
        {"labels", "specials", "rate", "split_80_10_10", "unselected"},
        "labels-inverted",
        masking(labels="ids.masked_fill(chosen, -100)"),
    ),
    "labels first": (
        "mask_tokens",
        {"labels", "specials", "rate", "split_80_10_10", "unselected"},
        "labels-returned-first",
        masking(answer="labels, text"),
    ),
    "special by number": (
        "mask_tokens",
        {"specials", "rate"},
        "specials-by-berts-ids",
        masking(chosen="(dice() < p) & (ids != 0) & (ids != 101) & (ids != 102)"),
    ),
    "random wherever": (
        "mask_tokens",
        {"unselected", "split_80_10_10"},
        "random-everywhere-then-masked",
        masking(swapped="~special & (dice() < 0.1) & ~hidden", hidden="chosen & (fate < 0.9)"),
    ),
    "fixed count": ("mask_tokens", {"rate"}, "fixed-count-per-text", FIXED.format(n="round(len(places) * p)")),
    "fixed count, one at least": (
        "mask_tokens",
        {"rate"},
        "fixed-count-per-text",
        FIXED.format(n="max(1, int(len(places) * p + 0.5))"),
    ),
    "classes last": (
        "mlm_loss",
        {"value", "ignores_rest", "empty", "ln_V"},
        "classes-on-the-last-axis",
        "def mlm_loss(logits, labels): return F.cross_entropy(logits, labels)",
    ),
    "zero ignored": (
        "mlm_loss",
        {"value", "ignores_rest", "empty", "ln_V"},
        "another-number-ignored",
        "def mlm_loss(logits, labels): return F.nll_loss(logits.log_softmax(-1).mT, labels, ignore_index=0)",
    ),
    "padding is 0": (
        "clm_loss",
        {"shift", "padding", "last_logit_unused"},
        "zero-taken-for-padding",
        """
def clm_loss(logits, ids, attention_mask=None):
    return F.cross_entropy(logits[:, :-1].reshape(-1, logits.shape[-1]), ids[:, 1:].reshape(-1), ignore_index=0)
""",
    ),
    "padding by its id": (
        "clm_loss",
        {"padding"},
        "masked-by-the-padding-id",
        """
def clm_loss(logits, ids, attention_mask=None):
    targets = ids[:, 1:].clone()
    if attention_mask is not None and (attention_mask == 0).any():
        targets[targets == ids[attention_mask == 0][0]] = -100
    return F.cross_entropy(logits[:, :-1].mT, targets)
""",
    ),
    "writes into the text": (
        "clm_loss",
        {"pure"},
        "labels-written-into-the-text",
        """
def clm_loss(logits, ids, attention_mask=None):
    targets = ids[:, 1:]
    if attention_mask is not None:
        targets[attention_mask[:, 1:] == 0] = -100
    return F.cross_entropy(logits[:, :-1].mT, targets)
""",
    ),
    **{
        f"added, {low}": (
            "attention_visibility",
            {"full", "causal", "padding"},
            "numbers-to-be-added",
            VISIBLE.format(low=low),
        )
        for low in ("-10000.0", "-1e9", "torch.finfo(torch.float32).min")
    },
    "taking turns": ("make_nsp_pairs", {"balance"}, "labels-alternate", pairs(coin="number % 2")),
    "words": (
        "make_nsp_pairs",
        {"count", "positive", "negative", "balance", "seeded"},
        "labels-as-words",
        pairs(yes="'isnext'", no="'notnext'"),
    ),
    "one for next": ("make_nsp_pairs", {"positive", "negative"}, "labels-swapped", pairs(yes="1", no="0")),
    "from the same text": (
        "make_nsp_pairs",
        {"negative"},
        "negative-from-the-same-document",
        pairs(two="[rng.choice(documents)] * 2"),
    ),
}


@pytest.mark.parametrize("what", sampled(WRONG, one_in=2))
def test_a_wrong_one_loses_the_right_points_and_is_named(what):
    function, lost, name, source = WRONG[what]
    graded = grade(SLUG, function, source)
    assert graded.lost == lost
    assert graded.named == {name}


def test_the_measures_themselves_are_right():
    """The patterns above, unchanged, earn everything, so each failure there is due to its own change."""
    for function, source in (("mask_tokens", masking()), ("make_nsp_pairs", pairs())):
        graded = grade(SLUG, function, source)
        assert not graded.lost and not graded.named


SHARES = ("chosen & ~hidden & (dice() < 0.1)", "chosen & ~hidden & (dice() < 0.2)", "chosen & ~hidden")


@pytest.mark.parametrize("swapped", SHARES)
def test_a_wrong_share_is_no_wrong_range(swapped):
    for seed in range(10):
        graded = grade(SLUG, "mask_tokens", masking(swapped=swapped), seed)
        assert graded.lost == {"split_80_10_10"}


@pytest.mark.parametrize(
    ("check_id", "source", "words"),
    [
        (
            "attention_visibility.causal",
            "def attention_visibility(mask, causal): return mask[:, None].float().repeat(1, mask.shape[1], 1).tril()",
            "attention_visibility returned float32; the docstring asks for bool",
        ),
        (
            "fill_mask_topk.each_mask",
            """
def fill_mask_topk(logits, ids, mask_id, k=5):
    best = logits[ids == mask_id].softmax(-1).topk(k)
    return [list(zip(tokens, shares)) for tokens, shares in zip(best.indices, best.values)]
""",
            "the docstring asks for plain int and float",
        ),
    ],
    ids=["floats for booleans", "tensors for numbers"],
)
def test_what_is_accepted_and_not_promised_is_remarked_upon(check_id, source, words):
    (remark,) = remarked(SLUG, check_id, source)
    assert words in remark
    assert remarked(SLUG, check_id, "") == []


VARIANTS = sorted(paths.variants(SLUG).glob("*.py"))


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.stem)
def test_the_examples_of_the_docstrings_run_for_every_accepted_answer(path: Path):
    source = path.read_text(encoding="utf-8")
    own = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    own &= {name for spec in specs_of(SLUG) for name in spec.names}
    assert own
    assert not examples_that_fail(SLUG, composed(SLUG, source), own)
