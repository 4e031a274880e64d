"""The largest and the smallest sum that a printed line allows."""


def audit_log(rows):
    half = 0.5e-4

    def sums(line):
        n, *means = line
        return [(n * (mean - half) - 1e-9, n * (mean + half) + 1e-9) for mean in means]

    places = set()
    before = (0, 0.0, 0.0)
    for place, line in enumerate(rows):
        (old_loss, old_right), (loss, right) = sums(before), sums(line)
        fits = loss[1] >= old_loss[0] and right[1] >= old_right[0] and right[0] - old_right[1] <= line[0] - before[0]
        if not fits:
            places.add(place)
        before = line
    return places
