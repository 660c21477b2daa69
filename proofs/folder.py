"""A folder of its own for a proof or a benchmark, and for the servers that it starts."""

import contextlib
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local import run
from local.servers import var_root


@dataclass
class Own:
    folder: Path
    is_right: bool = True


@contextlib.contextmanager
def own_folder(name: str):
    """It goes away, however this ends, unless it is noted that something is not right."""
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, run.interrupt)
    var = var_root()
    var.mkdir(parents=True, exist_ok=True)
    own = Own(Path(tempfile.mkdtemp(prefix=f"{name}-", dir=var)))
    own.folder.chmod(0o711)
    try:
        yield own
    except KeyboardInterrupt:
        sys.exit("Stopped.")
    finally:
        if own.is_right:
            shutil.rmtree(own.folder)
    if not own.is_right:
        sys.exit(f"The books do not agree. What was logged: {own.folder}/*.log")
