# cause: the parameters per layer are cached by hidden alone, so another ffn gets the earlier count
# function: bert_param_count


_LAYER_PARAMS: dict[int, int] = {}


def bert_param_count(
    vocab: int = 30522,
    hidden: int = 768,
    layers: int = 12,
    ffn: int = 3072,
    max_pos: int = 512,
    segments: int = 2,
    pooler: bool = True,
) -> int:
    square = hidden * (hidden + 1)
    per_layer = _LAYER_PARAMS.get(hidden)
    if per_layer is None:
        per_layer = 4 * square + 2 * hidden * ffn + ffn + hidden + 4 * hidden
        _LAYER_PARAMS[hidden] = per_layer
    return hidden * (vocab + max_pos + segments + 2) + layers * per_layer + pooler * square
