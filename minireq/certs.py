"""The certificate authorities that are trusted when nobody says otherwise: certifi's, or the platform's.

This is the one place that knows the one package we do not bring: certifi, Mozilla's list, which is renewed without us. Where it
is not installed, as in a checkout or a vendored copy, the platform's own store is trusted. Both are looked for when somebody
asks: certifi's import costs 16 ms.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def where() -> str:
    """The file or directory of the certificate authorities that are trusted; "" if this machine has none.

    >>> import os
    >>> where() == "" or os.path.exists(where())
    True
    """
    certifi = _certifi()
    return certifi.where() if certifi is not None else _platform_store()


def default_ca() -> str | None:
    """What to trust, for a TLS context: a path, or PEM text where there is no file; None is the platform's own store.

    PEM text has line ends and a path has none. When certifi lies in a zip, its `where` would unpack it into a temporary file.
    """
    certifi = _certifi()
    if certifi is None:
        return None
    if os.path.isdir(os.path.dirname(certifi.__file__ or "")):
        path: str = certifi.where()
        if os.path.exists(path):
            return path
    contents: str = certifi.contents()
    return contents


def extract_zipped_paths(path: str) -> str:
    """A path that can be opened: of a file inside a zip, a copy of it; otherwise, the path as it is.

    >>> extract_zipped_paths("/etc/hosts")
    '/etc/hosts'

    Every call makes a new copy, in the directory for temporary files, readable and known to this user alone: at a name that can
    be guessed, somebody else's certificates could lie in wait. It is the caller's to remove.
    """
    if os.path.exists(path):
        return path
    archive, member = _split_at_file(path)
    if not archive:
        return path
    import tempfile  # both only here: a bundle inside a zip is rare
    import zipfile

    try:
        with zipfile.ZipFile(archive) as opened:
            content = opened.read(member)
    except (KeyError, OSError, RuntimeError, zipfile.BadZipFile):  # not in it, not readable, encrypted, no zip
        return path
    descriptor, copy = tempfile.mkstemp(suffix=os.path.splitext(member)[1])
    with open(descriptor, "wb") as file:
        file.write(content)
    return copy


def _split_at_file(path: str) -> tuple[str, str]:
    """The part of a path that is a file, and what comes after it as a name in a zip; "" if no part is one."""
    archive, members = path, []
    while not os.path.isfile(archive):
        parent, name = os.path.split(archive)
        if parent == archive or not name:
            return "", ""
        members.append(name)
        archive = parent
    return archive, "/".join(reversed(members))


def _certifi() -> ModuleType | None:
    try:
        import certifi
    except ImportError:
        return None
    return certifi


def _platform_store() -> str:
    try:
        import ssl  # 5 ms, and not every Python has it
    except ImportError:
        return ""
    paths = ssl.get_default_verify_paths()
    return paths.cafile or paths.capath or ""


if __name__ == "__main__":
    import sys

    sys.stdout.write(where() + "\n")
