# cause: Pads the attention mask with the id of [PAD], so padding is visible where that id is not 0
# function: predict_batch
from collections.abc import Sequence
from typing import Any
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader


@torch.inference_mode()
def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    model.eval()

    def collate(batch):
        encoded = [tokenizer(text, truncation=True, max_length=max_length) for text in batch]
        return {
            key: pad_sequence(
                [torch.tensor(one[key]) for one in encoded], batch_first=True, padding_value=tokenizer.pad_token_id
            ).to(model.device)
            for key in ("input_ids", "attention_mask")
        }

    answers = []
    for batch in DataLoader(list(texts), batch_size=batch_size, collate_fn=collate):
        best = torch.max(F.softmax(model(**batch).logits, dim=-1), dim=-1)
        names = map(model.config.id2label.__getitem__, best.indices.tolist())
        answers.extend(zip(names, best.values.tolist()))
    return answers
