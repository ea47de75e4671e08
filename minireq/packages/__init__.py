"""The import lines of programs that look for urllib3 under requests: `from minireq.packages.urllib3 import …`.

Nothing here is urllib3. Each module has the names that are asked for in the wild and points to what does the same here.
"""

from __future__ import annotations

from . import urllib3

__all__ = ["urllib3"]
