# cause: Takes sorted[int(coverage * count)], one place too far where coverage * count is whole
# function: suggest_max_length
def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    ordered = sorted(x + special for x in lengths)
    index = min(int(coverage * len(ordered)), len(ordered) - 1)
    n = ordered[index]
    if n % multiple:
        n += multiple - n % multiple
    return min(n, cap)
