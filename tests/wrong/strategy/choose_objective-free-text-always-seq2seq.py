# cause: Uses an encoder-decoder for all text that is written, also where there is no source to encode
# function: choose_objective
def choose_objective(output, has_source):
    match output:
        case "label" | "token_labels" | "span":
            return "mlm"
        case "free_text":
            return "seq2seq"
        case _:
            raise ValueError(f"no such output: {output!r}")
