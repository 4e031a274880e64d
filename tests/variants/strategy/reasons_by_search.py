"""Tries micro-batches from the target batch down; the keys of a dictionary."""


def strategy_reasons(s):
    reasons = {}
    if not any(fits(s, "full", batch) for batch in range(s.target_batch, 0, -1)):  # noqa: F821
        reasons["memory"] = True
    if store(s, "full") > s.storage_mb:  # noqa: F821
        reasons["storage"] = True
    if s.n_train <= 999:
        reasons["overfitting"] = True
    if s.n_train > 4999:
        reasons["data_rich"] = True
    if s.n_tasks > 4:
        reasons["many_tasks"] = True
    return reasons.keys()
