"""The reference of exercise-1 against independent oracles: transformers, its tokenizers and pipelines, and torch.

The grader can use the reference as a standard only because it was tested here. Every case is drawn from its own seed,
and each test counts its cases. Nothing is downloaded: tokenizers are built from a list of words, models from a
configuration.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import pytest
import torch
import transformers
from sample import thorough
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertModel,
    BertTokenizer,
    GPT2Config,
    GPT2LMHeadModel,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
)
from transformers.pipelines import TextClassificationPipeline, TokenClassificationPipeline

from grader.judge.check import load_file
from solutions import basics
from tests.oracles import draws

transformers.logging.set_verbosity_error()

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "course" / "lessons" / "en" / "basics.md"
PICTURES = ROOT / "course" / "lessons" / "pictures"
CASES = 120
CLS, SEP, PAD = 1, 2, 0


pytestmark = pytest.mark.usefixtures("one_thread")


def word_tokenizer() -> BertTokenizer:
    """Return BERT's own tokenizer with a vocabulary of whole words: w3, w4, ... have these ids."""
    special = ["[PAD]", "[CLS]", "[SEP]"]
    names = [*special, *(f"w{number}" for number in range(3, 500)), "[UNK]", "[MASK]"]
    return BertTokenizer(vocab={name: number for number, name in enumerate(names)})


def text_of(draw: random.Random, most: int) -> list[int]:
    return [draw.randrange(3, 500) for _ in range(draw.randint(1, most))]


def words(ids: list[int]) -> str:
    return " ".join(f"w{number}" for number in ids)


def tiny_config(draw: random.Random, **more: object) -> BertConfig:
    return BertConfig(
        vocab_size=draw.randint(11, 40),
        hidden_size=2 * draw.randint(2, 9),
        num_hidden_layers=draw.randint(1, 4),
        num_attention_heads=2,
        intermediate_size=draw.randint(3, 30),
        max_position_embeddings=draw.randint(8, 20),
        type_vocab_size=draw.randint(2, 5),
        **more,
    )


# --- batches and pairs ---


def test_pad_batch_agrees_with_a_tokenizer():
    tokenizer, cut = word_tokenizer(), 0
    for draw in draws(CASES):
        texts = [text_of(draw, 14) for _ in range(draw.randint(1, 6))]
        limit = draw.choice([None, draw.randint(3, 16)])
        theirs = tokenizer([words(ids) for ids in texts], padding=True, truncation=bool(limit), max_length=limit)
        ours = basics.pad_batch([[CLS, *ids, SEP] for ids in texts], PAD, limit)
        assert ours["input_ids"].tolist() == theirs["input_ids"]
        assert ours["attention_mask"].tolist() == theirs["attention_mask"]
        cut += limit is not None and max(map(len, texts)) + 2 > limit
    assert cut > CASES / 5


def test_pad_batch_fills_with_any_id_as_torch_does():
    for draw in draws(CASES):
        rows = [text_of(draw, 9) for _ in range(draw.randint(1, 6))]
        pad_id = draw.randrange(500)
        want = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], True, pad_id)
        batch = basics.pad_batch(rows, pad_id)
        assert torch.equal(batch["input_ids"], want)
        assert batch["attention_mask"].sum(1).tolist() == [len(row) for row in rows]


def test_encode_pair_agrees_with_a_tokenizer():
    tokenizer, exact, cut = word_tokenizer(), 0, 0
    for draw in draws(300):
        a, b = text_of(draw, 20), draw.choice([None, text_of(draw, 20)])
        limit = draw.randint(6, 44)
        theirs = tokenizer(
            words(a),
            None if b is None else words(b),
            truncation="longest_first",
            max_length=limit,
            return_token_type_ids=True,
        )
        ours = basics.encode_pair(a, b, CLS, SEP, limit)
        cut += len(ours["input_ids"]) == limit
        assert len(ours["input_ids"]) == len(theirs["input_ids"]) <= limit
        lengths = [(row["input_ids"].index(SEP), len(row["input_ids"])) for row in (ours, theirs)]
        assert abs(lengths[0][0] - lengths[1][0]) <= 1  # of two equally long texts, either can be truncated
        if lengths[0] == lengths[1]:
            exact += 1
            assert ours == {key: theirs[key] for key in ours}
    assert cut > 50 and 200 < exact < 300


# --- counting ---


def test_bert_param_count_agrees_with_transformers():
    for draw in draws(CASES):
        config = tiny_config(draw)
        pooler = draw.random() < 0.5
        with torch.device("meta"):
            model = BertModel(config, add_pooling_layer=pooler)
        assert model.num_parameters() == basics.bert_param_count(
            config.vocab_size,
            config.hidden_size,
            config.num_hidden_layers,
            config.intermediate_size,
            config.max_position_embeddings,
            config.type_vocab_size,
            pooler,
        )


def test_the_oracle_of_the_checks_counts_what_transformers_counts():
    path = ROOT / "grader" / "checks" / "check_basics.py"
    judge = load_file(path, "check_basics_alone")
    for draw in draws(CASES):
        config = tiny_config(draw)
        with torch.device("meta"):
            model = BertModel(config)
        shapes = judge.bert_shapes(
            config.vocab_size,
            config.hidden_size,
            config.num_hidden_layers,
            config.intermediate_size,
            config.max_position_embeddings,
            config.type_vocab_size,
            True,
        )
        assert sorted(shapes) == sorted(tuple(parameter.shape) for parameter in model.parameters())


def test_count_parameters_agrees_with_transformers():
    tied = 0
    for draw in draws(CASES):
        kind = draw.choice([BertForMaskedLM, BertForSequenceClassification, BertModel])
        model = kind(tiny_config(draw)).to(draw.choice([torch.float32, torch.float16, torch.float64]))
        for parameter in model.parameters():
            parameter.requires_grad_(draw.random() < 0.5)
        ours = basics.count_parameters(model)
        assert ours == {
            "total": model.num_parameters(),
            "trainable": model.num_parameters(only_trainable=True),
            "bytes": model.get_memory_footprint(return_buffers=False),
        }
        tied += kind is BertForMaskedLM
    assert tied > CASES / 5


# --- labels and entities ---


def small_classifier(n_labels: int) -> BertForSequenceClassification:
    config = tiny_config(random.Random(0), id2label={number: f"L{number}" for number in range(n_labels)})
    return BertForSequenceClassification(config).eval()


def test_label_scores_agrees_with_the_pipeline():
    tokenizer = word_tokenizer()
    for draw in draws(CASES):
        n_labels = draw.randint(2, 6)
        pipe = TextClassificationPipeline(model=small_classifier(n_labels), tokenizer=tokenizer, device=-1)
        logits = draw.choice([1.0, 10.0, 300.0]) * torch.randn(draw.randint(1, 5), n_labels)
        want = [pipe.postprocess({"logits": row[None]}) for row in logits]
        ours = basics.label_scores(logits, pipe.model.config.id2label)
        assert [row["label"] for row in ours] == [row["label"] for row in want]
        assert [row["score"] for row in ours] == pytest.approx([row["score"] for row in want], abs=1e-6)


def test_aggregate_simple_agrees_with_the_pipeline():
    tags = ["O", "O", "B-PER", "I-PER", "I-PER", "B-LOC", "I-LOC", "I-ORG"]
    config = tiny_config(random.Random(0), id2label=dict(enumerate(dict.fromkeys(tags))))
    model = transformers.BertForTokenClassification(config).eval()
    pipe = TokenClassificationPipeline(model=model, tokenizer=word_tokenizer(), device=-1)
    looked = 0
    for draw in draws(500):
        tokens, text = [], ""
        for index in range(draw.randint(1, 14)):
            glued = bool(index) and draw.random() < 0.4
            piece = "".join(draw.choice("abcde") for _ in range(draw.randint(1, 4)))
            text += piece if glued or not text else f" {piece}"
            tokens.append(
                {
                    "entity": draw.choice(tags),
                    "score": np.float64(draw.random()),
                    "index": index + 1,
                    "word": f"##{piece}" if glued else piece,
                    "start": len(text) - len(piece),
                    "end": len(text),
                }
            )
        theirs = [group for group in pipe.group_entities(tokens) if group["entity_group"] != "O"]
        ours = basics.aggregate_simple(tokens, text)
        for one, other in zip(ours, theirs, strict=True):
            assert [one[key] for key in ("entity_group", "start", "end")] == [
                other[key] for key in ("entity_group", "start", "end")
            ]
            assert one["score"] == pytest.approx(other["score"])
            # The library joins pieces and keeps the mark of a piece that begins an entity; we take the text.
            assert one["word"].replace(" ", "") == other["word"].replace(" ", "").replace("##", "")
            looked += 1
    assert looked > 1000


# --- decoding ---


@thorough
def test_greedy_generation_agrees_with_transformers():
    ended = 0
    for draw in draws(CASES):
        config = GPT2Config(vocab_size=draw.randint(5, 15), n_embd=8, n_layer=2, n_head=2, n_positions=40)
        config.bos_token_id = config.eos_token_id = None
        model = GPT2LMHeadModel(config).eval()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(5)  # far from flat, so that rounding decides nothing
        prompt = [draw.randrange(config.vocab_size) for _ in range(draw.randint(1, 6))]
        eos_id, new = draw.choice([None, draw.randrange(config.vocab_size)]), draw.randint(1, 12)
        with torch.no_grad():
            ours = basics.generate(lambda ids, m=model: m(ids).logits[0, -1], prompt, new, eos_id)
            row = torch.tensor([prompt])
            theirs = model.generate(
                row,
                attention_mask=torch.ones_like(row),  # otherwise ids that look like padding would be masked
                max_new_tokens=new,
                do_sample=False,
                eos_token_id=eos_id,
                pad_token_id=0,
            )
        assert ours == theirs[0].tolist()
        ended += len(ours) < len(prompt) + new
    assert ended > CASES / 10


def test_sampling_draws_from_the_distribution_of_the_warpers(monkeypatch: pytest.MonkeyPatch):
    for draw in draws(CASES):
        size = draw.randint(3, 12)
        logits, temperature = 3 * torch.randn(size), draw.uniform(0.3, 3)
        top_k = draw.choice([None, draw.randint(1, size)])
        scores = TemperatureLogitsWarper(temperature)(None, logits[None])
        if top_k:
            scores = TopKLogitsWarper(top_k)(None, scores)
        want = scores.softmax(-1)[0]

        # Each rank is given once: its probability is what multinomial was called with.
        found = torch.zeros(size)
        for rank in range(top_k or size):
            asked: list[torch.Tensor] = []

            def multinomial(weights, n, generator=None, rank=rank, asked=asked):
                asked.append(weights)
                return torch.tensor([rank])

            with monkeypatch.context() as patch:
                patch.setattr(torch, "multinomial", multinomial)
                (_, token) = basics.generate(lambda ids, z=logits: z, [0], 1, None, True, temperature, top_k)
            assert len(asked[0]) == (top_k or size)
            found[token] += asked[0][rank]
        assert torch.allclose(found, want, atol=1e-6)


def test_sampling_is_the_seed_s_affair():
    for seed, draw in enumerate(draws(CASES)):
        logits = torch.randn(draw.randint(20, 40))
        model = lambda ids, z=logits: z  # noqa: E731
        texts = [
            basics.generate(model, [1], 20, None, True, generator=torch.Generator().manual_seed(number))
            for number in (seed, seed, seed + 1)
        ]
        assert texts[0] == texts[1] != texts[2]


# --- freezing ---


def test_set_trainable_lets_gradients_reach_what_it_says():
    for draw in draws(CASES):
        model = BertForSequenceClassification(tiny_config(draw, hidden_dropout_prob=0.0))
        layers = model.config.num_hidden_layers
        for _ in range(2):  # the second call replaces the first
            mode, n_top = draw.choice(["full", "head", "top"]), draw.randint(0, layers)
            basics.set_trainable(model, mode, n_top)
        model.zero_grad(set_to_none=True)
        model(torch.arange(6).view(2, 3), labels=torch.tensor([0, 1])).loss.backward()
        reached = {name for name, parameter in model.named_parameters() if parameter.grad is not None}
        parts = {
            "full": ("",),
            "head": ("classifier.",),
            "top": ("classifier.", "bert.pooler.")
            + tuple(f"bert.encoder.layer.{layer}." for layer in range(layers - n_top, layers)),
        }[mode]
        assert reached == {name for name, _ in model.named_parameters() if name.startswith(parts)}
    with pytest.raises(ValueError, match="bottom"):
        basics.set_trainable(model, "bottom")


# --- reference, skeleton, lesson ---
