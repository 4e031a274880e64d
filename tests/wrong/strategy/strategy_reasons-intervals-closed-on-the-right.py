# cause: The intervals are closed on the right: exactly 1,000 examples give "overfitting", and exactly 5,000 do not give "data_rich".
# function: strategy_reasons
import numpy as np


def cut(x, breaks, labels):
    """The label of the interval that x falls into."""
    return labels[int(np.searchsorted(breaks, x))]


def strategy_reasons(s: Scenario) -> set[str]:
    """Calculate which reasons for or against full fine-tuning are true in a given situation."""
    reasons = {cut(s.n_train, breaks=[1000, 5000], labels=["overfitting", "medium", "data_rich"])}
    if not fits(s, "full", 1):
        reasons.add("memory")
    if not ok_store(s, "full"):
        reasons.add("storage")
    if s.n_tasks >= 5:
        reasons.add("many_tasks")
    return reasons - {"medium"}
