# cause: a mutable default argument keeps the sums of earlier calls
# function: perplexity
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from torch import Tensor
import torch
import torch.nn.functional as F


IGNORED = -100


@dataclass(frozen=True)
class Nll:
    """A sum of negative log-likelihoods, and how many there are."""

    total: Tensor
    count: int

    @classmethod
    def of(cls, logits: Tensor, labels: Tensor) -> Nll:
        flat, wanted = logits.flatten(0, -2), labels.flatten()
        total = F.cross_entropy(flat, wanted, ignore_index=IGNORED, reduction="sum")
        return cls(total, int(wanted.ne(IGNORED).sum()))

    @property
    def mean(self) -> Tensor:
        return self.total / max(self.count, 1)


class Corpus:
    """Collects the parts of a corpus."""

    def __init__(self, parts: list[tuple[float, int]] = []):
        self.parts = parts

    def add(self, nll: Nll) -> None:
        self.parts.append((nll.total.item(), nll.count))

    @property
    def mean(self) -> float:
        total, count = map(sum, zip(*self.parts)) if self.parts else (0.0, 0)
        if not count:
            raise ValueError("the corpus has no label")
        return total / count


def perplexity(batches: Iterable[tuple[Tensor, Tensor]]) -> float:
    """Perplexity of a model: e to the power of its mean loss over a corpus.

    It is the number of equally likely tokens that would give the same loss. The mean is over all labelled tokens of the
    corpus, not over the means or perplexities of batches: a token counts the same whether its batch is large or small.

    Args:
        batches: pairs (logits, labels) of any sizes; may be a generator, which can be read only once. The logits are
            (B, T, V) and may be huge; position t predicts the label at t. The labels are (B, T) int64, -100
            (``IGNORED``) where nothing is predicted. Some batches may have no label at all.

    Returns:
        A number of at least 1, computed in float64: finite up to a mean loss of 709, and ``inf`` far beyond that, where
        float64 overflows. A hopeless model is not an error.

    Raises:
        ValueError: there is no label in the whole corpus.

    >>> knows_nothing = torch.zeros(2, 3, 50)
    >>> labels = torch.tensor([[1, 2, -100], [3, -100, -100]])
    >>> round(float(perplexity([(knows_nothing, labels)])), 3)
    50.0
    """
    corpus = Corpus()
    for logits, labels in batches:
        corpus.add(Nll.of(logits.double(), labels))
    return torch.tensor(corpus.mean, dtype=torch.float64).exp().item()
