"""Asserts first; a set decides, and one expression answers."""

READ_OFF = frozenset({"label", "token_labels", "span"})


def choose_objective(output: str, has_source: bool) -> str:
    assert output in READ_OFF | {"free_text"}, f"no such output: {output}"
    return "mlm" if output in READ_OFF else "seq2seq" if has_source else "clm"
