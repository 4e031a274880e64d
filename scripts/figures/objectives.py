"""The figures of the lesson on pre-training objectives: ``course figures objectives``.

The models are small ones from transformers with random weights, which is enough for structural questions (which
positions have a loss, who sees whom). Results that depend on random weights: torch 2.13 and transformers 5.23.

Dimensions: B texts, T positions, V size of the vocabulary.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import BertConfig, BertForMaskedLM, BertModel, DataCollatorForLanguageModeling, GPT2Config, GPT2Model

from scripts.figures.figure import Figure, percent
from solutions import objectives

V, CLS, SEP, MASK = 30_522, 101, 102, 103
"""Vocabulary size and special ids of bert-base-uncased."""
SMALL_V = 97
"""Vocabulary size of the small models; their weights are as in new transformers models: normal, std 0.02."""
N_TEXTS, T = 2000, 25
"""Number and length of the texts: 23 ordinary tokens between [CLS] and [SEP]."""


class Vocabulary:
    """The part of a tokenizer that the collator of transformers uses."""

    mask_token = "[MASK]"

    def __init__(self, mask_id: int = MASK, size: int = V) -> None:
        """Store the two numbers."""
        self.mask_id, self.size = mask_id, size

    def convert_tokens_to_ids(self, token: str) -> int:
        """Return the id of [MASK]."""
        return self.mask_id

    def __len__(self) -> int:
        return self.size


def texts(n: int = N_TEXTS) -> tuple[Tensor, Tensor]:
    """Return (n, T) random ids between [CLS] and [SEP], and the mask of these two."""
    ids = torch.randint(1000, V, (n, T), generator=torch.Generator().manual_seed(0))
    ids[:, 0], ids[:, -1] = CLS, SEP
    special = torch.zeros_like(ids, dtype=torch.bool)
    special[:, [0, -1]] = True
    return ids, special


def collate(ids: Tensor, special: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """Return the texts after the collator of transformers."""
    collator = DataCollatorForLanguageModeling(tokenizer=Vocabulary(), mlm=True, mlm_probability=0.15)
    collator.generator = torch.Generator().manual_seed(seed)
    return collator.torch_mask_tokens(ids.clone(), special)


def shares(ids: Tensor, special: Tensor, corrupted: Tensor, labels: Tensor) -> SimpleNamespace:
    """Return the shares of tokens by what happened to them."""
    selected = labels != objectives.IGNORED
    masked, kept = selected & (corrupted == MASK), selected & (corrupted == ids)
    n = selected.sum()
    return SimpleNamespace(
        selected=n / (~special).sum(),
        of_all=n / ids.numel(),
        masked=masked.sum() / n,
        random=(selected & ~masked & ~kept).sum() / n,
        kept=kept.sum() / n,
        silent=(~selected.any(1)).float().mean(),
    )


def masking() -> list[Figure]:
    """Masking: 15% selected, 12% masked."""
    ids, special = texts()
    rows = []
    for who, made in (
        ("transformers", collate(ids, special, seed=0)),
        ("the reference", objectives.mask_tokens(ids, special, MASK, V, generator=torch.Generator().manual_seed(0))),
    ):
        found = shares(ids, special, *made)
        rows += [
            Figure(f"{who}: selected, of the ordinary tokens", percent(found.selected)),
            Figure("  of all tokens", percent(found.of_all)),
            Figure("  [MASK], of the selected", percent(found.masked)),
            Figure("  random", percent(found.random)),
            Figure("  kept", percent(found.kept)),
            Figure("  texts without a label", percent(found.silent, digits=2)),
        ]
    rows += [
        Figure("texts without a label, expected", percent(0.85**23, digits=2), "0.85 ** 23"),
        Figure("positions with a loss, MLM", f"{23 * 0.15:.2f} of 25", "23 · 0.15"),
        Figure("  in percent", percent(23 * 0.15, 25), "arithmetic"),
        Figure("positions with a loss, CLM", "24 of 25", "n - 1"),
        Figure("  in percent", percent(24, 25, digits=0), "arithmetic"),
        Figure("  CLM over MLM", f"{24 / (23 * 0.15):.1f} times", "arithmetic"),
    ]
    return rows


def small(kind: type[nn.Module], seed: int = 0) -> nn.Module:
    """Build a small BERT or GPT-2 with random weights, in evaluation mode."""
    torch.manual_seed(seed)
    if kind is GPT2Model:
        config = GPT2Config(
            vocab_size=SMALL_V, n_embd=48, n_layer=3, n_head=4, n_positions=128, bos_token_id=0, eos_token_id=0
        )
    else:
        config = BertConfig(
            vocab_size=SMALL_V,
            hidden_size=48,
            num_hidden_layers=3,
            num_attention_heads=4,
            intermediate_size=96,
            max_position_embeddings=128,
        )
    return kind(config).eval()


@torch.no_grad()
def losses() -> list[Figure]:
    """Losses: sum, mean, NaN, and the shift."""
    model = small(BertForMaskedLM)
    ids = torch.randint(5, SMALL_V, (2, 12), generator=torch.Generator().manual_seed(1))
    labels = ids.clone()
    labels[torch.rand(ids.shape, generator=torch.Generator().manual_seed(2)) > 0.2] = objectives.IGNORED
    n = int((labels != objectives.IGNORED).sum())
    theirs = model(input_ids=ids, labels=labels)
    none = model(input_ids=ids, labels=torch.full_like(ids, objectives.IGNORED)).loss
    ours = objectives.mlm_loss(theirs.logits, labels)
    shifted = objectives.clm_loss(theirs.logits, ids)
    unshifted = F.cross_entropy(theirs.logits.flatten(0, 1), ids.flatten())
    return [
        Figure("ln 30,522", f"{math.log(V):.2f}", "arithmetic"),
        Figure("ln 97, what the small models know", f"{math.log(SMALL_V):.2f}", "arithmetic"),
        Figure("labels in the small batch", f"{n} labels"),
        Figure("MLM loss of transformers", f"{theirs.loss:.4f}", "BertForMaskedLM"),
        Figure("  of the reference", f"{ours:.4f}", "mlm_loss"),
        Figure("  summed, as in the chapter's formula", f"{n * ours:.3f}", "mlm_loss times labels"),
        Figure("  of transformers, without any label", f"{none:.0f}", "BertForMaskedLM"),
        Figure("next-token loss of the same logits, shifted", f"{shifted:.4f}", "clm_loss"),
        Figure("  not shifted", f"{unshifted:.4f}", "cross_entropy"),
    ]


@torch.no_grad()
def sight() -> list[Figure]:
    """Positions that see the last token, and positions that see padding."""
    ids = torch.randint(5, SMALL_V, (1, 12), generator=torch.Generator().manual_seed(3))
    other = ids.clone()
    other[0, -1] = 5 + (ids[0, -1] - 4) % 92
    rows = []
    for name, kind in (("BERT", BertModel), ("GPT-2", GPT2Model)):
        model = small(kind)
        one, two = (model(input_ids=each).last_hidden_state for each in (ids, other))
        moved = (one - two)[0, :-1].abs().max()
        text = "exactly 0" if moved == 0 else f"{moved:.3f}"
        rows.append(Figure(f"{name}: earlier states move, new last token, by", text, "small random model"))
    model = small(BertForMaskedLM)
    padded = F.pad(ids, (0, 116))
    mask = (torch.arange(128) < 12).long()[None]
    alone = model(input_ids=ids).logits
    without, with_mask = model(input_ids=padded).logits, model(input_ids=padded, attention_mask=mask).logits
    rows += [
        Figure(
            "BERT: logits move, padded to 128, without mask", f"{(without[:, :12] - alone).abs().max():.3f}", "small"
        ),
        Figure("  with the mask, less than 1e-5", str(bool((with_mask[:, :12] - alone).abs().max() < 1e-5)), "small"),
    ]
    return rows


def perplexities() -> list[Figure]:
    """Two batches: one label with probability 1/4, and three with 1/2."""
    batches = [[math.log(4)], [math.log(2)] * 3]
    means = [sum(losses) / len(losses) for losses in batches]
    rows = {
        "all losses averaged": math.exp(sum(map(sum, batches)) / sum(map(len, batches))),
        "the batches' means averaged": math.exp(sum(means) / len(means)),
        "the batches' perplexities averaged": sum(map(math.exp, means)) / len(means),
    }
    budget = Figure(
        "budget of the example", f"{5} ordinary tokens, p = {0.6}: a budget of {round(0.6 * 5)}", "arithmetic"
    )
    return [*(Figure(f"perplexity, {what}", f"{number:.3f}", "arithmetic") for what, number in rows.items()), budget]


SECTIONS = (masking, losses, sight, perplexities)
