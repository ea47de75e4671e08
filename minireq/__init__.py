"""minireq: HTTP for people, in one package that can be carried along.

    >>> import minireq
    >>> minireq.get("https://example.org/json").json()
    {'hello': 'world'}

The reading map, from what the caller says to what the network carries and back:

    api.py → sessions.py → redirects.py    what was asked for, and where it leads
    adapters.py                            a prepared request to the wire, the wire's answer to a response
    prepared.py, responses.py              what will be sent; what came back
    urls, bodies, multipart, headers, charsets, cookies, auth, environment: a room for each subject
    wire/                                  HTTP/1.1 itself; `wire/__init__.py` has its map
"""

from __future__ import annotations

from .__version__ import (
    __author__ as __author__,
    __author_email__ as __author_email__,
    __build__ as __build__,
    __cake__ as __cake__,
    __copyright__ as __copyright__,
    __description__ as __description__,
    __license__ as __license__,
    __title__ as __title__,
    __url__ as __url__,
    __version__ as __version__,
)
from .api import delete, get, head, options, patch, post, put, request
from .exceptions import (
    ConnectionError,
    ConnectTimeout,
    FileModeWarning as FileModeWarning,
    HTTPError,
    LimitExceeded as LimitExceeded,
    ReadTimeout,
    RequestException,
    RequestsDependencyWarning as RequestsDependencyWarning,
    Timeout,
    TooManyRedirects,
    URLRequired,
)
from .limits import Limits as Limits
from .models import PreparedRequest, Request, Response
from .sessions import Session, session
from .status_codes import codes
from .wire import Retry as Retry, Timeouts as Timeouts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import (
        adapters as adapters,
        api as api,
        auth as auth,
        certs as certs,
        compat as compat,
        cookies as cookies,
        exceptions as exceptions,
        help as help,
        hooks as hooks,
        models as models,
        packages as packages,
        sessions as sessions,
        status_codes as status_codes,
        structures as structures,
        utils as utils,
    )
    from .exceptions import JSONDecodeError as JSONDecodeError

# What `from minireq import *` gives: the same as with requests.
__all__ = [
    "ConnectTimeout",
    "ConnectionError",
    "HTTPError",
    "JSONDecodeError",
    "PreparedRequest",
    "ReadTimeout",
    "Request",
    "RequestException",
    "Response",
    "Session",
    "Timeout",
    "TooManyRedirects",
    "URLRequired",
    "codes",
    "delete",
    "get",
    "head",
    "options",
    "packages",
    "patch",
    "post",
    "put",
    "request",
    "session",
    "utils",
]

# Modules that are costly to import, or seldom wanted, and so come when they are first touched: `minireq.cookies` loads
# http.cookiejar, which alone takes as long as all the rest.
_ON_TOUCH = frozenset(["_types", "auth", "certs", "compat", "cookies", "help", "packages", "utils"])


def __getattr__(name: str) -> object:
    if name == "JSONDecodeError":
        from .exceptions import JSONDecodeError

        return JSONDecodeError
    if name in _ON_TOUCH:
        from importlib import import_module

        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
