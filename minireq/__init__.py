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

import os
import sys
from _thread import RLock  # `threading` would be more

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import (
        _internal_utils as _internal_utils,
        _jar as _jar,
        _types as _types,
        adapters as adapters,
        api as api,
        auth as auth,
        bodies as bodies,
        certs as certs,
        charsets as charsets,
        compat as compat,
        cookies as cookies,
        environment as environment,
        exceptions as exceptions,
        headers as headers,
        help as help,
        hooks as hooks,
        limits as limits,
        messages as messages,
        models as models,
        packages as packages,
        pools as pools,
        prepared as prepared,
        redirects as redirects,
        responses as responses,
        sessions as sessions,
        sources as sources,
        status_codes as status_codes,
        structures as structures,
        urls as urls,
        utils as utils,
        wire as wire,
    )
    from .api import delete, get, head, options, patch, post, put, request
    from .exceptions import (
        ConnectionError,
        ConnectTimeout,
        FileModeWarning as FileModeWarning,
        HTTPError,
        JSONDecodeError as JSONDecodeError,
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

# The modules, each with the names that it gives to the package. Nothing of it is imported before somebody touches it: a program
# that may come to make a request, or may not, is not kept waiting at its start, and `cookies` alone costs as much as all the rest.
_NAMES_OF = {
    "api": "delete get head options patch post put request",
    "exceptions": "ConnectTimeout ConnectionError FileModeWarning HTTPError JSONDecodeError LimitExceeded ReadTimeout "
    "RequestException RequestsDependencyWarning Timeout TooManyRedirects URLRequired",
    "limits": "Limits",
    "models": "PreparedRequest Request Response",
    "sessions": "Session session",
    "status_codes": "codes",
    "wire": "Retry Timeouts",
}
_OTHER_MODULES = """_internal_utils _jar _types adapters auth bodies certs charsets compat cookies environment headers help hooks
    messages packages pools prepared redirects responses sources structures urls utils"""
_MODULE_OF = {module: module for module in (*_NAMES_OF, *_OTHER_MODULES.split())}
_MODULE_OF.update((name, module) for module, names in _NAMES_OF.items() for name in names.split())


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF or (name == _MODULE_OF[name] and _is_asked_by_an_import()):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _touching:
        __import__(f"{__name__}.{_MODULE_OF[name]}")  # importlib would be three modules more
    module = sys.modules[f"{__name__}.{_MODULE_OF[name]}"]
    if name == _MODULE_OF[name]:
        return module  # which is an attribute from now on: importing made it one
    value = getattr(module, name)
    # Looked up once, unless it is not the module's own: what a test has put in its place shall not stay here when the test is over.
    if str(getattr(value, "__module__", "")).startswith(f"{__name__}.") and not hasattr(value, "__wrapped__"):
        globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})


# Threads touch one after the other. What they import would wait for one another anyhow, and Python, which takes time to see who
# waits for whom, sometimes sees a circle where there is none, and gives one of them a module that is half there.
_touching = RLock()


def _is_asked_by_an_import() -> bool:
    """Whether it is `from . import name` that wants a module: it imports that itself if we have none.

    It is not to wait for a thread that touches, since that one may be waiting for the module in which it stands.
    """
    try:
        return sys._getframe(2).f_code.co_filename == "<frozen importlib._bootstrap>"
    except ValueError:  # a thread or an exit begins with the touch
        return False


def _let_go_after_fork() -> None:
    try:
        _touching.release()
    except RuntimeError:
        pass  # not held: this was imported while another thread was about to fork


if hasattr(os, "register_at_fork"):
    # A process that is forked has one thread: what another one has begun to import would never be there.
    os.register_at_fork(before=_touching.acquire, after_in_parent=_let_go_after_fork, after_in_child=_let_go_after_fork)
