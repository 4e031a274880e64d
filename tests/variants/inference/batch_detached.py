"""predict_batch stays without a graph by freezing the parameters for a moment."""


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    trainable = [parameter for parameter in model.parameters() if parameter.requires_grad]
    for parameter in trainable:
        parameter.requires_grad_(False)
    try:
        answers = []
        for start in range(0, len(texts), batch_size):
            part = [str(text) for text in texts[start : start + batch_size]]
            batch = tokenizer(part, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
            likely = model(**batch.to(model.device)).logits.softmax(-1).tolist()
            for row in likely:
                confidence = max(row)
                answers.append((model.config.id2label[row.index(confidence)], confidence))
        return answers
    finally:
        for parameter in trainable:
            parameter.requires_grad_(True)
