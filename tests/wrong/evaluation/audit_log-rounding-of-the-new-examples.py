# cause: Allows for rounding 0.00005 times the number of new examples only
# function: audit_log


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    ns = [0] + [n for n, _, _ in rows]
    losses = [0.0] + [n * loss for n, loss, _ in rows]
    hits = [0.0] + [n * accuracy for n, _, accuracy in rows]
    bad = []
    for i in range(len(rows)):
        dn, dl, dh = (s[i + 1] - s[i] for s in (ns, losses, hits))
        eps = 0.00005 * dn + 1e-9
        if not (-eps <= dh <= dn + eps and dl >= -eps):
            bad.append(i)
    return bad
