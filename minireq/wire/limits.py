"""How much of a message we accept: one value, with a name for each limit.

The defaults let every honest server through that we know of, and stop a hostile one before it costs more than a few hundred
kilobytes. Memory always follows what has arrived, never what a server says it will send.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

NO_LIMIT = 1 << 62  # what no number of bytes reaches: a number all the same, so that every limit is compared in one way

if TYPE_CHECKING:

    class Limits(NamedTuple):
        """The limits as a type checker sees them."""

        header_line: int = 64 * 1024
        header_bytes: int = 256 * 1024
        header_count: int = 500
        interim_responses: int = 50
        chunk_line: int = 8 * 1024
        trailer_bytes: int = 64 * 1024
        trailer_count: int = 100
        codings: int = 5
        body: int = NO_LIMIT
        decoded_body: int = NO_LIMIT
        decode_ratio: int = 2000

else:

    class Limits(
        namedtuple(
            "Limits",
            "header_line header_bytes header_count interim_responses chunk_line trailer_bytes trailer_count codings "
            "body decoded_body decode_ratio",
            defaults=(64 * 1024, 256 * 1024, 500, 50, 8 * 1024, 64 * 1024, 100, 5, NO_LIMIT, NO_LIMIT, 2000),
        )
    ):
        """What of a response is accepted: lines, sections, trailers and bodies in bytes, the rest in pieces.

        `body` is as it was sent, `decoded_body` without its content codings. `decode_ratio` is how many bytes each received one
        may become: gzip and deflate reach 1,032, so that more than the default is codings piled up to be a bomb.

        >>> Limits(header_count=1000).header_count
        1000
        """

        __slots__ = ()


DEFAULT_LIMITS = Limits()

# So much may come out of a decoder before `decode_ratio` is looked at: little messages may well be zeros and nothing else.
UNSUSPECTED = 64 * 1024 * 1024
