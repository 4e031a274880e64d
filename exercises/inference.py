"""From a text to a label and a probability: one text at a time, and many at once. Lesson: `course read inference`.

Letters: B texts of a batch, T tokens of the longest of them, C classes.

A classifier of transformers takes ``input_ids`` and ``attention_mask``, both (B, T), and returns an object with
``logits``, (B, C). ``model.config.id2label`` has the names of its classes, ``model.device`` is where it lives.

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
    """Given: a tiny BERT that has learned nothing, and its tokenizer, to try your functions on without a download.

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
        text: as a person typed it; it may be empty. The tokenizer gets it as it is.
        model: a classifier of transformers, in whatever mode: dropout is off during the prediction, and no graph is
            built. Afterwards it may stay in evaluation mode, or be back in the mode in which it came. Nothing else of
            it changes, nor of the tokenizer.
        tokenizer: the one that belongs to the model.
        max_length: a text of more tokens, ``[CLS]`` and ``[SEP]`` included, is cut by the tokenizer to this many.

    Returns:
        The most likely label, by its name in ``model.config.id2label``, and its softmax probability as a number. (A
        tensor that holds one number passes the checks, with a remark.)

    >>> model, tokenizer = toy(["bad", "good"])
    >>> label, confidence = predict("a good film", model, tokenizer)
    >>> label in ("bad", "good"), 0.5 <= confidence <= 1.0
    (True, True)
    """
    # TODO: about six lines. Evaluation mode, encode and cut, forward without a graph, softmax, the largest, its name.
    raise NotImplementedError("predict")


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    """Classify many texts, ``batch_size`` of them in each forward pass.

    The model is called as seldom as possible, ``ceil(len(texts) / batch_size)`` times, and each batch is padded to its
    own longest text. (Up to the next multiple of 8 passes the checks, with a remark: some accelerators like it.) Which
    texts share a batch is your choice.

    Args:
        texts: any number of them, also none; they may be in any order, and the same text may come twice.
        model: as for ``predict``; what is promised there of mode, graph, model and tokenizer holds here too.
        tokenizer: the one that belongs to the model.
        batch_size: most texts in one forward pass, at least 1.
        max_length: as for ``predict``.

    Returns:
        What ``predict`` says of each text, in the order of ``texts``.

    >>> model, tokenizer = toy(["bad", "good"])
    >>> texts = ["a boring film !", "", "a film"]
    >>> together = predict_batch(texts, model, tokenizer, batch_size=2)
    >>> [label for label, _ in together] == [predict(text, model, tokenizer)[0] for text in texts]
    True
    """
    # TODO: about twelve lines. Slice, encode and pad together, forward, softmax over the classes, collect in order.
    raise NotImplementedError("predict_batch")


# --- bonus ---


def expected_calibration_error(confidences: Tensor, correct: Tensor, n_bins: int = 10) -> float:
    """How far confidences lie from the share of predictions that is right, on average.

    The range from 0 to 1 is cut into bins of equal width; a confidence on a border belongs to the bin below it, and 0
    to the first bin. In each bin two means are compared: of the confidences, and of what is right. The result is the
    mean of these distances, each weighted by the number of predictions in its bin; empty bins have no say.

    Args:
        confidences: (N,), from 0 to 1.
        correct: (N,), True or 1 where the prediction was right.
        n_bins: how many bins.

    Returns:
        A number from 0, perfectly calibrated, to 1.

    Raises:
        ValueError: there are no predictions.

    >>> confidences = torch.tensor([0.95, 0.85, 0.92, 0.98])
    >>> round(expected_calibration_error(confidences, torch.tensor([True, False, True, True]), n_bins=2), 3)
    0.175
    """
    # TODO: about nine lines. Bin by bin: who is inside, two means, their distance, its weight.
    raise NotImplementedError("expected_calibration_error")


def temperature_scale(logits: Tensor, labels: Tensor) -> float:
    """Find the temperature T for which softmax(logits / T) has the lowest cross-entropy.

    Args:
        logits: (N, C), of texts that the model was not trained on.
        labels: (N,), the right classes. Some of them are not the most likely one, or T would go to 0.

    Returns:
        T, to 1 %. It lies between 0.05 and 50.

    >>> logits = torch.tensor([[2.0, -2.0]] * 4)
    >>> round(temperature_scale(logits, torch.tensor([0, 0, 0, 1])), 2)
    3.64
    """
    # TODO: about ten lines. Go downhill: a grid that gets finer, an optimizer, or halving an interval.
    raise NotImplementedError("temperature_scale")
