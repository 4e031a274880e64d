"""Hidden checks of exercise-5: optimizers and schedules.

The models are built from plain modules with misleading names: norms called ``ln_1``, twelve layers (``layer.1`` is a
prefix of ``layer.10``), heads with names of parts of the body. The expected settings of a parameter follow from its
place in the given model; the rest is arithmetic, done here in float64.

The judge builds the same models from the same seeds. From the returned numbers, it determines what has
changed, what has moved, and which parameters a group contains. What the helpers in the student process report can only
cost points, never earn them.

Results that depend on a student's free choices (how many groups, which random numbers, whether the pooler restarts) are
read in a canonical form, or read untraced and noted.
"""

import contextlib
import itertools
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from course.text import mark, say, translated
from grader.errors import Failed, StudentRaised
from grader.fixtures import optimization as built
from grader.judge import expect
from grader.judge.check import check

# --- decay_groups ---

NORM_NAMES = {
    "LayerNorm",
    *("sa_layer_norm", "output_layer_norm", "final_layer_norm"),
    *("ln_0", "ln_1", "ln_2", "ln_f"),
    *("scale_in", "before", "after", "final_norm"),
    *("squash", "level"),
}
"""Names in ``grader.fixtures.optimization.NORMS``, and the BatchNorm and the GroupNorm of one family."""


def kind(name: str) -> str:
    """Return ``bias``, ``norm``, ``matrix`` or ``scalar``, according to the names in the given models."""
    *holders, last = name.split(".")
    if last == "temperature":
        return "scalar"  # it only has to be in a group, since good rules may use the type of the module
    if last.startswith("bias"):
        return "bias"
    return "norm" if holders and holders[-1] in NORM_NAMES else "matrix"


class Groups:
    """The settings in the student's groups for every parameter of a model that the judge also has.

    Args:
        student: the student of this check.
        name: function that makes groups.
        build: function of ``grader.fixtures.optimization`` that builds the model; called in both processes.
        keys: settings to read.
        model: arguments for ``build``, after the seed.
        options: keyword arguments for ``build``.
        again: True if the function was called for this model before, while nothing in it was frozen.
        settings: arguments for the student's function.
    """

    def __init__(
        self,
        student,
        name: str,
        build: str,
        keys: list[str],
        model: tuple[Any, ...],
        *,
        options: dict[str, Any] | None = None,
        again: bool = False,
        **settings: float,
    ) -> None:
        """Call the function, and look up the parameters by their numbers."""
        seed, options = student.draw.seed(), options or {}
        self.mine = getattr(built, build)(seed, *model, **options)
        theirs = getattr(student.fixtures.optimization, build)(seed, *model, **options)
        with student.untraced():
            if again:
                student.fixtures.optimization.called_while_thawed(student.value(None, name), theirs, **settings)
            read = student.fixtures.optimization.settings(student.value(None, name), theirs, keys, **settings)
        self.frozen = {n for n, parameter in self.mine.named_parameters() if not parameter.requires_grad}
        self.of: dict[str, list[list[float]]] = {n: [] for n, _ in self.mine.named_parameters()}
        self.foreign = int(read["foreign"])
        known = {self._key(parameter): n for n, parameter in self.mine.named_parameters()}
        for values, members in read["groups"]:
            for member in members[: 2 * len(known) + 9]:
                name = known.get(self._key(member), "") if member.numel() < 10_000 else ""
                if name:
                    self.of[name].append([float(value) for value in values])
                else:
                    self.foreign += 1
        for groups in self.of.values():
            groups.sort()
        said = read["of"]
        if self.foreign == 0 and any(said.get(n) != groups for n, groups in self.of.items()):
            self.foreign = 1  # the numbers are the model's, the objects are not
        student.note("of", self.of)
        student.note("foreign", self.foreign)
        student.note("settings", [values for groups in self.of.values() for values in groups])

    @staticmethod
    def _key(parameter: Tensor) -> tuple[Any, ...]:
        """Return shape, first number and sum, which are different for all parameters of a given model."""
        numbers = parameter.detach()
        first = float(numbers.flatten()[0]) if numbers.numel() else 0.0
        return (*numbers.shape, first, float(numbers.double().sum()))


def decays(student, *model: Any, weight_decay: float | None = None, again: bool = False) -> Groups:
    """Return the weight decay of every group that contains a parameter of ``mixed``."""
    options: dict[str, Any] = {} if weight_decay is None else {"weight_decay": weight_decay}
    return Groups(student, "decay_groups", "mixed", ["weight_decay"], model, again=again, **options)


def demand_moved(student, before: Any, after: dict[str, Tensor]) -> None:
    """Require that a step of AdamW with gradients of ones moves every trainable number, according to its decay."""
    expect.equal(sorted(after), sorted(n for n, _ in before.named_parameters()), "names of the parameters")
    for name, parameter in before.named_parameters():
        was, now = parameter.detach().double(), after[name].double()
        expect.true(now.shape == was.shape, say("{name} has a different shape after a step", name=name))
        if not parameter.requires_grad:
            expect.close(now, was, say("{name}, which is frozen, after a step of AdamW", name=name), tolerance=1e-9)
            continue
        step = was - now  # lr * (1 + weight decay * was), for a gradient of 1
        still = bool((step.abs() < 1e-6).all())
        expect.true(
            not still,
            say("an AdamW step does not change {name}", name=name),
            hint="is this exact Parameter object in one of your groups?",
            fact=True,
        )
        pull = 0.1 if kind(name) == "matrix" else 0.0
        rate = step / (1 + pull * was)
        # Other checks test which parameters decay; here, decay is less than a quarter of a step.
        expect.true(
            bool((rate > 0).all() and (rate - rate.mean()).abs().max() < 0.25 * rate.mean()),
            say(
                "an AdamW step with the group's learning rate and weight decay does not change {name} as expected",
                name=name,
            ),
            hint=(
                "the optimizer uses the learning rate, weight decay and parameters of each group exactly as you "
                "set them"
            ),
        )


def demand_decay(read: Groups, which: str, want: float, hint: str) -> None:
    """Require that all parameters of a kind are in groups with this weight decay, whatever the number of groups."""
    for name, groups in read.of.items():
        if kind(name) == which and name not in read.frozen:
            expect.true(
                groups,
                say("a parameter is in no group: {name}", name=name),
                hint="every trainable parameter must be in exactly one group",
            )
            for (pull,) in groups:
                expect.close(
                    pull, want, say("weight decay of {name}", name=name), tolerance=1e-9, hint=hint, reveal=True
                )


def demand_once(of: dict[str, Any], frozen: Iterable[str], foreign: int) -> None:
    """Require every trainable parameter in exactly one group, and nothing else."""
    for name, groups in of.items():
        if name in frozen:
            expect.true(
                not groups,
                say("{name} is frozen, but it is in a group", name=name),
                hint="only parameters with requires_grad=True belong in a group",
            )
            continue
        expect.true(
            groups,
            say("{name} is in no group, so it would never be trained", name=name),
            hint="iterate over all parameters of the model, not only over the layers that you expect",
        )
        expect.true(
            len(groups) == 1,
            say(
                "{name} is in several groups, or several times in the same group: {count} times in total",
                name=name,
                count=len(groups),
            ),
            hint="a Parameter may be registered under two names or match two of your rules",
        )
    expect.true(
        foreign == 0,
        "a group contains something other than a parameter of the model",
        hint="an optimizer updates the objects it is given: do you pass the Parameters themselves, or copies or names?",
    )


class CheckDecayGroups:
    """Which parameters decay"""

    function = "decay_groups"

    @check(points=2, visible=True)
    def check_once(self, student):
        """every trainable parameter is in exactly one group, frozen ones in none"""
        for model in ((), ("bert", True), ("bert", False, True)):  # plain, tied, partly frozen
            read = decays(student, *model, weight_decay=0.1)
            demand_once(read.of, read.frozen, read.foreign)
        read = decays(student, "bert", False, True, weight_decay=0.1, again=True)
        demand_once(read.of, read.frozen, read.foreign)

    @check(points=1, visible=True)
    def check_bias(self, student):
        """biases get no weight decay, including those of an LSTM"""
        for _ in range(2):
            read = decays(student, weight_decay=float(student.draw.uniform(0.02, 0.2)))
            demand_decay(
                read,
                "bias",
                0.0,
                "a bias is an offset and needs no weight decay. One bias of an LSTM is called bias_ih_l0: does "
                "your rule match that name?",
            )

    @check(points=2)
    def check_norm(self, student):
        """norm-layer weights get no weight decay, whatever the layer's name or type"""
        for family in ("bert", "distilbert", "gpt2", "other"):
            read = decays(student, family, weight_decay=float(student.draw.uniform(0.02, 0.2)))
            demand_decay(
                read,
                "norm",
                0.0,
                "the weight of a norm layer is a vector with values near 1. The name and the type of the layer vary "
                "between model families: which other property of a parameter can you test?",
            )

    @check(points=1)
    def check_decayed(self, student):
        """weight matrices and embeddings get the given weight decay"""
        for weight_decay in (float(student.draw.uniform(0.02, 0.2)), None, 0.0):
            with expect.allowed(f"weight_decay={weight_decay}"):
                read = decays(student, "gpt2", weight_decay=weight_decay)
            demand_decay(
                read,
                "matrix",
                0.01 if weight_decay is None else weight_decay,
                "every parameter with two or more dimensions gets the given weight decay (default 0.01)",
            )

    @check(points=1, preloads=("training",))
    def check_usable(self, student):
        """AdamW accepts the groups, and one step changes every trainable parameter"""
        seed = student.draw.seed()
        model = student.fixtures.optimization.mixed(seed, frozen=True)
        with student.untraced():
            after = student.fixtures.optimization.stepped(student.value(None, "decay_groups"), model, weight_decay=0.1)
        demand_moved(student, built.mixed(seed, frozen=True), after)


# --- llrd_groups ---


def part(name: str, n_layers: int) -> str:
    """Return ``head``, ``pooler``, ``embeddings`` or ``layer i``, where i is the integer in the name."""
    found = re.fullmatch(r"bert\.(embeddings|pooler|encoder\.layer\.(\d+))\..*", name)
    if found is None:
        return "head"
    return found[1] if found[2] is None else f"layer {int(found[2])}"


PARTS = (mark("embeddings"), mark("pooler"), mark("head"))
"""Names in sentences of the parts of a model that are not layers."""


def called(which: str) -> str:
    """Return the name of a part in the reader's language."""
    number = which.removeprefix("layer ")
    return say(which) if which in PARTS else say("layer {number}", number=number)


class Rates:
    """The learning rates in the student's groups, for a model with a head of many parts, or a plain one."""

    def __init__(
        self,
        student,
        n_layers: int = 12,
        head: str = "regressor",
        *,
        scale: float = 1.0,
        decay: float | None = None,
        pooler: bool = True,
        **options: Any,
    ) -> None:
        """Draw the arguments (the decay, if it is None), build the model, and call the function."""
        draw = student.draw
        self.n_layers = n_layers
        # a hundred thousand times a usual rate: the arithmetic is the same, the differences are clearer
        self.base_lr, self.head_lr = scale * float(draw.uniform(2, 5)), scale * float(draw.uniform(20, 50))
        self.decay = float(draw.uniform(0.6, 0.9)) if decay is None else decay
        read = Groups(
            student,
            "llrd_groups",
            "bert_like",
            ["lr", "weight_decay"],
            (n_layers, head),
            options={"pooler": pooler},
            base_lr=self.base_lr,
            decay=self.decay,
            head_lr=self.head_lr,
            **options,
        )
        self.of, self.frozen, self.foreign = read.of, read.frozen, read.foreign

    def of_part(self, which: str, *, present: bool = True) -> list[tuple[str, float]]:
        """Return (name, rate) of all parameters of a part in the groups; ``present`` requires at least one."""
        found = [
            (name, rate) for name, groups in self.of.items() if part(name, self.n_layers) == which for rate, _ in groups
        ]
        if present:
            expect.true(found, say("no parameter of the part '{which}' is in any group", which=called(which)))
        return found

    def demand(self, which: str, want: float, hint: str, *, present: bool = True) -> None:
        """Require this rate for everything in a part."""
        for name, rate in self.of_part(which, present=present):
            what = say("learning rate of {name}, in units of base_lr", name=name)
            expect.close(rate / self.base_lr, want / self.base_lr, what, hint=hint)


class CheckLlrdGroups:
    """How fast each layer learns"""

    function = "llrd_groups"

    @check(points=2, visible=True, substitutes=("decay_groups",))
    def check_once(self, student):
        """every parameter is in exactly one group, including pooler and head"""
        for n_layers in (3, 2):
            rates = Rates(student, n_layers, head="odd")
            demand_once(rates.of, rates.frozen, rates.foreign)

    @check(points=2, substitutes=("decay_groups",))
    def check_ratios(self, student):
        """each layer has one learning rate: decay times that of the layer above"""
        rates = Rates(student)
        of_layer = []
        for i in range(rates.n_layers):
            found = [rate for _, rate in rates.of_part(f"layer {i}")]
            expect.close(
                [rate / found[0] if found[0] else 1.0 + abs(rate) for rate in found],
                [1.0] * len(found),
                say("learning rates within layer {number}, divided by the first of them", number=i),
                hint=(
                    "all parameters of a layer must have the same learning rate. With twelve layers, which "
                    "names begin with layer.1?"
                ),
            )
            of_layer.append(found[0])
        expect.true(
            min(of_layer) != 0,
            "a layer has a learning rate of 0",
            hint="multiplying a learning rate by a positive factor never gives 0",
        )
        expect.close(
            [below / above for below, above in zip(of_layer, of_layer[1:], strict=False)],
            [rates.decay] * (rates.n_layers - 1),
            "ratio of each layer's learning rate to the rate of the layer above it",
            hint=(
                "the layer next to the head has the highest rate of all layers; for each layer below it, multiply by "
                "decay once more"
            ),
        )

    @check(points=2, visible=True, after=("once",), substitutes=("decay_groups",))
    def check_anchors(self, student):
        """top layer and pooler get base_lr, embeddings base_lr * decay^L, head head_lr"""
        for n_layers, head in ((12, "regressor"), (2, "odd")):  # an odd head has parts named like the body's
            rates = Rates(student, n_layers, head)
            rates.demand(
                f"layer {n_layers - 1}",
                rates.base_lr,
                "the layer next to the head is 0 layers below the top: how many times do you multiply its rate "
                "by decay?",
            )
            rates.demand(
                "embeddings",
                rates.base_lr * rates.decay**n_layers,
                "the embeddings are one step below layer 0: how many steps below the top layer are they?",
            )
            rates.demand(
                "pooler",
                rates.base_lr,
                "the pooler is pre-trained and comes after the top layer: give it the learning rate of the top layer",
                present=False,  # another check tests whether it is missing
            )
            rates.demand(
                "head", rates.head_lr, "the head is randomly initialised: which argument sets its learning rate?"
            )
        self.demand_exact(student)
        self.demand_level(student)

    @staticmethod
    def demand_level(student) -> None:
        """Require the same rate for the whole body with a decay of 1, the largest one allowed."""
        with expect.allowed("decay=1.0"):
            rates = Rates(student, 3, decay=1.0)
        hint = "the docstring allows a decay of 1: what are the learning rates of the layers in that case?"
        for which in ("layer 2", "layer 1", "layer 0", "embeddings"):
            rates.demand(which, rates.base_lr, hint)
        rates.demand("head", rates.head_lr, hint)

    @staticmethod
    def demand_exact(student) -> None:
        """Require that rates of the usual size are not rounded, and that there is no lower limit."""
        rates = Rates(student, scale=1e-5, decay=float(student.draw.uniform(0.3, 0.4)))
        found = [rate for groups in rates.of.values() for rate, _ in groups]
        student.note("rates rounded", any(all(round(rate, n) == rate for rate in found) for n in range(10)))
        lowest = min(found, default=0.0) / (rates.base_lr * rates.decay**rates.n_layers)
        student.note("lowest rate, in thousandths of that of the embeddings", float(f"{1000 * lowest:.3g}"))
        wanted = {"embeddings": 12} | {f"layer {i}": 11 - i for i in range(12)}
        for which, steps in wanted.items():
            for name, rate in rates.of_part(which):
                expect.close(
                    rate / rates.base_lr / rates.decay**steps,
                    1.0,
                    say(
                        "ratio of the learning rate of {name} to the right rate, with a base_lr of about 3e-5",
                        name=name,
                    ),
                    tolerance=1e-5,
                    hint="the lowest learning rates are very small numbers: do you round or clamp them?",
                )

    @check(points=1, after=("once",), substitutes=("decay_groups",))
    def check_decay(self, student):
        """weight decay applies to matrices but not to biases and norm layers"""
        weight_decay = float(student.draw.uniform(0.02, 0.2))
        cases: list[tuple[str, dict[str, Any]]] = [("regressor", {"weight_decay": weight_decay}), ("odd", {})]
        cases.append(("odd", {"weight_decay": 0.0}))
        for head, options in cases:
            with expect.allowed(f"weight_decay={options.get('weight_decay')}"):
                rates = Rates(student, 2, head, **options)
            rates.of_part("layer 0")
            for name, groups in rates.of.items():
                if kind(name) == "scalar":
                    continue
                want = options.get("weight_decay", 0.01) if kind(name) == "matrix" else 0.0
                for _, pull in groups:
                    expect.close(
                        pull,
                        want,
                        say("weight decay of {name}", name=name),
                        tolerance=1e-9,
                        hint=(
                            "each learning rate needs two groups, one with weight decay and one without, as in "
                            "decay_groups"
                        ),
                    )

    @check(points=1, preloads=("training",), substitutes=("decay_groups",))
    def check_usable(self, student):
        """AdamW accepts the groups, and one step changes every layer"""
        seed = student.draw.seed()
        model = student.fixtures.optimization.bert_like(seed, 3, pooler=False)
        with student.untraced():
            after = student.fixtures.optimization.stepped(
                student.value(None, "llrd_groups"), model, base_lr=0.02, decay=0.9, head_lr=0.05, weight_decay=0.1
            )
        demand_moved(student, built.bert_like(seed, 3, pooler=False), after)
        self.demand_same_without_pooler(student)

    @staticmethod
    def demand_same_without_pooler(student) -> None:
        """Require the right rates without a pooler, too, if they are right with one; other checks test those."""
        decay = float(student.draw.uniform(0.6, 0.9))
        wanted = {"embeddings": decay**3} | {f"layer {i}": decay ** (2 - i) for i in range(3)}
        given, without = (Rates(student, 3, decay=decay, pooler=pooler) for pooler in (True, False))
        for which, want in wanted.items():
            rates = [rate / given.base_lr for _, rate in given.of_part(which, present=False)]
            if any(abs(rate - want) > 1e-4 * want for rate in rates):
                return
        for which, want in wanted.items():
            without.demand(
                which,
                without.base_lr * want,
                "without a pooler, the rate of the top layer is still base_lr: from which part of the model do you "
                "count?",
            )


# --- reinit_top_layers ---


TRUNCATED = 0.8796
"""Standard deviation of a standard normal number that is redrawn while it is beyond 2."""

FLAT = 1.87
"""Boundary between the kurtosis of uniform numbers (1.8) and of normal ones truncated at one deviation (1.94)."""


class Restarted:
    """A model before and after the student's ``reinit_top_layers``; changes are detected by the numbers."""

    def __init__(self, student, n: int, n_layers: int = 4, std: float | None = None, **options: Any) -> None:
        """Build a model in both processes, have the student re-initialise it, and fetch its numbers."""
        self.student, self.n_layers = student, n_layers
        self.range = float(student.draw.uniform(0.03, 0.06))
        seed, options = student.draw.seed(), {**options, "initializer_range": self.range}
        with student.untraced():  # the numbers are random
            self.model = student.fixtures.optimization.bert_like(seed, n_layers, **options)
            self.watch = student.fixtures.optimization.watch(self.model)
            function = student.value(None, "reinit_top_layers")
            returned = self.watch.restart(function, n, **({} if std is None else {"std": std}))
            self.now: dict[str, Tensor] = self.watch.numbers()
            asked = self.watch.asked()
        student.note(
            "a changed copy is returned", returned == mark("another module")
        )  # returning nothing gets only a remark
        student.note("modules that _init_weights was handed", asked)
        self.returned = returned
        self.before = {
            name: tensor.detach() for name, tensor in built.bert_like(seed, n_layers, **options).named_parameters()
        }
        expect.equal(sorted(self.now), sorted(self.before), "names of the parameters after re-initialisation")
        for name, tensor in self.before.items():
            expect.shape(self.now[name], tuple(tensor.shape), say("{name} after re-initialisation", name=name))
        self.changed = [name for name, tensor in self.before.items() if not torch.equal(self.now[name], tensor)]
        for name in [list(self.before)[student.draw.integer(0, len(self.before))] for _ in range(2)]:
            with student.untraced():
                there = student.value(self.model, name)
            expect.close(there, self.now[name], say("{name}, read a second time", name=name), tolerance=1e-9)

    def changed_layers(self) -> list[int]:
        """Return the layers in which a matrix has changed."""
        parts = {part(name, self.n_layers) for name in self.changed if kind(name) == "matrix"}
        layers = [i for i in range(self.n_layers) if f"layer {i}" in parts]
        self.student.note("layers whose matrices changed", str(layers))
        return layers

    def top(self, which: str, n: int) -> dict[str, Tensor]:
        """Return the tensors of this kind in the top n layers."""
        layers = {f"layer {i}" for i in range(self.n_layers - n, self.n_layers)}
        return {
            name: tensor
            for name, tensor in self.now.items()
            if kind(name) == which and part(name, self.n_layers) in layers
        }


def demand_constant(student, fact: str, tensors: dict[str, Tensor], want: float, hint: str) -> None:
    """Require that all entries of these tensors are one number."""
    values = sorted({round(float(number), 3) for tensor in tensors.values() for number in tensor})
    student.note(fact, values if len(values) < 4 else "many numbers")
    for name, tensor in tensors.items():
        expect.close(
            tensor,
            torch.full_like(tensor, want),
            say("{name} after re-initialisation", name=name),
            hint=hint,
            reveal=True,
        )


class CheckReinitTopLayers:
    """New weights for the top layers"""

    function = "reinit_top_layers"

    @check(points=2, visible=True)
    def check_top_n(self, student):
        """exactly the top n layers get new weights"""
        for n, n_layers in ((1, 4), (3, 12), (2, 2)):  # as strings, the last of twelve numbers are 7, 8 and 9
            try:
                restarted = Restarted(student, n, n_layers)
            except StudentRaised as error:
                if n < n_layers or error.type != "ValueError" or error.no_answer:
                    raise
                student.note("all layers are refused", True)
                expect.true(
                    False,
                    say("n = {n} raises a ValueError for a model with {n_layers} layers", n=n, n_layers=n_layers),
                    hint="which values of n does the docstring allow?",
                )
            expect.equal(
                restarted.changed_layers(),
                list(range(n_layers - n, n_layers)),
                say("layers with new weights, for n = {n} in a model with {n_layers} layers", n=n, n_layers=n_layers),
                hint="layer 0 is next to the embeddings and the last layer next to the head: which end is the top?",
                reveal=True,
            )

    @check(points=1, visible=True)
    def check_zero(self, student):
        """n = 0 changes nothing"""
        restarted = Restarted(student, 0)
        student.note("changed", str(restarted.changed))
        expect.true(
            not restarted.changed,
            say("number of parameters that changed although n = 0: {count}", count=len(restarted.changed)),
            expected=say("nothing changed"),
            actual=restarted.changed[:3],
            hint="-0 is 0: which part of a list does [-0:] select?",
            reveal=True,
        )
        something = bool(Restarted(student, 1).changed)
        expect.true(something, "with n = 1, nothing changes", hint="with n = 1, the top layer must change", fact=True)

    @check(points=1, after=("top_n",))
    def check_range(self, student):
        """an n below 0 or above the number of layers raises a ValueError"""
        refused = {}
        for which, n, n_layers in ((mark("below 0"), -1, 3), (mark("above the number of layers"), 4, 3)):
            seed = student.draw.seed()
            refused[which] = self.refuses(student, seed, n, n_layers)
        student.note("refused", refused)
        for which, error in refused.items():
            expect.true(
                error,
                say("no error was raised when n is {which}", which=say(which)),
                hint="the caller asks for layers that do not exist: raise an error",
            )

    @staticmethod
    def refuses(student, seed: int, n: int, n_layers: int) -> bool:
        """Return whether an exception of any type is raised and the model stays unchanged."""
        with student.untraced():
            watch = student.fixtures.optimization.watch(student.fixtures.optimization.bert_like(seed, n_layers))
            try:
                watch.restart(student.value(None, "reinit_top_layers"), n)
            except StudentRaised as error:
                if error.no_answer:
                    raise
                expect.remark_on_type(
                    error, mark("for an n out of range, reinit_top_layers raises {type} instead of ValueError")
                )
            else:
                return False
            now = watch.numbers()
        changed = [
            name
            for name, parameter in built.bert_like(seed, n_layers).named_parameters()
            if not isinstance(now.get(name), Tensor) or not torch.equal(now[name], parameter.detach())
        ]
        student.note("changed although an error is raised", bool(changed))
        expect.true(
            not changed,
            "an error is raised, but the model has changed",
            expected=say("the model as it was"),
            actual=say("{count} changed parameters, such as {name}", count=len(changed), name=changed[0])
            if changed
            else None,
            hint="check n before you change anything",
            reveal=True,
        )
        return True

    @check(points=2)
    def check_linear(self, student):
        """linear weights are normally distributed with the given std; biases are 0"""
        # Every bound is at least 7 standard errors wide: a correct solution fails with a probability below 1e-10.
        drawn, runs = [], []
        for std, bias in ((None, True), (float(student.draw.uniform(0.2, 0.4)), False)):
            restarted = Restarted(student, 2, 3, std, width=48, inner=64, bias=bias)
            want = restarted.range if std is None else std
            matrices = restarted.top("matrix", 2)
            runs.append((std, want, restarted, matrices))
            numbers = torch.cat([tensor.flatten() for tensor in matrices.values()]).double() / want
            measured, tails = float(numbers.std()), float((numbers.abs() > 2).double().mean())
            # A normal distribution truncated at two standard deviations is accepted, and noted like a full one.
            cut = 1.95 < float(numbers.abs().max()) <= 2 + 1e-6 and abs(measured / TRUNCATED - 1) < 0.05
            unit = TRUNCATED if cut else 1.0
            self.note_narrow(student, {name: float(tensor.std()) / want / unit for name, tensor in matrices.items()})
            # the 0.1 keeps 1 / sqrt(2 * 3), scaling by depth, away from a boundary
            student.note("log of the spread", round(5 * math.log(max(measured / unit, 1e-9)) + 0.1))
            beyond = float((numbers.abs() > 1).double().mean())  # for normal numbers with this spread, at least 2.6%
            student.note("cut at one standard deviation", 0.45 < measured < 0.62 and beyond < 0.01)
            student.note("tails", 1 if cut else round(20 * tails))
            student.note("mean, in standard deviations asked for", round(float(numbers.mean())))
            kurtosis = float((numbers**4).mean() / numbers.square().mean().clamp(min=1e-12) ** 2)
            student.note("as flat as a uniform distribution", kurtosis < FLAT)
        for std, want, restarted, matrices in runs:
            biases = restarted.top("bias", 2)
            linear_biases = {name: tensor for name, tensor in biases.items() if "LayerNorm" not in name}
            if linear_biases:
                student.note("biases are others than before", any(name in restarted.changed for name in linear_biases))
                demand_constant(
                    student,
                    "biases",
                    linear_biases,
                    0.0,
                    "in BERT, the bias of a linear layer starts at 0",
                )
            hint = (
                "BERT does not use the default initialisation of nn.Linear: what does model.config specify?"
                if std is None
                else "where does your code use the argument std?"
            )
            self.demand_normal(matrices, want, hint)
            drawn.append(next(iter(matrices.values())).double() / want)
            if any(torch.equal(one, other) for one, other in itertools.combinations(matrices.values(), 2)):
                student.note("two matrices hold the same numbers", True)
                expect.true(
                    False,
                    "two matrices of the same shape got the same values",
                    hint="every matrix needs its own random values: does your code draw new values for each matrix?",
                )
        alike = bool((drawn[0] - drawn[1]).abs().max() < 1e-3)
        student.note("numbers of a second call", "the same as those of the first call" if alike else "new")
        expect.true(
            not alike,
            "two calls for two models draw the same random numbers",
            hint="what sets the state of the random number generator before your function draws?",
        )
        self.demand_zeros(student)

    @staticmethod
    def note_narrow(student, spreads: dict[str, float]) -> None:
        """Note which matrices have too small a standard deviation, if all others have the right one."""
        right = [name for name, spread in spreads.items() if 0.88 < spread < 1.12]
        narrow = {name: spread for name, spread in spreads.items() if 0.2 < spread < 0.75}
        found = sorted({f"{name.split('.', 4)[-1]} {spread:.1f}" for name, spread in narrow.items()})
        told = right and len(narrow) + len(right) == len(spreads)
        student.note("narrower than the others", " ".join(found) if told else "none")

    @staticmethod
    def demand_normal(matrices: dict[str, Tensor], want: float, hint: str) -> None:
        """Require the standard deviation ``want`` for each matrix, and a normal distribution of all numbers."""
        numbers = torch.cat([tensor.flatten() for tensor in matrices.values()]).double() / want
        tails = float((numbers.abs() > 2).double().mean())
        # Google's BERT truncates the normal distribution at two standard deviations, which makes it narrower.
        cut = 1.95 < float(numbers.abs().max()) <= 2 + 1e-6  # uniform numbers with this spread end at 1.73
        spread, beyond = (TRUNCATED, 0.0) if cut else (1.0, 0.0455)
        for name, tensor in matrices.items():  # at least 48 * 48 numbers: standard error of the spread 1.5%
            expect.true(
                0.88 < float(tensor.double().std()) / want / spread < 1.12,
                say("{name}: the standard deviation is far from {want:.4f}", name=name, want=want),
                expected=say("about {number:.4f}", number=want),
                actual=f"{float(tensor.double().std()):.4f}",
                hint=hint,
                reveal=True,
            )
        n = len(numbers)  # 30,720
        expect.true(
            abs(float(numbers.std()) / spread - 1) < 7 / (2 * n) ** 0.5,
            "the standard deviation over all new weights is wrong",
            hint=hint,
        )
        expect.true(abs(float(numbers.mean())) < 7 / n**0.5, "the mean of the weights is not 0", hint=hint)
        expect.true(
            cut or abs(tails - beyond) < 7 * (beyond * (1 - beyond) / n) ** 0.5,
            "the weights do not follow a normal distribution",
            expected=say("4.55% of the weights are more than two standard deviations from the mean"),
            actual=f"{100 * tails:.2f}%",
            hint=(
                "use a normal distribution, not a uniform one; if you truncate it, do so at two standard "
                "deviations, as in Google's BERT"
            ),
            reveal=True,
        )

    @staticmethod
    def demand_zeros(student) -> None:
        """Require weights of 0 for a standard deviation of 0 that is passed; a refusal gets a remark."""
        try:
            restarted = Restarted(student, 1, 2, 0.0)
        except StudentRaised as error:
            if error.no_answer:
                raise
            # torch.nn.init.trunc_normal_, which is right in all other cases, divides by it
            expect.remark(
                say(
                    "reinit_top_layers raises {type} for std=0.0, the value used in the docstring's example",
                    type=error.type,
                )
            )
            return
        matrices = restarted.top("matrix", 1)
        largest = max(float(tensor.abs().max()) for tensor in matrices.values())
        if largest >= 1e-6:
            spread = float(torch.cat([tensor.flatten() for tensor in matrices.values()]).std()) / restarted.range
            new, usual = any(name in restarted.changed for name in matrices), 0.6 < spread < 1.6
            student.note("with std=0.0", "nothing new" if not new else "as without std" if usual else "other numbers")
        expect.true(
            largest < 1e-6,
            "with std=0.0 the weights are not all 0",
            expected="0",
            actual=say("up to {number:.4f}", number=largest),
            hint="std=0.0 is a valid value: for which values of std does your code use the default?",
            reveal=True,
            fact=True,
        )

    @check(points=1)
    def check_layernorm(self, student):
        """re-initialised LayerNorms have weight 1 and bias 0"""
        restarted = Restarted(student, 2)
        student.note("scales are others than before", any("LayerNorm.weight" in name for name in restarted.changed))
        hint = "a LayerNorm weight of 0.02 would leave almost no signal: which weight leaves the signal unchanged?"
        demand_constant(student, "scales", restarted.top("norm", 2), 1.0, hint)
        biases = {name: tensor for name, tensor in restarted.top("bias", 2).items() if "LayerNorm" in name}
        demand_constant(student, "shifts", biases, 0.0, hint)

    @check(points=1)
    def check_in_place(self, student):
        """Parameters stay the same objects; lower layers and head keep their values"""
        restarted = Restarted(student, 2)
        with student.untraced():
            untrainable = restarted.watch.untrainable()
            replaced = self.replaced_parameters(restarted)
        lower = {"embeddings", "head", *(f"layer {i}" for i in range(restarted.n_layers - 2))}
        touched = sorted({part(name, restarted.n_layers) for name in restarted.changed} & lower)
        student.note("replaced", str([name for name in replaced if "pooler" not in name]))
        student.note("untrainable", str([name for name in untrainable if "pooler" not in name]))
        student.note("touched", str(touched))
        expect.true(
            not replaced,
            say("number of parameters that were replaced by new objects: {count}", count=len(replaced)),
            expected=say("the same Parameter objects with new values"),
            actual=replaced[:3],
            hint="an existing optimizer would go on updating the old Parameters, which the model no longer uses",
            reveal=True,
        )
        expect.true(
            not untrainable,
            say("number of parameters that now have requires_grad=False: {count}", count=len(untrainable)),
            actual=untrainable[:3],
            hint="a re-initialised layer must stay trainable",
            reveal=True,
        )
        expect.true(
            not touched,
            say("parameters outside the top layers have changed: {names}", names=", ".join(map(called, touched))),
            hint="re-initialise only the top layers; all other parameters keep their values",
        )
        expect.equal(
            restarted.changed_layers(),
            [2, 3],
            "layers with new weights",
            hint="all parameters of the top layers must change",
        )
        self.demand_rest_kept(student)
        if restarted.returned != "the model":
            expect.remark(
                say(
                    "reinit_top_layers returned {returned}; the docstring asks for the model",
                    returned=translated(restarted.returned),
                )
            )

    @staticmethod
    def demand_rest_kept(student) -> None:
        """Require that the rest is kept if all layers are re-initialised; ``top_n`` tests a refusal."""
        try:
            restarted = Restarted(student, 2, 2)
        except StudentRaised as error:
            if error.no_answer:
                raise
            return
        touched = sorted({part(name, restarted.n_layers) for name in restarted.changed} & {"embeddings", "head"})
        student.note("touched with all layers", str(touched))
        expect.true(
            not touched,
            say("parameters outside the top layers have changed: {names}", names=", ".join(map(called, touched))),
            hint="re-initialise only the top layers; all other parameters keep their values",
        )

    @staticmethod
    def replaced_parameters(restarted: Restarted) -> list[str]:
        """Return the names of replaced Parameters: adding 1 to the old objects does not change them."""
        restarted.watch.nudge(1.0)
        nudged = restarted.watch.numbers()
        return [
            name
            for name, numbers in restarted.now.items()
            if name not in nudged
            or nudged[name].shape != numbers.shape
            or not bool((nudged[name] - numbers - 1).abs().max() < 1e-3)
        ]


# --- warmup_linear ---


def up_and_down(step: int, warmup: int, total: int) -> float:
    """Return the value of the two straight lines, for steps at which it is unambiguous."""
    if step < warmup:
        return step / warmup
    return (total - step) / (total - warmup) if step < total else 0.0


def multipliers(student, steps: Iterable[int], warmup: float, total: int) -> Any:
    """Return the student's multipliers at these steps, with one call for each."""
    function = student.value(None, "warmup_linear")
    return student.fixtures.optimization.at_steps(function, list(steps), warmup, total)


class CheckWarmupLinear:
    """Up to the full rate, then down to zero"""

    function = "warmup_linear"

    @check(points=3, visible=True)
    def check_reference(self, student):
        """the multiplier is right at every step of the chapter's schedule and others"""
        draw = student.draw
        warmup, total = draw.integer(3, 12), draw.integer(30, 50)
        cases = [(22, 225), (warmup, total)]
        # then another warmup, and another total, so that a cache for only one of them is wrong
        cases += [(warmup + draw.integer(4, 9), total), (warmup, total + draw.integer(5, 10))]
        for warmup, total in cases:
            expect.close(
                multipliers(student, range(total), warmup, total),
                [up_and_down(step, warmup, total) for step in range(total)],
                say(
                    "multiplier at steps 0 to {last}, with {warmup} of {total} steps of warmup",
                    last=total - 1,
                    warmup=warmup,
                    total=total,
                ),
                hint=(
                    "draw the schedule: a straight line from (0, 0) to (warmup, 1), then a straight line to (total, 0)"
                ),
            )

    @check(points=1)
    def check_peak(self, student):
        """the multiplier is exactly 1 at the end of the warmup, and 0 from total_steps on"""
        draw = student.draw
        for warmup, total in ((22, 225), (draw.integer(3, 20), draw.integer(30, 60))):
            self.demand_corners(student, warmup, total)
        warmup = draw.integer(4, 9)
        expect.close(
            student.warmup_linear(warmup, warmup, warmup + 1),
            1.0,
            say(
                "multiplier at step {warmup}, where {warmup} steps of warmup end, one step before the end of training",
                warmup=warmup,
            ),
            tolerance=1e-9,
            hint="both lines must meet at multiplier 1, however short the decay is",
        )
        total = draw.integer(30, 60)
        expect.close(
            multipliers(student, range(total), 1, total),
            [up_and_down(step, 1, total) for step in range(total)],
            say("multiplier at steps 0 to {last}, with 1 of {total} steps of warmup", last=total - 1, total=total),
            hint="warmup_steps is a number of steps, even if it is 1: at which step is the peak then?",
        )
        self.demand_full_rate(student)
        self.demand_no_share(student)

    @staticmethod
    def demand_corners(student, warmup: int, total: int) -> None:
        """Require a multiplier of 1 only at the end of the warmup, and of 0 only from the end on."""
        expect.close(
            student.warmup_linear(warmup, warmup, total),
            1.0,
            say("multiplier at step {warmup}, the end of {warmup} steps of warmup", warmup=warmup),
            tolerance=1e-9,
            hint="the two straight lines meet at multiplier 1: from which step does your code count the decay steps?",
        )
        beside = multipliers(student, (warmup - 1, warmup + 1, total - 1), warmup, total)
        numbers = all(isinstance(value, (int, float, Tensor)) for value in beside)
        expect.true(
            numbers and all(0 < float(value) < 1 for value in beside),
            "next to the peak or just before the end, the multiplier is not strictly between 0 and 1",
            hint="both lines are straight: the multiplier is 1 at exactly one step and reaches 0 only at the end",
        )
        expect.close(
            multipliers(student, (total, total + 1, 3 * total), warmup, total),
            [0.0, 0.0, 0.0],
            say(
                "multiplier at steps {total}, {next} and {later}, with total_steps={total}",
                total=total,
                next=total + 1,
                later=3 * total,
            ),
            tolerance=1e-9,
            hint=(
                "a negative learning rate would increase the loss: what is the lowest multiplier that your "
                "code can return?"
            ),
        )

    @staticmethod
    def demand_full_rate(student) -> None:
        """Require the full rate at some step for a fractional warmup, which may be truncated, rounded or rounded up."""
        total = 225
        with student.untraced():
            found = multipliers(student, range(total), 0.1 * total, total)
        plain = [float(value) for value in found if isinstance(value, (int, float, Tensor))]
        highest = max(plain, default=0.0)
        right = len(plain) == total and any(
            all(abs(value - up_and_down(step, peak, total)) < 1e-5 for step, value in enumerate(plain))
            for peak in (22, 23)
        )
        student.note("multipliers with a fraction", "those of a whole number" if right else plain)
        expect.close(
            highest,
            1.0,
            "highest multiplier of all steps, with warmup_steps = 0.1 * 225 = 22.5",
            tolerance=1e-9,
            hint=("there is no step 22.5: make warmup_steps a whole number before you compute the two straight lines"),
            reveal=True,
            fact=True,
        )
        expect.true(
            right,
            (
                "with warmup_steps = 0.1 * 225 = 22.5, the multipliers match neither a schedule with "
                "22 steps of warmup nor one with 23"
            ),
            hint=(
                "make warmup_steps a whole number once, before you compute either straight line: where "
                "do you use the fraction?"
            ),
        )

    @staticmethod
    def demand_no_share(student) -> None:
        """Require that a warmup below 1 is a number of steps, not a share of all steps."""
        total = student.draw.integer(45, 50)  # rounding and truncating a share of it give the same number
        with student.untraced():
            found = multipliers(student, range(total), 0.01 * total, total)
        steps = [float(value) if isinstance(value, (int, float, Tensor)) else math.nan for value in found]
        right = any(
            all(abs(value - up_and_down(step, peak, total)) < 1e-5 for step, value in enumerate(steps))
            for peak in (0, 1)
        )
        student.note("multipliers with a fraction below 1", "those of a whole number" if right else steps)
        expect.true(
            right,
            say(
                "with warmup_steps = 0.01 * {total} = {warmup:.2f}, the multipliers match neither a "
                "schedule without warmup nor one with 1 step of warmup",
                total=total,
                warmup=0.01 * total,
            ),
            hint="a fraction below 1 is a number of steps, too: which whole number does it become?",
        )

    @check(points=1)
    def check_no_warmup(self, student):
        """schedules with 0 warmup steps or 0 decay steps work and end at 0"""
        total = student.draw.integer(20, 60)
        steps = range(total + 2)
        with expect.allowed("warmup_steps=0"):
            found = multipliers(student, steps, 0, total)
        expect.close(
            found,
            [up_and_down(step, 0, total) for step in steps],
            say("multiplier at steps 0 to {last} without warmup", last=total + 1),
            hint="without warmup, step 0 is the peak: where does your code divide by zero?",
        )
        with expect.allowed("warmup_steps=total_steps"):
            found = multipliers(student, range(total), total, total)
        expect.close(
            found,
            [step / total for step in range(total)],
            say("multiplier at steps 0 to {last}, all of them warmup", last=total - 1),
            hint="here all steps are warmup, and there is no decay phase: what do you divide by?",
        )
        with student.untraced():  # the peak is also the end: 1 or 0 is right
            last = student.warmup_linear(total, total, total)
        expect.true(
            isinstance(last, (int, float, Tensor)) and -1e-9 <= float(last) <= 1 + 1e-9,
            say(
                "with {total} steps, all of them warmup, the final multiplier is not a number between 0 and 1",
                total=total,
            ),
        )
        student.note("at the peak", True)
        self.demand_end(student, total)

    @staticmethod
    def demand_end(student, total: int) -> None:
        """Require a multiplier of 0 after a warmup without a decay; one that stays at 1 gets a remark."""
        steps = (total + 1, total + 2, total + 3, 3 * total)
        with student.untraced():
            found = [
                float(value) if isinstance(value, (int, float, Tensor)) else math.nan
                for value in multipliers(student, steps, total, total)
            ]
        ends, stays = ([abs(value - height) <= 1e-9 for value in found] for height in (0.0, 1.0))
        accepted = all(ends) or all(stays)
        student.note("after a warmup without a decay", [0.0 for _ in steps] if accepted else found)
        expect.true(
            accepted,
            say("with {total} steps, all of them warmup, the multiplier is not 0 after the last step", total=total),
            hint="the multiplier is 0 after total_steps, even if there is no decay phase: what does your code return?",
        )
        if not all(ends):
            expect.remark(
                "if all steps are warmup, warmup_linear returns 1 after total_steps; the docstring asks for 0"
            )


# --- clip_grad_norm ---

SHAPES = ((3, 5), (7,), (2, 3, 4), (1,))
"""Shapes of the parameters whose gradients are clipped: 47 numbers."""


class Clipped:
    """Parameters with gradients of a known global norm, and the student's function called on them."""

    def __init__(
        self,
        student,
        norm: float,
        *,
        without: tuple[int, ...] = (),
        frozen: tuple[int, ...] = (),
        double: tuple[int, ...] = (),
        half: tuple[int, ...] = (),
        brain: tuple[int, ...] = (),
        shapes: Sequence[tuple[int, ...]] = SHAPES,
    ) -> None:
        """Draw gradients and bring them to this norm.

        The parameters in ``without`` have none, those in ``double`` are in float64, those in ``half`` in float16,
        those in ``brain`` in bfloat16.
        """
        self.student = student
        self.numbers = [student.draw.normal(*shape) for shape in shapes]
        drawn = [student.draw.normal(*shape) * (i + 1) for i, shape in enumerate(shapes)]
        self.before: list[Tensor | None] = [None if i in without else grad for i, grad in enumerate(drawn)]
        squares = sum(float(grad.double().square().sum()) for grad in self.before if grad is not None)
        self.before = [None if grad is None else grad * (norm / math.sqrt(squares)) for grad in self.before]
        for place in (*double, *half, *brain):
            dtype = torch.float64 if place in double else torch.float16 if place in half else torch.bfloat16
            gradient = self.before[place]
            self.numbers[place] = self.numbers[place].to(dtype)
            self.before[place] = None if gradient is None else gradient.to(dtype)
        self.parameters = student.fixtures.optimization.with_gradients(self.numbers, self.before, list(frozen))

    def clip(self, max_norm: float, *, once: bool = False) -> object:
        """Call the student's function."""
        return self.parameters.clip(self.student.value(None, "clip_grad_norm"), max_norm, once=once)

    def changed(self) -> bool:
        """Return whether any gradient has changed."""
        for now, before in zip(self.parameters.gradients(), self.before, strict=True):
            if now is None or before is None:
                if now is not before:
                    return True
            elif not torch.equal(now, before):
                return True
        return False

    def demand(self, factor: float, what: str, hint: str) -> None:
        """Require that every gradient is multiplied by one factor, and that the weights are unchanged."""
        gradients, numbers = self.parameters.gradients(), self.parameters.numbers()
        for place, (now, before) in enumerate(zip(gradients, self.before, strict=True)):
            if before is None:
                expect.true(
                    now is None,
                    say("parameter {place} had no gradient before the call, but has one now", place=place),
                    hint="skip parameters without a gradient",
                    fact=True,
                )
            else:
                # torch divides by the norm plus 1e-6: a relative 1e-6 for norms around 1
                expect.close(
                    now,
                    before * factor,
                    say("gradient {place} {what}", place=place, what=translated(what)),
                    tolerance=2e-5,
                    hint=hint,
                )
        expect.close(
            numbers,
            self.numbers,
            "the parameters' values",
            tolerance=1e-9,
            hint="clipping must scale only the gradients, not the parameters",
        )


class CheckClipGradNorm:
    """Scale the gradient down, keep its direction"""

    function = "clip_grad_norm"

    @check(points=2, visible=True)
    def check_clips(self, student):
        """a norm above max_norm is scaled down to it; the gradient keeps its direction"""
        draw = student.draw
        shapes = (4, 6), (5,), (6, 2)  # without a tensor of three dimensions
        long = [float(draw.uniform(5, 20)) for _ in range(4)]
        short = float(draw.uniform(0.4, 0.6))
        cases = [(shapes, long[0], float(draw.uniform(0.6, 0.9))), (SHAPES, long[1], float(draw.uniform(1.2, 2)))]
        # above the norm of each tensor, once above the squared global norm; then just above every single number
        cases += [(shapes, short, 0.97 * short), (shapes, long[2], 0.97 * long[2]), (SHAPES, long[3], 0.6 * long[3])]
        clips = []
        for these, norm, max_norm in cases:
            clipped = Clipped(student, norm, shapes=these)
            with student.untraced():
                clipped.clip(max_norm)
            clipped.parameters.gradients()  # read all before judging the first, to distinguish wrong comparisons
            clips.append((clipped, norm, max_norm))
        for clipped, norm, max_norm in clips:
            clipped.demand(
                max_norm / norm,
                say("after clipping from norm {norm:.3f} to {max_norm:.3f}", norm=norm, max_norm=max_norm),
                "all gradients together form one vector: it keeps its direction only if you multiply all of them "
                "by the same factor",
            )
        clipped = Clipped(student, 10.0, double=(1, 2))
        with student.untraced():
            clipped.clip(2.0)
        clipped.demand(
            0.2,
            mark("after clipping, with gradients in float32 and in float64"),
            "there is one global norm, whatever the dtype of each gradient: how many norms does your code compare with "
            "max_norm?",
        )

    @check(points=1)
    def check_small_untouched(self, student):
        """a gradient with a norm of at most max_norm stays unchanged, even if it is zero"""
        norm = float(student.draw.uniform(0.5, 2))
        for length in (norm, 0.0):
            clipped = Clipped(student, length)
            with student.untraced():
                clipped.clip(float(student.draw.uniform(50, 90)))  # above the sum of all: any norm is below
            clipped.demand(
                1.0,
                say("of norm {norm:.3f}, which needed no clipping", norm=length),
                "clipping must never scale a gradient up: what does your code do if the norm is below max_norm?",
            )
        clipped = Clipped(student, 20.0)
        with student.untraced():
            clipped.clip(1.0)
            shortened = clipped.changed()
        expect.true(
            shortened,
            "a gradient of norm 20 is not clipped although max_norm is 1",
            hint="compute the global norm first, then compare it with max_norm",
            fact=True,
        )

    @check(points=1)
    def check_returns_before(self, student):
        """the norm before clipping is returned, whether or not anything was clipped"""
        for norm, max_norm in ((float(student.draw.uniform(5, 20)), 1.0), (float(student.draw.uniform(0.5, 2)), 4.0)):
            clipped = Clipped(student, norm)
            expect.close(
                clipped.clip(max_norm),
                norm,
                say("returned norm, with max_norm {max_norm:g}", max_norm=max_norm),
                tolerance=2e-5,
                hint="before clipping, sum the squares of all elements of all gradients; return the square root",
            )
        self.demand_zero(student)
        clipped = Clipped(student, 10.0, without=(0, 1, 2, 3))
        with student.untraced():
            nothing = clipped.clip(2.0)
        expect.close(
            nothing,
            0.0,
            "returned norm when no parameter has a gradient",
            hint="without any gradients, the sum of squares is 0",
        )
        student.note("nothing has a gradient", True)
        self.demand_half(student)

    @staticmethod
    def demand_half(student) -> None:
        """Require right norms in float16, where squares overflow or vanish; torch avoids both."""
        shares = []
        for norm in (float(student.draw.uniform(2000, 5000)), float(student.draw.uniform(2e-4, 4e-4))):
            clipped = Clipped(student, norm, half=(0, 2), brain=(3,))  # the norm of one number is exact
            want = math.hypot(*(float(grad.double().norm()) for grad in clipped.before if grad is not None))
            with student.untraced():
                found = clipped.clip(1.0)
            plain = isinstance(found, (int, float)) or (isinstance(found, Tensor) and found.numel() == 1)
            shares.append(float(found) / want if plain else math.nan)  # type: ignore[arg-type]
        what = mark("ratio of the returned norm to the right one, for large and for small gradients, some in float16")
        rounded = 4e-3  # a norm in float16 has three digits, which are right
        student.note(what, [1.0 if abs(share - 1) < rounded else share for share in shares])
        expect.close(
            shares,
            [1.0, 1.0],
            what,
            tolerance=rounded / 2,
            hint="the largest number in float16 is 65504 and the smallest 6e-8: in which dtype does your code square?",
        )

    @staticmethod
    def demand_zero(student) -> None:
        """Require the norm 0 for gradients of zeros; ``small_untouched`` tests that there is no error."""
        try:
            with student.untraced():
                found = [Clipped(student, 0.0).clip(max_norm) for max_norm in (0.5, 1.0, 4.0)]
        except StudentRaised as error:
            if error.no_answer:
                raise
            return
        expect.close(
            found,
            [0.0, 0.0, 0.0],
            "returned norm when all gradients are zero, with three values of max_norm",
            hint="the root of a sum of zeros is 0: what else do you add to it, or what do you divide by?",
            fact=True,
        )

    @check(points=1)
    def check_none_and_iterator(self, student):
        """parameters without a gradient are skipped, and params can be a generator"""
        clipped = Clipped(student, 10.0, without=(1,))
        with student.untraced():
            clipped.clip(2.0)
        clipped.demand(
            0.2,
            mark("after clipping, with one parameter without a gradient"),
            "a frozen parameter has .grad = None: skip it",
        )
        self.demand_frozen(student)
        clipped = Clipped(student, 10.0)
        with student.untraced():
            clipped.clip(2.0, once=True)
        clipped.demand(
            0.2,
            mark("after clipping, with the parameters from a generator"),
            "model.parameters() is a generator: after one pass over it, it is empty",
        )

    @staticmethod
    def demand_frozen(student) -> None:
        """Require that a parameter frozen after its backward pass is treated like any other."""
        clipped = Clipped(student, 10.0, frozen=(0, 2))
        with student.untraced():
            clipped.clip(2.0)
        hint = "an optimizer updates every parameter whose .grad is not None: which parameters does your code skip?"
        clipped.demand(0.2, mark("after clipping, with two frozen parameters that still have a gradient"), hint)


# --- accumulate_gradients ---

INPUTS, HIDDEN, OUTPUTS = 4, 6, 3


class Accumulated:
    """A small network, micro-batches, and the effects of the student's function.

    Args:
        student: the proxy.
        sizes: examples of each micro-batch.
        loss: ``mean_squared_error`` or ``mean_cross_entropy``.
        places: number of examples whose activations fit into memory; None for no limit.
        earlier: number that fills the gradients before the call; None for no gradients.
        alike: True if all micro-batches are equal, so that all their gradients have the same direction.
        padded: (positions, labels) of the examples in every micro-batch; None for one row of numbers per example.
        tokens: True if the inputs are token ids, for which the network looks up rows of an embedding matrix.
    """

    def __init__(
        self,
        student,
        sizes: tuple[int, ...],
        loss: str = "mean_squared_error",
        places: int | None = None,
        earlier: float | None = None,
        alike: bool = False,
        padded: tuple[tuple[int, int], ...] | None = None,
        tokens: bool = False,
    ) -> None:
        """Draw everything and call the student's function."""
        draw = student.draw
        self.weights = {
            "first": draw.normal(HIDDEN, INPUTS),
            "second": draw.normal(OUTPUTS, HIDDEN),
            "bias": draw.normal(OUTPUTS),
        }
        self.loss_name, given = loss, student.fixtures.optimization
        # The micro-batches are of different kinds, so that the mean of some of them is not the mean of all.
        self.batches = [
            (
                draw.normal(n, INPUTS) * (1 + place),
                draw.integers(0, OUTPUTS, (n,)) if loss == "mean_cross_entropy" else draw.normal(n, OUTPUTS) + place,
            )
            for place, n in enumerate(sizes)
        ]
        if alike:
            self.batches = [self.batches[0]] * len(sizes)
        if padded is not None:
            self.batches = [
                (draw.normal(n, positions, INPUTS) * (1 + place), draw.integers(0, OUTPUTS, (n, labels)))
                for place, (n, (positions, labels)) in enumerate(zip(sizes, padded, strict=True))
            ]
        if tokens:
            self.batches = [(draw.integers(0, INPUTS, (len(x), 5)), y) for x, y in self.batches]
        model = given.network(*self.weights.values(), places=places, tokens=tokens)
        if earlier is not None:
            given.leave_gradients(model, earlier)
        # Each check reads only what it tests, so that a second error elsewhere does not hide the first.
        self.student = student
        try:
            self.found = given.accumulate(
                student.value(None, "accumulate_gradients"), model, self.batches, given.loss_function(loss)
            )
        except Failed as failed:
            if places is not None:
                with student.untraced():
                    passes = student.value(model, "network.backward_passes")
                held = "nothing" if "0" in re.findall(r"\d+", failed.message) else "something"
                student.note("memory", f"ran out after {passes} backward passes, with {held} held")
            raise
        if places is not None:
            student.note("memory", "enough")
        with student.untraced():
            left = self.found.weights()
        self.moved = any(
            not isinstance(left.get(name), Tensor) or not torch.equal(left[name], before)
            for name, before in self.weights.items()
        )
        student.note("the weights have moved", self.moved)
        if self.moved:
            with student.untraced():
                student.note("they moved before the last micro-batch", self.found.moved_meanwhile())

    def read(self, method: str) -> Any:
        """Return ``gradients``, ``loss`` or ``weights``; untraced if a step of unknown size has moved the weights."""
        with self.student.untraced() if self.moved else contextlib.nullcontext():
            return getattr(self.found, method)()

    def truth(self) -> tuple[float, dict[str, Tensor]]:
        """Compute the mean loss over all examples and its gradient, from one large batch in float64."""
        first, second, bias = (tensor.double() for tensor in self.weights.values())
        numbers = [x if x.is_floating_point() else torch.eye(INPUTS)[x] for x, _ in self.batches]  # ids: one-hot
        inputs = torch.cat([x if x.dim() == 2 else x.mean(1) for x in numbers]).double()
        hidden = torch.tanh(inputs @ first.mT)
        outputs = hidden @ second.mT + bias
        n = len(inputs)
        if self.loss_name != "mean_squared_error":  # with several labels per example, each has an equal share
            shares = outputs.softmax(1)
            one_hot = torch.eye(OUTPUTS, dtype=torch.float64)
            wanted = torch.cat([one_hot[y] if y.dim() == 1 else one_hot[y].mean(1) for _, y in self.batches])
            loss, upstream = -(outputs.log_softmax(1) * wanted).sum() / n, (shares - wanted) / n
        else:
            wrong = outputs - torch.cat([y for _, y in self.batches]).double()
            loss, upstream = wrong.square().mean(), 2 * wrong / (n * OUTPUTS)
        through = (upstream @ second) * (1 - hidden.square())  # through the tanh
        gradients = {"first": through.mT @ inputs, "second": upstream.mT @ hidden, "bias": upstream.sum(0)}
        return float(loss), gradients

    def demand_gradients(self, what: str, hint: str) -> None:
        """Require the gradients of one large batch."""
        _, wanted = self.truth()
        found = self.read("gradients")
        for name, gradient in wanted.items():
            expect.close(
                found.get(name),
                gradient,
                say("gradient of {name}, {what}", name=name, what=translated(what)),
                tolerance=1e-4,
                hint=hint,
            )


class CheckAccumulateGradients:
    """A large batch in small pieces"""

    function = "accumulate_gradients"

    @check(points=2, visible=True, preloads=("training",))
    def check_equal_batches(self, student):
        """four micro-batches of 4 examples give the same gradient as one batch of 16"""
        for _ in range(2):
            accumulated = Accumulated(student, (4, 4, 4, 4))
            with student.untraced():
                student.note("backward passes", accumulated.found.backward_passes() > 0)
            accumulated.demand_gradients(
                mark("from 4 + 4 + 4 + 4 examples"),
                "each loss is the mean over its own micro-batch, and backward ADDS to .grad. What must you "
                "multiply each loss by, so that the sum is the mean over all examples?",
            )

    @check(points=2, preloads=("training",))
    def check_uneven(self, student):
        """micro-batches of 4 + 4 + 2 examples give the gradient of one batch of 10"""
        asked = []  # all before one is judged: wrong weights show best in batches of different shapes
        for sizes, loss in (((4, 4, 2), "mean_squared_error"), ((5, 1, 3), "mean_cross_entropy")):
            accumulated = Accumulated(student, sizes, loss)
            asked.append(
                (
                    accumulated,
                    say("from {sizes} examples", sizes=" + ".join(map(str, sizes))),
                    "every example must have equal weight, whatever the size of its micro-batch",
                )
            )
        if (padded := self.padded(student)) is not None:
            asked.append(
                (
                    padded,
                    mark("from 4 + 2 + 3 examples with 1, 4 and 2 targets each"),
                    "every example must have equal weight, however long its row and however many targets it has",
                )
            )
        for accumulated, _, _ in asked:
            accumulated.read("loss")  # not judged here; it tells apart who weighs the gradients only
            accumulated.read("gradients")
        for accumulated, what, hint in asked:
            accumulated.demand_gradients(what, hint)

    @staticmethod
    def padded(student) -> Accumulated | None:
        """Accumulate over padded micro-batches whose examples have different numbers of labels.

        Concatenating all micro-batches raises an error for them; ``memory`` tests that.
        """
        try:
            return Accumulated(student, (4, 2, 3), "mean_over_labels", padded=((2, 1), (7, 4), (3, 2)))
        except StudentRaised as error:
            if error.no_answer:
                raise
            return None

    @check(points=1, preloads=("training",))
    def check_loss(self, student):
        """the mean loss over all examples is returned as a plain number"""
        for sizes, loss in (((4, 4, 2), "mean_squared_error"), ((3, 1, 5), "mean_cross_entropy")):
            accumulated = Accumulated(student, sizes, loss, tokens=loss == "mean_cross_entropy")
            expect.close(
                accumulated.read("loss"),
                accumulated.truth()[0],
                say("returned loss, from {sizes} examples", sizes=" + ".join(map(str, sizes))),
                tolerance=1e-4,
                hint=(
                    "use the same weights as for the gradients: weight each loss by the number of examples in its "
                    "micro-batch"
                ),
            )
            with student.untraced():
                tensor = bool(accumulated.found.is_tensor())
            if tensor:
                expect.remark("accumulate_gradients returned a tensor; the docstring asks for a plain number")
            expect.true(
                not accumulated.found.attached(),
                "the returned loss is still attached to its graph",
                hint="keeping a list of such losses would keep every computation graph in memory",
                reveal=True,
            )

    @check(points=1, preloads=("training",))
    def check_memory(self, student):
        """forward and backward run for one micro-batch at a time"""
        # Other checks test the weights of the micro-batches.
        accumulated = Accumulated(student, (4, 4, 4), places=4, alike=True)
        found, (_, wanted) = accumulated.read("gradients"), accumulated.truth()
        for name, gradient in wanted.items():
            expect.shape(found.get(name), tuple(gradient.shape), say("gradient of {name}", name=name))
            got = found[name].double().flatten()
            close = float(got @ gradient.flatten()) / max(1e-12, float(got.norm() * gradient.norm()))
            expect.true(
                close > 0.99,
                say(
                    "the gradient of {name} points in a different direction from the gradient over all examples",
                    name=name,
                ),
                hint="run forward and backward for one micro-batch, then for the next",
            )
        # Micro-batches that cannot be concatenated: a refusal ends the check here.
        with student.untraced():
            Accumulated(student, (4, 2, 3), "mean_over_labels", places=4, padded=((2, 1), (5, 4), (3, 2)))

    @check(points=1, preloads=("training",))
    def check_fresh(self, student):
        """old gradients are not added to the new ones, and weights do not change"""
        sizes = (2, 4, 1, 3)  # not sorted
        accumulated = Accumulated(student, sizes, earlier=float(student.draw.uniform(3, 9)))
        left = accumulated.read("weights")
        for name, before in accumulated.weights.items():
            expect.close(
                left.get(name),
                before,
                say("{name}, after accumulating", name=name),
                tolerance=1e-9,
                hint="the caller, not your function, takes the optimizer step after the last micro-batch",
            )
        with student.untraced():
            kept, now = accumulated.found.unchanged(), accumulated.found.sizes()
        student.note("micro-batches that are as they were", " and ".join(f"one of {n}" for n in kept) or "none")
        student.note("micro-batches in the list", " and ".join(f"one of {n}" for n in now) or "none")
        expect.equal(
            kept,
            list(sizes),
            "sizes of those micro-batches in the caller's list that the call has left unchanged",
            hint="the caller still needs the list of micro-batches and its contents",
            reveal=True,
        )
        single = Accumulated(student, (3,), earlier=float(student.draw.uniform(3, 9)))
        _, wanted = single.truth()
        found = single.read("gradients")
        # One micro-batch needs no weights, so any error comes from the earlier gradients.
        for name, gradient in wanted.items():
            expect.close(
                found.get(name),
                gradient,
                say("gradient of {name}, from one micro-batch, with gradients left from an earlier step", name=name),
                tolerance=1e-4,
                hint="backward adds to whatever is in .grad: clear the gradients once, before the first micro-batch",
            )


# --- bonus: warmup and a cosine ---


def up_and_round(step: int, warmup: int, total: int, floor: float = 0.0) -> float:
    """Compute the multiplier from its definition."""
    if step < warmup:
        return step / warmup
    if step >= total:
        return floor
    angle = math.pi * (step - warmup) / (total - warmup)
    return floor + (1 - floor) * (math.cos(angle / 2) ** 2)


def cosines(student, steps: Iterable[int], *rest: float) -> list[Any]:
    """Return the student's multipliers at these steps."""
    function = student.value(None, "warmup_cosine")
    answers: list[Any] = student.fixtures.optimization.at_steps(function, list(steps), *rest)
    return answers


class CheckWarmupCosine:
    """Linear warmup, cosine decay"""

    function = "warmup_cosine"

    @check(points=2, visible=True)
    def check_reference(self, student):
        """the multiplier rises linearly to 1, then falls along half a cosine to 0"""
        draw = student.draw
        warmup, total = draw.integer(3, 12), draw.integer(30, 50)
        cases = [(22, 225), (warmup, total)]
        cases += [(warmup + draw.integer(4, 9), total), (warmup, total + draw.integer(5, 10))]
        asked = [(cosines(student, range(total), warmup, total), warmup, total) for warmup, total in cases]
        for found, warmup, total in asked:
            expect.close(
                found,
                [up_and_round(step, warmup, total) for step in range(total)],
                say(
                    "multiplier at steps 0 to {last}, with {warmup} of {total} steps of warmup",
                    last=total - 1,
                    warmup=warmup,
                    total=total,
                ),
                hint=(
                    "use half a cosine period, with angle 0 at the peak and pi at the end, shifted and scaled "
                    "to run from 1 to 0"
                ),
            )

    @check(points=1, visible=True)
    def check_floor(self, student):
        """with a floor, the decay ends at the floor, and the warmup still begins at 0"""
        draw = student.draw
        asked = []
        warmup, total = draw.integer(4, 15), draw.integer(30, 60)
        for floor in (0.1, float(draw.uniform(0.2, 0.6))):  # of one schedule, only the floor differs
            asked.append((cosines(student, range(total + 5), warmup, total, floor), warmup, total, floor))
        for found, warmup, total, floor in asked:
            expect.close(
                found,
                [up_and_round(step, warmup, total, floor) for step in range(total + 5)],
                say(
                    "multiplier at steps 0 to {last}, with {warmup} of {total} steps of warmup and floor {floor:.3f}",
                    last=total + 4,
                    warmup=warmup,
                    total=total,
                    floor=floor,
                ),
                hint=(
                    "the cosine curve must run from 1 to floor instead of from 1 to 0: what do you multiply it by, "
                    "and what do you add?"
                ),
            )

    @check(points=1, after=("reference",))
    def check_ends(self, student):
        """the multiplier is 1 when the warmup ends and never rises after total_steps"""
        draw = student.draw
        for warmup, total in ((22, 225), (draw.integer(3, 20), draw.integer(30, 60))):
            steps = (warmup, total, total + 1, 2 * total - warmup, 3 * total)
            found = cosines(student, steps, warmup, total)
            hint = "the second half of a cosine period rises again: what keeps your angle within the first half?"
            what = say("multiplier at steps {steps}", steps=steps)
            expect.close(found, [1.0, 0.0, 0.0, 0.0, 0.0], what, tolerance=1e-9, hint=hint)
            middle = cosines(student, (warmup + 1, total - 1), warmup, total)
            numbers = all(isinstance(value, (int, float, Tensor)) for value in middle)
            expect.true(
                numbers and all(0 < float(value) < 1 for value in middle),
                "next to the peak or just before the end, the multiplier is not strictly between 0 and 1",
                hint="the multiplier must be 1 at exactly one step and reach 0 only at the end",
            )
        total = draw.integer(30, 60)
        expect.close(
            cosines(student, range(total), 1, total),
            [up_and_round(step, 1, total) for step in range(total)],
            say("multiplier at steps 0 to {last}, with 1 of {total} steps of warmup", last=total - 1, total=total),
            hint="warmup_steps is a number of steps, even if it is 1: at which step is the peak then?",
        )

    @check(points=1)
    def check_no_warmup(self, student):
        """schedules with 0 warmup steps or 0 decay steps do not cause a division by zero"""
        total = student.draw.integer(20, 60)
        steps: Sequence[int] = range(total + 3)
        with expect.allowed("warmup_steps=0"):
            found = cosines(student, steps, 0, total)
        expect.close(
            found,
            [up_and_round(step, 0, total) for step in steps],
            say("multiplier at steps 0 to {last} without warmup", last=total + 2),
            hint="without warmup, step 0 is the peak: where does your code divide by zero?",
        )
        steps = [*range(total), total + 1, total + 2]  # the value at the peak itself is free
        with student.untraced(), expect.allowed("warmup_steps=total_steps"):
            found = cosines(student, steps, total, total)
        student.note("multipliers of nothing but warmup", found)
        expect.close(
            found[:-2],
            [step / total for step in range(total)],
            say("multiplier at steps 0 to {last}, all of them warmup", last=total - 1),
            hint="there is no decay phase here: where does your code divide by zero?",
        )
        expect.close(
            found[-2:],
            [0.0, 0.0],
            "multiplier after the end when all steps are warmup",
            hint="after total_steps, the multiplier stays at 0, even if all steps were warmup",
        )
        self.demand_peak(student, total)

    @staticmethod
    def demand_peak(student, total: int) -> None:
        """Require 1 or the floor if the peak is also the end, and the floor after it."""
        floor = float(student.draw.uniform(0.2, 0.6))
        peak_of = "at the peak of nothing but warmup"
        try:
            with student.untraced():
                peaks = [cosines(student, [total], total, total, *rest)[0] for rest in ((), (floor,))]
        except StudentRaised as error:
            if error.type == "ZeroDivisionError":
                student.note(peak_of, "a division by zero")
            raise
        with student.untraced():
            after = cosines(student, (total + 1, total + 2, 3 * total), total, total, floor)
        allowed = [
            isinstance(peak, (int, float, Tensor)) and min(abs(float(peak) - 1), abs(float(peak) - end)) < 1e-9
            for peak, end in zip(peaks, (0.0, floor), strict=True)
        ]
        student.note(peak_of, "1 or the floor" if all(allowed) else peaks)
        student.note("behind the peak of nothing but warmup, with a floor", after)
        expect.true(
            all(allowed),
            "when all steps are warmup, the multiplier at step total_steps is neither 1 nor the floor",
            actual=peaks,
            hint="there is no decay phase here: what does your code compute if step, warmup_steps and total_steps "
            "are equal?",
            reveal=True,
        )
        expect.close(
            after,
            [floor] * 3,
            say("multiplier after the end when all steps are warmup, with floor {floor:.3f}", floor=floor),
            hint="after total_steps, the multiplier stays at the floor, even if all steps were warmup",
        )


# --- bonus: one step of Adam ---


def adam(
    weight: Tensor, grads: list[Tensor], mode: str, changes: Sequence[dict[str, float]] = (), **settings: Any
) -> list[Tensor]:
    """Compute the weight after each step in float64, from the definition; ``changes`` are other settings per step."""
    lr, decay = settings.get("lr", 1e-3), settings.get("weight_decay", 0.01)
    (one, two), eps = settings.get("betas", (0.9, 0.999)), settings.get("eps", 1e-8)
    w, first, second, path = weight.double(), torch.zeros(()), torch.zeros(()), []
    for t, grad in enumerate(grads, start=1):
        if changes:
            lr, decay = changes[t - 1].get("lr", lr), changes[t - 1].get("weight_decay", decay)
        g = grad.double() + (decay * w if mode == "l2" else 0.0)
        first, second = one * first + (1 - one) * g, two * second + (1 - two) * g * g
        step = first / (1 - one**t) / ((second / (1 - two**t)).sqrt() + eps)
        w = w - lr * step - (lr * decay * w if mode == "decoupled" else 0.0)
        path.append(w)
    return path


def clearly_not_zero(student, *shape: int) -> Tensor:
    """Draw gradients for which the usual eps is negligible; a check with a large eps tests its position."""
    drawn: Tensor = student.draw.normal(*shape)
    return drawn + 0.3 * torch.where(drawn < 0, -1.0, 1.0)


class CheckAdamStep:
    """One step of Adam, in three modes"""

    function = "adam_step"

    @staticmethod
    def walk(
        student,
        mode: str,
        shape: tuple[int, ...],
        n: int,
        scale: float = 1.0,
        changes: Sequence[dict[str, float]] = (),
        **settings: Any,
    ) -> Any:
        """Return the student's weights after each of n steps, and the expected ones; ``changes`` as in ``adam``."""
        weight = student.draw.normal(*shape) * 2
        grads = [scale * clearly_not_zero(student, *shape) for _ in range(n)]
        stepper = student.fixtures.optimization.stepper(student.value(None, "adam_step"), weight, mode, **settings)
        found = [stepper.step(grad, **changes[t]) if changes else stepper.step(grad) for t, grad in enumerate(grads)]
        return found, adam(weight, grads, mode, changes, **settings)

    @staticmethod
    def watched(student, *arguments: Any) -> Any:
        """Return the answer, and require unchanged arguments; note which one was changed."""
        try:
            return student.pure("adam_step", *arguments)
        except Failed as failed:
            which = re.search(r"\b[123]\b", failed.message)  # the argument; the message is translated
            student.note("what is overwritten", ("weight", "grad", "state")[int(which[0]) - 1] if which else "?")
            raise

    @staticmethod
    def demand(found: list[Any], want: list[Tensor], what: str, hint: str) -> None:
        """Compare the weights step by step."""
        for t, (got, expected) in enumerate(zip(found, want, strict=True), start=1):
            label = say("weight after step {t}, {what}", t=t, what=translated(what))
            expect.close(got, expected, label, tolerance=1e-4, hint=hint)

    @check(points=1, visible=True)
    def check_plain(self, student):
        """mode "none" is plain Adam with bias correction and without weight decay"""
        first = self.walk(student, "none", (5,), 4, lr=0.3, weight_decay=0.5, betas=[0.8, 0.9], eps=1e-8)
        second = self.walk(student, "none", (2, 3), 3, 0.3, lr=0.2, weight_decay=0.3, betas=[0.5, 0.95], eps=0.3)
        third = self.walk(student, "none", (4,), 3, lr=0.5)
        fourth = self.walk(student, "none", (3,), 3, lr=0.4, betas=[0.9, 0.6])
        falling = [{"lr": rate} for rate in (0.6, 0.3, 0.1)]  # as in a schedule
        fifth = self.walk(student, "none", (4,), 3, 1.0, falling)
        hint = "both averages start at 0, so they are too small at first: what do you divide each average by in step t?"
        for (found, want), what in (
            (first, mark("mode none, eps 1e-8")),
            (second, mark("mode none, eps 0.3")),
            (third, mark("mode none, default betas")),
            (fourth, mark("mode none, betas 0.9 and 0.6")),
            (fifth, mark("mode none, with a different lr in each step")),
        ):
            self.demand(found, want, what, hint)

    @check(points=2, visible=True)
    def check_modes(self, student):
        """mode "l2" adds the decay to the gradient, "decoupled" subtracts it from the weight"""
        # Decay added to the gradient may cancel it: no eps, which would then have an effect.
        settings: dict[str, Any] = {"lr": 0.2, "weight_decay": 0.4, "betas": [0.8, 0.9], "eps": 1e-12}
        walks = [
            (self.walk(student, mode, shape, 4, **settings), mode)
            for mode, shape in (("l2", (5,)), ("decoupled", (4,)), ("l2", (2, 3)), ("decoupled", (3, 2)))
        ]
        walks.append((self.walk(student, "decoupled", (4,), 3, lr=0.5), "decoupled"))
        settings["weight_decay"] = 0.0
        walks += [(self.walk(student, mode, (3,), 2, **settings), mode) for mode in ("l2", "decoupled")]
        changes = [{"weight_decay": decay} for decay in (0.1, 0.6)]
        settings.pop("weight_decay")
        steps, expected = self.walk(student, "decoupled", (5,), 2, 1.0, changes, **settings)
        hint = "in which of the two modes should the decay affect the two averages?"
        for (found, want), mode in walks:
            self.demand(found, want, say("mode {mode}", mode=mode), hint)
        self.demand(
            steps,
            expected,
            mark("mode decoupled, with a different weight_decay in each step"),
            "each step uses the settings that are passed to it: what does your code keep from an earlier step?",
        )

    @check(points=1, after=("modes",))
    def check_scale(self, student):
        """with tiny gradients, l2 decay takes a full step, unlike decoupled decay"""
        settings: dict[str, Any] = {"lr": 0.1, "weight_decay": 0.2, "betas": [0.9, 0.99], "eps": 1e-12}
        for scale in (1e-6, 300.0, 0.0):
            for mode in ("l2", "decoupled"):
                if scale == 0.0 and mode == "decoupled":
                    settings["eps"] = 1e-8
                found, want = self.walk(student, mode, (6,), 3, scale, **settings)
                hint = (
                    "Adam divides its step by the typical size of the gradients; decoupled decay must not be "
                    "divided by it"
                )
                what = say("mode {mode}, gradients of size {scale:g}", mode=mode, scale=scale)
                self.demand(found, want, what, hint)

    @check(points=1, after=("plain",))
    def check_care(self, student):
        """an unknown mode raises a ValueError, and each weight has its own state"""
        function = student.value(None, "adam_step")
        for mode in ("none", "l2", "decoupled"):
            self.demand_arguments_kept(student, mode)
        one, two = (student.draw.normal(4) for _ in range(2))
        grads = [clearly_not_zero(student, 4) for _ in range(4)]
        steppers = [student.fixtures.optimization.stepper(function, w, "none", lr=0.3) for w in (one, two)]
        found = [steppers[t % 2].step(grads[t]) for t in range(4)]
        wants = adam(one, grads[::2], "none", lr=0.3), adam(two, grads[1::2], "none", lr=0.3)
        for t in range(4):
            hint = (
                "here two weights are updated in turn: everything that Adam keeps for a weight must be in that "
                "weight's own state"
            )
            what = say("weight {number} of two", number=t % 2 + 1)
            expect.close(found[t], wants[t % 2][t // 2], what, tolerance=1e-4, hint=hint)
        with student.untraced():  # the type does not matter if it is not a ValueError
            refusals = [
                student.fixtures.optimization.refusal(function, one, grads[0], {}, mode) for mode in ("L2", "adamw", "")
            ]
        for kinds in refusals:
            refused = isinstance(kinds, list) and "ValueError" in kinds
            student.note("refused", "a ValueError" if refused else "no error" if kinds == [] else "another")
        for kinds in refusals:
            refused = isinstance(kinds, list) and "ValueError" in kinds
            got = kinds[0] if isinstance(kinds, list) and kinds else say("no error")
            expect.true(
                refused,
                "an unknown mode: expected a ValueError",
                expected="ValueError",
                actual=str(got)[:60],
                hint="without an error, a misspelt mode would silently train without decay",
                reveal=True,
            )

    def demand_arguments_kept(self, student, mode: str) -> None:
        """Require that two steps are right and change none of their arguments."""
        weight, grad = student.draw.normal(3), clearly_not_zero(student, 3)
        with student.untraced():
            answer = self.watched(student, weight, grad, {}, mode)
            expect.true(
                isinstance(answer, (tuple, list)) and len(answer) == 2 and isinstance(answer[1], dict),
                "adam_step must return two values: the new weight and the new state (a dictionary)",
                actual=expect.shown(answer),
                reveal=True,
            )
            again = self.watched(student, answer[0], grad, answer[1], mode)
        for t, (got, want) in enumerate(zip((answer, again), adam(weight, [grad, grad], mode), strict=True), start=1):
            expect.close(got[0], want, say("weight after step {t}, mode {mode}", t=t, mode=mode), tolerance=1e-4)
