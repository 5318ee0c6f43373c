"""A timestamping authority made with openssl on this machine, behind a small server: foreign through and through."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SETTINGS = """
[ req ]
distinguished_name = dn
[ dn ]
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ stamper ]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ tsa ]
default_tsa = here
[ here ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/stamper.pem
signer_key = {folder}/stamper.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """Its folder, and what it answers: as it should, or what a test puts in its place."""

    folder: Path
    url: str = ""
    asked: list[bytes] = field(default_factory=list)
    broken: int = 0  # so many requests are answered 503 first
    instead: list[bytes] = field(default_factory=list)  # queries stamped in the place of those asked

    @property
    def root(self) -> Path:
        return self.folder / "root.pem"

    def reply(self, query: bytes) -> bytes:
        """What `openssl ts -reply` answers to a query."""
        (self.folder / "query").write_bytes(query)
        _openssl(self.folder, "ts", "-reply", "-config", "settings", "-section", "here", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def made(folder: Path) -> Authority:
    """A root, and a stamper whose certificate it signed."""
    folder.mkdir()
    (folder / "settings").write_text(SETTINGS.format(folder=folder))
    (folder / "serial").write_text("01\n")
    key = ("-newkey", "rsa:2048", "-nodes")
    _openssl(folder, "req", "-x509", *key, "-config", "settings", "-extensions", "root", "-subj", "/CN=Karsian Root",
             "-days", "30", "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
    _openssl(folder, "req", "-new", *key, "-config", "settings", "-subj", "/CN=Velmar Stamping",
             "-keyout", "stamper.key", "-out", "stamper.csr")  # fmt: skip
    _openssl(folder, "x509", "-req", "-in", "stamper.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "7",
             "-days", "30", "-extfile", "settings", "-extensions", "stamper", "-out", "stamper.pem")  # fmt: skip
    return Authority(folder)


@contextmanager
def serving(authority: Authority) -> Iterator[Authority]:
    """The authority on a free port of this machine."""

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked.append(query)
            if authority.broken:
                authority.broken -= 1
                self.send_error(503)
                return
            body = authority.reply(authority.instead.pop(0) if authority.instead else query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing on the screen."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        authority.url = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield authority
        finally:
            server.shutdown()
            thread.join()


def vouches(authority: Authority, file: bytes, reply: bytes) -> bool:
    """What `openssl ts -verify` says of a reply over a file."""
    (authority.folder / "file").write_bytes(file)
    (authority.folder / "judged").write_bytes(reply)
    command = ["openssl", "ts", "-verify", "-data", "file", "-in", "judged", "-CAfile", "root.pem"]
    done = subprocess.run(command, cwd=authority.folder, capture_output=True, text=True, check=False)
    return done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr
