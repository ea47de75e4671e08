"""What any Python must do with nothing installed: `python3 -W error -m tests.smoke` imports all modules, and tests itself."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import minireq
from minireq.__main__ import main

for module in pkgutil.walk_packages(minireq.__path__, "minireq."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

if __name__ == "__main__":
    sys.exit(main(["--self-test"]))
