"""One sample of the import scenario: what `import MODULE...` costs a bare interpreter.

Run as text (`python -c`), not as a module of this package: the machinery of `python -m` would already have imported part of what is
to be measured. Prints the same JSON object as `sample`, and the number of new `modules`.
"""

import sys
import time

before = len(sys.modules)
wall, cpu = time.perf_counter(), time.process_time()
for name in sys.argv[1:]:
    __import__(name)
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
modules = len(sys.modules) - before

from benchmarks.memory import peak  # noqa: E402 - not before the measurement

print(f'{{"cpu": {cpu}, "wall": {wall}, "peak": {peak()}, "calls": null, "requests": 0, "modules": {modules}}}')
