"""Gives up root: a container may have to start with it, because its folders belong to root, and needs it no longer.

Nothing else about users or rights is here.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path


def step_down(user: str | None, folder: Path) -> bool:
    """Go on as `user`, to whom the folder with all in it belongs from now on; return whether anything was done.

    None: as whoever it is. Only root has something to give up. Raises KeyError where there is no such user, OSError
    where it is not allowed.
    """
    if not user or os.geteuid() != 0:
        return False
    entry = pwd.getpwnam(user)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    return True
