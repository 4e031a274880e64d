"""Points and explanations of wrong files for exercise 10: memory, strategies, settings and reasons.

Each source is written from scratch, as people write it, or is a caricature that tries to be paid for nothing.
"""

from __future__ import annotations

import pytest
from sample import sampled

from tests.merit import grade, remarked

SLUG = "strategy"

CHEAP = {
    ("training_memory", "zeros"): """
def training_memory(*args, **options):
    return dict.fromkeys(("weights", "grads", "optimizer", "activations", "total"), 0)
""",
    ("training_memory", "not a number"): """
def training_memory(*args, **options):
    return dict.fromkeys(("weights", "grads", "optimizer", "activations", "total"), float("nan"))
""",
    ("training_memory", "the example of the docstring"): """
def training_memory(*args, **options):
    return {"weights": 400, "grads": 120, "optimizer": 240, "activations": 2142, "total": 2902}
""",
    ("training_memory", "the first answer forever"): """
FIRST = []

def training_memory(*args, right=training_memory, **options):
    FIRST.append(right(*args, **options))
    return FIRST[0]
""",
    ("training_memory", "one sum"): """
def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    return 4 * n_total + 12 * n_train
""",
    ("choose_strategy", "one plan"): """
def choose_strategy(s):
    return Plan("lora", 8, 4, 3, True, True)
""",
    ("choose_strategy", "full for everybody"): """
def choose_strategy(s):
    return Plan("full", s.target_batch, 1, 3, False, True)
""",
    ("choose_strategy", "a head for everybody"): """
def choose_strategy(s):
    return Plan("head", s.target_batch, 1, 3, True, True)
""",
    ("choose_strategy", "never a plan"): """
def choose_strategy(s):
    raise ValueError("nothing fits")
""",
    ("choose_strategy", "nothing"): """
def choose_strategy(s):
    pass
""",
    ("choose_strategy", "a dictionary"): """
def choose_strategy(s, right=choose_strategy):
    return vars(right(s))
""",
    ("choose_strategy", "a method of one's own"): """
def choose_strategy(s):
    return Plan("qlora", 1, s.target_batch, 3, True, True)
""",
    ("recommend_hparams", "zeros"): """
def recommend_hparams(*args, **options):
    names = ("lr", "micro_batch", "accum", "epochs", "total_steps", "warmup_steps", "weight_decay")
    return {**dict.fromkeys(names, 0), "decay_exclude": set()}
""",
    ("recommend_hparams", "nothing"): """
def recommend_hparams(*args, **options):
    return {}
""",
    ("strategy_reasons", "none"): """
def strategy_reasons(s):
    return set()
""",
    ("strategy_reasons", "all"): """
def strategy_reasons(s):
    return {"memory", "storage", "overfitting", "data_rich", "many_tasks"}
""",
    ("strategy_reasons", "the answers to A, B and C"): """
def strategy_reasons(s):
    if s.n_tasks >= 5:
        return {"storage", "many_tasks"}
    return {"overfitting"} if s.n_train < 1000 else {"data_rich"}
""",
    ("pareto_front", "all"): """
def pareto_front(costs):
    return list(range(len(costs)))
""",
    ("pareto_front", "none"): """
def pareto_front(costs):
    return []
""",
    ("pareto_front", "the example of the docstring"): """
def pareto_front(costs):
    return [0, 2, 3]
""",
    ("strategy_reasons", "a word"): """
def strategy_reasons(s):
    return "data_rich"
""",
}


@pytest.mark.parametrize(("function", "what"), CHEAP)
def test_a_cheap_file_earns_nothing(function, what):
    assert grade(SLUG, function, CHEAP[function, what]).points == 0


def test_settings_that_never_change_earn_what_need_not_change():
    graded = grade(
        SLUG,
        "recommend_hparams",
        """
def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    return dict(lr=2e-5, micro_batch=8, accum=4, epochs=3, total_steps=471, warmup_steps=47, weight_decay=0.01,
                decay_exclude={"bias", "LayerNorm"})
""",
    )
    assert graded.lost == {"lr", "batch", "steps", "warmup"}
    assert graded.points == 1


HELPERS_REPLACED = """
def mem(s, method, batch):
    return 0

def fits(s, method, batch):
    return True

def ok_store(s, method):
    return True
"""


def test_the_given_helpers_may_say_what_they_like():
    """The judge does its own arithmetic, so a file gains nothing by adapting its helpers."""
    plans = grade(SLUG, "choose_strategy", HELPERS_REPLACED)
    assert {"fits_memory", "fits_storage", "finds_a_plan"} <= plans.lost
    reasons = grade(SLUG, "strategy_reasons", HELPERS_REPLACED)
    assert reasons.lost == {"B", "C", "grid"}


WRONG = [
    (
        "training_memory",
        "two independent mistakes",
        4,
        {"adam-for-frozen-parameters + no-attention-matrices"},
        """
def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    weights = n_total * 4
    grads = n_train * 4
    adam = n_total * 2 * 4
    acts = layers * act_per_token * batch * seq * hidden
    return {"weights": weights, "grads": grads, "optimizer": adam, "activations": acts,
            "total": weights + grads + adam + acts}
""",
    ),
    (
        "training_memory",
        "in GiB",
        1,
        {"answer-in-gib"},
        """
def training_memory(n_total, n_train, batch, seq, hidden, layers, heads, act_per_token=66):
    gib = 1024**3
    act = layers * (act_per_token * batch * seq * hidden + 9 * batch * heads * seq * seq) if act_per_token else 0
    out = {"weights": 4 * n_total / gib, "grads": 4 * n_train / gib, "optimizer": 8 * n_train / gib,
           "activations": act / gib}
    out["total"] = sum(out.values())
    return out
""",
    ),
    (
        "choose_strategy",
        "LoRA at all times, carefully",
        11,
        {"always-lora"},
        """
def choose_strategy(s):
    for method in ("lora", "head"):
        size = s.target_batch
        while size and not fits(s, method, size):
            size -= 1
        if size and ok_store(s, method):
            epochs = int(s.hours * 3600 * s.examples_per_s // s.n_train)
            return Plan(method, size, -(-s.target_batch // size), max(1, min(3, epochs)), s.n_train < 1000, True)
    raise ValueError("no room")
""",
    ),
    (
        "choose_strategy",
        "halves the batch, forgets to accumulate and the clock",
        11,
        {"no-accumulation", "three-epochs-always"},
        """
def choose_strategy(s):
    for method in ("lora", "head") if s.n_train < 1000 else ("full", "lora", "head"):
        batch = s.target_batch
        while batch >= 1:
            if fits(s, method, batch) and ok_store(s, method):
                return Plan(method, batch, 1, 3, s.n_train < 1000, s.n_train < 1000)
            batch //= 2
    raise ValueError("no plan")
""",
    ),
    (
        "choose_strategy",
        "accumulates too little",
        12,
        {"accumulation-rounded-down"},
        """
def choose_strategy(s):
    order = ["lora", "head"] if s.n_train < 1000 else ["full", "lora", "head"]
    for method in order:
        sizes = [b for b in range(1, s.target_batch + 1) if fits(s, method, b)]
        if not sizes or not ok_store(s, method):
            continue
        epochs = 3
        while epochs > 1 and epochs * s.n_train / s.examples_per_s / 3600 > s.hours:
            epochs -= 1
        return Plan(method, sizes[-1], s.target_batch // sizes[-1], epochs, s.n_train < 1000, True)
    raise ValueError("no plan")
""",
    ),
    (
        "choose_strategy",
        "falls off the end",
        12,
        {"none-where-nothing-fits"},
        """
def choose_strategy(s, right=choose_strategy):
    for method in METHODS:
        if fits(s, method, 1) and ok_store(s, method):
            return right(s)
""",
    ),
    (
        "choose_strategy",
        "takes the first plan of an empty list",
        12,
        {"stumbles-where-nothing-fits"},
        """
def choose_strategy(s, right=choose_strategy):
    methods = [m for m in METHODS if fits(s, m, 1) and ok_store(s, m)]
    methods[0]
    return right(s)
""",
    ),
    (
        "recommend_hparams",
        "one rate, another than ours",
        6,
        {"one-rate-for-all"},
        """
def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    micro = min(per_step_batch, target_batch)
    accum = -(-target_batch // micro)
    steps = n_train // (micro * accum) * 4
    return {"lr": 3e-5, "micro_batch": micro, "accum": accum, "epochs": 4, "total_steps": steps,
            "warmup_steps": steps // 10, "weight_decay": 0.05, "decay_exclude": ["bias", "LayerNorm.weight"]}
""",
    ),
    (
        "recommend_hparams",
        "steps of the loader",
        5,
        {"micro-batches-counted-as-steps"},
        """
def recommend_hparams(method, n_train, per_step_batch, target_batch=32):
    micro = min(per_step_batch, target_batch)
    accum = max(1, target_batch // micro)
    steps = n_train // micro * 3
    return {"lr": {"full": 3e-5, "lora": 2e-4, "head": 1e-3}[method], "micro_batch": micro, "accum": accum,
            "epochs": 3, "total_steps": steps, "warmup_steps": int(steps * 0.1), "weight_decay": 0.01,
            "decay_exclude": {"bias", "LayerNorm.weight"}}
""",
    ),
    (
        "pareto_front",
        "better everywhere, by loops",
        7,
        {"only-better-in-every-respect"},
        """
def pareto_front(costs):
    kept = []
    for i in range(len(costs)):
        lost = False
        for j in range(len(costs)):
            if all(costs[j][k] < costs[i][k] for k in range(len(costs[i]))):
                lost = True
        if not lost:
            kept.append(i)
    return kept
""",
    ),
    (
        "pareto_front",
        "not worse is enough",
        7,
        {"equal-plans-beat-each-other"},
        """
def pareto_front(costs):
    kept = []
    for i, mine in enumerate(costs):
        others = costs[:i] + costs[i + 1 :]
        if not any(all(a <= b for a, b in zip(theirs, mine)) for theirs in others):
            kept.append(i)
    return kept
""",
    ),
    (
        "strategy_reasons",
        "two independent mistakes",
        1,
        {"eight-gigabytes-are-too-few + storage-of-one-copy"},
        """
def strategy_reasons(s):
    found = set()
    if s.gpu_gib <= 8:
        found.add("memory")
    if 4 * s.n_params / 1e6 > s.storage_mb:
        found.add("storage")
    if s.n_train < 1000:
        found.add("overfitting")
    if s.n_train >= 5000:
        found.add("data_rich")
    if s.n_tasks >= 5:
        found.add("many_tasks")
    return found
""",
    ),
    (
        "strategy_reasons",
        "16 bytes and no text",
        5,
        {"memory-without-activations"},
        """
def strategy_reasons(s):
    found = ["many_tasks"] if s.n_tasks >= 5 else []
    if 16 * s.n_params > 0.9 * s.gpu_gib * 2**30:
        found.append("memory")
    if store(s, "full") > s.storage_mb:
        found.append("storage")
    if s.n_train < 1000 or s.n_train >= 5000:
        found.append("overfitting" if s.n_train < 1000 else "data_rich")
    return found
""",
    ),
]


@pytest.mark.parametrize(
    ("function", "what", "points", "named", "source"),
    sampled(WRONG, one_in=2),
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_wrong_file_keeps_what_it_earned_and_is_told_what_is_wrong(function, what, points, named, source):
    graded = grade(SLUG, function, source)
    assert graded.points == points, graded.lost
    assert graded.named == named


def test_refusing_with_another_error_is_right_and_gets_a_remark():
    source = """
def choose_strategy(s, right=choose_strategy):
    try:
        return right(s)
    except ValueError:
        raise RuntimeError("no plan") from None
"""
    assert grade(SLUG, "choose_strategy", source).points == 14
    assert any("RuntimeError" in remark for remark in remarked(SLUG, "choose_strategy.finds_a_plan", source))


def test_micro_batches_of_one_are_right_and_get_a_remark():
    source = """
from dataclasses import replace

def choose_strategy(s, right=choose_strategy):
    return replace(right(s), micro_batch=1, accum=s.target_batch)
"""
    assert grade(SLUG, "choose_strategy", source).points == 14
    assert remarked(SLUG, "choose_strategy.effective_batch", source)
    assert not remarked(SLUG, "choose_strategy.effective_batch", "")


def test_five_thousand_examples_are_plenty():
    source = """
def choose_strategy(s, right=choose_strategy):
    return right(dataclasses.replace(s, n_train=999) if s.n_train <= 5000 else s)
"""
    assert "scenario_A" in grade(SLUG, "choose_strategy", "import dataclasses\n" + source).lost
    above = source.replace("<= 5000", "< 5000").replace("n_train=999", "n_train=s.n_train")
    assert not grade(SLUG, "choose_strategy", "import dataclasses\n" + above).lost
