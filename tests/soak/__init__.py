"""Many threads against a server that misbehaves by chance: `python3 -m tests.soak [--seconds N] [--threads N] [--seed N]`.

`plans` decides what happens to each request, from a seed and its number; `chaos` is the server that does it, in a process of its
own; `load` asks, checks every answer, and looks at what is left in the end. One line sums it up; the exit status says whether all
was well.
"""
