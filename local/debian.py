"""`python -m local.debian`: a browser for the tests, with letters for Kazakh and the tenge, and the
PgBouncer that stands before their database.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

FILES = {
    "chromium": Path("/usr/bin/chromium"),
    "fonts-noto-core": Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"),
    "pgbouncer": Path("/usr/sbin/pgbouncer"),
}


def main():
    packages = missing()
    if not packages:
        return
    wanted = f"The tests need {' and '.join(packages)} of Debian"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"{wanted}. As root: apt install {' '.join(packages)}")
    print(f"{wanted}; installing ...", flush=True)
    quiet = ["apt-get", "--quiet", "--yes", "-o", "DPkg::Lock::Timeout=300"]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--no-install-recommends", *packages]):
        done = subprocess.run(
            [*quiet, *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            print("\n".join(done.stdout.splitlines()[-15:]))
            sys.exit(f"apt-get {command[0]} failed. {wanted}.")
    if missing():
        sys.exit(f"{wanted}. They were installed, and yet there is no {FILES[missing()[0]]}.")


def missing() -> list[str]:
    return [package for package, file in FILES.items() if not file.exists()]


if __name__ == "__main__":
    main()
