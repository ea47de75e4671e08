"""What the person asked for: the command line becomes one `Arguments` value, or a usage error.

Options are spelled as in curl where curl has them, because fingers know those. What is wrong in itself (a header without
a colon, a negative timeout) is refused here; whether a URL or a file is any good shows later, when it is used.
"""

from __future__ import annotations

import argparse
import os
import re
import sys

from ..__version__ import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# The exit statuses. 22 is curl's, 130 and 141 are what a shell makes of an interrupt and of a closed pipe.
DONE, FAULT, USAGE, BAD_URL, NO_CONNECTION, TOO_SLOW, NOT_SECURE, DAMAGED, TOO_MANY_REDIRECTS, NO_FILE = range(10)
BAD_STATUS = 22
INTERRUPTED = 130
NOBODY_READS = 141

MEANINGS = {
    DONE: "done (whatever the status of the response, unless --fail is given)",
    FAULT: "an error that has no number of its own, or a self-test that failed",
    USAGE: "the command line is wrong",
    BAD_URL: "the URL is wrong, or is not http or https",
    NO_CONNECTION: "no connection could be made, or it broke before the answer",
    TOO_SLOW: "it took longer than --timeout allows",
    NOT_SECURE: "no secure connection could be made",
    DAMAGED: "the body came damaged or cut short",
    TOO_MANY_REDIRECTS: "there were too many redirects",
    NO_FILE: "a file could not be read or written, or a terminal would have been sent binary data",
    BAD_STATUS: "the status is 400 or more, and --fail was given",
    INTERRUPTED: "interrupted from the keyboard",
    NOBODY_READS: "the reader of the output went away",
}


class Arguments(argparse.Namespace):
    """One parsed command line."""

    url: str
    method: str | None
    headers: list[tuple[str, str]]
    data: list[str] | None
    json: str | None
    credentials: tuple[str, str | None] | None
    verify: bool
    proxy: str | None
    unix_socket: str | None
    resolve: list[tuple[tuple[str, int], list[str]]]
    timeout: float | None
    redirects: bool
    fail: bool
    output: str | None
    verbose: bool
    self_test: bool


def parse(argv: Sequence[str] | None = None) -> Arguments:
    """The arguments, from `sys.argv` unless given; a mistake ends in `SystemExit` with status 2, after a sentence on stderr.

    >>> parse(["https://example.org/", "-H", "Accept: text/plain"]).headers
    [('Accept', 'text/plain')]
    """
    parser = _parser()
    arguments = parser.parse_args(argv, namespace=Arguments())
    if arguments.self_test and arguments.url is not None:
        parser.error("--self-test takes no URL")
    if not arguments.self_test and arguments.url is None:
        parser.error("a URL is needed (or --self-test, or --help)")
    return arguments


def _parser() -> _Parser:
    parser = _Parser(
        prog=_program(),
        description="Fetch a URL and print the body.",
        epilog=_exit_statuses(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("url", metavar="URL", nargs="?", help="what to fetch, with its http:// or https://")
    add("-X", "--request", dest="method", metavar="METHOD", help="the method (GET, or POST if there is data)")
    add("-H", "--header", dest="headers", metavar="'Name: value'", type=header, action="append", default=[],
        help="send this header; without a value, do not send the one that would be sent; may be repeated")  # fmt: skip
    body = parser.add_mutually_exclusive_group()
    body.add_argument("-d", "--data", metavar="DATA", action="append",
        help="send this as a form; @FILE sends a file, @- the standard input; repeated, they are joined with &")  # fmt: skip
    body.add_argument("--json", metavar="JSON", help="send this as JSON; @FILE and @- as with -d")
    add("-u", "--user", dest="credentials", metavar="USER:PASS", type=credentials,
        help="Basic authentication; without a password, it is asked for")  # fmt: skip
    add("-k", "--insecure", dest="verify", action="store_false", help="do not verify the server's certificate")
    add("-x", "--proxy", metavar="URL", help="ask this proxy; without it, the environment says which")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--unix-socket", metavar="PATH", help="connect to this Unix socket, whatever host the URL names")
    way.add_argument("--resolve", metavar="HOST:PORT:ADDRESS[,ADDRESS]...", type=resolution, action="append", default=[],
        help="connect to these addresses for that host and port; may be repeated")  # fmt: skip
    add("--timeout", metavar="SECONDS", type=seconds, help="give up when nothing happens for so long (default: never)")
    add("--no-redirects", dest="redirects", action="store_false", help="do not follow redirects")
    add("--fail", action="store_true", help=f"print no body and exit with {BAD_STATUS} if the status is 400 or more")
    add("-o", "--output", metavar="FILE", type=path, help="write the body to FILE, when it is complete; - is the standard output")
    add("-v", "--verbose", action="store_true", help="show the heads of requests and responses, without secrets, on stderr")
    add("--self-test", action="store_true", help="check this copy against a server of its own, and show what the machine offers")
    add("--version", action="version", version=f"minireq {__version__}")
    return parser


def _program() -> str:
    if os.path.basename(sys.argv[0]) != "__main__.py":
        return "minireq"
    return "python -m " + __name__.rpartition(".cli.")[0]  # "minireq", or "app.minireq" when another package carries us


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse takes stdout and stderr for granted; a windowed Python, or a closed descriptor, has None there.
        if message and file is not None:
            file.write(message)


def _exit_statuses() -> str:
    return "exit statuses:\n" + "\n".join(f"  {number:3}  {meaning}" for number, meaning in MEANINGS.items())


def header(text: str) -> tuple[str, str]:
    """The two sides of `Name: value`.

    >>> header("Accept:text/plain")
    ('Accept', 'text/plain')
    """
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise argparse.ArgumentTypeError("a header is written 'Name: value'")
    return name.strip(), value.strip()


def credentials(text: str) -> tuple[str, str | None]:
    """The two sides of `USER:PASS`; the password is None if there is no colon, and may itself hold colons.

    >>> credentials("ann:a:b")
    ('ann', 'a:b')
    """
    user, colon, password = text.partition(":")
    return user, password if colon else None


def resolution(text: str) -> tuple[tuple[str, int], list[str]]:
    """The parts of `HOST:PORT:ADDRESS[,ADDRESS]...`; brackets may stand around IPv6 addresses.

    >>> resolution("example.org:443:127.0.0.1,[::1]")
    (('example.org', 443), ['127.0.0.1', '::1'])
    """
    match = re.fullmatch(r"(\[[^]]*\]|[^:\[]+):([0-9]{1,5}):(.+)", text)
    if match is None:
        raise argparse.ArgumentTypeError("an address is written HOST:PORT:ADDRESS")
    return (match[1], int(match[2])), [address.strip("[]") for address in match[3].split(",")]


def seconds(text: str) -> float:
    """A time that can be waited: more than nothing, and not for ever.

    >>> seconds("2.5")
    2.5
    """
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number <= 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds between 0 and 1000000")
    return number


def path(text: str) -> str:
    """The name of a file to write, in a directory that is there: said now, not after a request was sent for nothing.

    >>> path("page.html")
    'page.html'
    """
    if not text:
        raise argparse.ArgumentTypeError("the name of a file is needed")
    if os.path.isdir(text):
        raise argparse.ArgumentTypeError(f"{text!r} is a directory")
    if not os.path.isdir(os.path.dirname(text) or "."):
        raise argparse.ArgumentTypeError(f"{text!r} is in no directory that exists")
    return text
