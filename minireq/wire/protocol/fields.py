"""Header fields: ordered, found by any spelling of their name, repeats kept.

One dict holds them, the index: lower-case name -> (name as it was spelled, value), with the values of a repeated field joined by
commas (RFC 9110, 5.3). Only where a name is repeated does a list of all lines stand beside it. That is the shape that the parser
fills and that the layer above copies, so a response's headers are built once.
"""

from __future__ import annotations

from collections.abc import MutableMapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Any, TypeVar

    _T = TypeVar("_T")
    _Base = MutableMapping[str, str]
else:
    _Base = MutableMapping


class Fields(_Base):
    """The fields of a message: a mapping whose names have no case.

    >>> fields = Fields([("Vary", "a"), ("vary", "b"), ("Server", "x")])
    >>> fields["VARY"], fields.getlist("vary"), len(fields)
    ('a, b', ['a', 'b'], 2)
    """

    __slots__ = ("_lines", "_repeated", "index")

    def __init__(self, pairs: Iterable[tuple[str, str]] | Mapping[str, str] = (), **more: str) -> None:
        self.index: dict[str, tuple[str, str]] = {}
        self._lines: list[tuple[str, tuple[str, str]]] | None = None
        self._repeated: dict[str, list[str]]  # where there are lines: the values of the names that are repeated
        self.extend(pairs, **more)

    @classmethod
    def of_index(cls, index: dict[str, tuple[str, str]]) -> Fields:
        """The fields around such a dict, which it keeps."""
        made = cls.__new__(cls)
        made.index = index
        made._lines = None
        return made

    @classmethod
    def of_lines(cls, lines: list[tuple[str, tuple[str, str]]]) -> Fields:
        """The fields of parsed lines, each (lower-case name, (name, value)), in their order."""
        made = cls.__new__(cls)
        made.index = index = dict(lines)
        made._lines = None
        if len(index) != len(lines):
            made._lines = lines
            made._join()
        return made

    def _join(self) -> None:
        """Fill the index anew from the lines, the values of each name joined."""
        assert self._lines is not None
        self.index = index = dict(self._lines)  # each name where it came first, with the last of its values
        earlier = [line for line in self._lines if index[line[0]] is not line[1]]
        if len(index) + len(earlier) != len(self._lines):  # a line that came twice may be one object: they are told apart
            self._lines = [(lower, (name, value)) for lower, (name, value) in self._lines]
            self._join()
            return
        firsts: dict[str, str] = {}
        repeated: dict[str, list[str]] = {}
        self._repeated = repeated
        for lower, (name, value) in earlier:
            firsts.setdefault(lower, name)
            repeated.setdefault(lower, []).append(value)
        for lower, values in repeated.items():
            values.append(index[lower][1])
            index[lower] = (firsts[lower], ", ".join(values))

    # What the wire itself asks, by lower-case name.

    def value(self, lower: str) -> str | None:
        """The joined value of a field by its lower-case name, or None."""
        pair = self.index.get(lower)
        return None if pair is None else pair[1]

    def lines(self) -> Collection[tuple[str, str]]:
        """Every (name, value) in the order of the message, repeats as they came."""
        return self.index.values() if self._lines is None else [pair for _, pair in self._lines]

    def joined(self) -> dict[str, tuple[str, str]]:
        """A copy of the index: lower-case name -> (name, joined value)."""
        return self.index.copy()

    # The mapping.

    def __getitem__(self, name: str) -> str:
        return self.index[name.lower()][1]

    def __setitem__(self, name: str, value: str) -> None:
        self.discard(name)
        self.add(name, value)

    def __delitem__(self, name: str) -> None:
        if name.lower() not in self.index:
            raise KeyError(name)
        self.discard(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.index.values())

    def __len__(self) -> int:
        return len(self.index)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self.index

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Fields):
            theirs = other
        elif hasattr(other, "keys"):
            theirs = Fields(other)  # type: ignore[arg-type]
        else:
            return NotImplemented
        return {k: v for k, (_, v) in self.index.items()} == {k: v for k, (_, v) in theirs.index.items()}

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.masked()})"

    # Repeats: the habits of urllib3's HTTPHeaderDict, which `response.raw.headers` is expected to have.

    def add(self, name: str, value: str, *, combine: bool = False) -> None:
        """Add a line, after those of the same name; `combine` joins it to the last of them."""
        lower = name.lower()
        if lower not in self.index:
            self.index[lower] = (name, value)
            if self._lines is not None:
                self._lines.append((lower, (name, value)))
            return
        if self._lines is None:
            self._lines = list(self.index.items())
        if combine:
            last = max(i for i, line in enumerate(self._lines) if line[0] == lower)
            spelled, before = self._lines[last][1]
            self._lines[last] = (lower, (spelled, f"{before}, {value}"))
        else:
            self._lines.append((lower, (name, value)))
        self._join()

    def extend(self, pairs: Iterable[tuple[str, str]] | Mapping[str, str] = (), **more: str) -> None:
        """Add every pair of a mapping, of another `Fields` or of an iterable."""
        if isinstance(pairs, Fields):
            pairs = list(pairs.lines())
        elif hasattr(pairs, "keys"):
            mapping: Any = pairs
            pairs = [(name, mapping[name]) for name in mapping.keys()]
        for name, value in pairs:
            self.add(name, value)
        for name, value in more.items():
            self.add(name, value)

    def discard(self, name: str) -> None:
        """Remove every line of a name, if there is one."""
        lower = name.lower()
        if self.index.pop(lower, None) is not None and self._lines is not None:
            self._lines = [line for line in self._lines if line[0] != lower]
            self._repeated.pop(lower, None)

    def getlist(self, name: str, default: Any = None) -> Any:
        """The values of all lines of a name; the default, or an empty list, if there is none."""
        lower = name.lower()
        if lower not in self.index:
            return [] if default is None else default
        if self._lines is None or lower not in self._repeated:
            return [self.index[lower][1]]
        return self._repeated[lower].copy()

    def get_all(self, name: str, default: Any = None) -> Any:
        """As `getlist`, but None if there is no such field: the form that `http.cookiejar` and email messages use."""
        return self.getlist(name) or default

    getheaders = getallmatchingheaders = iget = getlist

    def iteritems(self) -> Iterator[tuple[str, str]]:
        """Every line as a pair."""
        return iter(list(self.lines()))

    def itermerged(self) -> Iterator[tuple[str, str]]:
        """One pair a name, values joined."""
        return iter(list(self.index.values()))

    def items(self) -> Any:
        """Every line as a pair, repeats as they came."""
        return list(self.lines())

    def copy(self) -> Fields:
        """Fields of their own with the same lines."""
        made = Fields.__new__(Fields)
        made.index = self.index.copy()
        made._lines = None
        if self._lines is not None:
            made._lines = self._lines.copy()
            made._repeated = {name: values.copy() for name, values in self._repeated.items()}
        return made

    def masked(self) -> list[tuple[str, str]]:
        """The lines as they may be shown: values that are secrets are not."""
        return [(name, "***" if name.lower() in SECRET_FIELDS else value) for name, value in self.lines()]


# Fields whose values never appear in a repr, a log or an error, and are never remembered between messages.
SECRET_FIELDS = frozenset(
    ["authorization", "proxy-authorization", "cookie", "set-cookie", "set-cookie2", "authentication-info", "x-api-key"]
)

NO_FIELDS = Fields()
