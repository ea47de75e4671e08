"""Small parts: a dictionary whose names have no case, the table behind `codes`, attributes made when first touched or unpickled,
patterns compiled when first used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping

from .exceptions import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, Generic, TypeVar

    _VT = TypeVar("_VT")

    class _StrMapping(MutableMapping[str, _VT], Generic[_VT]):
        """The base as a type checker sees it."""

else:

    class _StrMapping(MutableMapping):
        """The base at run time, which `CaseInsensitiveDict[str]` may subscribe without importing typing."""

        __slots__ = ()
        __class_getitem__ = classmethod(lambda cls, item: cls)


class CaseInsensitiveDict(_StrMapping["_VT"]):
    """A dictionary of headers: any spelling of a name finds it, the last one given is the one that is shown.

    >>> headers = CaseInsensitiveDict({"Content-Type": "text/plain"})
    >>> headers["content-type"], list(headers)
    ('text/plain', ['Content-Type'])
    """

    # lower-case name -> (name as it was given, value): what RawResponse's Fields hold too, so that a response's headers
    # are one dict copy.
    _store: dict[str, tuple[str, _VT]]

    # The items as they were when they were last found fit to be sent: a session's headers are looked at once, not at each request.
    _checked: tuple[tuple[str, _VT], ...] | None = None

    def __init__(self, data: Mapping[str, _VT] | Iterable[tuple[str, _VT]] | None = None, **kwargs: Any) -> None:
        self._store = {}
        self.update({} if data is None else data, **kwargs)

    @classmethod
    def _of(cls, store: dict[str, tuple[str, _VT]]) -> CaseInsensitiveDict[_VT]:
        """The dictionary around a store that is its own from now on."""
        made = cls.__new__(cls)
        made._store = store
        return made

    def __setitem__(self, key: str, value: _VT) -> None:
        self._store[key.lower()] = (key, value)

    def __getitem__(self, key: str) -> _VT:
        return self._store[key.lower()][1]

    def __delitem__(self, key: str) -> None:
        del self._store[key.lower()]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._store.values())

    def __len__(self) -> int:
        return len(self._store)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, (str, bytes)) and key.lower() in self._store

    if not TYPE_CHECKING:  # the type is that of the base

        def get(self, key, default=None):
            """The value of a name, or the default."""
            pair = self._store.get(key.lower())
            return default if pair is None else pair[1]

    def lower_items(self) -> Iterator[tuple[str, _VT]]:
        """The items, with lower-case names."""
        return ((lower, pair[1]) for lower, pair in self._store.items())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mapping):
            return NotImplemented
        return dict(self.lower_items()) == dict(CaseInsensitiveDict(other).lower_items())

    def copy(self) -> CaseInsensitiveDict[_VT]:
        """A dictionary with the same items."""
        made: CaseInsensitiveDict[_VT] = CaseInsensitiveDict.__new__(CaseInsensitiveDict)
        made._store = self._store.copy()
        return made

    def __repr__(self) -> str:
        return str(dict(self.items()))


class LookupDict(dict[str, "_VT"]):
    """Values by attribute and by item; an unknown item is None.

    >>> table = LookupDict(name="colours")
    >>> table.red = 1
    >>> table["red"], table["blue"], table.get("blue", 2)
    (1, None, 2)
    """

    name: Any

    def __init__(self, name: Any = None) -> None:
        self.name = name
        super().__init__()

    def __repr__(self) -> str:
        return f"<lookup '{self.name}'>"

    def __getattr__(self, key: str) -> _VT | Any:
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {key!r}")

    def __getitem__(self, key: str) -> _VT | Any:
        return self.__dict__.get(key, None)

    def get(self, key: str, default: Any = None) -> _VT | Any:
        """The value of a name, or the default."""
        return self.__dict__.get(key, default)


def set_attributes(owner: object, state: Any) -> None:
    """Give an object the attributes that its pickle had.

    >>> class Box: pass
    >>> set_attributes(box := Box(), {"size": 3})
    >>> box.size
    3

    Raises `InvalidArgument` for a state that is none.
    """
    if not hasattr(state, "items"):
        raise InvalidArgument(f"the state of a pickled {type(owner).__name__} is a mapping, not a {type(state).__name__}")
    for name, value in state.items():
        setattr(owner, name, value)


class OnTouch:
    """An attribute that is made when it is first touched, by a function of its owner, and is an ordinary one from then on.

    >>> class Basket:
    ...     apples = OnTouch(lambda basket: [])
    >>> basket = Basket()
    >>> "apples" in vars(basket), basket.apples, "apples" in vars(basket)
    (False, [], True)
    """

    __slots__ = ("_make", "_name")

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        # Python comes here only while the instance has no value of its own under this name.
        if instance is None:
            return self
        # setdefault: of two threads that touch it first, both get the same.
        return instance.__dict__.setdefault(self._name, self._make(instance))


if TYPE_CHECKING:
    PatternOnUse = re.compile
else:

    class PatternOnUse:
        """What `re.compile` returns, but compiled when it is first used. That takes 0.1 ms: too much for what most never need.

        >>> digits = PatternOnUse("[0-9]+")
        >>> digits.findall("1 and 23")
        ['1', '23']
        """

        def __init__(self, pattern: str, flags: int = 0) -> None:
            self._arguments = pattern, flags

        def __getattr__(self, name: str) -> Any:
            # Python comes here once for each method that is used: afterwards it is an attribute.
            return self.__dict__.setdefault(name, getattr(re.compile(*self._arguments), name))
