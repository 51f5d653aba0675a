"""A folder of this user's own under the system's folder for temporary files, by a name that stays.

That folder is everybody's: whoever foresees a name may put a link or a folder of his there first. What is
made once and thrown away has a random name (`tempfile`). What several processes must find again lies in
here, and only where nobody else can write.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


def is_own(folder: Path) -> bool:
    """Whether it is a folder, no link to one, that is this user's and that no other may write into."""
    try:
        about = folder.lstat()
    except OSError:
        return False
    others = stat.S_IWGRP | stat.S_IWOTH
    return (
        stat.S_ISDIR(about.st_mode) and about.st_uid == os.getuid() and not about.st_mode & others
    )


def own_folder() -> Path:
    """Makes it where it is not there.

    Raises:
        PermissionError: there is something of another user's in its place, or a link.
    """
    folder = Path(tempfile.gettempdir(), f"albert-data-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    if not is_own(folder):
        raise PermissionError(1, "others can write here, or it is a link", str(folder))
    return folder
