"""``course run compare TABLE``: the chapter's and the blog's tables, measured instead of quoted.

    options.py       the command line
    tables.py        the seven tables: what each runs, and what it says about it in Markdown
    store.py         the runs that have been measured, in one JSON file
    running.py       run what is missing, each run in a process of its own
    cell.py          what such a process does (tfidf.py and memory_model.py: two that are no fine-tuning)
    page.py          tables in docs/results.md and in the lessons
    plots.py         a picture of every table

Torch is loaded by the processes of the runs, and where an interval is computed or a picture drawn.
"""
