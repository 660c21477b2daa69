import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .children import dying_with_me
from .server import is_free

GRACE = 10  # seconds to end in an orderly way
LONGEST_PAUSE = 30  # seconds between two tries to start what keeps dying


@dataclass
class Child:
    """One process that is kept running, and whose lines are shown under its name.

    It and its own children hold the lock of the file `mark`, which names their group. So whatever
    a killed run left behind is known for certain, and ended.
    """

    name: str
    command: list[str]
    colour: int
    mark: Path
    process: subprocess.Popen | None = None
    unfinished: bytes = b""
    failures: int = 0
    started_at: float = 0
    start_at: float = 0

    def start(self):
        die_with_me = dying_with_me(signal.SIGTERM)
        with self.alone() as mark:

            def in_child():
                die_with_me()
                os.ftruncate(mark.fileno(), 0)
                os.write(mark.fileno(), str(os.getpid()).encode())

            self.process = subprocess.Popen(
                self.command,
                bufsize=0,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=[mark.fileno()],
                start_new_session=True,  # so Ctrl-C reaches only us, and the group is its own
                preexec_fn=in_child,
            )
        os.set_blocking(self.process.stdout.fileno(), False)
        self.started_at = time.monotonic()

    def alone(self):
        """The mark, locked, once nothing of an earlier start lives any more."""
        mark = self.mark.open("ab+")
        told_to_end_at = time.monotonic()  # by the death of its parent
        while not is_free(mark):
            if time.monotonic() - told_to_end_at > GRACE / 2:
                mark.seek(0)
                end_group(int(mark.read()))
            time.sleep(0.05)
        return mark

    def show(self) -> bool:
        """Print the lines that have arrived; False when no more can come."""
        while chunk := self.process.stdout.read(65536):
            *lines, self.unfinished = (self.unfinished + chunk).split(b"\n")
            for line in lines:
                self.say(line.decode(errors="replace"))
        return chunk is None

    def say(self, line):
        name = f"{self.name:<6} |"
        if sys.stdout.isatty():
            name = f"\x1b[{self.colour}m{name}\x1b[0m"
        print(name, line, flush=True)


class Supervisor:
    """Runs its children until it is told to stop."""

    def __init__(self, children: list[Child]):
        self.children = children
        self.selector = selectors.DefaultSelector()
        self.is_stopping = False

    def stop(self):
        """The loop sees it within a moment."""
        self.is_stopping = True

    def end_leftovers(self):
        for child in self.children:
            child.alone().close()

    def run(self):
        try:
            while not self.is_stopping:
                for child in self.children:
                    if not child.process and time.monotonic() >= child.start_at:
                        child.start()
                        self.selector.register(child.process.stdout, selectors.EVENT_READ, child)
                self.look_after()
                for child in self.children:
                    if child.process and child.process.returncode is not None:
                        self.put_off(child)
        finally:
            self.end()

    def look_after(self):
        for key, _ in self.selector.select(timeout=0.2):
            if not key.data.show():
                self.selector.unregister(key.fileobj)
        for child in self.children:
            if child.process and child.process.poll() is not None:
                end_group(child.process.pid)  # its own children would hold on to the port
                if child.process.stdout.fileno() in self.selector.get_map():
                    child.show()
                    self.selector.unregister(child.process.stdout)

    def put_off(self, child):
        """Have a dead child started again, later each time it dies soon."""
        soon = time.monotonic() - child.started_at < 60
        child.failures = child.failures + 1 if soon else 0
        pause = min(2**child.failures, LONGEST_PAUSE)
        child.say(f"ended with code {child.process.returncode}; starting again in {pause} s")
        child.process.stdout.close()
        child.process, child.unfinished = None, b""
        child.start_at = time.monotonic() + pause

    def end(self):
        with contextlib.suppress(OSError):  # the terminal may be gone
            print("Stopping ...", flush=True)
        running = [child for child in self.children if child.process]
        for child in running:
            child.process.terminate()
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline and any(c.process.returncode is None for c in running):
            self.look_after()
        for child in running:
            end_group(child.process.pid)
            child.process.wait()


def end_group(group: int):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
