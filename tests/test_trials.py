"""A change of the input that makes a wrong answer right is reported, and no other change is."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

import pytest
from grading import Host

from course import syllabus
from grader import wire
from grader.judge import diagnose, relations, trials
from grader.judge.proxy import LocalTransport
from grader.judge.variations import variations
from tests.merit import specs_of

SEED = 3
SLUGS = [exercise.slug for exercise in syllabus.load() if not exercise.planned]


def told(slug: str, check_id: str, source: str) -> str | None:
    """Return the message about a check that fails with this source in place of the reference's function."""
    module = diagnose.reference_copy(slug)
    exec(compile(source, "<wrong>", "exec"), module.__dict__)
    (spec,) = (one for one in specs_of(slug) if one.id == check_id)
    seen = diagnose.observe(spec, module, SEED)
    assert seen.status == "failed"
    expected = diagnose.observe(spec, diagnose.reference_module(slug), SEED).exchanged
    found = trials.diagnosis(seen, expected, slug, SEED, LocalTransport(module).ask)
    assert found is None or (found.kind, found.id) == ("relation", trials.DEPENDS)
    return None if found is None else found.text


DEPENDING = {
    "a mask": (
        "heads",
        "mean_pool.any_mask_dtype",
        "def mean_pool(hidden, mask):\n    return hidden.mean(1)\n",
        "every entry of `mask` is 1",
    ),
    "the order of a dictionary": (
        "basics",
        "label_scores.labels",
        "def label_scores(logits, id2label):\n"
        "    best = torch.softmax(logits.double(), -1).max(-1)\n"
        "    names = list(id2label.values())\n"
        "    return [{'label': names[i], 'score': p} for i, p in zip(best.indices.tolist(), best.values.tolist())]\n",
        "the keys of `id2label` are in ascending order",
    ),
    "what occurs twice": (
        "strategy",
        "pareto_front.ties",
        "def pareto_front(costs):\n"
        "    return [i for i, mine in enumerate(costs) if not any(\n"
        "        all(a <= b for a, b in zip(other, mine)) for j, other in enumerate(costs) if i != j)]\n",
        "no item of `costs` occurs twice",
    ),
    "one argument, through a helper": (
        "optimization",
        "warmup_cosine.floor",
        "import math\n"
        "def warmup_cosine(step, warmup_steps, total_steps, floor=0.0):\n"
        "    if step < warmup_steps:\n        return step / int(warmup_steps)\n"
        "    part = min(1.0, (step - int(warmup_steps)) / max(1, total_steps - int(warmup_steps)))\n"
        "    return max(floor, 0.5 * (1 + math.cos(math.pi * part)))\n",
        "`floor` is left out (the default is 0.0)",
    ),
    "a special number": (
        "objectives",
        "mlm_loss.value",
        "def mlm_loss(logits, labels):\n"
        "    chosen = labels > 0\n"
        "    return torch.nn.functional.cross_entropy(logits[chosen], labels[chosen])\n",
        "`labels` contains no 0",
    ),
}


@pytest.mark.parametrize("what", DEPENDING)
def test_the_change_that_makes_the_answer_right_is_told(what: str) -> None:
    slug, check_id, source, change = DEPENDING[what]
    text = told(slug, check_id, source)
    assert text is not None
    assert text.startswith(f"Your result is right if one thing about the input of this check is different: {change}")


SILENT = {
    "wrong for every input": (
        "heads",
        "mean_pool.any_mask_dtype",
        "def mean_pool(hidden, mask):\n    return hidden.sum(1) + 7.5\n",
    ),
    "an answer that is drawn": (
        "heads",
        "mean_pool.any_mask_dtype",
        "def mean_pool(hidden, mask):\n    return hidden.mean(1) + torch.rand(()) * (mask == 0).any()\n",
    ),
    "a property that many answers have": (
        "evaluation",
        "group_folds.sizes",
        "def group_folds(texts, k, seed=0):\n    return [0] * (len(texts) - k) + list(range(k))\n",
    ),
}


@pytest.mark.parametrize("what", SILENT)
def test_nothing_is_told_without_such_a_change(what: str) -> None:
    slug, check_id, source = SILENT[what]
    assert told(slug, check_id, source) is None


def test_items_are_shown_of_visible_checks_only() -> None:
    inputs = {"tags": ["B-X", "secret"]}
    assert any("secret" in one.change for one in variations(inputs, {}, visible=True))
    assert not any("secret" in one.change for one in variations(inputs, {}, visible=False))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_calls_of_all_checks_can_be_varied(slug: str) -> None:
    warnings.simplefilter("ignore")
    made = 0
    for spec in specs_of(slug):
        exchanged = diagnose.observe(spec, diagnose.reference_module(slug), SEED).exchanged
        requests = [trials.Decoded.read(frame) for frame, _ in exchanged]
        plain = [request for request in requests if request.calls and request.is_plain]
        for request in plain[:3]:
            case = trials.Case([requests[0], request], LocalTransport(diagnose.reference_module(slug)), lambda _: b"")
            names, inputs, defaults = case.named(request)
            for variation in variations(inputs, defaults, spec.visible):
                assert variation.change
                with contextlib.suppress(wire.WireError):
                    made += request.with_inputs(names, variation.inputs) != request.frame
    assert made > 50 or slug == "training"  # all its functions take a model


ODD = """
import torch

def confusion(y_true, y_pred, n_classes=2):
    matrix = torch.zeros(n_classes, n_classes, dtype=torch.long)
    pairs = [(int(one), int(other)) for one, other in zip(y_true, y_pred)]
    for one, other in pairs:
        matrix[one, other] += 1
    if pairs.count(pairs[0]) > 1:
        matrix[0, 1] += 7
    return matrix
"""
ALONE = "    if len(pairs) == 1:\n        "
OTHERWISE = {
    "does not return": "while True:\n            pass",
    "returns four million numbers": "return torch.zeros(2**22)",
    "returns many small things": "return {i: dict.fromkeys(range(99), 'x') for i in range(300)}",
    "returns what hardly compares": "return [torch.zeros(2).cfloat(), {1, '2'}, float('nan')]",
    "ends the process": "os._exit(3)",
}


def test_a_grading_tells_it(host: Host, tmp_path: Path) -> None:
    (tmp_path / "evaluation.py").write_text(ODD, encoding="utf-8")
    graded = host.grade(tmp_path / "evaluation.py", exercise="evaluation", only=["confusion"])
    explanations = [item["explanation"] for item in graded.checks.values() if item["explanation"]]
    assert trials.DEPENDS in {one["id"] for one in explanations}
    assert relations.TITLES[trials.DEPENDS] in {one["title"] for one in explanations}


@pytest.mark.parametrize("what", OTHERWISE)
def test_what_a_function_does_in_a_trial_costs_nothing(host: Host, tmp_path: Path, what: str) -> None:
    file, graded = tmp_path / "evaluation.py", []
    for source in (ODD, ODD.replace("    return matrix", f"{ALONE}{OTHERWISE[what]}\n    return matrix")):
        file.write_text(f"import os\n{source}", encoding="utf-8")
        graded.append(host.grade(file, exercise="evaluation", only=["confusion"], seed=SEED))
    usual, other = ({name: item["status"] for name, item in one.checks.items()} for one in graded)
    assert (usual, graded[0].result["notes"]) == (other, graded[1].result["notes"])
