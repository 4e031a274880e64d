# cause: Compares y_true == t without turning it into a tensor, which is a plain False for a list, so lists and tuples are counted as nothing
# function: confusion
import torch


def confusion(y_true, y_pred, n_classes=2):
    rows = []
    for t in range(n_classes):
        row = []
        for p in range(n_classes):
            hits = torch.as_tensor((y_true == t)) & torch.as_tensor((y_pred == p))
            row.append(int(hits.sum()))
        rows.append(row)
    return torch.tensor(rows)
