"""predict is a batch of one."""


def predict(text, model, tokenizer, max_length=128):
    (answer,) = predict_batch([text], model, tokenizer, batch_size=1, max_length=max_length)  # noqa: F821
    return answer
