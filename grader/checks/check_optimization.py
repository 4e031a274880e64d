"""Hidden checks of exercise-5: optimizers and schedules.

The models are built from plain modules with names that mislead: norms called ``ln_1``, twelve layers (``layer.1`` is
the beginning of ``layer.10``), heads called like parts of the body. What is expected of a parameter follows from where
it stands in the given model; the rest is arithmetic, done here in float64.

Results that depend on a student's free choices (how many groups, which random numbers, whether the pooler restarts) are
read in a canonical form, or taken untraced and stated as notes.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from grader import expect
from grader.check import check

# --- decay_groups ---

NORM_NAMES = {
    "LayerNorm",
    *("sa_layer_norm", "output_layer_norm", "final_layer_norm"),
    *("ln_0", "ln_1", "ln_2", "ln_f"),
    *("scale_in", "before", "after", "final_norm"),
}
"""As in ``grader.given.optimization.NORMS``."""


def kind(name: str) -> str:
    """``bias``, ``norm`` or ``matrix``, by the name that the given models use."""
    *holders, last = name.split(".")
    if last.startswith("bias"):
        return "bias"
    return "norm" if holders and holders[-1] in NORM_NAMES else "matrix"


def decays(student, model, *, weight_decay: float | None = None) -> Any:
    """Name of a parameter -> the weight decay of every group that it is in; besides, ``foreign`` and ``frozen``."""
    options = {} if weight_decay is None else {"weight_decay": weight_decay}
    return student.given.optimization.settings(student.value(None, "decay_groups"), model, ["weight_decay"], **options)


def demand_decay(read: dict[str, Any], which: str, want: float, hint: str) -> None:
    """All parameters of a kind are in some group and have this weight decay, in whatever number of groups."""
    for name, groups in read["of"].items():
        if kind(name) == which and name not in read["frozen"]:
            expect.true(groups, f"{name} is in no group", hint="every trainable parameter belongs to a group")
            for (pull,) in groups:
                expect.close(pull, want, f"weight decay of {name}", tolerance=1e-9, hint=hint, reveal=True)


def demand_once(of: dict[str, Any], frozen: Iterable[str], foreign: int) -> None:
    """Every trainable parameter in exactly one group, and nothing else."""
    for name, groups in of.items():
        if name in frozen:
            expect.true(
                not groups,
                f"{name} is frozen, and yet it is in a group",
                hint="which parameters ask for a gradient at all?",
            )
            continue
        expect.true(
            groups,
            f"{name} is in no group: it would never be trained",
            hint="go through all parameters of the model, rather than through the layers that you expect",
        )
        expect.true(
            len(groups) == 1,
            f"{name} is in {len(groups)} groups, or several times in one",
            hint="one Parameter may be registered under two names, and one rule may overlap with another",
        )
    expect.true(
        foreign == 0,
        "a group holds something that is no parameter of the model",
        hint="an optimizer changes the very objects that it is given: a copy, or a name, moves nothing in the model",
    )


class CheckDecayGroups:
    """Which parameters decay"""

    function = "decay_groups"

    @check(points=2, visible=True)
    def check_once(self, student):
        """every trainable parameter is in exactly one group: tied weights once, frozen ones not at all"""
        for options in ({}, {"tied": True}, {"frozen": True}):
            model = student.given.optimization.mixed(student.draw.seed(), **options)
            read = decays(student, model, weight_decay=0.1)
            demand_once(read["of"], read["frozen"], read["foreign"])

    @check(points=1, visible=True)
    def check_bias(self, student):
        """biases do not decay, those of an LSTM included"""
        model = student.given.optimization.mixed(student.draw.seed())
        read = decays(student, model, weight_decay=float(student.draw.uniform(0.02, 0.2)))
        demand_decay(
            read,
            "bias",
            0.0,
            "a bias only shifts; what would it gain from being pulled to 0? Mind that an LSTM calls its own bias_ih_l0",
        )

    @check(points=2)
    def check_norm(self, student):
        """the scales of LayerNorms do not decay, whatever the layers are called"""
        for family in ("bert", "distilbert", "gpt2", "other"):
            model = student.given.optimization.mixed(student.draw.seed(), family)
            read = decays(student, model, weight_decay=float(student.draw.uniform(0.02, 0.2)))
            demand_decay(
                read,
                "norm",
                0.0,
                "the scale of a norm is a vector near 1. Other families have other names for it: what else gives it "
                "away?",
            )

    @check(points=1)
    def check_decayed(self, student):
        """matrices and embeddings do decay, with the value that was passed"""
        model = student.given.optimization.mixed(student.draw.seed(), "gpt2")
        for weight_decay in (float(student.draw.uniform(0.02, 0.2)), None):
            read = decays(student, model, weight_decay=weight_decay)
            demand_decay(
                read,
                "matrix",
                0.01 if weight_decay is None else weight_decay,
                "everything with two or more dimensions decays, by the value of the argument (0.01 if none is given)",
            )

    @check(points=1, needs=("training",))
    def check_usable(self, student):
        """torch.optim.AdamW takes the groups, and a step moves all that is trainable"""
        model = student.given.optimization.mixed(student.draw.seed(), frozen=True)
        moved = student.given.optimization.moved(student.value(None, "decay_groups"), model, weight_decay=0.1)
        still = [name for name, has_moved in moved.items() if not has_moved and not name.startswith("blocks.0.")]
        expect.true(not still, f"a step of AdamW leaves {', '.join(still[:3])} where it was")


# --- llrd_groups ---


def part(name: str, n_layers: int) -> str:
    """``head``, ``pooler``, ``embeddings`` or ``layer i``; an encoder parameter knows its layer by a whole number."""
    found = re.fullmatch(r"bert\.(embeddings|pooler|encoder\.layer\.(\d+))\..*", name)
    if found is None:
        return "head"
    return found[1] if found[2] is None else f"layer {int(found[2])}"


class Rates:
    """What the student's groups say, for a model with a head of many parts, or a plain one."""

    def __init__(self, student, n_layers: int = 12, head: str = "regressor", **options: float) -> None:
        """Draw the arguments, build the model and ask."""
        draw = student.draw
        self.n_layers = n_layers
        # a hundred thousand times what one would train with: the arithmetic is the same, the differences are plainer
        self.base_lr, self.head_lr = float(draw.uniform(2, 5)), float(draw.uniform(20, 50))
        self.decay = float(draw.uniform(0.6, 0.9))
        self.model = student.given.optimization.bert_like(draw.seed(), n_layers, head)
        read = student.given.optimization.settings(
            student.value(None, "llrd_groups"),
            self.model,
            ["lr", "weight_decay"],
            base_lr=self.base_lr,
            decay=self.decay,
            head_lr=self.head_lr,
            **options,
        )
        self.of, self.frozen, self.foreign = read["of"], read["frozen"], read["foreign"]

    def of_part(self, which: str, *, present: bool = True) -> list[tuple[str, float]]:
        """(name, rate) of all that stands in some group; ``present`` demands that something does."""
        found = [
            (name, rate) for name, groups in self.of.items() if part(name, self.n_layers) == which for rate, _ in groups
        ]
        if present:
            expect.true(found, f"no parameter of the part '{which}' is in any group")
        return found

    def demand(self, which: str, want: float, hint: str, *, present: bool = True) -> None:
        """Everything in a part learns at this rate."""
        for name, rate in self.of_part(which, present=present):
            expect.close(rate / self.base_lr, want / self.base_lr, f"rate of {name}, in units of base_lr", hint=hint)


class CheckLlrdGroups:
    """Which layer learns how fast"""

    function = "llrd_groups"

    @check(points=2, visible=True, uses=("decay_groups",))
    def check_once(self, student):
        """every parameter is in exactly one group: the pooler is not forgotten, nor a head of any name"""
        rates = Rates(student, n_layers=3, head="odd")
        demand_once(rates.of, rates.frozen, rates.foreign)

    @check(points=2, uses=("decay_groups",))
    def check_ratios(self, student):
        """one rate for a layer, and from layer to layer the factor decay, the top one being the fastest"""
        rates = Rates(student)
        of_layer = []
        for i in range(rates.n_layers):
            found = [rate for _, rate in rates.of_part(f"layer {i}")]
            expect.close(
                [rate / found[0] for rate in found],
                [1.0] * len(found),
                f"rates inside layer {i}, over the first of them",
                hint="all parameters of a layer learn at the same rate. Twelve layers: which names begin with layer.1?",
            )
            of_layer.append(found[0])
        expect.close(
            [below / above for below, above in zip(of_layer, of_layer[1:], strict=False)],
            [rates.decay] * (rates.n_layers - 1),
            "rate of each layer, over that of the layer above it",
            hint="the layers near the head may move most; each step down multiplies the rate once more",
        )

    @check(points=2, visible=True, uses=("decay_groups",))
    def check_anchors(self, student):
        """the top layer has base_lr, the embeddings base_lr * decay^L, the pooler base_lr, the head head_lr"""
        for n_layers in (12, 2):
            rates = Rates(student, n_layers)
            rates.demand(
                f"layer {n_layers - 1}",
                rates.base_lr,
                "the layer next to the head is 0 layers below the top: how often is its rate multiplied?",
            )
            rates.demand(
                "embeddings",
                rates.base_lr * rates.decay**n_layers,
                "the embeddings lie one step below layer 0; count the steps from the top layer down to them",
            )
            rates.demand(
                "pooler",
                rates.base_lr,
                "the pooler is pre-trained and stands on top of the body: it learns like the top layer",
                present=False,  # whoever forgot it has paid for that already
            )
            rates.demand("head", rates.head_lr, "the head starts at random; its rate is an argument of its own")

    @check(points=1, uses=("decay_groups",))
    def check_decay(self, student):
        """biases and LayerNorms do not decay, everything else does, in the body and in the head"""
        weight_decay = float(student.draw.uniform(0.02, 0.2))
        cases: list[dict[str, Any]] = [{"weight_decay": weight_decay}, {}]
        for options in cases:
            rates = Rates(student, n_layers=2, **options)
            rates.of_part("layer 0")
            for name, groups in rates.of.items():
                want = options.get("weight_decay", 0.01) if kind(name) == "matrix" else 0.0
                for _, pull in groups:
                    expect.close(
                        pull,
                        want,
                        f"weight decay of {name}",
                        tolerance=1e-9,
                        hint="within each rate there are two kinds of parameters, as in decay_groups",
                    )

    @check(points=1, needs=("training",), uses=("decay_groups",))
    def check_usable(self, student):
        """torch.optim.AdamW takes the groups and a step moves every layer, also in a model that has no pooler"""
        model = student.given.optimization.bert_like(student.draw.seed(), 3, pooler=False)
        moved = student.given.optimization.moved(
            student.value(None, "llrd_groups"), model, base_lr=0.02, decay=0.9, head_lr=0.05, weight_decay=0.1
        )
        still = [name for name, has_moved in moved.items() if not has_moved]
        expect.true(not still, f"a step of AdamW leaves {', '.join(still[:3])} where it was")


# --- reinit_top_layers ---


class Restarted:
    """A model before and after the student's ``reinit_top_layers``."""

    def __init__(self, student, n: int, n_layers: int = 4, std: float | None = None, **options: object) -> None:
        """Build a model, let it be re-initialised, and look at it again."""
        self.student, self.n_layers = student, n_layers
        self.range = float(student.draw.uniform(0.03, 0.06))
        self.model = student.given.optimization.bert_like(
            student.draw.seed(), n_layers, initializer_range=self.range, **options
        )
        self.watch = student.given.optimization.watch(self.model)
        with student.untraced():  # what it returns is looked at by nobody, and the numbers are random
            if std is None:
                student.reinit_top_layers(self.model, n)
            else:
                student.reinit_top_layers(self.model, n, std=std)
            self.changed: list[str] = self.watch.changed()
            self.now: dict[str, Tensor] = student.given.parameters(self.model)

    def changed_layers(self) -> list[int]:
        """Layers of which a matrix has changed."""
        parts = {part(name, self.n_layers) for name in self.changed if kind(name) == "matrix"}
        layers = [i for i in range(self.n_layers) if f"layer {i}" in parts]
        self.student.note("layers whose matrices changed", str(layers))
        return layers

    def top(self, which: str, n: int) -> dict[str, Tensor]:
        """What is of this kind in the top n layers."""
        layers = {f"layer {i}" for i in range(self.n_layers - n, self.n_layers)}
        return {
            name: tensor
            for name, tensor in self.now.items()
            if kind(name) == which and part(name, self.n_layers) in layers
        }


def demand_constant(student, what: str, tensors: dict[str, Tensor], want: float, hint: str) -> None:
    """All of these tensors hold one number."""
    student.note(what, sorted({round(float(number), 3) for tensor in tensors.values() for number in tensor})[:5])
    for name, tensor in tensors.items():
        expect.close(tensor, torch.full_like(tensor, want), f"{name} after re-initialisation", hint=hint, reveal=True)


class CheckReinitTopLayers:
    """The top layers start anew"""

    function = "reinit_top_layers"

    @check(points=2, visible=True)
    def check_top_n(self, student):
        """exactly the top n layers get new weights"""
        for n, n_layers in ((1, 4), (3, 5), (2, 2)):
            restarted = Restarted(student, n, n_layers)
            expect.equal(
                restarted.changed_layers(),
                list(range(n_layers - n, n_layers)),
                f"layers with new weights, for n = {n} of {n_layers} layers",
                hint="layer 0 lies next to the embeddings, the last one next to the head: which end is the top?",
                reveal=True,
            )

    @check(points=2, visible=True)
    def check_zero(self, student):
        """n = 0 changes nothing"""
        restarted = Restarted(student, 0)
        student.note("changed", str(restarted.changed))
        expect.true(
            not restarted.changed,
            f"n = 0, and {len(restarted.changed)} parameters have changed",
            expected="nothing changed",
            actual=restarted.changed[:3],
            hint="what is -0, and which part of a list does [-0:] name?",
            reveal=True,
        )
        something = bool(Restarted(student, 1).changed)
        student.note("n = 1 changes something", something)
        expect.true(something, "n = 1 changes nothing either", hint="to change nothing is right for n = 0 alone")

    @check(points=2)
    def check_linear(self, student):
        """the weights of linear layers are normal with the given standard deviation, or initializer_range; biases 0"""
        # Every bound is at least 7 standard errors wide: a correct solution fails with a probability below 1e-10.
        for std, bias in ((None, True), (float(student.draw.uniform(0.2, 0.4)), False)):
            restarted = Restarted(student, 2, 3, std, width=48, inner=64, bias=bias)
            want = restarted.range if std is None else std
            matrices, biases = restarted.top("matrix", 2), restarted.top("bias", 2)
            numbers = torch.cat([tensor.flatten() for tensor in matrices.values()]).double() / want
            measured, tails = float(numbers.std()), float((numbers.abs() > 2).double().mean())
            student.note("log of the spread", round(5 * math.log(max(measured, 1e-9))))
            student.note("tails", round(20 * tails))
            linear_biases = {name: tensor for name, tensor in biases.items() if "LayerNorm" not in name}
            if linear_biases:
                demand_constant(
                    student,
                    "biases",
                    linear_biases,
                    0.0,
                    "a linear layer of BERT starts without any shift",
                )
            hint = (
                "how does BERT draw its weights? Not as nn.Linear does by itself: look at model.config"
                if std is None
                else "where does the argument std go?"
            )
            for name, tensor in matrices.items():  # at least 48 * 48 numbers: standard error of the spread 1.5 %
                expect.true(
                    0.88 < float(tensor.double().std()) / want < 1.12,
                    f"{name}: the standard deviation is far from {want:.4f}",
                    expected=f"about {want:.4f}",
                    actual=f"{float(tensor.double().std()):.4f}",
                    hint=hint,
                    reveal=True,
                )
            n = len(numbers)  # 30,720
            expect.true(
                abs(measured - 1) < 7 / (2 * n) ** 0.5,
                "the standard deviation of all weights together is off",
                hint=hint,
            )
            expect.true(abs(float(numbers.mean())) < 7 / n**0.5, "the mean of the weights is not 0", hint=hint)
            expect.true(
                abs(tails - 0.0455) < 7 * (0.0455 * 0.9545 / n) ** 0.5,
                "the weights do not follow a normal distribution",
                expected="4.55 % of them beyond two standard deviations",
                actual=f"{100 * tails:.2f} %",
                hint="normal, not uniform and not cut off",
                reveal=True,
            )

    @check(points=1)
    def check_layernorm(self, student):
        """LayerNorms start as the identity: weight 1, bias 0"""
        restarted = Restarted(student, 2)
        hint = "a norm that scales with 0.02 would silence what comes through; which scale changes nothing?"
        demand_constant(student, "scales", restarted.top("norm", 2), 1.0, hint)
        biases = {name: tensor for name, tensor in restarted.top("bias", 2).items() if "LayerNorm" in name}
        demand_constant(student, "shifts", biases, 0.0, hint)

    @check(points=1)
    def check_in_place(self, student):
        """the Parameters stay the same objects and trainable; lower layers, embeddings and head keep their numbers"""
        restarted = Restarted(student, 2)
        with student.untraced():
            replaced, untrainable = restarted.watch.replaced(), restarted.watch.untrainable()
        lower = {"embeddings", "head", *(f"layer {i}" for i in range(restarted.n_layers - 2))}
        touched = sorted({part(name, restarted.n_layers) for name in restarted.changed} & lower)
        student.note("replaced", str([name for name in replaced if "pooler" not in name]))
        student.note("untrainable", str([name for name in untrainable if "pooler" not in name]))
        student.note("touched", str(touched))
        expect.true(
            not replaced,
            f"{len(replaced)} parameters are other objects now",
            expected="the same Parameters with new numbers",
            actual=replaced[:3],
            hint="an optimizer built before would go on training the old ones, which the model no longer uses",
            reveal=True,
        )
        expect.true(
            not untrainable,
            f"{len(untrainable)} parameters can no longer be trained",
            actual=untrainable[:3],
            hint="after a restart there is more to learn, not less",
            reveal=True,
        )
        expect.true(
            not touched,
            f"something else has changed: {', '.join(touched)}",
            hint="only the top layers restart; what they stand on is what was worth pre-training",
        )
        expect.true(restarted.changed, "nothing has new numbers, the top layers neither", hint="n was 2")


# --- warmup_linear ---


def up_and_down(step: int, warmup: int, total: int) -> float:
    """Two straight lines, where they are beyond dispute."""
    if step < warmup:
        return step / warmup
    return (total - step) / (total - warmup) if step < total else 0.0


def multipliers(student, steps: Iterable[int], warmup: float, total: int) -> Any:
    """What the student's schedule says at these steps, one call for each."""
    function = student.value(None, "warmup_linear")
    return student.given.optimization.at_steps(function, list(steps), warmup, total)


class CheckWarmupLinear:
    """Up to the full rate, and down to nothing"""

    function = "warmup_linear"

    @check(points=3, visible=True)
    def check_reference(self, student):
        """the schedule of the chapter, 225 steps of which 22 are warmup, step by step; and another one"""
        draw = student.draw
        for warmup, total in ((22, 225), (draw.integer(3, 20), draw.integer(30, 60))):
            expect.close(
                multipliers(student, range(total), warmup, total),
                [up_and_down(step, warmup, total) for step in range(total)],
                f"multiplier at steps 0 to {total - 1}, {warmup} of {total} steps being warmup",
                hint="draw it: from (0, 0) in a straight line to (warmup, 1), from there in a straight line to "
                "(total, 0)",
            )

    @check(points=1)
    def check_peak(self, student):
        """exactly 1 where the warmup ends, 0 at the end and ever after"""
        draw = student.draw
        for warmup, total in ((22, 225), (draw.integer(3, 20), draw.integer(30, 60))):
            expect.close(
                student.warmup_linear(warmup, warmup, total),
                1.0,
                f"multiplier at step {warmup}, where the warmup of {warmup} steps ends",
                tolerance=1e-9,
                hint="both lines meet at the full rate; from where is the way down measured?",
            )
            expect.close(
                multipliers(student, (total, total + 1, 3 * total), warmup, total),
                [0.0, 0.0, 0.0],
                f"multiplier at steps {total}, {total + 1} and {3 * total} of {total}",
                tolerance=1e-9,
                hint="a learning rate below zero would climb the loss",
            )
        # Cut, rounded or rounded up: some whole step must have the full rate.
        total = 225
        with student.untraced():
            found = multipliers(student, range(total), 0.1 * total, total)
        numbers = [value for value in found if isinstance(value, (int, float, Tensor))]
        highest = max((float(value) for value in numbers), default=0.0)
        student.note("highest", highest)
        expect.close(
            highest,
            1.0,
            "highest multiplier of all steps, with warmup_steps = 0.1 * 225 = 22.5",
            tolerance=1e-9,
            hint="no step has the number 22.5: make it a whole number before you draw the lines",
            reveal=True,
        )

    @check(points=1)
    def check_no_warmup(self, student):
        """no warmup, and nothing but warmup: no division by zero"""
        total = student.draw.integer(20, 60)
        steps = range(total + 2)
        expect.close(
            multipliers(student, steps, 0, total),
            [up_and_down(step, 0, total) for step in steps],
            f"multiplier at steps 0 to {total + 1} without warmup",
            hint="without a way up, step 0 stands at the peak; which division has lost its meaning?",
        )
        expect.close(
            multipliers(student, range(total), total, total),
            [step / total for step in range(total)],
            f"multiplier at steps 0 to {total - 1}, all of them warmup",
            hint="the way up is there, and there is no way down",
        )
        with student.untraced():  # the peak is also the end: 1 or 0, as you like
            last = student.warmup_linear(total, total, total)
        expect.true(
            isinstance(last, (int, float, Tensor)) and -1e-9 <= float(last) <= 1 + 1e-9,
            f"the multiplier at the end of {total} steps that are all warmup is no number between 0 and 1",
        )
        student.note("at the peak", True)


# --- clip_grad_norm ---

SHAPES = ((3, 5), (7,), (2, 3, 4), (1,))
"""Of the parameters whose gradients are clipped: 47 numbers."""


class Clipped:
    """Parameters with gradients of a known global norm, and the student's function called on them."""

    def __init__(self, student, norm: float, *, without: tuple[int, ...] = ()) -> None:
        """Draw gradients and bring them to this norm; the parameters at ``without`` have none."""
        self.student = student
        self.numbers = [student.draw.normal(*shape) for shape in SHAPES]
        drawn = [student.draw.normal(*shape) * (i + 1) for i, shape in enumerate(SHAPES)]
        self.before: list[Tensor | None] = [None if i in without else grad for i, grad in enumerate(drawn)]
        squares = sum(float(grad.double().square().sum()) for grad in self.before if grad is not None)
        self.before = [None if grad is None else grad * (norm / math.sqrt(squares)) for grad in self.before]
        self.parameters = student.given.optimization.with_gradients(self.numbers, self.before)

    def clip(self, max_norm: float, *, once: bool = False) -> object:
        """Call the student's function."""
        return self.parameters.clip(self.student.value(None, "clip_grad_norm"), max_norm, once=once)

    def changed(self) -> bool:
        """Whether any gradient is another one than before."""
        for now, before in zip(self.parameters.gradients(), self.before, strict=True):
            if now is None or before is None:
                if now is not before:
                    return True
            elif not torch.equal(now, before):
                return True
        return False

    def demand(self, factor: float, what: str, hint: str) -> None:
        """Every gradient is what it was, times one factor, and the weights are what they were."""
        gradients, numbers = self.parameters.gradients(), self.parameters.numbers()
        for place, (now, before) in enumerate(zip(gradients, self.before, strict=True)):
            if before is None:
                expect.true(
                    now is None or not bool(now.any()),
                    f"parameter {place} had no gradient and has one now",
                    hint="what has no gradient is passed over",
                )
            else:
                # torch divides by the norm plus 1e-6: a relative 1e-6 for norms around 1
                expect.close(now, before * factor, f"gradient {place} {what}", tolerance=2e-5, hint=hint)
        expect.close(
            numbers,
            self.numbers,
            "the parameters themselves",
            tolerance=1e-9,
            hint="clipping shortens the step, it does not take one: only gradients change",
        )


class CheckClipGradNorm:
    """Shorten the gradient, keep its direction"""

    function = "clip_grad_norm"

    @check(points=2, visible=True)
    def check_clips(self, student):
        """a gradient that is too long comes down to max_norm, and keeps its direction"""
        norm, max_norm = float(student.draw.uniform(5, 20)), float(student.draw.uniform(0.8, 2))
        clipped = Clipped(student, norm)
        with student.untraced():
            clipped.clip(max_norm)
        clipped.demand(
            max_norm / norm,
            f"after clipping from norm {norm:.3f} to {max_norm:.3f}",
            "all gradients together are one arrow: one common factor keeps its direction",
        )

    @check(points=1)
    def check_small_untouched(self, student):
        """a gradient that is short enough stays as it is, and one of zeros stays zero"""
        norm = float(student.draw.uniform(0.5, 2))
        for length in (norm, 0.0):
            clipped = Clipped(student, length)
            with student.untraced():
                clipped.clip(float(student.draw.uniform(5, 9)))
            clipped.demand(
                1.0,
                f"of norm {length:.3f}, which needed no clipping",
                "clipping only ever shortens; and what is the factor when there is nothing to shorten?",
            )
        clipped = Clipped(student, 20.0)
        with student.untraced():
            clipped.clip(1.0)
            shortened = clipped.changed()
        student.note("a long one is shortened", shortened)
        expect.true(shortened, "a gradient of norm 20 stays as it is too, though max_norm is 1", hint="measure first")

    @check(points=1)
    def check_returns_before(self, student):
        """returned is the norm from before the clipping, whether anything was clipped or not"""
        for norm, max_norm in ((float(student.draw.uniform(5, 20)), 1.0), (float(student.draw.uniform(0.5, 2)), 4.0)):
            clipped = Clipped(student, norm)
            expect.close(
                clipped.clip(max_norm),
                norm,
                f"returned norm, max_norm being {max_norm:g}",
                tolerance=2e-5,
                hint="the root of the sum of all squares, of all gradients together; it is there to be logged, so it "
                "tells what was, not what is",
            )

    @check(points=1)
    def check_none_and_iterator(self, student):
        """parameters without a gradient are passed over, and a generator, which can be read once, will do"""
        clipped = Clipped(student, 10.0, without=(1,))
        with student.untraced():
            clipped.clip(2.0)
        clipped.demand(0.2, "after clipping, one parameter having none", "frozen parameters have .grad = None")
        clipped = Clipped(student, 10.0)
        with student.untraced():
            clipped.clip(2.0, once=True)
        clipped.demand(
            0.2,
            "after clipping, the parameters coming from a generator",
            "model.parameters() is a generator: after the first walk through it, it is empty",
        )
        clipped = Clipped(student, 10.0, without=(0, 1, 2, 3))
        with student.untraced():
            norm = clipped.clip(2.0)
        expect.close(norm, 0.0, "returned norm when nothing has a gradient", hint="the sum of no squares is 0")
        student.note("nothing has a gradient", True)


# --- accumulate_gradients ---

INPUTS, HIDDEN, OUTPUTS = 4, 6, 3


class Accumulated:
    """A small network, micro-batches, and what the student's function leaves behind.

    Args:
        student: the proxy.
        sizes: examples of each micro-batch.
        loss: ``mean_squared_error`` or ``mean_cross_entropy``.
        places: room for the activations of so many examples; None for plenty.
        earlier: what the gradients are filled with before the call; None for no gradients.
    """

    def __init__(
        self,
        student,
        sizes: tuple[int, ...],
        loss: str = "mean_squared_error",
        places: int | None = None,
        earlier: float | None = None,
    ) -> None:
        """Draw everything and call the student's function."""
        draw = student.draw
        self.weights = {
            "first": draw.normal(HIDDEN, INPUTS),
            "second": draw.normal(OUTPUTS, HIDDEN),
            "bias": draw.normal(OUTPUTS),
        }
        self.loss_name, given = loss, student.given.optimization
        # The micro-batches are of different kinds, so that the mean of some of them is not the mean of all.
        self.batches = [
            (
                draw.normal(n, INPUTS) * (1 + place),
                draw.integers(0, OUTPUTS, (n,)) if loss == "mean_cross_entropy" else draw.normal(n, OUTPUTS) + place,
            )
            for place, n in enumerate(sizes)
        ]
        model = given.network(*self.weights.values(), places=places)
        if earlier is not None:
            given.leave_gradients(model, earlier)
        found = given.accumulate(
            student.value(None, "accumulate_gradients"), model, self.batches, given.loss_function(loss)
        )
        self.loss, self.attached = found["loss"], found["attached"]
        self.gradients, self.left = found["gradients"], found["weights"]

    def truth(self) -> tuple[float, dict[str, Tensor]]:
        """Mean loss over all examples and its gradient, from one large batch in float64, by hand."""
        first, second, bias = (tensor.double() for tensor in self.weights.values())
        inputs = torch.cat([x for x, _ in self.batches]).double()
        targets = torch.cat([y for _, y in self.batches])
        hidden = torch.tanh(inputs @ first.mT)
        outputs = hidden @ second.mT + bias
        n = len(inputs)
        if self.loss_name == "mean_cross_entropy":
            shares = outputs.softmax(1)
            wanted = torch.eye(OUTPUTS, dtype=torch.float64)[targets]
            loss, upstream = -(outputs.log_softmax(1) * wanted).sum() / n, (shares - wanted) / n
        else:
            wrong = outputs - targets.double()
            loss, upstream = wrong.square().mean(), 2 * wrong / (n * OUTPUTS)
        through = (upstream @ second) * (1 - hidden.square())  # past the tanh
        gradients = {"first": through.mT @ inputs, "second": upstream.mT @ hidden, "bias": upstream.sum(0)}
        return float(loss), gradients

    def demand_gradients(self, what: str, hint: str) -> None:
        """They are those of one large batch."""
        _, wanted = self.truth()
        for name, gradient in wanted.items():
            expect.close(self.gradients.get(name), gradient, f"gradient of {name}, {what}", tolerance=1e-4, hint=hint)


class CheckAccumulateGradients:
    """A large batch in small pieces"""

    function = "accumulate_gradients"

    @check(points=2, visible=True, needs=("training",))
    def check_equal_batches(self, student):
        """4 micro-batches of 4 examples leave the gradient of one batch of 16"""
        Accumulated(student, (4, 4, 4, 4)).demand_gradients(
            "from 4 + 4 + 4 + 4 examples",
            "each loss is a mean of its own; backward ADDS to .grad. What has each to be multiplied with, so that the "
            "sum is the mean of all?",
        )

    @check(points=2, needs=("training",))
    def check_uneven(self, student):
        """micro-batches of unequal size, 4 + 4 + 2, leave the gradient of one batch of 10"""
        for sizes, loss in (((4, 4, 2), "mean_squared_error"), ((5, 1, 3), "mean_cross_entropy")):
            Accumulated(student, sizes, loss).demand_gradients(
                f"from {' + '.join(map(str, sizes))} examples",
                "an example in a small micro-batch must not count for more than one in a large micro-batch",
            )

    @check(points=1, needs=("training",))
    def check_loss(self, student):
        """returned is the mean loss over all examples, as a plain number"""
        for sizes, loss in (((4, 4, 2), "mean_squared_error"), ((3, 1, 5), "mean_cross_entropy")):
            accumulated = Accumulated(student, sizes, loss)
            expect.close(
                accumulated.loss,
                accumulated.truth()[0],
                f"returned loss, from {' + '.join(map(str, sizes))} examples",
                tolerance=1e-4,
                hint="the same weights as for the gradients: each micro-batch counts by its number of examples",
            )
            expect.true(
                not accumulated.attached,
                "the returned loss still hangs on its graph",
                hint="who logs such losses keeps everything that they were computed from",
                reveal=True,
            )

    @check(points=1, needs=("training",))
    def check_memory(self, student):
        """one micro-batch at a time: never a larger forward pass, and no graph kept for later"""
        accumulated = Accumulated(student, (4, 3, 4, 2), places=4)
        expect.true(
            any(bool(gradient.any()) for gradient in accumulated.gradients.values()),
            "nothing has a gradient",
            hint="forward and backward for one micro-batch, then the next",
        )

    @check(points=1, needs=("training",))
    def check_fresh(self, student):
        """gradients from before do not leak in, and the weights stay as they are"""
        accumulated = Accumulated(student, (2, 2), earlier=float(student.draw.uniform(3, 9)))
        for name, before in accumulated.weights.items():
            expect.close(
                accumulated.left.get(name),
                before,
                f"{name}, after accumulating",
                tolerance=1e-9,
                hint="the step belongs to the optimizer, after the last micro-batch",
            )
        single = Accumulated(student, (3,), earlier=float(student.draw.uniform(3, 9)))
        _, wanted = single.truth()
        # One micro-batch needs no weights, so whatever is wrong here was there before.
        for name, gradient in wanted.items():
            expect.close(
                single.gradients.get(name),
                gradient,
                f"gradient of {name}, from one micro-batch, the gradients having been filled before",
                tolerance=1e-4,
                hint="what an earlier step left in .grad is added to, unless it is cleared first. Once, and not later",
            )
