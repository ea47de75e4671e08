"""The command line: what a person types becomes one request, and the answer what they see.

Knows people, and of minireq only what every user knows: sessions, responses, exceptions. Whatever goes wrong ends in one
sentence on stderr and a status (`--help` lists them), never in a traceback.

    arguments   what was asked for
    output      what is seen: bodies, heads, progress
    selftest    whether this copy works on this machine, against the server of `loopback`
"""

from __future__ import annotations

import contextlib
import os
import sys

from .. import exceptions
from ..adapters import HTTPAdapter
from ..sessions import Session
from . import arguments as given
from .arguments import Arguments, parse
from .output import Refused, print_body, printable, save_body, say, show_request, show_response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, BinaryIO, TextIO

    from ..models import PreparedRequest, Response

# The first that fits; so the special stand before the general (a ConnectTimeout is a Timeout and a ConnectionError).
_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (exceptions.Timeout, given.TOO_SLOW),
    (exceptions.SSLError, given.NOT_SECURE),
    (exceptions.ConnectionError, given.NO_CONNECTION),
    (exceptions.MissingSchema, given.BAD_URL),
    (exceptions.InvalidSchema, given.BAD_URL),
    (exceptions.InvalidURL, given.BAD_URL),
    (exceptions.InvalidHeader, given.USAGE),
    (exceptions.InvalidMethod, given.USAGE),
    (exceptions.ChunkedEncodingError, given.DAMAGED),
    (exceptions.ContentDecodingError, given.DAMAGED),
    (exceptions.TooManyRedirects, given.TOO_MANY_REDIRECTS),
    (exceptions.RequestException, given.FAULT),
)


class Mistake(Exception):
    """The command line asks for what cannot be done."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says, and return the exit status.

    >>> main(["--version"])  # doctest: +ELLIPSIS
    minireq ...
    0
    """
    try:
        status = run(parse(argv))
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except SystemExit as stop:  # argparse has said its sentence
        return int(stop.code or 0)
    except KeyboardInterrupt:
        return given.INTERRUPTED
    except BrokenPipeError:
        _forget_closed_pipes()
        return given.NOBODY_READS
    except Exception as error:  # a bug, too, is a sentence here: its reader did not come for a traceback
        status, sentence = verdict(error)
        with contextlib.suppress(OSError):
            complain(sentence)
        return status


def run(arguments: Arguments) -> int:
    """Fetch, or test; errors are raised."""
    if not arguments.self_test:
        return fetch(arguments)
    from . import selftest  # brings a server with it, which a fetch has no use for

    return given.FAULT if selftest.run(sys.stdout) else given.DONE


def fetch(arguments: Arguments) -> int:
    """Send the request and deliver the body of the answer."""
    session = _TalkativeSession() if arguments.verbose else Session()
    with session, contextlib.ExitStack() as opened:
        if arguments.unix_socket is not None or arguments.resolve:
            for prefix in ("http://", "https://"):
                session.mount(prefix, HTTPAdapter(uds=arguments.unix_socket, resolve=dict(arguments.resolve) or None))
        response = session.request(
            arguments.method or ("GET" if arguments.data is None and arguments.json is None else "POST"),
            arguments.url,
            data=_body(arguments, opened),
            headers=_headers(arguments),
            auth=_credentials(arguments),
            verify=None if arguments.verify else False,
            timeout=arguments.timeout,
            allow_redirects=arguments.redirects,
            proxies=None if arguments.proxy is None else {"all": arguments.proxy},
            stream=True,
        )
        with response:
            return _deliver(response, arguments)


class _TalkativeSession(Session):
    """Shows each request before it is sent, and the head of each response when it has come; redirects pass here, too."""

    def __init__(self) -> None:
        super().__init__()
        self.hooks["response"].append(lambda response, **settings: show_response(response, sys.stderr))

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        show_request(request, sys.stderr)
        return super().send(request, **kwargs)


def verdict(error: BaseException) -> tuple[int, str]:
    """The exit status for an error, and the sentence that explains it.

    >>> verdict(exceptions.ReadTimeout("no answer within 5 s"))
    (5, 'no answer within 5 s')
    """
    for kind, status in _STATUSES:
        if isinstance(error, kind):
            return status, str(error)
    if isinstance(error, Mistake):
        return given.USAGE, str(error)
    if isinstance(error, Refused):
        return given.NO_FILE, str(error)
    if isinstance(error, OSError):
        place = f" {error.filename!r}" if error.filename is not None else ""
        return given.NO_FILE, f"cannot read or write{place}: {error.strerror or error}"
    return given.FAULT, f"a fault of this program: {type(error).__name__}: {error}"


def complain(sentence: str) -> None:
    """Say on stderr, in one line, what went wrong."""
    say(sys.stderr, "minireq: " + printable(" ".join(sentence.split())))


def _headers(arguments: Arguments) -> dict[str, str | bytes | None]:
    fields: dict[str, tuple[str, list[str]]] = {}
    for name, value in arguments.headers:
        fields.setdefault(name.lower(), (name, []))[1].append(value)
    if arguments.json is not None:
        fields.setdefault("content-type", ("Content-Type", ["application/json"]))
    elif arguments.data is not None:
        fields.setdefault("content-type", ("Content-Type", ["application/x-www-form-urlencoded"]))
    return {name: _field_value(name, values) for name, values in fields.values()}


def _field_value(name: str, values: list[str]) -> str | bytes | None:
    # Repeated fields mean what one with commas means (RFC 9110, section 5.3), but Cookie has semicolons.
    value = ("; " if name.lower() == "cookie" else ", ").join(filter(None, values))
    if not value:
        return None  # which takes away what the session would send
    return value if value.isascii() else os.fsencode(value)  # the bytes that were typed


def _body(arguments: Arguments, opened: contextlib.ExitStack) -> bytes | BinaryIO | None:
    if arguments.json is not None:
        return _checked_json(_content(arguments.json))
    if arguments.data is None:
        return None
    if len(arguments.data) == 1 and arguments.data[0].startswith("@") and arguments.data[0] != "@-":
        return opened.enter_context(open(arguments.data[0][1:], "rb"))  # streamed, however large
    return b"&".join(map(_content, arguments.data))


def _content(text: str) -> bytes:
    if not text.startswith("@"):
        return os.fsencode(text)
    if text == "@-":
        return b"" if sys.stdin is None else sys.stdin.buffer.read()
    with open(text[1:], "rb") as file:
        return file.read()


def _checked_json(content: bytes) -> bytes:
    import json  # only who sends JSON pays for it

    try:
        json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Mistake(f"what --json was given is not JSON: {error}") from None
    return content  # as it was typed: numbers keep their digits, objects their order


def _credentials(arguments: Arguments) -> tuple[str, str] | None:
    if arguments.credentials is None:
        return None
    user, password = arguments.credentials
    if password is None:
        import getpass  # only who leaves the password out is asked
        import warnings

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", getpass.GetPassWarning)  # it would be shown while it is typed
                password = getpass.getpass(f"Password for {user!r}: ")
        except (EOFError, getpass.GetPassWarning):
            raise Mistake("-u has no password, and there is no terminal to ask for it") from None
    return user, password


def _deliver(response: Response, arguments: Arguments) -> int:
    if arguments.fail and response.status_code >= 400:
        complain(f"the server answered {response.status_code} {response.reason or ''}")
        return given.BAD_STATUS
    if arguments.output in (None, "-"):
        print_body(response, sys.stdout, anything=arguments.output == "-")
    else:
        save_body(response, arguments.output, sys.stderr)
    return given.DONE


def _forget_closed_pipes() -> None:
    # At its end the interpreter flushes both streams, and would report there what we have just been told.
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and _is_broken(stream):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _is_broken(stream: TextIO) -> bool:
    try:
        stream.flush()
    except BrokenPipeError:
        return True
    return False
