"""What a file begins with that holds a whole package: it makes the rest of the file importable. `bundle` writes such files.

Where Python looks for the modules of a package is the package's `__path__`. Here that is a folder "behind" the file,
`…/minireq.py/minireq`, and a path hook answers for it and for the folders below, from a dictionary of compressed files. All the
rest is Python's own machinery: relative imports, pickles and tracebacks work as ever, whatever the file is called and whichever
package it is in. Two such files have two folders, and know nothing of each other.

The names begin with an underscore because this code stands in the namespace of the package that it opens.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType
    from typing import Any


class _Bundle:
    """The files, by their names in the package. It is the path hook: asked for a path, it gives the finder, or ImportError."""

    def __init__(self, root: str, files: dict[str, str]) -> None:
        self.root = root  # the path of the folder that is not there
        self.files = files

    def __call__(self, path: str) -> _Folder:
        if path != self.root and not path.startswith(self.root + "/"):
            raise ImportError(f"{path!r} is not in {self.root!r}")
        return _Folder(self, path)

    def __contains__(self, path: str) -> bool:
        return path.startswith(self.root + "/") and path[len(self.root) + 1 :] in self.files

    def read(self, path: str) -> bytes:
        """What the file at this path holds."""
        import zlib
        from binascii import a2b_base64

        if path not in self:
            raise FileNotFoundError(2, "No such file in the bundle", path)
        return zlib.decompress(a2b_base64(self.files[path[len(self.root) + 1 :]]))


class _Folder:
    """The finder of the modules in one folder."""

    def __init__(self, bundle: _Bundle, path: str) -> None:
        self.bundle = bundle
        self.path = path

    def find_spec(self, name: str, target: object = None) -> ModuleSpec | None:
        """Where the module is, if it is here."""
        from importlib.machinery import ModuleSpec

        path = f"{self.path}/{name.rpartition('.')[2]}"
        for file, is_package in ((f"{path}/__init__.py", True), (f"{path}.py", False)):
            if file in self.bundle:
                loader: Any = _Loader(self.bundle, file)
                spec = ModuleSpec(name, loader, origin=file, is_package=is_package)
                spec.has_location = True
                if spec.submodule_search_locations is not None:
                    spec.submodule_search_locations.append(path)
                return spec
        return None

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """What is here, for `pkgutil`."""
        inside = f"{self.path}/"[len(self.bundle.root) + 1 :]
        for file in self.bundle.files:
            name, _, rest = file[len(inside) :].partition("/")
            if file.startswith(inside) and rest == "__init__.py":
                yield prefix + name, True
            elif file.startswith(inside) and not rest and name.endswith(".py") and name != "__init__.py":
                yield prefix + name[:-3], False


class _Loader:
    """The loader of one module. Its name is not asked for: it may have several."""

    def __init__(self, bundle: _Bundle, path: str) -> None:
        self.bundle = bundle
        self.path = path

    def create_module(self, spec: ModuleSpec) -> None:
        """Python's own is fine."""

    def exec_module(self, module: ModuleType) -> None:
        """Run it."""
        exec(self.get_code(), module.__dict__)

    def get_code(self, name: str = "") -> CodeType:
        """Compiled under the path that tracebacks show."""
        code: CodeType = compile(self.get_source(), self.path, "exec", dont_inherit=True)
        return code

    def get_source(self, name: str = "") -> str:
        """What tracebacks quote."""
        return self.bundle.read(self.path).decode()

    def get_data(self, path: str) -> bytes:
        """Any file of the bundle."""
        return self.bundle.read(path)

    def get_filename(self, name: str = "") -> str:
        """The path that tracebacks show."""
        return self.path

    def is_package(self, name: str = "") -> bool:
        """Whether there are modules below."""
        return self.path.endswith("/__init__.py")


def _open(names: dict[str, Any], files: dict[str, str]) -> None:
    """Make a package of the module with these globals. Where it is run as a program, it is `minireq` and its command line."""
    import sys
    from importlib import import_module
    from importlib.machinery import ModuleSpec

    is_program, spec = names["__name__"] == "__main__", names["__spec__"]
    name = names["__name__"] if not is_program else "minireq" if spec is None else spec.name
    bundle = _Bundle(names["__file__"] + "/minireq", files)
    loader: Any = _Loader(bundle, bundle.root + "/__init__.py")

    # We stand first, since zipimport would answer for whatever is behind a zip; and alone, should this file be loaded anew.
    sys.path_hooks[:] = [bundle, *(hook for hook in sys.path_hooks if getattr(hook, "root", None) != bundle.root)]
    for path in [path for path in sys.path_importer_cache if f"{path}/".startswith(bundle.root + "/")]:
        del sys.path_importer_cache[path]

    spec = spec or ModuleSpec(name, loader, origin=names["__file__"])
    spec.loader, spec.submodule_search_locations = loader, [bundle.root]
    names.update(__name__=name, __package__=name, __spec__=spec, __loader__=loader, __path__=spec.submodule_search_locations)
    if is_program:
        sys.modules[name] = sys.modules["__main__"]
    exec(loader.get_code(), names)
    if is_program:
        sys.exit(import_module(name + ".cli").main())
