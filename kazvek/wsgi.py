import gc
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kazvek.settings")


def share_counters():
    """Say to prometheus_client, before it is imported, where it counts: all workers in one folder.

    What a worker that died has counted stays. A new server begins anew, and clears away what those
    before it left.
    """
    every = Path(tempfile.gettempdir()) / f"kazvek-counters-{os.getuid()}"
    every.mkdir(mode=0o700, exist_ok=True)
    for left in every.iterdir():
        if not Path("/proc", left.name).exists():
            shutil.rmtree(left, ignore_errors=True)
    own = every / str(os.getppid())
    own.mkdir(exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(own)


if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    share_counters()

from django.core.wsgi import get_wsgi_application  # noqa: E402 it reads the settings

application = get_wsgi_application()
# What stays for ever is not looked through again and again for what may go.
gc.collect()
gc.freeze()
