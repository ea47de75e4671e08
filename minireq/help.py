"""What a bug report should say about the machine: `python -m minireq.help` prints it as JSON."""

from __future__ import annotations

import platform
import sys

from . import certs
from .__version__ import __title__, __version__
from .wire import accepted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def info() -> dict[str, Any]:
    """What minireq runs on, as values that JSON can hold.

    >>> info()["platform"]["system"] != ""
    True

    The two `using_...` are for programs that ask requests this: it is never so here.
    """
    return {
        "platform": {"system": platform.system() or "Unknown", "release": platform.release() or "Unknown"},
        "implementation": _implementation(),
        "system_ssl": _system_ssl(),
        "certificate_authorities": {"path": certs.where()},
        "accept_encoding": accepted(),
        "using_pyopenssl": False,
        "using_charset_normalizer": False,
        __title__: {"version": __version__},
    }


def _implementation() -> dict[str, str]:
    """The Python: PyPy has a version of its own besides the one of the language."""
    name = platform.python_implementation()
    version = getattr(sys, "pypy_version_info", None)
    return {"name": name, "version": platform.python_version() if version is None else "{}.{}.{}".format(*version)}


def _system_ssl() -> dict[str, str]:
    try:
        import ssl  # not every Python has it
    except ImportError:
        return {"version": "", "name": ""}
    return {"version": f"{ssl.OPENSSL_VERSION_NUMBER:x}", "name": ssl.OPENSSL_VERSION}


def main() -> None:
    """Print `info()` as JSON."""
    import json

    print(json.dumps(info(), sort_keys=True, indent=2))


if __name__ == "__main__":
    main()
