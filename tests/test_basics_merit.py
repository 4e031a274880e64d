"""Exercise 1: points only for work that was done, and the right explanation of what is wrong."""

import ast
from pathlib import Path

import pytest

from course import paths
from tests.merit import composed, examples_that_fail, grade, specs_of

SLUG = "basics"

NOTHING = {
    "blank batch": (
        "pad_batch",
        """
def pad_batch(seqs, pad_id=0, max_length=None):
    blank = torch.zeros(len(seqs), max(map(len, seqs)), dtype=torch.long)
    return {"input_ids": blank, "attention_mask": blank}
""",
    ),
    "the number of the lesson": ("bert_param_count", "def bert_param_count(*a, **k): return 109_482_240"),
    "a writer who asks no model": (
        "generate",
        """
def generate(next_logits, prompt, n, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None):
    if generator is None:
        return [*prompt] + [3] * n
    return [*prompt] + torch.randint(0, 5, (n,), generator=generator).tolist()
""",
    ),
    "four million ids": ("generate", "def generate(*a, **k): return torch.zeros(4_000_000, dtype=torch.int64)"),
    "only refuses": (
        "set_trainable",
        """
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top") or not 0 <= n_top <= 12:
        raise ValueError(mode)
""",
    ),
    "always full": ("set_trainable", "def set_trainable(model, mode, n_top=0): model.requires_grad_(True)"),
    "always refuses": ("set_trainable", "def set_trainable(model, mode, n_top=0): raise ValueError"),
    "no entity": ("aggregate_simple", "def aggregate_simple(tokens, text): return []"),
    "the tokens themselves": ("aggregate_simple", "def aggregate_simple(tokens, text): return tokens"),
    "one label": (
        "label_scores",
        "def label_scores(logits, id2label): return [{'label': id2label[0], 'score': 1.0} for _ in logits]",
    ),
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_paid_for(what):
    function, source = NOTHING[what]
    graded = grade(SLUG, function, source)
    assert graded.points == 0, {name: item.status for name, item in graded.observed.items()}


WRONG = {
    # name: (function, checks that it loses, explanation, source)
    "majority only": (
        "label_scores",
        {"no_invented_label"},
        "nothing-below-one-half",
        """
def label_scores(logits, id2label):
    answers = []
    for row in torch.softmax(logits, dim=-1).tolist():
        answers.append({"label": None, "score": 0.0})
        for index, share in enumerate(row):
            if share > 0.5:
                answers[-1] = {"label": id2label[index], "score": share}
    return answers
""",
    ),
    "logits shifted where they are": (
        "label_scores",
        {"pure"},
        "shifts-the-callers-logits",
        """
def label_scores(logits, id2label):
    logits -= logits.amax(dim=1, keepdim=True)
    shares = logits.exp() / logits.exp().sum(1, keepdim=True)
    return [{"label": id2label[int(row.argmax())], "score": float(row.max())} for row in shares]
""",
    ),
    "a KeyError": (
        "set_trainable",
        {"refusals"},
        "another-error-for-a-mode",
        """
def set_trainable(model, mode, n_top=0):
    parts = {"full": [model.bert], "head": [], "top": [model.bert.pooler, *list(model.bert.encoder.layer)[12 - n_top:]]}
    chosen = parts[mode]
    model.requires_grad_(True)
    model.bert.requires_grad_(False)
    for part in chosen:
        part.requires_grad_(True)
""",
    ),
    "thirteen of twelve": (
        "set_trainable",
        {"refusals"},
        "any-number-of-layers",
        """
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError("unknown mode")
    for parameter in model.parameters():
        parameter.requires_grad = True
    if mode != "full":
        for parameter in model.bert.parameters():
            parameter.requires_grad = False
    if mode == "top":
        layers = model.bert.encoder.layer
        for part in [model.bert.pooler, *layers[len(layers) - n_top :]]:
            part.requires_grad_()
""",
    ),
    "an attribute that nobody reads": (
        "set_trainable",
        {"head", "top"},
        "nothing-is-switched",
        """
def set_trainable(model, mode, n_top=0):
    if mode not in ("full", "head", "top"):
        raise ValueError(mode)
    model.requires_grad = True
    if mode != "full":
        model.bert.requires_grad = False
    if mode == "top":
        for part in [model.bert.pooler, *model.bert.encoder.layer[12 - n_top :]]:
            part.requires_grad = True
""",
    ),
    "train and eval": (
        "set_trainable",
        {"head", "top"},
        "evaluation-instead-of-freezing",
        """
def set_trainable(model, mode, n_top=0):
    if mode == "full":
        model.train()
    elif mode in ("head", "top"):
        model.bert.eval()
        for layer in model.bert.encoder.layer[12 - n_top :] if mode == "top" else []:
            layer.train()
    else:
        raise ValueError(mode)
""",
    ),
    "segments 1 and 2": (
        "encode_pair",
        {"segments", "single"},
        "segments-one-and-two",
        """
def encode_pair(a, b, cls_id, sep_id, max_length):
    a, b, extra = list(a), None if b is None else list(b), 2 if b is None else 3
    while extra + len(a) + len(b or []) > max_length:
        (a if b is None or len(a) >= len(b) else b).pop()
    ids, kinds = [cls_id] + a + [sep_id], [1] * (len(a) + 2)
    if b is not None:
        ids, kinds = ids + b + [sep_id], kinds + [2] * (len(b) + 1)
    return {"input_ids": ids, "token_type_ids": kinds, "attention_mask": [1 for _ in ids]}
""",
    ),
    "pops the caller's texts": (
        "encode_pair",
        {"pure"},
        "cuts-the-callers-texts",
        """
def encode_pair(a, b, cls_id, sep_id, max_length):
    second = [] if b is None else b
    room = max_length - (2 if b is None else 3)
    while len(a) + len(second) > room:
        if len(a) >= len(second):
            del a[-1]
        else:
            del second[-1]
    ids = [cls_id] + a + [sep_id] + (second + [sep_id] if b is not None else [])
    kinds = [0] * (len(a) + 2) + ([1] * (len(second) + 1) if b is not None else [])
    return {"input_ids": ids, "token_type_ids": kinds, "attention_mask": [1] * len(ids)}
""",
    ),
    "nested parameters again": (
        "count_parameters",
        {"plain", "tied", "trainable", "bytes"},
        "nested-again-and-again",
        """
def count_parameters(model):
    found = {"total": 0, "trainable": 0, "bytes": 0}
    for module in model.modules():
        for p in module.parameters():
            found["total"] += p.numel()
            found["bytes"] += p.numel() * p.element_size()
            found["trainable"] += p.numel() * p.requires_grad
    return found
""",
    ),
    "logits of a batch": (
        "generate",
        {"greedy", "greedy_flat", "eos", "distribution", "top_k"},
        "logits-of-a-batch-expected",
        """
def generate(model, prompt, n, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None):
    ids = torch.tensor([prompt])
    for _ in range(n):
        last = model(ids)[:, -1, :]
        ids = torch.cat([ids, last.argmax(-1, keepdim=True)], 1)
    return ids[0].tolist()
""",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_one_loses_the_right_points_and_is_named(what):
    function, lost, name, source = WRONG[what]
    graded = grade(SLUG, function, source)
    assert graded.lost == lost
    assert graded.named == {name} or (name == "nothing-is-switched" and graded.named == {"does-nothing"})


def test_half_right_is_paid_by_half():
    graded = grade(
        SLUG,
        "pad_batch",
        """
def pad_batch(seqs, pad_id=0, max_length=None):
    rows = seqs if max_length is None else [row[:max_length] for row in seqs]
    longest = max(map(len, rows))
    ids = torch.tensor([list(row) + [pad_id] * (longest - len(row)) for row in rows])
    return {"input_ids": ids, "attention_mask": (ids != pad_id).long()}
""",
    )
    assert graded.lost == {"pad_id", "truncate_keeps_sep"} and graded.points == 4


VARIANTS = sorted(paths.variants(SLUG).glob("*.py"))


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.stem)
def test_the_examples_of_the_docstrings_run_for_every_accepted_answer(path: Path):
    source = path.read_text(encoding="utf-8")
    own = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    own &= {name for spec in specs_of(SLUG) for name in spec.names}
    assert own
    assert not examples_that_fail(SLUG, composed(SLUG, source), own)
