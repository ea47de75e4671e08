"""The command; the package says what it does. Here is what runs outside of atheris, `guided.py` is what runs inside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("FUZZ_CACHE") or ROOT / ".cache" / "fuzz").resolve()
WANTED = ["atheris >=2.3", "hypothesis >=6.80"]


def main(arguments: list[str]) -> int:
    seconds = int(arguments.pop()) if arguments and arguments[-1].isdigit() else 60
    python = environment()
    known = subprocess.run(
        [python, "-m", "tests.fuzz.guided"], cwd=ROOT, text=True, stdout=subprocess.PIPE, check=True
    ).stdout.split()
    if not set(arguments) <= set(known):
        sys.exit(f"the targets are: {' '.join(known)}")
    return max([fuzz(python, target, seconds) for target in arguments or known])


def environment() -> str:
    """The Python of a virtual environment with atheris, made where it has not been yet."""
    folder = CACHE / "venv-{}.{}".format(*sys.version_info)
    python, mark = folder / "bin" / "python", folder / ".made"
    if not mark.exists():
        print(f"making the virtual environment {folder}", file=sys.stderr)
        venv.EnvBuilder(with_pip=True, clear=folder.exists(), symlinks=True).create(folder)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *WANTED], stdout=sys.stderr, check=True)
        mark.touch()
    return str(python)


def targets(python: str) -> list[str]:
    """The names of all targets."""
    said = subprocess.run([python, "-m", "tests.fuzz.guided"], cwd=ROOT, capture_output=True, text=True)
    return said.stdout.split() or sys.exit(said.stderr)


def fuzz(python: str, target: str, seconds: int) -> int:
    """Run a target for so long, and say in a line what came of it."""
    corpus, broken, log = CACHE / "corpus" / target, CACHE / "broken", CACHE / f"{target}.log"
    for folder in (corpus, broken):
        folder.mkdir(parents=True, exist_ok=True)
    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=4096"]
    settings = [*limits, "-print_final_stats=1", f"-artifact_prefix={broken}/{target}-"]
    with log.open("w") as output:
        status = subprocess.run(
            [python, "-m", "tests.fuzz.guided", target, str(corpus), *settings], cwd=ROOT, stdout=output, stderr=output
        ).returncode
    said = log.read_text(errors="replace")
    count = re.findall(r"(?:number_of_executed_units: |Done )(\d+)", said)
    result = f"it broke: see {log}, and what did it in {broken}" if status else "nothing found"
    print(
        f"{target}: {seconds} s, {count[-1] if count else 'no'} executions, {len(list(corpus.iterdir()))} kept, {result}",
        flush=True,
    )
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
