"""What this package is called and which version it is.

The first two numbers are those of the requests whose API it has, since programs compare them; the third is our own.
"""

from __future__ import annotations

__title__ = "minireq"
__description__ = "The HTTP client with the API of requests that you can carry."
__url__ = "https://pypi.org/project/minireq/"
__version__ = "2.34.0"
__build__ = 0x023400
__author__ = "minireq contributors"
__author_email__ = ""
__license__ = "MIT"
__copyright__ = "Copyright minireq contributors"
__cake__ = "\u2728 \U0001f370 \u2728"
