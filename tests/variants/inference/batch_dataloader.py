"""predict_batch uses a DataLoader with a collate function; tuples of tuples come back; multiples of 8."""

import torch
from torch.utils.data import DataLoader


@torch.no_grad()
def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.train(False)

    def collate(part):
        return tokenizer(
            part, padding="longest", truncation="longest_first", max_length=max_length, pad_to_multiple_of=8,
            return_tensors="pt",
        )  # fmt: skip

    logits = [model(**batch, return_dict=False)[0] for batch in DataLoader(list(texts), batch_size, collate_fn=collate)]
    if not logits:
        return ()
    values, indices = torch.cat(logits).double().softmax(-1).topk(1)
    return tuple(
        (model.config.id2label[int(index)], float(value)) for value, index in zip(values, indices, strict=True)
    )
