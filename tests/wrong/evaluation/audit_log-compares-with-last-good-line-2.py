# cause: After an impossible line the next one is compared with the last possible line instead of with the line before.
# function: audit_log


def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    """Find the lines of a training log that cannot be true."""
    bad = []
    last_n, last_loss, last_right = 0, 0.0, 0.0
    for place, (n, loss, accuracy) in enumerate(rows):
        slack = 0.00005 * (n + last_n) + 1e-9
        right_gain = n * accuracy - last_right
        loss_gain = n * loss - last_loss
        if right_gain < -slack or right_gain > (n - last_n) + slack or loss_gain < -slack:
            bad.append(place)
            continue  # do not trust this line
        last_n, last_loss, last_right = n, n * loss, n * accuracy
    return bad
