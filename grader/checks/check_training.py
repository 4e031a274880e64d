"""Hidden checks of exercise-6: the training loop.

The model is a small classifier whose gradient the judge computes in float64. Weights after some steps, losses
and accuracies are compared with those that the judge computes from the same batches. The model's dropout is
deterministic (it depends on an example's first token), so a training step with dropout has a single right result, too.

Each check tests only one thing: the batches of ``clipping`` are one group, the learning rate of ``metrics`` is 0 in two
of three epochs. So an error elsewhere does not hide the error that a check tests. Reports of the helpers in the student
process (steps counted, calls recorded, graphs alive) can only cost points, never earn them.
"""

import functools
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from course.text import mark, say, translated
from grader.errors import StudentRaised
from grader.judge import expect
from grader.judge.check import check

VOCABULARY, WIDTH, CLASSES = 11, 6, 4
PLENTY = 1000.0
"""A norm far above that of every gradient in these checks."""
TOLERANCE = 1e-4
"""Tolerance for float32 after a few steps of a tiny model; other results differ by a hundred times as much."""
PRECISE = 1e-5
"""Tolerance for float32 in the forward passes of an epoch: ten times its error, less than rounding to 3 decimals."""
CLEAR = 1e-3
"""Minimum lead of the largest logit of an example, so that rounding does not change a prediction."""

Batch = dict[str, Tensor]
Numbers = dict[str, Tensor]


def draw_batch(draw, n: int, classes: int = CLASSES) -> Batch:
    """Draw n examples, padded on the right."""
    n_tokens = draw.integer(3, 6)
    lengths = draw.integers(1, n_tokens + 1, (n,))
    return {
        "input_ids": draw.integers(0, VOCABULARY, (n, n_tokens)),
        "attention_mask": (torch.arange(n_tokens) < lengths[:, None]).long(),
        "labels": draw.integers(0, classes, (n,)),
    }


def with_positions(batches: Sequence[Batch]) -> list[Batch]:
    """Add the positions (T,) as the first entry of each batch: only ``labels`` must have B entries."""
    return [{"position_ids": torch.arange(batch["input_ids"].shape[1]), **batch} for batch in batches]


def draw_weights(draw, classes: int = CLASSES) -> Numbers:
    """Draw the weights of the classifier, in float32."""
    return {
        "embeddings": 0.6 * draw.normal(VOCABULARY, WIDTH),
        "weight": 0.6 * draw.normal(classes, WIDTH),
        "bias": 0.5 * draw.normal(classes),
    }


@dataclass
class Net:
    """The classifier in float64, with an explicitly computed gradient."""

    numbers: Numbers
    dropout: bool = False
    """True in training mode with dropout."""
    frozen: bool = False
    """True if the embeddings are frozen."""

    def hidden(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Return the state before dropout (B, C), dropout's factors (B, C), and each token's share in the mean."""
        shares = batch["attention_mask"].double()
        shares = shares / shares.sum(1, keepdim=True)
        mean = (self.numbers["embeddings"][batch["input_ids"]] * shares[:, :, None]).sum(1)
        factors = torch.ones_like(mean)
        if self.dropout:
            factors = 2.0 * ((batch["input_ids"][:, :1] + torch.arange(WIDTH)) % 2 == 0)
        return torch.tanh(mean), factors.double(), shares

    def logits(self, batch: Batch) -> Tensor:
        """Return the logits (B, K)."""
        hidden, factors, _ = self.hidden(batch)
        return (hidden * factors) @ self.numbers["weight"].mT + self.numbers["bias"]

    def loss(self, batch: Batch) -> float:
        """Return the mean over the examples."""
        logits, labels = self.logits(batch), batch["labels"]
        return float((logits.logsumexp(1) - logits[torch.arange(len(labels)), labels]).mean())

    def guesses(self, batch: Batch) -> list[int]:
        """Return the class of the largest logit for each example."""
        found: list[int] = self.logits(batch).argmax(1).tolist()
        return found

    def gradient(self, group: Sequence[Batch]) -> Numbers:
        """Return the gradient of the mean loss over all examples of some batches."""
        n = sum(len(batch["labels"]) for batch in group)
        total = {name: torch.zeros_like(numbers) for name, numbers in self.numbers.items()}
        for batch in group:
            hidden, factors, shares = self.hidden(batch)
            logits = self.logits(batch)
            wrong = (logits.softmax(1) - torch.eye(logits.shape[1], dtype=torch.float64)[batch["labels"]]) / n
            total["weight"] += wrong.mT @ (hidden * factors)
            total["bias"] += wrong.sum(0)
            if not self.frozen:
                mean = (wrong @ self.numbers["weight"]) * factors * (1 - hidden.square())  # through the tanh
                spread = mean[:, None, :] * shares[:, :, None]
                total["embeddings"].index_add_(0, batch["input_ids"].flatten(), spread.flatten(0, 1))
        return total

    def step(self, gradient: Numbers, rate: float, max_norm: float) -> None:
        """Clip the gradient, and take one step of gradient descent."""
        factor = rate * min(1.0, max_norm / max(norm(gradient), 1e-12))
        self.numbers = {name: numbers - factor * gradient[name] for name, numbers in self.numbers.items()}


def norm(gradient: Numbers) -> float:
    """Return the norm of all numbers together."""
    return math.sqrt(sum(float(numbers.square().sum()) for numbers in gradient.values()))


def doubled(numbers: Numbers) -> Numbers:
    """Convert all numbers to float64."""
    return {name: tensor.double() for name, tensor in numbers.items()}


def clear_cut(numbers: Numbers, batches: Sequence[Batch], *, dropout: bool = False) -> bool:
    """Return whether every example has a clear prediction, with right and wrong ones in different shares per batch."""
    net = Net(doubled(numbers), dropout)
    rights = []
    for batch in batches:
        best = net.logits(batch).sort(1, descending=True).values
        if float((best[:, 0] - best[:, 1]).min()) < CLEAR:
            return False
        rights.append((net.logits(batch).argmax(1) == batch["labels"]).double().mean().item())
    n = [len(batch["labels"]) for batch in batches]
    share = sum(right * size for right, size in zip(rights, n, strict=True)) / sum(n)
    mean = sum(rights) / len(rights)
    return 0.1 < share < 0.9 and (len(set(n)) == 1 or abs(share - mean) > 0.02)


def draw_clear(
    draw, sizes: Sequence[int], *, gaps: bool = False, classes: int = CLASSES
) -> tuple[Numbers, list[Batch]]:
    """Draw weights and batches whose predictions rounding cannot change; with ``gaps``, a class is missing somewhere.

    With two classes, the sign of a logit does not show which class leads.
    """
    for _ in range(1000):
        numbers, batches = draw_weights(draw, classes), [draw_batch(draw, n, classes) for n in sizes]
        if clear_cut(numbers, batches) and not (gaps and all_occur(numbers, batches)):
            if classes > 2 or signs_mislead(numbers, batches):
                return numbers, batches
    raise AssertionError("no clear-cut batches in 1000 draws")


def signs_mislead(numbers: Numbers, batches: Sequence[Batch]) -> bool:
    """Return whether predicting class 1 by the sign of either logit would change the accuracy."""
    net = Net(doubled(numbers))
    logits, labels = torch.cat([net.logits(batch) for batch in batches]), torch.cat([b["labels"] for b in batches])
    right = [
        int((guesses.long() == labels).sum()) for guesses in (logits.argmax(1), logits[:, 1] > 0, logits[:, 0] < 0)
    ]
    return right[0] not in right[1:]


def all_occur(numbers: Numbers, batches: Sequence[Batch]) -> bool:
    """Return whether a table of only the occurring classes has the same diagonal sum as a table of all classes."""
    net = Net(doubled(numbers))
    guesses = [guess for batch in batches for guess in net.guesses(batch)]
    labels = [label for batch in batches for label in batch["labels"].tolist()]
    rows, columns = sorted(set(labels)), sorted(set(guesses))
    pairs = list(zip(guesses, labels, strict=True))
    return bool(sum(columns.index(g) == rows.index(y) for g, y in pairs) == sum(g == y for g, y in pairs))


QUIET = 0.9
"""Maximum length of gradients in checks that do not test clipping, so that clipping to 1 has no effect."""


def steeper(numbers: Numbers, factor: float) -> Numbers:
    """Return weights whose logits are multiplied by ``factor``."""
    return {**numbers, "weight": factor * numbers["weight"], "bias": factor * numbers["bias"]}


def shortfalls(numbers: Numbers, batches: Sequence[Batch]) -> list[float]:
    """Return how far the logit of each label is below the largest logit."""
    logits = torch.cat([Net(doubled(numbers)).logits(batch) for batch in batches])
    labels = torch.cat([batch["labels"] for batch in batches])
    found: list[float] = (logits.amax(1) - logits[torch.arange(len(labels)), labels]).tolist()
    return found


def draw_learned(draw, n: int) -> tuple[Numbers, list[Batch]]:
    """Draw weights and two batches: one already learned, with a gradient of nearly zero, and one not learned."""
    for _ in range(300):
        numbers, batches = draw_weights(draw), [draw_batch(draw, n) for _ in range(2)]
        net = Net(doubled(numbers))
        orders = [net.logits(batch).sort(1, descending=True) for batch in batches]
        lead = float((orders[0].values[:, 0] - orders[0].values[:, 1]).min())
        if lead > 0.3:
            for place, (batch, order) in enumerate(zip(batches, orders, strict=True)):
                batch["labels"] = order.indices[:, place]  # the most likely class, and the second one
            return steeper(numbers, 25 / lead), batches
    raise AssertionError("no clear lead in 300 draws")


def draw_quiet(draw, sizes: Sequence[int], peak: Any) -> tuple[Numbers, list[Batch]]:
    """Draw weights and batches whose gradients stay short; ``peak(numbers, batches)`` returns the longest."""
    for _ in range(300):
        numbers, batches = draw_weights(draw), [draw_batch(draw, n) for n in sizes]
        if peak(numbers, batches) < QUIET:
            return numbers, batches
    raise AssertionError("no short gradients in 300 draws")


def in_groups(batches: Sequence[Batch], size: int) -> Iterator[Sequence[Batch]]:
    """Yield groups of consecutive batches; the last one may be smaller."""
    for start in range(0, len(batches), size):
        yield batches[start : start + size]


def demand_weights(found: Any, wanted: Numbers, what: str, hint: str) -> None:
    """Require the weights that follow from the batches."""
    expect.true(isinstance(found, dict) and len(found) == len(wanted), "the weights could not be read")
    for name in ("weight", "bias", "embeddings"):
        label = say("{name} {what}", name=name, what=translated(what))
        expect.close(found.get(name), wanted[name], label, tolerance=TOLERANCE, hint=hint)


# --- train_epoch ---


class Epoch:
    """A classifier, batches, gradient descent, and the results of the student's ``train_epoch``.

    Args:
        student: the proxy.
        sizes: examples of each batch.
        accum: batches per step; 1 is not passed, since it is the default.
        share: length of the first group's gradient divided by ``max_norm``; None for a norm of ``PLENTY``.
        factors: factors of the learning rate, one per optimizer step, and one more; None for no schedule.
        epochs: number of calls of the student's function.
        lr: learning rate; drawn if None.
        dropout: True if the model has dropout.
        training: mode of the model before the call.
        frozen: True if the embeddings are frozen.
        drawn: weights and batches to use instead of new ones.
        max_norm: set by the check instead of ``share``; ``"default"`` uses the default, 1.
        watched: True to count graphs.
        positions: True if each batch also has an entry with its positions, whose length is not B.
    """

    def __init__(
        self,
        student,
        sizes: Sequence[int],
        *,
        accum: int = 1,
        share: float | None = None,
        factors: Sequence[float] | None = None,
        epochs: int = 1,
        lr: float | None = None,
        dropout: bool = False,
        training: bool = True,
        frozen: bool = False,
        drawn: tuple[Numbers, list[Batch]] | None = None,
        max_norm: float | str = PLENTY,
        watched: bool = False,
        positions: bool = False,
    ) -> None:
        """Draw everything and call the student's function."""
        draw = student.draw
        self.lr = float(draw.uniform(0.5, 1.0)) if lr is None else lr
        self.accum, self.factors, self.epochs, self.dropout, self.frozen = accum, factors, epochs, dropout, frozen
        self.max_norm: float = PLENTY
        quiet = share is None and self.lr > 0
        self.start, self.batches = drawn or draw_quiet(draw, sizes, self.peak if quiet else lambda *_: 0.0)
        if positions:
            self.batches = with_positions(self.batches)
        first = Net(doubled(self.start), dropout, frozen).gradient(self.batches[:accum])
        self.norm = norm(first)
        self.max_norm = 1.0 if isinstance(max_norm, str) else max_norm if share is None else self.norm / share
        options: dict[str, Any] = {} if isinstance(max_norm, str) else {"max_norm": self.max_norm}
        given = student.fixtures.training
        model = given.classifier(
            self.start["embeddings"],
            self.start["weight"],
            self.start["bias"],
            dropout=dropout,
            frozen=frozen,
            watched=watched,
            training=training,
        )
        self.found = given.train(
            student.value(None, "train_epoch"),
            model,
            self.batches,
            self.lr,
            None if factors is None else list(factors),
            options if accum == 1 else {**options, "accum": accum},
            epochs,
        )

    def truth(self) -> Numbers:
        """Return the expected weights after training."""
        return self._train(self.start, self.batches)[0]

    def peak(self, numbers: Numbers, batches: Sequence[Batch]) -> float:
        """Return the norm of the longest gradient during training."""
        return self._train(numbers, batches)[1]

    def _train(self, numbers: Numbers, batches: Sequence[Batch]) -> tuple[Numbers, float]:
        net, steps, peak = Net(doubled(numbers), self.dropout, self.frozen), itertools.count(), 0.0
        for _ in range(self.epochs):
            for group in in_groups(batches, self.accum):
                step = next(steps)
                factor = 1.0 if self.factors is None else self.factors[min(step, len(self.factors) - 1)]
                gradient = net.gradient(group)
                peak = max(peak, norm(gradient))
                net.step(gradient, self.lr * factor, self.max_norm)
        return net.numbers, peak

    def demand(self, what: str, hint: str) -> None:
        """Require the right weights."""
        demand_weights(self.found.weights(), self.truth(), what, hint)


class CheckTrainEpoch:
    """One epoch, in order"""

    function = "train_epoch"

    @check(points=3, visible=True, preloads=("training",))
    def check_weights_plain(self, student):
        """each batch gives one optimizer step from its own gradient"""
        for sizes, frozen in (((4, 4, 4), False), ((3, 5, 2, 4), True)):
            epoch = Epoch(student, sizes, frozen=frozen)
            epoch.demand(
                say("after {count} steps of gradient descent", count=len(sizes)),
                (
                    "when the optimizer steps, .grad should hold the full gradient of this batch and "
                    "nothing else: which of your calls change .grad before that?"
                ),
            )

    @check(points=2, preloads=("training",))
    def check_clipping(self, student):
        """a gradient with a global norm above max_norm is clipped before the step"""
        hint = "clip between backward and the step, with one norm over all gradients and one scaling factor"
        epochs = (
            (
                Epoch(student, (4,), drawn=self.long(student), max_norm="default"),
                mark("after one step with a gradient norm above the default max_norm of 1"),
            ),
            (  # each parameter group alone is also too long
                Epoch(student, (4,), share=8.0),
                mark("after one step with a gradient norm that is eight times max_norm"),
            ),
            (
                Epoch(student, (4,), drawn=self.long(student)),
                mark("after one step with a gradient norm above 1 and far below max_norm"),
            ),
        )
        found = [epoch.found.weights() for epoch, _ in epochs]
        for (epoch, what), weights in zip(epochs, found, strict=True):
            demand_weights(weights, epoch.truth(), what, hint)
        Epoch(student, (5,), share=float(student.draw.uniform(2, 4)), frozen=True).demand(
            mark("after one step with a clipped gradient and frozen embeddings"), hint
        )
        # the square of its norm is below max_norm, as is every single number
        short = draw_quiet(student.draw, (3,), lambda numbers, batches: norm(Net(doubled(numbers)).gradient(batches)))
        Epoch(student, (3,), share=1.1, drawn=short).demand(
            mark("after one step with a gradient norm slightly above max_norm"), hint
        )
        Epoch(student, (3,), share=0.5).demand(
            mark("after one step with a gradient norm that is half of max_norm"),
            "clipping must never increase the norm of a gradient",
        )
        Epoch(student, (3, 3), accum=2, share=5.0).demand(
            mark("after one step from two batches with a clipped gradient"),
            "clip the gradient of the whole group once, before the step",
        )

    @staticmethod
    def long(student) -> tuple[Numbers, list[Batch]]:
        """Draw weights and a batch whose gradient is longer than 1.3, since every label is the least likely one."""
        for _ in range(200):
            numbers, batch = draw_weights(student.draw), draw_batch(student.draw, 4)
            batch["labels"] = Net(doubled(numbers)).logits(batch).argmin(1)
            if norm(Net(doubled(numbers)).gradient([batch])) > 1.3:
                return numbers, [batch]
        raise AssertionError("no long gradient in 200 draws")

    @check(points=2, visible=True, preloads=("training",))
    def check_accumulation(self, student):
        """with accum=2, four batches of 4 give the same two steps as two batches of 8"""
        epochs = []
        for size, count, accum in ((4, 4, 2), (5, 6, 3)):  # batches of 5 have fewer or more examples than positions
            epoch = Epoch(student, (size,) * count, accum=accum)
            what = say("after {count} batches of {size}, accum={accum}", count=count, size=size, accum=accum)
            epochs.append((epoch, what, epoch.found.weights()))
        for epoch, what, weights in epochs:
            demand_weights(
                weights,
                epoch.truth(),
                what,
                "backward adds to .grad, and the sum of two means is twice the overall mean. When do you clear .grad?",
            )

    @check(points=1, preloads=("training",))
    def check_leftover(self, student):
        """leftover batches get a last step with the mean gradient of their examples"""
        Epoch(student, (4, 4, 4, 4, 4), accum=2, epochs=2).demand(
            mark("after two epochs of five batches, accum=2: six steps"),
            "the fifth batch is a group of its own: how many batches contribute to its gradient?",
        )
        for sizes in ((4, 4, 4, 4, 2), (3, 3, 3, 3, 3, 3, 1)):
            Epoch(student, sizes, accum=3, positions=len(sizes) == 5).demand(
                say("after batches of {sizes}, accum=3", sizes=", ".join(map(str, sizes))),
                "every example in a group must count equally, so a small batch counts for less than a full one",
            )
        Epoch(student, (3, 1), accum=5).demand(
            mark("after two batches with accum=5: one step"),
            "batches left over at the end form a group, even if it is the only one",
        )
        Epoch(student, (3, 3, 3), accum=2, share=4.0).demand(
            mark("after three batches with accum=2 and clipped gradients"),
            "the last group needs an optimizer step like the others, including clipping",
        )

    @check(points=1, preloads=("training",))
    def check_scheduler(self, student):
        """the schedule advances once after every optimizer step"""
        for sizes, accum, epochs in (((3, 3, 3), 1, 2), ((3, 3, 3, 3), 2, 2)):
            # a warmup: every step has a different rate, and the first one 0
            factors = [0.0, *(float(student.draw.uniform(0.3, 1.0)) * (1 + i) / 2 for i in range(8))]
            Epoch(student, sizes, accum=accum, epochs=epochs, factors=factors).demand(
                say(
                    "after {epochs} epochs of {count} batches with a schedule, accum={accum}",
                    epochs=epochs,
                    count=len(sizes),
                    accum=accum,
                ),
                "write down which learning rate each optimizer step should use: the schedule's first rate "
                "belongs to the first step",
            )
        # The rate of the second step shows whether the first one is left out.
        factors = [float(student.draw.uniform(0.8, 1.0)), float(student.draw.uniform(0.2, 0.5)), 0.1]
        Epoch(student, (3, 3), drawn=draw_learned(student.draw, 3), factors=factors, lr=0.1).demand(
            mark("after two batches with a schedule, where the gradient of the first batch is nearly zero"),
            "there is one optimizer step per group, and the schedule advances after each: for which groups does your "
            "code leave out the step?",
        )
        last = Epoch(student, (2, 2, 2), accum=2, factors=[0.5, 0.25, 0.125, 1.0], lr=0.0)
        with student.untraced():
            steps, moves = last.found.counts()
        if steps == 2:
            expect.equal(
                moves,
                2,
                "steps of the schedule in an epoch of two optimizer steps",
                hint="the last, smaller group needs an optimizer step like the others",
                fact=True,
            )

    @check(points=2, preloads=("training",))
    def check_metrics(self, student):
        """one pass over the loader gives the mean loss per example and the accuracy"""
        epochs = []
        for sizes, accum, lr in (((6, 6, 2), 1, 0.0), ((5, 5, 5, 1), 2, 0.0), ((5, 4), 2, 0.9), ((7,), 1, 0.8)):
            drawn = draw_clear(student.draw, sizes, classes=2 if sizes == (7,) else CLASSES)
            if len(sizes) == 4:  # the largest loss of an example is 40
                drawn = steeper(drawn[0], 40 / max(shortfalls(*drawn))), drawn[1]
            epoch = Epoch(student, sizes, accum=accum, lr=lr, drawn=drawn, positions=len(sizes) == 4)
            epochs.append((epoch, drawn, sizes, epoch.found.part(0), epoch.found.part(1)))
        with student.untraced():
            now = epoch.found.weights()  # of the last epoch, which has a nonzero rate
        moved = isinstance(now, dict) and not all(
            torch.equal(now[name], start) for name, start in epoch.start.items() if isinstance(now.get(name), Tensor)
        )
        student.note("training moves the weights", moved)
        for epoch, drawn, sizes, got_loss, got_accuracy in epochs:
            self.demand_metrics(drawn, sizes, got_loss, got_accuracy)
            self.demand_plain(student, epoch)
        expect.true(
            moved,
            "the returned numbers come from an epoch in which no weight has changed",
            hint="train_epoch must train: which line of your code updates the weights?",
        )
        self.demand_one_pass(student, [(epoch, sizes) for epoch, _, sizes, *_ in epochs])
        self.demand_graphs_released(student)
        self.demand_graphs_released_in_a_group(student)

    @staticmethod
    def demand_metrics(
        drawn: tuple[Numbers, list[Batch]], sizes: tuple[int, ...], got_loss: object, got_accuracy: object
    ) -> None:
        """Require the mean loss over the examples, and the share of right predictions as the accuracy."""
        net, n = Net(doubled(drawn[0])), sum(sizes)
        loss = sum(net.loss(batch) * len(batch["labels"]) for batch in drawn[1]) / n
        right = sum(
            guess == label
            for batch in drawn[1]
            for guess, label in zip(net.guesses(batch), batch["labels"].tolist(), strict=True)
        )
        what = (
            say("from batches of {sizes}", sizes=", ".join(map(str, sizes)))
            if len(sizes) > 1
            else say("from one batch, one step")
        )
        expect.close(
            got_loss,
            loss,
            say("mean loss {what}", what=what),
            tolerance=PRECISE,
            hint=(
                "the loss of each batch is a mean, and a batch of 2 examples must not count as much as "
                "a batch of 6. Report the full loss, not the loss that you scaled for backward"
            ),
        )
        expect.close(
            got_accuracy,
            right / n,
            say("accuracy {what}", what=what),
            tolerance=1e-6,
            hint="count the correct predictions and all predictions, and divide once at the end",
        )

    @staticmethod
    def demand_one_pass(student, epochs: Sequence[tuple[Epoch, tuple[int, ...]]]) -> None:
        """Require that the loader yields every batch once, and that the model processes every example once."""
        with student.untraced():
            traffic = [epoch.found.traffic() for epoch, _ in epochs]
        student.note("examples that went through the model", [int(taken) for taken, _ in traffic])
        student.note("batches that the loader handed out", [int(handed) for _, handed in traffic])
        for (_, sizes), (taken, handed) in zip(epochs, traffic, strict=True):
            expect.true(
                handed <= len(sizes),
                say(
                    "in one epoch, the loader yielded {actual} batches instead of {count}",
                    actual=handed,
                    count=len(sizes),
                ),
                hint=(
                    "the docstring promises that the loader is iterated over once: which lines of your "
                    "code iterate over it?"
                ),
                reveal=True,
            )
            expect.true(
                taken <= sum(sizes),
                say(
                    "in one epoch, {actual} examples went through the model instead of {count}",
                    actual=taken,
                    count=sum(sizes),
                ),
                hint=(
                    "loss and accuracy must come from the forward passes used for training: does your code run any "
                    "others?"
                ),
                reveal=True,
            )

    @staticmethod
    def demand_graphs_released(student) -> None:
        """Require that hardly any earlier graph is still in memory during the last of many batches."""
        watched = Epoch(student, (3, 3, 3, 3, 3, 3, 3, 2), lr=0.0, watched=True)
        with student.untraced():
            graphs = int(watched.found.graphs()[-1])
        student.note("graphs of earlier batches are held", graphs > 3)
        expect.true(
            graphs <= 3,
            say("during the last batch, the graphs of {count} earlier batches were still in memory", count=graphs),
            hint=(
                "a sum of loss tensors keeps all their graphs in memory: does a loss that is only reported "
                "need a graph?"
            ),
            reveal=True,
        )

    @staticmethod
    def demand_graphs_released_in_a_group(student) -> None:
        """Require that earlier graphs are released if all batches form one group."""
        watched = Epoch(student, (3, 3, 3, 3, 3, 3, 3, 2), accum=8, lr=0.0, watched=True)
        with student.untraced():
            graphs, backwards = [int(count) for count in watched.found.graphs()], int(watched.found.backwards())
        held = graphs[-1] > 3  # up to 3 are accepted
        student.note("graphs that each batch of a group found in memory", [max(3, count) for count in graphs])
        student.note("backward passes before the last batch of a group", backwards if held else "no matter")
        expect.true(
            not held,
            say(
                "during the last batch of a group, the graphs of {count} earlier batches were still in memory",
                count=graphs[-1],
            ),
            hint=(
                "each batch of a group adds its part to .grad: after that, what do you still need the "
                "graph of the batch for?"
            ),
            reveal=True,
        )

    @staticmethod
    def demand_plain(student, epoch: Epoch) -> None:
        """Require that neither number is attached to a graph; tensors get a remark."""
        with student.untraced():
            tensors = [bool(epoch.found.is_tensor(place)) for place in (0, 1)]
            attached = bool(epoch.found.attached(0))
        expect.true(
            not attached,
            "the returned loss is still attached to its graph",
            hint="as long as the loss is attached, its whole graph stays in memory",
            reveal=True,
            fact=True,
        )
        if any(tensors):
            expect.remark("train_epoch returned tensors; the docstring asks for plain numbers")

    @check(points=1, preloads=("training",))
    def check_train_mode(self, student):
        """dropout is on during training, even if the model is passed in evaluation mode"""
        for n, training in ((3, True), (5, False), (4, False)):
            epoch = Epoch(student, (n,), dropout=True, training=training)
            epoch.demand(
                mark("after one step with dropout")
                if training
                else mark("after one step with dropout, with a model passed in evaluation mode"),
                "the last evaluation may have left the model in evaluation mode: does your code set the mode "
                "that training needs?",
            )


# --- evaluate ---


class Evaluated:
    """A classifier, batches, and the result of the student's ``evaluate``."""

    def __init__(
        self,
        student,
        sizes: Sequence[int],
        *,
        dropout: bool = False,
        training: bool = True,
        gradient: float | None = None,
        frozen: bool = False,
        recording: bool = True,
        gaps: bool = False,
        classes: int = CLASSES,
        positions: bool = False,
        largest: float | None = None,
    ) -> None:
        """Draw everything and call the student's function, with autograd on or off.

        With ``largest``, the largest loss of an example is (nearly) that large.
        """
        self.student, self.sizes, self.recording = student, sizes, recording
        self.numbers, self.batches = draw_clear(student.draw, sizes, gaps=gaps, classes=classes)
        if largest is not None:
            self.numbers = steeper(self.numbers, largest / max(shortfalls(self.numbers, self.batches)))
        if positions:
            self.batches = with_positions(self.batches)
        self.gradient = gradient
        self.model = student.fixtures.training.classifier(
            self.numbers["embeddings"],
            self.numbers["weight"],
            self.numbers["bias"],
            dropout=dropout,
            training=training,
            frozen=frozen,
        )
        self.found = self.again()
        net = Net(doubled(self.numbers))
        self.labels = [label for batch in self.batches for label in batch["labels"].tolist()]
        self.guesses = [guess for batch in self.batches for guess in net.guesses(batch)]
        n = len(self.labels)
        self.loss = sum(net.loss(batch) * len(batch["labels"]) for batch in self.batches) / n
        self.accuracy = sum(map(int.__eq__, self.guesses, self.labels)) / n
        self.what = say("from batches of {sizes}", sizes=", ".join(map(str, sizes)))

    def again(self) -> Any:
        """Call the function again on the same model and the same batches."""
        evaluate = self.student.value(None, "evaluate")
        return self.student.fixtures.training.evaluated(
            evaluate, self.model, self.batches, self.gradient, self.recording
        )


def draw_other(draw, measured: Evaluated) -> tuple[Numbers, Net]:
    """Draw other weights for the same batches, with another loss and other predictions."""
    for _ in range(200):
        numbers = draw_weights(draw)
        net = Net(doubled(numbers))
        guesses = [guess for batch in measured.batches for guess in net.guesses(batch)]
        loss = sum(net.loss(batch) for batch in measured.batches) / len(measured.batches)
        if clear_cut(numbers, measured.batches) and guesses != measured.guesses and abs(loss - measured.loss) > 0.02:
            return numbers, net
    raise AssertionError("no weights with other results in 200 draws")


TRACES = {
    "graph": mark("evaluate has a side effect: a forward pass builds an autograd graph"),
    "frozen": mark("evaluate has a side effect: parameters no longer require grad"),
    "thawed": mark("evaluate has a side effect: frozen parameters now require grad"),
    "recording off": mark("evaluate has a side effect: gradients stay disabled afterwards"),
    "recording on": mark("evaluate has a side effect: called inside torch.no_grad(), it leaves gradients enabled"),
    "attached": mark("evaluate returns a loss that is still attached to its graph"),
    "batches": mark("evaluate has a side effect: the batches of the loader are modified"),
}
"""Side effect of an evaluation -> its message; checked in this order."""


class CheckEvaluate:
    """Measure and leave no trace"""

    function = "evaluate"

    @check(points=2, visible=True)
    def check_values(self, student):
        """predictions and labels are returned in loader order, with the accuracy"""
        results = []
        # sorting the last four by size, in either direction, permutes three of them in a cycle
        for sizes in ((4, 4, 3), (5, 2), (4, 1, 2, 7), (6, 3)):
            measured = Evaluated(student, sizes, gaps=sizes != (6, 3), classes=2 if sizes == (6, 3) else CLASSES)
            read = {key: measured.found.list_of(key) for key in ("predictions", "labels")}
            results.append((measured, read, measured.found.number("accuracy")))
        for measured, read, accuracy in results:
            for key, want in (("predictions", measured.guesses), ("labels", measured.labels)):
                expect.equal(
                    read[key],
                    want,
                    say("{name} {what}", name=key, what=measured.what),
                    hint=(
                        "return one flat list over all batches, in order; a prediction is the class with the "
                        "largest logit"
                    ),
                )
                with student.untraced():
                    plain = bool(measured.found.is_list(key))
                if not plain:
                    expect.remark(say("evaluate returned {key} as something other than a plain list of ints", key=key))
            expect.close(
                accuracy,
                measured.accuracy,
                say("accuracy {what}", what=measured.what),
                tolerance=1e-6,
                hint="the accuracy is the share of all examples whose prediction equals the label, between 0 and 1",
            )

    @check(points=1)
    def check_loss_weighted(self, student):
        """the loss is the mean over all examples, whatever the batch sizes"""
        for sizes in ((6, 6, 2), (1, 7), (4, 4)):
            largest = 40.0 if sizes == (4, 4) else None  # a label with such a loss has a probability of 4e-18
            measured = Evaluated(student, sizes, positions=sizes == (6, 6, 2), largest=largest)
            expect.close(
                measured.found.number("loss"),
                measured.loss,
                say("loss {what}", what=measured.what),
                tolerance=TOLERANCE,
                hint="the loss of each batch is a mean: over how many examples?",
            )

    @check(points=1, visible=True)
    def check_deterministic(self, student):
        """dropout is off during evaluation, and a second call gives the same results"""
        results = []
        for sizes, training in (((5, 5), True), ((3, 3, 3), False)):  # equal sizes: another check tests weighting
            measured = Evaluated(student, sizes, dropout=True, training=training)
            for found, what in (
                (measured.found, mark("first call, with model.training={training} initially")),
                (measured.again(), mark("second call, with model.training={training} initially")),
            ):
                read = found.number("loss"), found.list_of("predictions")
                results.append((measured, say(what, training=training), *read))
        for measured, what, loss, predictions in results:
            hint = "in training mode, dropout removes features; an evaluation needs all of them"
            expect.close(
                loss,
                measured.loss,
                say("loss of a model with dropout, {what}", what=what),
                tolerance=TOLERANCE,
                hint=hint,
            )
            expect.equal(
                predictions,
                measured.guesses,
                say("predictions of a model with dropout, {what}", what=what),
                hint=hint,
            )
        self.demand_new_results(student)

    @staticmethod
    def demand_new_results(student) -> None:
        """Require other results for the same model and loader after the weights have changed."""
        measured = Evaluated(student, (4, 4))
        numbers, net = draw_other(student.draw, measured)
        found = measured.found.later(student.value(None, "evaluate"), numbers)
        loss, predictions = found.number("loss"), found.list_of("predictions")
        what = say("after more training, of the same model on the same loader")
        hint = "the weights have changed since the last call: where does this result come from?"
        want = sum(net.loss(batch) for batch in measured.batches) / len(measured.batches)  # the sizes are equal
        expect.close(loss, want, say("loss {what}", what=what), tolerance=TOLERANCE, hint=hint)
        guesses = [guess for batch in measured.batches for guess in net.guesses(batch)]
        expect.equal(predictions, guesses, say("predictions {what}", what=what), hint=hint)

    @check(points=1, after=("values",))
    def check_no_grad(self, student):
        """no autograd graph is built, and gradients and weights do not change"""
        for sizes, frozen, recording in (((3, 2), False, True), ((4,), True, True), ((2,), False, False)):
            measured = Evaluated(
                student, sizes, gradient=float(student.draw.uniform(1, 3)), frozen=frozen, recording=recording
            )
            traces = measured.found.traces()
            for trace, sentence in TRACES.items():
                expect.true(
                    traces[trace] is False,
                    sentence,
                    hint=(
                        "leave autograd as it was before the call, on or off: what does your code set it to?"
                        if trace == "recording on"
                        else "a loader may be a list of batches, which the caller uses again: what do you change in "
                        "a batch?"
                        if trace == "batches"
                        else "an evaluation needs no gradients, but the training that follows does: what does your "
                        "code leave disabled or changed?"
                    ),
                    reveal=True,
                )
            had = measured.gradient or 0.0
            left = {name: torch.full_like(numbers, had) for name, numbers in measured.numbers.items()}
            demand_weights(
                measured.found.gradients(),
                left,
                mark("(its gradient)"),
                "evaluation must not change the contents of .grad",
            )
            demand_weights(
                measured.found.weights(),
                doubled(measured.numbers),
                mark("itself"),
                "evaluation must not change the weights",
            )

    @check(points=1, after=("values",))
    def check_mode_restored(self, student):
        """after the call, the model is in the same mode as before, training or evaluation"""
        found = {
            training: Evaluated(student, (3, 2), dropout=True, training=training).found.training()
            for training in (True, False)
        }
        for training, modes in found.items():
            expect.true(
                bool(modes) and all(mode is training for mode in modes),
                say(
                    "a model with training={before} before the call has training={after} after it",
                    before=training,
                    after=bool(modes and modes[0]) if modes and len(set(modes)) == 1 else say("mixed"),
                ),
                hint=(
                    "the caller may be in the middle of an epoch or serving predictions: restore the mode that "
                    "you found"
                ),
                reveal=True,
            )


# --- EarlyStopper ---


def worse_after(draw, best: float, n: int, *, sign: float = 1.0) -> list[float]:
    """Draw n values, each worse than the previous one, and the first one worse than the best."""
    return [best + sign * gap for gap in sorted(float(draw.uniform(0.02, 0.5)) for _ in range(n))]


@dataclass(frozen=True)
class Case:
    """Values for a stopper, and its expected results."""

    values: list[float]
    after: int
    """Number of values after which it says stop; 0 for never."""
    what: str
    options: dict[str, Any]
    best: float | None = None
    best_step: int | None = None
    """``best`` and ``best_step`` are not compared if None."""


class CheckEarlyStopper:
    """When patience runs out"""

    function = "EarlyStopper"

    @staticmethod
    def stop(student, values: list[float], **options: Any) -> Any:
        """Feed values to a new stopper of the student."""
        return student.fixtures.training.stops(student.value(None, "EarlyStopper"), values, options)

    def waits(self, student, patience: int, least: int = 2) -> int:
        """Return the number of values without an improvement for which the student's stopper waits with this patience.

        Only the first check tests how long patience lasts. The others use values that suit
        a stopper that waits for any other number; if that is less than ``least``, the documented one.
        """
        found = self.stop(student, [1.0 + 0.1 * i for i in range(patience + 4)], patience=patience).after() - 1
        return int(found) if least <= found <= patience + 2 else patience

    def demand(self, student, cases: Sequence[Case], *, hint: str) -> None:
        """Run all cases first, then compare them one by one."""
        results = []
        for case in cases:
            found = self.stop(student, case.values, **case.options)
            read: dict[str, Any] = {"after": found.after()}
            if case.best is not None:
                read["best"] = found.best()
            if case.best_step is not None:
                with student.untraced():  # it may be anything before the first improvement
                    read["best_step"], improved = found.best_step(), found.has_improved()
                student.note("best_step", read["best_step"] if improved else "none yet")
            results.append(read)
        for case, read in zip(cases, results, strict=True):
            options = translated(case.what)
            what = say("number of values until the stopper says stop (0: never), {what}", what=options)
            expect.equal(read["after"], case.after, what, hint=hint, reveal=True)
            if case.best is not None:
                expect.close(
                    read["best"],
                    case.best,
                    say("best, {what}", what=options),
                    hint=(
                        "store the best value so far in `self.best`, exactly as it was passed in, and compare "
                        "later values with it"
                    ),
                    reveal=True,
                )
            if case.best_step is not None:
                expect.equal(
                    read["best_step"],
                    case.best_step,
                    say("best_step, {what}", what=options),
                    hint="best_step is the number of the step() call that received the best value, counted from 0",
                    reveal=True,
                )

    @check(points=2, visible=True)
    def check_patience(self, student):
        """training stops after exactly `patience` values in a row without an improvement"""
        draw = student.draw
        hint = "with patience=2, continue after the first value without an improvement and stop at the second"
        cases = []
        for patience in (1, 2, 3, draw.integer(4, 7)):
            falling = [3.0 - 0.3 * i - float(draw.uniform(0, 0.1)) for i in range(draw.integer(2, 5))]
            values = falling + worse_after(draw, falling[-1], patience + 3)
            n = len(falling) + patience
            cases.append(Case(values, n, f"patience={patience}", {"patience": patience}))
        falling = [2.0 - 0.1 * i for i in range(9)]
        cases.append(Case(falling, 0, mark("with every value better than the previous one"), {"patience": 1}))
        values = [1.0, *worse_after(draw, 1.0, 5)]
        cases.append(Case(values, 3, mark("with the default patience of 2"), {}))
        self.demand(student, cases, hint=hint)

    @check(points=1)
    def check_reset(self, student):
        """an improvement resets the count of values without an improvement"""
        draw = student.draw
        hint = "only consecutive values count: what happens to your count at the next improvement?"
        cases = []
        for patience in (3, 4, 5):
            waits = self.waits(student, patience)
            values, best = [2.0], 2.0
            for _ in range(draw.integer(2, 4)):
                values += worse_after(draw, best, waits - 1)
                best -= float(draw.uniform(0.05, 0.2))
                values.append(best)
            n = len(values) + waits
            values += worse_after(draw, best, waits + 2)
            what = say("patience={patience}, with improvements in between", patience=patience)
            cases.append(Case(values, n, what, {"patience": patience}))
        self.demand(student, cases, hint=hint)

    @check(points=1)
    def check_vs_best(self, student):
        """values are compared with the best so far, not with the previous one"""
        draw = student.draw
        hint = (
            "during the recovery, each value is better than the previous value, but none is better than the best "
            "so far: which of the two do you compare with?"
        )
        cases = []
        for patience in (3, 4, 5):
            falling = [2.0, *worse_after(draw, 2.0, 1)]
            falling += [1.75 - 0.25 * i - float(draw.uniform(0, 0.1)) for i in range(draw.integer(2, 5))]
            best, n = falling[-1], len(falling)
            recovering = [best + 0.9 - 0.1 * i - float(draw.uniform(0, 0.05)) for i in range(8)]  # never below the best
            what = say("patience={patience}, a jump up and a slow recovery", patience=patience)
            n_waited = self.waits(student, patience)
            cases.append(Case(falling + recovering, n + n_waited, what, {"patience": patience}, best, n - 1))
        self.demand(student, cases, hint=hint)
        self.demand_first(student, "min")
        self.demand_zero(student, "min")

    def demand_first(self, student, mode: str) -> None:
        """Require that the first value is an improvement, however bad it is."""
        cases = []
        for patience in (3, 4, 5):
            waits = self.waits(student, patience)
            first = (1.0 if mode == "min" else -1.0) * 1e30 * float(student.draw.uniform(1, 2))
            values = [first, *(first * (1 + 0.1 * i) for i in range(1, waits + 4))]
            what = say(
                'mode="{mode}", patience={patience}, with a first value of {first:.0e}',
                mode=mode,
                patience=patience,
                first=first,
            )
            cases.append(Case(values, 1 + waits, what, {"patience": patience, "mode": mode}))
        self.demand(
            student,
            cases,
            hint="the first value is an improvement, whatever it is: what does your code compare it with?",
        )

    def demand_zero(self, student, mode: str) -> None:
        """Require that a best value of 0 is treated like any other."""
        cases = []
        for patience, before in ((3, [0.5]), (4, []), (5, [0.6, 0.4])):
            sign = 1.0 if mode == "min" else -1.0
            waits = self.waits(student, patience)
            worse = worse_after(student.draw, sign * max(before, default=0.0), waits + 2, sign=sign)  # worse than any
            values = [*(sign * value for value in before), 0.0, *worse]
            what = say('mode="{mode}", patience={patience}, with a best value of 0', mode=mode, patience=patience)
            n = len(before) + 1
            best_step = n - 1 if mode == "min" else None  # only one of the two checks tests this
            cases.append(Case(values, n + waits, what, {"patience": patience, "mode": mode}, 0.0, best_step))
        self.demand(
            student,
            cases,
            hint="0 is a number like any other: how does your code decide whether there is a best value yet?",
        )

    @check(points=1, visible=True)
    def check_max_mode(self, student):
        """with mode="max", larger values are better; an unknown mode is rejected"""
        draw = student.draw
        hint = "an accuracy improves when it rises: does your code use the argument mode?"
        cases = []
        for patience in (3, 4, 5):
            waits = self.waits(student, patience, least=1)
            rising = [0.2 + 0.1 * i + float(draw.uniform(0, 0.05)) for i in range(draw.integer(3, 6))]
            values = rising + worse_after(draw, rising[-1], waits + 2, sign=-1.0)
            what = f'mode="max", patience={patience}'
            options = {"patience": patience, "mode": "max"}
            cases.append(Case(values, len(rising) + waits, what, options, rising[-1]))
        percent = [float(60 + 5 * i + draw.integer(0, 5)) for i in range(3)]
        what = say('mode="{mode}", with percentages', mode="max")
        waits = self.waits(student, 3, least=1)
        values = [*percent, *worse_after(draw, percent[-1], waits + 2, sign=-1.0)]
        cases.append(Case(values, 3 + waits, what, {"patience": 3, "mode": "max"}, percent[-1]))
        self.demand(student, cases, hint=hint)
        self.demand_first(student, "max")
        self.demand_zero(student, "max")
        for mode in ("maximum", "loss", "m"):
            expect.raises(
                functools.partial(self.stop, student, [1.0], mode=mode),
                f"mode={mode!r}",
                unpromised=mark("for an unknown mode, EarlyStopper raises {type} instead of ValueError"),
                hint="if you treat a misspelt mode as one of the two, training stops at the wrong time",
            )

    @check(points=1)
    def check_min_delta(self, student):
        """an improvement must beat the best value by more than min_delta"""
        draw = student.draw
        hint = (
            "the attribute best changes only after a gain of more than min_delta: by how much is the value better "
            "than the BEST so far?"
        )
        cases = []
        waits = self.waits(student, 3, least=1)
        for mode, sign in (("min", 1.0), ("max", -1.0)):
            delta = float(draw.uniform(0.2, 0.3))
            plain = {"patience": 3, "mode": mode}
            options = {**plain, "min_delta": delta}
            small = [sign * (3.0 - 0.4 * delta * i) for i in range(3)]  # 0, 0.4 and 0.8 deltas better: no improvement
            small += [small[-1]] * (waits + 1)
            what = say('mode="{mode}", improvements smaller than min_delta', mode=mode)
            cases.append(Case(small, 1 + waits, what, options))
            rounds = 2 * waits + 1  # two improvements of 1.2 deltas, each just before patience ends
            creeping = [sign * (3.0 - 1.2 / waits * delta * i) for i in range(rounds)]
            creeping += [creeping[-1]] * (waits + 1)
            what = say('mode="{mode}", small improvements that add up', mode=mode)
            cases.append(Case(creeping, rounds + waits, what, options))
            if waits > 1:
                pairs = [sign * (2.0 - 0.6 * delta * i) for i in range(5)]  # every second value is 1.2 deltas better
                what = say('mode="{mode}", every second value better by more than min_delta', mode=mode)
                cases.append(Case(pairs + [pairs[-1]] * (waits + 1), 5 + waits, what, options))
            nearly = [sign * 0.9, *[sign * (0.9 - 0.95 * delta)] * (waits + 2)]
            what = say('mode="{mode}", an improvement of nearly min_delta', mode=mode)
            cases.append(Case(nearly, 1 + waits, what, options))
            back = [sign * 3.0, *(sign * (3.0 + 0.3 * delta * i) for i in range(1, waits + 4))]  # always worse
            what = say('mode="{mode}", slightly worse values', mode=mode)
            cases.append(Case(back, 1 + waits, what, options))
            # powers of two: these differences are exact
            exact = [sign * 1.0, *[sign * 0.75] * (waits + 2)]
            what = say('mode="{mode}", an improvement of exactly min_delta', mode=mode)
            cases.append(Case(exact, 1 + waits, what, {**plain, "min_delta": 0.25}))
            tiny = [sign * (1.0 - 1e-5 * i) for i in range(rounds)]
            what = say('mode="{mode}", tiny improvements, min_delta=0', mode=mode)
            cases.append(Case([*tiny, *[tiny[-1]] * (waits + 1)], rounds + waits, what, plain))
            same = 0.1 * sign  # rounded to float32, it is worse than itself
            with student.untraced():
                best = self.stop(student, [same], **plain).best()
            exact_best = isinstance(best, (int, float)) and best == same
            rounded = isinstance(best, (int, float)) and best == float(torch.tensor(same))
            student.note("best of 0.1", "exact" if exact_best else "rounded to float32" if rounded else "another")
            what = say('mode="{mode}", the same value again and again, min_delta=0', mode=mode)
            cases.append(Case([same] * (waits + 3), 1 + waits, what, plain))
        self.demand(student, cases, hint=hint)

    @check(points=1)
    def check_nan(self, student):
        """NaN is never an improvement and does not change best or best_step"""
        draw, nan = student.draw, float("nan")
        hint = (
            "`<`, `>` and `==` are always false with NaN: do you test whether a value is better, or whether it "
            "is not worse?"
        )
        cases = []
        waits = self.waits(student, 3)
        for mode, sign in (("min", 1.0), ("max", -1.0)):
            falling = [sign * (2.0 - 0.3 * i - float(draw.uniform(0, 0.1))) for i in range(draw.integer(2, 5))]
            options = {"patience": 3, "mode": mode}
            n = len(falling)
            values = [*falling, nan, falling[-1] + sign * 0.5, *[nan] * waits]
            what = say('mode="{mode}", with NaN among the values', mode=mode)
            cases.append(Case(values, n + waits, what, options, falling[-1], n - 1))
            first = sign * float(draw.uniform(0.3, 0.8))
            what = say('mode="{mode}", with NaN as the first values', mode=mode)
            cases.append(Case([*[nan] * (waits - 1), first, *[nan] * 5], 2 * waits, what, options, first, waits - 1))
            second = first - sign * float(draw.uniform(0.1, 0.2))
            what = say('mode="{mode}", with NaN between two improvements', mode=mode)
            cases.append(Case([first, nan, second, *[nan] * 5], 3 + waits, what, options, second, 2))
            worst = sign * float("inf")
            what = say('mode="{mode}", with infinite losses or accuracies as the last values', mode=mode)
            cases.append(Case([first, second, *[worst] * 6], 2 + waits, what, options, second, 1))
        self.demand(student, cases, hint=hint)


# --- amp_step ---


class Mixed:
    """A classifier, batches and a scaler, for calls of the student's ``amp_step``."""

    def __init__(
        self,
        student,
        n_batches: int,
        scale: float,
        *,
        share: float | None = None,
        lasting: bool = True,
        drawn: tuple[Numbers, list[Batch]] | None = None,
        max_norm: float = 1e9,
        growth_interval: int = 2000,
        dropout: bool = False,
        training: bool = True,
    ) -> None:
        """Draw everything; ``share`` is the length of the first gradient divided by ``max_norm``."""
        draw = student.draw
        self.student, self.scale = student, scale
        self.lr = float(draw.uniform(0.5, 1.0))
        self.start, self.batches = drawn or draw_quiet(draw, [6 - place % 2 for place in range(n_batches)], self.peak)
        self.net = Net(doubled(self.start), dropout and training)
        self.max_norm = max_norm if share is None else norm(self.net.gradient(self.batches[:1])) / share
        given = student.fixtures.training
        model = given.classifier(
            self.start["embeddings"], self.start["weight"], self.start["bias"], dropout=dropout, training=training
        )
        self.mixed = given.mixed(model, self.lr, scale, lasting, growth_interval)

    def peak(self, numbers: Numbers, batches: Sequence[Batch]) -> float:
        """Return the norm of the longest gradient during training, whichever step is left out."""
        lengths = []
        for left_out in range(-1, len(batches)):
            net = Net(doubled(numbers))
            for place, batch in enumerate(batches):
                if place != left_out:
                    lengths.append(norm(net.gradient([batch])))
                    net.step(net.gradient([batch]), self.lr, PLENTY)
        return max(lengths)

    def step(self, place: int, *, overflow: bool = False, default: bool = False) -> Any:
        """Take one step in the student process, and the same one here; an overflow changes no weights."""
        function = self.student.value(None, "amp_step")
        options = {} if default else {"max_norm": self.max_norm}
        found = self.mixed.step(function, self.batches[place], options, overflow=overflow)
        if not overflow:
            self.net.step(self.net.gradient([self.batches[place]]), self.lr, self.max_norm)
        return found

    def demand(self, what: str, hint: str) -> None:
        """Require the weights of the steps taken here."""
        demand_weights(self.mixed.weights(), self.net.numbers, what, hint)


class CheckAmpStep:
    """Half the bits, all of the gradient"""

    function = "amp_step"

    @check(points=1, preloads=("training",))
    def check_autocast(self, student):
        """the forward pass runs under autocast with the given device type and dtype"""
        results = []
        for dtype, options in (
            (torch.bfloat16, {"device_type": "cpu", "dtype": torch.bfloat16}),
            (torch.float16, {"device_type": "cpu", "dtype": torch.float16}),
            (torch.bfloat16, {}),
        ):
            weight, features, labels = self.rounded(student.draw)
            found = self.one_step(student, weight, features, labels, options).part(None)
            results.append((found, self.loss_in(dtype, weight, features, labels), dtype, options))
        for found, want, dtype, options in results:
            name = str(dtype).removeprefix("torch.")
            expect.close(
                found,
                want,
                say("loss of a model with weights that {dtype} rounds", dtype=name)
                if options
                else say("loss with the default dtype, {dtype}", dtype=name),
                tolerance=TOLERANCE,
                hint="which lines of your code run under autocast, and with which device and dtype?",
            )
        self.demand_device_type(student)

    def demand_device_type(self, student) -> None:
        """Require autocast for a GPU, which does not round on the CPU, where this model actually is."""
        weight, features, labels = self.rounded(student.draw)
        options = {"device_type": "cuda", "dtype": torch.float16}
        try:
            with student.untraced():
                found = self.one_step(student, weight, features, labels, options).part(None)
        except StudentRaised as error:
            if error.no_answer:
                raise
            return  # perhaps because of the missing GPU
        expect.close(
            found,
            self.loss_in(torch.float32, weight, features, labels),
            'loss with device_type="cuda" (simulated: all operations run on the CPU, so this autocast rounds nothing)',
            tolerance=TOLERANCE,
            hint="which lines of your code run under autocast, and with which device and dtype?",
            fact=True,
        )

    def rounded(self, draw) -> tuple[Tensor, Tensor, Tensor]:
        """Draw weights that bfloat16 and float16 round differently, and one-hot features, so that no sum rounds.

        Within [1, 2), bfloat16 has steps of 1/128 and float16 of 1/1024.
        """
        for _ in range(500):
            weight = 1 + draw.integers(0, 8, (CLASSES, 5)).float() / 64 + draw.uniform(-0.46, 0.46, CLASSES, 5) / 128
            features = torch.zeros(6, 5)
            features[torch.arange(6), draw.integers(0, 5, (6,))] = 2.0 ** draw.integers(3, 5, (6,)).float()
            labels = draw.integers(0, CLASSES, (6,))
            found = [
                self.loss_in(dtype, weight, features, labels)
                for dtype in (torch.bfloat16, torch.float16, torch.float32)
            ]
            if all(abs(one - other) > 5e-4 * (1 + other) for one, other in itertools.combinations(found, 2)):
                return weight, features, labels
        raise AssertionError("no weights that show how they were rounded in 500 draws")

    @staticmethod
    def loss_in(dtype: torch.dtype, weight: Tensor, features: Tensor, labels: Tensor) -> float:
        """Return the mean cross-entropy with weights rounded to a dtype, in which the logits are exact."""
        logits = features.double() @ weight.to(dtype).double().mT
        return float((logits.logsumexp(1) - logits[torch.arange(len(labels)), labels]).mean())

    @staticmethod
    def one_step(student, weight: Tensor, features: Tensor, labels: Tensor, options: dict[str, Any]) -> Any:
        """Call the student's function once on a model with one matrix product."""
        given = student.fixtures.training
        mixed = given.mixed(given.rounder(weight, options.get("device_type", "cpu")), 0.1, 8.0)
        return mixed.step(student.value(None, "amp_step"), {"features": features, "labels": labels}, options)

    @check(points=2, visible=True, preloads=("training",))
    def check_update(self, student):
        """the weights match those of plain optimizer steps, whatever the scale"""
        for scale in (2.0 ** student.draw.integer(6, 9), 2.0 ** student.draw.integer(10, 13)):
            mixed = Mixed(student, 2, scale, lasting=False)
            mixed.step(0)
            with student.untraced():
                calls = mixed.mixed.calls()
            student.note("calls", ", ".join(map(str, calls)) if isinstance(calls, list) else "none")
            mixed.step(1)
            mixed.demand(
                say("after two steps with scale {scale:g}", scale=scale),
                "the loss is scaled and the gradient unscaled, so the scale cancels out. What does .grad hold "
                "when the second step begins?",
            )

    @check(points=2, preloads=("training",))
    def check_clip_true_norm(self, student):
        """the true (unscaled) gradient is clipped, not the scaled one"""
        results = []
        long = Mixed(student, 1, 1024.0, drawn=CheckTrainEpoch.long(student), max_norm=1.0)
        long.step(0, default=True)
        what = mark("after one step with scale {scale:g} and a true gradient norm above the default max_norm of 1")
        results.append((long, long.mixed.weights(), what))
        long = Mixed(student, 1, 1024.0, drawn=CheckTrainEpoch.long(student))
        long.step(0)
        what = mark("after one step with scale {scale:g} and a true gradient norm above 1 and far below max_norm")
        results.append((long, long.mixed.weights(), what))
        for share, what in (  # all these gradients are shorter than 1
            (
                float(student.draw.uniform(2.5, 4)),
                mark("after one step with scale {scale:g} and a true gradient norm above max_norm"),
            ),
            (1.1, mark("after one step with scale {scale:g} and a true gradient norm slightly above max_norm")),
            (0.5, mark("after one step with scale {scale:g} and a true gradient norm that is half of max_norm")),
        ):
            mixed = Mixed(student, 1, 2.0 ** student.draw.integer(10, 14), share=share)
            mixed.step(0)
            results.append((mixed, mixed.mixed.weights(), what))
        for mixed, weights, what in results:
            demand_weights(
                weights,
                mixed.net.numbers,
                say(what, scale=mixed.scale),
                "max_norm applies to the true gradient: is .grad still scaled when you clip?",
            )

    @check(points=2, preloads=("training",))
    def check_scaler_protocol(self, student):
        """only the scaler steps the optimizer; scale, step and update run once each"""
        for overflow_at in (1, 0):
            scale = 2.0 ** student.draw.integer(8, 12)
            mixed = Mixed(student, 3, scale)
            for place in range(3):
                overflow = place == overflow_at
                mixed.step(place, overflow=overflow)
                calls = mixed.mixed.calls()
                counted = mixed.mixed.steps()
                what = say("after a step whose gradients overflowed") if overflow else say("after a step")
                if overflow:
                    scale /= 2
                expect.close(
                    mixed.mixed.scale(),
                    scale,
                    say("scale {what}", what=what),
                    tolerance=1e-9,
                    hint=(
                        "after every step the scaler must adapt its scale, which is halved if a gradient has overflowed"
                    ),
                    reveal=True,
                )
                mixed.demand(
                    what,
                    "infinite gradients must not change the weights: which object decides whether the optimizer steps?",
                )
                expect.equal(
                    [call for call in calls if call != "unscale_"],
                    ["scale", "step", "update"],
                    "calls to the scaler in one amp_step (not counting unscale_)",
                    hint="call each method once, in the expected order",
                    reveal=True,
                )
                expect.true(
                    len(counted) == 2 and counted[0] == counted[1],
                    "the optimizer has stepped without going through the scaler",
                    hint="which object should decide whether the optimizer steps?",
                    reveal=True,
                )

    @check(points=1, visible=True, preloads=("training",))
    def check_loss(self, student):
        """the unscaled loss from before the step is returned as a plain number"""
        # The second scale doubles during the step. (After an overflow, the scaled loss may be infinite, so
        # dividing by the old scale, which is right, would not recover the loss.)
        for scale, growth_interval in (
            (2.0 ** student.draw.integer(5, 9), 2000),
            (2.0 ** student.draw.integer(10, 15), 1),
        ):
            mixed = Mixed(student, 1, scale, growth_interval=growth_interval)
            want, batch = mixed.net.loss(mixed.batches[0]), mixed.batches[0]
            found = mixed.step(0)
            expect.close(
                found.part(None),
                want,
                say("returned loss, with scale {scale:g}", scale=scale)
                if growth_interval > 1
                else say("returned loss, with scale {scale:g}, which doubles after the step", scale=scale),
                tolerance=TOLERANCE,
                hint="the scale is only for the backward pass: return the unscaled loss",
            )
            with student.untraced():
                tensor, attached = bool(found.is_tensor(None)), bool(found.attached(None))
                after = found.batch_now()
            expect.true(
                not attached,
                "the returned loss is still attached to its graph",
                hint="as long as the loss is attached, its whole graph stays in memory",
                reveal=True,
                fact=True,
            )
            if tensor:
                expect.remark("amp_step returned a tensor; the docstring asks for a plain number")
            kept = (
                isinstance(after, dict)
                and sorted(after) == sorted(batch)
                and all(torch.equal(after[key], batch[key]) for key in batch)
            )
            expect.true(
                kept,
                "amp_step modifies the caller's batch",
                hint="the caller may use the batch again: what does your code remove from it or write into it?",
                reveal=True,
                fact=True,
            )
        self.demand_mode(student)

    def demand_mode(self, student) -> None:
        """Require that a model in training mode is trained in it and stays in it; setting the mode gets a remark."""
        hint = "the docstring leaves the mode to the caller: which line of your code changes it?"
        drawn = self.draw_dropped(student.draw)
        mixed = Mixed(student, 1, 1024.0, drawn=drawn, dropout=True)
        want = mixed.net.loss(mixed.batches[0])
        loss = mixed.step(0).part(None)
        with student.untraced():
            modes = mixed.mixed.training()
        stays = bool(modes) and all(modes)
        student.note("a model in training mode stays in it", stays)
        expect.close(
            loss, want, "returned loss of a model with dropout, in training mode", tolerance=TOLERANCE, hint=hint
        )
        expect.true(
            stays,
            "a model that was in training mode is no longer in training mode after amp_step",
            hint=hint,
            reveal=True,
        )
        evaluated = Mixed(student, 1, 1024.0, drawn=drawn, dropout=True, training=False)
        with student.untraced():
            evaluated.step(0)
            modes = evaluated.mixed.training()
        if any(modes):
            expect.remark("amp_step puts the model into training mode; the docstring leaves the mode to the caller")

    @staticmethod
    def draw_dropped(draw) -> tuple[Numbers, list[Batch]]:
        """Draw weights and a batch whose loss shows whether dropout is on."""
        for _ in range(200):
            numbers, batch = draw_weights(draw), draw_batch(draw, 5)
            if abs(Net(doubled(numbers), dropout=True).loss(batch) - Net(doubled(numbers)).loss(batch)) > 0.02:
                return numbers, [batch]
        raise AssertionError("no batch that shows dropout in 200 draws")


# --- custom_loss (bonus) ---


class Losses:
    """Logits and labels, the loss of every example in float64, and the student's loss with its gradient."""

    def __init__(
        self,
        student,
        n: int,
        n_classes: int,
        smoothing: float,
        gamma: float,
        *,
        size: float = 2.0,
        shift: float | Tensor = 0.0,
        given: bool = True,
    ) -> None:
        """Draw everything, and call the student's function; arguments of 0 are not passed unless ``given``."""
        self.logits = size * student.draw.normal(n, n_classes) + shift
        self.labels = student.draw.integers(0, n_classes, (n,))
        if size > 100:  # every second example is certain
            self.labels[::2] = self.logits[::2].argmax(1)
        options = {"smoothing": smoothing, "gamma": gamma}
        options = {name: value for name, value in options.items() if given or value}
        found = student.fixtures.training.loss_and_slope(
            student.value(None, "custom_loss"), self.logits, self.labels, options
        )
        self.loss, self.slope = (found.get(key) for key in ("loss", "slope"))
        self.what = f"smoothing={smoothing:g}, gamma={gamma:g}"
        log_p = self.logits.double().log_softmax(1)
        p, right = log_p.exp(), torch.eye(n_classes, dtype=torch.float64)[self.labels]
        targets = (1 - smoothing) * right + smoothing / n_classes
        cross = -(targets * log_p).sum(1)
        missing = 1 - (p * right).sum(1)
        factor = missing**gamma
        # d(cross) = p - t; d(missing) = -p_y (right - p)
        bent = gamma * missing ** (gamma - 1) if gamma else torch.zeros_like(missing)
        slope = factor[:, None] * (p - targets) - (cross * bent * (p * right).sum(1))[:, None] * (right - p)
        self.want, self.want_slope = float((factor * cross).mean()), slope / n

    def demand(self, hint: str, tolerance: float = 2e-5) -> None:
        """Require the right value."""
        expect.close(self.loss, self.want, say("loss, {what}", what=self.what), tolerance=tolerance, hint=hint)


class CheckCustomLoss:
    """Softer targets, and a focus on hard examples"""

    function = "custom_loss"

    @check(points=1, visible=True)
    def check_plain(self, student):
        """without smoothing or a focal factor, the loss is the mean cross-entropy"""
        for n, n_classes in ((5, 3), (4, 6), (1, 4), (150, 3)):
            Losses(student, n, n_classes, 0.0, 0.0, given=n == 5).demand(
                "take the negative log probability of each example's right class, then the mean over the examples"
            )

    @check(points=1)
    def check_smoothing(self, student):
        """smoothing gives every class a share of the target, including the right class"""
        results = [
            Losses(student, n, n_classes, float(student.draw.uniform(0.1, 0.4)), 0.0, given=n == 5)
            for n, n_classes in ((5, 3), (4, 6))
        ]
        results.append(Losses(student, 7, 2, float(student.draw.uniform(0.6, 0.9)), 0.0, given=False))
        for result in results:
            result.demand("write down the targets for one example with three classes: do they sum to 1?")

    @check(points=1)
    def check_focal(self, student):
        """each example is weighted by (1 - p)^gamma, with p for its right class"""
        results = [
            Losses(student, n, n_classes, smoothing, gamma, given=n == 5)
            for n, n_classes, smoothing, gamma in (
                (5, 3, 0.0, 2.0),
                (4, 6, 0.0, float(student.draw.uniform(0.5, 3))),
                (6, 4, 0.2, 1.0),
                (4, 5, 0.0, float(student.draw.uniform(5.5, 7))),
            )
        ]
        for result in results:
            result.demand(
                "compute one factor per example from the probability of its right class, and take the mean last"
            )

    @check(points=1)
    def check_gradient(self, student):
        """the gradient is computed from the whole formula, including the focal factor"""
        results = [
            Losses(student, n, n_classes, smoothing, gamma)
            for n, n_classes, smoothing, gamma in ((4, 3, 0.0, 2.0), (5, 4, 0.3, 1.5), (3, 6, 0.1, 0.0))
        ]
        for result in results:
            expect.close(
                result.slope,
                result.want_slope,
                say("gradient with respect to the logits, {what}", what=result.what),
                tolerance=2e-5,
                hint="the focal factor depends on the logits, too: does your code detach it from the graph?",
            )

    @check(points=1)
    def check_range(self, student):
        """large logits give finite losses and gradients; bad arguments are rejected"""
        with student.untraced():
            raised = Losses(student, 4, 3, 0.0, 0.0, shift=200.0).loss
            apart = Losses(student, 4, 3, 0.0, 0.0, shift=-150.0 * torch.arange(4)[:, None]).loss
        student.note("finite for logits of about 200", isinstance(raised, Tensor) and bool(raised.isfinite().all()))
        student.note("finite for examples far apart", isinstance(apart, Tensor) and bool(apart.isfinite().all()))
        self.note_unlikely(student)
        self.note_certain(student)
        for smoothing, gamma in ((0.0, 0.0), (0.1, 2.0), (0.2, 0.5)):
            with student.untraced():  # infinite and NaN are noted as the same fact
                result = Losses(student, 6, 3, smoothing, gamma, size=300.0)
            for which, found in (("loss", result.loss), ("gradient", result.slope)):
                finite = isinstance(found, Tensor) and bool(found.isfinite().all())
                student.note(f"{which}, {result.what}", found if finite else "not finite")
            # 1e-10 in place of a missing probability of 0 (against an infinite slope) is 1e-5 times a loss of 100
            result.demand(
                "the log of a probability rounded to 0 is minus infinity: use log_softmax",
                tolerance=1e-3,
            )
            expect.true(
                isinstance(result.slope, Tensor)
                and tuple(result.slope.shape) == (6, 3)
                and bool(result.slope.isfinite().all()),
                say("the gradient is not finite for large logits, {what}", what=result.what),
                hint="1 - p may round to 0: what is the slope of x ** 0.5 at 0?",
                reveal=True,
            )
        accepted = []
        for smoothing, gamma in ((1.0, 0.0), (1.5, 0.0), (-0.1, 0.0), (0.0, -1.0)):
            try:
                with student.untraced():
                    Losses(student, 3, 2, smoothing, gamma)
            except StudentRaised as error:
                if error.no_answer:
                    raise
                expect.remark_on_type(
                    error, mark("for an argument out of range, custom_loss raises {type} instead of ValueError")
                )
            else:
                accepted.append(f"smoothing={smoothing:g}, gamma={gamma:g}")
        student.note("accepted", "; ".join(accepted) or "nothing")
        if accepted:
            expect.true(
                False,
                say("no error was raised for {what}", what=accepted[0]),
                hint="an argument out of range should raise an error, not return a loss",
                reveal=True,
            )

    @staticmethod
    def note_unlikely(student) -> None:
        """Note the gradient of examples whose label has a probability from 1e-6 down to 1e-12.

        It shows which small constant limits a probability, and whether it is added or replaces it.
        """
        given = student.fixtures.training
        logits = torch.stack([torch.zeros(8), torch.arange(14.0, 30.0, 2.0)], dim=1)
        with student.untraced():
            found = given.loss_and_slope(
                student.value(None, "custom_loss"), logits, torch.zeros(8, dtype=torch.long), {}
            )
        slope = found.get("slope")
        finite = isinstance(slope, Tensor) and bool(slope.isfinite().all())
        student.note("gradient of unlikely labels", slope if finite else "not finite")

    @staticmethod
    def note_certain(student) -> None:
        """State what is finite where the probability of the label rounds to 1, and no probability rounds to 0."""
        given = student.fixtures.training
        logits = torch.tensor([[60.0, 0.0, 1.0]] * 2)
        for what, options in (("certain labels", {}), ("certain labels, gamma=2", {"gamma": 2.0})):
            with student.untraced():
                found = given.loss_and_slope(
                    student.value(None, "custom_loss"), logits, torch.zeros(2, dtype=torch.long), options
                )
            finite = [
                name
                for name in ("loss", "slope")
                if isinstance(found.get(name), Tensor) and bool(found[name].isfinite().all())
            ]
            student.note(f"finite for {what}", " and ".join(finite) or "nothing")


# --- Checkpoint (bonus) ---

MOMENTUM = 0.9


class Interrupted:
    """A run of some steps, a checkpoint, more steps, and another run into which the checkpoint is restored."""

    def __init__(
        self,
        student,
        before: int,
        after: int,
        *,
        scheduled: bool = False,
        double: bool = False,
        frozen: bool = False,
    ) -> None:
        """Train, take the checkpoint, continue training; ``double``: in float64, ``frozen``: with frozen embeddings."""
        draw = student.draw
        self.double, self.frozen = double, frozen
        self.given, self.lr = student.fixtures.training, float(draw.uniform(0.2, 0.4))
        self.factors = [1 + 0.5 * float(draw.uniform(-1, 1)) for _ in range(before + after + 1)] if scheduled else None
        self.starts = [draw_weights(draw), draw_weights(draw)]
        self.batches = [draw_batch(draw, 4 + place % 2) for place in range(before + after)]
        self.before, self.after = before, after
        self.first = self.run(0)
        self.first.train(self.batches[:before])
        self.checkpoint = self.first.checkpoint(student.value(None, "Checkpoint"))
        self.first.train(self.batches[before:])

    def run(self, which: int, lr: float | None = None) -> Any:
        """Start a new run, from one of the two starts, optionally with another learning rate."""
        start, lr = self.starts[which], self.lr if lr is None else lr
        return self.given.run(
            start["embeddings"], start["weight"], start["bias"], lr, MOMENTUM, self.factors, self.double, self.frozen
        )

    def truth(self, steps: int) -> Numbers:
        """Return the weights after ``steps`` steps from the first start, without an interruption."""
        net = Net(doubled(self.starts[0]), frozen=self.frozen)
        velocity = {name: torch.zeros_like(numbers) for name, numbers in net.numbers.items()}
        for step, batch in enumerate(self.batches[:steps]):
            gradient = net.gradient([batch])
            velocity = {name: MOMENTUM * velocity[name] + gradient[name] for name in gradient}
            net.step(velocity, self.lr * (self.factors[step] if self.factors else 1.0), PLENTY)
        return net.numbers

    def seen(self, steps: int) -> int:
        """Return the number of examples in ``steps`` steps."""
        return sum(len(batch["labels"]) for batch in self.batches[:steps])


class CheckCheckpoint:
    """Resume as if nothing had happened"""

    function = "Checkpoint"

    @check(points=1, visible=True, preloads=("training",))
    def check_model(self, student):
        """weights and buffers are restored, even after more training and checkpoints"""
        found = []
        for before, after in ((2, 2), (1, 3)):
            story = Interrupted(student, before, after)
            run = story.run(1)
            run.restore(story.checkpoint)
            found.append((story, run.weights(), run.seen(), before, after))
        for story, weights, seen, before, after in found:
            what = say(
                "restored from the checkpoint at step {before}, after {after} more steps", before=before, after=after
            )
            demand_weights(
                weights,
                story.truth(before),
                what,
                "does your checkpoint contain copies of the tensors or references to them?",
            )
            expect.equal(
                seen,
                story.seen(before),
                say("a counter in the model (a buffer), {what}", what=what),
                hint="a model's state contains more than its parameters: does your checkpoint contain the buffers, and "
                "in which dtype?",
            )
        self.demand_two(student)
        self.demand_exact(student)
        self.demand_frozen(student)

    @staticmethod
    def demand_exact(student) -> None:
        """Require that the weights of a model in float64 are restored exactly."""
        story = Interrupted(student, 2, 1, double=True)
        run = story.run(1)
        with student.untraced():
            run.restore(story.checkpoint)
            found = run.weights()
        truth = story.truth(2)
        readable = isinstance(found, dict) and all(
            isinstance(found.get(name), Tensor) and found[name].shape == want.shape for name, want in truth.items()
        )
        exact, rounded = (
            readable and all(float((found[name].double() - want).abs().max()) < 1e-12 for name, want in wanted.items())
            for wanted in (truth, {name: want.float().double() for name, want in truth.items()})
        )
        student.note("weights in float64", "exact" if exact else "rounded to float32" if rounded else "not exact")
        expect.true(
            exact,
            "the weights of a model in float64 are not restored exactly",
            hint="the docstring says bit for bit: in which dtype does your checkpoint keep the weights?",
        )

    @staticmethod
    def demand_frozen(student) -> None:
        """Weights that are not trained are restored, too."""
        story = Interrupted(student, 1, 1, frozen=True)
        run = story.run(1)
        run.restore(story.checkpoint)
        demand_weights(
            run.weights(),
            story.truth(1),
            mark("restored from the checkpoint of a model with frozen embeddings"),
            "a model may have other frozen weights before restoring: which weights does your checkpoint contain?",
        )

    @staticmethod
    def demand_two(student) -> None:
        """Require that two checkpoints of one run have separate contents."""
        story = Interrupted(student, 1, 2)
        later = story.first.checkpoint(student.value(None, "Checkpoint"))
        run = story.run(1)
        for checkpoint, steps, what in (
            (story.checkpoint, 1, mark("restored from the first of two checkpoints, at step {step}")),
            (later, 3, mark("restored from the second of two checkpoints, at step {step}")),
        ):
            run.restore(checkpoint)
            demand_weights(
                run.weights(),
                story.truth(steps),
                say(what, step=steps),
                "each checkpoint must keep its own copies: where does your class store them?",
            )

    @check(points=1, preloads=("training",))
    def check_optimizer(self, student):
        """the optimizer steps after restoring match those of an uninterrupted run"""
        for before, after in ((2, 3), (3, 2), (0, 3)):
            story = Interrupted(student, before, after)
            story.first.checkpoint(student.value(None, "Checkpoint"))  # a later one, which is not restored
            run = story.run(1, lr=None if before else 0.5 * story.lr)
            if before == 0:  # into a run whose optimizer already has momentum
                run.train(story.batches[:1])
            run.restore(story.checkpoint)
            run.train(story.batches[before:])
            demand_weights(
                run.weights(),
                story.truth(before + after),
                say("after {after} steps with momentum from a checkpoint at step {before}", after=after, before=before),
                "an optimizer with momentum has a state of its own: does your checkpoint contain it?",
            )

    @check(points=1, preloads=("training",))
    def check_schedule(self, student):
        """the schedule continues from its position at the checkpoint"""
        for before, after in ((2, 3), (3, 3)):
            story = Interrupted(student, before, after, scheduled=True)
            if before == 3:  # restored before, into a run that is abandoned
                story.run(1).restore(story.checkpoint)
            run = story.run(1)
            run.restore(story.checkpoint)
            run.train(story.batches[before:])
            demand_weights(
                run.weights(),
                story.truth(before + after),
                say(
                    "after {after} steps with a schedule from a checkpoint at step {before}",
                    after=after,
                    before=before,
                ),
                "which learning rate would the next step of an uninterrupted run use?",
            )

    @check(points=1, preloads=("training",))
    def check_generator(self, student):
        """the random numbers after restoring match those of an uninterrupted run"""
        results = []
        for before in (1, 2):
            seed, skipped = student.draw.seed(), student.draw.integer(3, 9)
            student.fixtures.training.seed(seed)
            student.fixtures.training.drawn(skipped)
            story = Interrupted(student, before, 1)
            student.fixtures.training.drawn(student.draw.integer(3, 9))
            story.first.checkpoint(student.value(None, "Checkpoint"))  # a later one, which is not restored
            student.fixtures.training.drawn(student.draw.integer(3, 9))
            story.run(1).restore(story.checkpoint)
            mine = torch.Generator().manual_seed(seed)
            torch.rand(skipped, generator=mine)
            results.append((student.fixtures.training.drawn(6), torch.rand(6, generator=mine)))
        for found, want in results:
            expect.close(
                found,
                want,
                "the next six random numbers after restoring",
                tolerance=1e-6,
                hint=(
                    "dropout and shuffling use torch's random number generator, which has a state, too: does your "
                    "checkpoint contain it?"
                ),
            )

    @check(points=1, preloads=("training",))
    def check_again(self, student):
        """a checkpoint can be restored a second time after further training"""
        for before, after in ((2, 3), (1, 2)):
            story = Interrupted(student, before, after)
            for _ in range(2):
                run = story.run(1)
                run.restore(story.checkpoint)
                run.train(story.batches[before:])
            third = story.run(1)
            third.restore(story.checkpoint)
            kept = third.weights()
            truth = story.truth(before)
            student.note(
                "weights of the checkpoint are as they were",
                all(
                    kept[name].shape == truth[name].shape
                    and bool((kept[name].double() - truth[name].double()).abs().max() < 1e-4)
                    for name in truth
                ),
            )
            demand_weights(
                run.weights(),
                story.truth(before + after),
                say(
                    "after restoring the checkpoint of step {before} twice, with {after} steps each time",
                    before=before,
                    after=after,
                ),
                "after you load the optimizer's state, do its tensors share memory with the checkpoint?",
            )
