"""From a text to a label and a probability: one text at a time, and many at once. Lesson: `course read inference`.

Dimensions: B texts in a batch, T tokens in the longest of them, C classes.

A classifier of transformers takes ``input_ids`` and ``attention_mask``, both (B, T), and returns an object with
``logits``, (B, C). ``model.config.id2label`` maps class indices to names; ``model.device`` is the device it is on.

Sources:
    the model and its tokenizer   https://huggingface.co/docs/transformers/main_classes/pipelines
    padding and truncation        https://huggingface.co/docs/transformers/pad_truncation
    confidence is not calibrated  Guo et al. 2017, https://arxiv.org/abs/1706.04599
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import BertConfig, BertForSequenceClassification, BertTokenizer


def toy(labels: Sequence[str] = ("bad", "good")) -> tuple[BertForSequenceClassification, BertTokenizer]:
    """Given: a tiny untrained BERT and its tokenizer, to try your functions without a download.

    >>> model, tokenizer = toy()
    >>> tokenizer("a boring film")["input_ids"]
    [2, 4, 8, 9, 5, 3]
    """
    words = "[PAD] [UNK] [CLS] [SEP] a film , good bor ##ing !".split()
    torch.manual_seed(0)
    shape = dict.fromkeys(("num_hidden_layers", "num_attention_heads"), 2) | {"hidden_size": 8, "intermediate_size": 16}
    config = BertConfig(vocab_size=len(words), id2label=dict(enumerate(labels)), initializer_range=1.0, **shape)
    return BertForSequenceClassification(config), BertTokenizer(vocab={word: i for i, word in enumerate(words)})


def predict(text: str, model: Any, tokenizer: Any, max_length: int = 128) -> tuple[str, float]:
    """Classify one text.

    Args:
        text: as typed by a person; may be empty. It goes to the tokenizer unchanged.
        model: a classifier of transformers, in training or evaluation mode. During the prediction, dropout is off and
            no autograd graph is built. Afterwards, autograd is on or off as it was before, and the model may be in
            evaluation mode or in the mode it was in before. Nothing else about the model or the tokenizer changes.
        tokenizer: the one that belongs to the model.
        max_length: the tokenizer truncates longer texts to this many tokens, including ``[CLS]`` and ``[SEP]``.

    Returns:
        The name of the most likely class in ``model.config.id2label``, and its softmax probability as a number. (A
        tensor with one element is accepted with a remark.)

    >>> model, tokenizer = toy(["bad", "good"])
    >>> label, confidence = predict("a good film", model, tokenizer)
    >>> label in ("bad", "good"), 0.5 <= confidence <= 1.0
    (True, True)
    """
    model.eval()  # no dropout
    encoded = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
    with torch.no_grad():
        logits = model(**encoded.to(model.device)).logits[0]  # (C,)
    probability, index = logits.softmax(dim=-1).max(dim=-1)
    return model.config.id2label[index.item()], probability.item()


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    """Classify many texts, ``batch_size`` per forward pass.

    The model is called at most ``ceil(len(texts) / batch_size)`` times, and each batch is padded to its own longest
    text. (Padding to the next multiple of 8 is accepted with a remark: it is faster on some accelerators.) Which
    texts share a batch is your choice.

    Args:
        texts: any number of texts, possibly none, in any order; the same text may occur twice. Not modified.
        model: as for ``predict``; what is said there about mode, graph, model and tokenizer holds here, too.
        tokenizer: the one that belongs to the model.
        batch_size: maximum number of texts in one forward pass, at least 1.
        max_length: as for ``predict``.

    Returns:
        What ``predict`` returns for each text, in the order of ``texts``.

    >>> model, tokenizer = toy(["bad", "good"])
    >>> texts = ["a boring film !", "", "a film"]
    >>> together = predict_batch(texts, model, tokenizer, batch_size=2)
    >>> [label for label, _ in together] == [predict(text, model, tokenizer)[0] for text in texts]
    True
    """
    model.eval()
    answers: list[tuple[str, float]] = []
    for start in range(0, len(texts), batch_size):
        batch = tokenizer(
            list(texts[start : start + batch_size]),
            padding=True,  # to the longest text in this batch
            truncation=True,
            max_length=max_length,
            return_tensors="pt",
        )
        with torch.no_grad():
            scores = model(**batch.to(model.device)).logits  # (B, C)
        best, indices = scores.softmax(dim=-1).max(dim=-1)
        names = [model.config.id2label[index] for index in indices.tolist()]
        answers.extend(zip(names, best.tolist(), strict=True))
    return answers


# --- bonus ---


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    """Average gap between confidence and accuracy.

    The range from 0 to 1 is divided into bins of equal width; a confidence on a bin edge belongs to the bin below it,
    and 0 to the first bin. The gap of a bin is the distance between its mean confidence and its accuracy. The result is
    the mean of these gaps, each weighted by the number of predictions in its bin; empty bins do not count.

    Args:
        confidences: (N,), from 0 to 1. Not modified.
        correct: (N,), True or 1 where the prediction was correct. Not modified.
        n_bins: number of bins.

    Returns:
        A number from 0 (perfectly calibrated) to 1.

    Raises:
        ValueError: there are no predictions. (Another type of error is accepted with a remark.)

    >>> confidences = torch.tensor([0.95, 0.85, 0.92, 0.98])
    >>> round(expected_calibration_error(confidences, torch.tensor([True, False, True, True]), n_bins=2), 3)
    0.175
    """
    if len(confidences) == 0:
        raise ValueError("no predictions, no calibration error")
    total = 0.0
    for place in range(n_bins):
        above = confidences > place / n_bins if place else confidences >= 0
        inside = above & (confidences <= (place + 1) / n_bins)
        if inside.any():
            gap = confidences[inside].double().mean() - correct[inside].double().mean()
            total += inside.sum().item() * gap.abs().item()
    return total / len(confidences)


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    """Find the temperature T for which softmax(logits / T) has the lowest cross-entropy.

    Args:
        logits: (N, C), for texts that the model was not trained on. Not modified.
        labels: (N,), the correct classes. For some texts, the correct class is not the most likely one; otherwise, T
            would go to 0.

    Returns:
        T, accurate to within 1%. It lies between 0.05 and 50.

    >>> logits = torch.tensor([[2.0, -2.0]] * 4)
    >>> round(temperature_scale(logits, torch.tensor([0, 0, 0, 1])), 2)
    3.64
    """
    scores = logits.detach().double()
    right = scores.gather(1, labels.long()[:, None]).mean()
    low, high = 0.01, 100.0  # bounds of 1 / T
    for _ in range(60):
        beta = (low * high) ** 0.5
        expected = ((beta * scores).softmax(dim=-1) * scores).sum(dim=-1).mean()
        if expected < right:  # not confident enough
            low = beta
        else:
            high = beta
    return 1 / beta
