"""The figures of the lesson on the training loop: ``course figures training``.

Random numbers are drawn with a fixed seed. The curves are computed in float64, so that machines agree on them.
"""

from __future__ import annotations

import math
import warnings
from functools import cache

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint
from transformers import BertConfig, BertForSequenceClassification

from scripts.figures.figure import Figure
from solutions import training

LOG = ((10, 0.6234, 0.6250), (20, 0.5123, 0.7375), (30, 0.3987, 0.8208), (40, 0.2876, 0.8813), (50, 0.2234, 0.9150),
       (60, 0.1823, 0.9354), (70, 0.1534, 0.9482))  # fmt: skip
"""The chapter's log of its first epoch: batches so far, mean loss so far, accuracy so far; 8 texts per batch."""
BATCH = 8


def coins(*batches: list[int]) -> list[dict[str, Tensor]]:
    """Return batches for ``Coin``."""
    return [{"labels": torch.tensor(labels)} for labels in batches]


def toss(order: str) -> float:
    """Return the weight of a coin after two batches, (1, 1) and (1, 0), for an order of operations; rate 2.

    The letters: z clears the gradients, b runs the backward pass, s takes a step.
    """
    model = training.Coin().double()
    optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
    for batch in coins([1, 1], [1, 0]):
        loss = model(**batch).loss
        for letter in order:
            if letter == "z":
                optimizer.zero_grad()
            elif letter == "b":
                loss.backward(retain_graph=True)
            else:
                optimizer.step()
    return model.w.item()


def order() -> list[Figure]:
    """One weight, two batches: the result when lines change places."""
    names = {
        "zbs": "cleared, backward, step",
        "bs": "never cleared",
        "bzs": "cleared between backward and step",
        "szb": "step before backward",
    }
    return [Figure(what, f"{toss(order):.3f}") for order, what in names.items()]


def groups() -> list[Figure]:
    """One weight, five examples in three batches, accum=2."""
    batches = coins([1, 1], [1, 0], [1])
    rows = []
    for what, used in (("the last group makes a step", batches), ("the last group is dropped", batches[:2])):
        model = training.Coin()
        loss, _ = training.train_epoch(model, used, torch.optim.SGD(model.parameters(), lr=2.0), accum=2)
        rows.append(Figure(what, f"{model.w.item():.3f}"))
        if used is batches:
            rows.append(Figure("mean loss", f"{loss:.3f}"))
    # the last batch divided by accum: half of its step
    first, whole = 0.5, 2 / (1 + math.exp(0.5))
    rows.append(Figure("the last group is divided by accum", f"{first + whole / 2:.3f}"))
    return rows


def steps() -> list[Figure]:
    """The chapter's 75 batches, three epochs, with accum=4; a schedule made for 225 steps."""
    per_epoch = math.ceil(75 / 4)
    total = 3 * per_epoch
    return [
        Figure("optimizer steps per epoch", f"{per_epoch}"),
        Figure("optimizer steps", f"{total}"),
        Figure("multiplier after them, of a schedule for 225 steps, 22 of them warmup", f"{(225 - total) / 203:.2f}"),
    ]


def means() -> list[Figure]:
    """Three batches of 6, 6 and 2 examples, with mean losses 0.5, 0.4 and 1.2."""
    losses, sizes = (0.5, 0.4, 1.2), (6, 6, 2)
    return [
        Figure("mean of the means", f"{sum(losses) / 3:.2f}"),
        Figure("mean over examples", f"{sum(map(lambda a, b: a * b, losses, sizes)) / sum(sizes):.2f}"),
    ]


def audit() -> list[Figure]:
    """The ten batches between two lines of the chapter's log."""
    rows = []
    before_right, before_loss = 0, 0.0
    for batches, loss, accuracy in LOG:
        right, total = round(accuracy * batches * BATCH), loss * batches
        gained = right - before_right, total - before_loss
        rows.append(Figure(f"batches {batches - 9} to {batches}: right, of 80", f"{gained[0]}"))
        rows.append(
            Figure(f"batches {batches - 9} to {batches}: sum of the losses", f"{gained[1]:.2f}".replace("-", "−"))
        )
        before_right, before_loss = right, total
    return rows


@cache
def curves(remedy: str = "none") -> tuple[list[float], list[float]]:
    """Return the loss on 60 training and 400 validation examples, after every epoch of a network too large for them.

    20 numbers, of which three determine the label; a fifth of all labels is random. 60 epochs of AdamW on the whole
    training set.
    """
    generator = torch.Generator().manual_seed(0)

    def examples(n: int) -> tuple[Tensor, Tensor]:
        x = torch.randn(n, 20, generator=generator, dtype=torch.float64)
        label = (x[:, 0] + x[:, 1] - x[:, 2] > 0).long()
        lot = torch.rand(n, generator=generator, dtype=torch.float64) < 0.2
        return x, torch.where(lot, torch.randint(0, 2, (n,), generator=generator), label)

    (x, y), (x_val, y_val) = examples(240 if remedy == "more data" else 60), examples(400)
    width = 2 if remedy == "fewer parameters" else 64
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(
            nn.Linear(20, width), nn.Tanh(), nn.Dropout(0.5 if remedy == "dropout" else 0.0), nn.Linear(width, 2)
        ).double()
        decay = 3.0 if remedy == "weight decay" else 0.0
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.003, weight_decay=decay)
        train, validation = [], []
        for _ in range(60):
            model.train()
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
            model.eval()
            with torch.no_grad():
                train.append(nn.functional.cross_entropy(model(x), y).item())
                validation.append(nn.functional.cross_entropy(model(x_val), y_val).item())
    return train, validation


def overfitting() -> list[Figure]:
    """The two curves, and the epoch of early stopping."""
    train, validation = curves()
    stopper = training.EarlyStopper(patience=3)
    stopped = next(epoch for epoch, loss in enumerate(validation) if stopper.step(loss))
    rows = [
        Figure("best validation loss", f"{stopper.best:.3f}"),
        Figure("in epoch", f"{stopper.best_step}"),
        Figure("patience 3 stops after epoch", f"{stopped}"),
        Figure("validation loss in the last epoch", f"{validation[-1]:.3f}"),
        Figure("training loss in the last epoch", f"{train[-1]:.3f}"),
    ]
    for remedy in ("weight decay", "dropout", "fewer parameters", "more data"):
        _, validation = curves(remedy)
        rows.append(Figure(f"{remedy}: best", f"{min(validation):.3f}"))
        rows.append(Figure(f"{remedy}: last", f"{validation[-1]:.3f}"))
    return rows


def precision() -> list[Figure]:
    """Two 16-bit formats."""
    half, brain = torch.finfo(torch.float16), torch.finfo(torch.bfloat16)
    tiny = torch.tensor(1e-8)
    grown = (tiny * 65536).half().float().item() / 65536
    return [
        Figure("float16: largest number", f"{half.max:,.0f}"),
        Figure("float16: smallest number", f"{half.smallest_normal * half.eps:.2g}"),
        Figure("bfloat16: largest number", f"{brain.max:.2g}".replace("e+", "e")),
        Figure("float16: step behind 1", f"{half.eps:.2g}"),
        Figure("bfloat16: step behind 1", f"{brain.eps:.2g}"),
        Figure("1e-8 in float16", f"{tiny.half().item():g}"),
        Figure("1e-8 in float16, scaled and unscaled", f"{grown:.4g}"),
        Figure("length 1 after a clip that saw the scale", f"{1 / 65536:.2g}"),
    ]


def checkpointing() -> list[Figure]:
    """Gradient checkpointing after frozen embeddings: number of tensors that get a gradient."""
    rows = []
    for reentrant in (True, False):
        block, head = nn.Sequential(nn.Linear(3, 3), nn.Tanh()), nn.Linear(3, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch warns of the effect that the lesson describes
            hidden = checkpoint(block, torch.ones(1, 3), use_reentrant=reentrant)
        head(hidden).sum().backward()
        got = sum(parameter.grad is not None for parameter in block.parameters())
        what = "torch, use_reentrant=True" if reentrant else "torch, use_reentrant=False"
        rows.append(Figure(f"{what}: of the checkpointed block", f"{got} of 2"))
    config = BertConfig(
        vocab_size=11, hidden_size=8, num_hidden_layers=3, num_attention_heads=2, intermediate_size=16, num_labels=2
    )
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        torch.manual_seed(0)
        warnings.simplefilter("ignore")
        model = BertForSequenceClassification(config).train()
        model.config.use_cache = False
        model.bert.embeddings.requires_grad_(False)
        model.gradient_checkpointing_enable({"use_reentrant": True})
        model(input_ids=torch.arange(1, 7)[None], labels=torch.tensor([1])).loss.backward()
    layers = list(model.bert.encoder.layer.parameters())
    got = sum(parameter.grad is not None for parameter in layers)
    rows.append(Figure("a BERT of three layers in transformers 5.23, use_reentrant=True", f"{got} of {len(layers)}"))
    return rows


def column() -> list[Figure]:
    """Perfect predictions as a column, targets as a row."""
    scores, targets = torch.tensor([[0.0], [1.0], [2.0]]), torch.tensor([0.0, 1.0, 2.0])
    return [
        Figure("mean squared error, (B, 1) against (B,)", f"{(scores - targets).square().mean().item():.3f}"),
        Figure("mean squared error, (B,) against (B,)", f"{(scores.squeeze(-1) - targets).square().mean().item():g}"),
    ]


def focal() -> list[Figure]:
    """The focal factor with gamma 2, and a smoothed target for four classes."""
    rows = []
    for p in (0.9, 0.5, 0.1):
        logits, label = torch.tensor([[math.log(p), math.log(1 - p)]]), torch.tensor([0])
        rows.append(Figure(f"p = {p}: cross-entropy", f"{training.custom_loss(logits, label).item():.3f}"))
        rows.append(Figure(f"p = {p}: with the factor", f"{training.custom_loss(logits, label, gamma=2.0).item():.3f}"))
    return [
        *rows,
        Figure("target of the right class", f"{0.2 / 4 + 0.8:.2f}".lstrip("0")),
        Figure("target of each other one", f"{0.2 / 4:.2f}".lstrip("0")),
    ]


SECTIONS = (order, groups, steps, means, audit, overfitting, precision, checkpointing, column, focal)
