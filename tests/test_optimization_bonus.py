"""The bonus functions of exercise 5: compared with torch and transformers, and paid only for work that was done."""

from __future__ import annotations

import os
import random

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
import torch
from torch import nn
from transformers import get_cosine_schedule_with_warmup

from solutions import optimization
from tests.merit import grade

SLUG = "optimization"

# --- oracles ---


def test_warmup_cosine_is_the_schedule_of_transformers():
    looked = 0
    for seed in range(60):
        draw = random.Random(seed)
        total = draw.randint(1, 80)
        warmup = draw.randint(0, total - 1)
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
        schedule = get_cosine_schedule_with_warmup(optimizer, warmup, total)
        for step in range(total):
            assert optimizer.param_groups[0]["lr"] == pytest.approx(optimization.warmup_cosine(step, warmup, total))
            optimizer.step()
            schedule.step()
            looked += 1
        assert optimization.warmup_cosine(total + seed, warmup, total) == 0
    assert looked > 1500


def test_warmup_cosine_with_a_floor_is_torchs_annealing():
    for total, floor in ((10, 0.25), (37, 0.1)):
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, total, eta_min=floor)
        for step in range(total + 1):
            found = optimization.warmup_cosine(step, 0, total, floor)
            assert optimizer.param_groups[0]["lr"] == pytest.approx(found)
            optimizer.step()
            schedule.step()
    assert optimization.warmup_cosine(5, 5, 5, 0.3) in (0.3, 1.0)


@pytest.mark.parametrize("mode", ["none", "l2", "decoupled"])
def test_adam_step_walks_with_the_optimizers_of_torch(mode):
    kind = torch.optim.AdamW if mode == "decoupled" else torch.optim.Adam
    for seed in range(25):
        draw, generator = random.Random(seed), torch.Generator().manual_seed(seed)
        shape = (draw.randint(1, 4), draw.randint(1, 5))
        options = {
            "lr": draw.uniform(1e-3, 0.5),
            "betas": (draw.uniform(0, 0.95), draw.uniform(0.5, 0.999)),
            "eps": 10 ** draw.uniform(-9, -1),
        }
        decay = draw.uniform(0.01, 0.5)
        weight, state = torch.randn(shape, generator=generator, dtype=torch.float64), {}
        theirs = nn.Parameter(weight.clone())
        optimizer = kind([theirs], weight_decay=0.0 if mode == "none" else decay, **options)
        for _ in range(12):
            grad = torch.randn(shape, generator=generator, dtype=torch.float64) * draw.choice([1e-4, 1.0, 50.0])
            theirs.grad = grad.clone()
            optimizer.step()
            weight, state = optimization.adam_step(weight, grad, state, mode, weight_decay=decay, **options)
            torch.testing.assert_close(weight, theirs.detach(), rtol=1e-7, atol=1e-9)


def test_the_defaults_are_those_of_torch():
    theirs = nn.Parameter(torch.ones(3))
    optimizer = torch.optim.AdamW([theirs])
    weight, state = torch.ones(3), {}
    for _ in range(3):
        theirs.grad = torch.full((3,), 0.3)
        optimizer.step()
        weight, state = optimization.adam_step(weight, torch.full((3,), 0.3), state, "decoupled")
    torch.testing.assert_close(weight, theirs.detach())
    with pytest.raises(ValueError, match="adamw"):
        optimization.adam_step(weight, weight, {}, "adamw")


# --- merit ---

NOTHING = {
    "always one": ("warmup_cosine", "def warmup_cosine(step, w, t, floor=0.0): return 1.0"),
    "always zero": ("warmup_cosine", "def warmup_cosine(step, w, t, floor=0.0): return 0.0"),
    "the answer of the example": (
        "warmup_cosine",
        "def warmup_cosine(step, w, t, floor=0.0): return [0.0, 0.5, 1.0, 0.8536, 0.5, 0.1464, 0.0, 0.0][min(step, 7)]",
    ),
    "nothing moves": ("adam_step", "def adam_step(weight, grad, state, mode, **k): return weight, state"),
    "only refuses": (
        "adam_step",
        """
def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode not in ("none", "l2", "decoupled"):
        raise ValueError(mode)
    return weight - lr * grad, {}
""",
    ),
    "always refuses": ("adam_step", "def adam_step(*a, **k): raise ValueError"),
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_paid_for(what):
    function, source = NOTHING[what]
    graded = grade(SLUG, function, source)
    assert graded.points == 0, {name: item.status for name, item in graded.observed.items()}


ADAM = """
def adam_step(weight, grad, state, mode, lr=1e-3, weight_decay=0.01, betas=(0.9, 0.999), eps=1e-8):
    if mode not in ("none", "l2", "decoupled"):
        raise ValueError(mode)
    g = grad + weight_decay * weight * (mode == {inside!r})
    n = state.get("n", 0) + 1
    m = betas[0] * state.get("m", torch.zeros_like(g)) + (1 - betas[0]) * g
    v = betas[1] * state.get("v", torch.zeros_like(g)) + (1 - betas[1]) * g ** 2
    step = {step}
    new = weight - lr * step
    if mode == "decoupled":
        {decay}
    return new, dict(n=n, m=m, v=v)
"""
STEP = "m / (1 - betas[0] ** n) / (torch.sqrt(v / (1 - betas[1] ** n)) + eps)"
DECAY = "new = new - lr * weight_decay * weight"

WRONG = {
    # name: (function, checks that it loses, possible explanations, source)
    "transformers' own, without a stop": (
        "warmup_cosine",
        {"ends", "floor", "no_warmup"},
        {"cosine-rises-again"},
        """
def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    if step < warmup_steps:
        return step / max(1, warmup_steps)
    progress = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return floor + (1 - floor) * (0.5 * (1.0 + math.cos(math.pi * progress)))
""",
    ),
    "two mistakes: a floor that cuts, and a warmup from it": (
        "warmup_cosine",
        {"floor"},
        {"floor-as-a-cut", "never-below-the-floor-on-the-way-up"},
        """
def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):
    if step < warmup_steps:
        return max(floor, step / warmup_steps)
    progress = min(1, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return max(floor, (1.0 + math.cos(math.pi * progress)) / 2)
""",
    ),
    "no corrections": (
        "adam_step",
        {"plain", "modes"},
        {"averages-not-corrected"},
        ADAM.format(inside="l2", step="m / (torch.sqrt(v) + eps)", decay=DECAY),
    ),
    "decay without the rate": (
        "adam_step",
        {"modes", "care"},
        {"decay-without-the-rate"},
        ADAM.format(inside="l2", step=STEP, decay="new = new - weight_decay * weight"),
    ),
    "two mistakes: eps in the root, and decay of the new weight": (
        "adam_step",
        {"plain", "modes"},
        {"eps-inside-the-root", "decay-of-the-moved-weight"},
        ADAM.format(
            inside="l2",
            step="m / (1 - betas[0] ** n) / torch.sqrt(v / (1 - betas[1] ** n) + eps)",
            decay="new = new * (1 - lr * weight_decay)",
        ),
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_one_loses_the_right_points_and_is_named(what):
    function, lost, names, source = WRONG[what]
    graded = grade(SLUG, function, source)
    assert graded.lost == lost
    assert {name for told in graded.named for name in told.split(" + ")} <= names
    assert graded.named or len(names) > 1
