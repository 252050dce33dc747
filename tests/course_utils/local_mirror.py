"""A real HTTP server on this machine that gives files whole, in part, wrong, or not at all."""

import gzip
import hashlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from course_utils.data.fetch import Origin, Remote

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx_bytes(array):
    """Return an array of unsigned bytes as an IDX file."""
    return struct.pack(f">{1 + array.ndim}I", 0x800 + array.ndim, *array.shape) + array.tobytes()


def digit_files(train=300, test=20, seed=0):
    """Return MNIST's four files, gzipped, by name; the pixels are noise, so that nothing shrinks."""
    random = np.random.RandomState(seed)
    arrays = []
    for count in (train, test):
        arrays.append(random.randint(0, 256, (count, 28, 28)).astype(np.uint8))
        arrays.append(random.randint(0, 10, count).astype(np.uint8))
    return {f"{name}.gz": gzip.compress(idx_bytes(array)) for name, array in zip(NAMES, arrays, strict=True)}


def origin_of(files, *addresses):
    """Say where files are fetched from; their checksums are those of the bytes given here."""
    remotes = (Remote(name, len(body), hashlib.sha256(body).hexdigest()) for name, body in files.items())
    return Origin("MNIST", tuple(addresses), tuple(remotes))


def refused_address():
    """Return an address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/"


@dataclass
class Mirror:
    """Serve files; the first GETs are answered as `faults` say, one each, all later ones rightly.

    A fault is a status (503), `drop` (half of what was asked for, then the connection closes), `wrong` (other bytes of
    the same length), `more` (twice the bytes), `stall` (half, and then nothing more until the end).
    """

    files: dict[str, bytes]
    faults: list = field(default_factory=list)
    with_ranges: bool = True
    asked: list = field(default_factory=list)  # (name, first byte asked for)

    def __enter__(self):
        self.over = threading.Event()
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(404)
                self.end_headers()

            def do_GET(self):
                mirror.answer(self)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        return self

    def __exit__(self, *_exception):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, request):
        name = request.path.lstrip("/")
        first = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        self.asked.append((name, first))
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            request.send_error(fault)
            return
        goes_on = first > 0 and self.with_ranges
        body = self.files[name][first if goes_on else 0 :]
        body = {"wrong": bytes(len(body)), "more": body + body}.get(fault, body)
        request.send_response(206 if goes_on else 200)
        if fault != "more":
            request.send_header("Content-Length", str(len(body)))
        if goes_on:
            end = first + len(body)
            request.send_header("Content-Range", f"bytes {first}-{end - 1}/{end}")
        request.end_headers()
        try:
            request.wfile.write(body[: len(body) // 2] if fault in ("drop", "stall") else body)
        except ConnectionError:  # whoever asked had enough
            return
        if fault == "stall":
            self.over.wait()
