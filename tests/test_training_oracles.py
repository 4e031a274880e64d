"""The reference of exercise-6 against independent oracles: torch, transformers, and arithmetic.

The grader can use the reference as a standard only because it was tested here. Every case is drawn from its own seed,
sizes differ, and each test counts its cases.
"""

from __future__ import annotations

import copy
import itertools
import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, get_linear_schedule_with_warmup
from transformers.trainer_callback import EarlyStoppingCallback, TrainerControl, TrainerState

from grader.checks import check_training as judged
from grader.fixtures import training as fixtures
from scripts.figures import training as figures
from scripts.pictures import training as pictures
from solutions import optimization, training
from tests.oracles import draws

ROOT = Path(__file__).resolve().parents[1]
CASES = 40

# transformers warns of its own future changes, which are not about our code.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def classifier(**options: Any) -> fixtures.Classifier:
    """Return the fixture with random weights."""
    return fixtures.classifier(torch.randn(11, 6), torch.randn(4, 6), torch.randn(4), **options)


def batch_of(n: int, n_tokens: int = 5) -> dict[str, torch.Tensor]:
    """Return random examples, padded on the right."""
    lengths = torch.randint(1, n_tokens + 1, (n,))
    return {
        "input_ids": torch.randint(0, 11, (n, n_tokens)),
        "attention_mask": (torch.arange(n_tokens) < lengths[:, None]).long(),
        "labels": torch.randint(0, 4, (n,)),
    }


def joined(batches: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Join batches into one."""
    return {key: torch.cat([batch[key] for batch in batches]) for key in batches[0]}


# --- the judge's own arithmetic, which is the standard, is itself tested against torch ---


def test_the_gradient_that_the_judge_works_out_is_that_of_autograd():
    looked = 0
    for draw in draws(CASES):
        dropout, frozen = draw.random() < 0.5, draw.random() < 0.3
        model = classifier(dropout=dropout, frozen=frozen).double()
        batches = [batch_of(draw.randint(1, 5), draw.randint(2, 6)) for _ in range(draw.randint(1, 3))]
        n = sum(len(batch["labels"]) for batch in batches)
        for batch in batches:
            (model(**batch).loss * len(batch["labels"]) / n).backward()
        net = judged.Net({k: v.detach().clone() for k, v in model.named_parameters()}, dropout, frozen)
        gradient = net.gradient(batches)
        for name, parameter in model.named_parameters():
            want = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            torch.testing.assert_close(gradient[name], want, rtol=1e-9, atol=1e-12)
            looked += 1
        assert net.loss(batches[0]) == pytest.approx(model(**batches[0]).loss.item(), rel=1e-12)
    assert looked == 3 * CASES


# --- train_epoch ---


@pytest.mark.parametrize("adam", [False, True])
def test_train_epoch_makes_the_steps_of_large_batches(adam):
    """Each group is one batch of a plain loop: forward, backward, torch's clip, step, transformers' schedule."""
    for draw in draws(CASES):
        accum, sizes = draw.randint(1, 4), [draw.randint(1, 6) for _ in range(draw.randint(1, 7))]
        max_norm, n_epochs = draw.choice([0.3, 1.0, 100.0]), draw.randint(1, 2)
        batches = [batch_of(n) for n in sizes]
        ours, theirs = classifier(), None
        theirs = copy.deepcopy(ours)
        total = n_epochs * math.ceil(len(sizes) / accum)
        make = torch.optim.AdamW if adam else torch.optim.SGD
        optimizers = [make(model.parameters(), lr=0.05 if adam else 0.5) for model in (ours, theirs)]
        schedules = [get_linear_schedule_with_warmup(optimizer, total // 3, total) for optimizer in optimizers]
        ours.eval()
        for _ in range(n_epochs):
            training.train_epoch(ours, batches, optimizers[0], schedules[0], max_norm=max_norm, accum=accum)
            for start in range(0, len(batches), accum):
                optimizers[1].zero_grad()
                theirs(**joined(batches[start : start + accum])).loss.backward()
                nn.utils.clip_grad_norm_(theirs.parameters(), max_norm)
                optimizers[1].step()
                schedules[1].step()
        for name, parameter in theirs.named_parameters():
            torch.testing.assert_close(dict(ours.named_parameters())[name], parameter, rtol=2e-4, atol=2e-4)
        assert schedules[0].last_epoch == schedules[1].last_epoch == total
        assert ours.training


def test_a_group_leaves_the_gradient_of_exercise_5():
    """Before the step, .grad holds the result of accumulate_gradients."""

    class Halt(Exception):
        pass

    class Never(torch.optim.SGD):
        def step(self, closure: Any = None) -> Any:
            raise Halt

    for draw in draws(CASES):
        model = classifier()
        batches = [batch_of(draw.randint(1, 5)) for _ in range(draw.randint(1, 4))]
        with pytest.raises(Halt):
            training.train_epoch(model, batches, Never(model.parameters(), lr=1.0), max_norm=1e9, accum=len(batches))
        found = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
        pairs = [(batch, batch["labels"]) for batch in batches]

        class Sized(dict):  # accumulate_gradients uses the length of the inputs as the number of examples
            def __len__(self) -> int:
                return len(self["labels"])

        caller = _Caller(model)
        optimization.accumulate_gradients(
            caller, [(Sized(batch), labels) for batch, labels in pairs], nn.functional.cross_entropy
        )
        for name, parameter in model.named_parameters():
            torch.testing.assert_close(found[name], parameter.grad, rtol=1e-5, atol=1e-6)


class _Caller(nn.Module):
    """Calls a classifier with a whole batch and returns the logits."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        return self.model(**dict(batch)).logits


def test_train_epoch_reports_what_each_batch_was_when_it_was_trained_on():
    for draw in draws(CASES):
        model, accum = classifier(), draw.randint(1, 3)
        batches = [batch_of(draw.randint(1, 6)) for _ in range(draw.randint(1, 5))]
        seen: list[tuple[float, float, int]] = []
        forward = model.forward

        def spy(input_ids, attention_mask, labels, forward=forward, seen=seen):
            output = forward(input_ids, attention_mask, labels)
            seen.append((output.loss.item(), (output.logits.argmax(1) == labels).sum().item(), len(labels)))
            return output

        model.forward = spy
        loss, accuracy = training.train_epoch(model, batches, torch.optim.SGD(model.parameters(), 0.3), accum=accum)
        n = sum(size for *_, size in seen)
        assert len(seen) == len(batches)
        assert loss == pytest.approx(sum(one * size for one, _, size in seen) / n)
        assert accuracy == pytest.approx(sum(right for _, right, _ in seen) / n)


def test_train_epoch_overfits_a_bert_of_transformers():
    """For a real model, the loss of one batch, seen twenty times, falls to a third."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32, num_labels=4
    )
    model = BertForSequenceClassification(config)
    batch = {"input_ids": torch.randint(1, 30, (8, 6)), "labels": torch.arange(8) % 4}
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = [training.train_epoch(model, [batch], optimizer)[0] for _ in range(60)]
    assert losses[-1] < losses[0] / 3
    assert training.evaluate(model, [batch])["accuracy"] == 1.0


# --- evaluate ---


def test_evaluate_agrees_with_one_large_batch():
    for draw in draws(CASES):
        model = classifier(dropout=True, training=draw.random() < 0.5)
        batches = [batch_of(draw.randint(1, 6)) for _ in range(draw.randint(1, 5))]
        mode = model.training
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        result = training.evaluate(model, batches)
        assert model.training is mode and torch.is_grad_enabled()
        assert all(bool((parameter.grad == 1).all()) for parameter in model.parameters())
        whole = joined(batches)
        output = model.eval()(**whole)
        assert result["loss"] == pytest.approx(output.loss.item(), abs=1e-5)
        assert result["predictions"] == output.logits.argmax(1).tolist()
        assert result["labels"] == whole["labels"].tolist()
        assert result["accuracy"] == (output.logits.argmax(1) == whole["labels"]).double().mean().item()


# --- EarlyStopper: the callback of transformers ---


def test_early_stopper_stops_where_the_callback_of_transformers_stops():
    stopped = 0
    for draw in draws(4 * CASES):
        mode, patience = draw.choice(["min", "max"]), draw.randint(1, 4)
        delta = draw.choice([0.0, 0.25])
        values = [draw.randint(0, 12) / 8 for _ in range(20)]  # eighths: sums and differences are exact
        stopper = training.EarlyStopper(patience, delta, mode)
        callback = EarlyStoppingCallback(patience, delta)
        state, control = TrainerState(), TrainerControl()
        better = (lambda new, old: new > old) if mode == "max" else (lambda new, old: new < old)
        for step, value in enumerate(values):
            # the callback comes first; then Trainer updates its best metric, here with the same threshold as ours
            callback.check_metric_value(_Args(mode == "max"), state, control, value)
            said = stopper.step(value)
            assert said == (callback.early_stopping_patience_counter >= patience)
            if state.best_metric is None or (
                better(value, state.best_metric) and abs(value - state.best_metric) > delta
            ):
                state.best_metric, state.best_global_step = value, step
            assert (stopper.best, stopper.best_step) == (state.best_metric, state.best_global_step)
            if said:
                stopped += 1
                break
    assert stopped > CASES


class _Args:
    """The training arguments that the callback reads."""

    def __init__(self, greater_is_better: bool) -> None:
        self.greater_is_better = greater_is_better


def test_early_stopper_by_its_definition():
    """All sequences of five values out of four, one of them NaN, are tested by brute force over the whole history."""
    looked = 0
    for values in itertools.product((1.0, 0.75, 0.5, math.nan), repeat=5):
        for patience, delta, mode in itertools.product((1, 2), (0.0, 0.25), ("min", "max")):
            stopper = training.EarlyStopper(patience, delta, mode)
            records: list[int] = []
            for step, value in enumerate(values):
                said = stopper.step(value)
                sign = 1 if mode == "min" else -1
                best = values[records[-1]] if records else sign * math.inf
                if not math.isnan(value) and sign * (best - value) > delta:
                    records.append(step)
                assert said is (step - (records[-1] if records else -1) >= patience)
                if records:
                    assert (stopper.best, stopper.best_step) == (values[records[-1]], records[-1])
                looked += 1
    assert looked == 4**5 * 8 * 5


# --- amp_step ---


def test_amp_step_is_a_plain_step_whatever_the_scale():
    for draw in draws(CASES):
        ours = classifier()
        theirs = copy.deepcopy(ours)
        max_norm, scale = draw.choice([0.2, 1.0, 100.0]), 2.0 ** draw.randint(0, 16)
        optimizers = [torch.optim.SGD(model.parameters(), lr=0.5) for model in (ours, theirs)]
        scaler = torch.amp.GradScaler("cpu", init_scale=scale)
        for _ in range(3):
            batch = batch_of(draw.randint(1, 6))
            found = training.amp_step(ours, batch, optimizers[0], scaler, max_norm)
            optimizers[1].zero_grad()
            loss = theirs(**batch).loss
            loss.backward()
            nn.utils.clip_grad_norm_(theirs.parameters(), max_norm)
            optimizers[1].step()
            assert found == pytest.approx(loss.item(), abs=1e-5)
        for name, parameter in theirs.named_parameters():
            torch.testing.assert_close(dict(ours.named_parameters())[name], parameter, rtol=1e-4, atol=1e-5)
        assert scaler.get_scale() == scale


def test_amp_step_skips_an_overflow():
    torch.manual_seed(0)
    model = classifier()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    scaler = torch.amp.GradScaler("cpu", init_scale=2.0**127)  # float32 ends at 2 ** 128
    batch = batch_of(3)
    with torch.no_grad():
        model.weight *= 1000.0  # so the gradient of the embeddings is longer than 2
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    assert math.isfinite(training.amp_step(model, batch, optimizer, scaler))
    assert scaler.get_scale() == 2.0**126
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, before[name]), name


def test_the_scaler_of_the_checks_is_that_of_torch():
    """It has the interface and the numbers of torch's; torch also finds the overflow that a test asks for."""
    ours, theirs = fixtures.scaler(64.0), torch.amp.GradScaler("cpu", init_scale=64.0)
    for scaler in (ours, theirs):
        torch.manual_seed(0)
        model = classifier()
        optimizer = fixtures.optimizer(model, 0.5)
        training.amp_step(model, batch_of(4), optimizer, scaler)
        scaler.last = {name: parameter.detach() for name, parameter in model.named_parameters()}
    assert ours.calls == ["scale", "unscale_", "step", "update"]
    assert all(torch.equal(ours.last[name], theirs.last[name]) for name in ours.last)
    ours.overflow = True
    before = copy.deepcopy(model.state_dict())
    training.amp_step(model, batch_of(4), optimizer, ours)
    assert ours.get_scale() == 32.0
    assert all(torch.equal(before[name], now) for name, now in model.state_dict().items())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=["bfloat16", "float16"])
def test_amp_step_on_cuda(dtype):
    """The same code on a GPU, with torch's own scaler, against a float32 step written by hand."""
    if not torch.cuda.is_available():
        pytest.skip("needs CUDA")
    torch.manual_seed(0)
    device = torch.device("cuda")
    first = nn.Linear(32, 64, device=device)
    second = nn.Linear(64, 4, device=device)

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = nn.Sequential(copy.deepcopy(first), nn.Tanh(), copy.deepcopy(second))
            self.dtypes: list[torch.dtype] = []

        def forward(self, features: torch.Tensor, labels: torch.Tensor) -> fixtures.Output:
            logits = self.body(features)
            self.dtypes.append(logits.dtype)
            return fixtures.Output(nn.functional.cross_entropy(logits.float(), labels), logits)

    ours, theirs = Model(), Model()
    optimizer = torch.optim.SGD(ours.parameters(), lr=0.5)
    scaler = torch.amp.GradScaler("cuda", init_scale=2.0**10)
    for step in range(5):
        batch = {
            "features": torch.randn(16, 32, device=device),
            "labels": torch.randint(0, 4, (16,), device=device),
        }
        before = [parameter.detach().clone() for parameter in theirs.parameters()]
        found = training.amp_step(ours, batch, optimizer, scaler, max_norm=0.1, device_type="cuda", dtype=dtype)
        loss = theirs(**batch).loss
        gradients = torch.autograd.grad(loss, list(theirs.parameters()))
        length = math.sqrt(sum(float(gradient.square().sum()) for gradient in gradients))
        assert length > 0.1, "nothing was clipped, so the order was not tested"
        with torch.no_grad():
            for parameter, gradient in zip(theirs.parameters(), gradients, strict=True):
                parameter -= 0.5 * gradient * (0.1 / length)
        # each step is 0.05 long; rounding to 16 bits changes it by at most a few per cent of that
        apart = math.sqrt(
            sum(
                float((one - other).square().sum())
                for one, other in zip(ours.parameters(), theirs.parameters(), strict=True)
            )
        )
        moved = math.sqrt(
            sum(float((now - was).square().sum()) for now, was in zip(theirs.parameters(), before, strict=True))
        )
        assert moved == pytest.approx(0.05, rel=1e-3)
        assert apart < 0.05 * 0.1 * (step + 1)
        assert isinstance(found, float) and found == pytest.approx(loss.item(), abs=0.03)
    assert set(ours.dtypes) == {dtype} and set(theirs.dtypes) == {torch.float32}
    assert scaler.get_scale() == 2.0**10

    # an overflow: gradients longer than 2, times this scale, are infinite in float32
    wild = torch.amp.GradScaler("cuda", init_scale=2.0**127)
    with torch.no_grad():
        ours.body[2].weight *= 1000.0
    before = [parameter.detach().clone() for parameter in ours.parameters()]
    found = training.amp_step(ours, batch, optimizer, wild, device_type="cuda", dtype=dtype)
    assert math.isfinite(found)
    assert wild.get_scale() == 2.0**126
    assert all(torch.equal(one, other) for one, other in zip(ours.parameters(), before, strict=True))


# --- custom_loss ---


def test_custom_loss_is_torch_s_where_torch_has_it():
    for draw in draws(CASES):
        n, n_classes, smoothing = draw.randint(1, 6), draw.randint(2, 6), draw.choice([0.0, draw.uniform(0.01, 0.9)])
        logits, labels = 3 * torch.randn(n, n_classes), torch.randint(0, n_classes, (n,))
        want = nn.functional.cross_entropy(logits, labels, label_smoothing=smoothing)
        torch.testing.assert_close(training.custom_loss(logits, labels, smoothing), want)


def test_the_focal_factor_for_two_classes_by_arithmetic():
    for draw in draws(CASES):
        p, gamma = draw.uniform(0.05, 0.95), draw.uniform(0.0, 4.0)
        logits = torch.tensor([[math.log(p), math.log(1 - p)]], dtype=torch.float64)
        found = training.custom_loss(logits, torch.tensor([0]), gamma=gamma).item()
        assert found == pytest.approx((1 - p) ** gamma * -math.log(p), rel=1e-9)


def test_the_slope_of_the_custom_loss_by_differences():
    for draw in draws(10):
        labels, smoothing, gamma = torch.randint(0, 3, (4,)), draw.uniform(0, 0.5), draw.uniform(0.3, 3)
        logits = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
        assert torch.autograd.gradcheck(
            lambda x, labels=labels, smoothing=smoothing, gamma=gamma: training.custom_loss(
                x, labels, smoothing, gamma
            ),
            logits,
        )


# --- Checkpoint ---


@pytest.mark.parametrize("make", [torch.optim.AdamW, torch.optim.RMSprop], ids=["AdamW", "RMSprop"])
def test_a_run_goes_on_bit_by_bit_with_dropout_of_torch(make):
    """With real dropout, Adam, a schedule of transformers and the reference's own loop."""

    def build() -> tuple[nn.Module, Any, Any]:
        model = fixtures.classifier(torch.randn(11, 6), torch.randn(4, 6), torch.randn(4))
        model.dropout = _RealDropout()
        optimizer = make(model.parameters(), lr=0.05)
        return model, optimizer, get_linear_schedule_with_warmup(optimizer, 2, 12)

    for draw in draws(10):
        batches = [batch_of(4) for _ in range(3)]
        parts = build()
        for _ in range(draw.randint(1, 2)):
            training.train_epoch(parts[0], batches, *parts[1:])
        checkpoint = training.Checkpoint(*parts)
        losses = [training.train_epoch(parts[0], batches, *parts[1:])[0] for _ in range(2)]
        for _ in range(2):  # and once more
            others = build()
            checkpoint.restore(*others)
            assert [training.train_epoch(others[0], batches, *others[1:])[0] for _ in range(2)] == losses
            assert all(
                torch.equal(one, other)
                for one, other in zip(parts[0].parameters(), others[0].parameters(), strict=True)
            )


class _RealDropout(nn.Dropout):
    """torch's dropout, which ignores the first token that the fixture's own dropout needs."""

    def forward(self, hidden: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
        return super().forward(hidden)


# --- statements of the lesson ---


def test_the_log_of_the_chapter_is_the_one_in_the_lesson():
    lesson = (ROOT / "course/lessons/en/training.md").read_text(encoding="utf-8")
    for batches, loss, accuracy in figures.LOG:
        assert f"| {batches} | {loss:.4f} | {accuracy:.4f} |" in lesson
    impossible = [row.text for row in figures.audit() if "right" in row.what and int(row.text) > 80]
    assert len(impossible) == 4


def test_the_pictures_show_what_early_stopping_and_schedules_do():
    train, validation = figures.curves()
    assert min(validation) == validation[8] and train[-1] < train[8] < train[0]
    total = pictures.EPOCHS * pictures.BATCHES // 3
    for step in range(total):
        assert pictures.rate(step, total) == optimization.warmup_linear(step, pictures.WARMUP, total)
