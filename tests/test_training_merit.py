"""Exercise 6 pays only for work that was done: cheap, forged and careless files, and the explanations they get."""

from __future__ import annotations

import sys

import pytest
from sample import sampled

from tests.merit import grade, remarked

SLUG = "training"

CHEAP = {
    "nothing at all": """
def train_epoch(*args, **options):
    return None
def evaluate(*args, **options):
    return None
class EarlyStopper:
    def __init__(self, *args, **options): ...
    def step(self, value): ...
def amp_step(*args, **options):
    return None
def custom_loss(*args, **options):
    return None
class Checkpoint:
    def __init__(self, *args): ...
    def restore(self, *args): ...
""",
    "zeros": """
def train_epoch(*args, **options):
    return 0.0, 0.0
def evaluate(*args, **options):
    return {"loss": 0.0, "accuracy": 0.0, "predictions": [], "labels": []}
class EarlyStopper:
    best, best_step = 0.0, 0
    def __init__(self, *args, **options): ...
    def step(self, value): return 0
def amp_step(*args, **options):
    return 0.0
def custom_loss(logits, *args, **options):
    return 0 * logits.sum()
class Checkpoint:
    def __init__(self, *args): ...
    def restore(self, model, *args):
        for p in model.parameters():
            p.detach().zero_()
""",
    "NaN": """
nan = float("nan")
def train_epoch(*args, **options):
    return nan, nan
def evaluate(*args, **options):
    return {"loss": nan, "accuracy": nan, "predictions": [nan], "labels": [nan]}
class EarlyStopper:
    best, best_step = nan, nan
    def __init__(self, *args, **options): ...
    def step(self, value): return True
def amp_step(*args, **options):
    return nan
def custom_loss(logits, *args, **options):
    return nan * logits.sum()
class Checkpoint:
    def __init__(self, *args): ...
    def restore(self, model, *args):
        for p in model.parameters():
            p.detach().fill_(nan)
""",
    "the answers of the docstrings": """
def train_epoch(*args, **options):
    return 0.6493, 0.6
def evaluate(*args, **options):
    return {"loss": 0.6931, "accuracy": 0.75, "predictions": [0, 0, 0, 0], "labels": [0, 0, 0, 1]}
class EarlyStopper:
    best, best_step = 0.6, 3
    def __init__(self, *args, **options): self.n = 0
    def step(self, value):
        self.n += 1
        return self.n == 6
def amp_step(*args, **options):
    return 0.6931
def custom_loss(logits, *args, **options):
    return 0.4904 + 0 * logits.sum()
class Checkpoint:
    def __init__(self, *args): self.args = args
    def restore(self, *args): ...
""",
}


@pytest.mark.parametrize(
    "function", ["train_epoch", "evaluate", "EarlyStopper", "amp_step", "custom_loss", "Checkpoint"]
)
@pytest.mark.parametrize("source", CHEAP.values(), ids=CHEAP)
def test_cheap_files_earn_nothing(source, function):
    assert grade(SLUG, function, source).points == 0


def test_helpers_that_are_told_what_to_say_earn_nothing(monkeypatch):
    helpers = sys.modules.get("grader.fixtures.training") or __import__("grader.fixtures.training", fromlist=["x"])
    monkeypatch.setattr(helpers.Trained, "counts", lambda self: [2, 2])
    monkeypatch.setattr(helpers.Trained, "graphs", lambda self: 0)
    monkeypatch.setattr(helpers.Evaluated, "traces", lambda self: {})
    monkeypatch.setattr(helpers.Evaluated, "training", lambda self: [True])
    monkeypatch.setattr(helpers.Mixed, "calls", lambda self: ["scale", "step", "update"])
    monkeypatch.setattr(helpers.Mixed, "steps", lambda self: [1, 1])
    for function in ("train_epoch", "evaluate", "amp_step"):
        assert grade(SLUG, function, CHEAP["zeros"]).points == 0


LOOP = """
def train_epoch(model, loader, optimizer, scheduler=None, max_norm=1.0, accum=1):
    model.train()
    total, right, seen, waiting = 0.0, 0, 0, 0
    for number, batch in enumerate(loader, start=1):
        size = len(batch["labels"])
        output = model(**batch)
        (output.loss * size).backward()
        waiting += size
        total += output.loss.item() * size
        right += (output.logits.argmax(-1) == batch["labels"]).sum().item()
        seen += size
        if number % accum == 0 or number == len(loader):
            for parameter in model.parameters():
                if parameter.grad is not None:
                    parameter.grad /= waiting
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            optimizer.zero_grad()
            waiting = 0
    return total / seen, right / seen
"""
"""A correct loop, written differently from the reference; the wrong ones below are made from it."""

AMP = """
def amp_step(model, batch, optimizer, scaler, max_norm=1.0, device_type="cpu", dtype=torch.bfloat16):
    optimizer.zero_grad()
    with torch.autocast(device_type=device_type, dtype=dtype):
        loss = model(**batch).loss
    scaled = scaler.scale(loss)
    scaled.backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)
    scaler.update()
    return loss.item()
"""

STOPPER = """
class EarlyStopper:
    def __init__(self, patience=2, min_delta=0.0, mode="min"):
        if mode not in ("min", "max"):
            raise ValueError(mode)
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.counter, self.best, self.best_step, self.epoch = 0, None, None, 0

    def step(self, value):
        if self.improved(value):
            self.best, self.best_step, self.counter = value, self.epoch, 0
        else:
            self.counter += 1
        self.epoch += 1
        return self.counter >= self.patience

    def improved(self, value):
        if value != value:
            return False
        if self.best is None:
            return True
        if self.mode == "min":
            return value < self.best - self.min_delta
        return value > self.best + self.min_delta
"""

EVALUATE = """
def evaluate(model, loader):
    before = model.training
    model.eval()
    guesses, labels, total = [], [], 0.0
    with torch.no_grad():
        for batch in loader:
            output = model(**batch)
            total += output.loss.item() * len(batch["labels"])
            guesses.extend(output.logits.argmax(1).tolist())
            labels.extend(batch["labels"].tolist())
    model.train(before)
    accuracy = sum(a == b for a, b in zip(guesses, labels)) / len(labels)
    return {"loss": total / len(labels), "accuracy": accuracy, "predictions": guesses, "labels": labels}
"""

LOSS = """
def custom_loss(logits, labels, smoothing=0.0, gamma=0.0):
    if smoothing < 0 or smoothing >= 1 or gamma < 0:
        raise ValueError("out of range")
    log_p = torch.log_softmax(logits, dim=1)
    one_hot = nn.functional.one_hot(labels, logits.shape[1])
    targets = one_hot * (1 - smoothing) + smoothing / logits.shape[1]
    p = (log_p.exp() * one_hot).sum(1)
    factor = (1 - p + 1e-9) ** gamma
    return (factor * -(targets * log_p).sum(1)).mean()
"""

CHECKPOINT = """
import copy

class Checkpoint:
    def __init__(self, model, optimizer, scheduler=None):
        self.model = copy.deepcopy(model.state_dict())
        self.optimizer = copy.deepcopy(optimizer.state_dict())
        self.scheduler = scheduler and copy.deepcopy(scheduler.state_dict())
        self.generator = torch.get_rng_state()

    def restore(self, model, optimizer, scheduler=None):
        model.load_state_dict(self.model)
        optimizer.load_state_dict(copy.deepcopy(self.optimizer))
        if scheduler:
            scheduler.load_state_dict(self.scheduler)
        torch.set_rng_state(self.generator)
"""

RIGHT = {
    "Checkpoint": (CHECKPOINT, 5),
    "custom_loss": (LOSS, 5),
    "train_epoch": (LOOP, 12),
    "evaluate": (EVALUATE, 6),
    "EarlyStopper": (STOPPER, 7),
    "amp_step": (AMP, 8),
}


@pytest.mark.parametrize("function", RIGHT)
def test_what_the_wrong_ones_are_made_of_is_right(function):
    source, points = RIGHT[function]
    assert grade(SLUG, function, source).points == points


# function, edits of the correct text, minimum and maximum of points left, names that must be among the explanations
WRONG = [
    ("train_epoch", [("            optimizer.zero_grad()\n", "")], 3, 6, set()),  # divided again and again, too
    (
        "train_epoch",
        [("            optimizer.step()\n", "            optimizer.zero_grad()\n            optimizer.step()\n")],
        0,
        2,
        {"cleared-before-the-step"},
    ),
    ("train_epoch", [(" or number == len(loader)", "")], 10, 11, {"leftover-dropped-and-kept"}),
    ("train_epoch", [("/= waiting", "/= waiting / size"), ("* size).back", ").back")], 8, 11, set()),
    ("train_epoch", [("    model.train()\n", "")], 11, 11, {"mode-left-as-it-came"}),
    (
        "train_epoch",
        [("            if scheduler is not None:\n                scheduler.step()\n", ""),
         ("    return", "    if scheduler is not None:\n        scheduler.step()\n    return")],
        11,
        11,
        {"schedule-per-epoch"},
    ),
    ("train_epoch", [("total += output.loss.item() * size", "total += output.loss * size")], 10, 10, set()),
    # two at once
    (
        "train_epoch",
        [("    model.train()\n", ""), ("            nn.utils.clip_grad_norm_(model.parameters(), max_norm)\n", "")],
        8,
        9,
        {"mode-left-as-it-came", "clipping-without-effect"},
    ),
    ("evaluate", [("    model.eval()\n", ""), ("    model.train(before)\n", "")], 5, 5, {"evaluated-with-dropout"}),
    ("evaluate", [("    model.train(before)\n", "    model.train()\n")], 5, 5, {"always-back-to-training"}),
    ("evaluate", [("    with torch.no_grad():", "    if True:")], 5, 5, {"graph-built"}),
    (
        "evaluate",
        [(' * len(batch["labels"])', ""), ("total / len(labels)", "total / len(loader)"),
         ("    model.train(before)\n", "")],
        4,
        4,
        {"loss-is-a-mean-of-batches", "left-in-evaluation-mode"},
    ),
    ("custom_loss", [("+ smoothing / logits.shape[1]", "+ smoothing * (1 - one_hot) / (logits.shape[1] - 1)")], 1, 1,
     {"smoothing-among-the-others"}),
    ("custom_loss", [("(1 - p + 1e-9) ** gamma", "((1 - p + 1e-9) ** gamma).detach()")], 4, 4,
     {"focal-factor-detached"}),
    ("Checkpoint", [("load_state_dict(copy.deepcopy(self.optimizer))", "load_state_dict(self.optimizer)")], 4, 4,
     {"checkpoint-used-up"}),
    ("Checkpoint", [("copy.deepcopy(model.state_dict())", "model.state_dict()")], 1, 2, set()),
    ("EarlyStopper", [(">= self.patience", "> self.patience")], 5, 5, {"one-too-many"}),
    ("EarlyStopper", [(">= self.patience", "> self.patience - 2")], 5, 5,
     {"one-too-few-from-the-first-value-on"}),
    ("EarlyStopper", [(">= self.patience", ">= self.patience + 2")], 5, 5, set()),
    ("EarlyStopper", [(">= self.patience", ">= 2")], 5, 5, {"patience-hard-coded"}),
    ("EarlyStopper", [(">= self.patience", ">= 1")], 1, 2, set()),
    (
        "EarlyStopper",
        [(">= self.patience", "> self.patience - 2"), ("self.epoch, 0", "self.epoch, self.counter")],
        0,
        1,
        set(),
    ),
    (
        "EarlyStopper",
        [(">= self.patience", "> self.patience - 2"), ("        if value != value:\n            return False\n", "")],
        4,
        4,
        {"one-too-few-from-the-first-value-on", "first-value-is-best-even-if-nan"},
    ),
    (
        "EarlyStopper",
        [("        if value != value:\n            return False\n", "")],
        6,
        6,
        {"first-value-is-best-even-if-nan"},
    ),
    ("EarlyStopper", [("self.best - self.min_delta", "self.best + self.min_delta")], 6, 6, set()),
    ("EarlyStopper", [("self.epoch += 1", "self.epoch += 0")], 5, 5, set()),
    ("amp_step", [("    scaler.unscale_(optimizer)\n", "")], 6, 6, {"clipped-while-scaled"}),
    ("amp_step", [("    scaler.step(optimizer)\n", "    optimizer.step()\n")], 6, 6, {"optimizer-steps-by-itself"}),
    ("amp_step", [("    scaler.update()\n", "")], 6, 6, {"scale-never-adapts"}),
    ("amp_step", [("    return loss", "    return scaled")], 6, 7, {"scaled-loss-returned"}),
    (
        "amp_step",
        [("    with torch.autocast(device_type=device_type, dtype=dtype):\n        loss", "    loss")],
        7,
        7,
        {"no-autocast"},
    ),
    (
        "amp_step",
        [("torch.autocast(device_type=device_type, dtype=dtype)", "torch.autocast(device_type='cpu', dtype=dtype)")],
        7,
        7,
        {"device-type-ignored"},
    ),
    (
        "amp_step",
        [("    with torch.autocast(device_type=device_type, dtype=dtype):\n        loss", "    loss"),
         ("    scaler.unscale_(optimizer)\n", "")],
        5,
        5,
        {"no-autocast", "clipped-while-scaled"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("function", "edits", "least", "most", "names"), sampled(WRONG, one_in=2))
def test_a_wrong_file_loses_what_it_should_and_is_told_why(function, edits, least, most, names):
    source, _ = RIGHT[function]
    for old, new in edits:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    graded = grade(SLUG, function, source)
    assert least <= graded.points <= most, (graded.points, graded.lost)
    told = {part for name in graded.named for part in name.split(" + ")}
    assert names <= told, (told, graded.lost)


def test_tensors_are_taken_and_remarked_on():
    tensors = LOOP.replace("return total / seen, right / seen", "return torch.tensor(total / seen), right / seen")
    assert grade(SLUG, "train_epoch", tensors).points == 12
    assert remarked(SLUG, "train_epoch.metrics", tensors)
    assert not remarked(SLUG, "train_epoch.metrics", LOOP)
    assert remarked(SLUG, "amp_step.loss", AMP.replace("loss.item()", "loss.detach()"))
    assert remarked(SLUG, "evaluate.values", EVALUATE.replace('"labels": labels', '"labels": torch.tensor(labels)'))


def test_training_mode_in_a_mixed_step_is_taken_and_remarked_on():
    in_training = AMP.replace("    optimizer.zero_grad()\n", "    model.train()\n    optimizer.zero_grad()\n")
    assert grade(SLUG, "amp_step", in_training).points == 8
    (remark,) = remarked(SLUG, "amp_step.loss", in_training)
    assert "training mode" in remark
    assert not remarked(SLUG, "amp_step.loss", AMP)


@pytest.mark.parametrize(
    "source",
    [
        # on a copy, which is trained and thrown away
        "import copy\ndef train_epoch(model, loader, optimizer, *args, right=train_epoch, **options):\n"
        "    model = copy.deepcopy(model)\n"
        "    return right(model, loader, torch.optim.SGD(model.parameters(), lr=0.1), *args, **options)\n",
        # the first answer for ever
        "def train_epoch(*args, right=train_epoch, seen=[], **options):\n"
        "    seen.append(right(*args, **options)) if not seen else None\n    return seen[0]\n",
        # the weights replaced by others, so that no optimizer reaches them
        "def train_epoch(model, *args, right=train_epoch, **options):\n"
        "    for name, parameter in list(model.named_parameters()):\n"
        "        setattr(model, name, nn.Parameter(parameter.detach().clone()))\n"
        "    return right(model, *args, **options)\n",
    ],
    ids=["copy", "first answer", "replaced"],
)
def test_reports_without_the_deed_earn_nothing(source):
    assert grade(SLUG, "train_epoch", source).points <= 1


def test_an_evaluation_with_training_mode_restored_to_its_parts_is_right():
    """Whether a frozen part of a training model stays in evaluation mode is the caller's choice, and is not checked."""
    source = EVALUATE.replace(
        "    before = model.training\n", "    modes = [(m, m.training) for m in model.modules()]\n"
    )
    source = source.replace("    model.train(before)\n", "    for m, mode in modes:\n        m.training = mode\n")
    assert grade(SLUG, "evaluate", source).points == 6


@pytest.mark.parametrize(
    ("check", "source"),
    [
        (
            "EarlyStopper.max_mode",
            "class EarlyStopper(EarlyStopper):\n"
            "    def __init__(self, *args, mode='min', **options):\n"
            "        assert mode in ('min', 'max')\n"
            "        super().__init__(*args, mode=mode, **options)",
        ),
        (
            "custom_loss.range",
            "def custom_loss(logits, labels, smoothing=0.0, gamma=0.0, right=custom_loss):\n"
            "    assert 0 <= smoothing < 1 and gamma >= 0\n"
            "    return right(logits, labels, smoothing, gamma)",
        ),
    ],
)
def test_an_error_of_another_type_is_remarked_on(check, source):
    (remark,) = remarked("training", check, source)
    assert "AssertionError" in remark and "ValueError" in remark
