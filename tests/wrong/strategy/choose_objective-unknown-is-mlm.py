# cause: Ends with an else that answers mlm, so an unknown output raises nothing
# function: choose_objective
def choose_objective(output, has_source):
    if output == "free_text":
        if has_source:
            return "seq2seq"
        else:
            return "clm"
    else:
        return "mlm"
