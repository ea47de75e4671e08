"""`import minireq` gives the package that has another name: `minireq.adapters` is `app._vendor.minireq.adapters`, the very module.

Children get this file as text, ahead of their code (`interpreter`): so it imports nothing that a bare Python has not got already.
"""

import sys


class Alias:
    """A finder and loader for the package `minireq` whose modules are those of the package `name`."""

    def __init__(self, name):
        self.name = name

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "minireq" and not fullname.startswith("minireq."):
            return None
        return type(sys.__spec__)(fullname, self, origin=self.name + fullname[len("minireq") :])

    def create_module(self, spec):
        __import__(spec.origin)
        module = sys.modules[spec.origin]
        self.own_spec = module.__spec__
        return module

    def exec_module(self, module):
        module.__spec__ = self.own_spec  # the import system has put the alias' there; it has run already
