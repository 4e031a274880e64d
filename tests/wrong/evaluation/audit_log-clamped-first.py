# cause: Clamps accuracies to 0..1 and losses to at least 0 before it compares sums
# function: audit_log
def audit_log(rows: list[tuple[int, float, float]]) -> list[int]:
    half_unit = 0.00005
    float_noise = 1e-9

    suspicious: list[int] = []
    prev_n, prev_loss_sum, prev_correct = 0, 0.0, 0.0
    for index, (n, loss, accuracy) in enumerate(rows):
        # Guard against values that fall slightly outside their valid range.
        accuracy = min(max(float(accuracy), 0.0), 1.0)
        loss = max(float(loss), 0.0)

        loss_sum, correct = loss * n, accuracy * n
        tolerance = half_unit * (n + prev_n) + float_noise

        correct_fell = correct < prev_correct - tolerance
        correct_jumped = correct - prev_correct > (n - prev_n) + tolerance
        loss_fell = loss_sum < prev_loss_sum - tolerance
        if correct_fell or correct_jumped or loss_fell:
            suspicious.append(index)

        prev_n, prev_loss_sum, prev_correct = n, loss_sum, correct
    return suspicious
