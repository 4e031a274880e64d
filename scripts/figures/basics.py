"""The figures of the lesson on basics: ``course figures basics``."""

from __future__ import annotations

import math

import torch
import transformers
from transformers import BertConfig, BertForMaskedLM

from scripts.figures.figure import Figure, percent
from scripts.figures.models import bert, n_parameters
from scripts.figures.sources import PADDED_TO, TOKEN_COUNTS


def parameters() -> list[Figure]:
    """Parameters of BERT-base."""
    classifier = bert()
    with torch.device("meta"):
        masked = BertForMaskedLM(BertConfig())
    masked.tie_weights()
    body = classifier.bert
    layer, embeddings = body.encoder.layer[0], body.embeddings
    whole, in_state = n_parameters(masked), sum(tensor.numel() for tensor in masked.state_dict().values())
    counts = {
        "BERT-base": n_parameters(body),
        "without pooler": n_parameters(body) - n_parameters(body.pooler),
        "vocabulary": body.config.vocab_size,
        "word table": n_parameters(embeddings.word_embeddings),
        "position table": n_parameters(embeddings.position_embeddings),
        "segment table": n_parameters(embeddings.token_type_embeddings),
        "one LayerNorm": n_parameters(embeddings.LayerNorm),
        "embeddings": n_parameters(embeddings),
        "one projection of the attention": n_parameters(layer.attention.self.query),
        "attention of one layer, with its norm": n_parameters(layer.attention),
        "feed-forward up": n_parameters(layer.intermediate),
        "feed-forward down": n_parameters(layer.output.dense),
        "feed-forward block of one layer, with its norm": n_parameters(layer.intermediate, layer.output),
        "one layer": n_parameters(layer),
        "twelve layers": n_parameters(body.encoder),
        "pooler": n_parameters(body.pooler),
        "attention output in twelve layers": 12 * n_parameters(layer.attention.output.dense),
        "classifier of two labels": n_parameters(classifier),
        "head of two labels": n_parameters(classifier.classifier),
        "masked language model": whole,
        "masked language model, summed over its state dict": in_state,
        "the difference": in_state - whole,
        "bytes of BERT-base": 4 * n_parameters(body),
        "tensors of the classifier": len(list(classifier.parameters())),
    }
    tops = {
        f"top, n_top={n_top}": n_parameters(classifier.classifier, body.pooler) + n_top * n_parameters(layer)
        for n_top in (0, 1, 2)
    }
    return [Figure(what, f"{number:,}") for what, number in (counts | tops).items()]


def shapes() -> list[Figure]:
    """Shapes of BERT-base's outputs for twelve tokens."""
    output = bert().bert(torch.zeros(1, 12, dtype=torch.long, device="meta"))
    return [
        Figure("last_hidden_state", str(list(output.last_hidden_state.shape))),
        Figure("pooler_output", str(list(output.pooler_output.shape))),
    ]


def padding() -> list[Figure]:
    """Padding of the chapter's six sentences."""
    tokens, texts = sum(TOKEN_COUNTS), len(TOKEN_COUNTS)
    static, dynamic = texts * PADDED_TO, texts * max(TOKEN_COUNTS)
    return [
        Figure(f"padding when padded to {PADDED_TO}", percent(static - tokens, static)),
        Figure("padding in one dynamic batch", percent(dynamic - tokens, dynamic)),
        Figure("positions, static", f"{static:,}"),
        Figure("positions, dynamic", f"{dynamic:,}"),
    ]


def labels() -> list[Figure]:
    """Softmax of a few logits."""

    def softmax(*logits: float) -> str:
        return "   ".join(f"{share:.3f}" for share in torch.tensor(logits, dtype=torch.float64).softmax(0).tolist())

    return [
        *(Figure(f"softmax([2, 1, 0] / {t})", softmax(2 / t, 1 / t, 0)) for t in (0.5, 1.0, 2.0)),
        Figure("softmax([2, 1]), top_k=2", softmax(2, 1)),
        Figure("logit difference behind 0.7234", f"{math.log(0.7234 / (1 - 0.7234)):.3f}"),
    ]


def top_p() -> list[Figure]:
    """Probabilities and their sums, from the most likely token downwards."""
    shares = torch.tensor([2.0, 1.0, 0.0, -1.0], dtype=torch.float64).softmax(0)
    sure = torch.tensor([8.0, 1.0, 0.0, -1.0], dtype=torch.float64).softmax(0)
    rows = zip("abcd", shares.tolist(), shares.cumsum(0).tolist(), strict=True)
    return [
        *(
            Figure(f"token {name} of softmax([2, 1, 0, -1])", f"{share:.3f} | {total:.3f}")
            for name, share, total in rows
        ),
        Figure("first of softmax([8, 1, 0, -1])", f"{float(sure[0]):.3f}"),
        Figure("mean score of two words", f"(0.9 + 0.8) / 2 = {(0.9 + 0.8) / 2:.2f}"),
    ]


def version() -> list[Figure]:
    """The version of transformers used for the lesson."""
    return [Figure("transformers", ".".join(transformers.__version__.split(".")[:2]))]


SECTIONS = (parameters, shapes, padding, labels, top_p, version)
