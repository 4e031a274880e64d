"""Exercise 5 pays only for work that was done: cheap, forged and careless files, and the points that they earn."""

from __future__ import annotations

import sys

import pytest
import torch

from tests.merit import grade, remarked

SLUG = "optimization"
pytestmark = pytest.mark.usefixtures("one_thread")


def test_helpers_that_are_told_what_to_say_earn_nothing(monkeypatch):
    helpers = sys.modules["grader.fixtures.optimization"]
    monkeypatch.setattr(helpers.Watch, "untrainable", lambda self: [])
    monkeypatch.setattr(helpers.Watch, "numbers", lambda self: {"bert.a.weight": torch.randn(150, 150)})
    monkeypatch.setattr(helpers, "stepped", lambda *args, **options: {})
    for function in ("reinit_top_layers", "decay_groups"):
        graded = grade(SLUG, function, f"def {function}(*args, **options):\n    return None\n")
        assert len(graded.observed) >= 5
        assert graded.points == 0


def test_a_vector_of_two_million_numbers_is_looked_at_by_its_shape():
    graded = grade(
        SLUG,
        "reinit_top_layers",
        """
def reinit_top_layers(model, n, std=None):
    if n > 0:
        model.bert.encoder.layer[-1].output.LayerNorm.weight = nn.Parameter(torch.zeros(2_000_000))
""",
    )
    assert graded.points == 0
    assert "LayerNorm.weight" in graded.observed["reinit_top_layers.layernorm"].failing


def test_google_s_truncated_normal_is_right():
    graded = grade(
        SLUG,
        "reinit_top_layers",
        """
def reinit_top_layers(model, n, std=None):
    layers = model.bert.encoder.layer
    if n < 0 or n > len(layers):
        raise ValueError(n)
    std = model.config.initializer_range if std is None else std
    for layer in layers[len(layers) - n :]:
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, 0.0, std, -2 * std, 2 * std)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
            if isinstance(module, nn.LayerNorm):
                module.reset_parameters()
    return model
""",
    )
    assert graded.earned == set(graded.observed)


STAYS = """
def warmup_linear(step, warmup_steps, total_steps):
    peak = int(warmup_steps)
    if step < peak:
        return step / peak
    if peak == total_steps:
        return 1.0
    return max(0.0, (total_steps - step) / (total_steps - peak))
"""
REMARK = "if all steps are warmup, warmup_linear returns 1 after total_steps; the docstring asks for 0"


@pytest.mark.parametrize(("source", "remarks"), [(STAYS, [REMARK]), ("", [])], ids=["stays-at-the-peak", "reference"])
@pytest.mark.parametrize("seed", range(1, 5))
def test_a_warmup_without_a_decay_that_stays_at_the_peak_is_remarked_on(source, remarks, seed):
    assert remarked(SLUG, "warmup_linear.no_warmup", source, seed) == remarks


NAMED = [
    (
        "reinit_top_layers",
        "a-changed-copy-returned",
        "top_n",
        """
import copy

def reinit_top_layers(model, n, std=None, right=reinit_top_layers):
    return right(copy.deepcopy(model), n, std)
""",
    ),
    (
        "reinit_top_layers",
        "left-to-init-weights",
        "top_n",
        """
def reinit_top_layers(model, n, std=None):
    layers = list(model.bert.encoder.layer)
    if n < 0 or n > len(layers):
        raise ValueError(n)
    for layer in layers[len(layers) - n :]:
        layer.apply(model._init_weights)
    return model
""",
    ),
    (
        "clip_grad_norm",
        "norm-not-returned",
        "returns_before",
        """
def clip_grad_norm(params, max_norm):
    gradients = [p.grad for p in params if p.grad is not None]
    total = torch.sqrt(sum((g**2).sum() for g in gradients))
    for g in gradients:
        g *= min(1.0, float(max_norm / (total + 1e-6)))
""",
    ),
    (
        "accumulate_gradients",
        "cleared-at-the-end",
        "equal_batches",
        """
def accumulate_gradients(model, batches, loss_fn):
    total, n = 0.0, sum(len(x) for x, _ in batches)
    for x, y in batches:
        loss = loss_fn(model(x), y) * len(x) / n
        loss.backward()
        total += loss.item()
    model.zero_grad()
    return total
""",
    ),
]


@pytest.mark.parametrize(("function", "name", "caught_by", "source"), NAMED, ids=[entry[1] for entry in NAMED])
def test_a_careless_file_is_caught_and_its_cause_named(function, name, caught_by, source):
    graded = grade(SLUG, function, source)
    assert f"{function}.{caught_by}" in graded.wrong
    assert graded.names.get(f"{function}.{caught_by}") == name


def test_two_errors_at_once_are_each_named_where_they_show():
    graded = grade(
        SLUG,
        "accumulate_gradients",
        """
def accumulate_gradients(model, batches, loss_fn):
    losses = []
    for x, y in batches:
        loss = loss_fn(model(x), y) / len(batches)
        loss.backward()
        losses.append(loss)
    return sum(losses)
""",
    )
    both = "every-micro-batch-weighs-the-same + old-gradients-leak-in"
    assert graded.names.get("accumulate_gradients.uneven") == graded.names.get("accumulate_gradients.fresh") == both
