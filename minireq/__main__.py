"""`python -m minireq URL` fetches; `python -m minireq --self-test` shows whether all is well here. See `--help`."""

from __future__ import annotations

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
