"""aggregate_first walks from the end of the text, remembering where the word it is in ends."""


def aggregate_first(tokens, text):
    words, end = [], None
    for token in reversed(tokens):
        end = token["end"] if end is None else end
        if token["word"][:2] == "##":
            continue
        words.insert(0, dict(token, end=end, word=text[token["start"] : end]))
        end = None
    return tuple(aggregate_simple(words, text))  # noqa: F821 - given by the reference
