"""Clients who open pages one after another, each over its own connection that stays open.

They cost little beside the server that is measured on the same machine: two processes, plain
sockets, and of an answer only what tells its status and its end.
"""

import itertools
import multiprocessing
import selectors
import socket
import statistics
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

PROCESSES = 2
# However long they take.
FEWEST = 30


@dataclass
class Times:
    """Of the pages that were opened, in milliseconds."""

    seconds: float
    times: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    largest: int = 0

    @property
    def rate(self):
        return len(self.times) / self.seconds

    def within(self, share):
        """So long take this many of a hundred at most."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]

    @property
    def p50(self):
        return statistics.median(self.times)

    @property
    def p99(self):
        return self.within(99)


def open_pages(address, paths, *, clients=16, seconds=3.0, cookie="") -> Times:
    """All of them in turn, again and again; a page that is not a page is a fault."""
    processes = min(PROCESSES, clients)
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    workers = [
        context.Process(
            target=work,
            # Each begins elsewhere, so that no two ask for the same at the same time.
            args=(answers, address, paths, number, processes, clients, seconds, cookie),
        )
        for number in range(processes)
    ]
    for worker in workers:
        worker.start()
    parts = [answers.get() for _worker in workers]
    for worker in workers:
        worker.join()
    whole = Times(max(part.seconds for part in parts))
    for part in parts:
        whole.times += part.times
        whole.faults += part.faults
        whole.largest = max(whole.largest, part.largest)
    return whole


def work(answers, address, paths, number, processes, clients, seconds, cookie):
    """The share of one process."""
    here = [each for each in range(clients) if each % processes == number]
    start = len(paths) * number // processes
    told = [request(address, path, cookie) for path in (*paths[start:], *paths[:start])]
    answers.put(keep_asking(address, itertools.cycle(told), len(here), seconds))


def request(address, path, cookie=""):
    lines = [
        f"GET {quote(path, safe='/?=&%')} HTTP/1.1",
        f"Host: {urlsplit(address).netloc}",
        "Accept: text/html",
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def keep_asking(address, requests, clients, seconds):
    """In one process: whoever has an answer asks for the next page."""
    where = urlsplit(address)
    done, selector = Times(seconds), selectors.DefaultSelector()
    for _client in range(clients):
        client = Client(socket.create_connection((where.hostname, where.port)))
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.ask(next(requests))
    begun, waiting = time.perf_counter(), clients
    while waiting:
        for key, _events in selector.select():
            client = key.data
            if not client.read():
                continue
            now = time.perf_counter()
            done.times.append((now - client.since) * 1000)
            done.largest = max(done.largest, client.length)
            if not client.is_page:
                done.faults.append(client.status)
            # Nobody leaves before their answer: who comes next would wait for it.
            if now - begun < seconds or len(done.times) < FEWEST:
                client.ask(next(requests))
            else:
                waiting -= 1
    selector.close()
    done.seconds = time.perf_counter() - begun
    return done


class Client:
    def __init__(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = connection

    def ask(self, request):
        self.got, self.length, self.head = bytearray(), 0, 0
        self.since = time.perf_counter()
        self.socket.sendall(request)

    def read(self):
        """Whether the answer has come to its end."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("The server hung up.")
        self.got += part
        if not self.head:
            end = self.got.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.head = end + 4
            fields = bytes(self.got[:end]).lower()
            self.status = fields[9:12].decode()
            at = fields.find(b"\r\ncontent-length:")
            if at < 0:
                raise ValueError("An answer without a length.")
            self.length = int(fields[at + 17 :].split(b"\r\n", 1)[0])
        return len(self.got) >= self.head + self.length

    @property
    def is_page(self):
        return self.status == "200"
