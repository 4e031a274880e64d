"""``course run compare TABLE``: the chapter's and the blog's tables, measured instead of quoted.

    options.py       the command line
    tables.py        the seven tables: the runs of each, and its Markdown
    store.py         the runs that have been measured, in one JSON file
    running.py       runs what is missing, each run in a process of its own
    cell.py          the code of such a process (tfidf.py and memory_model.py: the two kinds without fine-tuning)
    page.py          tables in docs/results.md and in the lessons
    plots.py         a picture of every table

Torch is loaded only by the processes of the runs, and to compute an interval or draw a picture.
"""
