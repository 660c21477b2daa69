"""Clients who open pages one after another, each over its own connection that stays open.

They cost little beside the server that is measured on the same machine: two processes, plain
sockets, and of an answer only what tells its status and its end.
"""

import itertools
import math
import multiprocessing
import selectors
import socket
import statistics
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

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


def open_pages(address, paths, *, clients=16, seconds=3.0, rounds=None, cookies="") -> Times:
    """All of them in turn, again and again or so many times; a page that is not a page is a
    fault.
    """
    processes = min(PROCESSES, clients)
    told = [get(address, path, cookies) for path in paths]
    # Each begins elsewhere, so that no two ask for the same at the same time.
    starts = [len(told) * number // processes for number in range(processes)]
    again = [told] if rounds is None else [told, rounds]
    turns = [
        itertools.islice(itertools.chain.from_iterable(itertools.repeat(*again)), start, None)
        for start in starts
    ]
    return together(address, turns, "200", clients, seconds)


def send_forms(address, forms, *, clients=16) -> Times:
    """Each of these requests once; what does not lead on is a fault."""
    processes = min(PROCESSES, clients)
    turns = [iter(forms[number::processes]) for number in range(processes)]
    return together(address, turns, "302", clients, math.inf)


def together(address, turns, expected, clients, seconds):
    """`turns`: of each process the requests, one after the other."""
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    workers = [
        context.Process(
            target=work,
            args=(answers, address, requests, expected, clients // len(turns), seconds),
        )
        for requests in turns
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


def work(answers, *asked):
    answers.put(keep_asking(*asked))


def get(address, path, cookies="") -> bytes:
    lines = [f"GET {quote(path, safe='/?=&%')} HTTP/1.1", *of_everybody(address)]
    if cookies:
        lines.append(f"Cookie: {cookies}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(address, path, form: dict, cookies: str, network: str) -> bytes:
    """A form as a browser sends it, from this address of the net."""
    body = urlencode(form).encode()
    lines = [
        f"POST {path} HTTP/1.1",
        *of_everybody(address),
        f"Cookie: {cookies}",
        f"X-Forwarded-For: {network}",
        "Sec-Fetch-Site: same-origin",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def of_everybody(address):
    return [
        f"Host: {urlsplit(address).netloc}",
        "Accept: text/html",
        # Of a person: of theirs the visits of ads are counted.
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    ]


def keep_asking(address, requests, expected, clients, seconds):
    """In one process: whoever has an answer asks for the next page."""
    where = urlsplit(address)
    done, selector, waiting = Times(seconds), selectors.DefaultSelector(), 0
    begun = time.perf_counter()
    for request in itertools.islice(requests, clients):
        client = Client(socket.create_connection((where.hostname, where.port)))
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.ask(request)
        waiting += 1
    while waiting:
        for key, _events in selector.select():
            client = key.data
            if not client.read():
                continue
            now = time.perf_counter()
            done.times.append((now - client.since) * 1000)
            done.largest = max(done.largest, client.length)
            if client.status != expected:
                done.faults.append(client.status)
            # Nobody leaves before their answer: who comes next would wait for it.
            is_time_left = now - begun < seconds or len(done.times) < FEWEST
            if request := next(requests, None) if is_time_left else None:
                client.ask(request)
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
