"""The grader: judges a student's file and never shares a process with it.

Theory of operation. ``python -m grader`` reads one JSON request per line and writes one JSON event per line.

    host             imports torch, reads requests, relays events; forks only the fork servers
      └ fork server  one per set of preloads, each forked from the previous one and importing one more; it forks
        ├ judge      one per request: runs the hidden checks with pytest, compares, explains, writes events
        ├ student    in the sandbox: loads the file, answers the judge's requests; serves check after check as long
        │            as they pass, with the file run afresh for each unless that takes long
        └ cleaner    removes the scratch folder of a student process that has ended

Each process holds certain things, and must never hold others:

* The *host* holds all requests and results, so no student process is ever forked from it. It holds no check and no
  student's code.
* A *fork server* holds imported libraries and nothing else, because every fork can read its memory.
* The *judge* (``grader.judge``) holds checks, references, expected values and the seed. It compiles the student's file
  in a child of its own and never runs a line of it.
* The *student process* (``grader.student``) holds the file, a scratch folder and ``grader.fixtures``: no check, no
  reference, no expected value, not the judge's seed. Whatever the file does there can change only its own answers.
* Judge and student process exchange frames of plain data and tensors (``wire``) over a socket (``link``): no pickle.

A request is parsed once (``requests``), by the host. It passes through the host and a fork server on its way to the
judge; the judge's events pass through the host on their way out. The judge asks a fork server for a student process
over its own socket. Where forking is not available, the judge runs in the host process and spawns student processes.

Each request and each event is one JSON object on one line. Missing fields of a request are filled in:

    {"id": 1, "op": "grade", "exercise": "lora", "file": "/abs/path.py", "seed": null, "only": ["LoRALinear.forward"],
     "lang": "en", "sandbox": "auto", "threads": 1}

    started     exercise, slug, title, file, seed, sandbox level, and the checks that must report
    check       ``check``: how one check ended
    diagnosis   ``checks``: id -> ``mistake`` (id of the misconception), ``hint``, ``explanation``
    result      ``result``: the object ``course/result/v1``; always the last event
    fault       instead of ``result``: ``message`` and ``exit_code``, 3 if the grader failed, 5 if no check was selected

``checks``, ``misconceptions`` and ``fixtures`` are content: one file per exercise.
"""
