# cause: The score is a log-probability; and only the first row of the batch is answered.
# function: label_scores
import torch.nn.functional as F


def label_scores(logits, id2label):
    logp = F.log_softmax(logits, dim=-1)[0]
    i = int(logp.argmax())
    return [{"label": id2label[i], "score": float(logp[i])}]
