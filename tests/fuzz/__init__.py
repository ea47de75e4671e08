"""Coverage-guided fuzzing, run by hand: `python3 -m tests.fuzz [TARGET...] [SECONDS]`.

A target (`targets.py`) is a function that takes bytes and states what is true of all bytes: nothing but a value or an error of
ours comes of them, and how they arrive makes no difference. atheris makes the bytes up, led by the branches that they reach. It is
fetched from the package index into `.cache/fuzz` ($FUZZ_CACHE), where the bytes that reached something new stay from run to run,
and those that broke something. Each target gets so many seconds (60) and then a line; the exit status says whether all is well.

What was found becomes a test in the file that mirrors the mended one. `test_targets.py` runs the targets with all other tests, over
their seeds and what hypothesis makes of them, so that they stay true and runnable.
"""
