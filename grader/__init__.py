"""The grader: judges a student's file and never shares a process with it.

Theory of operation. ``python -m grader`` reads one JSON request per line and writes one JSON event per line.

    host             imports torch, reads requests, relays events; forks nobody but the fork servers
      └ fork server  one per set of preloads, each forked from the one before and importing one thing more; it forks
        ├ judge      one per request: runs the hidden checks with pytest, compares, explains, writes events
        ├ student    in the sandbox: loads the file, answers the judge's requests; serves check after check as long
        │            as they pass, with the file run afresh for each unless that takes long
        └ cleaner    removes the scratch folder of a student process that has ended

What each holds, and what it may never hold:

* The *host* holds the requests and results of everybody, so no student process is ever forked from it. It holds no
  check and no student's code.
* A *fork server* holds imported libraries and nothing else: what lies in its memory, every fork can read.
* The *judge* (``grader.judge``) holds checks, references, expected values and the seed. It compiles the student's file
  in a child of its own and never runs a line of it.
* The *student process* (``grader.student``) holds the file, a scratch folder and ``grader.fixtures``: no check, no
  reference, no expected value, not the judge's seed. Whatever the file does there can change its own answers only.
* Judge and student process speak frames of plain data and tensors (``wire``) over a socket (``link``): no pickle.

A request is parsed once (``requests``), by the host. It passes through the host and a fork server on its way to the
judge; the judge's events pass through the host on their way out. A student process is asked for at a fork server, over
the judge's own socket. Where there is no fork, the judge runs in the host's place and spawns student processes.

Each request and each event is one JSON object on one line. What a request leaves open is filled in:

    {"id": 1, "op": "grade", "exercise": "lora", "file": "/abs/path.py", "seed": null, "only": ["LoRALinear.forward"],
     "lang": "en", "sandbox": "auto", "threads": 1}

    started     exercise, slug, title, file, seed, sandbox level, and the checks that must report
    check       ``check``: how one check ended
    diagnosis   ``checks``: id -> ``mistake`` (id of the misconception), ``hint``, ``explanation``
    result      ``result``: the object ``course/result/v1``; always the last event
    fault       ``message`` and ``exit_code`` in its place: the grader itself failed (3), or no check was selected (5)

``checks``, ``misconceptions`` and ``fixtures`` are content: one file per exercise.
"""
