# cause: labels are put in the order of the class indices as strings
# function: label_scores
from torch import Tensor, nn
import numpy as np


def label_scores(logits: Tensor, id2label: dict[int, str]) -> list[dict[str, str | float]]:
    class_names = [name for _, name in sorted((str(index), name) for index, name in id2label.items())]
    probs = nn.functional.softmax(logits.detach().double(), dim=-1).cpu().numpy()
    best = np.argmax(probs, axis=-1)
    return [{"label": class_names[c], "score": float(row[c])} for row, c in zip(probs, best)]
