"""Hidden checks of exercise-3: LoRA and its relatives.

Dimensions as in the exercise: d outputs, k inputs, r rank. All sizes differ, so a transposed product cannot pass by
chance; the factors are recognised by their shapes, however they are stored. The layers get new numbers in every run;
the expected results are computed here with plain torch, or follow from a law (merging changes no output, the frozen
part never changes).

Results that depend on a student's free choices (random starts, names, return values of methods that need not return
anything) are read untraced, and noted.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from course.text import mark, say, translated
from grader.errors import StudentRaised
from grader.fixtures import lora as built
from grader.judge import expect
from grader.judge.check import check

# --- counting ---


KEYS_OF_REPORT = ("lora_params", "trainable", "kept_ratio", "reduction", "trainable_ratio")


def counted(student, *args: object, **kwargs: object):
    """Return the student's report; only its five known keys count."""
    with student.untraced():
        report = student.pure("lora_report", *args, **kwargs)
    expect.true(
        isinstance(report, dict),
        "lora_report does not return a dictionary",
        actual=type(report).__name__,
        hint="which keys does the docstring list?",
        reveal=True,
    )
    for key in KEYS_OF_REPORT:
        value = report.get(key)
        if isinstance(value, Tensor) and value.numel() == 1:
            expect.remark(say("lora_report returns {key} as a tensor; the docstring asks for a plain number", key=key))
            value = value.item()
        if isinstance(value, (int, float)) and abs(value) < 1e300:
            student.note(key, float(value))
        elif value is None and key == "trainable_ratio":
            student.note(key, "none")
    return report


def entry(report: dict[str, Any], key: str) -> Any:
    """Return one number of the report."""
    expect.true(
        key in report,
        say("the report has no key {key}", key=key),
        actual=list(report),
        hint="compare the key names with the docstring",
        reveal=True,
    )
    return report[key]


def number(report: dict[str, Any], key: str) -> float:
    """Return one number of the report as a float, for calculations."""
    value = entry(report, key)
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    finite = isinstance(value, (int, float)) and abs(value) < 1e300
    expect.true(finite, say("{key} is not a finite number", key=key), actual=expect.shown(value), reveal=True)
    return float(value)


class CheckLoraReport:
    """How many parameters LoRA trains"""

    function = "lora_report"

    @check(points=2, visible=True)
    def check_problem2(self, student):
        """rank 16 on four matrices per BERT-base layer: 1,179,648 LoRA parameters"""
        d, r, layers = student.draw.integer(300, 900), student.draw.integer(2, 9), student.draw.integer(3, 11)
        report = counted(student, [(768, 768)] * 4, r=16, n_layers=12)
        other = counted(student, [(d, d)] * 3, r=r, n_layers=layers)
        kept = report.get("kept_ratio")
        student.note("1/24 has few decimals", isinstance(kept, float) and kept == round(kept, 5))
        expect.equal(
            entry(report, "lora_params"),
            1_179_648,
            "lora_params",
            hint="count the parameters of both factors of one matrix, sum over the matrices of a layer, then over "
            "all layers",
        )
        expect.equal(
            entry(report, "trainable"),
            1_179_648,
            "trainable",
            hint="without a head, only the LoRA factors are trainable",
        )
        expect.close(
            entry(report, "kept_ratio"),
            1 / 24,
            "kept_ratio",
            hint=(
                "return a fraction, not a percentage: what fraction of the adapted matrices' parameters is still "
                "trained?"
            ),
        )
        expect.close(
            entry(report, "reduction"),
            23 / 24,
            "reduction",
            hint="4.17% of the parameters are still trained; the reduction is the fraction that is saved",
        )
        same_rule = "this model is smaller: does your code hard-code a number that should come from the arguments?"
        sizes = {"d": d, "r": r, "layers": layers}
        what = {
            key: say("{key} for three matrices of {d} x {d} per layer, rank {r}, {layers} layers", key=key, **sizes)
            for key in KEYS_OF_REPORT
        }
        expect.equal(entry(other, "lora_params"), 6 * d * r * layers, what["lora_params"], hint=same_rule)
        expect.equal(entry(other, "trainable"), 6 * d * r * layers, what["trainable"], hint=same_rule)
        expect.close(entry(other, "kept_ratio"), 2 * r / d, what["kept_ratio"], hint=same_rule)
        expect.close(entry(other, "reduction"), 1 - 2 * r / d, what["reduction"], hint=same_rule)

    @check(points=2)
    def check_non_square(self, student):
        """the counts are right when d and k differ, as in a feed-forward block"""
        d, k, r = student.draw.integer(50, 80), student.draw.integer(20, 40), student.draw.integer(3, 9)
        shapes, layers = [(d, k), (3 * k, d), (k, k)], student.draw.integer(2, 7)
        one = counted(student, [(d, k)], r=r)
        three = counted(student, shapes, r=r, n_layers=layers)
        huge = self.shapes_beyond_32_bits(student)
        big = counted(student, huge, r=1024 * r)
        hint = "write down the shapes of A and of B: which of them depends on d, and which on k?"
        rounding = 0.006  # to two digits, which other checks test
        expect.equal(entry(one, "lora_params"), r * (d + k), "lora_params for one matrix with d != k", hint=hint)
        expect.close(
            entry(one, "kept_ratio"),
            r * (d + k) / (d * k),
            "kept_ratio for one matrix with d != k",
            tolerance=rounding,
            hint=hint,
        )
        lora = r * sum(sum(shape) for shape in shapes)
        full = sum(rows * columns for rows, columns in shapes)
        expect.equal(
            entry(three, "lora_params"),
            layers * lora,
            "lora_params for three different matrices per layer",
            hint="add up the parameters of one layer's matrices, then multiply by the number of layers",
        )
        expect.close(
            entry(three, "kept_ratio"),
            lora / full,
            "kept_ratio for three different matrices",
            tolerance=rounding,
            hint="return one ratio for all adapted matrices: sum the parameters first, then divide",
        )
        alone = one.get("reduction")
        if isinstance(alone, float) and abs(alone - 1 + r * (d + k) / (d * k)) <= rounding:  # else another check fails
            expect.close(
                entry(three, "reduction"),
                1 - lora / full,
                "reduction for three different matrices",
                tolerance=rounding,
                hint="kept_ratio and reduction add up to 1, however many matrices there are",
            )
        hint = "these matrices have more than 2 ** 31 parameters: in which data type does your code store the counts?"
        lora = 1024 * r * sum(sum(shape) for shape in huge)
        full = sum(rows * columns for rows, columns in huge)
        expect.close(entry(big, "lora_params"), lora, "lora_params for very large matrices", hint=hint)
        expect.close(
            entry(big, "kept_ratio"), lora / full, "kept_ratio for very large matrices", tolerance=rounding, hint=hint
        )

    @staticmethod
    def shapes_beyond_32_bits(student) -> list[tuple[int, int]]:
        """Return large matrices: the first alone has more parameters than an int32 can count, the others together."""
        return [
            (student.draw.integer(900_000, 1_000_000), 16_384),
            *((student.draw.integer(44_000, 46_000), 45_000) for _ in range(3)),
        ]

    @check(points=1)
    def check_head(self, student):
        """the head's parameters count as trainable, but not as LoRA parameters"""
        alone = counted(student, [(768, 768)] * 2, r=8, n_layers=12)
        lora, kept = number(alone, "lora_params"), number(alone, "kept_ratio")
        twice = number(counted(student, [(768, 768)] * 2, r=16, n_layers=12), "lora_params")
        expect.true(
            lora > 0 and twice == 2 * lora,
            "lora_params does not double when the rank doubles",
            actual=say("{lora:g} at rank 8, {twice:g} at rank 16", lora=lora, twice=twice),
            hint="get the parameter count of the factors right first",
            reveal=True,
        )
        drawn = student.draw.integer(50_000, 100_000), student.draw.integer(10**6, 2 * 10**6)
        for head, base in (drawn, (1_538, 109_483_778)):
            report = counted(student, [(768, 768)] * 2, r=8, n_layers=12, head_params=head, base_params=base)
            expect.equal(
                entry(report, "lora_params"),
                lora,
                "lora_params when head_params is given",
                hint="a head adds trainable parameters, but no LoRA parameters",
            )
            expect.close(
                entry(report, "kept_ratio"),
                kept,
                "kept_ratio when head_params is given",
                tolerance=1e-6,
                hint="kept_ratio compares the factors with the matrices they adapt; the head belongs to neither",
            )
            expect.equal(
                entry(report, "trainable"),
                lora + head,
                say("trainable, with a head of {head:,} parameters", head=head),
                hint="the head is newly initialised, so all its parameters are trained",
            )
            expect.close(
                entry(report, "trainable_ratio"),
                (lora + head) / (base + lora),
                "trainable_ratio",
                tolerance=1e-6,  # 0.2686% and 0.2700% differ by 1.4e-5
                hint="divide all trainable parameters by all parameters of the model, including the LoRA factors",
            )
        student.note("without base_params", " and ".join(key for key in KEYS_OF_REPORT if alone.get(key) is not None))
        if "trainable_ratio" in alone and alone["trainable_ratio"] is None:
            expect.remark(
                "without base_params, lora_report returns None as trainable_ratio; according to the docstring, the "
                "key should be absent"
            )
        expect.true(
            alone.get("trainable_ratio") is None,
            "the report contains a trainable_ratio although base_params was not given",
            actual=expect.shown(alone.get("trainable_ratio")),
            hint="without base_params, the size of the whole model is unknown",
            reveal=True,
        )
        self.expect_new_report(student)

    @staticmethod
    def expect_new_report(student) -> None:
        """Expect that a later call does not change an earlier report."""
        with student.untraced():
            report = student.value(None, "lora_report")
            kept = student.fixtures.lora.keep(report, [(60, 40), (50, 30)], 4)
            before = kept.read()
            student.fixtures.lora.keep(report, [(90, 70)], 5, 3, 80, 99_000)
            after = kept.read()
            again = student.fixtures.lora.keep(report, [(60, 40), (50, 30)], 4)
            shared = bool(student.fixtures.lora.one_object(kept, again))
        expect.true(
            isinstance(before, dict) and isinstance(after, dict), "lora_report does not always return a dictionary"
        )
        expect.true(
            all(number(after, key) == number(before, key) for key in KEYS_OF_REPORT[:4]),
            "a second call to lora_report changes the report that the first call returned",
            hint="does every call create a new dictionary?",
            fact=True,
        )
        expect.true(
            not shared,
            "two calls to lora_report with the same arguments return the same dictionary object",
            hint="if a caller changes the first report, what does the second report contain?",
            fact=True,
        )

    @check(points=1)
    def check_grows_past_one(self, student):
        """the reduction is negative once LoRA has more parameters than the matrix"""
        for r in (384, 768, student.draw.integer(800, 5000)):  # at 384, the reduction is 0
            report = counted(student, [(768, 768)], r=r)
            keys = [key for key in KEYS_OF_REPORT if report.get(key) is not None]
            student.note(f"keys of the report at {'384' if r == 384 else 'a larger rank'}", " ".join(keys))
            kept = number(report, "kept_ratio")
            one_factor = r / 768  # other checks test counting only one factor, and rounding
            expect.true(
                any(abs(kept - share) <= 0.01 * share for share in (one_factor, 2 * one_factor)),
                "kept_ratio is wrong at a very large rank",
                hint=(
                    "at r = 768 each factor alone is as large as the matrix: what is the ratio for both "
                    "factors together?"
                ),
            )
            expect.close(
                entry(report, "reduction"),
                1 - kept,
                "reduction above the break-even rank",
                hint="if LoRA has more parameters than the matrix it adapts, the reduction must be negative",
            )


# --- one adapted layer ---

D, K, R = 5, 7, 3


class Adapted:
    """A student's LoRALinear around a base with known numbers; A and B are written by the judge.

    The base is (D, K), the rank R; ``scale`` is the expected alpha / r.
    """

    def __init__(
        self,
        student,
        alpha: float,
        r: int = R,
        dropout: float | None = None,
        bias: bool = True,
        dtype: torch.dtype = torch.float32,
        write: bool = True,
    ) -> None:
        """Build it in the student process; ``write=False`` leaves the factors at their start."""
        self.student = student
        self.weight = student.draw.normal(D, K, dtype=dtype)
        self.bias = student.draw.normal(D, dtype=dtype) if bias else None
        self.a, self.b = student.draw.normal(r, K, dtype=dtype), student.draw.normal(D, r, dtype=dtype)
        self.scale = alpha / r
        self.r, self.base = r, student.fixtures.lora.linear_of(self.weight, self.bias)
        options = {} if dropout is None else {"dropout": dropout}
        self.layer = student.LoRALinear(self.base, r=r, alpha=alpha, **options)
        if write:
            self.find().write(self.a, self.b)

    def find(self):
        """Find the factors in the student process again."""
        self.factors = self.student.fixtures.lora.factors(self.layer, self.r, K, D, self.base)
        return self.factors

    def quietly(self, method: str) -> None:
        """Call a method for its effect; it may return anything."""
        with self.student.untraced():
            getattr(self.layer, method)()

    def without(self, x: Tensor) -> Any:
        """Return the student's output with both factors at zero; restore the factors afterwards."""
        self.factors.silence()
        output = self.layer(x)
        self.factors.write(self.a, self.b)
        return output

    def take_part(self) -> None:
        """Require that everything trained affects the output, and that the update is proportional to B.

        No other kind of layer that starts out equal to its base has such an update.
        """
        expect_alive(self.student, self.layer, K, D)
        self.expect_proportional()

    def expect_proportional(self) -> None:
        """Expect that doubling B doubles the update."""
        x = self.student.draw.normal(4, K)
        with self.student.untraced():
            factors = self.find()
            factors.write(self.a, torch.zeros(D, R))
            none = self.layer(x)
            factors.write(self.a, self.b)
            once = self.layer(x)
            factors.write(self.a, 2 * self.b)
            twice = self.layer(x)
        for output in (none, once, twice):
            usable(output, (4, D), "output")
        expect.true(
            same(twice - none, 2 * (once - none), 1e-3),
            "doubling B does not double the update",
            hint="the update is (alpha/r) B A x: which operation in your code is not linear in B?",
            fact=True,
        )

    def plain(self, x: Tensor) -> Tensor:
        """Return W x + b."""
        output: Tensor = F.linear(x, self.weight, self.bias)
        return output

    def delta(self) -> Tensor:
        """Return (alpha / r) B A."""
        product: Tensor = self.b @ self.a
        return self.scale * product

    def adapted(self, x: Tensor) -> Tensor:
        """Return W x + b + (alpha / r) B A x."""
        return self.plain(x) + F.linear(x, self.delta())


LARGE = 10_000.0
"""Bound far above every right answer: inputs and factors are standard normal, and most sizes are below ten."""


def usable(answer: object, shape: tuple[int, ...], what: str, hint: str | None = None) -> None:
    """Require a sound shape and size of an answer that other answers will be compared with.

    A tolerance grows with the numbers that it is derived from, so a student's numbers must be limited.
    """
    expect.shape(answer, shape, what, hint=hint)
    numbers = answer.double()  # type: ignore[attr-defined]
    sound = bool(numbers.isfinite().all()) and float(numbers.abs().max()) < LARGE
    expect.true(
        sound,
        say("{what}: some values are not finite or exceed {large:,.0f}", what=translated(what), large=LARGE),
        actual=expect.shown(answer),
        reveal=True,
    )


def same(one: object, other: Tensor, tolerance: float = 1e-4) -> bool:
    """Return whether two outputs are equal up to float32 rounding; for notes, since it does not end the check."""
    return (
        isinstance(one, Tensor)
        and one.shape == other.shape
        and bool(
            ((one.double() - other.double()).abs() <= tolerance * (1 + other.double().abs().clamp(max=LARGE))).all()
        )
    )


def same_rows(one: Tensor, others: Tensor, tolerance: float) -> list[int]:
    """Return the indices of the rows of ``others`` (N, ...) that equal ``one`` (...), compared as in ``same``."""
    wanted = others.double()
    near = (one.double() - wanted).abs() <= tolerance * (1 + wanted.abs().clamp(max=LARGE))
    return near.flatten(1).all(1).nonzero().flatten().tolist()


def expect_alive(student, module, k: int, d: int) -> None:
    """Expect that the output has the right shape, is deterministic, and depends on x and on the trained tensors.

    Combine this with any property that a module without effect also has, which alone would be worth nothing.
    """
    x, other = student.draw.normal(4, k), student.draw.normal(4, k)
    with student.untraced():
        quiet = module(x)
        student.fixtures.lora.stir(module, student.draw.seed())
        one, again, elsewhere = module(x), module(x), module(other)
    for output in (quiet, one, again, elsewhere):
        usable(output, (4, d), "output")
    alive = [same(again, one), not same(one, quiet), not same(elsewhere, one)]
    student.note("steady, moved by what is trained, moved by x", alive)
    expect.true(
        alive[0],
        "two calls with the same input give different outputs, although no dropout should be active",
        hint="what in your forward pass differs between the two calls?",
    )
    expect.true(
        alive[1],
        "changing the trainable parameters does not change the output",
        hint="which of the trainable parameters does your forward pass use?",
    )
    expect.true(alive[2], "two different inputs give the same output", hint="does your forward pass use its input?")


def expect_new_values_used(student, layer, pair, base, like: Sequence[Tensor]) -> None:
    """Expect that a layer uses the current A, B and W in evaluation mode without gradients, whichever has changed.

    It is compared with itself in training mode, so that other errors of its output are left to other checks.

    Args:
        student: the student of this check.
        layer: an unmerged layer.
        pair: its factors.
        base: the layer that it was built around.
        like: tensors with the shapes of A, B and W.
    """
    x = student.draw.normal(4, K)
    later = [student.draw.normal(*numbers.shape) for numbers in like]
    found, wanted = student.fixtures.lora.outputs_in_both_modes(layer, pair, base, x, later)
    labels = (
        mark("output in evaluation mode and without gradients"),
        mark("output in evaluation mode and without gradients, after A has changed"),
        mark("output in evaluation mode and without gradients, after B has changed"),
        mark("output in evaluation mode and without gradients, after W has changed"),
    )
    hint = (
        "A, B and W can each change between two calls, even in evaluation mode: what does your "
        "layer keep from an earlier call?"
    )
    for one, want, label in zip(found, wanted, labels, strict=True):
        usable(want, (4, D), "output")
        expect.close(one, want, translated(label), tolerance=1e-4, hint=hint)


REFUSING = (
    *("LoRALinear", "inject_lora", "load_lora_state_dict", "MultiLoRALinear", "peft_param_count"),
    *("best_rank_r", "DoRALinear"),
)


def refused(student, promised: str, function: Callable[..., object], *args: object, **kwargs: object) -> bool:
    """Return whether the student's code raises an error; a type other than the promised one is accepted with a remark.

    NotImplementedError is accepted, too, except the skeleton's, whose message is the name of its function.
    """
    raised = False
    try:
        with student.untraced():
            function(*args, **kwargs)
    except StudentRaised as error:
        if error.memory or (error.not_started and error.message.split(".")[0] in REFUSING):
            raise
        raised = True
        if error.type != promised:
            expect.remark(
                say(
                    "your code raises {type}; the docstring asks for {promised}",
                    type=error.type[:60],
                    promised=promised,
                )
            )
    student.note("refused", raised)
    return raised


def untouched(student, layer, x: Tensor, what: str) -> Any:
    """Return the student's output for x, and require that the call does not change x."""
    with student.untraced():
        output, after = student.fixtures.lora.answer(layer, x)
    expect.true(
        isinstance(after, Tensor) and torch.equal(after, x),
        say("{what} modifies its input in place", what=translated(what)),
        hint="the caller still needs the original x: which operation in your code modifies x in place?",
        fact=True,
    )
    return output


def lies_along(one: Tensor, other: Tensor) -> bool:
    """Return whether every row is a multiple of its row in ``other``."""
    share = (one * other).sum(1, keepdim=True) / (other * other).sum(1, keepdim=True)
    return bool(((one - share * other).norm(dim=1) <= 1e-3 * other.norm(dim=1)).all())


def all_or_nothing(one: Tensor, other: Tensor) -> bool:
    """Return whether every entry is zero or a common multiple of its entry in ``other``; skip entries near zero."""
    shares = (one / other)[other.abs() > 0.1]
    return bool(((shares.abs() < 1e-2) | ((shares - shares.max()).abs() < 1e-2)).all())


def trained_shapes(student, module) -> list[tuple[int, ...]]:
    """Return the shapes of the trainable tensors, with sorted dimensions, since they may be stored transposed."""
    with student.untraced():
        shapes = student.fixtures.trainable_shapes(module)
    expect.true(
        len(shapes) <= MANY,
        say("there are more than {many} trainable tensors", many=MANY),
        actual=len(shapes),
        reveal=True,
    )
    return sorted(tuple(sorted(n for n in shape if n != 1)) for shape in shapes)


MANY = 1000
"""Tensors or names that are read; the largest model of these checks has 200."""


class CheckLoRALinear:
    """h = W x + b + (alpha/r) B A dropout(x)"""

    function = "LoRALinear"

    @check(points=2, visible=True)
    def check_shapes_and_freeze(self, student):
        """only the two factors, with r*k and d*r parameters, are trainable"""
        for bias in (True, False):
            self.expect_only_factors_trainable(student, bias)
        base = student.fixtures.lora.linear_of(student.draw.normal(D, K))
        self.expect_smallest_rank(student, base)
        self.expect_wide_rank(student, base)
        Adapted(student, alpha=6.0, write=False).take_part()

    @staticmethod
    def expect_only_factors_trainable(student, bias: bool) -> None:
        """Expect that the layer trains its two factors, and nothing in the base layer."""
        adapted = Adapted(student, alpha=6.0, bias=bias, write=False)
        shapes = trained_shapes(student, adapted.layer)
        student.note("trainable shapes", str(shapes))
        expect.equal(
            shapes,
            [(R, D), (R, K)],
            say("shapes of the trainable tensors (base with bias, d={d}, k={k}, r={r})", d=D, k=K, r=R)
            if bias
            else say("shapes of the trainable tensors (base without bias, d={d}, k={k}, r={r})", d=D, k=K, r=R),
            hint="freeze W and b of the base layer; train only the two factors, with r*k and d*r parameters",
            reveal=True,
        )
        passed = trained_shapes(student, adapted.base)
        student.note("trainable in the layer that was passed", str(passed))
        expect.equal(
            passed,
            [],
            "shapes of the trainable tensors in the layer passed to LoRALinear",
            hint=("other code can still use the layer that was passed in: did you freeze that layer, or a copy of it?"),
            reveal=True,
        )

    @staticmethod
    def expect_smallest_rank(student, base) -> None:
        """Expect that ranks below 1 are refused, and rank 1 is accepted."""
        expect.true(
            refused(student, "ValueError", student.LoRALinear, base, r=0, alpha=6.0),
            "a layer of rank 0 is created without an error",
            hint="the rank must be at least 1: a layer of rank 0 would silently have nothing to train",
        )
        expect.true(
            refused(student, "ValueError", student.LoRALinear, base, r=-2, alpha=6.0),
            "a layer of rank -2 is created without an error",
            hint="the rank must be at least 1",
        )
        try:
            with student.untraced():
                thin = trained_shapes(student, student.LoRALinear(base, r=1, alpha=6.0))
        except StudentRaised as error:
            if error.type != "ValueError" or error.no_answer:
                raise
            thin = None
        expect.true(
            thin is not None,
            "a layer of rank 1 raises an error",
            hint="rank 1 is the smallest valid rank: which ranks should your code reject?",
            fact=True,
        )
        what = say("shapes of the trainable tensors with r=1 (d={d}, k={k}), ignoring dimensions of size 1", d=D, k=K)
        expect.equal(thin, sorted([(D,), (K,)]), what, reveal=True)

    @staticmethod
    def expect_wide_rank(student, base) -> None:
        """Expect that a rank above both d and k is accepted."""
        wide = 8
        try:
            with student.untraced():
                shapes = trained_shapes(student, student.LoRALinear(base, r=wide, alpha=6.0))
            built = True
        except StudentRaised as error:
            if error.no_answer:
                raise
            built = False
        expect.true(
            built,
            say("a layer of rank {r} around a base with d={d} and k={k} raises an error", r=wide, d=D, k=K),
            hint="such a large rank is wasteful, but does the docstring ask for an error?",
            fact=True,
        )
        expect.equal(
            shapes,
            [(D, wide), (K, wide)],
            say("shapes of the trainable tensors with r above d and k (d={d}, k={k}, r={r})", d=D, k=K, r=wide),
            hint="the caller chooses the rank, even a wasteful one",
            reveal=True,
            fact=True,
        )

    @check(points=2, visible=True)
    def check_identity_at_start(self, student):
        """a fresh layer gives the same output as the layer it wraps"""
        adapted = Adapted(student, alpha=6.0, write=False)
        x = student.draw.normal(4, K)
        with student.untraced():
            output = adapted.layer(x)
        student.note("same as the base", same(output, adapted.plain(x)))
        expect.close(
            output,
            adapted.plain(x),
            "output of a fresh layer",
            hint=(
                "nothing has been learned yet, so B A x must be zero: which of the two factors does your code "
                "set to zero?"
            ),
        )
        with student.untraced():
            owned = student.fixtures.tensors(adapted.layer)
        expect.true(
            len(owned) > 2,
            "the layer contains no LoRA factors, only its base",
            hint="the factors must exist as soon as the layer is created",
            fact=True,
        )
        adapted.take_part()

    @check(points=1)
    def check_init_can_learn(self, student):
        """at least one factor starts with non-zero values, so that a gradient can flow"""
        adapted = Adapted(student, alpha=6.0, write=False)
        x, upstream = student.draw.normal(4, K), student.draw.normal(4, D)
        with student.untraced():
            output = adapted.layer(x)
            gradients = student.fixtures.lora.factor_gradients(adapted.layer, R, x, upstream)
            others = student.fixtures.lora.factor_gradients(adapted.layer, R, student.draw.normal(4, K), upstream)
        usable(output, (4, D), "output")
        moving = [bool(((gradient != 0) & gradient.isfinite()).any()) for gradient in gradients]
        student.note("A has a gradient", moving[0])
        student.note("B has a gradient", moving[1])
        expect.true(
            any(moving),
            "neither factor receives a gradient in the first step",
            hint=(
                "each factor's gradient is proportional to the other factor: what are the two gradients if "
                "both factors start at zero?"
            ),
        )
        heeded = any(
            one.shape != other.shape or not same(one, other) for one, other in zip(gradients, others, strict=True)
        )
        expect.true(
            heeded,
            "the gradients of the factors are the same for two different inputs",
            hint="A must be applied to x, and B to A x: where does your code use x?",
            fact=True,
        )

    @check(points=1)
    def check_B_is_zero(self, student):
        """B is initialised to zero and A to random values, as in the paper"""
        adapted = Adapted(student, alpha=6.0, write=False)
        with student.untraced():
            a, b = adapted.find().read()
            other, next_b = Adapted(student, alpha=6.0, write=False).find().read()
        usable(a, (R, K), "initial A")
        usable(b, (D, R), "initial B")
        full_rank = bool(torch.linalg.matrix_rank(a.double()) == R)
        student.note("A is zero", bool((a == 0).all()))
        student.note("B is zero", bool((b == 0).all()))
        student.note("A has full rank", full_rank)
        student.note("A holds zeros", bool((a == 0).any()))
        student.note("rows of A are equal", bool((a == a[:1]).all()))
        student.note("inputs that A looks at", int((a != 0).any(0).sum()))
        student.note("A is the same in the next layer", torch.equal(a, other))
        student.note("B is the same in the next layer", torch.equal(b, next_b))
        hint = "A is the factor that is applied to the input first; A starts with random values, B at zero"
        expect.true(bool((b == 0).all()), "B, the factor with d rows, does not start at zero", hint=hint)
        expect.true(bool((a != 0).any()), "A, the factor with k columns, starts at zero", hint=hint)
        expect.true(
            full_rank,
            "the rows of A are linearly dependent at the start",
            hint="equal rows receive equal gradients and stay equal, so the effective rank is smaller than r",
        )
        expect.true(
            not torch.equal(a, other),
            "two fresh layers start with the same A",
            hint=(
                "each layer must sample its own random values: do not use a fixed pattern or set a seed "
                "inside the layer"
            ),
        )
        adapted.take_part()

    @check(points=3, visible=True)
    def check_forward(self, student):
        """the output is W x + b + (alpha/r) B A x, and x is not modified"""
        for shape, bias in (((4, K), True), ((2, 6, K), True), ((4, K), False), ((K,), True)):
            adapted = Adapted(student, alpha=8.0, bias=bias)
            for _ in range(2):
                x = student.draw.normal(*shape)
                expect.close(
                    adapted.layer(x),
                    adapted.adapted(x),
                    say("output for x of shape {shape}, base with bias", shape=shape)
                    if bias
                    else say("output for x of shape {shape}, base without bias", shape=shape),
                    tolerance=1e-4,
                    hint=say(
                        "here alpha is 8 and r is {r}, so the update is scaled by 8/{r}; base and update both "
                        "take x as input",
                        r=R,
                    ),
                )
        untouched(student, adapted.layer, student.draw.normal(4, K), "the forward pass")

    @check(points=1)
    def check_scaling(self, student):
        """with alpha = r the scale is 1, and doubling alpha doubles the update"""
        asked = []
        for r, alpha in ((R, R), (R, 2 * R), (2, 1), (1, 5)):
            adapted = Adapted(student, alpha=float(alpha), r=r, bias=r > 1)  # with rank 1, B has the shape of a bias
            x = student.draw.normal(4, K)
            asked.append((adapted, x, r, alpha, adapted.layer(x), adapted.without(x)))
        for adapted, x, r, alpha, output, silent in asked:
            expect.shape(output, (4, D), "output")
            expect.shape(silent, (4, D), "output with both factors at zero")
            update = alpha / r * F.linear(x, adapted.b @ adapted.a)
            expect.close(silent, adapted.adapted(x) - update, "output with both factors at zero", tolerance=1e-4)
            expect.close(
                output - silent,
                update,
                say("update for alpha = {alpha} and r = {r}", alpha=alpha, r=r),
                tolerance=1e-4,
                hint="divide alpha by r: raising the rank alone must not make the update larger",
            )

    @check(points=2)
    def check_dropout_path(self, student):
        """dropout applies only to the input of the update, and only in training mode"""
        p, rows = 0.25, 128  # one input per row: the update of a row is dropped or kept as a whole; .75 ** 128 < 1e-15
        adapted = Adapted(student, alpha=2.0 * R, dropout=p)
        column = student.draw.integers(0, K, (rows,))
        x = F.one_hot(column, K) * student.draw.uniform(1.0, 2.0, rows, 1)
        frozen, plain = self.outputs_without_update(student, adapted, x)
        calm = self.output_in_evaluation(student, adapted, x)
        update = calm - plain
        expect.differs(
            calm,
            plain,
            "the update in evaluation mode",
            hint="in evaluation mode, your LoRA branch adds nothing to the output",
        )
        student.note("update in evaluation mode", update)

        bare = self.output_of_a_layer_without_dropout(student, adapted, x)
        adapted.quietly("train")
        output = untouched(student, adapted.layer, x, "the forward pass in training mode")
        usable(output, (rows, D), "output in training mode")
        noisy = output - plain
        kept = (noisy * update).sum(1) / (update * update).sum(1)
        straight = lies_along(noisy, update)
        outside = noisy - noisy @ torch.linalg.pinv(adapted.b.T) @ adapted.b.T
        student.note("a row is kept or dropped as a whole", straight)
        student.note("what is added lies in the span of B", bool(outside.abs().max() < 1e-3 * noisy.abs().max() + 1e-4))
        student.note("something changes in training mode", not same(output, calm))
        student.note("an entry of the update is kept or dropped as a whole", all_or_nothing(noisy, update))

        expect.true(
            same(frozen, plain),
            "with both factors at zero, the outputs in training and evaluation mode differ",
            hint="dropout belongs in the LoRA branch; the frozen path must see every entry of x",
        )
        expect.true(
            not same(output, calm),
            "dropout has no effect in training mode",
            hint=say("this layer was built with dropout={p}", p=p),
        )
        expect.true(
            straight,
            "if a row of x has a single non-zero entry, the update for that row must be kept or dropped as a whole",
            hint="apply dropout to the entries of x, before A; not to the r values after A, and not to the output",
        )
        # The error of a factor that is drawn with the entries is random.
        factor = float(kept.max()) * (1 - p)
        nearly = 0.001 < abs(factor - 1) < 0.12
        student.note("factor of a kept row", "nearly 1 / (1 - p)" if nearly else float(kept.max()))
        expect.close(
            calm,
            bare,
            "output in evaluation mode, compared with a layer without dropout",
            tolerance=1e-4,
            hint="in evaluation mode, dropout leaves x unchanged: what does your code do to x in that mode?",
            fact=True,
        )
        expect.close(
            torch.tensor([kept.min(), kept.max()]),
            torch.tensor([0.0, 1 / (1 - p)]),
            "smallest and largest fraction of the update left after dropout",
            tolerance=1e-3,
            hint="dropout divides the entries it keeps by 1 - p, so that the mean stays the same",
        )

    @staticmethod
    def output_of_a_layer_without_dropout(student, adapted: Adapted, x: Tensor) -> Tensor:
        """Return the output in evaluation mode of a layer with the same numbers, but without dropout."""
        base = student.fixtures.lora.linear_of(adapted.weight, adapted.bias)
        bare: Tensor
        with student.untraced():
            layer = student.LoRALinear(base, r=adapted.r, alpha=adapted.scale * adapted.r)
            student.fixtures.lora.factors(layer, adapted.r, K, D, base).write(adapted.a, adapted.b)
            layer.eval()
            bare = layer(x)
        usable(bare, (len(x), D), "output of a layer without dropout")
        return bare

    @staticmethod
    def outputs_without_update(student, adapted: Adapted, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the outputs in training and in evaluation mode with both factors at zero."""
        adapted.factors.silence()  # in training mode: a layer may merge itself when evaluation begins
        with student.untraced():
            frozen = adapted.layer(x)
        adapted.quietly("eval")
        plain, constant = adapted.layer(x), adapted.layer(torch.zeros(1, K))
        for output, size in ((frozen, len(x)), (plain, len(x)), (constant, 1)):
            usable(output, (size, D), "output with both factors at zero")
        student.note("W x + b sees every input", same(frozen, plain))
        student.note("b is never dropped", lies_along(frozen - constant, plain - constant))
        adapted.quietly("train")
        adapted.factors.write(adapted.a, adapted.b)
        return frozen, plain

    @staticmethod
    def output_in_evaluation(student, adapted: Adapted, x: Tensor) -> Tensor:
        """Return the output in evaluation mode, and require that it is the same in two calls."""
        adapted.quietly("eval")
        first: Tensor
        with student.untraced():
            first, second = adapted.layer(x), adapted.layer(x)
        usable(first, (len(x), D), "output in evaluation mode")
        usable(second, (len(x), D), "output in evaluation mode")
        expect.true(
            same(first, second),
            "in evaluation mode, two calls with the same input give different outputs",
            hint="how does your dropout know that the layer is in evaluation mode?",
            fact=True,
        )
        return first

    @check(points=3, visible=True)
    def check_merge(self, student):
        """merge() adds the update to the weight without changing the output"""
        adapted = Adapted(student, alpha=8.0)
        x = student.draw.normal(4, K)
        silent = adapted.without(x)
        adapted.quietly("eval")
        before = adapted.layer(x)
        usable(silent, (4, D), "output with both factors at zero")
        usable(before, (4, D), "output with both factors set")
        expect.differs(before, silent, "the output with both factors set", hint="get the forward pass right first")
        adapted.quietly("merge")
        expect.close(
            adapted.layer(x),
            before,
            "output after merge()",
            tolerance=1e-4,
            hint="the update, including its scale, must be either in the weight or in the LoRA branch, never in both",
        )
        with student.untraced():
            a, b = adapted.find().read()
        student.note("the factors are as before merge()", [same(a, adapted.a), same(b, adapted.b)])
        self.expect_frozen_once_merged(student, adapted)
        adapted.quietly("merge")
        expect.close(
            adapted.layer(x),
            before,
            "output after a second merge()",
            tolerance=1e-4,
            hint="how does your layer know that it is already merged?",
        )
        adapted.quietly("train")
        expect.close(
            adapted.layer(x),
            before,
            "output of the merged layer in training mode",
            tolerance=1e-4,
            hint="switching to training mode must not undo the merge",
        )
        adapted.quietly("eval")
        adapted.factors.silence()
        expect.close(
            adapted.layer(x),
            before,
            "output after merge(), then both factors set to zero",
            tolerance=1e-4,
            hint="after merging, the weight is W + (alpha/r) B A, and the forward pass no longer uses the factors",
        )
        self.expect_one_merged_weight(student, adapted)
        self.expect_no_dropout_once_merged(student)
        self.expect_merged_if_zero(student)

    @staticmethod
    def expect_frozen_once_merged(student, adapted: Adapted) -> None:
        """Expect that only the factors are trainable after merge()."""
        shapes = trained_shapes(student, adapted.layer)
        student.note("trainable after merge()", str(shapes))
        expect.true(
            (D, K) not in shapes,
            "W is trainable after merge()",
            hint="merge() changes the values of the weight, but the weight must stay a frozen parameter",
        )
        expect.true(
            all(shape in ((R, D), (R, K)) for shape in shapes),
            "tensors other than the two factors are trainable after merge()",
            actual=shapes,
            hint="merge() must change only values, not which tensors are trainable",
            reveal=True,
        )

    @staticmethod
    def expect_one_merged_weight(student, adapted: Adapted) -> None:
        """Expect that the layer stores the matrix by which a merged layer multiplies its input."""
        with student.untraced():
            slope = adapted.layer(torch.eye(K)) - adapted.layer(torch.zeros(1, K))
            owned = student.fixtures.tensors(adapted.layer)
        expect.true(len(owned) <= MANY, say("the layer contains more than {many} tensors", many=MANY))
        written = any(same(one.squeeze(), wide) for one in owned for wide in (slope, slope.T))
        expect.true(
            written,
            "the merged layer does not store the weight that it effectively applies",
            hint="merging writes W + (alpha/r) B A into the weight, so that one matrix product with x is enough",
            fact=True,
        )

    @staticmethod
    def expect_no_dropout_once_merged(student) -> None:
        """Expect equal outputs of a merged layer in both modes, unless dropout always applies to W x + b, too."""
        adapted = Adapted(student, alpha=8.0, dropout=0.5)
        x = student.draw.normal(32, K)
        with student.untraced():
            adapted.factors.silence()  # in training mode: a layer may merge itself when evaluation begins
            frozen = adapted.layer(x)
            adapted.layer.eval()
            plain = adapted.layer(x)
            adapted.layer.train()
            adapted.factors.write(adapted.a, adapted.b)
            adapted.layer.eval()
            before, again = adapted.layer(x), adapted.layer(x)
            adapted.layer.train()
            adapted.layer.merge()
            trained = adapted.layer(x)
            adapted.layer.eval()
            calm = adapted.layer(x)
        for output in (frozen, plain, before, again, trained, calm):
            usable(output, (32, D), "output of a layer with dropout")
        dry = same(trained, calm) or not same(frozen, plain)
        expect.true(
            dry,
            "a merged layer with dropout gives different outputs in training mode and in evaluation mode",
            hint=(
                "dropout belongs in the LoRA branch, which a merged layer does not use; the merged weight must "
                "see every entry of x"
            ),
            fact=True,
        )
        whole = same(calm, before) or not same(before, again)
        expect.true(
            whole,
            "merge() in training mode changes what a layer with dropout returns in evaluation mode",
            hint=(
                "merge() writes W + (alpha/r) B A into the weight in both modes: what does your code "
                "add in training mode?"
            ),
            fact=True,
        )

    @staticmethod
    def expect_merged_if_zero(student) -> None:
        """Expect that a layer is merged even if its update is zero at that time."""
        adapted = Adapted(student, alpha=8.0)
        x = student.draw.normal(4, K)
        with student.untraced():
            adapted.factors.silence()
            adapted.layer.merge()
            adapted.find().write(adapted.a, adapted.b)
        merged = adapted.layer(x)
        expect.close(
            merged,
            adapted.plain(x),
            "output after merge() with both factors at zero, then new values in both factors",
            tolerance=1e-4,
            hint="a merged layer does not use its factors: is your layer merged if its update was zero?",
        )

    @check(points=2, after=("merge",))
    def check_unmerge(self, student):
        """unmerge() restores the weight, and does nothing if the layer is not merged"""
        adapted = Adapted(student, alpha=8.0)
        x = student.draw.normal(4, K)
        silent, before = adapted.without(x), adapted.layer(x)
        usable(silent, (4, D), "output with both factors at zero")
        usable(before, (4, D), "output with both factors set")
        adapted.quietly("unmerge")
        expect.close(
            adapted.layer(x),
            before,
            "output after unmerge() without a preceding merge()",
            tolerance=1e-4,
            hint="without merge() the weight does not contain the update, so there is nothing to subtract",
        )
        adapted.quietly("merge")
        adapted.quietly("unmerge")
        with student.untraced():
            a, b = adapted.find().read()
        student.note("the factors are as they were", [same(a, adapted.a), same(b, adapted.b)])
        expect.close(
            adapted.layer(x),
            before,
            "output after merge() and unmerge()",
            tolerance=1e-4,
            hint="unmerge() must remove what merge() added, exactly once, and make the LoRA branch active again",
        )
        adapted.quietly("unmerge")
        expect.close(adapted.layer(x), before, "output after a second unmerge()", tolerance=1e-4)
        adapted.find().silence()
        expect.close(
            adapted.layer(x),
            silent,
            "output after merge() and unmerge(), then both factors set to zero",
            tolerance=1e-4,
            hint="with both factors at zero the output should be W x + b: has unmerge() restored the original weight?",
        )
        shapes = trained_shapes(student, adapted.layer)
        student.note("trainable after unmerge()", str(shapes))
        expect.equal(
            shapes,
            [(R, D), (R, K)],
            "shapes of the trainable tensors after unmerge()",
            hint="merging and unmerging must not change which tensors are "
            "trained: W stays frozen, the factors stay trainable",
        )
        for dtype in (torch.float32, torch.float64):
            self.expect_weight_restored(student, dtype)
        self.expect_own_weights_restored(student)
        self.expect_restored_after_two_merges(student)
        self.expect_unmerged_if_zero(student)
        self.expect_newest_weight_restored(student)
        self.remark_on_rounding(student)

    @staticmethod
    def expect_unmerged_if_zero(student) -> None:
        """Expect that a layer is unmerged even if its update is zero at that time."""
        adapted = Adapted(student, alpha=8.0)
        x = student.draw.normal(4, K)
        with student.untraced():
            adapted.factors.silence()
            adapted.layer.merge()
            adapted.layer.unmerge()
            adapted.find().write(adapted.a, adapted.b)
        unmerged = adapted.layer(x)
        expect.close(
            unmerged,
            adapted.adapted(x),
            "output after merge() and unmerge() with both factors at zero, then new values in both factors",
            tolerance=1e-4,
            hint="unmerge() makes the LoRA branch active again, even if the update was zero",
        )

    @staticmethod
    def expect_newest_weight_restored(student) -> None:
        """Expect that unmerge() restores the W from before the last merge(), even if W was overwritten before that."""
        adapted = Adapted(student, alpha=8.0)
        x = student.draw.normal(4, K)
        asked = []
        for what in (
            mark("output after new values in W, merge() and unmerge()"),
            mark("output after two rounds of new values in W, merge() and unmerge()"),
        ):
            adapted.weight = student.draw.normal(D, K)
            with student.untraced():
                student.fixtures.lora.overwrite(adapted.layer, adapted.base, adapted.weight)
            for method in ("merge", "unmerge"):
                adapted.quietly(method)
            asked.append((adapted.layer(x), adapted.adapted(x), what))
        for output, want, what in asked:
            hint = "unmerge() restores W as it was before the last merge(): when does your layer save W?"
            expect.close(output, want, what, tolerance=1e-4, hint=hint)

    @staticmethod
    def expect_own_weights_restored(student) -> None:
        """Expect that each of two merged layers of the same shape gets its own W back."""
        both = [Adapted(student, alpha=8.0) for _ in range(2)]
        x = student.draw.normal(4, K)
        for method in ("merge", "unmerge"):
            for adapted in both:
                adapted.quietly(method)
        for what, adapted in (
            (mark("output of the first of two layers after merge() of both, then unmerge() of both"), both[0]),
            (mark("output of the second of two layers after merge() of both, then unmerge() of both"), both[1]),
        ):
            expect.close(
                adapted.layer(x),
                adapted.adapted(x),
                what,
                tolerance=1e-4,
                hint="a model has many adapted layers of the same shape: where does each layer save its own W?",
            )

    @staticmethod
    def expect_restored_after_two_merges(student) -> None:
        """Expect that the second of two consecutive merges does nothing, so that one unmerge() is enough."""
        adapted = Adapted(student, alpha=8.0)
        x = student.draw.normal(4, K)
        for method in ("merge", "merge", "unmerge"):
            adapted.quietly(method)
        output = adapted.layer(x)
        adapted.find().silence()
        what = "output after merge(), merge() and unmerge()"
        hint = "merging a merged layer does nothing: which W does your code save, and when?"
        expect.close(output, adapted.adapted(x), what, tolerance=1e-4, hint=hint)
        silent = "output after merge(), merge() and unmerge(), then both factors set to zero"
        expect.close(adapted.layer(x), adapted.plain(x), silent, tolerance=1e-4, hint=hint)

    @staticmethod
    def remark_on_rounding(student) -> None:
        """Remark if unmerge() subtracts what merge() added, as peft does: in bfloat16, W + D - D is not W."""
        adapted = Adapted(student, alpha=8.0, bias=False, dtype=torch.bfloat16)
        x = torch.eye(K, dtype=torch.bfloat16)
        try:
            with student.untraced():
                before = adapted.without(x)
                adapted.layer.merge()
                adapted.layer.unmerge()
                adapted.find().silence()
                after = adapted.layer(x)
        except StudentRaised as error:
            if error.no_answer:
                raise
            return  # this dtype is not judged, unlike others
        if not (isinstance(before, Tensor) and isinstance(after, Tensor) and torch.equal(before, after)):
            expect.remark(
                "unmerge() restores a bfloat16 weight only up to rounding; the docstring asks for W exactly as it "
                "was before merge()"
            )

    @staticmethod
    def expect_weight_restored(student, dtype: torch.dtype) -> None:
        """Expect that unmerge() restores W even if the factors have changed since merge()."""
        adapted = Adapted(student, alpha=8.0, dtype=dtype)
        x = student.draw.normal(4, K, dtype=dtype)
        adapted.quietly("merge")
        adapted.a, adapted.b = student.draw.normal(R, K, dtype=dtype), student.draw.normal(D, R, dtype=dtype)
        adapted.find().write(adapted.a, adapted.b)
        adapted.quietly("unmerge")
        expect.close(
            adapted.layer(x),
            adapted.adapted(x),
            say(
                "output after merge(), new values in both factors, then unmerge(), base in {dtype}",
                dtype=str(dtype)[6:],
            ),
            tolerance=1e-4,
            hint="unmerge() must restore W even if the factors have changed since merge(): what must merge() save?",
        )
        adapted.quietly("merge")
        expect.close(
            adapted.layer(x),
            adapted.adapted(x),
            say(
                "output after merge(), new values in both factors, unmerge() and merge(), base in {dtype}",
                dtype=str(dtype)[6:],
            ),
            tolerance=1e-4,
            hint=(
                "the second merge() must add the update of the current factors: what is left over from the first "
                "merge()?"
            ),
        )

    @check(points=1)
    def check_delta_weight(self, student):
        """delta_weight() returns (alpha/r) B A, with shape (d, k)"""
        adapted = Adapted(student, alpha=8.0, dropout=0.5)
        adapted.quietly("eval")
        delta = adapted.layer.delta_weight()
        adapted.quietly("train")
        expect.shape(delta, (D, K), "delta_weight()", hint="delta_weight() is added to a weight of shape (d, k)")
        with student.untraced():
            drawn = [adapted.layer.delta_weight() for _ in range(4)]
        for one in drawn:
            expect.shape(one, (D, K), "delta_weight() in training mode")
        steady = all(same(one, drawn[0]) for one in drawn)
        student.note("delta_weight() in training mode", drawn[0] if steady else "another one in every call")
        expect.close(
            delta,
            adapted.delta(),
            "delta_weight()",
            tolerance=1e-4,
            hint="delta_weight() must include the same scale as the forward pass",
        )
        for one in drawn:
            expect.close(
                one,
                adapted.delta(),
                "delta_weight() in training mode, of a layer with dropout",
                tolerance=1e-4,
                hint="dropout is applied to x only: is the update in training mode a different matrix?",
            )
        adapted.a, adapted.b = student.draw.normal(R, K), student.draw.normal(D, R)
        adapted.find().write(adapted.a, adapted.b)
        expect.close(
            adapted.layer.delta_weight(),
            adapted.delta(),
            "delta_weight() after both factors got new values",
            tolerance=1e-4,
            hint="training changes the factors: when does your code compute the product?",
        )

    @check(points=1)
    def check_trains(self, student):
        """the factors and the layers below receive gradients, W and b do not"""
        adapted = Adapted(student, alpha=2.0 * R)
        x, upstream = student.draw.normal(16, K), student.draw.normal(16, D)
        silent = adapted.without(x)
        slope, constant = adapted.layer(torch.eye(K)), adapted.layer(torch.zeros(1, K))
        usable(silent, (16, D), "output with both factors at zero")
        usable(slope, (K, D), "output")
        usable(constant, (1, D), "output")
        with student.untraced():
            gradient = student.fixtures.lora.gradients(adapted.layer, x, upstream)["inputs"]
            student.note("A and B have gradients", [bool(one.any()) for one in adapted.factors.gradients()])
        expect.close(
            gradient,
            upstream @ (slope - constant).T,
            "gradient of x",
            tolerance=1e-4,
            hint=(
                "frozen means only that a tensor is not updated: gradients must still flow back through both W and "
                "the update"
            ),
            fact=True,
        )
        self.expect_only_factors_learn(student, adapted, x, silent)
        adapted.find().write(adapted.a, adapted.b)
        adapted.quietly("eval")
        adapted.find().silence()
        expect.close(
            adapted.layer(x),
            silent,
            "output in evaluation mode, with both factors set to zero after eval()",
            tolerance=1e-4,
            hint="eval() must only switch the mode, and merge() was not called: what in your code changed the weight?",
        )
        adapted.expect_proportional()
        other = Adapted(student, alpha=8.0)
        like = other.a, other.b, other.weight
        expect_new_values_used(student, other.layer, other.find(), other.base, like)

    @staticmethod
    def expect_only_factors_learn(student, adapted: Adapted, x: Tensor, silent: Tensor) -> None:
        """Expect that training lowers the loss, and moves both factors and nothing else."""
        adapted.factors.write(adapted.a, torch.zeros(D, R))
        target = F.linear(x, adapted.weight + student.draw.normal(D, 1) * student.draw.normal(1, K), adapted.bias)
        with student.untraced():
            student.fixtures.lora.train(adapted.layer, x, target, 30, 0.05)
            trained, (a, b) = adapted.layer(x), adapted.factors.read()
            adapted.find().silence()
            frozen = adapted.layer(x)
        usable(trained, (16, D), "output after training")
        start, end = float(F.mse_loss(silent, target)), float(F.mse_loss(trained, target))
        moved = [not torch.equal(a, adapted.a), bool((b != 0).any())]
        student.note("A has moved", moved[0])
        student.note("B has moved", moved[1])
        student.note("the loss has fallen", end < start)
        student.note("W and b have stayed", same(frozen, silent))
        expect.true(
            end < 0.95 * start,
            say("training has not reduced the loss: {start:.4g} before, {end:.4g} after", start=start, end=end),
            hint="do both factors affect the output, and do they receive gradients?",
        )
        expect.true(
            all(moved), "one of the factors did not change during training", hint="training must update both A and B"
        )
        expect.close(
            frozen,
            silent,
            "output after training, then both factors set to zero",
            hint="training must change nothing but the two factors",
        )

    @check(points=1)
    def check_dtype_follows(self, student):
        """the factors are Parameters with the dtype of `base.weight`"""
        adapted = Adapted(student, alpha=float(R), dtype=torch.float64)
        x = student.draw.normal(4, K, dtype=torch.float64)
        with student.untraced():
            student.note("dtypes of A and B", [str(factor.dtype) for factor in adapted.factors.read()])
        output = adapted.layer(x)
        hint = "create new tensors with the dtype of the base weight, not the default dtype"
        expect.shape(output, (4, D), "output", hint=hint)
        student.note("exact in float64", same(output, adapted.adapted(x), tolerance=1e-9))
        expect.equal(str(output.dtype), "torch.float64", "dtype of the output", hint=hint, reveal=True, fact=True)
        expect.close(output, adapted.adapted(x), "output in float64", tolerance=1e-9, hint=hint)
        shapes = trained_shapes(student, adapted.layer)
        student.note("trainable around a float64 layer", str(shapes))
        expect.equal(
            shapes,
            [(R, D), (R, K)],
            "shapes of the registered trainable tensors with a float64 base",
            hint="an optimizer sees only registered Parameters: is the result of a dtype conversion still a Parameter?",
            reveal=True,
        )
        self.expect_short_factors(student)

    @staticmethod
    def expect_short_factors(student) -> None:
        """Expect factors of two bytes per number for such a base; if the layer cannot be built, nothing is judged."""
        found = {}
        for dtype in (torch.bfloat16, torch.float16):
            try:
                with student.untraced():
                    pair = Adapted(student, alpha=float(R), dtype=dtype, write=False).find().read()
            except StudentRaised as error:
                if error.no_answer:
                    raise
                continue
            found[dtype] = sorted({str(factor.dtype) for factor in pair})
            student.note(f"factors around {dtype}", found[dtype])
        for dtype, names in found.items():
            expect.equal(
                names,
                [str(dtype)],
                say("dtypes of the factors around a base in {dtype}", dtype=str(dtype)[6:]),
                hint="the factors must have the same dtype as `base.weight`, whatever that is",
                reveal=True,
            )


# --- a whole model ---

WIDTH, KEYS, VALUES = built.WIDTH, built.KEY_WIDTH, built.VALUE_WIDTH
RANK = 2
TARGETS = ["key", "value"]
FEW = built.FEW


def layers(path: str, count: int = built.N_LAYERS) -> list[str]:
    """Return the name of every layer's submodule at this path."""
    return [f"encoder.layer.{number}.{path}" for number in range(count)]


def inject(student, model, targets: list[str], **kwargs: object) -> object:
    """Call inject_lora for its effect; ``replaced_names`` examines its report."""
    with student.untraced():
        return student.inject_lora(model, targets, **kwargs)


def replaced_names(student, model, targets: list[str], **kwargs: object) -> list[str]:
    """Call inject_lora and return the names that it reports, in any order.

    A documented refusal counts as an empty list, since a rule without a match may be refused.
    """
    names: Any
    try:
        names = inject(student, model, targets, **kwargs)
    except StudentRaised as error:
        if error.type != "ValueError":
            raise
        names = []
    if isinstance(names, tuple):
        expect.remark("inject_lora returned a tuple; the docstring asks for a list")
    expect.true(
        not isinstance(names, (list, tuple)) or len(names) <= MANY,
        say("inject_lora returned more than {many} names", many=MANY),
    )
    sensible = isinstance(names, (list, tuple)) and all(isinstance(name, str) for name in names)
    student.note("returned names", " ".join(sorted(names)) if sensible else type(names).__name__)
    expect.true(
        sensible,
        "inject_lora does not return a list of names",
        actual=expect.shown(names),
        hint="return the dotted names of the replaced layers",
        reveal=True,
    )
    return sorted(names)


def expect_names(names: list[str], want: list[str], many: str, few: str) -> None:
    """Expect exactly these names, each once; the hint depends on what is wrong."""
    extra, missing = sorted(set(names) - set(want)), sorted(set(want) - set(names))
    expect.true(
        not extra,
        say("layers reported as replaced although they match no target: {names}", names=shortened(extra)),
        hint=many,
        reveal=True,
    )
    expect.true(
        not missing, say("missing from the returned names: {names}", names=shortened(missing)), hint=few, reveal=True
    )
    expect.equal(
        names,
        sorted(want),
        "returned names of the replaced layers",
        hint="each name must appear exactly once",
        reveal=True,
    )


def expect_adapted(student, model, original, targets: int) -> None:
    """Expect that the injection has added two matrices to the model for every reported layer."""
    with student.untraced():
        now = student.fixtures.tensors(model)
    expect.true(len(now) <= MANY, say("the model contains more than {many} tensors", many=MANY))
    before = Counter(tuple(tensor.shape) for tensor in original.state_dict().values())
    new = Counter(tuple(tensor.shape) for tensor in now if tensor.dim() > 1) - before
    student.note("new matrices in the model", new.total())
    expect.true(
        new.total() >= 2 * targets,
        say(
            "the model contains {count} new matrices instead of two for each of the {targets} reported layers",
            count=new.total(),
            targets=targets,
        ),
        hint="which object does the parent module call now: the old layer or the adapted layer?",
        reveal=True,
    )


def shortened(names: list[str]) -> str:
    """Return the first names and the number of further ones."""
    return ", ".join(names[:2]) + (f", ... ({len(names)})" if len(names) > 2 else "")


def small(student, seed: int):
    """Build a model with few layers in the student process."""
    return student.fixtures.lora.classifier(seed, n_layers=FEW)


def mirror(seed: int) -> built.Classifier:
    """Build the judge's copy of the model of ``small(student, seed)``."""
    return built.classifier(seed, n_layers=FEW).requires_grad_(False)


PAIRS: list[tuple[int, ...]] = [(RANK, WIDTH), (RANK, KEYS), (RANK, WIDTH), (RANK, VALUES)]
"""Shapes of the factors for the keys and the values of one layer, with sorted dimensions."""


def expected_shapes(n_layers: int) -> list[tuple[int, ...]]:
    """Return the sorted shapes, with sorted dimensions, of all factors for keys and values, and of the classifier."""
    return sorted(n_layers * PAIRS + [(built.N_CLASSES, WIDTH), (built.N_CLASSES,)])


def numbers(shapes: list[tuple[int, ...]]) -> int:
    """Return how many numbers tensors of these shapes have."""
    return sum(int(torch.Size(shape).numel()) for shape in shapes)


def expect_trainable(student, model, n_layers: int, hint: str) -> None:
    """Expect that exactly the factors and the classifier require grad."""
    shapes = trained_shapes(student, model)
    student.note("trainable shapes", str(shapes))
    student.note("numbers that are trainable", numbers(shapes))
    want = expected_shapes(n_layers)
    expect.equal(numbers(shapes), numbers(want), "number of trainable parameters", hint=hint, reveal=True)
    expect.equal(shapes, want, "shapes of the trainable tensors", hint=hint)


class CheckInjectLora:
    """What get_peft_model does"""

    function = "inject_lora"

    @check(points=1, visible=True, substitutes=("LoRALinear",))
    def check_replaced(self, student):
        """two targets adapt exactly two layers in each of the 12 blocks"""
        seed = student.draw.seed()
        model, original = (
            student.fixtures.lora.classifier(seed, norm_name="query"),
            built.classifier(seed, norm_name="query"),
        )
        names = replaced_names(student, model, ["query", "value"], r=RANK, alpha=4.0)
        expect_names(
            names,
            layers("attention.self.query") + layers("attention.self.value"),
            many=mark(
                "this model also has layers called query_norm, subquery and query.proj, and a LayerNorm called query"
            ),
            few=mark("a target matches the end of a dotted name, however deeply the layer is nested"),
        )
        expect_adapted(student, model, original, len(names))
        model = small(student, seed)
        names = replaced_names(student, model, ["attention.self.value", "value"], r=RANK, alpha=4.0)
        expect.equal(
            names,
            layers("attention.self.value", FEW),
            "names of the replaced layers when some layers match several targets",
            hint="list each layer once, even if it matches several targets",
            reveal=True,
        )

    @check(points=1, substitutes=("LoRALinear",))
    def check_misspelt(self, student):
        """no matching target, or an unknown name in `trainable`, raises an error"""
        model = small(student, student.draw.seed())
        names: dict[str, Any] = {"r": RANK, "alpha": 4.0}
        inject(student, model, TARGETS, **names)  # known names are accepted, so that refusing everything does not pass
        student.fixtures.lora.factors_at(model, layers("attention.self.key")[0], RANK, WIDTH, KEYS)
        target = refused(student, "ValueError", student.inject_lora, small(student, 0), ["qury"], **names)
        other = small(student, student.draw.seed())
        try:
            inject(student, other, [*TARGETS, "c_attn"], **names)
            student.fixtures.lora.factors_at(other, layers("attention.self.value")[0], RANK, WIDTH, VALUES)
            one_is_enough = True
        except StudentRaised as error:
            if error.type != "ValueError":
                raise
            one_is_enough = False
        student.note("a target that fits nothing beside two that fit is accepted", one_is_enough)
        names["trainable"] = ("clasifier",)
        head = refused(student, "ValueError", student.inject_lora, small(student, 0), TARGETS, **names)
        pairs = [("classifier", "poler"), ("poler", "classifier")]
        beside = {}
        for pair in pairs:
            names["trainable"] = pair
            beside[pair] = refused(student, "ValueError", student.inject_lora, small(student, 0), TARGETS, **names)
        accepted = [" beside ".join(pair) for pair in pairs if not beside[pair]]
        del names["trainable"]
        headless = student.value(small(student, 0), "encoder")
        default = refused(student, "ValueError", student.inject_lora, headless, TARGETS, **names)
        if not default:
            accepted.append("the default where there is no classifier")
        student.note("what is accepted in `trainable`", ", ".join(accepted) or "no such name")
        expect.true(
            target,
            'the target "qury" is accepted, although no layer has that name',
            hint="with a misspelt target, the model would silently get no LoRA factors",
        )
        expect.true(
            head,
            'trainable=("clasifier",) is accepted, although no module has that name',
            hint="with a misspelt name, the head would silently stay frozen with random weights",
        )
        for pair in pairs:
            expect.true(
                beside[pair],
                say("trainable={names} is accepted, although no module is called poler", names=pair),
                hint="with one correct and one misspelt name, part of the head would silently stay frozen",
            )
        expect.true(
            default,
            "a model without a classifier is accepted although `trainable` was left at its default",
            hint=(
                "the default name in `trainable` is checked like any other: does this model have a module with that "
                "name?"
            ),
        )
        expect.true(
            one_is_enough,
            say(
                "the targets {names} and c_attn are rejected, although two of them are layer names",
                names=", ".join(TARGETS),
            ),
            hint="one matching target is enough, so that the same list works for models with different layer names",
        )

    @check(points=2, substitutes=("LoRALinear",))
    def check_trainable_count(self, student):
        """after injection, only the factors and the classifier are trainable"""
        model = small(student, student.draw.seed())
        inject(student, model, TARGETS, r=RANK, alpha=4.0)
        expect_trainable(
            student,
            model,
            FEW,
            hint=(
                "train only the new factors and the classifier, and freeze everything else. This model also "
                "has a preclassifier and a classifier_norm, which are not the classifier"
            ),
        )

    @check(points=1, visible=True, substitutes=("LoRALinear",))
    def check_output_unchanged(self, student):
        """injection alone does not change the model's output"""
        seed = student.draw.seed()
        model, original = small(student, seed), mirror(seed)
        inject(student, model, TARGETS, r=RANK, alpha=4.0, dropout=0.1)
        x = student.draw.normal(3, 4, WIDTH)
        with student.untraced():
            top = student.fixtures.lora.children(model)
        new = sorted(set(top) - {name for name, _ in original.named_children()})
        student.note("new modules at the top of the model", " ".join(new[:MANY]) or "none")
        student.fixtures.lora.factors_at(
            model, layers("attention.self.key")[0], RANK, WIDTH, KEYS
        )  # otherwise, nothing was injected
        with student.untraced():
            scores = model(x)
        as_before = same(scores, original(x))
        student.note("as before", as_before)
        lost: set[str] = set()
        if not as_before:
            with student.untraced():
                lost = lost_names(original.state_dict(), student.fixtures.tensors(model))
        student.note("tensors of the model that are gone", " ".join(sorted(lost)) or "none")
        with student.untraced():
            switched = [name for name, _ in original.named_children() if student.value(model, f"{name}.training")]
        student.note("parts that are in training mode now", " ".join(switched) or "none")
        expect.close(
            scores,
            original(x),
            "logits after injection",
            tolerance=1e-4,
            hint="each adapted layer must wrap the original layer, with its weights and bias",
        )
        expect.true(
            not switched,
            say(
                "the model was in evaluation mode; after injection, these modules are in training mode: {names}",
                names=shortened(switched),
            ),
            hint="which statement in your code changes the mode of the model?",
        )

    @check(points=2, substitutes=("LoRALinear",))
    def check_really_used(self, student):
        """r, alpha and dropout take effect; only factors and classifier are trained"""
        seed = student.draw.seed()
        model, original = small(student, seed), mirror(seed)
        inject(student, model, TARGETS, r=RANK, alpha=5.0, dropout=0.5)
        start = {name: tensor.clone() for name, tensor in original.state_dict().items()}
        x = student.draw.normal(3, 4, WIDTH)
        with student.untraced():
            model.eval()
            scores = model(x)
        usable(scores, (3, built.N_CLASSES), "logits")
        unharmed = same(scores, original(x))
        expect.true(
            unharmed,
            "injection already changes the model's output, before any factor is modified",
            hint="fix this first: each adapted layer must wrap the original layer",
            fact=True,
        )
        for path, d in (("attention.self.key", KEYS), ("attention.self.value", VALUES)):
            before = original(x)
            with student.untraced():
                model.train()  # some layers merge themselves when evaluation begins
            while same(original(x), before, tolerance=0.05):  # until it matters: other keys may mask it
                name = layers(path, FEW)[1]  # neither the first nor the last, in case a search ends too early
                a, b = student.draw.normal(RANK, WIDTH), student.draw.normal(d, RANK)
                student.fixtures.lora.factors_at(model, name, RANK, WIDTH, d).write(a, b)
                weight = f"{name}.weight"
                original.get_parameter(weight).copy_(start[weight] + 5.0 / RANK * (b @ a))
            with student.untraced():
                model.eval()
            expect.close(
                model(x),
                original(x),
                say("logits after setting the factors of one {path} layer", path=path),
                tolerance=1e-3,
                hint="does the parent module call the new layer, and does that layer have the requested alpha and r?",
            )
        with student.untraced():
            model.train()
            noisy = not same(model(x), model(x), tolerance=1e-6)
        expect.true(
            noisy, "dropout has no effect in training mode", hint="the new layers should have dropout=0.5", fact=True
        )
        self.expect_no_dropout_by_default(student, x, name, a, b)
        self.expect_the_rest_frozen(student, model, start, x, name)

    @staticmethod
    def expect_no_dropout_by_default(student, x: Tensor, name: str, a: Tensor, b: Tensor) -> None:
        """Expect no dropout by default, in a model whose layer ``name`` has the factors a and b."""
        silent = small(student, student.draw.seed())
        inject(student, silent, TARGETS, r=RANK, alpha=5.0)
        with student.untraced():
            student.fixtures.lora.factors_at(silent, name, RANK, WIDTH, VALUES).write(a, b)
            evaluated = silent.eval()(x)
            trained = silent.train()(x)
        steady = same(trained, evaluated)
        expect.true(
            steady,
            "without the dropout argument, the model's output differs between training and evaluation mode",
            hint="what is the default value of dropout?",
            fact=True,
        )

    @staticmethod
    def expect_the_rest_frozen(student, model, start: dict[str, Tensor], x: Tensor, name: str) -> None:
        """Expect that a training step moves the factors of layer ``name``, and only the classifier of the originals."""
        spot = student.fixtures.lora.factors_at(model, name, RANK, WIDTH, VALUES)
        with student.untraced():
            before = spot.read()
            student.fixtures.lora.train(model, x, student.draw.normal(3, built.N_CLASSES), 1, 0.05)
            after = spot.read()
            now = student.fixtures.tensors(model)
        lost = lost_names(start, now)
        frozen_lost = sorted(name for name in lost if not name.startswith("classifier."))
        student.note("frozen tensors that have moved", len(frozen_lost))
        student.note("parts of the classifier that have moved", len(lost) - len(frozen_lost))
        moved = [not torch.equal(one, other) for one, other in zip(before, after, strict=True)]
        student.note("the factors have moved", all(moved))
        expect.true(
            not frozen_lost,
            say("training has changed parameters that should be frozen: {names}", names=shortened(frozen_lost)),
            hint="freeze the model before you add the factors",
        )
        expect.true(all(moved), "training has not changed the factors", hint="the new factors must not be frozen")

    @check(points=1, substitutes=("LoRALinear",), preloads=("transformers",), seconds=20)
    def check_dotted_target(self, student):
        """the target "attention.output.dense" matches only one layer in each block of BERT"""
        bert = student.fixtures.lora.bert_classifier(student.draw.seed(), n_layers=FEW)
        several = replaced_names(student, bert, ["attention.output.dense"], r=3, alpha=4.0)
        seed, name = student.draw.seed(), "encoder.layer.1.attention.output.dense"
        model, original = student.fixtures.lora.classifier(seed), built.classifier(seed)
        one = replaced_names(student, model, [name], r=3, alpha=4.0)
        expect_names(
            several,
            [f"bert.{name}" for name in layers("attention.output.dense", FEW)],
            many=mark(
                "the target was attention.output.dense: the layer's name must end with these three parts, in this order"
            ),
            few=mark(
                "the target was attention.output.dense: compare its three parts with the last three parts of "
                "the layer's name"
            ),
        )
        expect_names(
            one,
            [name],
            many=say("the target was {name}: all its parts must match, and layer.1 is not layer.11", name=name),
            few=mark("a target may also be the full name of a single layer"),
        )
        expect_adapted(student, model, original, 1)
        model = small(student, seed)
        shapes = []
        try:
            inject(student, model, ["preclassifier"], r=4, alpha=4.0)
            with student.untraced():
                shapes = [tuple(sorted(tensor.shape)) for tensor in student.fixtures.tensors(model)[:MANY]]
            raised = False
        except StudentRaised as error:
            if error.no_answer:
                raise
            raised = True
        at_the_top = shapes.count((4, WIDTH)) >= 2
        student.note("a layer at the top raises an error", raised)
        expect.true(
            at_the_top,
            "the target preclassifier (a top-level layer) is not adapted, or your code raises an error",
            hint="a top-level name has no dot: which module is the layer's parent?",
            fact=True,
        )
        self.expect_whole_parts(student)
        self.expect_dots_are_dots(student)

    @staticmethod
    def expect_whole_parts(student) -> None:
        """Expect that a target with a dot matches whole parts, too."""
        asked = []
        for targets in (["output.dense"], ["inner", "output.dense"]):
            model = student.fixtures.lora.near_misses()
            asked.append(replaced_names(student, model, targets, r=RANK, alpha=4.0, trainable=()))
        for names, want in zip(
            asked, (["block.output.dense"], ["block.output.dense", "nested.output.dense.inner"]), strict=True
        ):
            expect_names(
                names,
                want,
                many=mark("with the target output.dense, the last two parts of a name must be output and dense"),
                few=mark("with the target output.dense, compare the last two parts of a name with output and dense"),
            )

    @staticmethod
    def expect_dots_are_dots(student) -> None:
        """Expect that a dot in a target matches only a dot, and that an earlier call's list stays unchanged."""
        names = replaced_names(
            student, student.fixtures.lora.look_alikes(), ["output.dense"], r=RANK, alpha=4.0, trainable=()
        )
        expect_names(
            names,
            ["block.output.dense"],
            many=mark(
                "this model also has a layer called output_dense: which characters does the dot in a target match in "
                "your code?"
            ),
            few=mark("the target was output.dense: compare its two parts with the last two parts of the layer's name"),
        )
        with student.untraced():
            function = student.value(None, "inject_lora")
            rest = (RANK, 4.0, 0.0, ())
            kept = student.fixtures.lora.keep(function, student.fixtures.lora.look_alikes(), ["output.dense"], *rest)
            before = kept.read()
            student.fixtures.lora.keep(function, student.fixtures.lora.look_alikes(), ["output_dense"], *rest)
            after = kept.read()
        expect.true(
            after == before,
            "a second call to inject_lora changes the list that the first call returned",
            hint="does every call create a new list?",
            fact=True,
        )

    @check(points=1, substitutes=("LoRALinear",))
    def check_no_head(self, student):
        """`trainable` decides what is trained besides the factors"""
        seed = student.draw.seed()
        model, original = small(student, seed), mirror(seed)
        inject(student, model, TARGETS, r=RANK, alpha=4.0, trainable=())
        expect_adapted(student, model, original, 2 * FEW)
        shapes, head = trained_shapes(student, model), (built.N_CLASSES, WIDTH)
        student.note("trainable shapes", str(shapes))
        expect.true(
            head not in shapes and head[:1] not in shapes,
            "the classifier is trainable although trainable=() was passed",
            hint="besides the factors, only the modules named in `trainable` are trained",
        )
        model = small(student, seed)
        with student.untraced():
            replaced_names(student, model, TARGETS, r=RANK, alpha=4.0, trainable=("attention",))
        shapes = trained_shapes(student, model)  # W of an adapted layer may be trainable again
        parts = [shapes.count((KEYS, KEYS)), shapes.count((WIDTH, WIDTH))]
        blocks = [*parts, shapes.count((WIDTH,))]
        model = small(student, seed)
        with student.untraced():
            replaced_names(student, model, TARGETS, r=RANK, alpha=4.0, trainable=("pooler",))
        shapes = trained_shapes(student, model)
        blocks += [shapes.count((WIDTH, WIDTH)), shapes.count((WIDTH,))]
        student.note("tensors of blocks that are trainable with trainable=('attention',) and ('pooler',)", blocks)
        model = small(student, seed)
        with student.untraced():
            replaced_names(student, model, TARGETS, r=RANK, alpha=4.0, trainable=("output.LayerNorm",))
        norms = trained_shapes(student, model).count((WIDTH,))
        student.note("norm tensors that are trainable with trainable=('output.LayerNorm',)", norms)
        model = small(student, seed)
        with student.untraced():
            replaced_names(student, model, TARGETS, r=RANK, alpha=4.0, trainable=("classifier", "pooler"))
        shapes = trained_shapes(student, model)
        both = [shapes.count(head), shapes.count((WIDTH, WIDTH))]
        student.note("matrices that are trainable with trainable=('classifier', 'pooler')", both)
        student.note("trainable shapes with two names", str(shapes))
        model = small(student, seed)
        with student.untraced():
            replaced_names(student, model, TARGETS, r=RANK, alpha=4.0, trainable=("output.dense",))
        shapes = trained_shapes(student, model)
        student.note("trainable shapes with a dotted name", str(shapes))
        model = student.fixtures.lora.look_alikes()
        with student.untraced():
            replaced_names(student, model, ["dense"], r=RANK, alpha=4.0, trainable=("head.norm",))
        norm = trained_shapes(student, model).count((WIDTH,))
        student.note("norm tensors that are trainable with trainable=('head.norm',)", norm)
        expect.equal(
            [shapes.count((WIDTH, VALUES)), shapes.count((WIDTH, WIDTH))],
            [FEW, 0],
            'number of trainable "output.dense" and "pooler.dense" layers with trainable=("output.dense",)',
            hint="use the same matching rule as for targets: every part of a dotted name must match",
            reveal=True,
        )
        expect.equal(
            parts,
            [2 * FEW, 0],
            'number of trainable square matrices with trainable=("attention",), inside and outside the '
            "attention blocks",
            hint=(
                "train all parameters of a named module, whatever its type: an attention block contains further modules"
            ),
            reveal=True,
        )
        expect.equal(
            norms,
            2 * FEW,
            'number of trainable weights and biases of norms with trainable=("output.LayerNorm",)',
            hint="a module named in `trainable` need not be a linear layer",
            reveal=True,
        )
        expect.equal(
            both,
            [1, 1],
            'number of trainable matrices in the classifier and in the pooler with trainable=("classifier", "pooler")',
            hint="the head may consist of several modules: what does your code do with the second name?",
            reveal=True,
        )
        expect.equal(
            norm,
            2,
            'number of trainable norm tensors with trainable=("head.norm",), in a model with head.norm and head_norm',
            hint=(
                "use the same matching rule as for targets: which characters does the dot in a name match in your code?"
            ),
            reveal=True,
        )


def lost_names(before: dict[str, Tensor], after: list[Tensor]) -> set[str]:
    """Return the names of tensors whose numbers no longer exist, up to the rounding of an undone merge."""
    expect.true(len(after) <= MANY, say("the model contains more than {many} tensors", many=MANY))
    return {
        name
        for name, tensor in before.items()
        if not any(torch.equal(other, tensor) for other in after)
        and not any(same(other, tensor, tolerance=1e-5) for other in after)
    }


# --- saving and loading ---


def prepared(student, seed: int, dressed: int | None = None, n_layers: int = FEW):
    """Build an injected model in the student process; ``dressed`` seeds its factors and its classifier."""
    model = student.fixtures.lora.classifier(seed, n_layers=n_layers)
    with student.untraced():
        student.inject_lora(model, TARGETS, r=RANK, alpha=3.0)
        model.train()
    if dressed is not None:
        student.fixtures.lora.dress(model, RANK, dressed)
    return model


def tensors_of(state: object) -> dict[str, Tensor]:
    """Return the saved tensors with more than one number (saving a scale is allowed)."""
    expect.true(
        isinstance(state, dict) and all(isinstance(value, Tensor) for value in state.values()),
        "lora_state_dict does not return a dictionary of tensors",
        actual=type(state).__name__,
        reveal=True,
    )
    expect.true(len(state) <= MANY, say("more than {many} tensors are saved", many=MANY))  # type: ignore[arg-type]
    return {name: value for name, value in state.items() if value.numel() > 1}  # type: ignore[attr-defined]


class Dressed:
    """The numbers that ``built.dress`` writes into a small model, which its saved state must contain."""

    def __init__(self, seed: int, n_layers: int = FEW) -> None:
        """Draw the numbers in the order of ``built.dress``."""
        generator = torch.Generator().manual_seed(seed)
        self.parts: dict[str, Tensor] = {}
        for layer in range(n_layers):
            for name, d in (("key", KEYS), ("value", VALUES)):
                where = f"encoder.layer.{layer}.attention.self.{name}"
                self.parts[f"{where} A"] = torch.randn(RANK, WIDTH, generator=generator) / 2
                self.parts[f"{where} B"] = torch.randn(d, RANK, generator=generator) / 2
        self.parts["classifier.weight"] = torch.randn(built.N_CLASSES, WIDTH, generator=generator)
        self.parts["classifier.bias"] = torch.randn(built.N_CLASSES, generator=generator)

    def find(self, state: dict[str, Tensor]) -> dict[str, tuple[str, bool]]:
        """Return saved name -> the part whose numbers it has, and whether it is transposed."""
        alike: dict[torch.Size, list[str]] = {}
        for part, numbers_ in self.parts.items():
            alike.setdefault(numbers_.shape, []).append(part)
        stacks = {shape: torch.stack([self.parts[part] for part in parts]) for shape, parts in alike.items()}
        found = {}
        for name, tensor in state.items():
            flat = tensor.squeeze()
            for turned, way in ((True, flat.T if flat.dim() == 2 else flat), (False, flat)):  # as stored, if both fit
                if way.shape in stacks:  # one comparison per shape: a hundred would be slow
                    for place in same_rows(way, stacks[way.shape], tolerance=0.02):
                        found[name] = alike[way.shape][place], turned
        return found

    def scores(self, seed: int, x: Tensor) -> Tensor:
        """Return the output of the small model of this seed with these numbers."""
        model = mirror(seed)
        weights = model.state_dict()
        for part, numbers_ in self.parts.items():
            if part.endswith(" B"):
                where = part[:-2]
                weights[f"{where}.weight"] += 3.0 / RANK * (numbers_ @ self.parts[f"{where} A"])
            elif part.startswith("classifier"):
                weights[part].copy_(numbers_)
        answer: Tensor = model(x)
        return answer


def loaded(student, model, state):
    """Send a state to the student process, with entries in reverse order, and load it; return the state kept there.

    A model must accept its own state, so any error is a failure.
    """
    with student.untraced():
        held = student.fixtures.hold(dict(reversed(state.items())))
        try:
            student.fixtures.call(student.value(None, "load_lora_state_dict"), model, held)
        except StudentRaised as error:
            about_names = error.type in ("KeyError", "ValueError", "RuntimeError", "AssertionError", "LookupError")
            of_tensors = any(word in error.message for word in ("size", "in-place"))
            if not about_names or error.no_answer or of_tensors:
                raise
            frozen = any(name in error.message for name in ("LayerNorm.", "subquery.", "pooler.", "preclassifier."))
            student.note("its own state is refused", "frozen tensors are asked for" if frozen else "for another reason")
            try:
                with student.untraced():
                    student.fixtures.call(
                        student.value(None, "load_lora_state_dict"), model, student.fixtures.hold(dict(state))
                    )
                student.note("its own state is taken in the order of saving", True)
            except StudentRaised:
                student.note("its own state is taken in the order of saving", False)
            expect.true(
                False,
                "load_lora_state_dict rejects a state saved by lora_state_dict",
                actual=str(error),
                hint="which names does lora_state_dict write, and which does load_lora_state_dict expect?",
                reveal=True,
            )
    return held


def as_they_were(before: dict[str, Tensor], after: dict[str, Tensor]) -> bool:
    """Return whether all saved tensors exist with the same numbers."""
    return all(name in after and torch.equal(after[name], before[name]) for name in before)


BUFFER = 23
"""Size of a model's buffer; no other tensor has this size."""


class CheckLoraStateDict:
    """Save a megabyte instead of the model"""

    function = "lora_state_dict"

    @check(points=2, visible=True, substitutes=("LoRALinear", "inject_lora"))
    def check_small(self, student):
        """exactly the factors and the head are saved, under their parameter names"""
        seed = student.draw.seed()
        model = prepared(student, student.draw.seed(), dressed=seed, n_layers=built.N_LAYERS)
        with student.untraced():
            state = tensors_of(student.lora_state_dict(model))
            named = student.fixtures.lora.parameters(model)
        shapes = sorted(tuple(sorted(n for n in value.shape if n != 1)) for value in state.values())
        student.note("shapes saved", str(shapes))
        student.note("numbers saved", numbers(shapes))
        astray = [name for name in sorted(state) if not (name in named and same(state[name], named[name], 0.02))]
        shapes_astray = sorted(str(list(state[name].shape)) for name in astray)
        student.note("saved under another name", " ".join(shapes_astray) or "none")
        hint = "save exactly the parameters that are trainable after inject_lora"
        expect.equal(
            numbers(shapes), numbers(expected_shapes(built.N_LAYERS)), "number of saved values", hint=hint, reveal=True
        )
        expect.equal(shapes, expected_shapes(built.N_LAYERS), "shapes of the saved tensors", hint=hint)
        parts = Dressed(seed, built.N_LAYERS)
        found = parts.find(state)
        missing = sorted(parts.parts.keys() - {part for part, _ in found.values()})
        student.note("parts that are not saved", len(missing))
        expect.true(
            not missing,
            say("some saved values differ from the model's parameters: {names}", names=shortened(missing)),
            hint="copy the current values of the parameters",
        )
        off = max(
            float((state[name].double().squeeze() - parts.parts[part].T.squeeze().double()).abs().max())
            if turned
            else float((state[name].double().squeeze() - parts.parts[part].double()).abs().max())
            for name, (part, turned) in found.items()
        )
        student.note("largest error of a saved number", off)
        expect.true(
            off < 1e-6,
            "the saved values are not exactly equal to the model's parameters",
            hint="what in your code changes the values before they are saved?",
        )
        expect.true(
            not astray,
            say(
                "saved under a name that differs from the parameter's name in the model: {names}",
                names=shortened(astray),
            ),
            hint="other code looks up each saved tensor by its name in model.named_parameters()",
        )
        self.expect_other_head(student)
        self.expect_names_as_they_are(student)

    @staticmethod
    def expect_names_as_they_are(student) -> None:
        """Expect the names of the parameters, whatever the names of the model's parts."""
        inner = prepared(student, student.draw.seed())
        model = student.fixtures.lora.nested(inner, ["wrapper", "module"])
        with student.untraced():
            state = tensors_of(student.lora_state_dict(model))
            named = student.fixtures.lora.parameters(model)
        known = all(name in named for name in state)
        expect.true(
            known,
            ("in a model with a submodule called `module`, some saved names match none of its parameters"),
            hint="every part of a parameter's name must be kept: what does your code do to the names?",
            fact=True,
        )

    @staticmethod
    def expect_other_head(student) -> None:
        """Expect that the head is saved, whatever its name, and that a buffer, which is not a parameter, is not."""
        model = small(student, student.draw.seed())
        with student.untraced():
            model.double()
            student.inject_lora(model, TARGETS, r=RANK, alpha=3.0, trainable=("pooler",))
            student.fixtures.lora.register(model, student.draw.normal(BUFFER))
            state = tensors_of(student.lora_state_dict(model))
            named = student.fixtures.lora.parameters(model)
        shapes = sorted(tuple(sorted(n for n in value.shape if n != 1)) for value in state.values())
        student.note("shapes saved with another head", str(shapes))
        expect.equal(
            shapes,
            sorted([*FEW * PAIRS, (WIDTH, WIDTH), (WIDTH,)]),
            'shapes of the saved tensors, after inject_lora with trainable=("pooler",), in a model with a buffer',
            hint="which parameters are trained in this model, and how does your code recognise them?",
            reveal=True,
        )
        saved = sorted({(str(value.dtype), str(named[name].dtype)) for name, value in state.items() if name in named})
        student.note("dtypes saved from a float64 model", [list(pair) for pair in saved])
        expect.true(
            all(one == other for one, other in saved),
            "some tensors saved from a float64 model have another dtype",
            expected="torch.float64",
            actual=sorted({one for one, other in saved if one != other}),
            hint="a copy has the dtype of its original: which operation in your code changes the dtype?",
            reveal=True,
        )

    @check(points=1, substitutes=("LoRALinear", "inject_lora"))
    def check_snapshot(self, student):
        """the saved tensors are detached and do not change in later training"""
        dress = student.draw.seed()
        model = prepared(student, student.draw.seed(), dressed=dress)
        x, target = student.draw.normal(3, 4, WIDTH), student.draw.normal(3, built.N_CLASSES)
        learning = trained_shapes(student, model)
        with student.untraced():
            state = student.fixtures.lora.keep(student.value(None, "lora_state_dict"), model)
            before = tensors_of(state.read())
        still = trained_shapes(student, model)
        student.note("trainable after saving", str(still))
        expect.equal(
            still,
            learning,
            "shapes of the trainable tensors after saving",
            hint="saving must not change the model",
            reveal=True,
        )
        known = len(Dressed(dress).find(before))
        student.note("tensors of the model among what was saved", known)
        expect.true(
            known > 0,
            "none of the model's parameters was saved",
            hint="get this right first: save the values of the trainable parameters",
        )
        with student.untraced():
            student.fixtures.lora.train(model, x, target, 1, 0.05)
            after = tensors_of(state.read())
            attached = state.attached()
            second = tensors_of(student.fixtures.lora.keep(student.value(None, "lora_state_dict"), model).read())
            at_last = tensors_of(state.read())
        stayed = as_they_were(before, after)
        student.note("a graph hangs on them", bool(attached))
        student.note("a second save holds what the first one held", as_they_were(before, second))
        student.note("the first save is as it was after the second", as_they_were(after, at_last))
        expect.true(
            stayed,
            "a training step changes the saved tensors",
            hint="a snapshot must not share memory with the model",
            fact=True,
        )
        expect.true(
            not attached,
            "the saved tensors are still attached to a computation graph",
            hint="a copy stays part of the graph unless you detach it",
        )
        expect.true(
            not as_they_were(before, second),
            "saving again after a training step gives the old values",
            hint="every call saves the current values: does your code remember an earlier result?",
        )
        expect.true(
            as_they_were(after, at_last),
            "saving again changes the tensors that were saved before",
            hint="the caller may keep several snapshots: does every call create a new dictionary with new tensors?",
        )


class CheckLoadLoraStateDict:
    """Load a saved state into a fresh model"""

    function = "load_lora_state_dict"

    @check(points=2, visible=True, substitutes=("LoRALinear", "inject_lora", "lora_state_dict"))
    def check_round_trip(self, student):
        """after loading, a fresh model with the same base gives the same output"""
        seed, dress = student.draw.seed(), student.draw.seed()
        saved, fresh = prepared(student, seed, dressed=dress), prepared(student, seed)
        x, parts = student.draw.normal(3, 4, WIDTH), Dressed(dress)
        with student.untraced():
            state = student.lora_state_dict(saved)
            mine = tensors_of(state)
        held = loaded(student, fresh, state)
        answer = parts.scores(seed, x)
        expect.close(
            fresh(x),
            answer,
            "logits after loading",
            tolerance=1e-4,
            hint="save A, B and the trained head, and load each of them by name",
        )
        expect_trainable(student, fresh, FEW, hint="loading copies values; it must not change requires_grad")
        with student.untraced():
            student.fixtures.lora.train(fresh, x, student.draw.normal(3, built.N_CLASSES), 1, 0.05)
            after, trained = tensors_of(held.read()), fresh(x)
        kept = sorted(after) == sorted(mine)
        student.note("names left in the state", len(after))
        expect.true(
            kept,
            "loading removes entries from the state",
            hint="the caller may load the same state into a second model",
        )
        own = all(torch.equal(after[name], mine[name]) for name in mine)
        student.note("the loaded model can be trained", not same(trained, answer, tolerance=1e-6))
        expect.true(
            own,
            "training the model after loading a state changes that state",
            hint="copy the values into the model's own tensors; the same state may be loaded into a second model",
            fact=True,
        )
        self.expect_values_loaded(student, seed, state, parts.find(mine), x)

    @staticmethod
    def expect_values_loaded(
        student, seed: int, state: dict[str, Tensor], places: dict[str, tuple[str, bool]], x: Tensor
    ) -> None:
        """Expect that loading works for numbers that no model in the student process has ever had."""
        other = Dressed(student.draw.seed())
        renewed = dict(state)
        for name, (part, turned) in places.items():
            numbers_ = other.parts[part].T if turned else other.parts[part]
            renewed[name] = numbers_.reshape(state[name].shape).to(state[name].dtype)
        again = prepared(student, seed)
        loaded(student, again, renewed)
        expect.close(
            again(x),
            other.scores(seed, x),
            "logits after loading a state with the same names but different values",
            tolerance=1e-4,
            hint="after loading, the output must depend on the values in the state",
        )

    @check(points=1, substitutes=("LoRALinear", "inject_lora", "lora_state_dict"))
    def check_missing_key(self, student):
        """loading a state with a missing or unknown tensor raises an error"""
        seed = student.draw.seed()
        saved, model = prepared(student, seed), prepared(student, seed)
        state, names = self.accepted_state(student, seed, saved, model)
        stranger = {"encoder.layer.99.no_such_tensor": student.draw.normal(3, 5)}
        partial = [{key: state[key] for key in state if key != name} for name in (names[0], names[-1])]

        def refuses(part: dict[str, Tensor]) -> bool:
            return refused(student, "KeyError", student.load_lora_state_dict, model, part)

        one, other = (refuses(part) for part in partial)
        unknown, exchanged = refuses({**state, **stranger}), refuses({**partial[0], **stranger})
        frozen = refuses({**state, "classifier_norm.weight": student.draw.normal(WIDTH)})
        expect.true(
            one and other,
            "a state with one tensor missing is loaded without an error",
            hint="a missing tensor would silently keep its random initial values",
        )
        expect.true(
            unknown,
            "a state with an unknown name is loaded without an error",
            hint="an unknown name means that the state belongs to a different model",
        )
        expect.true(
            exchanged,
            "a state with one name replaced by an unknown name is loaded without an error",
            hint="the number of tensors is right, but one of the names is wrong",
        )
        expect.true(
            frozen,
            "a state with values for a frozen tensor of the model is loaded without an error",
            hint="the model has a tensor with this name, but it is not trainable",
        )

    # --- many adapters ---

    @staticmethod
    def accepted_state(student, seed: int, saved, model) -> tuple[dict[str, Tensor], list[str]]:
        """Return a state that the model loads, and the names of its tensors."""
        x = student.draw.normal(3, 4, WIDTH)
        with student.untraced():
            state = student.lora_state_dict(saved)
            mine = tensors_of(state)
        names = sorted(mine)
        expect.true(bool(names), "nothing was saved")
        # Different numbers from the saved model's, so that returning that model does not pass.
        state = {**state, **{name: value + 0.5 for name, value in mine.items()}}
        loaded(student, model, state)  # its own names are accepted and loaded
        with student.untraced():
            scores = model(x)
        taken = isinstance(scores, Tensor) and not same(scores, mirror(seed)(x))
        expect.true(
            taken,
            "loading does not change the output of a fresh model",
            hint="get saving and loading right first",
            fact=True,
        )
        return state, names


# --- many adapters ---


class Switched:
    """A student's MultiLoRALinear with a known base and adapters with known numbers."""

    def __init__(self, student, dtype: torch.dtype = torch.float32) -> None:
        """Build the layer without adapters."""
        self.student = student
        self.weight, self.bias = student.draw.normal(D, K, dtype=dtype), student.draw.normal(D, dtype=dtype)
        self.base = student.fixtures.lora.linear_of(self.weight, self.bias)
        self.layer = student.MultiLoRALinear(self.base)
        self.x = student.draw.normal(4, K, dtype=dtype)
        self.wanted: dict[str | None, Tensor] = {None: F.linear(self.x, self.weight, self.bias)}

    def start(self, name: str, r: int, alpha: float):
        """Add an adapter and leave its factors at their start."""
        with self.student.untraced():
            return self.student.fixtures.lora.add_adapter(self.layer, name, r, alpha, K, D)

    def add(self, name: str, r: int, alpha: float) -> Any:
        """Add an adapter, write its factors, and return them."""
        pair = self.student.fixtures.lora.add_adapter(self.layer, name, r, alpha, K, D)
        self.write(name, pair, r, alpha)
        return pair

    def write(self, name: str, pair, r: int, alpha: float) -> None:
        """Write other numbers into the factors of an adapter."""
        dtype = self.weight.dtype
        a, b = self.student.draw.normal(r, K, dtype=dtype), self.student.draw.normal(D, r, dtype=dtype)
        pair.write(a, b)
        self.wanted[name] = F.linear(self.x, self.weight + alpha / r * (b @ a), self.bias)

    def answer(self, name: str | None) -> Any:
        """Return the output with this adapter active."""
        with self.student.untraced():
            self.layer.set_adapter(name)
        return self.layer(self.x)

    def answer_without_trace(self, name: str | None, x: Tensor) -> Any:
        """Return the untraced output for another x with this adapter active."""
        with self.student.untraced():
            self.layer.set_adapter(name)
            return self.layer(x)

    def expect(self, name: str | None, what: str, hint: str) -> None:
        """Expect that the output with this adapter active is W x + b plus its update."""
        expect.close(self.answer(name), self.wanted[name], what, tolerance=1e-4, hint=hint)

    def expect_isolated(self) -> None:
        """Expect that training "reviews" changes its own output, but not that of "news"."""
        with self.student.untraced():
            before = self.answer("news"), self.answer("reviews")
            for answer in before:
                usable(answer, (4, D), "output with an adapter active")
            self.student.fixtures.lora.train(self.layer, self.x, self.student.draw.normal(4, D), 5, 0.05, hidden=True)
            after = self.answer("news"), self.answer("reviews")
        self.student.note("the other adapter has stayed", same(after[0], before[0], tolerance=1e-6))
        self.student.note("the trained adapter has moved", not same(after[1], before[1], tolerance=1e-6))
        expect.differs(
            after[1],
            before[1],
            "output of the adapter that was trained",
            hint="the adapter's factors must have requires_grad=True and be used in the forward pass",
        )
        expect.close(
            after[0],
            before[0],
            "output of one adapter after training the other",
            tolerance=1e-6,
            hint="only the active adapter may be used in the forward pass, and each adapter needs its own factors",
        )


class CheckMultiLoRALinear:
    """One base, many tasks"""

    function = "MultiLoRALinear"

    @check(points=1, visible=True, substitutes=("LoRALinear",))
    def check_none_is_base(self, student):
        """after set_adapter(None) the layer gives the output of the plain base layer"""
        switched = Switched(student)
        switched.add("reviews", r=3, alpha=3.0)
        expect.close(
            switched.layer(switched.x),
            switched.wanted[None],
            "output after add_adapter, before any set_adapter",
            tolerance=1e-4,
            hint="add_adapter only creates an adapter; set_adapter activates it",
        )
        expect.differs(
            switched.answer("reviews"),
            switched.wanted[None],
            "output with an adapter, compared with the base",
            hint=(
                "the check set the values of the factors, then called set_adapter: do the factors "
                "still have these values, and does the forward pass use them?"
            ),
        )
        switched.expect(None, mark("output after set_adapter(None)"), "None means that no adapter is active")

    @check(points=2, visible=True, substitutes=("LoRALinear",))
    def check_switch(self, student):
        """only the active adapter contributes, and switching back restores its output"""
        switched = Switched(student)
        switched.add("reviews", r=2, alpha=2.0)
        switched.add("news", r=3, alpha=3.0)
        hint = "the output is the base output plus the active adapter's update; no other adapter is used or changed"
        switched.expect("reviews", mark("output with the first adapter active"), hint)
        switched.expect("news", mark("output with the second adapter active"), hint)
        switched.expect("reviews", mark("output after switching back to the first adapter"), hint)
        switched.add("books", r=4, alpha=4.0)  # alphabetically before both
        expect.close(
            switched.layer(switched.x),
            switched.wanted["reviews"],
            "output after a third adapter was added while the first one was active",
            tolerance=1e-4,
            hint="only set_adapter changes which adapter is active",
        )
        expect.close(
            switched.layer(switched.x[0]),
            switched.wanted["reviews"][0],
            say("output for x of shape {shape}, with an adapter active", shape=(K,)),
            tolerance=1e-4,
            hint="the input can also be a single vector of shape (k,), without leading dimensions",
        )
        untouched(student, switched.layer, student.draw.normal(4, K), "the forward pass")

    @check(points=1, substitutes=("LoRALinear",))
    def check_registered(self, student):
        """each adapter has r(d + k) registered parameters, and the base is frozen"""
        switched = Switched(student)
        switched.add("reviews", r=2, alpha=4.0)
        switched.add("news", r=3, alpha=6.0)
        with student.untraced():
            switched.layer.set_adapter("reviews")
            found = student.fixtures.lora.parameters(switched.layer).values()
        total = sum(value.numel() for value in found if value.numel() > 1 and tuple(value.shape) not in ((D, K), (D,)))
        student.note("numbers in the adapters' parameters", total)
        shapes = trained_shapes(student, switched.layer)
        frozen = (D, K) not in shapes and (D,) not in shapes
        learning = (2, D) in shapes and (2, K) in shapes
        resting = (3, D) in shapes and (3, K) in shapes
        student.note("the base is frozen", frozen)
        student.note("the active adapter is trainable", learning)
        student.note("the other adapter is trainable", resting)
        passed = trained_shapes(student, switched.base)
        student.note("trainable in the layer that was passed", str(passed))
        with student.untraced():
            switched.layer.set_adapter(None)
        at_rest = trained_shapes(student, switched.layer)
        student.note("trainable with no adapter active", str(at_rest))
        expect.equal(
            total,
            (2 + 3) * (D + K),
            "number of parameters in two adapters",
            hint="an optimizer and a checkpoint see only registered parameters; a plain dict does not register them",
            reveal=True,
        )
        expect.true(frozen, "the base is trainable", hint="every task uses the same base, so it must be frozen")
        expect.true(
            learning,
            "the factors of the active adapter are not trainable",
            hint="freezing the base must not freeze the adapters",
        )
        expect.true(
            resting,
            "set_adapter freezes the factors of the other adapter",
            hint="set_adapter only selects the adapter for the forward pass; the optimizer may train all adapters",
        )
        expect.equal(
            at_rest,
            shapes,
            "shapes of the trainable tensors after set_adapter(None)",
            hint="set_adapter only selects what the forward pass uses; it must not change which tensors are trainable",
            reveal=True,
        )
        expect.equal(
            passed,
            [],
            "shapes of the trainable tensors in the layer passed to MultiLoRALinear",
            hint=("other code can still use the layer that was passed in: did you freeze that layer, or a copy of it?"),
            reveal=True,
        )
        with student.untraced():
            switched.layer.set_adapter("reviews")
        expect_alive(student, switched.layer, K, D)
        self.expect_gradient_of_x(student)

    @staticmethod
    def expect_gradient_of_x(student) -> None:
        """Expect that x gets its gradient through the frozen W and through the active adapter."""
        switched = Switched(student)
        switched.add("reviews", r=3, alpha=3.0)
        upstream = student.draw.normal(4, D)
        slope = switched.answer_without_trace("reviews", torch.eye(K))
        constant = switched.answer_without_trace("reviews", torch.zeros(1, K))
        usable(slope, (K, D), "output")
        usable(constant, (1, D), "output")
        with student.untraced():
            gradient = student.fixtures.lora.gradients(switched.layer, switched.x, upstream)["inputs"]
        expect.close(
            gradient,
            upstream @ (slope - constant).T,
            "gradient of x with an adapter active",
            tolerance=1e-4,
            hint=(
                "frozen means only that a tensor is not updated: gradients must still flow back through both W and "
                "the update"
            ),
            fact=True,
        )

    @check(points=1, substitutes=("LoRALinear",))
    def check_fresh_adapter(self, student):
        """a fresh adapter has a random A and a zero B and does not change the output"""
        switched = Switched(student)
        first, second = switched.start("reviews", r=3, alpha=6.0), switched.start("news", r=3, alpha=6.0)
        with student.untraced():
            (a, b), other = first.read(), second.read()[0]
        usable(a, (3, K), "initial A")
        usable(b, (D, 3), "initial B")
        with student.untraced():
            switched.layer.set_adapter("reviews")
            output = switched.layer(switched.x)
            found = student.fixtures.lora.gradients(switched.layer, switched.x, student.draw.normal(4, D))
            gradients = found["parameters"]
        learns = any(isinstance(slope, Tensor) and bool((slope != 0).any()) for slope in gradients.values())
        full_rank = bool(torch.linalg.matrix_rank(a.double()) == 3)
        student.note("fresh adapter: B is zero", bool((b == 0).all()))
        student.note("fresh adapter: A is zero, has full rank", [bool((a == 0).all()), full_rank])
        student.note("fresh adapter: A is the same in the next one", torch.equal(a, other))
        student.note("fresh adapter: same as the base", same(output, switched.wanted[None]))
        student.note("fresh adapter: something learns", learns)
        if not learns:
            switched.write("reviews", first, r=3, alpha=6.0)
            with student.untraced():
                student.fixtures.lora.gradients(switched.layer, switched.x, student.draw.normal(4, D))
                moving = [bool(slope.any()) for slope in first.gradients()]
            student.note("with other numbers, A and B have gradients", moving)
        expect.close(
            output,
            switched.wanted[None],
            "output with a fresh adapter active",
            hint=(
                "nothing has been learned yet, so B A x must be zero: which of the two factors does your code "
                "set to zero?"
            ),
        )
        expect.true(
            learns,
            "no factor of a fresh adapter receives a gradient",
            hint="what is the gradient of each factor if both are zero?",
        )
        expect.true(
            bool((b == 0).all()),
            "B, the factor with d rows, does not start at zero",
            hint="B starts at zero, as in LoRALinear",
        )
        expect.true(
            full_rank,
            "the rows of A are linearly dependent at the start",
            hint="A starts with random values, as in LoRALinear",
        )
        expect.true(
            not torch.equal(a, other),
            "two fresh adapters start with the same A",
            hint="each adapter must sample its own random values",
        )
        self.expect_dtype_of_base(student)
        self.expect_short_factors(student)

    @staticmethod
    def expect_short_factors(student) -> None:
        """Expect that an adapter of a bfloat16 base is bfloat16; if it cannot be added, nothing is judged."""
        switched = Switched(student, torch.bfloat16)
        try:
            pair = switched.start("reviews", r=3, alpha=3.0)
            with student.untraced():
                factors = pair.read()
        except StudentRaised as error:
            if error.no_answer:
                raise
            return
        expect.equal(
            sorted({str(factor.dtype) for factor in factors}),
            ["torch.bfloat16"],
            "dtypes of an adapter's factors with a bfloat16 base",
            hint="the factors must have the same dtype as `base.weight`, whatever that is",
            reveal=True,
            fact=True,
        )

    @staticmethod
    def expect_dtype_of_base(student) -> None:
        """Expect that an adapter of a float64 base is float64."""
        switched = Switched(student, torch.float64)
        pair = switched.add("reviews", r=3, alpha=3.0)
        with student.untraced():
            student.note("dtypes of A and B", [str(factor.dtype) for factor in pair.read()])
        output, hint = switched.answer("reviews"), "create new tensors with the dtype of the base weight"
        expect.shape(output, (4, D), "output in float64", hint=hint)
        student.note("dtype of the output", str(output.dtype))
        student.note("exact in float64", same(output, switched.wanted["reviews"], tolerance=1e-9))
        expect.close(output, switched.wanted["reviews"], "output in float64", tolerance=1e-9, hint=hint)

    @check(points=1, substitutes=("LoRALinear",))
    def check_isolated(self, student):
        """training one adapter leaves the others unchanged"""
        switched = Switched(student)
        switched.add("reviews", r=2, alpha=2.0)
        switched.add("news", r=3, alpha=3.0)
        switched.expect_isolated()

    @check(points=1, substitutes=("LoRALinear",))
    def check_unknown(self, student):
        """an unknown or taken adapter name raises an error and changes nothing"""
        switched = Switched(student)
        switched.add("film_reviews", r=3, alpha=6.0)
        before = switched.answer("film_reviews")  # another check tests its strength
        usable(before, (4, D), "output with an adapter active")
        for name in ("sentiment", "film_review", "Film_Reviews", "film-reviews", ""):
            loud = refused(student, "KeyError", switched.layer.set_adapter, name)
            now = self.answer_to_the_next_call(student, switched, name, loud)
            student.note("answers like the base now", same(now, switched.wanted[None]))
            student.note("answers as before", same(now, before))
            expect.true(
                loud,
                say('set_adapter("{name}") is accepted when only "film_reviews" exists', name=name),
                hint=(
                    "with a misspelt name, the task would silently run without its adapter, or with another task's "
                    "adapter"
                ),
            )
            expect.close(
                now,
                before,
                say('output after set_adapter("{name}") was rejected, with "film_reviews" active before', name=name),
                tolerance=1e-4,
                hint="before you change anything, check that the name is known",
            )
        loud = refused(student, "ValueError", switched.layer.add_adapter, "film_reviews", 3, 7.5)
        with student.untraced():
            now = switched.answer("film_reviews")
        student.note("the first adapter answers as before", same(now, before))
        student.note("the first adapter answers like the base", same(now, switched.wanted[None]))
        expect.true(
            loud,
            'a second adapter called "film_reviews" is accepted',
            hint="a second adapter of the same name would silently overwrite what the first one has learned",
        )
        expect.close(
            now,
            before,
            'output with "film_reviews" active, after a second adapter of that name was rejected',
            tolerance=1e-4,
            hint="before you add anything, check that the name is free",
            fact=True,
        )
        expect_alive(student, switched.layer, K, D)

    @staticmethod
    def answer_to_the_next_call(student, switched: Switched, name: str, loud: bool) -> Any:
        """What the layer answers after an unknown name, refused or not; it must still answer."""
        try:
            with student.untraced():
                answer = switched.layer(switched.x)
        except StudentRaised as error:
            if error.no_answer:
                raise
            student.note("the layer answers after an unknown name", False)
            expect.true(
                loud,
                say('set_adapter("{name}") is accepted when only "film_reviews" exists', name=name),
                actual=str(error),
                hint="set_adapter must raise the error itself; here, only the next call to the layer raises one",
                reveal=True,
            )
            expect.true(
                False,
                say('the layer can no longer be called after set_adapter("{name}") was rejected', name=name),
                actual=str(error),
                hint="before you change anything, check that the name is known",
                reveal=True,
            )
        return answer

    @check(points=1, substitutes=("LoRALinear",))
    def check_scale_per_adapter(self, student):
        """the scale uses the active adapter's alpha and r"""
        switched = Switched(student)
        switched.add("reviews", r=2, alpha=8.0)
        switched.add("news", r=3, alpha=2.0)
        found = [switched.answer(name) for name in ("reviews", "news")]
        hint = "the first adapter is scaled by 8/2, the second by 2/3: where do you store each scale?"
        expect.close(found[0], switched.wanted["reviews"], "output with alpha=8, r=2 active", tolerance=1e-4, hint=hint)
        expect.close(found[1], switched.wanted["news"], "output with alpha=2, r=3 active", tolerance=1e-4, hint=hint)
        self.expect_layers_apart(student)

    @staticmethod
    def expect_layers_apart(student) -> None:
        """Expect separate scales and switching for two layers that have adapters of the same name."""
        first, second = Switched(student), Switched(student)
        first.add("reviews", r=2, alpha=8.0)
        try:
            second.add("reviews", r=2, alpha=3.0)
            free = True
        except StudentRaised as error:
            if error.type != "ValueError" or error.no_answer:
                raise
            free = False
        expect.true(
            free,
            "an adapter name that another layer uses is rejected as taken",
            hint="a model has many such layers: where does each of them keep the names of its adapters?",
            fact=True,
        )
        outputs = [one.answer("reviews") for one in (first, second)]
        with student.untraced():
            second.layer.set_adapter(None)
        outputs.append(first.layer(first.x))
        hint = "a model has many such layers: where does each of them keep its scales and its active adapter?"
        for output, one, what in zip(
            outputs,
            (first, second, first),
            (
                mark(
                    "output of a layer whose adapter has alpha=8, while another layer's adapter of the "
                    "same name has alpha=3"
                ),
                mark(
                    "output of a layer whose adapter has alpha=3, while another layer's adapter of the "
                    "same name has alpha=8"
                ),
                mark("output of a layer after set_adapter(None) in another layer"),
            ),
            strict=True,
        ):
            expect.close(output, one.wanted["reviews"], translated(what), tolerance=1e-4, hint=hint)

    @check(points=1, substitutes=("LoRALinear",))
    def check_isolated_same_rank(self, student):
        """two adapters of the same rank have separate factors"""
        switched = Switched(student)
        switched.add("reviews", r=3, alpha=3.0)
        switched.add("news", r=3, alpha=7.5)
        hint = "an adapter is identified by its name, not by its rank"
        switched.expect("reviews", mark("output with the first of two adapters of rank 3"), hint)
        switched.expect("news", mark("output with the second of two adapters of rank 3"), hint)
        switched.expect_isolated()
        self.expect_no_memory(student)

    @staticmethod
    def expect_no_memory(student) -> None:
        """Expect that changed factors of an adapter change the output in evaluation mode, too."""
        switched = Switched(student)
        with student.untraced():
            switched.layer.eval()
        pair = switched.add("reviews", r=3, alpha=6.0)
        switched.expect("reviews", mark("output in evaluation mode"), "evaluation mode changes nothing in this layer")
        switched.write("reviews", pair, r=3, alpha=6.0)
        switched.expect(
            "reviews",
            mark("output in evaluation mode after the factors have changed"),
            (
                "factors can change even in evaluation mode, for example when a checkpoint is loaded: "
                "what does your layer keep from an earlier call?"
            ),
        )
        other = Switched(student)
        pair = other.add("reviews", r=3, alpha=6.0)
        a, b = student.draw.normal(3, K), student.draw.normal(D, 3)
        pair.write(a, b)
        with student.untraced():
            other.layer.set_adapter("reviews")
        expect_new_values_used(student, other.layer, pair, other.base, (a, b, other.weight))


# --- adapter layers ---


def has_rank(matrix: Tensor, rank: int) -> bool:
    """Return whether the rank is at most this, within float32 precision."""
    strength = torch.linalg.svdvals(matrix.double())
    return bool(strength[rank] < 1e-4 * strength[0] + 1e-6)


def expect_branch(student, adapter, d: int) -> None:
    """Expect that the adapter's branch adds something, in evaluation mode, where nothing is dropped."""
    with student.untraced():
        adapter.eval()
    expect_alive(student, adapter, d, d)
    with student.untraced():
        adapter.train()


class CheckBottleneckAdapter:
    """h + up(act(down(h)))"""

    function = "BottleneckAdapter"

    @check(points=1, visible=True)
    def check_count(self, student):
        """an adapter has 2dm + m + d trainable parameters"""
        d, m = student.draw.integer(20, 30), student.draw.integer(3, 9)
        adapter = student.BottleneckAdapter(d, m)
        trainable = student.fixtures.n_trainable(adapter)
        expect.equal(
            trainable,
            2 * d * m + m + d,
            say("trainable parameters for d={d}, m={m}", d=d, m=m),
            hint="there are two projections, down to m and back up to d, and each of them has a bias",
            reveal=True,
        )
        expect_branch(student, adapter, d)

    @check(points=2)
    def check_near_identity(self, student):
        """the output of a fresh adapter is close to its input"""
        adapter = student.BottleneckAdapter(48, 12)
        h = student.draw.normal(64, 48)
        with student.untraced():
            output = adapter(h)
        expect.shape(output, (64, 48), "output")
        change = float((output - h).norm() / h.norm())
        student.note("near the identity", change < 0.1)
        if change >= 0.1:
            student.note("every row is changed in the same way", same(output - h, (output - h)[:1].expand(64, 48)))
            squeezed = {"negative numbers at zero": h.clamp(min=0), "a tanh": h.tanh(), "a GELU": F.gelu(h)}
            alike = [how for how, value in squeezed.items() if float((output - value).norm() / h.norm()) < 0.1]
            student.note("what comes out is h, with", alike[0] if alike else "something else")
        expect.true(
            change < 0.1,
            say(
                "the output of a fresh adapter differs from its input by {percent:.0f}% of the input's "
                "norm; it should differ by less than 10%",
                percent=100 * change,
            ),
            hint="initialise the output projection, including its bias, to small values or zero",
        )
        expect_branch(student, adapter, 48)

    @check(points=1, visible=True)
    def check_residual(self, student):
        """with all parameters at zero, the output equals the input"""
        adapter = student.BottleneckAdapter(7, 3)
        student.fixtures.fill(adapter, 0.0)
        h = student.draw.normal(2, 5, 7)
        expect.close(
            adapter(h),
            h,
            "output with all parameters at zero",
            hint="what should the adapter return when its branch outputs zero?",
        )
        expect.close(
            adapter(h[0, 0]),
            h[0, 0],
            "output for h of shape (7,), with all parameters at zero",
            hint="the input can also be a single vector of shape (d,), without leading dimensions",
        )
        expect_branch(student, adapter, 7)
        untouched(student, adapter, student.draw.normal(4, 7), "the adapter")
        silent, upstream = student.BottleneckAdapter(7, 3), student.draw.normal(4, 7)
        student.fixtures.fill(silent, 0.0)
        with student.untraced():
            gradient = student.fixtures.lora.gradients(silent, student.draw.normal(4, 7), upstream)["inputs"]
        expect.close(
            gradient,
            upstream,
            "gradient of h with all parameters at zero",
            hint=(
                "the layers below get their gradients through h: along which paths does the gradient flow "
                "from the output back to h?"
            ),
            fact=True,
        )

    @check(points=1)
    def check_nonlinear(self, student):
        """there is a non-linearity between the down- and up-projection"""
        m = 3
        adapter = student.BottleneckAdapter(7, m)
        student.fixtures.randomize(adapter, student.draw.seed())
        first, second = student.draw.normal(32, 7), student.draw.normal(32, 7)
        three = torch.cat([first, second, (first + second) / 2])
        with student.untraced():
            output, repeated, louder = adapter(three), adapter(three), adapter(2 * first)
        for answer, rows in ((output, 96), (repeated, 96), (louder, 32)):
            usable(answer, (rows, 7), "output")
        steady = same(repeated, output)
        expect.true(
            steady,
            "two calls with the same input give different outputs",
            hint="the formula contains nothing random: what in your code differs from call to call?",
            fact=True,
        )
        self.expect_vector_by_vector(student, adapter, first[:1], output[:1])
        added = output[:32] - first
        student.note("what is added has mean zero", bool((added.mean(1).abs() < 1e-3 * added.abs().mean(1)).all()))
        student.note("what is added heeds the size of h", not same(louder - 2 * first, added, tolerance=1e-2))
        share = float((added.norm(dim=1) / first.norm(dim=1)).max())
        student.note("largest share of h that is added", round(share, 3) if share < 0.2 else "more")
        one, two, middle = output.double().chunk(3)
        bends = one + two - 2 * middle  # 0 for an affine map; a bend before `up` leaves it in one of m directions
        affine = bool(bends.abs().max() < 1e-3)
        with student.untraced():  # the non-linearity sees h only through `down`, as do changes of h's gradient
            upstream = student.draw.normal(32, 7)
            slopes = [student.fixtures.lora.gradients(adapter, h, upstream)["inputs"] for h in (first, second)]
        for slope in slopes:
            expect.shape(slope, (32, 7), "gradient of h")
            expect.true(bool(slope.isfinite().all()), "the gradient of h is not finite")
        out_through, in_through = has_rank(bends, m), has_rank(slopes[0] - slopes[1], m)
        expect.true(
            not affine,
            "the adapter is affine: it has no non-linearity",
            hint="two linear maps in a row amount to one linear map of low rank, as in LoRA",
            fact=True,
        )
        if not out_through:  # rounding bends hardly at all
            strength = torch.linalg.svdvals(bends)
            student.note("bends leave in more directions by much", bool(strength[m] > 0.02 * strength[0]))
        student.note("bends leave in m directions", out_through)
        student.note("bends depend on m directions", in_through)
        expect.true(
            out_through and in_through,
            say("the adapter is non-linear in more directions than its bottleneck of width {m} allows", m=m),
            hint="the non-linearity belongs between the two projections, neither before nor after them",
        )

    @staticmethod
    def expect_vector_by_vector(student, adapter, h: Tensor, output: Tensor) -> None:
        """Expect the same output for one vector whatever the rest of the batch; ``output`` is that of h in a batch."""
        batch = student.draw.normal(3, 4, 7)
        with student.untraced():
            together, apart = adapter(batch), adapter(batch.reshape(12, 7))
        usable(together, (3, 4, 7), "output")
        usable(apart, (12, 7), "output")
        by_itself = same(together.reshape(12, 7), apart)
        with student.untraced():
            single = adapter(h)
        by_itself &= same(single, output)
        expect.true(
            by_itself,
            "the output for one vector depends on the other vectors in the batch",
            hint="both projections act on the last axis: what does your code do with the other axes between the "
            "two projections?",
            fact=True,
        )

    @check(points=1)
    def check_can_learn(self, student):
        """at least one weight matrix receives a gradient in the first step"""
        adapter = student.BottleneckAdapter(7, 3)
        with student.untraced():
            result = student.fixtures.lora.gradients(adapter, student.draw.normal(16, 7), student.draw.normal(16, 7))
        expect.shape(result["output"], (16, 7), "output")
        gradients = [g for g in result["parameters"].values() if isinstance(g, Tensor) and g.dim() > 1]
        learns = any(bool((gradient != 0).any()) for gradient in gradients)
        student.note("a matrix has a gradient", learns)
        if not learns:
            with student.untraced():
                held = student.fixtures.lora.parameters(adapter)
            matrices = [value for value in held.values() if value.dim() > 1][:MANY]
            student.note("matrices that are zero", sum(not bool(value.any()) for value in matrices))
            student.fixtures.randomize(adapter, student.draw.seed())
            with student.untraced():
                later = student.fixtures.lora.gradients(adapter, student.draw.normal(16, 7), student.draw.normal(16, 7))
            moving = [bool(g.any()) for g in later["parameters"].values() if isinstance(g, Tensor) and g.dim() > 1]
            student.note("matrices with a gradient, once no parameter is zero", sum(moving))
        expect.true(
            learns,
            "no weight matrix receives a gradient in the first step",
            hint=(
                "the gradient of `down` is proportional to `up`, and the gradient of `up` is proportional to the "
                "output of `down`: what are the gradients if both start at zero?"
            ),
        )


# --- the comparison table ---


class CheckPeftParamCount:
    """Parameter counts of four PEFT methods"""

    function = "peft_param_count"

    @check(points=1, visible=True)
    def check_lora(self, student):
        """lora: rank 8 on query and value of BERT-base gives 294,912 trainable parameters"""
        d, n, r = student.draw.integer(30, 60), student.draw.integer(3, 9), student.draw.integer(2, 7)
        bert = student.peft_param_count("lora", d=768, n_layers=12, r=8)
        five = student.peft_param_count("lora", d=d, n_layers=n, r=r, n_matrices=5)
        hint = "count both factors of every adapted matrix in every layer"
        expect.equal(bert, 294_912, "lora, r=8, two matrices per layer", hint=hint)
        expect.equal(five, n * 5 * r * 2 * d, "lora, five matrices per layer", hint=hint)

    @check(points=2, visible=True)
    def check_adapter(self, student):
        """adapter: bottleneck 64, two per BERT-base layer, gives 2,379,264 parameters"""
        d, n, m = student.draw.integer(30, 60), student.draw.integer(4, 9), student.draw.integer(5, 20)
        two = student.peft_param_count("adapter", d=768, n_layers=12, bottleneck=64)
        one = student.peft_param_count("adapter", d=768, n_layers=12, bottleneck=64, per_layer=1)
        three = student.peft_param_count("adapter", d=d, n_layers=n, bottleneck=m, per_layer=3)
        hint = "each adapter has two projections, and each projection has a bias: m values for down, d for up"
        expect.equal(two, 2_379_264, "adapter, bottleneck 64, two per layer", hint=hint)
        expect.equal(one, 1_189_632, "adapter, bottleneck 64, one per layer", hint=hint)
        expect.equal(three, 3 * n * (2 * d * m + m + d), "adapter, three per layer", hint=hint)

    @check(points=2)
    def check_prefix(self, student):
        """prefix: 20 virtual tokens in BERT-base have 368,640 parameters"""
        d, n, v = student.draw.integer(30, 60), student.draw.integer(4, 9), student.draw.integer(5, 20)
        bert = student.peft_param_count("prefix", d=768, n_layers=12, n_virtual=20)
        other = student.peft_param_count("prefix", d=d, n_layers=n, n_virtual=v)
        hint = "in every layer, the keys and the values each get a prefix of their own"
        expect.equal(bert, 368_640, "prefix, 20 virtual tokens in BERT-base", hint=hint)
        expect.equal(other, 2 * n * v * d, "prefix in a smaller model", hint=hint)

    @check(points=1)
    def check_prompt(self, student):
        """prompt: 20 virtual tokens at the input of BERT-base have 15,360 parameters"""
        d, n, v = student.draw.integer(30, 60), student.draw.integer(4, 9), student.draw.integer(5, 20)
        bert = student.peft_param_count("prompt", d=768, n_layers=12, n_virtual=20)
        other = student.peft_param_count("prompt", d=d, n_layers=n, n_virtual=v)
        hint = "a prompt is a few extra input embeddings; the layers get no new parameters"
        expect.equal(bert, 15_360, "prompt, 20 virtual tokens in BERT-base", hint=hint)
        expect.equal(other, v * d, "prompt in a smaller model", hint=hint)

    @check(points=1)
    def check_unknown(self, student):
        """an unknown method raises an error"""
        sizes = {"d": student.draw.integer(30, 60), "n_layers": 5, "r": 4, "bottleneck": 6, "n_virtual": 7}
        d = sizes["d"]
        right = {"lora": 80 * d, "adapter": 10 * (13 * d + 6), "prefix": 70 * d, "prompt": 7 * d}
        counted_right = False
        for method, want in right.items():  # so that refusing everything, or counting nothing, does not pass
            try:
                with student.untraced():
                    counted_right = counted_right or student.peft_param_count(method, **sizes) == want
            except StudentRaised as error:
                if error.no_answer:
                    raise
        expect.true(
            counted_right,
            "the count is wrong for all four known methods",
            hint="get the count for at least one of the four methods right first",
            fact=True,
        )
        expect.true(
            refused(student, "ValueError", student.peft_param_count, "lorra", d=768, n_layers=12, r=8),
            'the method "lorra" is accepted without an error',
            hint="a misspelt method must raise an error, not return a count",
        )
        expect.true(
            refused(student, "ValueError", student.peft_param_count, "LoRA", d=768, n_layers=12, r=8),
            'the method "LoRA" is accepted without an error',
            hint='the docstring names four methods, all in lower case, and "LoRA" is not one of them',
        )
        expect.true(
            refused(student, "ValueError", student.peft_param_count, " lora ", d=768, n_layers=12, r=8),
            'the method " lora " is accepted without an error',
            hint='the docstring names four methods, and " lora " is not one of them',
        )


# --- bonus: the best update of rank r ---


def with_values(student, d: int, k: int, *values: float) -> Tensor:
    """Return a (d, k) matrix with these singular values and random directions."""
    n = len(values)
    left, right = (torch.linalg.qr(student.draw.normal(size, n).double())[0] for size in (d, k))
    matrix: Tensor = ((left * torch.tensor(values, dtype=torch.float64)) @ right.mT).float()
    return matrix


class Approximated:
    """The student's ``best_rank_r`` of a matrix; the split between B and A is free, their product is not."""

    def __init__(
        self,
        student,
        matrix: Tensor,
        r: int,
        pure: bool = False,
        measured: bool = False,
        noted: bool = True,
        answer: Any = None,
    ) -> None:
        """Call the function, unless ``answer`` is given, and read the answer; ``measured`` includes its error."""
        self.matrix, self.r = matrix, r
        d, k = matrix.shape
        with student.untraced():
            if answer is None:
                answer = student.pure("best_rank_r", matrix, r) if pure else student.best_rank_r(matrix, r)
        expect.true(
            isinstance(answer, (tuple, list)) and len(answer) == 3,
            "best_rank_r must return three values: B, A and the error",
            actual=expect.shown(answer),
            reveal=True,
        )
        b, a, error = answer
        student.note("shapes", [list(one.shape) if isinstance(one, Tensor) else [] for one in (b, a)])
        usable(b, (d, r), "B")
        usable(a, (r, k), "A")
        self.product = b.double() @ a.double()
        expect.true(
            isinstance(error, (int, float, Tensor)),
            "the error is not a number",
            actual=expect.shown(error),
            reveal=True,
        )
        self.error = error.detach().double().reshape(-1) if isinstance(error, Tensor) else torch.tensor([float(error)])
        if noted:
            student.note("product", self.product)
        if measured:
            student.note("error", float(self.error[0]) if self.error.numel() == 1 else self.error)
        left, values, right = torch.linalg.svd(matrix.double(), full_matrices=False)
        self.best = (left[:, :r] * values[:r]) @ right[:r]
        self.least = float(values[r:].square().sum().sqrt())

    def expect_product(self, hint: str) -> None:
        """Expect that B A is the closest matrix of its rank."""
        what = say("B A of rank {r}, for a matrix of shape {shape}", r=self.r, shape=tuple(self.matrix.shape))
        expect.close(self.product, self.best, what, tolerance=1e-3, hint=hint)

    def expect_error(self, hint: str) -> None:
        """Expect that the error is the Frobenius norm of the difference."""
        expect.true(
            self.error.numel() == 1, "the error must be one number, not several", actual=self.error, reveal=True
        )
        what = say("error at rank {r}, for a matrix of shape {shape}", r=self.r, shape=tuple(self.matrix.shape))
        expect.close(float(self.error[0]), self.least, what, tolerance=1e-2 if self.least < 1e-3 else 1e-3, hint=hint)


SINGULAR = (9.0, 7.0, 4.0, 3.0, 1.5)
FLAT = (9.0, 7.0, 5.4, *(4.2 - 0.04 * n for n in range(27)))
"""Many nearly equal singular values, which a random estimate of a few directions confuses."""


class CheckBestRankR:
    """The best update of rank r"""

    function = "best_rank_r"

    @check(points=2, visible=True)
    def check_product(self, student):
        """B A is the best rank-r approximation of the given matrix"""
        seen = []
        for shape, r, values in (
            ((11, 8), 3, SINGULAR),
            ((6, 9), 2, SINGULAR),
            ((7, 10), 1, SINGULAR),
            ((34, 30), 3, FLAT),
            ((10, 7), 2, (60.0, 0.5)),
        ):
            one = Approximated(student, with_values(student, *shape, *values), r, noted=False)
            again = Approximated(student, one.matrix, one.r, noted=False)
            # The estimate that a call draws is random.
            drawn = not same(one.product, again.product, tolerance=1e-3)
            student.note("product", "another one in every call" if drawn else one.product)
            seen.append(one)
        for one in seen:
            one.expect_product(
                "U, S and Vh belong together: which r columns of U, values of S and rows of Vh do you keep?"
            )

    @check(points=1, visible=True, after=("product",))
    def check_error(self, student):
        """the error is the square root of the sum of the squared discarded singular values"""
        small = [value / 100 for value in SINGULAR]
        cases = [((6, 9), 2, SINGULAR), ((11, 8), 3, small), ((7, 10), 1, SINGULAR)]
        seen = [Approximated(student, with_values(student, *shape, *of), r, measured=True) for shape, r, of in cases]
        for one in seen:
            one.expect_error("if the discarded singular values are 4 and 3, the error is 5")

    @check(points=1, after=("product",))
    def check_exact(self, student):
        """a matrix of rank r or less is reproduced exactly"""
        exact = []
        for matrix, r in (
            (with_values(student, 8, 10, 6.0, 3.0, 2.0), 3),
            (with_values(student, 9, 5, *SINGULAR), 5),
            (with_values(student, 4, 7, 5.0, 4.0, 2.0, 1.0), 4),
        ):
            one = Approximated(student, matrix, r)
            one.expect_product("all discarded singular values are zero here")
            exact.append(one)
        # Whether a difference that should be 0 comes out below 0, is an accident of rounding: one of nine mostly does.
        for d in range(5, 11):
            exact.append(Approximated(student, with_values(student, d, 5, *SINGULAR), 5, noted=False))
        errors = [float(one.error[0]) for one in exact if one.error.numel() == 1]
        nothing = "NaN" if any(map(math.isnan, errors)) else "about 0" if max(map(abs, errors)) < 0.01 else errors[:3]
        student.note("errors where nothing is discarded", nothing)
        for one in exact:
            one.expect_error("all discarded singular values are zero here")
        matrices = [with_values(student, 7, 9, *values) for values in ((5.0, 3.0), (8.0, 2.0))]
        with student.untraced():
            function = student.value(None, "best_rank_r")
            answers = student.fixtures.lora.approximated_twice(function, *matrices, 2)
        hint = (
            "the caller may change a matrix in place and call the function again: does your code remember an earlier "
            "result?"
        )
        for matrix, answer in zip(matrices, answers, strict=True):
            Approximated(student, matrix, 2, measured=True, answer=answer).expect_product(hint)

    @check(points=1, after=("product",))
    def check_care(self, student):
        """a rank below 1, above d or above k raises a ValueError"""
        for shape in ((8, 6), (5, 9)):
            matrix = with_values(student, *shape, *SINGULAR)
            one = Approximated(student, matrix, 2, pure=True)
            one.expect_product("get the product B A right first")
            ranks = (0, -1, min(shape) + 1, max(shape) + 2)
            ends = [refused(student, "ValueError", student.best_rank_r, matrix, r) for r in ranks]
            for r, ended in zip(ranks, ends, strict=True):
                expect.true(
                    ended,
                    say("rank {r} for a matrix of shape {shape}: expected a ValueError", r=r, shape=shape),
                    hint="how many singular values does the matrix have, and what is the smallest useful rank?",
                )


# --- bonus: DoRA ---


class Turned:
    """A student's DoRALinear around a base with known numbers."""

    def __init__(
        self,
        student,
        alpha: float,
        r: int = R,
        bias: bool = True,
        write: bool = True,
        size: float = 1.0,
        **rs: bool,
    ) -> None:
        """Build it; ``write=False`` leaves it at its start; ``size`` is the length of the rows of W and B."""
        draw = student.draw
        self.student, self.r, self.size = student, r, size
        self.weight, self.bias = size * draw.normal(D, K), draw.normal(D) if bias else None
        self.draw_parts()
        self.base = student.fixtures.lora.linear_of(self.weight, self.bias)
        self.scale = alpha / r**0.5 if rs.get("rs") else alpha / r
        self.layer = student.DoRALinear(self.base, r=r, alpha=alpha, **rs)
        if write:
            self.parts = student.fixtures.lora.parts(self.layer, r, K, D)
            self.parts.write(self.a, self.b, self.m)

    def draw_parts(self) -> None:
        """Draw new numbers for the two factors and the magnitudes."""
        draw = self.student.draw
        self.a, self.b = draw.normal(self.r, K), self.size * draw.normal(D, self.r)
        self.m = draw.uniform(0.5, 3, D)

    def answer(self, x: Tensor, *, detach: bool = True) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the expected output in float64, and the leaves that it depends on."""
        leaves = {name: getattr(self, name).double().requires_grad_() for name in ("a", "b", "m")}
        leaves["x"] = x.double().requires_grad_()
        turned = self.weight.double() + self.scale * leaves["b"] @ leaves["a"]
        lengths = (turned.detach() if detach else turned).square().sum(1, keepdim=True).sqrt()
        output = leaves["x"] @ (leaves["m"].unsqueeze(1) * turned / lengths).mT
        return output if self.bias is None else output + self.bias.double(), leaves


class CheckDoRALinear:
    """DoRA: magnitude and direction"""

    function = "DoRALinear"

    @check(points=1, visible=True, substitutes=("LoRALinear",))
    def check_start(self, student):
        """a fresh layer has a random A, a zero B and the same output as its base"""
        for bias in (True, False):
            turned = Turned(student, alpha=6.0, bias=bias, write=False)
            shapes = trained_shapes(student, turned.layer)
            student.note("trainable shapes", [list(shape) for shape in shapes])
            x = student.draw.normal(4, K)
            with student.untraced():
                output = turned.layer(x)
                again = student.DoRALinear(student.fixtures.lora.linear_of(turned.weight, turned.bias), r=R, alpha=6.0)(
                    x
                )
            plain = F.linear(x, turned.weight, turned.bias)
            usable(output, (4, D), "output of a fresh layer")
            student.note("output at the start", output if same(again, output) else "another one for every layer")
            expect.equal(
                [list(shape) for shape in shapes],
                [[R, D], [R, K], [D]],
                say("shapes of the trainable tensors (d={d}, k={k}, r={r})", d=D, k=K, r=R),
                hint="train only the two factors and one magnitude per output; freeze W and b of the base",
                reveal=True,
            )
            expect.close(
                output,
                plain,
                "output of a fresh layer",
                tolerance=1e-4,
                hint=(
                    "the product of B and A is zero at the start, and each row of W is divided by its "
                    "norm: which magnitudes restore W?"
                ),
            )
        self.expect_factors_at_start(student, turned)
        expect_alive(student, turned.layer, K, D)

    @staticmethod
    def expect_factors_at_start(student, turned: Turned) -> None:
        """Expect that B is zero and A is random."""
        other = Turned(student, alpha=6.0, write=False)
        with student.untraced():
            starts = [student.fixtures.lora.parts(one.layer, R, K, D).start() for one in (turned, other)]
        a, b = starts[0]["a"], starts[0]["b"]
        usable(a, (R, K), "initial A")
        usable(b, (D, R), "initial B")
        rank, drawn = int(torch.linalg.matrix_rank(a.double())), not torch.equal(a, starts[1]["a"])
        state = "zero" if not bool(a.any()) else "a fixed pattern" if not drawn else "random"
        rows = " with dependent rows" if rank < R else ""
        student.note("at the start", f"A is {state}{rows}, B is {'other than zero' if bool(b.any()) else 'zero'}")
        expect.true(
            bool((b == 0).all()),
            "B, the factor with d rows, does not start at zero",
            hint="A is the factor that is applied to the input first: which of the two factors should start at zero?",
        )
        expect.true(
            bool(a.any()),
            "A, the factor with k columns, starts at zero",
            hint="the gradient of each factor is proportional to the other factor: what are the gradients if both "
            "are zero?",
        )
        expect.true(
            drawn,
            "two fresh layers start with the same A",
            hint="A starts with random values, and every layer draws its own",
        )
        expect.true(
            rank == R,
            "the rows of A are linearly dependent at the start",
            hint="equal rows receive equal gradients and stay equal, so the effective rank is smaller than r",
        )

    @check(points=2, visible=True, substitutes=("LoRALinear",))
    def check_forward(self, student):
        """each row of W + s B A is divided by its length and scaled by its magnitude"""
        asked = []
        for shape, bias, size in (((4, K), True, 1.0), ((2, 6, K), True, 0.05), ((4, K), False, 1.0)):
            turned = Turned(student, alpha=6.0, bias=bias, size=size)
            x = student.draw.normal(*shape)
            asked.append((turned.layer(x), turned.answer(x)[0].detach(), shape, bias))
        for output, want, shape, bias in asked:
            expect.close(
                output,
                want,
                say("output for x of shape {shape}, base with bias", shape=shape)
                if bias
                else say("output for x of shape {shape}, base without bias", shape=shape),
                tolerance=1e-4,
                hint="compute W + s B A, divide each row by its length, then "
                "multiply by m; b is not part of the weight",
            )
        untouched(student, turned.layer, student.draw.normal(4, K), "the forward pass")
        self.expect_no_memory(student)

    @staticmethod
    def expect_no_memory(student) -> None:
        """Expect that a call in either mode uses the current factors and magnitudes."""
        turned = Turned(student, alpha=6.0)
        x, asked = student.draw.normal(4, K), []
        for mode in ("training", "training", "evaluation", "evaluation"):
            with student.untraced():
                turned.layer.train(mode == "training")
            asked.append((turned.layer(x), turned.answer(x)[0].detach(), mode))
            turned.draw_parts()
            turned.parts.write(turned.a, turned.b, turned.m)
        for got, want, mode in asked:
            expect.close(
                got,
                want,
                "output in training mode after A, B and m have changed"
                if mode == "training"
                else "output in evaluation mode after A, B and m have changed",
                tolerance=1e-4,
                hint=(
                    "A, B and m can each change between two calls, even in evaluation mode: what does your "
                    "layer keep from an earlier call?"
                ),
            )
        other = Turned(student, alpha=6.0, bias=False)
        like = other.a, other.b, other.weight
        expect_new_values_used(student, other.layer, other.parts, other.base, like)

    @check(points=1, substitutes=("LoRALinear",))
    def check_scale(self, student):
        """the scale s is alpha / r, or alpha / sqrt(r) with rs=True"""
        asked = []
        for r, alpha, options in (
            (2, 3.0, {}),
            (R, 2.0, {"rs": True}),
            (2, 5.0, {"rs": True}),
            (R, 4.0, {"rs": False}),
        ):
            turned = Turned(student, alpha=alpha, r=r, **options)
            x = student.draw.normal(4, K)
            asked.append((turned.layer(x), turned.answer(x)[0].detach(), r, alpha, bool(options.get("rs"))))
        for output, want, r, alpha, rs in asked:
            what = say("output with r={r}, alpha={alpha}, rs={rs}", r=r, alpha=alpha, rs=rs)
            expect.close(output, want, what, tolerance=1e-4, hint="rsLoRA divides alpha by the square root of r")
        smallest = Turned(student, alpha=6.0, r=1, write=False)
        x = student.draw.normal(4, K)
        expect.close(
            smallest.layer(x),
            F.linear(x, smallest.weight, smallest.bias),
            "output of a fresh layer of rank 1",
            tolerance=1e-4,
            hint="1 is the smallest rank that is allowed",
        )
        for r in (0, -3):
            base = student.fixtures.lora.linear_of(student.draw.normal(D, K))
            expect.true(
                refused(student, "ValueError", student.DoRALinear, base, r=r, alpha=6.0),
                say("a layer of rank {r} is created without an error", r=r),
                hint="the rank must be at least 1",
            )

    @check(points=1, substitutes=("LoRALinear",))
    def check_gradient(self, student):
        """the backward pass treats the length of each row as a constant"""
        for bias in (True, False):
            turned = Turned(student, alpha=6.0, bias=bias)
            x, upstream = student.draw.normal(4, K), student.draw.normal(4, D)
            got = turned.parts.backward(x, upstream)
            output, leaves = turned.answer(x)
            (output * upstream.double()).sum().backward()
            hint = (
                "each row is multiplied by m / norm, and x needs a gradient: does a gradient also flow through the "
                "norm in your code?"
            )
            for name, key in (("A", "a"), ("B", "b"), ("m", "m"), ("x", "x")):
                found = got["magnitude" if key == "m" else key]
                expect.close(found, leaves[key].grad, say("gradient of {name}", name=name), tolerance=1e-3, hint=hint)
            passed = trained_shapes(student, turned.base)
            student.note("trainable in the layer that was passed", str(passed))
            expect.equal(
                passed,
                [],
                "shapes of the trainable tensors in the layer passed to DoRALinear",
                hint=(
                    "other code can still use the layer that was passed in: did you freeze that layer, or a copy of it?"
                ),
                reveal=True,
            )
        self.expect_fresh_layer_learns(student)

    @staticmethod
    def expect_fresh_layer_learns(student) -> None:
        """Expect that B and the magnitudes get a gradient at the start, when B is zero."""
        fresh = Turned(student, alpha=6.0, write=False)
        with student.untraced():
            parts = student.fixtures.lora.parts(fresh.layer, R, K, D)
            got = parts.backward(student.draw.normal(4, K), student.draw.normal(4, D))
        moving = [bool(got[name].any()) for name in ("b", "magnitude")]
        student.note("B and the magnitudes of a fresh layer get a gradient", moving)
        expect.true(
            all(moving),
            "B or m gets no gradient in a fresh layer",
            hint="B starts at zero, but its gradient does not: does the output depend on B in your code?",
        )
