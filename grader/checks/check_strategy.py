"""Hidden checks of exercise-10: choosing a strategy.

The expected values are computed here: the memory, the storage and the time that a plan takes are calculated
from the given situation, and the helpers in the student's file are never used. If several answers are right, all of
them pass; results that depend on free choices are read untraced, and what is wrong with them is noted.
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from course.text import mark, say, translated
from grader.errors import Failed, StudentRaised
from grader.judge import expect
from grader.judge.check import check

DIVISIONS = ("ZeroDivisionError", "StatisticsError")
"""Exceptions from dividing by a count of zero, or from ``statistics.mean`` of nothing."""


# --- training_memory ---

BERT_BASE = 109_483_778
"""Parameters of BERT-base with two classes."""
MEASURED = ((8, 128, 0.745), (32, 128, 2.980), (8, 512, 4.879), (32, 512, 19.515))
"""Batch, tokens, GiB that full fine-tuning of BERT-base keeps for the backward pass, counted tensor by tensor."""
PARTS = ("weights", "grads", "optimizer", "activations")


def number(value: Any) -> float | None:
    """Return a finite number from any form of it; None for anything else."""
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def sizes(draw) -> dict[str, int]:
    """Draw a model and a batch, with all sizes different."""
    return {
        "batch": draw.integer(2, 9),
        "seq": draw.integer(20, 90),
        "hidden": draw.integer(100, 300),
        "layers": draw.integer(10, 20),
        "heads": 3 * draw.integer(1, 4),
    }


def static_parts(n_total: int, n_train: int) -> dict[str, int]:
    """Return the bytes that do not depend on the batch."""
    return {"weights": 4 * n_total, "grads": 4 * n_train, "optimizer": 8 * n_train}


def stored(batch: int, seq: int, hidden: int, layers: int, heads: int, act_per_token: int) -> int:
    """Return the bytes of the activations; the body is not frozen."""
    return layers * (act_per_token * batch * seq * hidden + 9 * batch * heads * seq**2)


def demand_part(got: Any, name: str, want: float, what: str, hint: str, *, tolerance: float = 1e-6) -> None:
    """Require that one entry of the answer is right, whatever the others are."""
    expect.true(
        isinstance(got, dict) and name in got,
        say("training_memory should return a dictionary with the key {name!r}", name=name),
        actual=expect.shown(got),
        reveal=True,
    )
    label = say("{name}, {what}", name=name, what=translated(what))
    expect.close(got[name], want, label, tolerance=tolerance, hint=hint)


class CheckTrainingMemory:
    """Where the memory goes"""

    function = "training_memory"

    @check(points=2, visible=True)
    def check_static_full(self, student):
        """full fine-tuning takes 4 + 4 + 8 bytes per parameter, plus activations"""
        draw = student.draw
        for n in (BERT_BASE, draw.integer(3 * 10**8, 10**9)):  # a large model has more bytes than 32 bits can count
            got = student.training_memory(n, n, **sizes(draw))
            for name, want in static_parts(n, n).items():
                demand_part(
                    got,
                    name,
                    want,
                    say("{count:,} parameters, all trained", count=n),
                    "a float32 takes 4 bytes, and Adam stores two float32 values per trained parameter",
                )

    @check(points=2)
    def check_static_lora(self, student):
        """frozen parameters take 4 bytes each, trained ones 16"""
        draw = student.draw
        few = 12 * 2 * 8 * (768 + 768)
        n = draw.integer(10**7, 10**8)
        for n_total, n_train in (
            (BERT_BASE + few, few + 1538),
            (n, draw.integer(10**4, 10**6)),
            (n, draw.integer(2 * 10**6, 9 * 10**6)),  # the same model, with more of it trained
        ):
            got = student.training_memory(n_total, n_train, **sizes(draw), act_per_token=48)
            for name, want in static_parts(n_total, n_train).items():
                demand_part(
                    got,
                    name,
                    want,
                    say("{count:,} of {total:,} parameters trained", count=n_train, total=n_total),
                    "frozen weights still take memory; which parameters need a gradient, and which need Adam's "
                    "two moments?",
                )

    @check(points=3)
    def check_activations(self, student):
        """activation memory includes an attention term quadratic in the length"""
        draw = student.draw
        hint = (
            "each layer stores act_per_token bytes per token and hidden unit, plus S x S attention matrices "
            "for each head"
        )
        for batch, seq, measured in MEASURED:
            got = student.training_memory(BERT_BASE, BERT_BASE, batch, seq, 768, 12, 12)
            want = measured * 2**30
            what = say("BERT-base, batch size {batch}, {seq} tokens, compared with a measurement", batch=batch, seq=seq)
            demand_part(got, "activations", want, what, hint, tolerance=0.04)
            exact = stored(batch=batch, seq=seq, hidden=768, layers=12, heads=12, act_per_token=66)
            demand_part(
                got,
                "activations",
                exact,
                say(
                    "BERT-base, batch size {batch}, {seq} tokens, with the default act_per_token",
                    batch=batch,
                    seq=seq,
                ),
                hint,
            )
        full, lora = sizes(draw), sizes(draw)
        large = {**lora, "batch": draw.integer(66, 99), "seq": draw.integer(1030, 1500)}  # too much for BERT
        for act_per_token, model in ((66, full), (48, lora), (42, large), (42, full)):  # one model occurs twice
            n = draw.integer(10**6, 10**8)
            got = student.training_memory(n, n // 9, **model, act_per_token=act_per_token)
            want = stored(**model, act_per_token=act_per_token)
            what = say("act_per_token={act_per_token}, sizes {sizes}", act_per_token=act_per_token, sizes=model)
            demand_part(got, "activations", want, what, hint)

    @check(points=1)
    def check_frozen_body(self, student):
        """a frozen body stores no activations (act_per_token=0)"""
        draw = student.draw
        for act_per_token in (0, 42, 0):
            n, model = draw.integer(10**6, 10**8), sizes(draw)
            got = student.training_memory(n, 1538, **model, act_per_token=act_per_token)
            if act_per_token:
                expect.true(
                    isinstance(got, dict) and (number(got.get("activations")) or 0) > 0,
                    "no activations are counted although the body is not frozen",
                    hint="act_per_token=42 stands for LoRA without dropout, which does store activations",
                )
                continue
            demand_part(
                got,
                "activations",
                0,
                "act_per_token=0",
                "if no gradient flows through the body, it stores nothing: neither hidden states nor attention scores",
            )

    @check(points=1, visible=True, after=("static_full",))
    def check_total(self, student):
        """total is the sum of the four parts"""
        draw = student.draw
        for act_per_token in (66, 0):  # the parts fit into 32 bits, the total does not
            n = draw.integer(3 * 10**8, 5 * 10**8) if act_per_token else draw.integer(10**6, 10**8)
            got = student.training_memory(n, n, **sizes(draw), act_per_token=act_per_token)
            parts = [number(got.get(name)) for name in PARTS] if isinstance(got, dict) else [None]
            expect.true(
                None not in parts,
                say(
                    "training_memory should return a dictionary with a number for each of {names}",
                    names=", ".join(PARTS),
                ),
                actual=expect.shown(got),
                reveal=True,
            )
            total = sum(part for part in parts if part is not None)
            demand_part(
                got,
                "total",
                total,
                mark("compared with the sum of your own four parts"),
                "add up all four parts, each once",
            )


# --- choose_objective ---

READ = ("label", "token_labels", "span")
"""Outputs that are read from a complete text."""
WRITTEN = "free_text"
ACCEPTED = {
    **{(output, has_source): ("mlm",) for output in READ for has_source in (False, True)},
    (WRITTEN, False): ("clm",),
    (WRITTEN, True): ("seq2seq", "clm"),
}
"""(output, whether there is a source) -> the right objectives."""
NO_ANSWER = mark("an error instead of a return value")
TO_WRITE = ("clm", "seq2seq")


def shuffled(student, items):
    """Return the items in random order."""
    order = torch.randperm(len(items), generator=student.draw.generator)
    return [items[place] for place in order.tolist()]


def spoken(answer):
    """Return an answer as the student reads it."""
    return expect.Words(translated(answer)) if answer == NO_ANSWER else answer


def objectives(student, cases):
    """Return the student's choice for each case, asked in random order; ``NO_ANSWER`` for an error.

    The notes say less: if several are right, they name the first, and if text should be read, they do not name the
    model that writes it.
    """
    chosen = {}
    for output, has_source in shuffled(student, cases):
        try:
            with student.untraced():
                answer = student.choose_objective(output, has_source)
        except StudentRaised as error:
            refused = (output, has_source) not in ACCEPTED or error.type in ("ValueError", "KeyError")
            if error.no_answer or not refused:
                raise
            answer = NO_ANSWER
        right = ACCEPTED.get((output, has_source), ())
        chosen[output, has_source] = right[0] if isinstance(answer, str) and answer in right else answer
    for (output, has_source), answer in sorted(chosen.items(), key=lambda item: item[0]):
        known = answer in (*TO_WRITE, "mlm", NO_ANSWER) if isinstance(answer, str) else answer is None
        said = str(answer) if known else "another word"
        if output != WRITTEN and answer in TO_WRITE:
            said = "text to be written"
        student.note(f"objective for {output}, {has_source}", said)
    return chosen


def demand_objectives(chosen, cases, hint):
    """Require right answers for these cases, and not one word for everything."""
    for output, has_source in cases:
        expect.equal(
            spoken(chosen[output, has_source]),
            ACCEPTED[output, has_source][0],  # representative of all right ones
            say("the objective for output={output!r}, has_source={has_source}", output=output, has_source=has_source),
            hint=hint,
        )
    expect.true(
        len({str(answer) for answer in chosen.values()}) > 1,
        "all outputs get the same objective",
        hint="does predicting a label need the same objective as writing a story?",
    )


class CheckChooseObjective:
    """Which pre-training suits a task"""

    function = "choose_objective"

    @check(points=2, visible=True)
    def check_understanding(self, student):
        """labels, tags and spans call for MLM, with or without a source"""
        cases = [case for case in ACCEPTED if case[0] in READ]
        demand_objectives(
            objectives(student, [*cases, (WRITTEN, False)]),
            cases,
            "here the whole text is available before anything is predicted: which objective lets a token see "
            "both sides?",
        )

    @check(points=1)
    def check_generation(self, student):
        """new text without a source, such as a dialogue or a story, calls for CLM"""
        cases = [(WRITTEN, False)]
        demand_objectives(
            objectives(student, [*cases, *((output, False) for output in READ)]),
            cases,
            "here text is written from left to right, and without a source there is nothing for an encoder to read",
        )

    @check(points=1)
    def check_summary(self, student):
        """new text from a source, such as a summary, calls for seq2seq or CLM"""
        cases = [(WRITTEN, True)]
        demand_objectives(
            objectives(student, [*cases, *((output, True) for output in READ)]),
            cases,
            "an encoder can read the source in both directions, but which part of a model writes the summary?",
        )

    @check(points=1)
    def check_unknown(self, student):
        """an unknown output raises an error; the four known ones do not"""
        known = objectives(student, list(ACCEPTED))
        for output, has_source in ACCEPTED:
            expect.true(
                known[output, has_source] in ("mlm", "clm", "seq2seq"),
                say(
                    "output={output!r}, has_source={has_source}: no valid objective was returned",
                    output=output,
                    has_source=has_source,
                ),
                actual=expect.shown(spoken(known[output, has_source])),
                hint="this is one of the four outputs listed in the docstring",
            )
        strange = [
            *shuffled(student, ["image", "audio", "ranking", "score"])[:2],
            "labels",
            "spans",
            "free_texts",
            "spanning",
            "lifespan",
            "relabel",
            "lable",
            "token",
            "text",
            "free",
        ]
        found = objectives(student, [(output, has_source) for output in strange for has_source in (False, True)])
        for (output, has_source), answer in sorted(found.items()):
            expect.true(
                answer == NO_ANSWER,
                say(
                    "output={output!r}, has_source={has_source}: no error was raised",
                    output=output,
                    has_source=has_source,
                ),
                expected=say("an exception"),
                actual=expect.shown(answer),
                hint="an unknown output should raise an error rather than fall through to the last branch",
                reveal=True,
            )


# --- situations, and the costs of a plan in them, computed independently of the student's file ---

METHODS = ("full", "lora", "head")
FIELDS = ("method", "micro_batch", "accum", "epochs", "augment", "early_stopping")
"""Fields of a plan, in the order in which they are sent."""
BASE: dict[str, Any] = {
    "n_train": 20_000,
    "gpu_gib": 16.0,
    "n_tasks": 1,
    "hours": 24.0,
    "storage_mb": 10_000.0,
    "n_params": BERT_BASE,
    "hidden": 768,
    "layers": 12,
    "heads": 12,
    "seq": 128,
    "target_batch": 32,
    "examples_per_s": 60.0,
    "head_params": 1538,
}
LARGE = {"n_params": 335_143_938, "hidden": 1024, "layers": 24, "heads": 16, "head_params": 2050}
"""BERT-large with two classes."""
ACCIDENTS = {
    *("IndexError", "KeyError", "TypeError", "AttributeError", "NameError", "UnboundLocalError"),
    *("ZeroDivisionError", "OverflowError", "StopIteration", "RecursionError"),
}
"""Exceptions that are not raised on purpose when nothing fits."""
SCENARIO_A = {"n_train": 100_000, "gpu_gib": 16.0, "hours": 72.0}
SCENARIO_B = {"n_train": 500, "gpu_gib": 8.0}
SCENARIO_C = {"n_tasks": 20, "storage_mb": 1000.0}


def trained(s: dict[str, Any], method: str) -> int:
    """Return the number of parameters that a method trains."""
    if method == "full":
        return int(s["n_params"])
    return int(s["head_params"]) + (s["layers"] * 2 * 8 * 2 * s["hidden"] if method == "lora" else 0)


def memory(s: dict[str, Any], method: str, batch: int) -> int:
    """Return the bytes of a training step."""
    n_train = trained(s, method)
    n_total = s["n_params"] + (n_train - s["head_params"] if method == "lora" else 0)
    kept = {"full": 66, "lora": 48, "head": 0}[method]
    activations = stored(batch, s["seq"], s["hidden"], s["layers"], s["heads"], kept) if kept else 0
    return sum(static_parts(n_total, n_train).values()) + activations


def usable(s: dict[str, Any]) -> float:
    """Return the bytes of the GPU that a plan may use."""
    return 0.9 * float(s["gpu_gib"]) * 2**30


def storage(s: dict[str, Any], method: str) -> float:
    """Return the MB of all files."""
    if method == "full":
        return int(4 * s["n_params"] * s["n_tasks"]) / 1e6
    return int(4 * s["n_params"] + 4 * trained(s, method) * s["n_tasks"]) / 1e6


def possible(s: dict[str, Any]) -> list[str]:
    """Return the methods for which a plan exists."""
    return [m for m in METHODS if memory(s, m, 1) <= usable(s) and storage(s, m) <= s["storage_mb"]]


def brief(situations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the differences from ``BASE``; the rest need not be sent each time."""
    return [{name: value for name, value in s.items() if value != BASE[name]} for s in situations]


def in_words(s: dict[str, Any]) -> str:
    """Describe a situation by its differences from the defaults, so that the student can rebuild it."""
    (changed,) = brief([s])
    shown = {name: f"{value:_}" if isinstance(value, int) else f"{value:.6g}" for name, value in changed.items()}
    return f"Scenario({', '.join(f'{name}={value}' for name, value in shown.items())})"


def some(draw, **changes: Any) -> dict[str, Any]:
    """Return a situation with a random target batch."""
    return {**BASE, "target_batch": (16, 24, 32, 48, 64)[draw.integer(0, 5)], **changes}


def grid(draw) -> list[dict[str, Any]]:
    """Return 240 situations: data, memory, tasks, storage, model and text length, each near a round number.

    A third of them, ``grid(draw)[start::3]``, still mixes all of these.
    """
    found = []
    gpus: dict[Any, float] = {}  # the same for every model and for short and long texts
    for n_train, gpu, n_tasks, room, model, seq in itertools.product(
        (300, 5000, 100_000), (2, 4, 8, 16, 24), (1, 20), (600, 10_000), ({}, LARGE), (128, 512)
    ):
        if (n_train, gpu, n_tasks, room) not in gpus:
            gpus[n_train, gpu, n_tasks, room] = gpu * draw.integer(960, 1041) / 1000
        found.append(
            some(
                draw,
                n_train=n_train + draw.integer(0, n_train // 3),
                gpu_gib=gpus[n_train, gpu, n_tasks, room],
                n_tasks=n_tasks,
                storage_mb=float(room + draw.integer(-20, 21)),
                seq=seq,
                **model,
            )
        )
    return found


class Plans:
    """The student's plans in many situations."""

    def __init__(self, student, situations: list[dict[str, Any]]) -> None:
        """Request all plans at once, untraced, since they depend on the student's free choices."""
        self.student, self.situations = student, situations
        with student.untraced():
            self.choose, self.scenario = student.value(None, "choose_strategy"), student.value(None, "Scenario")
            answers = student.fixtures.strategy.plans(self.choose, self.scenario, BASE, brief(situations))
        if not (isinstance(answers, list) and len(answers) == len(situations)):
            answers = [None] * len(situations)
        self.answers = [
            dict(zip(FIELDS, answer, strict=True))
            if isinstance(answer, list) and len(answer) == len(FIELDS)
            else answer
            for answer in answers
        ]
        student.note("asked", [s["gpu_gib"] * s["n_train"] for s in situations[:40]])

    def pairs(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Yield situation and plan, for situations with a plan."""
        for s, answer in zip(self.situations, self.answers, strict=True):
            if isinstance(answer, dict):
                method = answer.get("method")
                expect.true(
                    method in METHODS,
                    say("a plan's method is not one of {methods}", methods=", ".join(METHODS)),
                    actual=expect.shown(method),
                    reveal=True,
                )
                yield s, answer

    def method(self, place: int) -> str:
        """Return the method in one situation, which must have a plan.

        Raises:
            StudentRaised: the student's function raised an exception instead, which is raised again for its traceback.
        """
        s, answer = self.situations[place], self.answers[place]
        if isinstance(answer, str):
            with self.student.untraced():
                self.student.fixtures.strategy.plan(self.choose, self.scenario, s)
        expect.true(
            isinstance(answer, dict),
            say("no plan was returned, although one is possible: {situation}", situation=in_words(s)),
            actual=expect.shown(answer),
            reveal=True,
        )
        method = str(answer["method"])
        expect.true(
            method in METHODS,
            say("a plan's method is not one of {methods}", methods=", ".join(METHODS)),
            actual=expect.shown(method),
            reveal=True,
        )
        return method

    def demand_substance(self) -> None:
        """Require plans worth judging: full fine-tuning and LoRA are sometimes used where they are possible."""
        asked = met = 0
        for s, answer in zip(self.situations, self.answers, strict=True):
            if s["n_train"] >= 1000 and {"full", "lora"} & {*possible(s)}:
                asked += 1
                met += isinstance(answer, dict) and answer.get("method") in ("full", "lora")
        self.student.note("full fine-tuning or LoRA now and then", 3 * met >= asked)
        expect.true(
            3 * met >= asked,
            say(
                "full fine-tuning or LoRA is possible in {asked} situations with enough data, but is planned "
                "in only {met} of them",
                asked=asked,
                met=met,
            ),
            hint="training only the head needs little memory, but with plenty of data it costs accuracy",
        )


def whole(value: Any) -> int | None:
    """Return an integer of at least 1 from any form of it; None for anything else."""
    found = number(value)
    return int(found) if found is not None and 1 <= found < 2**31 and found == int(found) else None


def demand_whole(plan: dict[str, Any], name: str, s: dict[str, Any]) -> int:
    """Return one of the plan's counts, which must be an integer of at least 1."""
    number = whole(plan.get(name))
    if number is None:
        raise Failed(
            say("{name} should be an integer and at least 1: {situation}", name=name, situation=in_words(s)),
            expected="1, 2, 3, …",
            actual=repr(plan.get(name))[:80],
            reveal=True,
        )
    return number


# --- choose_strategy ---


class CheckChooseStrategy:
    """A decision that can be calculated"""

    function = "choose_strategy"

    @check(points=1, visible=True, substitutes=("training_memory",))
    def check_scenario_A(self, student):
        """one task with 5,000 examples or more gets full fine-tuning if it fits"""
        draw = student.draw
        many = {"n_train": draw.integer(5000, 200_000), "hours": 72.0}
        plans = Plans(
            student,
            [
                {**BASE, **SCENARIO_A},
                {**BASE, **SCENARIO_B},  # methods that it rules out are possible in the following ones
                some(draw, **many, gpu_gib=draw.integer(16, 25)),
                some(draw, **many, gpu_gib=draw.integer(60, 80) / 10),  # smaller than in the chapter, but enough
                {**BASE, **many, "seq": 512},  # 32 texts at once do not fit, 21 do
                {**BASE, **many, "n_train": 5000},
                some(draw, **many, gpu_gib=draw.integer(245, 290) / 100),  # 5 to 10 texts fit
                some(draw, **many, gpu_gib=draw.integer(310, 340) / 100),  # 12 to 15 texts fit
                some(draw, **many, gpu_gib=draw.integer(17, 25), **LARGE),
                some(draw, **many, storage_mb=float(draw.integer(445, 485))),  # a full model takes 438 MB
                some(draw, **many, gpu_gib=1.02 * memory(BASE, "full", 1) / 0.9 / 2**30),
                {**BASE, **many, "gpu_gib": 0.99 * memory(BASE, "full", 4) / 0.9 / 2**30},  # 3 texts fit
                {**BASE, **many, "target_batch": 1},
                {**BASE, **many, "gpu_gib": 1.005 * memory(BASE, "full", 2) / 0.9 / 2**30},  # just 2 texts fit
            ],
        )
        rich = [place for place in range(len(plans.answers)) if place != 1]
        answers = [plans.answers[place] for place in rich]
        student.note("methods", [a.get("method") if isinstance(a, dict) else "none" for a in answers])
        scarce = plans.answers[1]
        student.note("full for 500 examples too", isinstance(scarce, dict) and scarce.get("method") == "full")
        for place in rich:
            expect.equal(
                plans.method(place),
                "full",
                say("method for {situation}", situation=in_words(plans.situations[place])),
                hint=(
                    "with plenty of data and one task, full fine-tuning is the first choice wherever it "
                    "fits, with a smaller micro-batch if necessary"
                ),
            )
        expect.true(
            not (isinstance(scarce, dict) and scarce.get("method") == "full"),
            "full fine-tuning is planned in every situation, even with 500 examples",
            hint="does your decision depend on the number of training examples?",
        )

    @check(points=2, visible=True, substitutes=("training_memory",))
    def check_scenario_B(self, student):
        """500 examples and 8 GB: LoRA or head, with augmentation and early stopping"""
        draw = student.draw
        tight = some(draw, n_train=draw.integer(200, 450), seq=512)
        needed = (memory(tight, "head", 1) + memory(tight, "lora", 1)) / 2  # enough for a head only
        plans = Plans(
            student,
            [
                {**BASE, **SCENARIO_B},
                some(draw, n_train=draw.integer(200, 999), gpu_gib=draw.integer(60, 240) / 10),
                {**BASE, "n_train": 999},
                some(draw, n_train=draw.integer(200, 999), n_tasks=draw.integer(3, 10)),
                {**BASE, **SCENARIO_A},
                {**tight, "gpu_gib": needed / 0.9 / 2**30},
            ],
        )
        few = [answer if isinstance(answer, dict) else {} for answer in plans.answers[:4]]
        last = plans.answers[5]
        if isinstance(last, dict) and last.get("method") == "head":  # another check tests other answers
            few.append(last)
        student.note("full", [answer.get("method") == "full" for answer in few])
        for name in ("augment", "early_stopping"):
            student.note(name, [bool(answer.get(name)) for answer in few])
        for place in (0, 1, 2, 3, 5)[: len(few)]:
            self.demand_careful(plans, place)
        decided = [
            (plan["method"] in ("lora", "head"), bool(plan["augment"]), bool(plan["early_stopping"]))
            for plan in plans.answers[:4]
        ]
        expect.equal(decided, [(True, True, True)] * 4, "LoRA or head, augmentation and early stopping in 4 situations")
        plenty = plans.answers[4]
        expect.true(
            not (
                isinstance(plenty, dict)
                and plenty.get("method") != "full"
                and plenty.get("augment")
                and plenty.get("early_stopping")
            ),
            "100,000 examples get the same plan as 500",
            hint="augmentation and early stopping help with little data: are they needed with plenty?",
        )

    @staticmethod
    def demand_careful(plans: Plans, place: int) -> None:
        """Require that this plan trains few parameters, augments the data and stops early."""
        what = in_words(plans.situations[place])
        expect.true(
            plans.method(place) in ("lora", "head"),
            say("full fine-tuning is planned for {situation}", situation=what),
            expected=say("lora or head"),
            actual=expect.shown(plans.answers[place]["method"]),
            hint=(
                "memory is not the problem here: how many parameters would full fine-tuning train, and on "
                "how many examples?"
            ),
            reveal=True,
        )
        for name, hint in (
            ("augment", "there are few training examples: how could you get more?"),
            (
                "early_stopping",
                "a model soon overfits a small data set: how would you notice this in time and stop the training run?",
            ),
        ):
            expect.true(
                bool(plans.answers[place][name]),
                say("the plan says {name}=False for {situation}", name=name, situation=what),
                hint=hint,
            )

    @check(points=1, after=("scenario_A",), substitutes=("training_memory",))
    def check_scenario_C(self, student):
        """with 20 tasks and storage for two models, all tasks share one base model"""
        draw = student.draw
        n_tasks = draw.integer(12, 30)
        plans = Plans(
            student,
            [
                {**BASE, **SCENARIO_C},
                some(draw, n_tasks=n_tasks, storage_mb=float(100 * n_tasks), n_train=draw.integer(5000, 90_000)),
            ],
        )
        student.note("full", [isinstance(a, dict) and a.get("method") == "full" for a in plans.answers])
        for place, s in enumerate(plans.situations):
            expect.true(
                plans.method(place) in ("lora", "head"),
                say(
                    "a full copy of the model for every task takes {need:,.0f} MB; only {room:,.0f} MB are "
                    "available: {situation}",
                    need=storage(s, "full"),
                    room=s["storage_mb"],
                    situation=in_words(s),
                ),
                hint="which part of the model could be shared by all tasks?",
            )

    @check(points=3, substitutes=("training_memory",))
    def check_fits_memory(self, student):
        """in 240 situations, every plan fits into 90% of the GPU memory"""
        again = {**BASE, "n_train": student.draw.integer(5000, 90_000), "gpu_gib": student.draw.integer(60, 80) / 10}
        # Successive situations differ only in the model, or only in the length of the texts.
        plans = Plans(student, [*grid(student.draw)[:-3], again, {**again, **LARGE}, {**again, "seq": 512}])
        plans.demand_substance()
        excess, worst = [], None
        for s, plan in plans.pairs():
            micro_batch = whole(plan["micro_batch"]) or 1  # the next check tests invalid batches
            share = memory(s, plan["method"], micro_batch) / usable(s)
            excess.append(share if share > 1 + 1e-9 else 0.0)
            if share > 1 + 1e-9 and (worst is None or share > worst[0]):
                worst = share, s, plan["method"], micro_batch
        student.note("excess", excess)
        if worst is not None:
            _, s, method, micro_batch = worst
            raise Failed(
                say(
                    "a plan does not fit into GPU memory (one of {count} such plans): {method} with a "
                    "micro-batch of {batch} in {situation}",
                    count=sum(share > 0 for share in excess),
                    method=method,
                    batch=micro_batch,
                    situation=in_words(s),
                ),
                expected=say("at most {room:.2f} GiB", room=usable(s) / 2**30),
                actual=f"{memory(s, method, micro_batch) / 2**30:.2f} GiB",
                hint=(
                    "weights, gradients and Adam's moments are stored once, activations for every text in the "
                    "micro-batch; a tenth of the GPU memory is reserved"
                ),
                reveal=True,
            )

    @check(points=1, substitutes=("training_memory",))
    def check_fits_storage(self, student):
        """in 82 situations, the files of all tasks fit into the storage"""
        situations = grid(student.draw)[student.draw.integer(0, 3) :: 3]
        # A MiB is 4.9% more than a MB.
        for method, n_train, n_tasks in (("full", 20_000, 3), ("lora", 500, 20)):
            s = some(student.draw, n_train=n_train, n_tasks=n_tasks)
            situations.append({**s, "storage_mb": 0.98 * storage(s, method)})
        plans = Plans(student, situations)
        plans.demand_substance()
        excess = []
        first = None
        for s, plan in plans.pairs():
            need = storage(s, plan["method"])
            excess.append(need if need > s["storage_mb"] else 0.0)
            if need > s["storage_mb"] and first is None:
                first = s, plan["method"]
        student.note("excess", excess)
        if first is not None:
            s, method = first
            raise Failed(
                say(
                    "a plan's files do not fit into the storage (one of {count} such plans): {method} in {situation}",
                    count=sum(share > 0 for share in excess),
                    method=method,
                    situation=in_words(s),
                ),
                expected=say("at most {room:,.0f} MB", room=s["storage_mb"]),
                actual=f"{storage(s, method):,.0f} MB",
                hint=(
                    "if no method fits, do not return a plan: what must be stored for each task, and what is shared "
                    "by all of them?"
                ),
                reveal=True,
            )

    @check(points=2, after=("fits_memory",), substitutes=("training_memory",))
    def check_effective_batch(self, student):
        """micro_batch * accum is the target batch or less than one micro-batch more"""
        situations = grid(student.draw)[student.draw.integer(0, 3) :: 3]
        # The largest that fits does not divide 32: in four cases, the remainder is less than half of it, in four, more.
        batches = *shuffled(student, (5, 10, 13, 14, 15, 25, 27))[:4], *shuffled(student, (7, 9, 11, 12, 18, 20))[:4]
        close = [(32, batch) for batch in batches]
        # If 12 to 15 fit, repeatedly halving these targets does not give a divisor of them.
        close += [(odd, student.draw.integer(12, 16)) for odd in shuffled(student, range(33, 49, 2))[:4]]
        for target, batch in close:
            needed = (memory(BASE, "full", batch) + memory(BASE, "full", batch + 1)) / 2
            n_train = student.draw.integer(5000, 90_000)
            situations.append({**BASE, "n_train": n_train, "target_batch": target, "gpu_gib": needed / 0.9 / 2**30})
        # Successive situations differ only in a smaller target batch.
        again = {**BASE, "n_train": student.draw.integer(5000, 90_000), "gpu_gib": student.draw.integer(161, 249) / 10}
        situations += [{**again, "target_batch": target} for target in (48, 20)]
        plans = Plans(student, situations)
        plans.demand_substance()
        wrong: list[str | int] = []
        idle = 0
        first = None
        for s, plan in plans.pairs():
            micro_batch, accum = demand_whole(plan, "micro_batch", s), demand_whole(plan, "accum", s)
            target, effective = s["target_batch"], micro_batch * accum
            good = micro_batch <= target <= effective < target + micro_batch
            # In other situations, the method is a free choice, and so is the micro-batch.
            prescribed = s["n_train"] >= 5000 and s["n_tasks"] == 1 and "full" in possible(s)
            if not (prescribed and plan["method"] == "full"):
                wrong.append(0)
            elif not good and micro_batch > target:
                wrong.append("a micro-batch above the target")
            elif not good and accum == 1:
                wrong.append("a smaller batch, not accumulated")
            else:
                wrong.append(0 if good else effective)
            if not good and first is None:
                first = s, micro_batch, accum
            idle += micro_batch <= target // 4 and memory(s, plan["method"], 2 * micro_batch + 1) <= usable(s)
        student.note("effective batches that are wrong", wrong)
        if first is not None:
            s, micro_batch, accum = first
            raise Failed(
                say("the effective batch does not match target_batch: {situation}", situation=in_words(s)),
                expected=say("{target}, from micro-batches of at most {target}", target=s["target_batch"]),
                actual=f"{micro_batch} * {accum} = {micro_batch * accum}",
                hint="if only a smaller micro-batch fits, how many of them make up the target batch?",
                reveal=True,
            )
        if idle:
            expect.remark(
                say(
                    "in {count} situations the micro-batch could be more than twice as large: the GPU will "
                    "be underused",
                    count=idle,
                )
            )

    @check(points=2, visible=True, substitutes=("training_memory",))
    def check_finds_a_plan(self, student):
        """a plan is returned if one is possible; otherwise a ValueError is raised"""
        draw = student.draw
        tiny = [
            some(draw, n_train=n_train, gpu_gib=gpu * draw.integer(96, 105) / 100, **model)
            for n_train in (300, 30_000)
            for gpu in (0.3, 1.0, 1.6)
            for model in ({}, LARGE)
        ]
        plans = Plans(student, tiny + grid(draw)[draw.integer(0, 3) :: 3])
        planned = [isinstance(answer, dict) for answer in plans.answers]
        student.note("planned", planned)
        student.note("refused", [isinstance(answer, str) for answer in plans.answers])
        impossible = [answer for s, answer in zip(plans.situations, plans.answers, strict=True) if not possible(s)]
        student.note("stumbles", any(isinstance(answer, str) and answer in ACCIDENTS for answer in impossible))
        others: set[str] = set()
        for place, (s, answer) in enumerate(zip(plans.situations, plans.answers, strict=True)):
            if methods := possible(s):
                self.demand_no_refusal(s, answer, methods[0])
                plans.method(place)
                continue
            self.demand_refusal(s, answer)
            if answer != "ValueError":
                others.add(str(answer))
        expect.equal(
            sum(planned), len(planned) - len(impossible), say("plans in {count} situations", count=len(planned))
        )
        for name in sorted(others)[:2]:
            expect.remark(
                say("when no method fits, choose_strategy raised {name}; the docstring asks for ValueError", name=name)
            )

    @staticmethod
    def demand_no_refusal(s: dict[str, Any], answer: object, method: str) -> None:
        """Require that a situation in which this method is possible is not refused."""
        if answer == "ValueError":
            raise Failed(
                say("ValueError was raised although a plan is possible: {situation}", situation=in_words(s)),
                expected=say("a plan, for example with {method}", method=method),
                actual="ValueError",
                hint="if the first method does not fit, do you try a smaller micro-batch and the other methods?",
                reveal=True,
            )

    @staticmethod
    def demand_refusal(s: dict[str, Any], answer: object) -> None:
        """Require that a situation in which nothing is possible is refused on purpose."""
        expect.true(
            isinstance(answer, str),
            say("a plan was returned although no method fits: {situation}", situation=in_words(s)),
            expected="ValueError",
            actual=expect.shown(answer["method"] if isinstance(answer, dict) else answer),
            hint=(
                "every method needs memory for its weights and storage for its files: do you check both even for the "
                "last method?"
            ),
            reveal=True,
        )
        expect.true(
            answer not in ACCIDENTS,
            say(
                "when no method fits, choose_strategy raises an unintended error: {situation}",
                situation=in_words(s),
            ),
            expected="ValueError",
            actual=expect.shown(answer),
            hint=(
                "an accidental error does not tell the caller that no plan exists: which error does the "
                "docstring ask for?"
            ),
            reveal=True,
        )

    @check(points=1, after=("scenario_A", "scenario_B"), substitutes=("training_memory",))
    def check_monotone(self, student):
        """a larger GPU never means fewer trained parameters"""
        draw = student.draw
        gpus = [2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 48.0]
        situations = [
            some(draw, n_train=n_train + draw.integer(0, 200), n_tasks=n_tasks, seq=seq, **model)
            for n_train, n_tasks, seq, model in itertools.product((300, 2000, 30_000), (1, 4), (128, 512), ({}, LARGE))
        ]
        plans = Plans(student, [{**s, "gpu_gib": gpu} for s in situations for gpu in gpus])
        fell = []
        for start in range(0, len(plans.situations), len(gpus)):
            before = None
            for place in range(start, start + len(gpus)):
                answer = plans.answers[place]
                method = answer.get("method") if isinstance(answer, dict) else None
                if method not in METHODS:
                    continue
                if before is not None and METHODS.index(method) > METHODS.index(before):
                    fell.append((place, before, method))
                before = method
        student.note("fell", [list(found) for found in fell])
        if fell:
            place, before, method = fell[0]
            s = plans.situations[place]
            raise Failed(
                say(
                    "on a larger GPU, the method changes from {before} to {method}: {situation}",
                    before=before,
                    method=method,
                    situation=in_words(s),
                ),
                expected=before,
                actual=method,
                hint=(
                    "on the next smaller GPU, your plan uses a method that trains more parameters: which of your "
                    "conditions rules out this method on the larger GPU?"
                ),
                reveal=True,
            )

    @check(points=1, substitutes=("training_memory",))
    def check_time(self, student):
        """about 3 epochs are planned if time allows, fewer otherwise"""
        draw = student.draw
        situations, rooms = [], []
        # The hours are for one task: shared by all tasks of the last case, they would suffice for only one epoch.
        rooms_and_tasks = (
            *((room, 1) for room in (40.4, 1.6, 2.6, 1.2, 160.4, 2.2)),
            (0.3, 1),  # one epoch takes longer than the hours, but is allowed
            (0.05, 1),  # even if 16 or 32 examples are counted as one
            (2.2, draw.integer(3, 9)),
            (24.4, draw.integer(13, 21)),
            (30.4, 1),  # with few examples
            (14_000.4, 1),  # more than 3 epochs even if hours are taken for seconds
        )
        for room, n_tasks in rooms_and_tasks:
            n_train, speed = (
                draw.integer(300, 999) if room == 30.4 else draw.integer(6000, 90_000),
                float(draw.integer(10, 26) if room < 2 else draw.integer(20, 90)),
            )
            hours = room * n_train / speed / 3600
            target = {"target_batch": 32} if room < 1 else {}
            situations.append(some(draw, n_train=n_train, n_tasks=n_tasks, examples_per_s=speed, hours=hours, **target))
            rooms.append(room)
        plans = Plans(student, situations)
        epochs = []
        for place, room in enumerate(rooms):
            answer = plans.answers[place]
            if room < 1 and not (isinstance(answer, dict) and whole(answer.get("epochs"))):
                epochs.append(1)  # no plan without enough time is accepted
                continue
            plans.method(place)
            epochs.append(demand_whole(plans.answers[place], "epochs", situations[place]))
        student.note(
            "epochs",
            [
                0 if number <= max(1, room) and (number >= 2 or room < 2) and number <= 5 else number
                for number, room in zip(epochs, rooms, strict=True)
            ],
        )
        for s, number, room in zip(situations, epochs, rooms, strict=True):
            what = in_words(s)
            expect.true(
                number <= max(1, room),
                say("the planned training run takes longer than the available hours: {situation}", situation=what),
                expected=say("at most {count} epochs", count=int(room)) if room >= 1 else "1",
                actual=expect.shown(number),
                hint="an epoch takes n_train / examples_per_s seconds: how many epochs fit into the hours available?",
                reveal=True,
            )
            if room > 10:
                expect.true(
                    2 <= number <= 5,
                    say("with plenty of time, 2 to 5 epochs are usual: {situation}", situation=what),
                    expected="3",
                    actual=expect.shown(number),
                    hint=(
                        "how many seconds are there in an hour, and are more epochs always better?"
                        if s["n_tasks"] == 1
                        else "`hours` is the time for training one task"
                    ),
                    reveal=True,
                )


# --- recommend_hparams ---

RATES = {"full": (1e-5, 5e-5), "lora": (1e-4, 3e-4), "head": (1e-4, 1e-3)}
MATRICES = (
    "bert.encoder.layer.0.attention.self.query.weight",
    "bert.encoder.layer.2.attention.self.key.weight",
    "bert.encoder.layer.5.attention.self.value.weight",
    "bert.encoder.layer.8.attention.output.dense.weight",
    "bert.encoder.layer.10.intermediate.dense.weight",
    "bert.encoder.layer.11.output.dense.weight",
    "bert.embeddings.word_embeddings.weight",
    "bert.embeddings.position_embeddings.weight",
    "bert.embeddings.token_type_embeddings.weight",
    "bert.pooler.dense.weight",
    "classifier.weight",
)
"""Weight matrices; with the biases and the LayerNorms, one name of every kind of parameter in BERT."""
BIASES = (
    "bert.encoder.layer.0.attention.self.query.bias",
    "bert.encoder.layer.2.attention.self.key.bias",
    "bert.encoder.layer.5.attention.self.value.bias",
    "bert.encoder.layer.8.attention.output.dense.bias",
    "bert.encoder.layer.10.intermediate.dense.bias",
    "bert.encoder.layer.11.output.dense.bias",
    "bert.encoder.layer.6.attention.output.LayerNorm.bias",
    "bert.encoder.layer.3.output.LayerNorm.bias",
    "bert.embeddings.LayerNorm.bias",
    "bert.pooler.dense.bias",
    "classifier.bias",
)
NORMS = (
    "bert.embeddings.LayerNorm.weight",
    "bert.encoder.layer.7.attention.output.LayerNorm.weight",
    "bert.encoder.layer.9.output.LayerNorm.weight",
)


def reading(value: float, known: Mapping[str, float], whole: float, slack: float) -> str | float:
    """Describe a wrong number of steps: as one of the known ones, or as a share."""
    for allowed in (2.0, slack):  # rounded up or down; then counted differently
        for name, number in known.items():
            if abs(value - number) <= allowed + 0.01 * number:
                return name
    return round(value / whole, 3)


SHARES = {"a hundredth": 0.01, "a fifth": 0.2}
"""Other usual lengths of a warmup."""


def share_of(warmup: float, steps: int) -> str | None:
    """Return which of ``SHARES`` a warmup has, with any rounding; None if it has none."""
    for name, share in SHARES.items():
        if abs(warmup - share * steps) <= 1.5:
            return name
    return None


def counted_with(total: int, n_train: int, epochs: int, batches: Mapping[str, int]) -> str | None:
    """Return which of these batches gives as many steps, with or without an incomplete one; None if none does."""
    for name, batch in batches.items():
        if n_train // batch * epochs <= total <= math.ceil(n_train / batch) * epochs:
            return name
    return None


def within(value: float, low: float, high: float) -> bool:
    """Return whether a number is in a range, including its ends."""
    return low * (1 - 1e-6) <= value <= high * (1 + 1e-6)


class Settings:
    """The student's recommended settings in one case."""

    def __init__(self, student, method: str, n_train: int, per_step_batch: int, target_batch: int | None) -> None:
        """Call the function, untraced, since the settings are a free choice within ranges."""
        given = (method, n_train, per_step_batch)
        self.target = 32 if target_batch is None else target_batch
        self.n_train, self.per_step_batch = n_train, per_step_batch
        self.what = f"recommend_hparams{given if target_batch is None else (*given, target_batch)}"
        with student.untraced():
            if target_batch is None:
                self.found = student.recommend_hparams(*given)
            else:
                self.found = student.recommend_hparams(*given, target_batch=target_batch)
        expect.true(
            isinstance(self.found, dict),
            "recommend_hparams should return a dictionary",
            actual=expect.shown(self.found),
            reveal=True,
        )
        student.note("asked", [n_train, per_step_batch, self.target])

    def read(self, name: str) -> Any:
        """Return the value of a key."""
        expect.true(
            name in self.found,
            say("the key {key!r} is missing from the dictionary you return", key=name),
            actual=sorted(map(str, self.found))[:12],
            reveal=True,
        )
        return self.found[name]

    def number(self, name: str) -> float:
        """Return a value that must be a finite number."""
        value = self.read(name)
        found = number(value)
        if found is None:
            raise Failed(
                say("{name} should be a number: {call}", name=name, call=self.what),
                actual=repr(value)[:80],
                reveal=True,
            )
        return found

    def count(self, name: str) -> int:
        """Return a value that must be an integer of at least 0."""
        value = self.number(name)
        expect.true(
            value == int(value) and 0 <= value < 2**31,
            say("{name} should be an integer: {call}", name=name, call=self.what),
            actual=expect.shown(value),
            reveal=True,
        )
        return int(value)

    def positive(self, name: str) -> int:
        """Return a value that must be an integer of at least 1."""
        value = self.count(name)
        expect.true(
            value >= 1,
            say("{name} should be at least 1: {call}", name=name, call=self.what),
            actual=expect.shown(value),
            reveal=True,
        )
        return value

    def steps(self) -> tuple[int, int]:
        """Return the fewest and the most optimizer steps that follow from the settings' own batch and epochs."""
        effective = self.positive("micro_batch") * self.positive("accum")
        epochs = self.positive("epochs")
        return max(1, self.n_train // effective * epochs), math.ceil(self.n_train / effective) * epochs


def cases(draw) -> list[tuple[str, int, int, int | None]]:
    """Draw cases: (method, examples, largest micro-batch, target batch)."""
    return [
        ("full", draw.integer(3000, 9000), 8, None),
        ("lora", draw.integer(10_000, 30_000), (3, 6, 7)[draw.integer(0, 3)], 128),
        ("head", draw.integer(2000, 5000), draw.integer(70, 200), 32),
        ("full", draw.integer(40_000, 90_000), (9, 10, 11)[draw.integer(0, 3)], 48),  # none divides the target
    ]


class CheckRecommendHparams:
    """Settings to start from"""

    function = "recommend_hparams"

    @check(points=2, visible=True)
    def check_lr(self, student):
        """learning rate: full 1e-5 to 5e-5, LoRA 1e-4 to 3e-4, head 1e-4 to 1e-3"""
        draw = student.draw
        order = [("full", "lora", "head"), ("lora", "head", "full"), ("head", "full", "lora")][draw.integer(0, 3)]
        found = {}
        others = []  # with targets of 2 and 4,096, even scaling by the square root moves most rates out of their ranges
        for method in order:
            case = Settings(student, method, draw.integer(3000, 30_000), draw.integer(4, 40), None)
            found[method] = case.number("lr")
        for method, target in itertools.product(order, (2, 4096)):
            case = Settings(student, method, draw.integer(20_000, 30_000), draw.integer(4, 40), target)
            others.append((method, target, case.number("lr"), case.what))
        for method, rate in sorted(found.items()):
            whose = [name for name in RATES if within(rate, *RATES[name])]
            known = f"a rate for {whose[0]}" if whose else in_range(rate, *RATES[method])
            student.note(f"rate of {method}", "good" if method in whose else known)
        if all(
            within(rate, *RATES[method]) for method, rate in found.items()
        ):  # otherwise, a range is missed with any target
            for target in (2, 4096):
                where = {in_range(rate, *RATES[method]) for method, given, rate, _ in others if given == target}
                student.note(f"rates with a target of {target}", " ".join(sorted(where - {"good"})) or "good")
        for method, (low, high) in RATES.items():
            wanted = say("{low:g} to {high:g}", low=low, high=high)
            expect.true(
                within(found[method], low, high),
                say("the learning rate for {method} is out of range", method=method),
                expected=wanted,
                actual=f"{found[method]:g}",
                hint="pretrained weights should change little; newly initialised weights have to change a lot",
                reveal=True,
            )
            expect.seen.append((say("learning rate for {method}", method=method), wanted, f"{found[method]:g}"))
        for method, _, rate, call in others:
            low, high = RATES[method]
            expect.true(
                within(rate, low, high),
                say(
                    "with another target batch, the learning rate for {method} is out of range: {call}",
                    method=method,
                    call=call,
                ),
                expected=say("{low:g} to {high:g}", low=low, high=high),
                actual=f"{rate:g}",
                hint="a method's range is the same for every target batch",
                reveal=True,
            )

    @check(points=2)
    def check_batch(self, student):
        """the micro-batch fits into memory and is accumulated to the target batch"""
        seen, message = [], None
        single = ("full", student.draw.integer(3000, 9000), 1, student.draw.integer(10, 15))  # only one example fits
        for case in (*cases(student.draw), single):
            settings = Settings(student, *case)
            micro_batch, accum = settings.positive("micro_batch"), settings.positive("accum")
            effective, target = micro_batch * accum, settings.target
            largest = min(target, settings.per_step_batch)
            good = micro_batch <= largest and target <= 2 * effective and effective < target + micro_batch
            seen.append([0, 0] if good else [micro_batch, accum])
            if not good and message is None:
                message = (
                    settings.what,
                    say(
                        "micro_batch up to {largest}, micro_batch * accum from {low} to {high}",
                        largest=largest,
                        low=math.ceil(target / 2),
                        high=target,
                    ),
                    say(
                        "micro_batch {micro_batch}, accum {accum}, together {effective}",
                        micro_batch=micro_batch,
                        accum=accum,
                        effective=effective,
                    ),
                )
        student.note("batches that are wrong", seen)
        if message is not None:
            call, expected, actual = message
            raise Failed(
                say(
                    "the micro-batch does not fit, or the effective batch does not match target_batch: {call}",
                    call=call,
                ),
                expected=expected,
                actual=actual,
                hint=(
                    "one forward pass processes only as many examples as fit into memory: how many passes "
                    "make up one optimizer step?"
                ),
                reveal=True,
            )

    @check(points=2, visible=True)
    def check_steps(self, student):
        """total_steps counts optimizer steps over all epochs"""
        seen, message = [], None
        for case in cases(student.draw):
            settings = Settings(student, *case)
            fewest, most = settings.steps()
            total = settings.count("total_steps")
            good = fewest <= total <= most
            epochs, accum = settings.positive("epochs"), settings.positive("accum")
            known = {
                "micro-batches": most * accum,
                "one epoch": most / epochs,
                "examples": settings.n_train * epochs,
                "divided twice": most / accum,
                "with the warmup": 1.1 * most,
                "without the warmup": 0.9 * most,
            }
            batches = {"steps of target_batch": settings.target, "steps of 32": 32}
            other = counted_with(total, settings.n_train, epochs, batches)
            seen.append("good" if good else other or reading(total, known, most, slack=epochs * accum + 0.5))
            if not good and message is None:
                message = settings, most, total
            steps = say("{low} to {high}", low=fewest, high=most)
            expect.seen.append((say("total_steps from {call}", call=settings.what), steps, str(total)))
        student.note("total_steps, as a share of what is right", seen)
        if message is not None:
            settings, most, total = message
            raise Failed(
                say("total_steps does not match the batch size and the number of epochs: {call}", call=settings.what),
                expected=say(
                    "{most}, from micro_batch {micro_batch}, accum {accum}, epochs {epochs}",
                    most=most,
                    micro_batch=settings.found["micro_batch"],
                    accum=settings.found["accum"],
                    epochs=settings.found["epochs"],
                ),
                actual=str(total),
                hint=(
                    "a step is one weight update: how many examples does each update use, and how many epochs are "
                    "there?"
                ),
                reveal=True,
            )

    @check(points=1)
    def check_warmup(self, student):
        """warmup_steps is an integer, about a tenth of the optimizer steps"""
        seen: list[str | float] = []
        message = None
        # A twentieth of the steps in the last case is more than 1,000.
        longer = [*cases(student.draw), ("lora", student.draw.integer(400_000, 600_000), 8, None)]
        for case in (*longer, ("full", student.draw.integer(200, 400), 8, None)):
            settings = Settings(student, *case)
            fewest, most = settings.steps()
            warmup = settings.number("warmup_steps")
            good = warmup == int(warmup) and math.floor(0.05 * fewest) <= warmup <= math.ceil(0.15 * most)
            known = {
                "a tenth, with a fraction": most / 10,
                "a tenth of the micro-batches": most / 10 * settings.positive("accum"),
                "a tenth of one epoch": most / 10 / settings.positive("epochs"),
                "a tenth of the examples": settings.n_train / 10 * settings.positive("epochs"),
                "a tenth of the examples of one epoch": settings.n_train / 10,
                "half": most / 2,
                "one epoch": most / settings.positive("epochs"),
            }
            if good:
                seen.append("good")
            elif len(seen) == len(longer) and warmup >= fewest:
                seen.append("all of the steps, or more")  # in a short run, truncated to its length or not
            elif warmup < 1:
                seen.append(warmup)
            elif share := share_of(warmup, most):
                seen.append(share)
            else:
                seen.append(reading(warmup, known, most, slack=settings.positive("accum")))
                if isinstance(seen[-1], float) and warmup in (100, 500, 1000, 10_000):
                    seen[-1] = warmup
            if not good and message is None:
                message = settings, most, warmup
        if seen[0] in ("a tenth of one epoch", *SHARES) and seen[:-1] == [seen[0]] * (len(seen) - 1):
            seen[-1] = seen[0]  # 0 or 1 step, depending on rounding
        student.note("warmup, as a share of the steps", seen)
        if message is not None:
            settings, most, warmup = message
            raise Failed(
                say(
                    "warmup_steps is not an integer, or is far from a tenth of the optimizer steps: {call}",
                    call=settings.what,
                ),
                expected=say(
                    "an integer from {low} to {high}, for {steps} steps",
                    low=math.floor(0.05 * most),
                    high=math.ceil(0.15 * most),
                    steps=most,
                ),
                actual=f"{warmup:g}",
                hint="the usual warmup is about a tenth of all optimizer steps, as an integer",
                reveal=True,
            )

    @check(points=1)
    def check_decay_epochs(self, student):
        """weight decay of 0.01 to 0.1 exempts biases and LayerNorms; 2 to 5 epochs"""
        draw = student.draw
        asked = [
            Settings(student, method, n_train, draw.integer(4, 40), None)
            for method, n_train in (
                ("full", draw.integer(200, 900)),
                ("lora", draw.integer(100_000, 300_000)),
                ("head", draw.integer(200, 900)),
                ("head", draw.integer(100_000, 300_000)),
            )
        ]
        for settings in asked:
            decay, epochs = settings.number("weight_decay"), settings.number("epochs")
            excluded = settings.read("decay_exclude")
            exempt = [matched(excluded, name) for name in (*BIASES, *NORMS, *MATRICES)]
            biases, norms = exempt[: len(BIASES)], exempt[len(BIASES) : -len(MATRICES)]
            student.note("weight decay", in_range(decay, 0.01, 0.1))
            student.note("epochs", in_range(epochs, 2, 5))
            student.note("exempt", [all(biases), all(norms), any(exempt[-len(MATRICES) :])])
            missing = [what for what, names in (("biases", biases), ("LayerNorms", norms)) if not all(names)]
            student.note("not exempt", " and ".join(missing) or "good")
            student.note("some are exempt", [any(biases), any(norms)])
            student.note(
                "matrices that are exempt", " ".join(kind(name) for name in MATRICES if matched(excluded, name))
            )
            student.note("spelled differently", any(misspelt(excluded, name) for name in (*BIASES, *NORMS)))
        for settings in asked:
            decay, epochs = settings.number("weight_decay"), settings.number("epochs")
            expect.true(
                within(decay, 0.01, 0.1),
                say("weight_decay is out of range: {call}", call=settings.what),
                expected=say("{low:g} to {high:g}", low=0.01, high=0.1),
                actual=expect.shown(decay),
                hint="weight decay should pull the weights gently towards zero; 0 switches it off",
                reveal=True,
            )
            self.demand_exempt(settings.read("decay_exclude"))
            expect.true(
                epochs == int(epochs) and 2 <= epochs <= 5,
                say("the number of epochs is out of range: {call}", call=settings.what),
                expected=say("{low} to {high}", low=2, high=5),
                actual=expect.shown(epochs),
                hint=(
                    "the model is already pretrained, and your data set is small compared with the "
                    "pre-training data: a few epochs are enough"
                ),
                reveal=True,
            )

    @staticmethod
    def demand_exempt(excluded: Any) -> None:
        """Require that the names exempt biases and LayerNorms from weight decay, but no weight matrix."""
        expect.true(
            isinstance(excluded, (set, list, tuple)) and all(isinstance(item, str) for item in excluded),
            "decay_exclude should be a set (or a list) of strings",
            actual=expect.shown(excluded),
            reveal=True,
        )
        for names, wanted, hint in (
            (BIASES, True, "pulling a bias towards zero gains nothing"),
            (NORMS, True, "the scale of a LayerNorm should stay near 1, not near 0"),
            (MATRICES, False, "weight decay is meant for all weight matrices, including those of the embeddings"),
        ):
            for name in names:
                if wanted and misspelt(excluded, name):
                    hint = "is one of your strings a substring of this name, letter for letter?"
                expect.true(
                    matched(excluded, name) == wanted,
                    say("decay_exclude does not exempt this parameter from weight decay: {name}", name=name)
                    if wanted
                    else say("decay_exclude exempts this parameter from weight decay: {name}", name=name),
                    actual=sorted(map(str, excluded)),
                    hint=hint,
                    reveal=True,
                )


def in_range(value: float, low: float, high: float) -> str:
    """Describe the position of a number relative to a range, as a fact."""
    return "good" if within(value, low, high) else "none" if value <= 0 else "above" if value > high else "below"


def strings(excluded: Any) -> list[str]:
    """Return the strings in a set, list or tuple; an empty list for anything else."""
    return [item for item in excluded if isinstance(item, str)] if isinstance(excluded, (set, list, tuple)) else []


def matched(excluded: Any, name: str) -> bool:
    """Return whether a parameter's name contains one of these strings."""
    return any(piece in name for piece in strings(excluded))


def kind(name: str) -> str:
    """Return the kind of a weight matrix, without its layer."""
    return re.sub(r"^bert\.(embeddings\.|encoder\.layer\.\d+\.)?|\.weight$", "", name)


def misspelt(excluded: Any, name: str) -> bool:
    """Return whether the name would contain one of them without case and underscores, as with ``layer_norm``."""

    def plain(text: str) -> str:
        return re.sub(r"[^a-z0-9.]", "", text.lower())

    return not matched(excluded, name) and any(
        plain(piece).strip(".") in plain(name) for piece in strings(excluded) if plain(piece).strip(".")
    )


# --- fragmentation ---

CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
SIGN = "%"
"""A word without letters or digits, which is in the drawn vocabularies."""
KNOWN_CHARACTER, UNKNOWN_CHARACTERS = "心", "糖尿病"
"""One Chinese character that is in the drawn vocabularies, and three that are not."""
NO_PIECES = "\u200b"
"""A zero-width space, which BERT's tokenizer removes."""
UNKNOWN_MARKS = {"continues": "[UNK]", "begins": "<unk>"}
UNKNOWN_PARTS = {"continues": "UNK", "begins": "unk"}
"""A word that is in the drawn vocabularies although it is part of their unknown piece."""


@dataclass(frozen=True)
class Domain:
    """Words with known pieces, from which they were built."""

    words: list[str]
    cut: dict[str, list[str]]
    """Word -> its pieces, as the tokenizer marks them."""
    tokenize: Any
    """The tokenizer, in the student process."""
    unk: str

    def measures(self):
        """The expected measures of ``fragmentation``."""
        cuts = [self.cut[word] for word in self.words]
        return {
            "pieces_per_word": sum(map(len, cuts)) / len(cuts),
            "split_rate": sum(len(pieces) > 1 for pieces in cuts) / len(cuts),
            "unk_rate": sum(self.unk in pieces for pieces in cuts) / len(cuts),
        }


def syllables(student, count):
    """Draw different pieces of a consonant and one to three vowels, so that words can be cut in only one way."""
    draw = student.draw
    found: dict[str, Any] = {}
    while len(found) < count:
        tail = "".join(VOWELS[draw.integer(0, len(VOWELS))] for _ in range(draw.integer(1, 4)))
        found[CONSONANTS[draw.integer(0, len(CONSONANTS))] + tail] = None
    return list(found)


def domain(student, style, known=(), nothing=True):
    """Draw a vocabulary, and 17 or 19 different words: whole ones, split ones, some with unknown pieces.

    One of the whole words is a sign. For BERT's tokenizer, one word repeats another with a capital letter, and one has
    no pieces, unless ``nothing`` is False; for the other tokenizer, a mark is a separate piece if the first character
    is unknown. Words in ``known`` are added as whole words. One of the whole words is a part of the unknown piece.
    """
    unk = UNKNOWN_MARKS[style]
    pieces = syllables(student, 24)
    n_words, n_unknown = (17, 19)[student.draw.integer(0, 2)], 6 + nothing if style == "continues" else 4
    lengths = [2, 2, 3, 4] + [1] * (n_words - n_unknown - 5)  # of the words without unknown pieces, in pieces
    rest = iter(pieces)
    parts = [*([next(rest) for _ in range(length)] for length in lengths), [SIGN]]
    first, second, third = list(UNKNOWN_CHARACTERS)
    if style == "continues":
        cut = {"".join(word): [word[0], *(f"##{piece}" for piece in word[1:])] for word in parts}
        cut[f"{pieces[0]}qu"] = [unk]  # one unknown letter makes the whole word unknown
        cut["".join(parts[2]).capitalize()] = [unk]  # as does a capital letter
        cut[f"{first}{second}{third}"] = [unk] * 3
        cut[f"{KNOWN_CHARACTER}{first}{third}"] = [KNOWN_CHARACTER, unk, unk]
        cut[f"{second}{KNOWN_CHARACTER}"] = [unk, KNOWN_CHARACTER]
        if nothing:
            cut[NO_PIECES] = []
    else:
        cut = {"".join(word): [f"▁{word[0]}", *word[1:]] for word in parts}
        cut[f"{pieces[0]}{first}{pieces[1]}"] = [f"▁{pieces[0]}", unk, pieces[1]]
        cut[f"{third}{pieces[2]}"] = ["▁", unk, pieces[2]]
        cut[second] = ["▁", unk]
    part = UNKNOWN_PARTS[style]
    cut[part] = [part if style == "continues" else f"▁{part}"]
    added = [word for word in known if not any(word in other for other in cut)]
    cut |= {word: [f"▁{word}" if style == "begins" else word] for word in added}
    words = shuffled(student, list(cut))
    if style == "continues":  # the capital letter comes first
        first, last = sorted(words.index(word) for word in ("".join(parts[2]), "".join(parts[2]).capitalize()))
        words[first], words[last] = "".join(parts[2]).capitalize(), "".join(parts[2])
    tokenize = student.fixtures.strategy.tokenizer([*pieces, SIGN, KNOWN_CHARACTER, part, *added], unk, style)
    return Domain(words, cut, tokenize, unk)


def measured(student, words, *arguments):
    """Return those of the three measures that were returned, and require that the words are unchanged."""
    with student.untraced():
        came = student.fixtures.strategy.beside(student.value(None, "fragmentation"), words, *arguments)
    report = came["answer"]
    expect.true(
        isinstance(report, dict),
        "the function does not return a dictionary",
        actual=expect.shown(report),
        hint="return a dictionary with the three keys in the docstring, each with a number",
        reveal=True,
    )
    read = {key: report.get(key) for key in ("pieces_per_word", "split_rate", "unk_rate")}
    student.note("measures", read)
    return read, came["data"]


def demand_measure(student, key, hint):
    """Require one measure, with a tokenizer like BERT's (whose unknown piece is the default) and with another one."""
    split: list[str] = []  # words that the first tokenizer splits are whole for the second
    for style in ("continues", "begins"):
        given = domain(student, style, split, nothing=key != "split_rate")  # no pieces: split or not
        split = [word for word in given.words if len(given.cut[word]) > 1 and word[0] in CONSONANTS]
        arguments = [given.tokenize] if style == "continues" else [given.tokenize, given.unk]
        found, _ = measured(student, given.words, *arguments)
        expect.true(
            found[key] is not None,
            say("the key {key!r} is missing or None", key=key),
            hint="use the three keys exactly as they are in the docstring",
        )
        expect.close(found[key], given.measures()[key], key, tolerance=1e-6, hint=hint)


class CheckFragmentation:
    """How badly a vocabulary fits"""

    function = "fragmentation"

    @check(points=2, visible=True)
    def check_pieces(self, student):
        """pieces_per_word is the mean number of pieces, however they are marked"""
        demand_measure(
            student,
            "pieces_per_word",
            "tokenize every word, count all its pieces, including the first, and divide by the number of words",
        )

    @check(points=1)
    def check_split(self, student):
        """split_rate is the share of words with more than one piece"""
        demand_measure(
            student,
            "split_rate",
            "count the words that have more than one piece, whatever their pieces look like, and divide by the "
            "total number of words",
        )

    @check(points=1)
    def check_unk(self, student):
        """unk_rate is the share of words with an unknown piece"""
        demand_measure(
            student,
            "unk_rate",
            "count words, not pieces: one piece equal to `unk` makes the whole word unknown",
        )

    @check(points=1, visible=True, after=("pieces",))
    def check_empty(self, student):
        """an empty list gives zeros, and a repeated word counts each time"""
        given = domain(student, "begins")
        word = max(given.cut, key=lambda word: len(given.cut[word]))
        others = [other for other in given.words if other != word][:6]
        words = [*others, *[word] * (5 + student.draw.integer(0, 3))]
        cuts = [len(given.cut[word]) for word in words]
        found, after = measured(student, words, given.tokenize, given.unk)
        expect.close(
            found["pieces_per_word"],
            sum(cuts) / len(cuts),
            "pieces_per_word for a list with a repeated word",
            tolerance=1e-6,
            hint="count a repeated word each time it appears: the domain's frequent words matter most",
        )
        expect.equal(
            after,
            words,
            "the caller's word list after the call",
            hint="the caller still needs the list: which line of your code changes it?",
            reveal=True,
            fact=True,
        )
        single, _ = measured(student, [word], given.tokenize, given.unk)
        expect.close(
            single["pieces_per_word"], len(given.cut[word]), "pieces_per_word for a single word", tolerance=1e-6
        )
        self.demand_zeros_for_no_words(student, given.tokenize)

    @staticmethod
    def demand_zeros_for_no_words(student, tokenize) -> None:
        """Require that an empty list of words is not an error, and that all three measures are 0."""
        try:
            with student.untraced():
                none = student.fragmentation([], tokenize)
        except StudentRaised as error:
            if error.no_answer or error.type not in DIVISIONS:
                raise
            student.note("an empty list", "an error")
            raise Failed(
                say("an empty list of words raises an error: {error}", error=error.type),
                hint="if the list is empty, what does your code divide by?",
            ) from None
        student.note("an empty list", none)
        zeros = dict.fromkeys(("pieces_per_word", "split_rate", "unk_rate"), 0.0)
        expect.close(
            none,
            zeros,
            "the measures for an empty list of words",
            hint="by convention, all three measures are 0",
            reveal=True,
        )


# --- extend_embedding ---


def new_words(student, n_old, count):
    """Draw ids of the pieces of new words, one to five each, including the lowest, the highest, and repeated ids.

    Two of the words have the same pieces, but not equally often.
    """
    draw = student.draw
    words = [[draw.integer(0, n_old) for _ in range(draw.integer(2, 6))] for _ in range(count - 3)]
    twice, rest = draw.integer(2, n_old - 1), [0, 1, n_old - 1]
    words += [[twice, rest[0], twice, *rest[1:]], [twice, *rest, rest[-1]]]
    first, *rest = shuffled(student, words)
    return [first, [n_old - 1], *rest]


def means(weight, words):
    """Compute the mean row of each word in float64, piece by piece."""
    return torch.stack([sum(weight[i].double() for i in ids) / len(ids) for ids in words])


def table(student, n_old, width, dtype=torch.float32):
    """Draw an embedding matrix whose rows have a common component, as in real models."""
    return (student.draw.normal(n_old, width) + student.draw.normal(width)).to(dtype)


def enlarged(student, weight, words):
    """Return the answer, which must have a row for every old id and every new word."""
    with student.untraced():
        got = student.extend_embedding(weight, words)
    rows = tuple(got.shape) if isinstance(got, torch.Tensor) else ()
    want = (len(weight) + len(words), weight.shape[1])
    student.note("shape", list(rows))
    student.note("old rows", got[: len(weight)] if rows and got.numel() <= 2 * want[0] * want[1] else None)
    expect.shape(
        got,
        want,
        "the extended embedding matrix",
        hint="return the V old rows followed by the n new rows, all of the same width",
    )
    return got


class CheckExtendEmbedding:
    """New words start from the mean of their pieces"""

    function = "extend_embedding"

    @check(points=2, visible=True)
    def check_old_rows(self, student):
        """the old rows keep their positions and values, and each new word appends one row"""
        for n_old, width, count, dtype in ((9, 5, 4, torch.float32), (13, 3, 6, torch.float64)):
            weight = table(student, n_old, width, dtype)
            got = enlarged(student, weight, new_words(student, n_old, count))
            expect.close(
                got[:n_old],
                weight,
                "the first V rows",
                tolerance=1e-6,
                hint="the model looks up rows by id: is row 0 of your result still row 0 of the old matrix?",
            )

    @check(points=2)
    def check_new_rows(self, student):
        """a new word's row is the mean of its pieces' rows; a repeated piece counts twice"""
        for n_old, width, count, dtype in ((8, 6, 5, torch.float32), (11, 4, 3, torch.float64)):
            weight = table(student, n_old, width, dtype)
            words = new_words(student, n_old, count)
            got, again = (enlarged(student, weight, words)[n_old:] for _ in range(2))
            steady = bool(torch.allclose(got.double(), again.double(), equal_nan=True))
            expect.true(
                steady,
                "two calls with the same words give different new rows",
                hint="a word's pieces fully determine its new row: is anything in your code random?",
                fact=True,
            )
            other = table(student, n_old, width, dtype)
            from_other = enlarged(student, other, words)[n_old:]
            expect.close(
                got,
                means(weight, words),
                "the new rows",
                tolerance=1e-5,
                hint="treat each word separately: average the rows of all its pieces, including repeated ones",
                fact=True,
            )
            expect.close(
                from_other,
                means(other, words),
                "the new rows for the same words and another matrix",
                tolerance=1e-5,
                hint=("the pieces are the same, but their rows are different: what does your code keep between calls?"),
                fact=True,
            )

    @check(points=1, after=("old_rows",))
    def check_empty_pure(self, student):
        """without new words, the result equals the old matrix but shares no memory"""
        weight = table(student, 7, 4)
        words: list[list[int]] = new_words(student, 7, 3)
        no_words: list[list[int]] = []
        with student.untraced():
            left = student.fixtures.strategy.words_left(student.value(None, "extend_embedding"), weight, words)
        student.note("words left in the caller's list", "none" if not left else "all" if left == len(words) else "some")
        with student.untraced():
            student.pure("extend_embedding", weight, words)
            answers = {
                len(given): student.fixtures.strategy.extended(student.value(None, "extend_embedding"), weight, given)
                for given in (words, no_words)
            }
        student.note("without new words", answers[0]["result"])
        expect.shape(answers[0]["result"], (7, 4), "the embedding matrix without new words")
        expect.close(answers[0]["result"], weight, "the embedding matrix without new words", tolerance=1e-6)
        for count, answer in answers.items():
            student.note(f"shared, {count} words", answer["shared"])
            expect.true(
                answer["shared"] is False,
                say(
                    "writing to the result also changes the old matrix (in a call with {count} new words)", count=count
                ),
                hint="the result must be a copy, neither a view of the old matrix nor the same tensor",
            )


# --- chunk_for_mlm ---


def corpus(student, lengths, zero=False):
    """Draw documents of these lengths with different ids, so that the origin of each id is known.

    As in a multilingual vocabulary, none of the ids fits into 16 bits, except 0, if it is one of them.
    """
    start = student.draw.integer(70_000, 120_000)
    ids = (torch.randperm(5000, generator=student.draw.generator)[: sum(lengths)] + start).tolist()
    if zero:  # 0 is an ordinary id: in GPT-2's vocabulary, an exclamation mark
        ids[sum(lengths[:1]) + 1] = 0
    rest = iter(ids)
    return [[next(rest) for _ in range(length)] for length in lengths]


def blocks_of(answer):
    """Return the blocks as lists, or None if the answer is something else.

    Raises:
        Failed: the answer is not a list of lists of ids.
    """
    rows = list(answer) if isinstance(answer, (list, tuple, torch.Tensor)) else None
    if rows is not None:
        rows = [row.tolist() if isinstance(row, torch.Tensor) and row.dim() == 1 else row for row in rows]
    if rows is None or not all(isinstance(row, (list, tuple)) for row in rows):
        raise Failed(
            say("the result is not a list of lists"),
            actual=str(answer)[:160],
            hint="return one list of ids for each block",
            reveal=True,
        )
    whole = all(isinstance(token, (int, float)) and token == int(token) for row in rows for token in row)
    expect.true(whole, "a block contains something other than an id", hint="ids are integers")
    return [[int(token) for token in row] for row in rows]


def specials(student):
    """Draw ids of [CLS] and [SEP], different from those of the documents."""
    cls_id = student.draw.integer(100, 150)
    return cls_id, cls_id + 1 + student.draw.integer(0, 40)


def chunks(student, docs, block, cls_id, sep_id):
    """Return and note the student's blocks, for documents without a free choice."""
    with student.untraced():
        answer = student.chunk_for_mlm(docs, block, cls_id, sep_id)
    blocks = blocks_of(answer)
    student.note("sizes of the blocks", [len(row) for row in blocks[:99]])
    student.note("ids in the blocks", [token for row in blocks[:99] for token in row[:99]][:200])
    return blocks


FILLING = ((10, (15, 4, 12, 13)), (9, (3, 16, 9, 2, 14)))
"""Size of a block, and lengths of documents that fill complete blocks: 6 with 8 ids, and 7 with 7.

In both, a document also ends where a block does, before the last one.
"""


def filled(student, which, zero=False):
    """Return one of the fillings: documents, size of the blocks, ids of [CLS] and [SEP]; with ``zero``, an id 0."""
    block, lengths = FILLING[which]
    return corpus(student, lengths, zero=zero), block, *specials(student)


class CheckChunkForMlm:
    """Texts of a domain, cut into blocks"""

    function = "chunk_for_mlm"

    @check(points=2, visible=True)
    def check_format(self, student):
        """every block begins with [CLS], ends with [SEP] and has at most `block` ids"""
        with student.untraced():  # 17 ids in pieces of 7: two blocks, and a rest that is a free choice
            more = student.chunk_for_mlm(corpus(student, (4, 11)), 9, *specials(student))
        student.note("blocks of documents that do not fill the last one", bool(blocks_of(more)))
        for which in (0, 1):
            docs, block, cls_id, sep_id = filled(student, which)
            blocks = chunks(student, docs, block, cls_id, sep_id)
            known = {token for doc in docs for token in doc}
            expect.true(blocks, "no blocks were returned", hint="the documents are long enough to fill several blocks")
            for place, row in enumerate(blocks):
                expect.true(
                    row[:1] == [cls_id] and row[-1:] == [sep_id] and len(row) > 2,
                    say("block {place} does not have the form [CLS] ... [SEP]", place=place),
                    expected=f"[{cls_id}, ..., {sep_id}]",
                    actual=expect.shown(row),
                    hint=(
                        "the model reads each block as a separate input, so each needs the format that the "
                        "model expects"
                    ),
                )
                expect.true(
                    len(row) <= block,
                    say(
                        "block {place} has {count} ids; the limit is {limit}", place=place, count=len(row), limit=block
                    ),
                    hint="[CLS] and [SEP] count towards the limit",
                )
                strange = [token for token in row[1:-1] if token not in known and token not in (cls_id, sep_id)]
                expect.true(
                    not strange,
                    say("block {place} contains an id that does not occur in the documents", place=place),
                    actual=strange[:5],
                    hint=(
                        "between [CLS] and the final [SEP], a block contains only ids from the documents and "
                        "one [SEP] after each document"
                    ),
                )
            found = {token for row in blocks for token in row} & known
            expect.true(
                len(found) > len(known) / 2,
                say(
                    "the blocks contain only {count} of the {total} ids",
                    count=len(found),
                    total=len(known),
                ),
                hint="join all documents into one sequence, then cut it into blocks",
            )

    @check(points=2, visible=True)
    def check_content(self, student):
        """no id is lost, duplicated or reordered; each document is followed by one [SEP]"""
        for which in (0, 1):
            docs, block, cls_id, sep_id = filled(student, which, zero=which == 1)
            blocks = chunks(student, docs, block, cls_id, sep_id)
            want = [token for doc in docs for token in [*doc, sep_id]]
            got = [token for row in blocks for token in (row[1:-1] if row[:1] == [cls_id] else row)]
            lost = [token for doc in docs for token in doc if token not in got]
            expect.true(
                not lost,
                say(
                    "{count} of the {total} ids are missing from the blocks", count=len(lost), total=sum(map(len, docs))
                ),
                hint="the text is longer than one block: what does your code do with the ids that do not fit?",
            )
            expect.equal(
                got,
                want,
                "the contents of the blocks between [CLS] and [SEP], concatenated",
                hint="join all documents first, each followed by its [SEP], then cut",
            )

    @check(points=1, after=("format",))
    def check_full_blocks(self, student):
        """all blocks but the last are full; a remainder below half a block is dropped"""
        block = 12 + 2 * student.draw.integer(0, 2)
        step = block - 2
        # Exactly half a block has block // 2 ids without [CLS] and [SEP], and two less with them: a free choice.
        # Half an odd block is not an integer: block // 2 is below it even with them, block // 2 + 1 above it even
        # without.
        half = block // 2
        rests = ((block + 1, half - 2), (block, step - student.draw.integer(1, 3)), (block + 1, half + 1), (block, 1))
        found = []
        for size, rest in rests:  # two full blocks and a rest, in three documents
            whole = 2 * (size - 2) + rest - 3
            first, second = student.draw.integer(2, 6), size - 2 + student.draw.integer(1, 3)
            docs = corpus(student, (first, second, whole - first - second))
            found.append([len(row) for row in chunks(student, docs, size, *specials(student))])
        short = chunks(student, corpus(student, (block // 2 - 4,)), block, *specials(student))
        single = [chunks(student, corpus(student, (3, n - 5)), block, *specials(student)) for n in (step - 1, step)]
        one_document = chunks(student, corpus(student, (2 * step - 1,)), block, *specials(student))
        self.demand_one_sequence(student)
        self.demand_smallest_blocks(student)
        self.demand_long_blocks(student)
        for (size, rest), sizes in zip(rests, found, strict=True):
            expect.equal(
                sizes,
                [size, size] if rest < half - 1 else [size, size, rest + 2],
                "sizes of the blocks",
                hint=(
                    "fill whole blocks first: how long is the remainder compared with a full block, and does your "
                    "code keep it?"
                ),
            )
        expect.equal(
            [len(row) for row in short],
            [],
            "sizes of the blocks of a corpus shorter than half a block",
            hint="a remainder shorter than half a block is dropped: does your code keep it if there is no full block?",
        )
        expect.equal(
            [[len(row) for row in blocks] for blocks in (*single, one_document)],
            [[block - 1], [block], [block, block]],
            "sizes of the blocks of three small corpora",
            hint=(
                "the first corpus gives one block that is not quite full; the second gives one full "
                "block; the third, a single document with its [SEP], gives two full blocks: does your "
                "code treat small corpora differently?"
            ),
        )

    @staticmethod
    def demand_one_sequence(student):
        """Require that more than a thousand documents, which fill complete blocks, are also one sequence."""
        block, count = 9, 1050 + 7 * student.draw.integer(0, 20)
        with student.untraced():
            blocks = blocks_of(student.chunk_for_mlm(corpus(student, [1] * count), block, *specials(student)))
        sizes = [len(row) for row in blocks]
        other = [place for place, size in enumerate(sizes) if size != block]
        student.note("blocks of many documents, and the first that is not full", [len(sizes), *(other[:1] or [-1])])
        expect.true(
            sizes == [block] * (2 * count // (block - 2)),
            say("{count} documents fill a whole number of blocks, but some of your blocks are not full", count=count),
            expected=say("{count} full blocks", count=2 * count // (block - 2)),
            actual=say("{count} blocks, {short} of them not full", count=len(sizes), short=len(other)),
            hint="join all documents before you cut: how many of them do you join at a time?",
        )

    @staticmethod
    def demand_long_blocks(student):
        """Require that blocks may be longer than BERT's maximum."""
        block = 1100 + student.draw.integer(0, 100)
        with student.untraced():
            answer = student.chunk_for_mlm(corpus(student, (300, block - 303)), block, *specials(student))
        sizes = [len(row) for row in blocks_of(answer)]
        student.note("long blocks", ["full" if size == block else size for size in sizes[:9]])
        expect.true(
            sizes == [block],
            say(
                ("with block={block}, two documents that together fill one block do not give that one block"),
                block=block,
            ),
            expected=[block],
            actual=sizes[:9],
            hint="does your code limit the length of a block?",
            reveal=True,
        )

    @staticmethod
    def demand_smallest_blocks(student):
        """Require that blocks of three ids contain one id of the text each.

        One id is less than half of three, so we also accept that the last block is missing.
        """
        with student.untraced():
            blocks = blocks_of(student.chunk_for_mlm(corpus(student, (3, 4)), 3, *specials(student)))
        student.note("sizes of the smallest blocks", sorted({len(row) for row in blocks}))
        expect.true(
            len(blocks) in (8, 9) and all(len(row) == 3 for row in blocks),
            "with block=3, some blocks are missing or do not have 3 ids",
            expected=say("9 blocks of 3 ids"),
            actual=[len(row) for row in blocks][:20],
            hint="3 is the smallest block size that is allowed: how many ids of the text fit between [CLS] and [SEP]?",
            reveal=True,
        )

    @check(points=1, after=("format",))
    def check_pure(self, student):
        """the caller's documents are not modified, and an empty corpus gives no blocks"""
        docs, block, cls_id, sep_id = filled(student, 1)
        with student.untraced():
            chunk = student.value(None, "chunk_for_mlm")
            after = student.fixtures.strategy.beside(chunk, docs, block, cls_id, sep_id)["data"]
        student.note("documents afterwards", [token for doc in after for token in [*doc, "end"]][:200])
        expect.equal(
            after,
            docs,
            "the caller's documents after the call",
            hint="the caller uses the documents again in the next epoch: which line of your code changes them?",
        )
        with student.untraced():
            none = student.chunk_for_mlm([], block, cls_id, sep_id)
        student.note("no documents", str(none)[:80])
        expect.equal(
            blocks_of(none), [], "the blocks of an empty corpus", hint="for an empty corpus, return an empty list"
        )


# --- domain_plan ---

ACTIONS = frozenset({"domain_model", "dapt", "extend_vocab", "knowledge", "peft", "augment"})
SPLIT, WHOLE = (2.0, 4.0), (1.25, 1.0)
"""Ranges of pieces per word, starting at the limit."""
MUCH, LITTLE, NONE = (10_000, 900_000), (1, 9_999), (0, 0)
"""Ranges of texts without labels, starting at the limit."""
SCARCE, PLENTY = (999, 60), (5_000, 90_000)
"""Ranges of labelled examples, starting at the limit."""


def situations(student, pieces, texts, labels, domain_model, relations=(False, True)):
    """Return one situation for each combination of the arguments.

    Numbers are drawn between both ends; when they are used for the first time, they are the limit itself.
    """
    used, found = set(), []

    def number(interval):
        limit, first = interval[0], interval not in used
        used.add(interval)
        if first:
            return limit
        low, high = min(interval), max(interval)
        if isinstance(limit, float):
            return round(float(student.draw.uniform(low, high)), 2)
        return student.draw.integer(low, high + 1)

    for low_high, unlabeled, labeled, given, related in itertools.product(
        pieces, texts, labels, domain_model, relations
    ):
        found.append(
            {
                "pieces_per_word": number(low_high),
                "n_unlabeled": number(unlabeled),
                "n_labeled": number(labeled),
                "domain_model": given,
                "needs_relations": related,
            }
        )
    return found


def plans(student, given):
    """Return the student's plan for each situation; ``needs_relations`` is not passed if it is False.

    Raises:
        Failed: a plan is not a collection of words.
    """
    calls = [list(situation.values()) for situation in given]
    calls.append(calls[0])  # again, to see whether anything was kept
    with student.untraced():
        answers = student.fixtures.strategy.each(
            student.value(None, "domain_plan"), [call if call[-1] else call[:-1] for call in calls]
        )
    for plan in answers:
        expect.true(
            isinstance(plan, (set, list, tuple, dict)) and all(isinstance(action, str) for action in plan),
            "a plan is not a set of actions",
            actual=str(plan)[:120],
            hint="return a set of strings, even if it is empty or has only one element",
            reveal=True,
        )
    found = [frozenset(plan) for plan in answers]
    student.note("more actions when asked again", found[0] < found.pop())
    return found


def demand_plans(student, wanted, sentence, unwanted, other_sentence, looked_for, hint):
    """Require the wanted actions in the plans, not the ruled out ones, and not one plan for everything.

    Args:
        student: the student of this check.
        wanted: situations in which one of the actions is required.
        sentence: message if none is in the plan; has a placeholder for the situation.
        unwanted: situations in which the last of the actions is ruled out.
        other_sentence: message if it is in the plan.
        looked_for: the actions; if the first one is ``domain_model``, it counts where there is one.
        hint: shown with both messages.
    """
    answers = plans(student, [*wanted, *unwanted])
    has = []
    for situation, plan in zip(wanted, answers, strict=False):
        known = [action for action in looked_for if action != "domain_model" or situation["domain_model"]]
        has.append(any(action in plan for action in known))
    has_not = [looked_for[-1] not in plan for plan in answers[len(wanted) :]]
    student.note("made up", any(plan - ACTIONS for plan in answers))
    student.note("called for", has)
    student.note("ruled out", has_not)
    if "extend_vocab" in looked_for:
        student.note("dapt instead", ["dapt" in plan for plan, right in zip(answers, has, strict=False) if not right])
    one_for_all = len(set(answers)) == 1
    student.note("one plan for all", one_for_all)
    for right, situation, plan, said in zip(
        [*has, *has_not],
        [*wanted, *unwanted],
        answers,
        [sentence] * len(wanted) + [other_sentence] * len(unwanted),
        strict=True,
    ):
        stated = ", ".join(f"{key}={value!r}" for key, value in situation.items())
        expect.true(right, say(said, situation=stated), actual=sorted(plan), hint=hint)
    expect.equal(
        has,
        [True] * len(has),
        say("{action} in every situation that calls for it", action=looked_for[0])
        if len(looked_for) == 1
        else say("{one} or {other} in every situation that calls for it", one=looked_for[0], other=looked_for[1]),
    )
    expect.equal(
        has_not, [True] * len(has_not), say("no {action} in any situation that rules it out", action=looked_for[-1])
    )
    expect.true(
        not one_for_all,
        "very different situations get the same plan",
        hint="the plan must depend on the situation: which action does each argument call for?",
    )


class CheckDomainPlan:
    """What to do about a domain"""

    function = "domain_plan"

    @check(points=1, visible=True)
    def check_domain_model(self, student):
        """a domain model is used if and only if one exists"""
        demand_plans(
            student,
            situations(student, (SPLIT, WHOLE), (MUCH, NONE), (SCARCE, PLENTY), (True,)),
            mark("a domain model exists, but the plan does not use it: {situation}"),
            situations(student, (SPLIT, WHOLE), (MUCH, NONE), (SCARCE, PLENTY), (False,)),
            mark("the plan uses a domain model that does not exist: {situation}"),
            ("domain_model",),
            "the argument domain_model says whether a domain model exists",
        )

    @check(points=1, visible=True)
    def check_dapt(self, student):
        """a lot of unlabelled text calls for continued pre-training; none rules it out"""
        demand_plans(
            student,
            situations(student, (SPLIT, WHOLE), (MUCH,), (SCARCE, PLENTY), (False,)),
            mark(
                "there is a lot of unlabelled text and no domain model, but the plan does not use the text: {situation}"
            ),
            situations(student, (SPLIT, WHOLE), (NONE,), (SCARCE, PLENTY), (False, True)),
            mark("the plan continues pre-training although there is no unlabelled text: {situation}"),
            ("dapt",),
            "continued pre-training needs unlabelled text: how much of it is there?",
        )

    @check(points=2)
    def check_vocabulary(self, student):
        """split words call for a better vocabulary, whole words do not"""
        demand_plans(
            student,
            [
                *situations(student, (SPLIT,), (MUCH, LITTLE), (SCARCE, PLENTY), (False,)),
                *situations(student, (SPLIT,), (MUCH, NONE), (PLENTY,), (True,)),
            ],
            mark("the tokenizer splits the domain's words, and the plan does nothing about it: {situation}"),
            situations(student, (WHOLE,), (MUCH, NONE), (SCARCE, PLENTY), (False, True)),
            mark("the tokenizer keeps the domain's words whole, yet the plan extends the vocabulary: {situation}"),
            ("domain_model", "extend_vocab"),
            "continued pre-training updates the weights, not the tokenizer: which actions change how a word is "
            "tokenized?",
        )

    @check(points=1)
    def check_few_labels(self, student):
        """few labels call for PEFT or augmentation; many rule out augmentation"""
        demand_plans(
            student,
            situations(student, (SPLIT, WHOLE), (MUCH, NONE), (SCARCE,), (False, True)),
            mark("there are few labelled examples, but the plan contains neither PEFT nor augmentation: {situation}"),
            situations(student, (SPLIT, WHOLE), (MUCH, NONE), (PLENTY,), (False, True)),
            mark("there are plenty of labelled examples, yet the plan augments them: {situation}"),
            ("peft", "augment"),
            "fewer than 1,000 labelled examples count as few; from 5,000 on, augmentation adds little",
        )

    @check(points=1)
    def check_relations(self, student):
        """a plan has a knowledge graph only if relations matter, and only listed actions"""
        answers = plans(student, situations(student, (SPLIT, WHOLE), (MUCH,), (SCARCE, PLENTY), (False, True)))
        made_up = sorted({action for plan in answers for action in plan} - ACTIONS)
        student.note("words made up", bool(made_up))
        expect.true(
            not made_up,
            "a plan contains an action that the docstring does not list",
            actual=made_up[:5],
            hint="use only the six actions in the docstring, spelt as they are there",
            reveal=True,
        )
        combined = (SPLIT, WHOLE), (MUCH, NONE), (SCARCE, PLENTY)
        demand_plans(
            student,
            situations(student, *combined, (False, True), (True,)),
            mark("the task depends on relations, but the plan adds no knowledge of them: {situation}"),
            situations(student, *combined, (False, True), (False,)),
            mark("the plan adds knowledge of relations that the task does not need: {situation}"),
            ("knowledge",),
            "the argument needs_relations says whether relations matter; its default is False",
        )


# --- strategy_reasons ---

REASONS = ("memory", "storage", "overfitting", "data_rich", "many_tasks")


def true_reasons(s: dict[str, Any]) -> list[str]:
    """Return the true reasons, which can be calculated, in alphabetical order."""
    holds = {
        "memory": memory(s, "full", 1) > usable(s),
        "storage": storage(s, "full") > s["storage_mb"],
        "overfitting": s["n_train"] < 1000,
        "data_rich": s["n_train"] >= 5000,
        "many_tasks": s["n_tasks"] >= 5,
    }
    return sorted(name for name, is_true in holds.items() if is_true)


def reasons_given(student, situations: list[dict[str, Any]]) -> list[list[str]]:
    """Return the student's reasons in every situation, sorted."""
    with student.untraced():
        function, scenario = student.value(None, "strategy_reasons"), student.value(None, "Scenario")
        answers = student.fixtures.strategy.reasons(function, scenario, BASE, brief(situations))
    expect.true(
        isinstance(answers, list) and len(answers) == len(situations),
        "for at least one situation, there was no result, or more than one",
    )
    read: list[list[str]] = []
    for s, answer in zip(situations, answers, strict=True):
        expect.true(
            isinstance(answer, (set, list, tuple)) and all(isinstance(item, str) for item in answer),
            say("for {situation}, strategy_reasons should return a set of strings", situation=in_words(s)),
            actual=expect.shown(answer),
            reveal=True,
        )
        read.append(sorted({*answer}))
    student.note("asked", [s["gpu_gib"] * s["n_train"] for s in situations[:40]])
    student.note("reasons", read)
    return read


def demand_reasons(student, situations: list[dict[str, Any]], hints: Mapping[str, str]) -> None:
    """Require that the student's reasons are exactly the true ones in every situation."""
    for s, answer in zip(situations, reasons_given(student, situations), strict=True):
        want = true_reasons(s)
        for name in answer:
            expect.true(
                name in REASONS,
                say("{name!r} is not one of the five reasons", name=name[:40]),
                expected=", ".join(REASONS),
                reveal=True,
            )
        wrong = [name for name in REASONS if (name in want) != (name in answer)]
        if wrong:
            message = (
                say(
                    "{name!r} is given as a reason, but it is not true: {situation}",
                    name=wrong[0],
                    situation=in_words(s),
                )
                if wrong[0] in answer
                else say(
                    "{name!r} is true, but it is not given as a reason: {situation}",
                    name=wrong[0],
                    situation=in_words(s),
                )
            )
            raise Failed(
                message,
                expected=", ".join(want) or say("none"),
                actual=", ".join(answer) or say("none"),
                hint=hints.get(wrong[0], "each reason can be calculated: which number decides whether it holds?"),
                reveal=True,
            )
        if len(situations) < 9:
            expect.equal(answer, want, say("reasons for {situation}", situation=in_words(s)))


class CheckStrategyReasons:
    """Reasons that are true"""

    function = "strategy_reasons"

    @check(points=1, visible=True, substitutes=("training_memory",))
    def check_A(self, student):
        """with 100,000 examples and 16 GB, plenty of data is the only reason"""
        draw = student.draw
        situations = [
            {**BASE, **SCENARIO_A},
            some(draw, n_train=draw.integer(5000, 200_000), gpu_gib=draw.integer(16, 25)),
            some(draw, n_train=draw.integer(1000, 4999), gpu_gib=draw.integer(16, 25)),  # no reason is true
        ]
        demand_reasons(student, situations, {"data_rich": "a data set counts as rich from 5,000 examples on"})

    @check(points=2, visible=True, substitutes=("training_memory",))
    def check_B(self, student):
        """with 500 examples on 8 GB, overfitting is a reason and memory is not"""
        draw = student.draw
        needed = memory(BASE, "full", 1) / 2**30
        situations = [
            {**BASE, **SCENARIO_B},
            {**BASE, "n_train": draw.integer(100, 999), "gpu_gib": draw.integer(55, 80) / 10},
            # Memory is a reason here whether or not a tenth of it is reserved; another check tests the boundary.
            {**BASE, "n_train": draw.integer(100, 999), "gpu_gib": needed * float(draw.uniform(0.55, 0.95))},
        ]
        hint = "calculate it: how much memory does full fine-tuning of this model need with a micro-batch of 1?"
        demand_reasons(student, situations, {"memory": hint})

    @check(points=2, substitutes=("training_memory",))
    def check_C(self, student):
        """with 20 tasks and 1,000 MB, storage and the number of tasks are reasons"""
        draw = student.draw
        few = {"n_train": 2000 + draw.integer(0, 2000)}
        situations = [
            {**BASE, **SCENARIO_C, **few},
            some(draw, n_tasks=20, storage_mb=draw.integer(442, 458), **few),  # too little even for 20 adapters
            some(draw, n_tasks=draw.integer(6, 20), storage_mb=20_000.0, **few),  # many, and enough storage for all
            some(draw, n_tasks=draw.integer(3, 5), storage_mb=1000.0, **few),  # few, and not enough storage
            some(draw, n_tasks=2, storage_mb=1000.0, **few),
        ]
        demand_reasons(student, situations, {"storage": "how many full copies of the model would be stored on disk?"})

    @check(points=2, substitutes=("training_memory",))
    def check_grid(self, student):
        """in 240 situations and at every threshold, no reason is wrong and none is missing"""
        draw = student.draw
        borders = [
            {**BASE, "n_train": n_train, "n_tasks": n_tasks}
            for n_train in (999, 1000, 1001, 4999, 5000, 5001)
            for n_tasks in (4, 5, 6)
        ]
        borders.append({**BASE, "n_train": draw.integer(150, 300), "n_tasks": 3})  # fewer than 1,000 in all tasks
        for model, seq in (({}, 128), ({}, 512), (LARGE, 128)):
            s = some(draw, n_train=2000, seq=seq, **model)
            needed = memory(s, "full", 1) / 0.9 / 2**30
            borders += [{**s, "gpu_gib": needed * 0.96}, {**s, "gpu_gib": needed * 1.02}]
            # A MiB is 4.9% more than a MB.
            copies = storage({**s, "n_tasks": 3}, "full")
            borders += [{**s, "n_tasks": 3, "storage_mb": copies * share} for share in (0.98, 1.002)]
        hints = {
            "memory": "use a micro-batch of 1, since accumulation does the rest, and reserve a tenth of the GPU memory",
            "storage": "one MB is 1,000,000 bytes: how many MB do the full copies for all tasks take?",
            "overfitting": "overfitting is a reason only below 1,000 examples, not at exactly 1,000",
            "data_rich": "exactly 5,000 examples already count as rich data",
            "many_tasks": "exactly 5 tasks already count as many",
        }
        demand_reasons(student, grid(draw) + borders, hints)


# --- bonus: pareto_front ---


def front(costs: list[tuple[float, ...]]) -> list[int]:
    """Return the indices of the plans that none beats, by comparing all pairs."""
    beaten = set()
    for place, plan in enumerate(costs):
        for other in costs:
            better = sum(theirs < mine for theirs, mine in zip(other, plan, strict=True))
            worse = sum(theirs > mine for theirs, mine in zip(other, plan, strict=True))
            if better and not worse:
                beaten.add(place)
    return [place for place in range(len(costs)) if place not in beaten]


def drawn_costs(draw, n_plans: int, n_criteria: int) -> list[tuple[float, ...]]:
    """Draw plans of which many are in the front: plans with one low cost have another high one."""
    numbers = draw.normal(n_plans, n_criteria).double()
    numbers -= 0.8 * numbers.mean(dim=1, keepdim=True)
    return [tuple(round(100 + 20 * value, 3) for value in plan) for plan in numbers.tolist()]


def whole_costs(draw, n_plans: int, n_criteria: int, start: int = 0) -> list[tuple[float, ...]]:
    """Draw plans with integer costs from ``start`` on, so that many are equal in one criterion, and some in all."""
    plans = [tuple(map(float, plan)) for plan in draw.integers(start, start + 5, (n_plans, n_criteria)).tolist()]
    kept = front(plans)
    return [*plans, plans[kept[0]], plans[kept[-1]]]


def asked_front(student, costs: list[tuple[float, ...]]) -> Any:
    """Return the student's indices."""
    got = student.pareto_front(costs)
    places = got.tolist() if isinstance(got, Tensor) and got.numel() < 1000 else got
    if isinstance(places, (list, tuple)) and all(isinstance(place, int) for place in places):
        student.note("places, as one number", 1000 + sum((place + 11) ** 2 for place in places[:99]))
    return got


def demand_front(student, costs: list[tuple[float, ...]], what: str, hint: str) -> None:
    """Require that the student's indices are those of the front."""
    expect.equal(asked_front(student, costs), front(costs), what, hint=hint)


class CheckParetoFront:
    """Plans that nothing beats"""

    function = "pareto_front"

    @check(points=4, visible=True)
    def check_front(self, student):
        """the plans that no other plan beats are returned by ascending index"""
        for n_plans in (17, 32):
            demand_front(
                student,
                drawn_costs(student.draw, n_plans, 3),
                say("indices of the plans that no other plan beats, {count} plans", count=n_plans),
                "a plan is beaten if another plan is at least as good in every cost and strictly better in at "
                "least one",
            )

    @check(points=3)
    def check_ties(self, student):
        """a plan better in one cost and equal in the rest wins; equal plans both stay"""
        # The first large costs are exact in float32, too; the last ones, bytes as integers, are not.
        cases: list[list[tuple[float, ...]]] = [
            whole_costs(student.draw, n_plans, n_criteria, start)
            for n_plans, n_criteria, start in ((14, 3, 0), (21, 3, 8_000_000), (13, 2, 0), (8, 1, 0))
        ]
        self.demand_fronts(student, cases)
        large = [whole_costs(student.draw, n_plans, 3, 2_000_000_000) for n_plans in (14, 21)]
        self.demand_fronts(student, [[tuple(map(int, plan)) for plan in costs] for costs in large])

    @staticmethod
    def demand_fronts(student, cases: list[list[tuple[float, ...]]]) -> None:
        """Expect the right front for each of these lists of costs; all are asked before one is judged."""
        answers = [asked_front(student, costs) for costs in cases]
        for costs, got in zip(cases, answers, strict=True):
            expect.equal(
                got,
                front(costs),
                say(
                    "indices of the plans that no other plan beats, {count} plans with many equal costs",
                    count=len(costs),
                ),
                hint="compare (5, 400, 4) with (5, 30, 4), then two equal plans: in each pair, does one plan beat "
                "the other?",
            )

    @check(points=2)
    def check_criteria(self, student):
        """plans may have any number of costs, including just one"""
        cases = []
        for n_criteria in (1, 2, 4):
            for n_plans, little in ((12, 0.004), (9, 0.03)):
                costs = drawn_costs(student.draw, n_plans, n_criteria)
                # One plan of the front is beaten by another by very little, in every cost. Before it come three that it
                # beats, and that do not beat each other.
                nearly = costs.pop(front(costs)[0])
                three = [
                    tuple(
                        round(cost + (2 if n_criteria == 1 else (1 + i, 4 - i, 1, 1)[which]), 3)
                        for which, cost in enumerate(nearly)
                    )
                    for i in range(3)
                ]
                cases.append([*three, nearly, *costs, tuple(round(cost - little, 3) for cost in nearly)])
        answers = [asked_front(student, costs) for costs in cases]
        for costs, got in zip(cases, answers, strict=True):
            expect.equal(
                got,
                front(costs),
                say("indices of the plans that no other plan beats, {count} costs each", count=len(costs[0])),
                hint="a plan may have any number of costs: does your code assume a fixed number?",
            )

    @check(points=1, after=("front",))
    def check_pure(self, student):
        """an empty list and a single plan are handled; the caller's list is not modified"""
        expect.equal(
            student.pareto_front([]),
            [],
            "indices for an empty list of plans",
            hint="for an empty list, return an empty list",
        )
        expect.equal(
            student.pareto_front([(3.0, 1.0)]),
            [0],
            "indices for a single plan",
            hint="if there is only one plan, no other plan can beat it",
        )
        costs = drawn_costs(student.draw, 13, 3)
        expect.equal(
            student.pure("pareto_front", costs),
            front(costs),
            "indices of 13 plans",
            hint="if you sort, sort a copy",
        )
