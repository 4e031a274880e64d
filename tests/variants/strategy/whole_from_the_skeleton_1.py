"""The whole exercise by somebody who read nothing but the skeleton, in an unusual way; the first of three."""

# ruff: noqa: F821 - what the skeleton gives stands in the reference

import itertools
import operator
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

import torch
from torch import Tensor


class NothingFits(ValueError):
    pass


def training_memory(
    n_total: int, n_train: int, batch: int, seq: int, hidden: int, layers: int, heads: int, act_per_token: int = 66
) -> dict[str, float]:
    per_layer = act_per_token and act_per_token * (batch * seq * hidden) + 9 * (batch * heads * (seq * seq))
    names = ("activations", "optimizer", "grads", "weights")
    sizes = [per_layer * layers, n_train << 3, n_train << 2, n_total << 2]
    *_, total = itertools.accumulate(sizes)
    return dict([("total", total), *zip(names, sizes, strict=True)])


def choose_objective(output: str, has_source: bool) -> str:
    if output not in ("label", "token_labels", "span", "free_text"):
        raise NothingFits(output)
    return ("mlm", ("clm", "seq2seq")[bool(has_source)])[output == "free_text"]


def choose_strategy(s: Scenario) -> Plan:
    scarce = s.n_train < 1000
    order = [m for m in METHODS if n_trained(s, m) <= s.n_params or m == "head" or scarce]
    if scarce:
        order.remove("full")
    possible = (m for m in order if fits(s=s, method=m, batch=1) and ok_store(s=s, method=m))
    method = next(possible, None)
    if method is None:
        raise NothingFits("no allowed method fits")
    epochs = 5
    while epochs > 1 and epochs * (s.n_train / s.examples_per_s) > s.hours * 3600:
        epochs -= 1
    return Plan(method, 1, s.target_batch, epochs, True, scarce, "one at a time")


def recommend_hparams(method: str, n_train: int, per_step_batch: int, target_batch: int = 32) -> dict[str, object]:
    lr = dict(full=1e-05, lora=0.0001, head=0.0001)[method]
    accum, micro_batch = (target_batch, 1)
    epochs = 2
    per_epoch = max(1, n_train // accum)
    total = sum(itertools.repeat(per_epoch, epochs))
    warmup = -(-total // 20)
    if 20 * warmup > 3 * total:
        warmup = round(Fraction(total, 10))
    return {
        "decay_exclude": frozenset({".bias", "LayerNorm."}),
        "weight_decay": 0.01,
        "warmup_steps": warmup,
        "total_steps": total,
        "epochs": epochs,
        "accum": accum,
        "micro_batch": micro_batch,
        "lr": lr,
        "schedule": "linear",
    }


def fragmentation(words: list[str], tokenize: Callable[[str], list[str]], unk: str = "[UNK]") -> dict[str, float]:
    counts = Counter(words)
    sums = [0, 0, 0]
    for word, times in counts.items():
        parts = tokenize(word)
        for slot, value in enumerate((len(parts), len(parts) > 1, operator.countOf(parts, unk) > 0)):
            sums[slot] += times * value
    n_words = max(1, sum(counts.values()))
    means = (float(Fraction(value, n_words)) for value in sums)
    return dict(zip(("pieces_per_word", "split_rate", "unk_rate"), means, strict=True))


@torch.no_grad()
def extend_embedding(weight: Tensor, pieces: list[list[int]]) -> Tensor:
    n_old, width = weight.shape
    owner = torch.tensor([i for i, ids in enumerate(pieces) for _ in ids], dtype=torch.long, device=weight.device)
    flat = torch.tensor([j for ids in pieces for j in ids], dtype=torch.long, device=weight.device)
    exact = weight.detach().to(torch.float64)
    total = exact.new_zeros(len(pieces), width).index_add_(0, owner, exact.index_select(0, flat))
    size = exact.new_tensor([len(ids) for ids in pieces]).reshape(-1, 1)
    result = torch.full((n_old + len(pieces), width), float("nan"), dtype=weight.dtype, device=weight.device)
    result.narrow(0, n_old, len(pieces)).copy_(total / size)
    result.narrow(0, 0, n_old).copy_(weight.detach())
    return result


def chunk_for_mlm(docs: list[list[int]], block: int, cls_id: int, sep_id: int) -> list[list[int]]:
    stream = itertools.chain.from_iterable(itertools.chain(doc, (sep_id,)) for doc in docs)
    blocks = []
    while piece := list(itertools.islice(stream, block - 2)):
        if len(piece) == block - 2 or len(piece) * 2 > block:
            blocks.append([cls_id, *piece, sep_id])
    return blocks


def domain_plan(
    pieces_per_word: float, n_unlabeled: int, n_labeled: int, domain_model: bool, needs_relations: bool = False
) -> set[str]:
    actions = []
    if n_labeled < 1000:
        actions.append("augment")
    if needs_relations:
        actions.append("knowledge")
    if domain_model:
        return tuple(["domain_model", *actions])
    if n_unlabeled >= 10000:
        actions.append("dapt")
    if n_unlabeled > 0 and (not pieces_per_word < 2):
        actions.append("extend_vocab")
    return tuple(actions)


def strategy_reasons(s: Scenario) -> set[str]:
    true = []
    if s.n_tasks > 4:
        true.append("many_tasks")
    if s.n_train < 1000:
        true.append("overfitting")
    elif s.n_train >= 5000:
        true.append("data_rich")
    if store(s, METHODS[0]) > s.storage_mb:
        true.append("storage")
    if mem(s, METHODS[0], 1) > USABLE * s.gpu_gib * 2**30:
        true.append("memory")
    return true


def pareto_front(costs: Sequence[Sequence[float]]) -> list[int]:
    rows = [tuple(row) for row in costs]
    front: list[int] = []
    for i in sorted(range(len(rows)), key=rows.__getitem__):
        mine = rows[i]
        if not any(rows[j] != mine and all(map(operator.le, rows[j], mine)) for j in front):
            front.append(i)
    front.sort()
    return front
