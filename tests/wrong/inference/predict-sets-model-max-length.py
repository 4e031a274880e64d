# cause: The limit is set on the tokenizer itself (model_max_length) and stays there after the call.
# function: predict

import torch
import torch.nn.functional as F


@torch.inference_mode()
def predict(text, model, tokenizer, max_length=128):
    was_training = model.training
    model.eval()
    tokenizer.model_max_length = max_length
    inputs = tokenizer(text, truncation=True, return_tensors="pt").to(model.device)
    outputs = model(**inputs)
    confidence, idx = F.softmax(outputs.logits, dim=-1).squeeze(0).max(dim=0)
    model.train(was_training)
    return model.config.id2label[idx.item()], confidence.item()
