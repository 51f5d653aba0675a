"""Stands in for `docker build`: executes a Dockerfile's steps in a clean virtual environment.

`docker` on the PATH of `docker/build.sh` is a script that calls this file. COPY and RUN are read from
the Dockerfile itself and done with /tmp as a folder of the test and `python` as the environment's.
Not done, since they would change this machine or need a registry: useradd, COPY --from, FROM, USER.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def main(root: Path, arguments: list[str]) -> None:
    """`root`: a new folder for /tmp and the environment; `arguments`: those of docker."""
    options = list(zip(arguments[1:-1:2], arguments[2:-1:2], strict=True))
    temporary, shims = root / "tmp", root / "shims"
    for folder in (temporary, shims):
        folder.mkdir(parents=True)
    useradd = shims / "useradd"
    useradd.write_text("#!/bin/sh\n")
    useradd.chmod(0o755)
    subprocess.run([sys.executable, "-m", "venv", root / "venv"], check=True)
    environment = {
        "PATH": f"{root / 'venv' / 'bin'}:{shims}:/usr/bin:/bin",
        "HOME": str(root),
        **dict(value.split("=", 1) for option, value in options if option == "--build-arg"),
        **{key: text for key, text in os.environ.items() if key.startswith("PIP_")},
    }
    for step in Path(dict(options)["--file"]).read_text().replace("\\\n", " ").splitlines():
        kind, _, rest = step.partition(" ")
        if kind == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            into = Path(target.replace("/tmp", str(temporary)))
            into.mkdir(parents=True, exist_ok=True)
            for pattern in sources:
                for path in Path(arguments[-1]).glob(pattern):
                    shutil.copy(path, into)
        elif kind == "RUN":
            command = rest.replace("/tmp", str(temporary))
            subprocess.run(["sh", "-c", command], env=environment, cwd=root, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
