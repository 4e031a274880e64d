# cause: Uses a sigmoid on each logit instead of a softmax over the classes
# function: predict
import torch


def predict(text, model, tokenizer, max_length=128):
    model.eval()
    with torch.no_grad():
        enc = tokenizer([text], return_tensors="pt", truncation=True, max_length=max_length)
        out = model(input_ids=enc["input_ids"].to(model.device), attention_mask=enc["attention_mask"].to(model.device))
    scores = torch.sigmoid(out.logits[0])
    winner = scores.argmax().item()
    return model.config.id2label[winner], scores[winner].item()
