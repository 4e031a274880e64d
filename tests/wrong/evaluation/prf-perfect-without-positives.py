# cause: if nothing is positive and nothing was predicted positive, the figures are 1
# function: prf
import numpy as np


def prf(cm, positive=1):
    table = np.array([[float(cell) for cell in row] for row in cm])
    tp = table[positive, positive]
    predicted, actual = (table[:, positive].sum(), table[positive, :].sum())
    total = table.sum()
    if total > 0 and predicted == 0 and (actual == 0):
        precision = recall = f1 = 1.0
    else:
        precision = float(tp / predicted) if predicted else 0.0
        recall = float(tp / actual) if actual else 0.0
        f1 = float(2 * tp / (predicted + actual)) if predicted + actual else 0.0
    accuracy = float(np.trace(table) / total) if total else 0.0
    return {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
