"""Exercise 10 pays only for work that was done: wrong files written from scratch, their points and explanations.

This file tests the functions about a new domain: the objective of a task, fragmentation, new rows, blocks, the plan.
"""

from __future__ import annotations

import sys

import pytest
from sample import sampled

from tests.merit import grade

SLUG = "strategy"

CHEAP = {
    "choose_objective": "def choose_objective(output, has_source):\n    return {word!r}\n",
    "domain_plan": "def domain_plan(*arguments, **options):\n    return {{{word!r}}}\n",
}


@pytest.mark.parametrize(("word", "points"), [("mlm", 0), ("clm", 1), ("seq2seq", 0), ("", 0)])
def test_one_objective_for_everything_earns_next_to_nothing(word, points):
    """With CLM for everything, summaries are right and labels are not: one point of five."""
    graded = grade(SLUG, "choose_objective", CHEAP["choose_objective"].format(word=word))
    assert graded.points == points
    assert "understanding" in graded.lost


@pytest.mark.parametrize("word", ["domain_model", "dapt", "extend_vocab", "knowledge", "peft", "augment", "nothing"])
def test_one_plan_for_everything_earns_nothing(word):
    assert grade(SLUG, "domain_plan", CHEAP["domain_plan"].format(word=word)).points == 0


CHEAP_FILES = [
    ("fragmentation", "def fragmentation(words, tokenize, unk=''):\n    return {}\n"),
    (
        "fragmentation",
        "def fragmentation(words, tokenize, unk=''):\n"
        "    return dict.fromkeys(('pieces_per_word', 'split_rate', 'unk_rate'), 0.0)\n",
    ),
    (
        "fragmentation",  # only the docstring's example
        "def fragmentation(words, tokenize, unk=''):\n"
        "    return {'pieces_per_word': 1.5, 'split_rate': 0.25, 'unk_rate': 0.25}\n",
    ),
    ("extend_embedding", "def extend_embedding(weight, pieces):\n    return weight\n"),
    (
        "extend_embedding",
        "def extend_embedding(weight, pieces):\n    return torch.zeros(len(weight) + len(pieces), weight.shape[1])\n",
    ),
    ("chunk_for_mlm", "def chunk_for_mlm(docs, block, cls_id, sep_id):\n    return []\n"),
    ("chunk_for_mlm", "def chunk_for_mlm(docs, block, cls_id, sep_id):\n    return docs\n"),
    (
        "chunk_for_mlm",  # right at both ends, but with none of the text between
        "def chunk_for_mlm(docs, block, cls_id, sep_id):\n"
        "    return [[cls_id, *[sep_id] * (block - 2), sep_id] for _ in docs]\n",
    ),
    (
        "chunk_for_mlm",  # always the first answer
        "kept = []\n\ndef chunk_for_mlm(docs, block, cls_id, sep_id, right=chunk_for_mlm):\n"
        "    kept.append(right(docs, block, cls_id, sep_id))\n    return kept[0]\n",
    ),
]


@pytest.mark.parametrize(("function", "source"), CHEAP_FILES)
def test_cheap_files_earn_nothing(function, source):
    assert grade(SLUG, function, source).points == 0


def test_helpers_that_are_told_what_to_say_earn_nothing(monkeypatch):
    helpers = sys.modules["grader.fixtures.strategy"]
    monkeypatch.setattr(helpers, "beside", lambda function, data, *rest: {"answer": function([], *rest), "data": data})
    monkeypatch.setattr(
        helpers, "extended", lambda function, weight, pieces: {"result": weight.clone(), "shared": False}
    )
    for function in ("fragmentation", "extend_embedding", "chunk_for_mlm"):
        assert grade(SLUG, function, f"def {function}(*arguments, **options):\n    return None\n").points == 0


def test_a_copy_with_zero_rows_keeps_the_points_for_old_rows_only():
    graded = grade(
        SLUG,
        "extend_embedding",
        "def extend_embedding(weight, pieces):\n"
        "    return torch.cat([weight, weight.new_zeros(len(pieces), weight.shape[1])])\n",
    )
    assert graded.lost == {"new_rows"} and graded.points == 3
    assert graded.named == {"new-rows-zero"}


NAMED = [
    # function, source, points, check -> explanation
    (
        "choose_objective",
        """
def choose_objective(output, has_source):
    if output == "label" or "token_labels" or "span":
        return "mlm"
    return "seq2seq" if has_source else "clm"
""",
        0,
        {"understanding": "encoder-for-everything", "unknown": "encoder-for-everything"},
    ),
    (
        "choose_objective",
        """
def choose_objective(output, has_source):
    return {"label": "BERT", "token_labels": "BERT", "span": "BERT", "free_text": "GPT"}[output]
""",
        0,
        {"understanding": "other-words"},
    ),
    (  # two independent misconceptions
        "choose_objective",
        """
def choose_objective(output, has_source):
    if output == "label" or output == "token_labels":
        return "mlm"
    if output == "span":
        return "seq2seq"
    if output == "free_text" and has_source:
        return "seq2seq"
    return "clm"
""",
        2,
        {"understanding": "spans-written-out"},
    ),
    (
        "choose_objective",
        """
def choose_objective(output, has_source):
    if output in ("label", "span", "token_labels"):
        return "mlm"
    if output == "free_text" and not has_source:
        return "clm"
    return "seq2seq"
""",
        4,
        {"unknown": "unknown-output-is-written"},
    ),
    (
        "fragmentation",
        """
def fragmentation(words, tokenize, unk="[UNK]"):
    words = list(set(words))
    cut = [tokenize(w) for w in words]
    n = len(words) or 1
    return {"pieces_per_word": sum(map(len, cut)) / n, "split_rate": sum(len(c) > 1 for c in cut) / n,
            "unk_rate": sum(unk in c for c in cut) / n}
""",
        4,
        {"empty": "words-counted-once"},
    ),
    (
        "fragmentation",
        """
def fragmentation(words, tokenize, unk="[UNK]"):
    if not words:
        return {"pieces_per_word": 0.0, "split_rate": 0.0, "unk_rate": 0.0}
    n = len(words)
    pieces = split = unknown = 0
    for w in words:
        p = tokenize(w)
        pieces += len([x for x in p if x.startswith("##")])
        split += len(p) > 1
        unknown += len([x for x in p if x == unk])
    return {"pieces_per_word": pieces / n, "split_rate": split / n, "unk_rate": unknown / n}
""",
        1,
        dict.fromkeys(("pieces", "unk"), "only-continuations-counted + unknown-pieces-per-word"),
    ),
    (
        "fragmentation",
        """
def fragmentation(words, tokenize, unk="[UNK]"):
    n, a, b, c = len(words) or 1, 0, 0, 0
    while words:
        p = tokenize(words.pop())
        a, b, c = a + len(p), b + (len(p) > 1), c + (unk in p)
    return {"pieces_per_word": a / n, "split_rate": b / n, "unk_rate": c / n}
""",
        4,
        {"empty": "words-used-up"},
    ),
    (
        "extend_embedding",
        """
def extend_embedding(weight, pieces):
    larger = torch.nn.Embedding(len(weight) + len(pieces), weight.shape[1])
    with torch.no_grad():
        larger.weight[: len(weight)] = weight
    return larger.weight.detach()
""",
        3,
        {"new_rows": "new-rows-random"},
    ),
    (
        "extend_embedding",
        """
def extend_embedding(weight, pieces):
    new = []
    for word in pieces:
        total = weight[word[0]]
        for i in word[1:]:
            total += weight[i]
        new.append(total / len(word))
    return torch.cat([weight, torch.stack(new)]) if new else weight.clone()
""",
        0,
        {"old_rows": "added-into-old-rows", "new_rows": "added-into-old-rows"},
    ),
    (
        "extend_embedding",
        """
def extend_embedding(weight, pieces):
    longest = max(map(len, pieces), default=1)
    ids = torch.tensor([word + [0] * (longest - len(word)) for word in pieces], dtype=torch.long)
    return torch.cat([weight, weight[ids].mean(1)]) if pieces else weight
""",
        2,
        {"new_rows": "padded-with-id-zero", "empty_pure": "same-tensor-without-words"},
    ),
    (
        "chunk_for_mlm",
        """
def chunk_for_mlm(docs, block, cls_id, sep_id):
    row = []
    for doc in docs:
        doc.append(sep_id)
        row.extend(doc)
    return [[cls_id] + row[i : i + block - 2] + [sep_id] for i in range(0, len(row), block - 2)]
""",
        4,
        {"pure": "separators-appended-to-documents", "full_blocks": "every-rest-kept"},
    ),
    (
        "chunk_for_mlm",
        """
def chunk_for_mlm(docs, block, cls_id, sep_id):
    return [([cls_id] + doc[: block - 2] + [sep_id] + [0] * block)[:block] for doc in docs]
""",
        0,
        {"format": "documents-truncated-and-padded", "content": "documents-truncated-and-padded"},
    ),
    (  # as in transformers' run_mlm: two things are different here
        "chunk_for_mlm",
        """
def chunk_for_mlm(docs, block, cls_id, sep_id):
    row = [token for doc in docs for token in [cls_id, *doc, sep_id]]
    total = len(row) // block * block
    return [row[i : i + block] for i in range(0, total, block)]
""",
        0,
        {
            "format": "full-size-pieces-without-frame + cls-before-documents",
            "content": "full-size-pieces-without-frame + cls-before-documents",
        },
    ),
    (  # the chapter's answer to its own first problem
        "domain_plan",
        """
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    plan = set()
    if domain_model:
        plan.add("domain_model")
    if n_unlabeled > 0:
        plan.add("dapt")
    if needs_relations:
        plan.add("knowledge")
    if n_labeled < 1000:
        plan.add("augment")
    return plan
""",
        4,
        {"vocabulary": "dapt-cures-split-words"},
    ),
    (
        "domain_plan",
        """
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    plan = {"augment", "peft"}
    if domain_model:
        plan.add("domain_model")
    if n_unlabeled:
        plan.add("dapt")
    if pieces_per_word > 1.5:
        plan.add("extend_vocab")
    return plan
""",
        4,
        {"few_labels": "augmentation-always", "relations": "knowledge-never"},
    ),
    (  # update() with a word takes its letters
        "domain_plan",
        """
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    plan = set()
    plan.update("domain_model" if domain_model else "dapt")
    return plan
""",
        0,
        {"relations": "actions-made-up"},
    ),
]


@pytest.mark.parametrize(("function", "source", "points", "told"), sampled(NAMED, one_in=2))
def test_a_wrong_file_is_told_what_is_wrong_with_it(function, source, points, told):
    graded = grade(SLUG, function, source)
    assert graded.points == points, graded.lost
    assert {name.split(".")[1]: known for name, known in graded.names.items() if name.split(".")[1] in told} == told
    assert graded.named == set(told.values())


UNEXPLAINED = [
    # wrong in a way that no entry describes: no explanation is better than a wrong one
    (
        "extend_embedding",
        """
def extend_embedding(weight, pieces):
    new = [(weight[min(word)] + weight[max(word)]) / 2 for word in pieces]
    return torch.cat([weight, torch.stack(new)]) if new else weight.clone()
""",
    ),
    (
        "extend_embedding",
        """
def extend_embedding(weight, pieces):
    new = [sum(weight[i] for i in set(word)) for word in pieces]
    return torch.cat([weight, torch.stack(new)]) if new else weight.clone()
""",
    ),
    (
        "domain_plan",
        """
def domain_plan(pieces_per_word, n_unlabeled, n_labeled, domain_model, needs_relations=False):
    return "domain_model" if domain_model else "dapt"
""",
    ),
]


@pytest.mark.parametrize(("function", "source"), UNEXPLAINED)
@pytest.mark.parametrize("seed", [1, 5])
def test_what_nobody_has_thought_of_is_not_called_something_else(function, source, seed):
    graded = grade(SLUG, function, source, seed)
    assert graded.lost and not graded.named


@pytest.mark.parametrize("seed", [1, 5])
def test_of_two_mistakes_only_the_known_one_is_named(seed):
    source = """
def fragmentation(words, tokenize, unk="[UNK]"):
    pieces = tokenize(" ".join(words))
    n = len(words) or 1
    return {"pieces_per_word": len(pieces) / n, "split_rate": sum(p.startswith("##") for p in pieces) / n,
            "unk_rate": pieces.count(unk) / n}
"""
    graded = grade(SLUG, "fragmentation", source, seed)
    assert graded.lost == {"split", "unk"} and graded.named == {"unknown-pieces-per-word"}


def test_every_function_has_cheap_and_wrong_files():
    functions = {"choose_objective", "fragmentation", "extend_embedding", "chunk_for_mlm", "domain_plan"}
    assert {function for function, *_ in NAMED} == functions
    assert {*CHEAP, *(function for function, _ in CHEAP_FILES)} == functions


@pytest.mark.parametrize("least", [1 / 3, 2 / 5])
@pytest.mark.parametrize("seed", [1, 5])
def test_a_rest_that_is_kept_though_it_fills_less_than_half_a_block_is_noticed(least, seed):
    source = f"""
def chunk_for_mlm(docs, block, cls_id, sep_id):
    row = []
    for doc in docs:
        row += [*doc, sep_id]
    blocks = [[cls_id, *row[at : at + block - 2], sep_id] for at in range(0, len(row), block - 2)]
    if blocks and len(blocks[-1]) < {least} * block:
        del blocks[-1]
    return blocks
"""
    graded = grade(SLUG, "chunk_for_mlm", source, seed)
    assert graded.lost == {"full_blocks"}
    assert graded.named == {"rest-kept-from-a-third-on"}
