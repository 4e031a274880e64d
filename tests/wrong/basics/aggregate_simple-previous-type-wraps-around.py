# cause: The previous type of the first token is that of the last token
# function: aggregate_simple
from typing import Any
import torch
from torch import Tensor


def _membership(opens: Tensor, inside: Tensor) -> Tensor:
    """(G, T): 1 where token t belongs to group g."""
    g = opens.long().cumsum(0)
    return ((g == torch.arange(1, int(opens.sum()) + 1)[:, None]) & inside).double()


def _describe(
    M: Tensor, types: list[str], score: Tensor, start: Tensor, end: Tensor, text: str
) -> list[dict[str, Any]]:
    T = M.shape[1]
    t = torch.arange(1, T + 1)
    mean = M @ score / M.sum(1)
    first = (M * t.flip(0)).argmax(1)
    last = (M * t).argmax(1)
    rows = zip(first.tolist(), mean.tolist(), start[first].tolist(), end[last].tolist(), strict=True)
    return [{"entity_group": types[f], "score": m, "word": text[s:e], "start": s, "end": e} for f, m, s, e in rows]


def aggregate_simple(tokens: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
    if not tokens:
        return []
    types = [t["entity"][2:] for t in tokens]
    vocabulary = {name: i for i, name in enumerate(dict.fromkeys(["", *types]))}
    kind = torch.tensor([vocabulary[name] for name in types])
    begins = torch.tensor([t["entity"][0] == "B" for t in tokens])
    inside = kind > 0
    opens = inside & (begins | (kind != kind.roll(1)))
    score = torch.tensor([float(t["score"]) for t in tokens], dtype=torch.float64)
    start, end = (torch.tensor([t[key] for t in tokens]) for key in ("start", "end"))
    return _describe(_membership(opens, inside), types, score, start, end, text)
