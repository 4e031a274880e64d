"""A list, built one after the other, with the memory worked out anew."""


def strategy_reasons(s):
    found = []
    static = 16 * s.n_params
    one = s.layers * (66 * s.seq * s.hidden + 9 * s.heads * s.seq * s.seq)
    if static + one > 0.9 * s.gpu_gib * 2**30:
        found.append("memory")
    if s.n_tasks * s.n_params * 4 / 1e6 > s.storage_mb:
        found += ["storage"]
    if s.n_train < 1000:
        found += ["overfitting"]
    elif s.n_train >= 5000:
        found += ["data_rich"]
    return found + ["many_tasks"] * (s.n_tasks > 4)
