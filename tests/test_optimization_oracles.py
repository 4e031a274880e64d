"""The reference of exercise-5 against independent oracles: transformers, torch, and arithmetic.

The grader can use the reference as a standard only because it was tested here. Every case is drawn from its own seed,
sizes differ, and each test counts its cases.
"""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from sample import thorough
from torch import nn
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertForTokenClassification,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    GPT2Config,
    GPT2Model,
    get_linear_schedule_with_warmup,
)
from transformers.trainer_pt_utils import get_parameter_names

from scripts.pictures import optimization as pictures
from solutions import optimization
from tests.oracles import draws, layer_wise_rate

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "course" / "lessons" / "en" / "optimization.md"
CASES = 120

# transformers warns of its own future changes, which are not about our code.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def tiny_bert(draw: random.Random, kind: Any = BertForSequenceClassification) -> Any:
    """Return a BERT of transformers with random sizes."""
    heads = draw.randint(1, 2)
    config = BertConfig(
        vocab_size=draw.randint(5, 9),
        hidden_size=heads * draw.randint(2, 4),
        num_hidden_layers=draw.randint(1, 13),
        num_attention_heads=heads,
        intermediate_size=draw.randint(3, 7),
        max_position_embeddings=6,
        initializer_range=draw.uniform(0.01, 0.1),
        num_labels=draw.randint(1, 4),
    )
    return kind(config)


def tiny_model(draw: random.Random) -> nn.Module:
    """Return a model of one of three families, with some parameters frozen."""
    family = draw.randrange(3)
    if family == 0:
        model: nn.Module = tiny_bert(draw)
    elif family == 1:
        model = DistilBertForSequenceClassification(
            DistilBertConfig(vocab_size=7, dim=4, n_layers=draw.randint(1, 4), n_heads=2, hidden_dim=5)
        )
    else:
        model = GPT2Model(GPT2Config(vocab_size=7, n_embd=4, n_layer=draw.randint(1, 4), n_head=2, n_positions=5))
    for parameter in model.parameters():
        parameter.requires_grad_(draw.random() > 0.2)
    return model


# --- decay_groups: as in the Trainer of transformers ---


def test_decay_groups_agree_with_the_trainer():
    looked = 0
    for draw in draws(CASES):
        model, pull = tiny_model(draw), draw.uniform(0.01, 0.1)
        forbidden = [r"bias", r"layernorm", r"rmsnorm", r"(?:^|\.)norm(?:$|\.)", r"_norm(?:$|\.)"]  # from the Trainer
        decayed = set(get_parameter_names(model, [nn.LayerNorm], forbidden))
        found = {}
        for group in optimization.decay_groups(model, pull):
            for parameter in group["params"]:
                assert parameter not in found
                found[parameter] = group["weight_decay"]
        for name, parameter in model.named_parameters():
            if parameter.requires_grad:
                assert found.pop(parameter) == (pull if name in decayed else 0.0), name
                looked += 1
        assert not found
    assert looked > 10 * CASES


@thorough
def test_decay_groups_shrink_what_adamw_shrinks():
    """With zero gradients, AdamW only decays: p becomes p (1 - lr * weight_decay)."""
    for draw in draws(CASES):
        model, pull, rate = tiny_model(draw), draw.uniform(0.1, 0.5), draw.uniform(0.1, 0.5)
        before = copy.deepcopy(model.state_dict())
        optimizer = torch.optim.AdamW(optimization.decay_groups(model, pull), lr=rate)
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter)
        optimizer.step()
        for name, parameter in model.named_parameters():
            factor = 1 - rate * pull if parameter.requires_grad and parameter.ndim > 1 else 1.0
            torch.testing.assert_close(parameter.detach(), before[name] * factor)


# --- llrd_groups: how far AdamW moves each parameter ---


@thorough
def test_llrd_groups_move_every_parameter_by_its_rate():
    """The first step of Adam moves every number by the learning rate, against the sign of its gradient."""
    looked = 0
    for draw in draws(CASES):
        kind = draw.choice([BertForSequenceClassification, BertForTokenClassification, BertForQuestionAnswering])
        model = tiny_bert(draw, kind).double()
        if draw.random() < 0.5:
            model.bert_extra = nn.LSTM(3, 2).double()
        base, decay, head = draw.uniform(0.1, 1), draw.uniform(0.5, 1), draw.uniform(1, 5)
        before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
        groups = optimization.llrd_groups(model, base, decay, head, weight_decay=0.0)
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        torch.optim.AdamW(groups, eps=1e-12).step()
        n_layers = model.config.num_hidden_layers
        for name, parameter in model.named_parameters():
            moved = before[name] - parameter.detach()
            torch.testing.assert_close(
                moved, torch.full_like(moved, layer_wise_rate(name, n_layers, base, decay, head)), rtol=1e-6, atol=1e-9
            )
            looked += 1
    assert looked > 40 * CASES


def test_llrd_groups_decay_what_decay_groups_decay():
    for draw in draws(CASES):
        model, pull = tiny_bert(draw), draw.uniform(0.01, 0.1)
        model.bert.encoder.layer[0].requires_grad_(False)
        by_parameter = [
            {parameter: group["weight_decay"] for group in groups for parameter in group["params"]}
            for groups in (
                optimization.decay_groups(model, pull),
                optimization.llrd_groups(model, 1e-5, 0.9, 1e-3, pull),
            )
        ]
        assert by_parameter[0] == by_parameter[1]
        assert len(by_parameter[0]) == sum(parameter.requires_grad for parameter in model.parameters())


# --- reinit_top_layers: torch's own initialisation, and transformers' ---


@thorough
def test_reinit_top_layers_draws_what_torch_draws():
    looked = 0
    for draw in draws(CASES):
        model = tiny_bert(draw)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(torch.randn_like(parameter))
        before, owners = copy.deepcopy(model.state_dict()), dict(model.named_parameters())
        n_layers, seed = model.config.num_hidden_layers, draw.randrange(1000)
        n, std = draw.randint(0, n_layers), draw.choice([None, draw.uniform(0.1, 1)])
        torch.manual_seed(seed)
        assert optimization.reinit_top_layers(model, n, std) is model

        torch.manual_seed(seed)
        want = dict(before)
        for i in range(n_layers - n, n_layers):
            for name, module in model.bert.encoder.layer[i].named_modules():
                path = f"bert.encoder.layer.{i}.{name}"
                if isinstance(module, nn.Linear):
                    spread = model.config.initializer_range if std is None else std
                    want[f"{path}.weight"] = nn.init.normal_(torch.empty_like(module.weight), 0.0, spread)
                    want[f"{path}.bias"] = torch.zeros_like(module.bias)
                elif isinstance(module, nn.LayerNorm):
                    want[f"{path}.weight"] = torch.ones_like(module.weight)
                    want[f"{path}.bias"] = torch.zeros_like(module.bias)
                looked += 1
        for name, parameter in model.named_parameters():
            assert parameter is owners[name] and parameter.requires_grad
            assert torch.equal(parameter.detach(), want[name]), name
    assert looked > 40 * CASES


def test_reinit_top_layers_starts_as_transformers_starts():
    """The spread of a fresh BERT and of a reinitialised one; the bound is 7 standard errors of 24,576 numbers."""
    torch.manual_seed(0)
    config = BertConfig(vocab_size=9, hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    fresh = BertForSequenceClassification(config)
    again = optimization.reinit_top_layers(copy.deepcopy(fresh), 2)
    for theirs, ours in zip(fresh.bert.encoder.layer, again.bert.encoder.layer, strict=True):
        spreads = [
            torch.cat([p.flatten() for p in layer.parameters() if p.ndim == 2]).std().item() for layer in (theirs, ours)
        ]
        assert spreads == pytest.approx([0.02, 0.02], rel=7 / (2 * 24_576) ** 0.5)
        for one, other in zip(theirs.parameters(), ours.parameters(), strict=True):
            assert one.ndim == 2 or torch.equal(one, other)


@pytest.mark.parametrize("n", [-1, 3])
def test_reinit_top_layers_refuses(n: int):
    config = BertConfig(vocab_size=9, hidden_size=4, num_hidden_layers=2, num_attention_heads=1, intermediate_size=4)
    with pytest.raises(ValueError, match=f"{n} layers of 2"):
        optimization.reinit_top_layers(BertForSequenceClassification(config), n)


# --- warmup_linear: the schedule of transformers ---


def test_warmup_linear_is_the_schedule_of_transformers():
    looked = 0
    for draw in draws(200):
        total = draw.randint(1, 300)
        warmup = draw.choice([0, total, draw.randint(0, total)])
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
        (multiplier,) = get_linear_schedule_with_warmup(optimizer, warmup, total).lr_lambdas
        for step in range(total + 5):
            assert optimization.warmup_linear(step, warmup, total) == pytest.approx(multiplier(step), abs=1e-12)
            looked += 1
    assert looked > 10_000


# --- clip_grad_norm: torch's own ---


def test_clip_grad_norm_agrees_with_torch():
    clipped = 0
    for draw in draws(200):
        shapes = [[draw.randint(1, 5) for _ in range(draw.randint(0, 3))] for _ in range(draw.randint(1, 6))]
        ours = [nn.Parameter(torch.randn(shape, dtype=torch.float64)) for shape in shapes]
        for parameter in ours:
            if draw.random() > 0.2:
                parameter.grad = torch.randn_like(parameter) * draw.choice([0.0, 0.1, 1.0, 10.0])
        theirs = copy.deepcopy(ours)
        for one, other in zip(ours, theirs, strict=True):
            other.grad = None if one.grad is None else one.grad.clone()
        limit = draw.uniform(0.1, 5)
        want = torch.nn.utils.clip_grad_norm_(theirs, limit).item()
        got = optimization.clip_grad_norm((parameter for parameter in ours), limit)
        assert got == pytest.approx(want, rel=1e-9)
        clipped += got > limit
        for one, other in zip(ours, theirs, strict=True):
            assert torch.equal(one, other)
            if one.grad is None:
                assert other.grad is None
            else:
                torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-9)  # torch adds 1e-6 to the norm
    assert 40 < clipped < 190


# --- accumulate_gradients: autograd on the whole batch ---


def test_accumulate_gradients_is_one_large_batch():
    for draw in draws(CASES):
        k, d = draw.randint(2, 6), draw.randint(2, 4)
        model = nn.Sequential(nn.Linear(k, 5), nn.Tanh(), nn.LayerNorm(5), nn.Linear(5, d)).double()
        classes = draw.random() < 0.5
        loss_fn = nn.functional.cross_entropy if classes else nn.functional.mse_loss
        batches = []
        for _ in range(draw.randint(1, 5)):
            n = draw.randint(1, 6)
            targets = torch.randint(d, (n,)) if classes else torch.randn(n, d, dtype=torch.float64)
            batches.append((torch.randn(n, k, dtype=torch.float64), targets))
        inputs, targets = (torch.cat(parts) for parts in zip(*batches, strict=True))
        whole = loss_fn(model(inputs), targets)
        want = torch.autograd.grad(whole, list(model.parameters()))

        for parameter in model.parameters():
            parameter.grad = torch.randn_like(parameter)
        before = copy.deepcopy(model.state_dict())
        loss = optimization.accumulate_gradients(model, batches, loss_fn)
        assert type(loss) is float and loss == pytest.approx(whole.item(), rel=1e-12)
        for parameter, gradient in zip(model.parameters(), want, strict=True):
            torch.testing.assert_close(parameter.grad, gradient, rtol=1e-9, atol=1e-12)
        for name, tensor in model.state_dict().items():
            assert torch.equal(tensor, before[name])


# --- the files around the reference ---


# --- the lesson ---


def test_the_pictures_show_what_the_reference_computes():
    for i, (_, rate) in enumerate(pictures.rates(0.95)):
        want = [pictures.BASE_RATE * 0.95**12, *(pictures.BASE_RATE * 0.95 ** (11 - layer) for layer in range(12))]
        assert rate == pytest.approx([*want, pictures.BASE_RATE][i])
    for step, height in pictures.schedule():
        assert height == pytest.approx(optimization.warmup_linear(step, pictures.WARMUP, pictures.TOTAL))
