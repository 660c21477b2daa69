import os
import signal
import socket
import subprocess
import sys

import pytest

from local import ROOT
from local.server import is_bindable

KEEP_A_ROW = "database.execute('CREATE TABLE kept AS SELECT 7 AS n');"
ASK_THE_ROW = "ask('SELECT n FROM kept');"
UNTIL_TOLD = "print('joined', flush=True); sys.stdin.read();"


def postmaster(var):
    return int((var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_manage_py_starts_the_servers_and_stops_them_when_it_ends(
    bare_environment, var, servers_run
):
    keys = {"LOCAL": "1", "SECRET_KEY": "x" * 50, "PRIVACY_KEY": "y" * 50, "VAR_ROOT": str(var)}
    code = "from django.db import connection as c; c.ensure_connection(); print(c.vendor)"

    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        cwd=ROOT,
        env=bare_environment | keys,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["postgresql"]), done.stderr
    assert not servers_run()


def test_given_services_are_used_and_nothing_is_started(bare_environment, var):
    given = {"DATABASE_URL": "postgres://given", "REDIS_URL": "redis://given"}
    code = "from local import servers; servers.join(); import os; print(os.environ['DATABASE_URL'])"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=bare_environment | given | {"VAR_ROOT": str(var)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "postgres://given\n"
    assert not var.exists()


def test_the_first_start_makes_a_database_that_knows_cyrillic(run_program):
    said = run_program(
        "database.execute('CREATE EXTENSION pg_trgm');"
        "ask(\"SELECT cardinality(show_trgm('трактор'))\");"
        "ask(\"SELECT lower('ӘҒҚҢӨҰҮҺІ')\")"
    )

    assert said.split() == ["8", "әғқңөұүһі"]


def test_values_of_rows_do_not_reach_the_log(run_program, var):
    run_program(
        "database.execute('CREATE TABLE people (email text UNIQUE)')\n"
        "for _ in range(2):\n"
        "  try: database.execute(\"INSERT INTO people VALUES ('aigul@example.com')\")\n"
        "  except psycopg.errors.UniqueViolation: print('refused')\n"
    )

    log = (var / "postgres" / "log").read_text()
    assert "duplicate key" in log
    assert "aigul" not in log


def test_the_last_to_leave_stops_the_servers(start_program, run_program, servers_run):
    first = start_program(UNTIL_TOLD + "ask('SELECT 1')")
    assert first.stdout.readline() == "joined\n"

    run_program("ask('SELECT 1')")
    assert servers_run()
    said, _ = first.communicate()

    assert (first.returncode, said) == (0, "1\n")
    assert not servers_run()


def test_servers_of_a_killed_program_are_taken_over(start_program, run_program, var, servers_run):
    killed = start_program(KEEP_A_ROW + UNTIL_TOLD)
    assert killed.stdout.readline() == "joined\n"
    started_before = postmaster(var)
    killed.kill()
    killed.wait()

    said = run_program(f"{ASK_THE_ROW} ask('SELECT pg_backend_pid()')")

    assert said.split()[0] == "7"
    log = (var / "postgres" / "log").read_text()
    assert log.count("starting PostgreSQL") == 1
    assert f"[{started_before}]" in log
    assert not servers_run()


def test_a_killed_database_is_started_again_and_has_lost_nothing(start_program, run_program, var):
    first = start_program(KEEP_A_ROW + UNTIL_TOLD)
    assert first.stdout.readline() == "joined\n"
    os.kill(postmaster(var), signal.SIGKILL)

    assert run_program(ASK_THE_ROW) == "7"


def test_several_programs_at_once_share_one_pair_of_servers(start_program, servers_run):
    programs = [start_program("ask('SELECT 1')") for _ in range(4)]

    said = [program.communicate() for program in programs]

    assert [program.returncode for program in programs] == [0, 0, 0, 0], said
    assert not servers_run()


@pytest.mark.proof
@pytest.mark.parametrize("pid_file", ["", "4", "{alive}\n", "{alive}\n{whole}"])
def test_a_stale_pid_file_is_survived(run_program, var, pid_file):
    run_program(KEEP_A_ROW)
    data = var / "postgres" / "data"
    whole = f"{data}\n1700000000\n5432\n\n127.0.0.1\n   123456    654321\nready   \n"

    (data / "postmaster.pid").write_text(pid_file.format(alive=os.getpid(), whole=whole))

    assert run_program(ASK_THE_ROW) == "7"


def test_what_a_killed_first_start_left_is_not_in_the_way(run_program, var):
    half = var / "postgres.half-abcdef" / "data"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    run_program(KEEP_A_ROW)

    assert run_program(ASK_THE_ROW) == "7"
    assert not half.exists()


def test_a_folder_that_is_no_whole_database_is_refused_and_left_alone(refused_program, var):
    (var / "postgres" / "data").mkdir(parents=True)
    (var / "postgres" / "data" / "precious").write_text("1")

    said = refused_program()

    assert "not a whole database folder" in said
    assert "mv " in said
    assert [path.name for path in (var / "postgres").rglob("*")] == ["data", "precious"]


def test_data_of_another_version_are_refused_and_left_alone(run_program, refused_program, var):
    run_program(KEEP_A_ROW)
    data = var / "postgres" / "data"
    (data / "PG_VERSION").write_text("15\n")
    before = contents(data)

    said = refused_program()

    assert "made by PostgreSQL 15" in said
    assert "brings PostgreSQL 18" in said
    assert contents(data) == before


def test_a_taken_port_is_left_to_whoever_has_it(run_program, var):
    run_program(KEEP_A_ROW)
    port = int((var / "postgres" / "port").read_text())

    with socket.create_server(("127.0.0.1", port)):
        said = run_program(f"{ASK_THE_ROW} ask(\"SELECT current_setting('port')\")")

    row, used = said.split()
    assert row == "7"
    assert int(used) != port
    assert is_bindable(int(used))


def test_two_folders_do_not_disturb_each_other(start_program, run_program, var, folder):
    one = start_program(KEEP_A_ROW + UNTIL_TOLD + ASK_THE_ROW)
    assert one.stdout.readline() == "joined\n"

    other = run_program("ask(\"SELECT to_regclass('kept') IS NULL\")", var=folder / "other")
    said, _ = one.communicate()

    assert other == "True"
    assert said == "7\n"


def test_tasks_that_wait_survive_a_restart(run_program):
    queue = "queue = redis.Redis.from_url(os.environ['REDIS_URL'] + '/1');"
    run_program(queue + "queue.lpush('mail', 'letter 7')")

    assert run_program(queue + "print(queue.lrange('mail', 0, -1))") == "[b'letter 7']"


def test_valkey_asks_for_the_password(run_program):
    said = run_program(
        "address = os.environ['REDIS_URL'].rpartition('@')[2]\n"
        "try: redis.Redis.from_url(f'redis://{address}').ping()\n"
        "except redis.AuthenticationError: print('refused')\n"
    )

    assert said == "refused"
