# cause: Passes input_ids, token_type_ids and attention_mask by position, so mask and segments are swapped
# function: predict
import torch


@torch.no_grad()
def predict(text, model, tokenizer, max_length=128):
    x = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt").to(model.device)
    p, i = model.eval()(*x.values()).logits[0].softmax(0).max(0)
    return (model.config.id2label[i.item()], p.item())
