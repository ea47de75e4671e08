"""The package as one importable file: the code of `opening`, and a dictionary of compressed files, which that code opens.

What zlib makes of a file depends a little on which zlib it is. So two such files are compared by what is in them and by what is
around that (`unbundled`, `around`).
"""

from __future__ import annotations

import ast
import re
import zlib
from base64 import b64decode, b64encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

OPENING = "cli/opening.py"
_ENTRY = re.compile(rb"^'([^'\n]+)': '''\n([A-Za-z0-9+/=\n]*)''',$", re.MULTILINE)
_ABOVE = """\
minireq {version} in one file: `import` it under any name, or run it. Made by `python -m minireq vendor --single-file`.
What is compressed here, `python THIS_FILE vendor DEST` writes as a folder.

{licence}"""


def bundled(files: Mapping[str, bytes], version: str) -> bytes:
    """The text of the one file.

    >>> print(bundled({"LICENSE": b"Yours.", "cli/opening.py": b"..."}, "1.0").decode())  # doctest: +ELLIPSIS
    # minireq 1.0 in one file: ...
    #
    # Yours.
    ...
    <BLANKLINE>
    _open(globals(), {
    'LICENSE': '''
    ...
    })
    <BLANKLINE>
    """
    above = _ABOVE.format(version=version, licence=files["LICENSE"].decode())
    comment = "".join(f"# {line}".rstrip() + "\n" for line in above.splitlines())
    contents = "".join(f"{name!r}: '''\n{_packed(files[name])}''',\n" for name in sorted(files))
    return f"{comment}{files[OPENING].decode()}\n\n_open(globals(), {{\n{contents}}})\n".encode()


def _packed(content: bytes) -> str:
    text = b64encode(zlib.compress(content, 9)).decode()
    return "".join(text[start : start + 128] + "\n" for start in range(0, len(text), 128))


def unbundled(text: bytes) -> dict[str, bytes]:
    """The files in the one file.

    >>> files = {"LICENSE": b"Yours.", "cli/opening.py": b"..."}
    >>> unbundled(bundled(files, "1.0")) == files
    True
    """
    return {name.decode(): _unpacked(content) for name, content in _ENTRY.findall(text)}


def _unpacked(content: bytes) -> bytes:
    try:
        return zlib.decompress(b64decode(content))
    except (ValueError, zlib.error):
        return content  # damaged; whatever it is, it is not what it was


def around(text: bytes) -> bytes:
    """The one file without what the files in it hold."""
    return _ENTRY.sub(rb"'\1'", text)


def without_docstrings(source: bytes) -> bytes:
    """The source with its docstrings taken out, and every line where it was.

    >>> without_docstrings(b'def f():\\n    "What it does."\\n    return 1\\n')
    b'def f():\\n    pass\\n    return 1\\n'
    """
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
            and ast.get_docstring(node) is not None
        ):
            text: Any = node.body[0]
            # "pass", since there may be nothing else; but not at the top, where `from __future__` has to come first.
            before = lines[text.lineno - 1][: text.col_offset] + (b"" if isinstance(node, ast.Module) else b"pass")
            after = lines[text.end_lineno - 1][text.end_col_offset :]
            height = text.end_lineno - text.lineno
            lines[text.lineno - 1 : text.end_lineno] = [*_lines(before, height), before * (not height) + after]
    return b"".join(lines)


def _lines(before: bytes, height: int) -> list[bytes]:
    return [before + b"\n", *[b"\n"] * (height - 1)] if height else []
