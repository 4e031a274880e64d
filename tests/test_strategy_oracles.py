"""The references of exercise 10 against independent facts: what autograd keeps, and sums done by hand."""

from __future__ import annotations

import itertools

import pytest
import torch

from grader.judge import check
from scripts.figures import strategy as counted
from solutions import strategy
from solutions.strategy import Plan, Scenario
from tests.merit import specs_of

GIB = 2**30
LARGE = counted.LARGE


def checks():
    """Return the module with the judge's own arithmetic."""
    import sys

    specs_of("strategy")
    return sys.modules["grader.checks.check_strategy"]


# --- the memory model ---


@pytest.mark.parametrize(
    ("method", "per_token", "dropout", "batch", "seq"),
    [
        ("full", 66, 0.1, 5, 96),
        ("full", 66, 0.1, 3, 512),
        ("lora", 48, 0.1, 4, 160),
        ("lora", 42, 0.0, 4, 160),
    ],
)
def test_the_activations_are_those_that_autograd_keeps(method, per_token, dropout, batch, seq):
    model = strategy.training_memory(1, 1, batch, seq, 768, 12, 12, per_token)["activations"]
    assert model == pytest.approx(counted.saved_bytes(method, batch, seq, dropout), rel=0.015)


@pytest.mark.parametrize(("method", "dropout", "per_token"), [("full", 0.1, 66), ("lora", 0.1, 48), ("lora", 0.0, 42)])
def test_one_layer_keeps_what_the_coefficients_say(method, dropout, per_token):
    """Three layers minus two are one, without embeddings and head; two lengths separate the terms."""
    layer = {}
    for seq in (64, 192):
        deep, shallow = (counted.saved_bytes(method, 2, seq, dropout, layers) for layers in (3, 2))
        layer[seq] = (deep - shallow) / 2 / seq  # bytes per token, including its share of the pairs
    pairs = (layer[192] - layer[64]) / (192 - 64)
    tokens = layer[64] - 64 * pairs
    assert pairs / 12 == pytest.approx(9, abs=0.05)
    assert tokens / 768 == pytest.approx(per_token, abs=0.5)  # the factors of LoRA keep R numbers per token
    if method == "full":
        assert (pairs / 12, tokens / 768) == pytest.approx((9, 66), abs=0.03)  # 0.02: mean and scale of the LayerNorms


def test_a_frozen_body_keeps_next_to_nothing():
    assert counted.saved_bytes("head", 8, 128) < 100_000
    assert strategy.training_memory(10**8, 1538, 8, 128, 768, 12, 12, 0)["activations"] == 0


def test_what_the_checks_call_measured_is_measured():
    (first, *_, last) = checks().MEASURED
    for batch, seq, measured in (first, last):
        assert counted.saved_bytes("full", batch, seq) / GIB == pytest.approx(measured, abs=0.001)


def test_static_memory_is_that_of_real_tensors():
    """A real model of the same kind, a step of a real AdamW, and the bytes that exist afterwards."""
    model = torch.nn.Sequential(torch.nn.Linear(30, 20), torch.nn.Linear(20, 7))
    model[0].requires_grad_(False)
    optimizer = torch.optim.AdamW([parameter for parameter in model.parameters() if parameter.requires_grad])
    model(torch.ones(2, 30)).sum().backward()
    optimizer.step()
    everything = list(model.parameters())
    trained = [parameter for parameter in everything if parameter.requires_grad]
    parts = strategy.training_memory(
        sum(map(torch.Tensor.numel, everything)), sum(map(torch.Tensor.numel, trained)), 1, 1, 1, 1, 1, 0
    )
    assert parts["weights"] == sum(p.numel() * p.element_size() for p in everything)
    assert parts["grads"] == sum(p.grad.numel() * p.grad.element_size() for p in everything if p.grad is not None)
    moments = [state[name] for state in optimizer.state.values() for name in ("exp_avg", "exp_avg_sq")]
    assert parts["optimizer"] == sum(moment.numel() * moment.element_size() for moment in moments)


# --- given helpers, against the real models and the judge's own arithmetic ---


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")
@pytest.mark.parametrize("large", [False, True])
def test_the_sizes_of_a_scenario_are_those_of_the_real_model(large):
    from peft import LoraConfig, TaskType, get_peft_model
    from transformers import BertConfig, BertForSequenceClassification

    s = Scenario(**LARGE) if large else Scenario()
    config = BertConfig(
        num_labels=2,
        hidden_size=s.hidden,
        num_hidden_layers=s.layers,
        num_attention_heads=s.heads,
        intermediate_size=4 * s.hidden,
    )
    with torch.device("meta"):
        model = BertForSequenceClassification(config)
        assert sum(parameter.numel() for parameter in model.parameters()) == s.n_params
        assert sum(parameter.numel() for parameter in model.classifier.parameters()) == s.head_params
        peft = get_peft_model(
            model, LoraConfig(task_type=TaskType.SEQ_CLS, r=8, target_modules=["query", "value"], lora_dropout=0.1)
        )
    trained = sum(parameter.numel() for parameter in peft.parameters() if parameter.requires_grad)
    assert strategy.n_trained(s, "lora") == trained
    assert strategy.n_trained(s, "full") == s.n_params


def test_the_judge_and_the_given_code_calculate_alike_in_the_whole_grid():
    from grader.judge.proxy import Draw

    judge, looked = checks(), 0
    for situation in judge.grid(Draw(3)):
        s = Scenario(**situation)
        for method, batch in itertools.product(strategy.METHODS, (1, 7, 32)):
            assert strategy.mem(s, method, batch) == judge.memory(situation, method, batch)
            assert strategy.store(s, method) == pytest.approx(judge.storage(situation, method), rel=1e-12)
            assert strategy.fits(s, method, batch) == (
                judge.memory(situation, method, batch) <= judge.usable(situation)
            )
            looked += 1
    assert looked == 240 * 9


def test_the_largest_micro_batches_by_hand():
    """(90% of the GPU minus the static part) / bytes of one text, rounded down: calculated with a pocket calculator."""
    table = {(4, 128): 21, (8, 128): 60, (16, 128): 138, (4, 512): 3, (8, 512): 9, (16, 512): 21, (24, 512): 32}
    for (gpu, seq), want in table.items():
        one = 12 * (66 * seq * 768 + 9 * 12 * seq * seq)
        assert (0.9 * gpu * GIB - 16 * 109_483_778) // one == want
        assert counted.largest(Scenario(gpu_gib=gpu, seq=seq), "full") == want


# --- decisions ---


def plans_by_brute_force(s: Scenario):
    """Return every plan that obeys all rules."""
    for method, micro in itertools.product(strategy.METHODS, range(1, s.target_batch + 1)):
        if strategy.fits(s, method, micro) and strategy.ok_store(s, method):
            if not (method == "full" and s.n_train < 1000):
                yield method, micro


def test_the_reference_takes_the_largest_micro_batch_of_the_best_method_there_is():
    found = {"full": 0, "lora": 0, "head": 0, "none": 0}
    for n_train, gpu, n_tasks, room, large in itertools.product(
        (300, 2000, 50_000), (0.5, 1.5, 2.0, 3.3, 8.0), (1, 20), (600.0, 1400.0, 10_000.0), (False, True)
    ):
        s = Scenario(n_train, gpu, n_tasks, storage_mb=room, target_batch=24, **(LARGE if large else {}))
        options = list(plans_by_brute_force(s))
        if not options:
            found["none"] += 1
            with pytest.raises(ValueError, match="nothing fits"):
                strategy.choose_strategy(s)
            continue
        best = min(options, key=lambda option: (strategy.METHODS.index(option[0]), -option[1]))
        plan = strategy.choose_strategy(s)
        assert (plan.method, plan.micro_batch) == best
        assert 24 <= plan.micro_batch * plan.accum < 24 + plan.micro_batch
        found[plan.method] += 1
    assert all(found.values()), found


def test_the_three_scenarios_of_the_chapter():
    a, b, c = (strategy.choose_strategy(s) for s in (counted.A, counted.B, counted.C))
    assert (a.method, a.micro_batch, a.accum, a.epochs) == ("full", 32, 1, 3)
    assert (b.method, b.augment, b.early_stopping) == ("lora", True, True)
    assert c.method == "lora"
    assert strategy.strategy_reasons(counted.A) == {"data_rich"}
    assert strategy.strategy_reasons(counted.B) == {"overfitting"}
    assert strategy.strategy_reasons(counted.C) == {"storage", "many_tasks"}


@pytest.mark.parametrize(("hours", "epochs"), [(1.0, 1), (1.9, 1), (2.0, 2), (2.99, 2), (3.0, 3), (50.0, 3)])
def test_epochs_end_before_the_deadline(hours, epochs):
    s = Scenario(n_train=36_000, examples_per_s=10.0, hours=hours)  # one epoch takes an hour
    assert strategy.choose_strategy(s).epochs == epochs


@pytest.mark.parametrize(
    ("n_train", "fits", "target", "micro", "accum", "steps"),
    [
        (5000, 8, 32, 8, 4, 157 * 3),
        (5000, 100, 32, 32, 1, 157 * 3),
        (5000, 12, 32, 12, 3, 139 * 3),
        (64, 16, 64, 16, 4, 3),
        (65, 16, 64, 16, 4, 6),
    ],
)
def test_settings_by_hand(n_train, fits, target, micro, accum, steps):
    found = strategy.recommend_hparams("full", n_train, fits, target)
    assert (found["micro_batch"], found["accum"], found["total_steps"]) == (micro, accum, steps)
    assert found["warmup_steps"] == round(steps / 10)


def test_the_recommended_schedule_is_one_that_transformers_can_run():
    from transformers import get_linear_schedule_with_warmup

    found = strategy.recommend_hparams("lora", 1000, 8)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=found["lr"])
    (rate,) = get_linear_schedule_with_warmup(optimizer, found["warmup_steps"], found["total_steps"]).lr_lambdas
    assert rate(found["warmup_steps"]) == 1.0
    assert rate(found["total_steps"]) == 0.0


def test_the_exclusions_are_those_of_the_trainer():
    from transformers import BertConfig, BertForSequenceClassification, Trainer

    with torch.device("meta"):
        model = BertForSequenceClassification(BertConfig(num_hidden_layers=2))
    decaying = set(Trainer.get_decay_parameter_names(None, model))
    excluded = strategy.recommend_hparams("full", 1000, 8)["decay_exclude"]
    mine = {name for name, _ in model.named_parameters() if not any(piece in name for piece in excluded)}
    assert mine == decaying != set()


def test_plans_and_scenarios_take_keywords_and_cannot_be_changed():
    assert Plan(method="full", micro_batch=8, accum=4).epochs == 3
    with pytest.raises(AttributeError):
        Scenario().n_train = 3  # type: ignore[misc]


def test_the_manifest_has_the_points_of_the_curriculum():
    totals: dict[str, int] = {}
    for spec in specs_of("strategy"):
        assert isinstance(spec, check.CheckSpec)
        totals[spec.function] = totals.get(spec.function, 0) + spec.points
    mine = {name: totals[name] for name in ("training_memory", "choose_strategy", "recommend_hparams")}
    assert mine == {"training_memory": 9, "choose_strategy": 14, "recommend_hparams": 8}
    assert totals["strategy_reasons"] == 7
    assert totals.pop("pareto_front") == 10
    assert sum(totals.values()) == 65


# --- the bonus ---


def test_the_front_by_its_definition_on_many_tables():
    """No row in the front is beaten; every other row is beaten by a row in the front."""
    generator = torch.Generator().manual_seed(0)
    for size, width in itertools.product((0, 1, 2, 9, 30), (1, 2, 3, 5)):
        table = torch.randint(0, 4, (size, width), generator=generator)
        front = strategy.pareto_front(table.tolist())
        no_dearer = (table[:, None] <= table[None]).all(-1)
        beats = no_dearer & ~no_dearer.mT
        assert front == (~beats.any(0)).nonzero().flatten().tolist()
        assert all(bool(beats[front, place].any()) for place in range(size) if place not in front)


def test_the_front_does_not_depend_on_the_scale_of_a_cost():
    generator = torch.Generator().manual_seed(1)
    table = torch.rand((40, 3), generator=generator)
    front = strategy.pareto_front(table.tolist())
    assert 1 < len(front) < 40
    assert strategy.pareto_front((table * torch.tensor([1000.0, 1.0, 0.01])).tolist()) == front
    assert strategy.pareto_front(table.exp().tolist()) == front


def test_a_single_cost_leaves_the_cheapest():
    assert strategy.pareto_front([[3.0], [1.0], [2.0], [1.0]]) == [1, 3]
