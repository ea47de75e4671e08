"""A root directory with nothing in it but a Python, in a mount namespace of its own: no /etc, no /dev, no /proc, no /tmp.

The interpreter that runs the tests is bound into an empty file system, at the place where it is here, with the libraries of the
system; the package is copied to /carried. The network is the machine's. It takes Linux and `unshare`; who is not root becomes it.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from . import carried

SCRIPT = """set -e
mount -t tmpfs -o mode=755 none {root}
for folder in {folders}; do mkdir -p {root}$folder; mount --bind $folder {root}$folder; done
mkdir {root}/carried
cp -r {package} {root}/carried
{remount}
exec chroot {user} {root} {python} -I -S -c {code}
"""


def run(code: str, root: Path, nobody: bool = False, read_only: bool = False) -> subprocess.CompletedProcess[str]:
    """What becomes of the code in there, where `root`, an empty folder, is the root directory."""
    path = f"/carried/{carried.PATH.name}" if carried.PATH.is_file() else "/carried"
    base = os.path.realpath(sys.base_prefix)
    folders = {base, "/lib", "/usr/lib"} if base != "/usr" else {"/usr", "/lib"}
    folders |= {folder for folder in ("/lib64",) if os.path.isdir(folder)}
    script = SCRIPT.format(
        root=root,
        folders=" ".join(sorted(folders)),
        package=carried.PACKAGE,
        remount=f"mount -o remount,ro {root}" if read_only else "",
        user="--userspec=65534:65534" if nobody else "",
        python=os.path.realpath(sys.executable),
        code=shlex.quote(f"import sys; sys.path.insert(0, {path!r})\n{carried.prelude()}{code}"),
    )
    command = ["unshare", "--mount", *(["--map-root-user"] if os.getuid() else []), "sh", "-c", script]
    return subprocess.run(command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60)
