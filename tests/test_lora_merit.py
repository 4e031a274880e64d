"""Points of exercise-3 are earned, and wrong files get the right explanation.

Each source here replaces definitions of the reference; the checks of the function run in this process, as in
``test_teaching.py``. Sources that earn nothing are caricatures; those that are named are written as people write them.
"""

from __future__ import annotations

import ast
import doctest
from collections import Counter

import pytest
import torch
from sample import sampled

from course import paths
from scripts.flake import module_of
from tests.merit import Graded, composed, grade, remarked, specs_of

HEADER = "import copy\nimport torch\nimport torch.nn.functional as F\nfrom torch import nn\n"


def graded(function: str, source: str) -> Graded:
    return grade("lora", function, f"{HEADER}\n{source}")


def test_the_points_of_each_function_are_those_of_the_curriculum():
    totals: Counter[str] = Counter()
    for spec in specs_of("lora"):
        totals[spec.function] += spec.points
    assert totals == {
        "lora_report": 6,
        "LoRALinear": 20,
        "inject_lora": 9,
        "lora_state_dict": 3,
        "load_lora_state_dict": 3,
        "MultiLoRALinear": 9,
        "BottleneckAdapter": 6,
        "peft_param_count": 7,
        "best_rank_r": 5,
        "DoRALinear": 5,
    }


# --- nothing for nothing ----------------------------------------------------------------------------------------------

LAYER = """
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("r")
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(r, base.in_features, dtype=base.weight.dtype))
        self.B = nn.Parameter(torch.zeros(base.out_features, r, dtype=base.weight.dtype))
        self.first = None

    def forward(self, x):
        {forward}

    def delta_weight(self):
        return {delta}

    def merge(self):
        pass

    unmerge = merge
"""

MANY_LAYERS = """
class MultiLoRALinear(nn.Module):
    def __init__(self, base):
        super().__init__()
        self.base = base.requires_grad_(False)
        self.A, self.B, self.active = nn.ParameterDict(), nn.ParameterDict(), None

    def add_adapter(self, name, r, alpha):
        if name in self.A:
            raise ValueError(name)
        self.A[name] = nn.Parameter(torch.randn(r, self.base.in_features).to(self.base.weight))
        self.B[name] = nn.Parameter(torch.zeros(self.base.out_features, r).to(self.base.weight))

    def set_adapter(self, name):
        if name is not None and name not in self.A:
            raise KeyError(name)
        self.active = name

    def forward(self, x):
        {forward}
"""

ADAPTER = """
class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.down, self.up = nn.Linear(d, m), nn.Linear(m, d)

    def forward(self, h):
        {forward}
"""

STATE = """
LAST = []

def lora_state_dict(model):
    LAST[:] = [{kept}]
    return {{n: {saved} for n, p in model.named_parameters() if p.requires_grad}}

def load_lora_state_dict(model, state):
    if {{n for n, p in model.named_parameters() if p.requires_grad}} != set(state):
        raise KeyError
    {load}
"""

REPORTS = """
def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    {before}
    names = [n for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    names = [n for n in names if any(f".{{n}}".endswith(f".{{t}}") for t in targets)]
    if not names or any(not any(f".{{n}}".endswith(f".{{t}}") for n, _ in model.named_modules()) for t in trainable):
        raise ValueError
    {deed}
    return names
"""

FORWARDS = {
    "nothing": "pass",
    "an empty tensor": "return x[:0]",
    "zeros": "return x.new_zeros(*x.shape[:-1], self.base.out_features)",
    "ones": "return x.new_ones(*x.shape[:-1], self.base.out_features)",
    "not a number": "return self.base(x) * float('nan')",
    "dice": "return torch.randn(*x.shape[:-1], self.base.out_features, dtype=x.dtype)",
    "its input": "return x",
}

UNEARNED = [
    *[("LoRALinear", f"layer: {what}", LAYER.format(forward=line, delta="None")) for what, line in FORWARDS.items()],
    ("LoRALinear", "layer: only its base", LAYER.format(forward="return self.base(x)", delta="None")),
    (
        "LoRALinear",
        "layer: the first answer for ever",
        LAYER.format(
            forward="self.first = self.base(x) if self.first is None else self.first\n        return self.first",
            delta="None",
        ),
    ),
    (
        "LoRALinear",
        "layer: a sum of the factors instead of a product",
        LAYER.format(forward="return x.new_zeros(x.shape[0], 5) + self.A.sum() + self.B.sum()", delta="None"),
    ),
    *[("MultiLoRALinear", f"many: {what}", MANY_LAYERS.format(forward=line)) for what, line in FORWARDS.items()],
    ("MultiLoRALinear", "many: only the base", MANY_LAYERS.format(forward="return self.base(x)")),
    *[
        ("BottleneckAdapter", f"adapter: {what}", ADAPTER.format(forward=line))
        for what, line in {
            "nothing": "pass",
            "its input": "return h",
            "a copy of its input": "return h.clone()",
            "zeros": "return torch.zeros_like(h)",
            "empty": "return h[:0]",
            "not a number": "return h * float('nan')",
            "dice": "return torch.randn_like(h)",
            "nearly its input": "return h + 0.01 * torch.randn_like(h)",
        }.items()
    ],
    ("inject_lora", "a report and no deed", REPORTS.format(before="", deed="model.requires_grad_(False)")),
    ("inject_lora", "a report alone", REPORTS.format(before="", deed="pass")),
    ("inject_lora", "nothing", "def inject_lora(*args, **kwargs):\n    pass\n"),
    ("inject_lora", "an empty list", "def inject_lora(*args, **kwargs):\n    return []\n"),
    ("inject_lora", "refuses everything", "def inject_lora(*args, **kwargs):\n    raise ValueError\n"),
    *[
        entry
        for group in ("lora_state_dict", "load_lora_state_dict")
        for entry in (
            (
                group,
                "zeros saved, and the saved model borrowed",
                STATE.format(kept="model", saved="torch.zeros_like(p)", load="model.forward = LAST[0].forward"),
            ),
            (group, "ones saved, nothing loaded", STATE.format(kept="0", saved="torch.ones_like(p)", load="pass")),
            (group, "empty tensors saved", STATE.format(kept="0", saved="p.detach()[:0].clone()", load="pass")),
            (
                group,
                "nothing",
                "def lora_state_dict(model):\n    pass\n\ndef load_lora_state_dict(model, state):\n    pass\n",
            ),
            (
                group,
                "an empty state",
                "def lora_state_dict(model):\n    return {}\n\n"
                "def load_lora_state_dict(model, state):\n    raise KeyError\n",
            ),
        )
    ],
    *[
        ("lora_report", f"a report of {what}", f"def lora_report(*args, **kwargs):\n    return {value}\n")
        for what, value in {
            "nothing": "None",
            "zeros": "dict.fromkeys(['lora_params', 'trainable', 'kept_ratio', 'reduction', 'trainable_ratio'], 0)",
            "constants": "dict(lora_params=1179648, trainable=1179648, kept_ratio=1 / 24, reduction=23 / 24)",
            "large numbers": "dict(lora_params=1e9, trainable=1e9, kept_ratio=1e9, reduction=1 - 1e9)",
            "not a number": "dict.fromkeys(['lora_params', 'trainable', 'kept_ratio', 'reduction'], float('nan'))",
        }.items()
    ],
    *[
        ("peft_param_count", f"a count of {value}", f"def peft_param_count(method, **sizes):\n    return {value}\n")
        for value in ("None", "0", "294_912", "float('nan')", "[]")
    ],
    (
        "peft_param_count",
        "known names, no counts",
        "def peft_param_count(method, **sizes):\n    if method not in ('lora', 'adapter', 'prefix', 'prompt'):\n"
        "        raise ValueError(method)\n",
    ),
    ("peft_param_count", "refuses everything", "def peft_param_count(*args, **kwargs):\n    raise ValueError\n"),
]


@pytest.mark.parametrize(("function", "what", "source"), UNEARNED, ids=[f"{f}: {what}" for f, what, _ in UNEARNED])
def test_nothing_is_earned_by(function: str, what: str, source: str):
    assert not graded(function, source).earned


def test_numbers_as_large_as_they_please_hide_nothing():
    """The branch works; a factor of a billion would hide that merging does nothing."""
    forward = "return (self.base(x) + x @ self.A.T @ self.B.T).double() + 1e9"
    assert not graded("LoRALinear", LAYER.format(forward=forward, delta="None")).earned


def test_a_state_that_a_copy_of_the_saved_model_answers_for_is_not_loaded():
    source = STATE.format(
        kept="copy.deepcopy(model)",
        saved="p.detach().clone()",
        load="model.forward = LAST[0].forward\n    [p.data.add_(1e-3) for p in model.parameters()]",
    )
    assert "round_trip" in graded("load_lora_state_dict", source).lost


# --- wrong, and once paid in full -------------------------------------------------------------------------------------

FULL_BEFORE = {
    "adapters that are loud from the start": (
        "MultiLoRALinear",
        MANY_LAYERS.replace("torch.zeros(self.base.out_features, r)", "torch.randn(self.base.out_features, r)").format(
            forward="y = self.base(x)\n"
            "        return y if self.active is None else y + x @ self.A[self.active].T @ self.B[self.active].T"
        ),
        "fresh_adapter",
    ),
    "a dropout that writes into its input": (
        "LoRALinear",
        "class LoRALinear(LoRALinear):\n    def __init__(self, base, r, alpha, dropout=0.0):\n"
        "        super().__init__(base, r, alpha, dropout)\n        self.dropout = nn.Dropout(dropout, True)\n",
        "dropout_path",
    ),
    "a bypass that writes into its input": (
        "BottleneckAdapter",
        "class BottleneckAdapter(BottleneckAdapter):\n    def forward(self, h):\n"
        "        h += self.up(F.gelu(self.down(h)))\n        return h\n",
        "residual",
    ),
    "a head that is misspelt": (
        "inject_lora",
        "real_inject = inject_lora\n"
        "def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=('classifier',)):\n"
        "    known = [t for t in trainable if any(f'.{n}'.endswith(f'.{t}') for n, _ in model.named_modules())]\n"
        "    return real_inject(model, targets, r, alpha, dropout, known)\n",
        "misspelt",
    ),
    "a state that is empty once it is loaded": (
        "load_lora_state_dict",
        "def load_lora_state_dict(model, state):\n"
        "    own = {n: p for n, p in model.named_parameters() if p.requires_grad}\n"
        "    if own.keys() != state.keys():\n        raise KeyError\n"
        "    for n in own:\n        own[n].data.copy_(state.pop(n))\n",
        "round_trip",
    ),
    "an exchanged name": (
        "load_lora_state_dict",
        "def load_lora_state_dict(model, state):\n"
        "    own = {n: p for n, p in model.named_parameters() if p.requires_grad}\n"
        "    if len(own) != len(state):\n        raise KeyError\n"
        "    for n in own.keys() & state.keys():\n        own[n].data.copy_(state[n])\n",
        "missing_key",
    ),
    "a saver that freezes": (
        "lora_state_dict",
        "def lora_state_dict(model):\n"
        "    state = {n: p.detach().clone() for n, p in model.named_parameters() if p.requires_grad}\n"
        "    model.requires_grad_(False)\n    return state\n",
        "snapshot",
    ),
}


@pytest.mark.parametrize("what", FULL_BEFORE)
def test_points_are_lost_by(what: str):
    function, source, where = FULL_BEFORE[what]
    assert where in graded(function, source).lost


def test_a_bias_that_merging_frees_is_noticed():
    source = (
        "class LoRALinear(LoRALinear):\n    def merge(self):\n        super().merge()\n"
        "        self.base.bias.requires_grad_(True)\n"
    )
    assert "merge" in graded("LoRALinear", source).lost


def test_copies_of_the_factors_are_no_merged_weight():
    source = (
        "class LoRALinear(LoRALinear):\n"
        "    def merge(self):\n        self.old = self.A.detach().clone(), self.B.detach().clone()\n"
        "    def unmerge(self):\n        self.old = None\n"
        "    def forward(self, x):\n"
        "        a, b = getattr(self, 'old', None) or (self.A, self.B)\n"
        "        return self.base(x) + self.scale * (self.dropout(x) @ a.T @ b.T)\n"
    )
    assert "merge" in graded("LoRALinear", source).lost


def test_an_error_of_another_type_is_accepted_with_a_remark():
    source = (
        "real_load = load_lora_state_dict\n"
        "def load_lora_state_dict(model, state):\n    try:\n        real_load(model, state)\n"
        "    except KeyError as error:\n        raise ValueError(error) from None\n"
    )
    seen = remarked("lora", "load_lora_state_dict.missing_key", source)
    assert seen and all("ValueError" in text and "KeyError" in text for text in seen)


# --- explained --------------------------------------------------------------------------------------------------------

FACTORS_WITH_BIASES = """
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("rank")
        self.base = base.requires_grad_(False)
        self.down = nn.Linear(base.in_features, r, dtype=base.weight.dtype)
        self.up = nn.Linear(r, base.out_features, dtype=base.weight.dtype)
        nn.init.normal_(self.down.weight)
        nn.init.zeros_(self.up.weight)
        self.scale, self.drop, self.kept = alpha / r, nn.Dropout(dropout), None

    def forward(self, x):
        if self.kept is not None:
            return self.base(x)
        return self.base(x) + self.scale * self.up(self.down(self.drop(x)))

    def delta_weight(self):
        return self.scale * self.up.weight @ self.down.weight

    def merge(self):
        if self.kept is None:
            self.kept = self.base.weight.data.clone()
            self.base.weight.data += self.delta_weight().data

    def unmerge(self):
        if self.kept is not None:
            self.base.weight.data, self.kept = self.kept, None
"""

CONVERTED = """
class LoRALinear(nn.Module):
    def __init__(self, base, r, alpha, dropout=0.0):
        super().__init__()
        if r < 1:
            raise ValueError("rank")
        self.base = base.requires_grad_(False)
        self.A = nn.Parameter(torch.randn(base.in_features, r) / r).to(base.weight.dtype)
        self.B = nn.Parameter(torch.zeros(r, base.out_features)).to(base.weight.dtype)
        self.scale, self.drop, self.kept = alpha / r, nn.Dropout(dropout), None

    def forward(self, x):
        y = self.base(x)
        return y if self.kept is not None else y + self.scale * (self.drop(x) @ self.A @ self.B)

    def delta_weight(self):
        return self.scale * (self.A @ self.B).T

    @torch.no_grad()
    def merge(self):
        if self.kept is None:
            self.kept = self.base.weight.clone()
            self.base.weight += self.delta_weight()

    @torch.no_grad()
    def unmerge(self):
        if self.kept is not None:
            self.base.weight.copy_(self.kept)
            self.kept = None
"""

INJECTS = """
def inject_lora(model, targets, r, alpha, dropout=0.0, trainable=("classifier",)):
    modules = list(model.named_modules())
    for t in trainable:
        if not any(n == t or n.endswith("." + t) for n, _ in modules):
            raise ValueError(t)
    model.requires_grad_(False)
    hits = []
    for path, parent in modules:
        for child, layer in list(parent.named_children()):
            n = f"{{path}}.{{child}}".lstrip(".")
            if isinstance(layer, nn.Linear) and {fits}:
                setattr(parent, child, LoRALinear(layer, r, alpha, dropout))
                hits.append(n)
    if not hits:
        raise ValueError("nothing to adapt here")
    for n, module in modules:
        if any(n == t or n.endswith("." + t) for t in trainable):
            module.requires_grad_(True)
    return hits
"""

WITH_NORM = """
class BottleneckAdapter(nn.Module):
    def __init__(self, d, m):
        super().__init__()
        self.norm = nn.LayerNorm(d)
        self.net = nn.Sequential(nn.Linear(d, m), nn.ReLU(), nn.Linear(m, d))
        for p in self.net[2].parameters():
            nn.init.zeros_(p)

    def forward(self, h):
        return h + self.net({inside})
"""

NAMED = {
    "two linear layers with their biases": ("LoRALinear", FACTORS_WITH_BIASES, "factors-with-biases"),
    "a Parameter that was converted": ("LoRALinear", CONVERTED, "factors-lost-by-conversion"),
    "targets anywhere in the name": (
        "inject_lora",
        INJECTS.format(fits="any(t in n for t in targets)"),
        "substring-match",
    ),
    "targets as the last letters": (
        "inject_lora",
        INJECTS.format(fits="n.endswith(tuple(targets))"),
        "ending-without-dot",
    ),
    "targets as the last part": (
        "inject_lora",
        INJECTS.format(fits="n.rpartition('.')[2] in targets"),
        "target-taken-as-one-part",
    ),
    "targets as any part": (
        "inject_lora",
        INJECTS.format(fits="set(n.split('.')) & set(targets)"),
        "any-part-of-the-name",
    ),
    "a state without the head": (
        "lora_state_dict",
        "def lora_state_dict(model):\n"
        "    return {n: p.data.clone() for n, p in model.named_parameters() if n.endswith(('.A', '.B'))}\n",
        "classifier-not-saved",
    ),
    "a layer norm below": ("BottleneckAdapter", WITH_NORM.format(inside="self.norm(h)"), "learned-norm-before-down"),
    "a dropout inside": (
        "BottleneckAdapter",
        "class BottleneckAdapter(BottleneckAdapter):\n    def forward(self, h):\n"
        "        return h + self.up(F.dropout(F.relu(self.down(h)), 0.2, self.training))\n",
        "dropout-inside",
    ),
}


@pytest.mark.parametrize("what", sampled(NAMED, one_in=2))
def test_the_cause_is_named_for(what: str):
    function, source, name = NAMED[what]
    assert graded(function, source).named == {name}


# --- the docstrings' examples hold for every accepted answer ----------------------------------------------------------

VARIANTS = sorted(paths.variants("lora").glob("*.py"))
EXAMPLES = {
    test.name.rpartition(".")[2]: test
    for test in doctest.DocTestFinder(recurse=True).find(
        module_of(paths.skeleton("lora").read_text(encoding="utf-8"), "lora_skeleton"), "lora"
    )
    if test.examples
}


def test_every_function_shows_an_example():
    assert len(EXAMPLES) == 10


@pytest.mark.parametrize("path", VARIANTS, ids=lambda path: path.stem)
def test_the_examples_hold_for(path):
    source = path.read_text(encoding="utf-8")
    own = {node.name for node in ast.parse(source).body if hasattr(node, "name")} & EXAMPLES.keys()
    assert own
    for name in own:
        torch.manual_seed(0)
        module = composed("lora", source)
        shown = EXAMPLES[name]
        run = doctest.DocTest(shown.examples, dict(vars(module)), name, path.name, 0, None)
        outcome = doctest.DocTestRunner(verbose=False).run(run, clear_globs=False, out=lambda text: None)
        assert outcome.attempted and not outcome.failed, name
