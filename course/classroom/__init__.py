"""Class assignments: hundreds of untrusted files in, a gradebook out. Nothing here imports torch.

``submissions`` finds what was handed in, ``run`` has it graded, ``store`` keeps every result, and ``gradebook`` puts
results, roster and policy together. Everything an instructor sees is made from a ``Gradebook``: the formats of
``course.formats``, the ``report`` and the feedback.
"""
