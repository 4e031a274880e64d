# cause: Never checks that the sum of the losses does not fall; and: leaves out the first line, which should stand beside an epoch without examples
# function: audit_log
def audit_log(rows):
    impossible = []
    for i in range(1, len(rows)):
        n0, _, a0 = rows[i - 1]
        n1, _, a1 = rows[i]
        slack = 5e-5 * (n0 + n1) + 1e-9
        gained = n1 * a1 - n0 * a0
        if gained < -slack or gained > (n1 - n0) + slack:
            impossible.append(i)
    return impossible
