"""Every figure of the lesson on basics, computed afresh: ``python scripts/figures_basics.py``.

Nothing is downloaded. ``BertConfig()`` describes BERT-base exactly, and on PyTorch's *meta* device a model has shapes
but no numbers, so it can be built and asked in seconds. ``tests/test_pages.py`` compares each figure with the
lesson, so neither can change alone.
"""

from __future__ import annotations

import math
import os
from typing import NamedTuple

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, BertModel

CHAPTER_LENGTHS = (12, 11, 8, 7, 13, 7)
"""The chapter's six training sentences in BERT's lower-case vocabulary, [CLS] and [SEP] included."""
LIMIT = 128
"""What the chapter pads them to."""


def numbers(module: torch.nn.Module) -> int:
    """All parameters, shared ones once."""
    return sum(parameter.numel() for parameter in module.parameters())


class Figure(NamedTuple):
    """One number of the lesson."""

    what: str
    text: str
    """As the lesson prints it."""


def figures() -> dict[str, list[Figure]]:
    """All figures; they stand in one section."""
    found: list[Figure] = []

    def add(what: str, value: float, form: str = ",") -> None:
        found.append(Figure(what, format(value, form)))

    with torch.device("meta"):
        bert = BertModel(BertConfig())
        classifier = BertForSequenceClassification(BertConfig())
        masked = BertForMaskedLM(BertConfig())
    masked.tie_weights()
    layer, embeddings = bert.encoder.layer[0], bert.embeddings

    add("BERT-base", numbers(bert))
    add("without pooler", numbers(bert) - numbers(bert.pooler))
    add("vocabulary", bert.config.vocab_size)
    add("word table", numbers(embeddings.word_embeddings))
    add("position table", numbers(embeddings.position_embeddings))
    add("segment table", numbers(embeddings.token_type_embeddings))
    add("one LayerNorm", numbers(embeddings.LayerNorm))
    add("embeddings", numbers(embeddings))
    add("one projection of the attention", numbers(layer.attention.self.query))
    add("attention of one layer, with its norm", numbers(layer.attention))
    add("feed-forward up", numbers(layer.intermediate))
    add("feed-forward down", numbers(layer.output.dense))
    add("feed-forward block of one layer, with its norm", numbers(layer.intermediate) + numbers(layer.output))
    add("one layer", numbers(layer))
    add("twelve layers", numbers(bert.encoder))
    add("pooler", numbers(bert.pooler))
    add("attention output in twelve layers", 12 * numbers(layer.attention.output.dense))
    add("classifier of two labels", numbers(classifier))
    add("head of two labels", numbers(classifier.classifier))
    add("masked language model", numbers(masked))
    in_state = sum(tensor.numel() for tensor in masked.state_dict().values())
    add("masked language model, summed over its state dict", in_state)
    add("the difference", in_state - numbers(masked))
    add("bytes of BERT-base", 4 * numbers(bert))
    add("tensors of the classifier", len(list(classifier.parameters())))

    output = bert(torch.zeros(1, 12, dtype=torch.long, device="meta"))
    found.append(Figure("last_hidden_state", str(list(output.last_hidden_state.shape))))
    found.append(Figure("pooler_output", str(list(output.pooler_output.shape))))

    for n_top in (0, 1, 2):
        add(f"top, n_top={n_top}", 1_538 + numbers(bert.pooler) + n_top * numbers(layer))

    texts, tokens = len(CHAPTER_LENGTHS), sum(CHAPTER_LENGTHS)
    add("padding when padded to 128, percent", 100 * (1 - tokens / (texts * LIMIT)), ".1f")
    add("padding in one dynamic batch, percent", 100 * (1 - tokens / (texts * max(CHAPTER_LENGTHS))), ".1f")
    add("positions, static", texts * LIMIT)
    add("positions, dynamic", texts * max(CHAPTER_LENGTHS))

    for temperature in (0.5, 1.0, 2.0):
        shares = (torch.tensor([2.0, 1.0, 0.0], dtype=torch.float64) / temperature).softmax(0).tolist()
        found.append(Figure(f"softmax([2, 1, 0] / {temperature})", "   ".join(f"{share:.3f}" for share in shares)))
    shares = torch.tensor([2.0, 1.0], dtype=torch.float64).softmax(0).tolist()
    found.append(Figure("softmax([2, 1]), top_k=2", "   ".join(f"{share:.3f}" for share in shares)))
    add("logit difference behind 0.7234", math.log(0.7234 / 0.2766), ".3f")
    found.append(Figure("transformers", ".".join(transformers.__version__.split(".")[:2])))
    return {"basics": found}


if __name__ == "__main__":
    for figure in figures()["basics"]:
        print(f"{figure.what:52s} {figure.text}")
