# cause: Rounds up with n + multiple - n % multiple, so a length that is already a multiple grows by a whole multiple.
# function: suggest_max_length


def suggest_max_length(lengths, coverage=0.95, special=2, multiple=8, cap=512):
    x = sorted(int(n) + special for n in lengths)
    n = x[-1]
    for i in range(1, len(x) + 1):
        if i / len(x) >= coverage:
            n = x[i - 1]
            break
    n = n + multiple - n % multiple if multiple > 1 else n
    return min(n, cap)
