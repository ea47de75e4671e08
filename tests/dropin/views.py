"""What is compared: values and requests on the wire, as plain data in which nothing is left that may differ by chance.

By chance, or rightly: the name of the client, the codings it can undo (br and zstd depend on what is installed), the boundary of
a multipart body, and the client's nonce in a digest response, which is computed again here.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

PUBLIC = {"exceptions", "cookies", "structures", "auth", "adapters", "models", "sessions", "utils", "hooks"}
STANDARD = {"builtins", "json", "http", "socket", "ssl"}
CLIENT = re.compile(r"\b(python-requests|minireq)/\d[\w.]*")
CODINGS = re.compile(r"\bgzip, deflate(, (br|zstd))+")
BOUNDARY = re.compile(rb"\A--([0-9a-f]{32})(--)?\r\n")


def view(value: Any) -> Any:
    """A value as JSON can hold it."""
    name = type(value).__name__
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return _neutral(value)
    if isinstance(value, (bytes, bytearray)):
        return f"{name}: {shortened(bytes(value))}"
    if isinstance(value, BaseException):
        return view_of_exception(value)
    if isinstance(value, type):
        return {"class": value.__name__, "order": classes(value)}
    if name == "Response":
        return view_of_response(value)
    if name == "PreparedRequest":
        return view_of_prepared(value)
    if name == "CaseInsensitiveDict":
        return {"CaseInsensitiveDict": [[view(key), view(one)] for key, one in value.items()]}
    if isinstance(value, dict):
        return {str(view(key)): view(one) for key, one in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(view, value), key=repr)
    if isinstance(value, (list, tuple)):
        return [view(one) for one in value]
    return f"<{name}>"


def attempt(function: Any, *arguments: Any, text: bool = False, **keywords: Any) -> Any:
    """What a call gives, or the exception that it raises: as a view, with its text if that is asked for."""
    try:
        return view(function(*arguments, **keywords))
    except Exception as error:
        return {**view_of_exception(error), **({"text": str(error)} if text else {})}


def view_of_exception(error: BaseException) -> Any:
    return {
        "raises": type(error).__name__,
        "order": classes(type(error)),
        "request": getattr(error, "request", None) is not None,
        "response": getattr(getattr(error, "response", None), "status_code", None),
    }


def classes(kind: type) -> list[str]:
    """The method resolution order, without what urllib3 or our wire contribute."""

    def is_public(one: type) -> bool:
        top, _, rest = one.__module__.partition(".")
        return top in STANDARD or (top in ("requests", "minireq") and rest in PUBLIC)

    return [one.__name__ for one in kind.__mro__ if is_public(one)]


def view_of_response(response: Any) -> Any:
    return {
        "status": response.status_code,
        "reason": response.reason,
        "url": response.url,
        "ok": response.ok,
        "history": [(past.status_code, past.url, past.reason) for past in response.history],
        "headers": [(name, value) for name, value in response.headers.items() if name.lower() not in ("date", "server")],
        "encoding": response.encoding,
        "cookies": view_of_cookies(response.cookies),
        "links": response.links,
        "redirect": [response.is_redirect, response.is_permanent_redirect, response.next.url if response.next else None],
        "request": [response.request.method, response.request.url],
        "repr": repr(response),
        "content": shortened(response.content),
        "text": response.text[:400],
    }


def view_of_cookies(jar: Any) -> Any:
    return sorted([c.name, c.value or "", c.domain, c.path, c.secure, c.expires is not None] for c in jar)


def view_of_prepared(request: Any) -> Any:
    headers, body = request.headers, request.body
    boundary = _boundary(body)
    if isinstance(body, (str, bytes)):
        body = _neutral(repr(body), boundary)
    elif body is not None:
        body = f"<{type(body).__name__}>"
    if headers is not None:
        headers = [[_text(name), _neutral(_text(value), boundary)] for name, value in headers.items()]
    path = request.path_url if request.url else None
    return {"method": request.method, "url": request.url, "path": path, "headers": headers, "body": body}


def view_of_wire(entry: Any, strict: bool) -> Any:
    """A request as it arrived; the order and spelling of its headers and the sizes of its chunks only if they are to count."""
    request = entry["request"]
    head, _, rest = request.raw.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    boundary = _boundary(request.body)
    headers = [list(_neutral(one, boundary).partition(": ")[::2]) for one in lines]
    for field in headers:
        if field[0].lower() == "authorization" and field[1].startswith("Digest "):
            field[1] = view_of_digest(field[1], request.method, request.target)
    chunked = "chunked" in (request["Transfer-Encoding"] or "")
    return {
        "server": entry["server"],
        "connection": entry["connection"],
        "line": line,
        "headers": headers if strict else sorted([name.lower(), value] for name, value in headers),
        "body": shortened(request.body.replace(boundary.encode(), b"BOUNDARY") if boundary else request.body),
        "chunks": chunk_sizes(rest) if chunked and strict else chunked,
    }


def chunk_sizes(data: bytes) -> list[int]:
    sizes = []
    while data:
        line, _, data = data.partition(b"\r\n")
        sizes.append(int(line, 16))
        data = data[sizes[-1] + 2 :]
    return sizes


def view_of_digest(value: str, method: str, target: str) -> Any:
    """The fields, with the response of user:pass replaced by whether it is right (RFC 7616, section 3.4.1)."""
    fields = dict(re.findall(r'(\w+)="?([^",]*)"?', value))
    algorithm = fields.get("algorithm", "MD5").upper()
    name = {"SHA": "sha1"}.get(algorithm, algorithm.partition("-SESS")[0].replace("-", "").lower())

    def digest(*parts: str) -> str:
        return hashlib.new(name, ":".join(parts).encode()).hexdigest()

    secret = digest("user", fields["realm"], "pass")
    if algorithm.endswith("-SESS"):
        secret = digest(secret, fields["nonce"], fields["cnonce"])
    message = digest(method, fields["uri"])
    counted = [fields["nc"], fields["cnonce"], fields["qop"]] if "qop" in fields else []
    right = fields.pop("response") == digest(secret, fields["nonce"], *counted, message) and fields["uri"] == target
    fields.pop("cnonce", None)
    return {"right": right, **fields}


def shortened(data: bytes) -> str:
    return repr(data) if len(data) < 3000 else f"{len(data)} bytes, {hashlib.sha1(data).hexdigest()}"


def _boundary(body: Any) -> str:
    """The boundary of a multipart body, "" for others. All have 32 letters, so that the length of the body may be compared."""
    found = BOUNDARY.match(body) if isinstance(body, bytes) else None
    return found[1].decode() if found else ""


def _neutral(text: str, boundary: str = "") -> str:
    """Text without what differs by chance."""
    text = text.replace(boundary, "BOUNDARY") if boundary else text
    return CODINGS.sub("gzip, deflate", CLIENT.sub("CLIENT/1", text))


def _text(part: Any) -> str:
    return part if isinstance(part, str) else f"{type(part).__name__}: {part!r}"
