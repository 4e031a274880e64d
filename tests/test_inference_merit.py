"""Exercise 8 pays only for work that was done: cheap, careless and doubly wrong files, their points and explanations.

None of these files was made from the reference.
"""

from __future__ import annotations

import sys

import pytest
from sample import sampled

from tests.merit import grade, remarked

SLUG = "inference"


pytestmark = pytest.mark.usefixtures("one_thread")


CHEAP = {
    "nothing": "def {name}(*args, **options):\n    return None\n",
    "the first label": """
def predict(text, model, tokenizer, max_length=128):
    return model.config.id2label[0], 1.0

def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    return [predict(text, model, tokenizer) for text in texts]
""",
    "a guess": """
import random

def predict(text, model, tokenizer, max_length=128):
    return random.choice(list(model.config.id2label.values())), random.uniform(0.4, 1)

def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    return [predict(text, model, tokenizer) for text in texts]
""",
    "the length of the text": """
def predict(text, model, tokenizer, max_length=128):
    n = len(tokenizer(text, truncation=True, max_length=max_length)["input_ids"])
    return model.config.id2label[n % len(model.config.id2label)], 0.5 + 0.4 * n / 1000

def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    return [predict(text, model, tokenizer) for text in texts]
""",
    "the answer of the docstring": """
def predict(text, model, tokenizer, max_length=128):
    return "good", 0.9

def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    return [("good", 0.9)] * len(texts)
""",
}


@pytest.mark.parametrize("function", ["predict", "predict_batch"])
@pytest.mark.parametrize("kind", CHEAP)
def test_cheap_files_earn_nothing(kind, function):
    graded = grade(SLUG, function, CHEAP[kind].replace("{name}", function))
    assert graded.points == 0, graded.lost


@pytest.mark.slow  # nothing fits, so every pair is tried
@pytest.mark.parametrize("function", ["predict", "predict_batch"])
@pytest.mark.parametrize("kind", CHEAP)
def test_cheap_files_are_told_nothing_that_is_not_so(kind, function):
    graded = grade(SLUG, function, CHEAP[kind].replace("{name}", function))
    assert not graded.named - {
        "does-nothing",
        "returns-nothing",
        "same-answer",
        "softmax-over-the-batch",
        "softmax-over-the-batch-of-texts + one-text-at-a-time",
        "softmax-over-the-batch-of-texts + a-batch-for-each-length",
    }  # the first label, always: a softmax over one text gives that, and these batches have one text


def test_the_first_answer_for_ever_earns_nothing():
    source = """
_known = []

def predict(text, model, tokenizer, max_length=128, right=predict):
    if not _known:
        _known.append(right(text, model, tokenizer, max_length))
    return _known[0]
"""
    assert grade(SLUG, "predict", source).points <= 2  # the first answer comes from a model in the right mode


def test_helpers_that_are_told_what_to_say_earn_nothing(monkeypatch):
    helpers = sys.modules["grader.fixtures.inference"]
    monkeypatch.setattr(helpers, "calls", lambda model: 0)
    monkeypatch.setattr(helpers, "state", lambda model, tokenizer: {})
    monkeypatch.setattr(helpers, "in_training_mode", lambda model: False)
    monkeypatch.setattr(helpers, "asked", lambda function, texts, *rest, **options: [[("x", 0.7)] * len(texts), True])
    for function in ("predict", "predict_batch"):
        graded = grade(SLUG, function, CHEAP["the answer of the docstring"])
        assert graded.points == 0


# --- one misconception, written by another person ---

ONE = [
    (
        "predict",
        "the chapter's own function",
        {"values", "labels_from_config", "truncates"},
        "positive-or-negative",
        """
def predict(text, model, tokenizer, max_length=128):
    model.eval()
    encoding = tokenizer(text, max_length=128, padding="max_length", truncation=True, return_tensors="pt")
    with torch.no_grad():
        outputs = model(input_ids=encoding["input_ids"], attention_mask=encoding["attention_mask"])
        probabilities = torch.nn.functional.softmax(outputs.logits, dim=1)
        prediction = torch.argmax(probabilities, dim=1).item()
        confidence = probabilities[0, prediction].item()
    label = "Positive" if prediction == 1 else "Negative"
    return label, confidence
""",
    ),
    (
        "predict",
        "logits instead of probabilities",
        {"values", "own_confidence"},
        "logit-as-confidence",
        """
def predict(text, model, tokenizer, max_length=128):
    was = model.training
    model.eval()
    inputs = tokenizer([text], truncation=True, max_length=max_length, return_tensors="pt")
    with torch.inference_mode():
        out = model(**inputs)
    model.train(was)
    row = out.logits.squeeze()
    i = int(torch.argmax(row))
    return (model.config.id2label[i], float(row[i]))
""",
    ),
    (
        "predict",
        "sigmoid, as for several labels at once",
        {"values", "own_confidence"},
        "sigmoid",
        """
def predict(text, model, tokenizer, max_length=128):
    model.eval()
    with torch.no_grad():
        logits = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=max_length)).logits
    scores = torch.sigmoid(logits)[0]
    return model.config.id2label[scores.argmax().item()], scores.max().item()
""",
    ),
    (
        "predict",
        "no evaluation mode",
        {"eval_no_grad"},
        "training-mode-kept",
        """
@torch.no_grad()
def predict(text, model, tokenizer, max_length=128):
    logits = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=max_length)).logits
    p = logits.softmax(1)[0]
    return model.config.id2label[p.argmax().item()], p.max().item()
""",
    ),
    (
        "predict",
        "detached instead of no_grad",
        {"eval_no_grad"},
        "graph-built",
        """
def predict(text, model, tokenizer, max_length=128):
    model.eval()
    logits = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=max_length)).logits.detach()
    p = logits.softmax(1)[0].numpy()
    return model.config.id2label[int(p.argmax())], float(p.max())
""",
    ),
    (
        "predict",
        "no truncation",
        {"truncates"},
        "not-truncated",
        """
def predict(text, model, tokenizer, max_length=128):
    model.eval()
    with torch.no_grad():
        p = model(**tokenizer(text, return_tensors="pt")).logits.softmax(1)[0]
    return model.config.id2label[p.argmax().item()], p.max().item()
""",
    ),
    (
        "predict_batch",
        "a loop",
        {"forward_calls"},
        "one-text-at-a-time",
        """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    return [predict(text, model, tokenizer, max_length) for text in texts]
""",
    ),
    (
        "predict_batch",
        "no mask",
        {"same_as_single", "edge"},
        "mask-not-passed",
        """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    found = []
    for i in range(0, len(texts), batch_size):
        enc = tokenizer(list(texts[i:i + batch_size]), padding=True, truncation=True, max_length=max_length)
        with torch.no_grad():
            probs = torch.softmax(model(torch.tensor(enc["input_ids"])).logits, -1)
        for p in probs:
            found.append((model.config.id2label[int(p.argmax())], float(p.max())))
    return found
""",
    ),
    (
        "predict_batch",
        "sorted and left so",
        {"same_as_single", "edge"},
        "sorted-not-restored",
        """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    found = []
    ordered = sorted(texts, key=lambda t: len(tokenizer.tokenize(t)))
    while ordered:
        part, ordered = ordered[:batch_size], ordered[batch_size:]
        enc = tokenizer(part, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            probs = torch.softmax(model(**enc).logits, -1)
        for p in probs:
            found.append((model.config.id2label[int(p.argmax())], float(p.max())))
    return found
""",
    ),
    (
        "predict_batch",
        "everything tokenized before the loop",
        {"dynamic_padding"},
        "padded-to-the-longest-of-all",
        """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    if len(texts) == 0:
        return []
    enc = tokenizer(list(texts), padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    found = []
    for i in range(0, len(texts), batch_size):
        with torch.no_grad():
            probs = model(**{k: v[i:i + batch_size] for k, v in enc.items()}).logits.softmax(-1)
        found += [(model.config.id2label[p.argmax().item()], p.max().item()) for p in probs]
    return found
""",
    ),
    (
        "predict_batch",
        "an integer number of batches",
        {"forward_calls", "edge", "dynamic_padding"},
        "last-batch-dropped",
        """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    found = []
    for k in range(len(texts) // batch_size):
        part = list(texts[k * batch_size:(k + 1) * batch_size])
        enc = tokenizer(part, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            probs = model(**enc).logits.softmax(-1)
        found += [(model.config.id2label[p.argmax().item()], p.max().item()) for p in probs]
    return found
""",
    ),
]


@pytest.mark.parametrize(
    ("function", "what", "lost", "name", "source"), sampled(ONE, one_in=2), ids=[case[1] for case in ONE]
)
def test_one_mistake_costs_its_checks_and_is_named(function, what, lost, name, source):
    graded = grade(SLUG, function, source)
    assert graded.lost == lost
    assert graded.named <= {name}
    if what != "the chapter's own function":  # two misconceptions: the names, and its own limit
        assert graded.named == {name}


@pytest.mark.parametrize(
    ("length", "size", "lost", "named"),
    [
        (512, 32, {"dynamic_padding"}, {"batch-limit-of-512-by-default"}),
        (64, 32, {"dynamic_padding"}, {"batch-limit-of-64-by-default"}),
        (128, 31, {"forward_calls"}, set()),
        (128, 33, {"forward_calls"}, set()),
    ],
)
def test_another_default_is_noticed(length, size, lost, named):
    source = f"""
def predict_batch(texts, model, tokenizer, batch_size={size}, max_length={length}, right=predict_batch):
    return right(texts, model, tokenizer, batch_size, max_length)
"""
    graded = grade(SLUG, "predict_batch", source)
    assert (graded.lost, graded.named) == (lost, named)


def test_a_chapter_s_function_with_the_argument_loses_the_names_alone():
    graded = grade(SLUG, "predict", ONE[0][4].replace("max_length=128, padding", "max_length=max_length, padding"))
    assert graded.lost == {"values", "labels_from_config"} and graded.points == 4
    assert graded.named == {"positive-or-negative"}


# --- two misconceptions at once ---

TWO = {
    "training mode and a logit": (
        {"values", "own_confidence", "eval_no_grad"},
        {"training-mode-kept", "logit-as-confidence"},
        """
def predict(text, model, tokenizer, max_length=128):
    with torch.no_grad():
        logits = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=max_length)).logits[0]
    best = logits.argmax().item()
    return model.config.id2label[best], logits[best].item()
""",
    ),
    "no limit and percent": (
        {"values", "own_confidence", "truncates"},
        {"not-truncated", "percent"},
        """
def predict(text, model, tokenizer, max_length=128):
    model.eval()
    with torch.no_grad():
        p = model(**tokenizer(text, return_tensors="pt")).logits[0].softmax(0)
    return model.config.id2label[p.argmax().item()], 100 * p.max().item()
""",
    ),
}


@pytest.mark.parametrize("what", sampled(TWO, one_in=2))
def test_two_mistakes_are_not_taken_for_a_third(what):
    lost, right, source = TWO[what]
    graded = grade(SLUG, "predict", source)
    assert graded.lost == lost
    assert {name for one in graded.named for name in one.split(" + ")} <= right


BATCH_TWO = {
    "a loop in training mode": (
        {"forward_calls", "eval_no_grad"},
        {"one-text-at-a-time", "batch-training-mode"},
        """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    found = []
    was = model.training
    for text in texts:
        label, p = predict(text, model, tokenizer, max_length)
        model.train(was)
        with torch.no_grad():
            logits = model(**tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")).logits
        if was:
            label, p = model.config.id2label[logits.argmax().item()], logits.softmax(1).max().item()
        found.append((label, p))
    return found
""",
    ),
    "padded to the limit and always 32": (
        {"forward_calls", "dynamic_padding"},
        {"padded-to-max-length", "batch-size-hard-coded", "padded-to-max-length + batch-size-hard-coded"},
        """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    found = []
    for i in range(0, len(texts), 32):
        enc = tokenizer(list(texts[i:i + 32]), padding="max_length", truncation=True, max_length=max_length,
                        return_tensors="pt")
        with torch.no_grad():
            probs = model(**enc).logits.softmax(-1)
        found += [(model.config.id2label[p.argmax().item()], p.max().item()) for p in probs]
    return found
""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sampled(BATCH_TWO, one_in=2))
def test_two_mistakes_with_batches_are_not_taken_for_a_third(what):
    lost, right, source = BATCH_TWO[what]
    graded = grade(SLUG, "predict_batch", source)
    assert graded.lost == lost
    assert {name for one in graded.named for name in one.split(" + ")} <= right


# --- right, with a remark ---


def test_a_tensor_for_a_confidence_is_remarked_on():
    source = """
def predict(text, model, tokenizer, max_length=128):
    model.eval()
    with torch.no_grad():
        p = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=max_length)).logits[0].softmax(0)
    return model.config.id2label[p.argmax().item()], p.max()
"""
    graded = grade(SLUG, "predict", source)
    assert graded.points == 8
    assert any("tensor" in said for said in remarked(SLUG, "predict.values", source))


def test_multiples_of_eight_are_remarked_on():
    source = """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    found = []
    for i in range(0, len(texts), batch_size):
        enc = tokenizer(list(texts[i:i + batch_size]), padding=True, truncation=True, max_length=max_length,
                        pad_to_multiple_of=8, return_tensors="pt")
        with torch.no_grad():
            probs = model(**enc).logits.softmax(-1)
        found += [(model.config.id2label[p.argmax().item()], p.max().item()) for p in probs]
    return found
"""
    assert grade(SLUG, "predict_batch", source).points == 8
    assert any("multiples of 8" in said for said in remarked(SLUG, "predict_batch.dynamic_padding", source))


def test_forward_passes_whose_results_are_thrown_away_are_counted():
    source = """
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128, right=predict_batch):
    answers = right(texts, model, tokenizer, batch_size, max_length)
    right(texts[:1], model, tokenizer, batch_size, max_length)
    return answers
"""
    assert "forward_calls" in grade(SLUG, "predict_batch", source).lost


# --- bonus ---

BONUS_CHEAP = {
    "nothing": "    return None\n",
    "zero": "    return 0.0\n",
    "one": "    return 1.0\n",
    "the example of the docstring": "    return {example}\n",
    "not a number": "    return float('nan')\n",
}


@pytest.mark.parametrize(("function", "example"), [("expected_calibration_error", 0.175), ("temperature_scale", 3.64)])
@pytest.mark.parametrize("kind", sampled(BONUS_CHEAP, one_in=2))
def test_cheap_bonus_functions_earn_nothing(kind, function, example):
    source = f"def {function}(*args, **options):\n" + BONUS_CHEAP[kind].replace("{example}", str(example))
    graded = grade(SLUG, function, source)
    assert graded.points == 0
    assert not graded.named & {"inverse-returned", "one-bin", "signs-cancel"}


BONUS = [
    (
        "expected_calibration_error",
        {"reference", "weights", "borders"},
        {"signs-cancel", "one-bin"},
        """
def expected_calibration_error(confidences, correct, n_bins=10):
    if not len(confidences):
        raise ValueError
    return abs(float(confidences.mean()) - float(correct.float().mean()))
""",
    ),
    (
        "expected_calibration_error",
        {"borders"},
        {"lower-border-included-and-one"},
        """
def expected_calibration_error(confidences, correct, n_bins=10):
    if not len(confidences):
        raise ValueError
    bins = (confidences * n_bins).long().clamp(max=n_bins - 1)
    total = 0.0
    for b in bins.unique():
        inside = bins == b
        total += inside.sum() * (confidences[inside].double().mean() - correct[inside].double().mean()).abs()
    return float(total / len(bins))
""",
    ),
    (
        "temperature_scale",
        {"too_sure", "too_shy", "large", "right_classes"},
        {"inverse-returned"},
        """
def temperature_scale(logits, labels):
    grid = torch.logspace(-2, 2, 2000, dtype=torch.float64)
    losses = [torch.nn.functional.cross_entropy(logits.double() * t, labels) for t in grid]
    return float(grid[torch.stack(losses).argmin()])
""",
    ),
    (
        "temperature_scale",
        {"too_shy"},
        {"never-below-one"},
        """
def temperature_scale(logits, labels):
    grid = torch.logspace(0, 2, 1200, dtype=torch.float64)
    losses = [torch.nn.functional.cross_entropy(logits.double() / t, labels) for t in grid]
    return float(grid[torch.stack(losses).argmin()])
""",
    ),
]


@pytest.mark.parametrize(("function", "lost", "right", "source"), BONUS, ids=range(len(BONUS)))
def test_a_mistake_in_a_bonus_function_is_caught(function, lost, right, source):
    graded = grade(SLUG, function, source)
    assert graded.lost | {"right_classes"} == lost | {"right_classes"}  # it waits for another check
    assert graded.named <= right
