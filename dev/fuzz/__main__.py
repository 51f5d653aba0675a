"""Fuzzing of readers, guided by coverage: a process a reader, which ends on nothing but time.

    python -m dev.fuzz [--minutes M] [--reader NAME ...] [--findings FOLDER] [--seed N]

With Atheris (`make fuzz`, in an environment of its own): libFuzzer changes the inputs and keeps those that
reach new code of ours; kernels and other libraries are seen from outside. An error that a reader may not
raise is noted once for each place that raises it, with its input, and the search goes on; so do those that
end the process or take more than twenty seconds. Prints a row a reader: inputs, seconds, code reached and
findings.
What is new is left in `--work` and, where it is small, can be committed to `dev/fuzz/corpus/READER`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECONDS_OF_AN_INPUT = 20
MEGABYTES = 3000
# After its time, for the last input and the end of the process: at which Arrow's threads, waiting for Python,
# may be waited for without end.
SECONDS_TO_END = 60


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=5, help="in all, shared evenly")
    parser.add_argument("--reader", action="append", help="only this one")
    parser.add_argument("--findings", type=Path, default=Path("fuzz-findings"))
    parser.add_argument("--work", type=Path, help="keeps the inputs that reached new code here")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    from dev.fuzz.targets import TARGETS

    names = given.reader or [*TARGETS]
    if unknown := sorted({*names} - {*TARGETS}):
        raise SystemExit(f"no reader {unknown[0]}; there are {', '.join(TARGETS)}")
    found = 0
    print("| reader | inputs | seconds | reached | findings |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="albert-fuzz-") as home:
        work = given.work or Path(home)
        for name in names:
            own = fuzz(name, 60 * given.minutes / len(names), work, given.findings, given.seed)
            found += own
    raise SystemExit(found > 0)


def fuzz(name: str, seconds: float, work: Path, findings: Path, seed: int) -> int:
    """Fuzzes a reader and prints its row; how many findings there are."""
    inputs = reached = ended = 0
    findings = findings / name
    findings.mkdir(parents=True, exist_ok=True)
    (work / name).mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    while (left := seconds - (time.monotonic() - began)) > 1:
        command = [
            sys.executable, "-m", "dev.fuzz.one", name, str(findings), str(work / name),
            f"-max_total_time={int(left)}", f"-timeout={SECONDS_OF_AN_INPUT}",
            f"-rss_limit_mb={MEGABYTES}", f"-artifact_prefix={findings}/", f"-seed={seed + ended}",
            "-print_final_stats=1", "-verbosity=1",
        ]  # fmt: skip
        code, said = _run(command, left + SECONDS_TO_END)
        inputs += _number(r"stat::number_of_executed_units:\s*(\d+)", said) or _number(
            r"\n#(\d+)", said
        )
        reached = max(reached, _number(r"cov: (\d+)", said))
        if code == 0:
            break
        ended += 1
        (findings / f"ended-{ended}.log").write_text(said[-20000:])
        if not _number(r"\n#(\d+)", said):
            raise SystemExit(f"{name} cannot be fuzzed: {said[-2000:]}")
    # A process that reads apart and ends leaves its input as a crash: for who waits for it, an error.
    seen = len([*findings.glob("*.txt"), *findings.glob("ended-*")])
    print(
        f"| {name} | {inputs:,} | {time.monotonic() - began:.0f} | {reached} | {seen} |", flush=True
    )
    return seen


def _run(command: list[str], seconds: float) -> tuple[int, str]:
    """The exit code of a command, 0 where its time was over, and what it printed."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            return 0, said
    return process.returncode, said


def _number(pattern: str, text: str) -> int:
    """The last number that a pattern finds, 0 for none."""
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


if __name__ == "__main__":
    main()
