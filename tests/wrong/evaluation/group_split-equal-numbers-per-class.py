# cause: The number of test rows wanted in a class is test_size * B / number of classes, whatever its size
# function: group_split
import torch
import torch.nn.functional as F
from torch import Tensor


def _classes_of_equality(texts: list[str]) -> Tensor:
    number: dict[str, int] = {}
    return torch.tensor([number.setdefault(" ".join(t.lower().split()), len(number)) for t in texts])


def group_split(
    texts: list[str], labels: list[int], test_size: float = 0.2, seed: int = 42
) -> tuple[list[int], list[int]]:
    group = _classes_of_equality(texts)
    size = torch.bincount(group)
    _, y = torch.unique(torch.tensor(labels), return_inverse=True)
    B, G, K = len(group), len(size), int(y.max()) + 1

    # the class of a group is the smallest of its labels
    colour = torch.full((G,), K).scatter_reduce(0, group, y, reduce="amin")
    order = torch.randperm(G, generator=torch.Generator().manual_seed(seed))
    member = F.one_hot(colour[order], K)
    rank = (member.cumsum(0) * member).sum(1)  # 1, 2, ... within the class
    last = (member * member.sum(0)).sum(1)
    upto = ((member * size[order][:, None]).cumsum(0) * member).sum(1)
    middle = upto - size[order] / 2

    chosen = (rank < last) & ((rank == 1) | (middle <= test_size * B / K))
    in_test = torch.zeros(G, dtype=torch.bool)
    in_test[order] = chosen
    mask = in_test[group]
    return (~mask).nonzero().flatten().tolist(), mask.nonzero().flatten().tolist()
