import fcntl
import os
import secrets
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import Trouble, tell
from .children import dying_with_me

PATIENCE = 120  # seconds without any sign of progress
LOG_LIMIT = 10 * 2**20
PORTS = range(20000, 32000)  # below what Linux hands out for outgoing connections


class Server:
    """A server process that belongs to one folder: its data, password, port and log.

    The file `alive` in the folder is locked by the process itself (it inherits the descriptor, and
    so do its own children). So the lock tells for certain whether anything of it still runs,
    whoever started it, which a number in a pid file cannot.
    """

    name = ""
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path, *, disposable: bool = False):
        self.folder = folder
        self.disposable = disposable
        self.process = None

    # What each kind of server knows

    def prepare(self) -> None:
        """Make the folder, or refuse one that cannot be used."""
        raise NotImplementedError

    def command(self) -> list[str]:
        raise NotImplementedError

    def probe(self) -> bool:
        """Is the server at our port ours, and ready? Raises `Loading` while it says "not yet"."""
        raise NotImplementedError

    def ask_to_stop(self) -> None:
        raise NotImplementedError

    def account(self) -> dict:
        """As whom the process runs, in the words of Popen."""
        return {}

    # What they share

    def start(self) -> None:
        """Start the server, or adopt the one that already runs in this folder."""
        self.prepare()
        with self.life() as life:
            if self.await_answer(lambda: not is_free(life)):
                return
            self.launch(life)

    def launch(self, life) -> None:
        for _ in range(5):
            self.choose_port()
            log_start = self.rotate_log()
            with self.log.open("ab") as log:
                self.process = subprocess.Popen(
                    self.command(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
                    pass_fds=[life.fileno()],
                    start_new_session=True,  # Ctrl-C is for the command, which then stops us
                    preexec_fn=dying_with_me(self.stop_signal) if self.disposable else None,
                    **self.account(),
                )
            if self.await_answer(lambda: self.process.poll() is None):
                return
            said = self.log.read_bytes()[log_start:].decode(errors="replace")
            if "Address already in use" not in said:
                break
        raise Trouble(
            f"{self.name} did not start. Its last words, from {self.log}:\n"
            + "\n".join(said.splitlines()[-12:])
        )

    def await_answer(self, is_running) -> bool:
        """Wait for a server that runs and makes progress; False when it does not run."""
        progress, seen = time.monotonic(), self.log_size()
        told = False
        while is_running():
            try:
                if self.probe():
                    return True
            except Loading:
                progress = time.monotonic()
            if self.log_size() != seen:
                progress, seen = time.monotonic(), self.log_size()
            waited = time.monotonic() - progress
            if waited > 10 and not told:
                tell(f"Waiting for {self.name} in {self.folder} ...")
                told = True
            if waited > PATIENCE:
                raise Trouble(
                    f"{self.name} runs in {self.folder} but has not answered for {PATIENCE} s. "
                    f"See {self.log}, stop that process and start again."
                )
            time.sleep(0.05)
        return False

    def stop(self) -> None:
        """Stop it in an orderly way, whoever started it."""
        if not (self.folder / "alive").exists():
            return
        with self.life() as life:
            if is_free(life):
                return
            self.ask_to_stop()
            deadline = time.monotonic() + PATIENCE
            while not is_free(life):
                if time.monotonic() > deadline:
                    raise Trouble(f"{self.name} does not stop. See {self.log}.")
                time.sleep(0.02)
        if self.process:
            self.process.wait()

    def life(self):
        return (self.folder / "alive").open("ab")

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def log_size(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def rotate_log(self) -> int:
        if self.log_size() > LOG_LIMIT:
            self.log.replace(self.folder / "log.old")
        return self.log_size()

    @property
    def password(self) -> str:
        return (self.folder / "password").read_text()

    @property
    def port(self) -> int:
        try:
            return int((self.folder / "port").read_text())
        except (FileNotFoundError, ValueError):
            return 0  # where nobody listens

    def choose_port(self) -> None:
        """Keep the remembered port unless somebody else sits on it."""
        if self.port and is_bindable(self.port):
            return
        port = next(p for p in iter(lambda: secrets.choice(PORTS), None) if is_bindable(p))
        write_whole(self.folder / "port", str(port))


class Loading(Exception):
    """The server is ours and not ready yet."""


def is_free(life) -> bool:
    """Take the lock. What we start from then on inherits it, and it ends with the last of them."""
    try:
        fcntl.flock(life, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_bindable(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that is seen whole or not at all."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, mode)  # whatever the umask is
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
