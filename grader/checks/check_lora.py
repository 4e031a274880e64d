"""Hidden checks of exercise-3: LoRA and its relatives.

Letters as in the exercise: d outputs, k inputs, r rank. All sizes differ, so that a transposed product cannot pass by
luck and the factors are known by their shapes, however they are stored. The layers get fresh numbers in every run; what
is expected of them is worked out here with plain torch, or follows from a law (merging changes no output, the frozen
part never moves).

Results that depend on a student's free choices (random starts, names, what a method without a result returns) are taken
untraced, and stated as notes.
"""

import functools
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from grader import expect, given
from grader.check import check

# --- counting ---


def counted(student, *args: object, **kwargs: object):
    """The student's report; only its five known keys count, whatever else it holds."""
    with student.untraced():
        report = student.lora_report(*args, **kwargs)
    expect.true(isinstance(report, dict), "lora_report returns a dictionary", actual=report, reveal=True)
    for key in ("lora_params", "trainable", "kept_ratio", "reduction", "trainable_ratio"):
        value = report.get(key)
        if isinstance(value, Tensor) and value.numel() == 1:
            value = value.item()
        if isinstance(value, (int, float)):
            student.note(key, float(value))
    return report


def entry(report: dict[str, Any], key: str) -> Any:
    """One number of the report."""
    expect.true(
        key in report,
        f"the report has no {key}",
        actual=list(report),
        hint="read the names of the keys again",
        reveal=True,
    )
    return report[key]


class CheckLoraReport:
    """How much LoRA trains"""

    function = "lora_report"

    @check(points=2, visible=True)
    def check_problem2(self, student):
        """rank 16 on query, key, value and output of BERT-base: 1,179,648 numbers, 4.17 % kept, 95.83 % saved"""
        report = counted(student, [(768, 768)] * 4, r=16, n_layers=12)
        expect.equal(
            entry(report, "lora_params"),
            1_179_648,
            "lora_params",
            hint="count both factors of one matrix, then all matrices of a layer, then all layers",
        )
        expect.equal(
            entry(report, "trainable"), 1_179_648, "trainable", hint="without a head, only the factors are trained"
        )
        expect.close(
            entry(report, "kept_ratio"),
            1 / 24,
            "kept_ratio",
            hint="what share of the matrices' numbers is still trained? As a fraction of 1",
        )
        expect.close(
            entry(report, "reduction"),
            23 / 24,
            "reduction",
            hint="4.17 % is what remains; the reduction is the other part of the whole",
        )

    @check(points=2)
    def check_non_square(self, student):
        """d and k may differ, as in a feed-forward block"""
        d, k, r = student.draw.integer(50, 80), student.draw.integer(20, 40), student.draw.integer(3, 9)
        report = counted(student, [(d, k)], r=r)
        expect.equal(
            entry(report, "lora_params"),
            r * (d + k),
            "lora_params of one matrix with d != k",
            hint="write down the shapes of A and of B: which of them knows d, which one k?",
        )
        expect.close(entry(report, "kept_ratio"), r * (d + k) / (d * k), "kept_ratio of one matrix with d != k")
        shapes = [(d, k), (3 * k, d), (k, k)]
        layers = student.draw.integer(2, 7)
        report = counted(student, shapes, r=r, n_layers=layers)
        lora = r * sum(sum(shape) for shape in shapes)
        full = sum(a * b for a, b in shapes)
        expect.equal(entry(report, "lora_params"), layers * lora, "lora_params of three different matrices per layer")
        expect.close(
            entry(report, "kept_ratio"),
            lora / full,
            "kept_ratio of three different matrices",
            hint="one ratio for all adapted matrices together: add up first, divide last",
        )
        expect.close(entry(report, "reduction"), 1 - lora / full, "reduction of three different matrices")

    @check(points=1)
    def check_head(self, student):
        """the head is trainable, but it is not LoRA's"""
        head, base, r = student.draw.integer(500, 5000), student.draw.integer(10**6, 2 * 10**6), 8
        for head_params, base_params in ((1_538, 109_483_778), (head, base)):
            report = counted(
                student, [(768, 768)] * 2, r=r, n_layers=12, head_params=head_params, base_params=base_params
            )
            expect.equal(
                entry(report, "lora_params"),
                294_912,
                "lora_params of a model with a head",
                hint="lora_params counts the factors only",
            )
            expect.equal(
                entry(report, "trainable"),
                294_912 + head_params,
                "trainable of a model with a head",
                hint="the head is new and random: it is trained in full",
            )
            expect.close(
                entry(report, "trainable_ratio"),
                (294_912 + head_params) / (base_params + 294_912),
                "trainable_ratio",
                hint="all that is trained, over all that there is once the factors have come in",
            )

    @check(points=1)
    def check_grows_past_one(self, student):
        """a large rank costs more than the matrix: the reduction may be negative"""
        report = counted(student, [(768, 768)], r=768)
        expect.close(
            entry(report, "kept_ratio"),
            2.0,
            "kept_ratio at r = 768",
            hint="two factors as large as the matrix itself: what is their share?",
        )
        expect.close(
            entry(report, "reduction"),
            -1.0,
            "reduction at r = 768",
            hint="a report must not hide that LoRA can be larger than what it replaces",
        )
        d, k = student.draw.integer(10, 20), student.draw.integer(30, 40)
        report = counted(student, [(d, k)], r=d, n_layers=3)
        expect.close(entry(report, "reduction"), 1 - (d + k) / k, "reduction above the break-even rank")


# --- one adapted layer ---

D, K, R = 5, 7, 3


class Adapted:
    """A LoRALinear of the student around a base whose numbers the judge knows; A and B are written, not left to chance.

    The base is (D, K), the rank R; ``scale`` is what alpha / r should come to.
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
        """Build it over there; ``write=False`` leaves the factors as they start."""
        self.student = student
        self.weight = student.draw.normal(D, K, dtype=dtype)
        self.bias = student.draw.normal(D, dtype=dtype) if bias else None
        self.a, self.b = student.draw.normal(r, K, dtype=dtype), student.draw.normal(D, r, dtype=dtype)
        self.scale = alpha / r
        base = student.given.linear_of(self.weight, self.bias)
        options = {} if dropout is None else {"dropout": dropout}
        self.layer = student.LoRALinear(base, r=r, alpha=alpha, **options)
        if write:
            self.factors = student.given.factors(self.layer, r, K, D)
            self.factors.write(self.a, self.b)

    def quietly(self, method: str) -> None:
        """Call a method that is there for its effect; whatever it returns is its own affair."""
        with self.student.untraced():
            getattr(self.layer, method)()

    def plain(self, x: Tensor) -> Tensor:
        """W x + b."""
        output: Tensor = F.linear(x, self.weight, self.bias)
        return output

    def delta(self) -> Tensor:
        """(alpha / r) B A."""
        return self.b @ self.a * self.scale

    def adapted(self, x: Tensor) -> Tensor:
        """W x + b + (alpha / r) B A x."""
        return self.plain(x) + F.linear(x, self.delta())


def same(one: object, other: Tensor, tolerance: float = 1e-4) -> bool:
    """Two outputs are equal as far as float32 goes; for notes, where a check does not end at once."""
    return (
        isinstance(one, Tensor)
        and one.shape == other.shape
        and bool(((one - other).abs() <= tolerance * (1 + other.abs())).all())
    )


def refused(student, thunk: Callable[[], object], what: str, hint: str) -> None:
    """The student's code raises, with a type and a message of its own choice."""
    with student.untraced():
        expect.raises(thunk, what, hint=hint)


def trained_shapes(student, module) -> list[tuple[int, ...]]:
    """Shapes of the trainable tensors, each with its dimensions sorted: whichever way round they are stored."""
    with student.untraced():
        shapes = student.given.trainable_shapes(module)
    shapes = sorted(tuple(sorted(n for n in shape if n != 1)) for shape in shapes)
    student.note("trainable shapes", str(shapes))
    return shapes


class CheckLoRALinear:
    """h = W x + b + (alpha/r) B A dropout(x)"""

    function = "LoRALinear"

    @check(points=2, visible=True)
    def check_shapes_and_freeze(self, student):
        """the two factors are trainable, r*k and d*r numbers, and nothing else is"""
        for bias in (True, False):
            adapted = Adapted(student, alpha=6.0, bias=bias, write=False)
            expect.equal(
                trained_shapes(student, adapted.layer),
                [(R, D), (R, K)],
                f"shapes of the trainable tensors (base {'with' if bias else 'without'} bias, d={D}, k={K}, r={R})",
                hint="W and b of the base are frozen; what is trained is one thin factor on either side of the rank",
                reveal=True,
            )

    @check(points=2, visible=True)
    def check_identity_at_start(self, student):
        """a fresh layer answers like the layer it wraps"""
        adapted = Adapted(student, alpha=6.0, write=False)
        x = student.draw.normal(4, K)
        with student.untraced():
            output = adapted.layer(x)
        student.note("same as the base", same(output, adapted.plain(x)))
        expect.close(
            output,
            adapted.plain(x),
            "output of a fresh layer",
            hint="nothing has been learned yet: which factor makes B A x vanish, whatever the other one holds?",
        )

    @check(points=1)
    def check_init_can_learn(self, student):
        """not both factors are zero: a gradient can start"""
        adapted = Adapted(student, alpha=6.0, write=False)
        x, upstream = student.draw.normal(4, K), student.draw.normal(4, D)
        with student.untraced():
            gradients = student.given.factor_gradients(adapted.layer, R, x, upstream)
        moving = [bool((gradient != 0).any()) for gradient in gradients]
        student.note("A has a gradient", moving[0])
        student.note("B has a gradient", moving[1])
        expect.true(
            any(moving),
            "neither factor has a gradient in the first step",
            hint="the gradient of one factor is multiplied by the other one: what if both are zero?",
        )

    @check(points=1)
    def check_B_is_zero(self, student):
        """B starts at zero and A at random, as in the paper"""
        adapted = Adapted(student, alpha=6.0, write=False)
        with student.untraced():
            a, b = student.given.factors(adapted.layer, R, K, D).read()
        full_rank = bool(torch.linalg.matrix_rank(a.double()) == R)
        student.note("A is zero", bool((a == 0).all()))
        student.note("B is zero", bool((b == 0).all()))
        student.note("A has full rank", full_rank)
        hint = "the input meets A first: let A be random and B silent"
        expect.true(bool((b == 0).all()), "B, the factor with d rows, is not zero at the start", hint=hint)
        expect.true(bool((a != 0).any()), "A, the factor with k columns, is zero at the start", hint=hint)
        expect.true(
            full_rank,
            "A starts with rows that depend on each other",
            hint="equal rows get equal gradients and stay equal: the rank you pay for is never used",
        )

    @check(points=3, visible=True)
    def check_forward(self, student):
        """the output is W x + b plus (alpha/r) times B A x"""
        for shape, bias in (((4, K), True), ((2, 6, K), True), ((4, K), False)):
            adapted = Adapted(student, alpha=8.0, bias=bias)
            x = student.draw.normal(*shape)
            expect.close(
                adapted.layer(x),
                adapted.adapted(x),
                f"output for x of shape {shape}, base {'with' if bias else 'without'} bias",
                tolerance=1e-4,
                hint=f"here alpha is 8 and r is {R}, so the update is multiplied by 8/{R}; base and update both see x",
            )

    @check(points=1)
    def check_scaling(self, student):
        """alpha = r means a factor of 1, and twice the alpha means twice the update"""
        for r, alpha in ((R, R), (R, 2 * R), (2, 1)):
            adapted = Adapted(student, alpha=float(alpha), r=r)
            x = student.draw.normal(4, K)
            output = adapted.layer(x)
            expect.shape(output, (4, D), "output")
            expect.close(
                output - adapted.plain(x),
                alpha / r * F.linear(x, adapted.b @ adapted.a),
                f"update for alpha = {alpha} and r = {r}",
                tolerance=1e-4,
                hint="divide alpha by r: a larger rank must not make the update stronger by itself",
            )

    @check(points=2)
    def check_dropout_path(self, student):
        """dropout acts on the input of the update, in training mode only"""
        p, rows = 0.25, 128  # one input per row: the update of a row is dropped or kept as a whole; .75 ** 128 < 1e-15
        adapted = Adapted(student, alpha=2.0 * R, dropout=p)
        column = student.draw.integers(0, K, (rows,))
        x = F.one_hot(column, K) * student.draw.uniform(1.0, 2.0, rows, 1)
        plain = adapted.plain(x)

        adapted.quietly("eval")
        with student.untraced():
            first, second = adapted.layer(x), adapted.layer(x)
        expect.shape(first, (rows, D), "output in evaluation mode")
        expect.shape(second, (rows, D), "output in evaluation mode")
        steady = same(first, second)
        student.note("steady in evaluation mode", steady)
        expect.true(
            steady,
            "in evaluation mode two calls with the same input give two answers",
            hint="who tells your dropout that the layer is in evaluation mode?",
        )
        update = first - plain
        expect.differs(
            first, plain, "the update in evaluation mode", hint="the branch of the factors adds nothing here"
        )
        student.note("update in evaluation mode", update)

        adapted.quietly("train")
        with student.untraced():
            output = adapted.layer(x)
        expect.shape(output, (rows, D), "output in training mode")
        noisy = output - plain
        length = (update * update).sum(1)
        kept = (noisy * update).sum(1) / length
        straight = bool(((noisy - kept[:, None] * update).norm(dim=1) <= 1e-3 * length.sqrt()).all())
        outside = noisy - noisy @ torch.linalg.pinv(adapted.b.T) @ adapted.b.T
        student.note("a row is kept or dropped as a whole", straight)
        student.note("what is added lies in the span of B", bool(outside.abs().max() < 1e-3 * noisy.abs().max() + 1e-4))
        student.note("something changes in training mode", not same(output, first))

        adapted.factors.silence()
        with student.untraced():
            frozen = adapted.layer(x)
        student.note("W x + b sees every input", same(frozen, plain))
        expect.true(
            same(frozen, plain),
            "with both factors at zero the output in training mode is not W x + b",
            hint="dropout belongs to the branch of the factors; the frozen path must see every input",
        )
        expect.true(
            not same(output, first),
            "in training mode nothing is dropped",
            hint=f"this layer was built with dropout={p}",
        )
        expect.true(
            straight,
            "a row of x with one entry gets a part of its update",
            hint="drop entries of x, before A sees them; not the r numbers after A, and not the output",
        )
        student.note("factor of a kept row", float(kept.max()))
        expect.close(
            torch.tensor([kept.min(), kept.max()]),
            torch.tensor([0.0, 1 / (1 - p)]),
            "smallest and largest share of the update that is left",
            tolerance=1e-3,
            hint="dropout divides what it keeps by 1 - p, so that the mean stays the same",
        )

    @check(points=3, visible=True)
    def check_merge(self, student):
        """merging changes no output, writes the update into the weight, and twice is once"""
        adapted = Adapted(student, alpha=8.0)
        x = student.draw.normal(4, K)
        before = adapted.layer(x)
        expect.differs(
            before, adapted.plain(x), "the output with both factors set", hint="get the forward pass right first"
        )
        adapted.quietly("merge")
        expect.close(
            adapted.layer(x),
            before,
            "output after merge()",
            tolerance=1e-4,
            hint="the update must be in the weight or in the branch, at its full strength, and never in both",
        )
        adapted.quietly("merge")
        expect.close(
            adapted.layer(x),
            before,
            "output after a second merge()",
            tolerance=1e-4,
            hint="how does the layer know that it is merged already?",
        )
        adapted.factors.silence()
        expect.close(
            adapted.layer(x),
            before,
            "output after merge(), then both factors set to zero",
            tolerance=1e-4,
            hint="after merging the weight itself holds W + (alpha/r) B A, and the factors are not looked at",
        )
        adapted.quietly("eval")
        expect.close(adapted.layer(x), before, "output of the merged layer in evaluation mode", tolerance=1e-4)

    @check(points=2, after=("merge",))
    def check_unmerge(self, student):
        """unmerging restores the weight; twice is once, and before a merge it does nothing"""
        adapted = Adapted(student, alpha=8.0)
        x = student.draw.normal(4, K)
        before = adapted.layer(x)
        adapted.quietly("unmerge")
        expect.close(
            adapted.layer(x),
            before,
            "output after unmerge() without a merge() before",
            tolerance=1e-4,
            hint="there is nothing to take out of the weight yet",
        )
        adapted.quietly("merge")
        adapted.quietly("unmerge")
        expect.close(
            adapted.layer(x),
            before,
            "output after merge() and unmerge()",
            tolerance=1e-4,
            hint="what merge() has added must go, exactly once, and the branch must work again",
        )
        adapted.quietly("unmerge")
        expect.close(adapted.layer(x), before, "output after a second unmerge()", tolerance=1e-4)
        student.given.factors(adapted.layer, R, K, D).silence()
        expect.close(
            adapted.layer(x),
            adapted.plain(x),
            "output after merge() and unmerge(), then both factors set to zero",
            tolerance=1e-4,
            hint="now only W x + b should be left: is the weight what it was before merge()?",
        )

    @check(points=1)
    def check_delta_weight(self, student):
        """delta_weight() is (alpha/r) B A, of shape (d, k)"""
        adapted = Adapted(student, alpha=8.0)
        delta = adapted.layer.delta_weight()
        expect.shape(delta, (D, K), "delta_weight()", hint="it is added to a weight of shape (d, k)")
        expect.close(
            delta, adapted.delta(), "delta_weight()", tolerance=1e-4, hint="it needs the scale of the forward pass too"
        )

    @check(points=1)
    def check_trains(self, student):
        """150 steps of Adam lower a loss, and W and b stay where they are"""
        adapted = Adapted(student, alpha=2.0 * R)
        adapted.factors.write(adapted.a, torch.zeros(D, R))
        x = student.draw.normal(16, K)
        target = F.linear(x, adapted.weight + student.draw.normal(D, 1) * student.draw.normal(1, K), adapted.bias)
        with student.untraced():
            student.given.train(adapted.layer, x, target, 150, 0.01)
            trained = adapted.layer(x)
            student.given.factors(adapted.layer, R, K, D).silence()
            frozen = adapted.layer(x)
        expect.shape(trained, (16, D), "output after training")
        start, end = float(F.mse_loss(adapted.plain(x), target)), float(F.mse_loss(trained, target))
        student.note("the loss has fallen", end < start)
        student.note("W and b have stayed", same(frozen, adapted.plain(x)))
        expect.true(
            end < 0.95 * start,
            f"the loss has not fallen: {start:.4g} before, {end:.4g} after",
            hint="do both factors take part in the output, and does a gradient reach them?",
        )
        expect.close(
            frozen,
            adapted.plain(x),
            "output after training, then both factors set to zero",
            hint="training may move the two factors and nothing else",
        )

    @check(points=1)
    def check_dtype_follows(self, student):
        """around a float64 layer the new tensors are float64 too"""
        adapted = Adapted(student, alpha=8.0, dtype=torch.float64)
        x = student.draw.normal(4, K, dtype=torch.float64)
        output = adapted.layer(x)
        hint = "new tensors take the dtype of the weight that they extend, not the default one"
        expect.shape(output, (4, D), "output", hint=hint)
        student.note("dtype of the output", str(output.dtype))
        student.note("exact in float64", same(output, adapted.adapted(x), tolerance=1e-9))
        expect.equal(str(output.dtype), "torch.float64", "dtype of the output", hint=hint, reveal=True)
        expect.close(output, adapted.adapted(x), "output in float64", tolerance=1e-9, hint=hint)


# --- a whole model ---

WIDTH, KEYS, VALUES = given.WIDTH, given.KEY_WIDTH, given.VALUE_WIDTH
RANK = 2
TARGETS = ["key", "value"]


def layers(path: str) -> list[str]:
    """The name of every layer's submodule at this path."""
    return [f"encoder.layer.{number}.{path}" for number in range(given.N_LAYERS)]


def inject(student, model, *args: object, **kwargs: object) -> list[str]:
    """Call inject_lora and return the names that it reports, in whatever order."""
    with student.untraced():
        names = student.inject_lora(model, *args, **kwargs)
    sensible = isinstance(names, (list, tuple)) and all(isinstance(name, str) for name in names)
    student.note("returned names", " ".join(sorted(names)) if sensible else type(names).__name__)
    expect.true(
        sensible,
        "inject_lora does not return a list of names",
        actual=names,
        hint="it returns the dotted names of the layers that it has replaced",
        reveal=True,
    )
    return sorted(names)


def mirror(seed: int) -> given.Classifier:
    """The judge's own copy of the model that ``student.given.classifier(seed)`` is over there."""
    return given.classifier(seed).requires_grad_(False)


def expected_shapes(head: bool) -> list[tuple[int, ...]]:
    """Sorted shapes, dimensions sorted, of all factors on keys and values, with or without the classifier."""
    pairs = [(RANK, WIDTH), (RANK, KEYS), (RANK, WIDTH), (RANK, VALUES)]
    classifier = [(given.N_CLASSES, WIDTH), (given.N_CLASSES,)] if head else []
    return sorted(given.N_LAYERS * pairs + classifier)


def numbers(shapes: list[tuple[int, ...]]) -> int:
    """How many numbers tensors of these shapes hold."""
    return sum(int(torch.Size(shape).numel()) for shape in shapes)


def expect_trainable(student, model, head: bool, hint: str) -> None:
    """What asks for a gradient is the factors, the classifier if wanted, and nothing else."""
    shapes = trained_shapes(student, model)
    expect.equal(numbers(shapes), numbers(expected_shapes(head)), "numbers that are trainable", hint=hint, reveal=True)
    expect.equal(shapes, expected_shapes(head), "shapes of the trainable tensors", hint=hint)


class CheckInjectLora:
    """What get_peft_model does"""

    function = "inject_lora"

    @check(points=2, visible=True, uses=("LoRALinear",))
    def check_replaced(self, student):
        """two targets in each of 12 layers are adapted, by whole name parts"""
        model = student.given.classifier(student.draw.seed(), norm_name="query")
        names = inject(student, model, ["query", "value"], r=RANK, alpha=4.0)
        expect.equal(
            names,
            sorted(layers("attention.self.query") + layers("attention.self.value")),
            "names of the replaced layers",
            hint="this model also has layers called query_norm and subquery, and a LayerNorm called query",
            reveal=True,
        )

    @check(points=2, uses=("LoRALinear",))
    def check_trainable_count(self, student):
        """trainable afterwards: the factors and the classifier, and nothing else"""
        model = student.given.classifier(student.draw.seed())
        inject(student, model, TARGETS, r=RANK, alpha=4.0)
        expect_trainable(
            student, model, head=True, hint="freeze everything that was there; the new factors and the new head learn"
        )

    @check(points=1, visible=True, uses=("LoRALinear",))
    def check_output_unchanged(self, student):
        """right after the injection the model answers as before"""
        seed = student.draw.seed()
        model, original = student.given.classifier(seed), mirror(seed)
        inject(student, model, TARGETS, r=RANK, alpha=4.0, dropout=0.1)
        x = student.draw.normal(3, 4, WIDTH)
        expect.close(
            model(x),
            original(x),
            "class scores after the injection",
            tolerance=1e-4,
            hint="each adapted layer must wrap the very layer that stood there, with its weights",
        )

    @check(points=2, uses=("LoRALinear",))
    def check_really_used(self, student):
        """the factors act on the answer, and training moves only them and the classifier"""
        seed = student.draw.seed()
        model, original = student.given.classifier(seed), mirror(seed)
        inject(student, model, TARGETS, r=RANK, alpha=5.0)
        start = mirror(seed).state_dict()
        x = student.draw.normal(3, 4, WIDTH)
        for path, d in (("attention.self.key", KEYS), ("attention.self.value", VALUES)):
            before = original(x)
            while same(original(x), before, tolerance=0.05):  # until it matters: a key may be drowned by the others
                name = layers(path)[student.draw.integer(0, given.N_LAYERS)]
                a, b = student.draw.normal(RANK, WIDTH), student.draw.normal(d, RANK)
                student.given.factors_at(model, name, RANK, WIDTH, d).write(a, b)
                weight = f"{name}.weight"
                original.load_state_dict({weight: start[weight] + 5.0 / RANK * (b @ a)}, strict=False)
            expect.close(
                model(x),
                original(x),
                f"class scores with factors set inside one {path}",
                tolerance=1e-3,
                hint="is the new layer the one that its parent module calls, with the alpha and r that were asked for?",
            )

        frozen = {shape_and_bytes(tensor) for name, tensor in start.items() if "classifier" not in name}
        head = {shape_and_bytes(tensor) for name, tensor in start.items() if "classifier" in name}
        spot = student.given.factors_at(model, name, RANK, WIDTH, VALUES)
        with student.untraced():
            before = spot.read()
            student.given.train(model, x, student.draw.normal(3, given.N_CLASSES), 3, 0.05)
            after = spot.read()
            now = {shape_and_bytes(tensor) for tensor in student.given.tensors(model)}
        student.note("the frozen tensors have stayed", frozen <= now)
        student.note("the classifier has moved", not head & now)
        moved = [not torch.equal(one, other) for one, other in zip(before, after, strict=True)]
        student.note("the factors have moved", all(moved))
        expect.true(
            frozen <= now,
            f"training has changed frozen tensors: {len(frozen - now)} of {len(frozen)}",
            hint="freeze the model before the factors come in",
        )
        expect.true(
            not head & now, "training has not moved the classifier", hint="the head is new: it has to be trained"
        )
        expect.true(all(moved), "training has not moved the factors", hint="freezing must not reach the new factors")

    @check(points=1, uses=("LoRALinear",), needs=("transformers",), seconds=20)
    def check_dotted_target(self, student):
        """in the BERT of transformers "attention.output.dense" means 12 layers, not every dense layer"""
        model = student.given.bert_classifier(student.draw.seed())
        names = inject(student, model, ["attention.output.dense"], r=3, alpha=4.0)
        expect.equal(
            names,
            sorted(f"bert.{name}" for name in layers("attention.output.dense")),
            'names for the target "attention.output.dense"',
            hint="every part of a dotted target must match the end of the name, part by part",
            reveal=True,
        )
        with student.untraced():
            trainable = student.given.n_trainable(model)
        student.note("numbers that are trainable", trainable)
        expect.equal(trainable, 12 * 3 * (8 + 8) + (8 + 1) * 2, "numbers that are trainable in this narrow BERT")
        model = student.given.bert_classifier(student.draw.seed())
        name = "bert.encoder.layer.1.output.dense"
        expect.equal(
            inject(student, model, [name], r=3, alpha=4.0),
            [name],
            "names for a target that is the full name of one layer",
            hint="a target may also be the whole name, and layer.1 is not layer.11",
            reveal=True,
        )

    @check(points=1, uses=("LoRALinear",))
    def check_no_head(self, student):
        """with trainable=() the classifier is frozen too"""
        model = student.given.classifier(student.draw.seed())
        inject(student, model, TARGETS, r=RANK, alpha=4.0, trainable=())
        expect_trainable(student, model, head=False, hint="only what `trainable` names is trained in full")


def shape_and_bytes(tensor: Tensor) -> tuple[tuple[int, ...], bytes]:
    """What a tensor holds, to the last bit."""
    return tuple(tensor.shape), tensor.detach().contiguous().numpy().tobytes()


# --- saving and loading ---


def prepared(student, seed: int, dressed: int | None = None):
    """An injected model over there; ``dressed`` is the seed of the numbers in its factors and its classifier."""
    model = student.given.classifier(seed)
    with student.untraced():
        student.inject_lora(model, TARGETS, r=RANK, alpha=3.0)
    if dressed is not None:
        student.given.dress(model, RANK, dressed)
    return model


def tensors_of(state: object) -> dict[str, Tensor]:
    """The saved tensors that hold more than one number (a saved scale does no harm)."""
    expect.true(
        isinstance(state, dict) and all(isinstance(value, Tensor) for value in state.values()),
        "lora_state_dict does not return a dictionary of tensors",
        actual=type(state).__name__,
        reveal=True,
    )
    return {name: value for name, value in state.items() if value.numel() > 1}  # type: ignore[attr-defined]


class CheckLoraState:
    """Save a megabyte instead of the model"""

    function = "lora_state"
    names = ("lora_state_dict", "load_lora_state_dict")

    @check(points=2, visible=True, uses=("LoRALinear", "inject_lora"))
    def check_small(self, student):
        """only the factors and the classifier are saved"""
        model = prepared(student, student.draw.seed(), dressed=student.draw.seed())
        with student.untraced():
            state = tensors_of(student.lora_state_dict(model))
        shapes = sorted(tuple(sorted(n for n in value.shape if n != 1)) for value in state.values())
        student.note("shapes saved", str(shapes))
        hint = "after inject_lora the trainable parameters are exactly what has to be saved"
        expect.equal(numbers(shapes), numbers(expected_shapes(head=True)), "numbers saved", hint=hint, reveal=True)
        expect.equal(shapes, expected_shapes(head=True), "shapes of the saved tensors", hint=hint)

    @check(points=2, visible=True, uses=("LoRALinear", "inject_lora"))
    def check_round_trip(self, student):
        """a fresh model with the same base answers like the saved one, and can be trained further"""
        seed = student.draw.seed()
        saved, fresh = prepared(student, seed, dressed=student.draw.seed()), prepared(student, seed)
        x = student.draw.normal(3, 4, WIDTH)
        answer = saved(x)
        with student.untraced():
            state = student.given.keep(student.value(None, "lora_state_dict"), saved)
            student.given.call(student.value(None, "load_lora_state_dict"), fresh, state)
        expect.close(
            fresh(x),
            answer,
            "class scores after loading",
            tolerance=1e-4,
            hint="A, B and the trained head: all of it has to be saved, and put back where it was",
        )
        expect_trainable(student, fresh, head=True, hint="loading copies numbers; it must not freeze or free anything")
        with student.untraced():
            before = tensors_of(state.read())
            student.given.train(fresh, x, student.draw.normal(3, given.N_CLASSES), 2, 0.05)
            after, trained = tensors_of(state.read()), fresh(x)
        own = all(torch.equal(after[name], before[name]) for name in before)
        student.note("the loaded model has numbers of its own", own)
        student.note("the loaded model can be trained", not same(trained, answer, tolerance=1e-6))
        expect.true(
            own,
            "training the loaded model changes the state that it was loaded from",
            hint="copy the numbers into the model's own tensors; two models may be loaded from one state",
        )

    @check(points=1, uses=("LoRALinear", "inject_lora"))
    def check_snapshot(self, student):
        """training that goes on does not change what was saved, and no graph hangs on it"""
        model = prepared(student, student.draw.seed(), dressed=student.draw.seed())
        x, target = student.draw.normal(3, 4, WIDTH), student.draw.normal(3, given.N_CLASSES)
        with student.untraced():
            state = student.given.keep(student.value(None, "lora_state_dict"), model)
            before = tensors_of(state.read())
            student.given.train(model, x, target, 2, 0.05)
            after = tensors_of(state.read())
            attached = state.attached()
        stayed = bool(before) and all(torch.equal(after[name], before[name]) for name in before)
        student.note("the saved numbers have stayed", stayed)
        student.note("a graph hangs on them", bool(attached))
        expect.true(
            stayed,
            "two training steps have changed the saved tensors",
            hint="a snapshot must own its numbers",
        )
        expect.true(
            not attached,
            "the saved tensors hang on a graph",
            hint="a copy remembers where it came from, unless you cut it off",
        )

    @check(points=1, uses=("LoRALinear", "inject_lora"))
    def check_missing_key(self, student):
        """a state that lacks a tensor, or brings a foreign one, is refused"""
        model = prepared(student, student.draw.seed(), dressed=student.draw.seed())
        with student.untraced():
            state = student.lora_state_dict(model)
            names = sorted(tensors_of(state))
            expect.true(bool(names), "nothing was saved")
            student.load_lora_state_dict(model, state)
        for name in (names[0], names[-1]):
            partial = {key: value for key, value in state.items() if key != name}
            refused(
                student,
                functools.partial(student.load_lora_state_dict, model, partial),
                "loading a state without one of its tensors",
                hint="a tensor that is missing would stay at its random start, and nobody would notice",
            )
        foreign = {**state, "encoder.layer.99.no_such_tensor": student.draw.normal(3, 5)}
        refused(
            student,
            functools.partial(student.load_lora_state_dict, model, foreign),
            "loading a state with a name that the model does not know",
            hint="a name that fits nowhere means that the state belongs to another model",
        )


# --- many adapters ---


class Switched:
    """A MultiLoRALinear of the student with a known base and adapters of known numbers."""

    def __init__(self, student) -> None:
        """Build one without adapters."""
        self.student = student
        self.weight, self.bias = student.draw.normal(D, K), student.draw.normal(D)
        self.layer = student.MultiLoRALinear(student.given.linear_of(self.weight, self.bias))
        self.x = student.draw.normal(4, K)
        self.wanted: dict[str | None, Tensor] = {None: F.linear(self.x, self.weight, self.bias)}

    def add(self, name: str, r: int, alpha: float) -> None:
        """Add an adapter and write its factors."""
        a, b = self.student.draw.normal(r, K), self.student.draw.normal(D, r)
        self.student.given.add_adapter(self.layer, name, r, alpha, K, D).write(a, b)
        self.wanted[name] = F.linear(self.x, self.weight + alpha / r * (b @ a), self.bias)

    def answer(self, name: str | None) -> Any:
        """The output with this adapter active."""
        with self.student.untraced():
            self.layer.set_adapter(name)
        return self.layer(self.x)

    def expect(self, name: str | None, what: str, hint: str) -> None:
        """The output with this adapter active is W x + b and its update."""
        expect.close(self.answer(name), self.wanted[name], what, tolerance=1e-4, hint=hint)

    def expect_isolated(self) -> None:
        """Training "reviews" moves its own output and leaves the one of "news" alone."""
        with self.student.untraced():
            before = self.answer("news"), self.answer("reviews")
            self.student.given.train(self.layer, self.x, self.student.draw.normal(4, D), 5, 0.05, hidden=True)
            after = self.answer("news"), self.answer("reviews")
        self.student.note("the other adapter has stayed", same(after[0], before[0], tolerance=1e-6))
        self.student.note("the trained adapter has moved", not same(after[1], before[1], tolerance=1e-6))
        expect.differs(after[1], before[1], "the output of the adapter that was trained")
        expect.close(
            after[0],
            before[0],
            "output of the other adapter after training one",
            tolerance=1e-6,
            hint="only the active adapter may take part in the forward pass, and each needs factors of its own",
        )


class CheckMultiLoRALinear:
    """One base, many tasks"""

    function = "MultiLoRALinear"

    @check(points=1, visible=True, uses=("LoRALinear",))
    def check_none_is_base(self, student):
        """set_adapter(None) gives the plain layer"""
        switched = Switched(student)
        switched.add("reviews", r=3, alpha=3.0)
        expect.differs(switched.answer("reviews"), switched.wanted[None], "the output with an adapter")
        switched.expect(None, "output after set_adapter(None)", "None is a choice too: no adapter at all")

    @check(points=2, visible=True, uses=("LoRALinear",))
    def check_switch(self, student):
        """only the active adapter contributes, and switching back gives the old answers"""
        switched = Switched(student)
        switched.add("reviews", r=2, alpha=2.0)
        switched.add("news", r=3, alpha=3.0)
        hint = "the output is the base plus the update of the active adapter; the others stay silent and unchanged"
        switched.expect("reviews", "output with the first adapter active", hint)
        switched.expect("news", "output with the second adapter active", hint)
        switched.expect("reviews", "output after switching back to the first adapter", hint)

    @check(points=1, uses=("LoRALinear",))
    def check_registered(self, student):
        """every adapter is made of parameters, r(d + k) numbers each; the base is frozen"""
        switched = Switched(student)
        switched.add("reviews", r=2, alpha=4.0)
        switched.add("news", r=3, alpha=6.0)
        with student.untraced():
            switched.layer.set_adapter("reviews")
            found = student.given.parameters(switched.layer).values()
        total = sum(value.numel() for value in found if value.numel() > 1 and tuple(value.shape) not in ((D, K), (D,)))
        student.note("numbers in the adapters' parameters", total)
        shapes = trained_shapes(student, switched.layer)
        expect.equal(
            total,
            (2 + 3) * (D + K),
            "numbers in the parameters of two adapters",
            hint="an optimizer and a checkpoint see what is registered as a parameter, once; a plain dict hides it",
            reveal=True,
        )
        expect.true(
            (D, K) not in shapes and (D,) not in shapes, "the base is trainable", hint="the base serves every task"
        )
        expect.true(
            (2, D) in shapes and (2, K) in shapes,
            "the factors of the active adapter are not trainable",
            hint="freezing the base must not freeze the adapters",
        )

    @check(points=2, uses=("LoRALinear",))
    def check_isolated(self, student):
        """training one adapter leaves the other alone"""
        switched = Switched(student)
        switched.add("reviews", r=2, alpha=2.0)
        switched.add("news", r=3, alpha=3.0)
        switched.expect_isolated()

    @check(points=1, uses=("LoRALinear",))
    def check_unknown(self, student):
        """the name of no adapter is refused"""
        switched = Switched(student)
        switched.add("reviews", r=3, alpha=6.0)
        switched.answer("reviews")
        refused(
            student,
            lambda: switched.answer("review"),
            'set_adapter("review") when only "reviews" exists',
            hint="a misspelt task would run untrained, and nobody would notice",
        )

    @check(points=1, uses=("LoRALinear",))
    def check_scale_per_adapter(self, student):
        """alpha and r are those of the active adapter"""
        switched = Switched(student)
        switched.add("reviews", r=2, alpha=8.0)
        switched.add("news", r=3, alpha=1.5)
        hint = "the first adapter is scaled by 8/2, the second by 1.5/3: where is that remembered?"
        switched.expect("reviews", "output with alpha=8, r=2 active", hint)
        switched.expect("news", "output with alpha=1.5, r=3 active", hint)

    @check(points=1, uses=("LoRALinear",))
    def check_isolated_same_rank(self, student):
        """two adapters of the same rank have factors of their own"""
        switched = Switched(student)
        switched.add("reviews", r=3, alpha=3.0)
        switched.add("news", r=3, alpha=3.0)
        hint = "an adapter is known by its name, not by its rank"
        switched.expect("reviews", "output with the first of two adapters of rank 3", hint)
        switched.expect("news", "output with the second of two adapters of rank 3", hint)
        switched.expect_isolated()


# --- adapter layers ---


class CheckBottleneckAdapter:
    """h + up(act(down(h)))"""

    function = "BottleneckAdapter"

    @check(points=1, visible=True)
    def check_count(self, student):
        """2dm + m + d trainable numbers"""
        d, m = student.draw.integer(20, 30), student.draw.integer(3, 9)
        trainable = student.given.n_trainable(student.BottleneckAdapter(d, m))
        expect.equal(
            trainable,
            2 * d * m + m + d,
            f"trainable numbers for d={d}, m={m}",
            hint="two projections, down to m and up to d again, and each of them has a bias",
            reveal=True,
        )

    @check(points=2)
    def check_near_identity(self, student):
        """at the start the output is nearly the input"""
        adapter = student.BottleneckAdapter(48, 12)
        h = student.draw.normal(64, 48)
        with student.untraced():
            output = adapter(h)
        expect.shape(output, (64, 48), "output")
        change = float((output - h).norm() / h.norm())
        student.note("near the identity", change < 0.1)
        expect.true(
            change < 0.1,
            f"a fresh adapter changes its input too much: by {100 * change:.0f} % of its length, not by less than 10 %",
            hint="start with an output projection that is small or zero, its bias included",
        )

    @check(points=1, visible=True)
    def check_residual(self, student):
        """with every parameter at zero the output is the input"""
        adapter = student.BottleneckAdapter(7, 3)
        student.given.fill(adapter, 0.0)
        h = student.draw.normal(2, 5, 7)
        expect.close(
            adapter(h), h, "output with every parameter at zero", hint="what if the branch has nothing to add?"
        )

    @check(points=1)
    def check_nonlinear(self, student):
        """the branch bends: a non-linearity stands between down and up"""
        m = 3
        adapter = student.BottleneckAdapter(7, m)
        student.given.randomize(adapter, student.draw.seed())
        first, second = student.draw.normal(32, 7), student.draw.normal(32, 7)
        with student.untraced():
            output = adapter(torch.cat([first, second, (first + second) / 2]))
        expect.shape(output, (96, 7), "output")
        one, two, middle = output.double().chunk(3)
        bends = one + two - 2 * middle  # an affine map has none; a bend before `up` leaves `up` as one of m directions
        strength = torch.linalg.svdvals(bends)
        affine, squeezed = bool(bends.abs().max() < 1e-3), bool(strength[m] < 1e-4 * strength[0])
        student.note("the adapter is an affine map", affine)
        student.note("it bends in m directions", squeezed)
        expect.true(
            not affine,
            "the adapter is an affine map",
            hint="two linear maps in a row are one linear map: that would be LoRA with extra steps",
        )
        expect.true(
            squeezed,
            f"the adapter bends in more directions than the {m} of its bottleneck",
            hint="the non-linearity belongs between the two projections, not behind them",
        )

    @check(points=1)
    def check_can_learn(self, student):
        """a weight matrix has a gradient at the start"""
        adapter = student.BottleneckAdapter(7, 3)
        with student.untraced():
            result = student.given.gradients(adapter, student.draw.normal(16, 7), student.draw.normal(16, 7))
        gradients = [g for g in result["parameters"].values() if isinstance(g, Tensor) and g.dim() > 1]
        learns = any(bool((gradient != 0).any()) for gradient in gradients)
        student.note("a matrix has a gradient", learns)
        expect.true(
            learns,
            "no weight matrix has a gradient at the start",
            hint="what reaches `down` has passed `up`, and what reaches `up` has passed `down`: if both are zero?",
        )


# --- the comparison table ---


class CheckPeftParamCount:
    """The comparison table in numbers"""

    function = "peft_param_count"

    @check(points=1, visible=True)
    def check_lora(self, student):
        """lora: rank 8 on query and value of BERT-base trains 294,912 numbers"""
        hint = "both factors of every matrix, in every layer"
        count = student.peft_param_count("lora", d=768, n_layers=12, r=8)
        expect.equal(count, 294_912, "lora, r=8, two matrices per layer", hint=hint)
        d, n, r = student.draw.integer(30, 60), student.draw.integer(3, 9), student.draw.integer(2, 7)
        count = student.peft_param_count("lora", d=d, n_layers=n, r=r, n_matrices=5)
        expect.equal(count, n * 5 * r * 2 * d, "lora with five matrices per layer", hint=hint)

    @check(points=2, visible=True)
    def check_adapter(self, student):
        """adapter: width 64, two per layer of BERT-base: 2,379,264 numbers; one per layer: half of it"""
        hint = "each adapter has two projections, and each projection a bias: m numbers below, d above"
        count = student.peft_param_count("adapter", d=768, n_layers=12, bottleneck=64)
        expect.equal(count, 2_379_264, "adapter, bottleneck 64, two per layer", hint=hint)
        count = student.peft_param_count("adapter", d=768, n_layers=12, bottleneck=64, per_layer=1)
        expect.equal(count, 1_189_632, "adapter, bottleneck 64, one per layer", hint=hint)
        d, n, m = student.draw.integer(30, 60), student.draw.integer(4, 9), student.draw.integer(5, 20)
        count = student.peft_param_count("adapter", d=d, n_layers=n, bottleneck=m, per_layer=3)
        expect.equal(count, 3 * n * (2 * d * m + m + d), "adapter, three per layer", hint=hint)

    @check(points=2)
    def check_prefix(self, student):
        """prefix: 20 virtual tokens in BERT-base: 368,640 numbers, 0.34 % of the model"""
        hint = "keys and values get a prefix each, in every layer"
        count = student.peft_param_count("prefix", d=768, n_layers=12, n_virtual=20)
        expect.equal(count, 368_640, "prefix, 20 virtual tokens", hint=hint)
        d, n, v = student.draw.integer(30, 60), student.draw.integer(4, 9), student.draw.integer(5, 20)
        expect.equal(
            student.peft_param_count("prefix", d=d, n_layers=n, n_virtual=v), 2 * n * v * d, "prefix", hint=hint
        )

    @check(points=1)
    def check_prompt(self, student):
        """prompt: 20 virtual tokens at the input only: 15,360 numbers"""
        hint = "a prompt is a few more input embeddings; no layer gets anything of its own"
        count = student.peft_param_count("prompt", d=768, n_layers=12, n_virtual=20)
        expect.equal(count, 15_360, "prompt, 20 virtual tokens", hint=hint)
        d, v = student.draw.integer(30, 60), student.draw.integer(5, 20)
        expect.equal(student.peft_param_count("prompt", d=d, n_layers=5, n_virtual=v), v * d, "prompt", hint=hint)

    @check(points=1)
    def check_unknown(self, student):
        """an unknown method is refused"""
        refused(
            student,
            lambda: student.peft_param_count("lorra", d=768, n_layers=12, r=8),
            'peft_param_count("lorra", ...)',
            hint="a misspelt method must not count as something",
        )
