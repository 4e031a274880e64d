"""The bonus functions of exercise 3: compared with peft and torch, and paid only for work that was done."""

from __future__ import annotations

import os
import random

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import peft
import pytest
import torch
from torch import nn

from solutions import lora
from tests.merit import grade

SLUG = "lora"

pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:peft"),
]

# --- oracles ---


def test_no_product_that_an_optimizer_finds_is_closer_than_best_rank_r():
    for seed in range(12):
        draw = random.Random(seed)
        torch.manual_seed(seed)
        d, k = draw.randint(3, 9), draw.randint(3, 9)
        matrix, r = torch.randn(d, k, dtype=torch.float64), draw.randint(1, min(d, k) - 1)
        b, a, error = lora.best_rank_r(matrix, r)
        assert b.shape == (d, r) and a.shape == (r, k)
        assert float((matrix - b @ a).norm()) == pytest.approx(error)
        left, right = torch.randn(d, r, dtype=torch.float64), torch.randn(r, k, dtype=torch.float64)
        for _ in range(300):  # alternating least squares: each step is optimal given the other factor
            left = matrix @ torch.linalg.pinv(right)
            right = torch.linalg.pinv(left) @ matrix
        found = float((matrix - left @ right).norm())
        assert error <= found + 1e-9
        assert found == pytest.approx(error, rel=0.05)


def test_best_rank_r_at_its_ends():
    matrix = torch.randn(4, 6, generator=torch.Generator().manual_seed(0))
    assert lora.best_rank_r(matrix, 4)[2] == pytest.approx(0, abs=1e-6)
    for r in (0, 5, 6, -1):
        with pytest.raises(ValueError, match="rank"):
            lora.best_rank_r(matrix, r)
    b, a, error = lora.best_rank_r(torch.zeros(3, 5), 2)
    assert error == 0 and not (b @ a).any()


def with_peft(base: nn.Linear, r: int, alpha: float, rs: bool) -> nn.Module:
    """Return the DoRA layer that peft makes of a layer, with random numbers."""
    model = nn.ModuleDict({"layer": base})
    config = peft.LoraConfig(r=r, lora_alpha=alpha, target_modules=["layer"], use_dora=True, use_rslora=rs)
    layer = peft.inject_adapter_in_model(config, model)["layer"]
    with torch.no_grad():
        layer.lora_B["default"].weight.normal_()
        layer.lora_magnitude_vector["default"].weight.mul_(torch.rand(base.out_features) + 0.5)
    return layer


def test_dora_agrees_with_peft_forward_and_backward():
    looked = 0
    for seed in range(60):
        draw = random.Random(seed)
        torch.manual_seed(seed)
        d, k, r = draw.sample(range(2, 12), 3)
        base, rs, alpha = nn.Linear(k, d, bias=draw.random() < 0.5), draw.random() < 0.5, draw.uniform(0.5, 9)
        ours = lora.DoRALinear(base, r, alpha, rs)
        theirs = with_peft(base, r, alpha, rs)
        with torch.no_grad():
            ours.A.copy_(theirs.lora_A["default"].weight)
            ours.B.copy_(theirs.lora_B["default"].weight)
            ours.magnitude.copy_(theirs.lora_magnitude_vector["default"].weight)
        inputs = [torch.randn(3, 4, k).requires_grad_() for _ in range(2)]
        with torch.no_grad():
            inputs[1].copy_(inputs[0])
        upstream = torch.randn(3, 4, d)
        outputs = [layer(x) for layer, x in zip((ours, theirs), inputs, strict=True)]
        torch.testing.assert_close(outputs[0], outputs[1], rtol=1e-4, atol=1e-4)
        for output in outputs:
            (output * upstream).sum().backward()
        pairs = [
            (ours.A, theirs.lora_A["default"].weight),
            (ours.B, theirs.lora_B["default"].weight),
            (ours.magnitude, theirs.lora_magnitude_vector["default"].weight),
            tuple(inputs),
        ]
        for one, other in pairs:
            torch.testing.assert_close(one.grad, other.grad, rtol=2e-4, atol=2e-3)
            looked += 1
    assert looked == 240


def test_a_fresh_dora_layer_is_its_base_and_follows_its_dtype():
    for dtype in (torch.float32, torch.float64, torch.bfloat16):
        torch.manual_seed(1)
        base = nn.Linear(7, 5, dtype=dtype)
        layer = lora.DoRALinear(base, 3, 6.0, rs=True)
        x = torch.randn(4, 7, dtype=dtype)
        torch.testing.assert_close(layer(x), base(x))
        assert {parameter.dtype for parameter in layer.parameters()} == {dtype}
    with pytest.raises(ValueError, match="rank"):
        lora.DoRALinear(base, 0, 1.0)


# --- merit ---

NOTHING = {
    "zeros": (
        "best_rank_r",
        "def best_rank_r(w, r): return torch.zeros(w.shape[0], r), torch.zeros(r, w.shape[1]), 0.0",
    ),
    "the matrix itself": (
        "best_rank_r",
        "def best_rank_r(w, r): return w, torch.eye(w.shape[1]), 0.0",
    ),
    "the answer of the example": (
        "best_rank_r",
        "def best_rank_r(w, r): return torch.tensor([[12.0], [0], [0]]), torch.tensor([[1.0, 0, 0]]), 5.0",
    ),
    "always refuses": ("best_rank_r", "def best_rank_r(w, r): raise ValueError"),
    "the base alone": (
        "DoRALinear",
        """
class DoRALinear(nn.Module):
    def __init__(self, base, r, alpha, rs=False):
        super().__init__()
        self.base = base.requires_grad_(False)
    def forward(self, x): return self.base(x)
""",
    ),
    "the base, and parameters that nobody reads": (
        "DoRALinear",
        """
class DoRALinear(nn.Module):
    def __init__(self, base, r, alpha, rs=False):
        super().__init__()
        d, k = base.weight.shape
        self.base = base.requires_grad_(False)
        self.a, self.b, self.m = (nn.Parameter(torch.zeros(s)) for s in ((r, k), (d, r), (d,)))
    def forward(self, x): return self.base(x)
""",
    ),
    "always refuses to be built": (
        "DoRALinear",
        """
class DoRALinear(nn.Module):
    def __init__(self, *a, **k): raise ValueError
""",
    ),
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_paid_for(what):
    function, source = NOTHING[what]
    graded = grade(SLUG, function, source)
    assert graded.points == 0, {name: item.status for name, item in graded.observed.items()}


DORA = """
class DoRALinear(nn.Module):
    def __init__(self, base, r, alpha, rs=False):
        super().__init__()
        if r < 1:
            raise ValueError(r)
        d, k = base.weight.shape
        self.inner = base
        for p in base.parameters():
            p.requires_grad = False
        self.down = nn.Parameter(torch.randn(r, k) * 0.1)
        self.up = nn.Parameter(torch.zeros(d, r))
        self.m = nn.Parameter(torch.linalg.norm(base.weight.data, dim=1, keepdim=True))
        self.s = {scale}
    def forward(self, x):
        v = self.inner.weight + self.s * (self.up @ self.down)
        {weight}
        return F.linear(x, w, self.inner.bias)
"""

WRONG = {
    # name: (function, checks that it loses, possible explanations, source)
    "a sum of values": (
        "best_rank_r",
        {"error"},
        {"discarded-values-added-up"},
        """
def best_rank_r(w, r):
    if r < 1 or r > min(w.shape):
        raise ValueError
    u, s, vh = torch.linalg.svd(w)
    root = s[:r] ** 0.5
    return u[:, :r] * root, root[:, None] * vh[:r, :], float(sum(s[r:]))
""",
    ),
    "two mistakes: values twice, and a squared error": (
        "best_rank_r",
        {"product"},
        {"singular-values-in-both-factors"},
        """
def best_rank_r(w, r):
    if r < 1 or r > min(w.shape):
        raise ValueError
    u, s, vh = torch.linalg.svd(w)
    return u[:, :r] @ torch.diag(s[:r]), torch.diag(s[:r]) @ vh[:r], float((s[r:] ** 2).sum())
""",
    ),
    "a gradient through the norm": (
        "DoRALinear",
        {"gradient"},
        {"gradient-through-the-length"},
        DORA.format(
            scale="alpha / r ** 0.5 if rs else alpha / r", weight="w = self.m * v / v.norm(dim=1, keepdim=True)"
        ),
    ),
    "the norm of W": (
        "DoRALinear",
        {"forward", "scale", "gradient"},
        {"length-of-W-alone"},
        DORA.format(
            scale="alpha / r ** 0.5 if rs else alpha / r",
            weight="w = self.m * v / self.inner.weight.norm(dim=1, keepdim=True)",
        ),
    ),
    "no rs": (
        "DoRALinear",
        {"scale"},
        {"rs-switch-ignored"},
        DORA.format(scale="alpha / r", weight="w = self.m * v / v.norm(dim=1, keepdim=True).detach()"),
    ),
    "two mistakes: no rs, and a gradient through the norm": (
        "DoRALinear",
        {"scale", "gradient"},
        {"rs-switch-ignored", "gradient-through-the-length"},
        DORA.format(scale="alpha / r", weight="w = self.m * v / v.norm(dim=1, keepdim=True)"),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_one_loses_the_right_points_and_is_named(what):
    function, lost, names, source = WRONG[what]
    graded = grade(SLUG, function, source)
    assert graded.lost == lost
    assert {name for told in graded.named for name in told.split(" + ")} <= names
    assert graded.named or len(names) > 1
