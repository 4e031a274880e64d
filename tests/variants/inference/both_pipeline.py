"""Both leave everything to the pipeline of transformers."""

from transformers import TextClassificationPipeline


def predict(text, model, tokenizer, max_length=128):
    return predict_batch([text], model, tokenizer, 1, max_length)[0]


def predict_batch(texts, model, tokenizer, batch_size=32, max_length=128):
    model.eval()
    if not texts:
        return []
    pipe = TextClassificationPipeline(model=model, tokenizer=tokenizer, device=-1)
    found = pipe(
        list(texts), batch_size=batch_size, truncation=True, max_length=max_length, function_to_apply="softmax"
    )
    return [(one["label"], one["score"]) for one in found]
