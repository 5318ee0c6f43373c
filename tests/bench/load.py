"""A bounded load on a server of this machine: `wrk` on loopback, one thread, so many connections, so many seconds."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = """
local lines, next_line = {}, 0
for line in io.lines(os.getenv("REQUESTS")) do lines[#lines + 1] = line end
request = function()
  local method, path, cookie, kind, token, known, body =
    lines[next_line % #lines + 1]:match("([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t(.*)")
  next_line = next_line + 1
  local headers = {["Cookie"] = cookie, ["Content-Type"] = kind, ["X-CSRFToken"] = token ~= "" and token or nil}
  headers["If-None-Match"] = known ~= "" and known or nil
  return wrk.format(method, path, headers, body ~= "" and body or nil)
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %f %f %f %f %d %d\\n", summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


@dataclass(frozen=True)
class Measured:
    """Requests a second, p50, p95 and p99 in milliseconds, refused and broken requests."""

    rate: float
    p50: float
    p95: float
    p99: float
    refused: int
    broken: int


@dataclass(frozen=True)
class Request:
    path: str
    method: str = "GET"
    cookie: str = ""
    body: str = ""
    kind: str = "application/x-www-form-urlencoded"
    token: str = ""  # of its forms, where a header carries it
    known: str = ""  # the mark under which the asker has it already

    def line(self) -> str:
        return "\t".join((self.method, self.path, self.cookie, self.kind, self.token, self.known, self.body))


def run(base: str, requests: list[Request], *, connections: int, seconds: int, folder: Path) -> Measured:
    """Send the requests round and round, `connections` at a time."""
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("The benchmarks need wrk (Debian package wrk).")
    script, listed = folder / "load.lua", folder / "requests.tsv"
    script.write_text(SCRIPT)
    listed.write_text("\n".join(request.line() for request in requests) + "\n")
    done = subprocess.run(
        [program, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "-s", str(script), base],
        env={"REQUESTS": str(listed)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"RESULT (\d+) (\S+) (\S+) (\S+) (\S+) (\d+) (\d+)", done.stdout)
    if found is None:
        raise SystemExit(f"wrk said nothing to read:\n{done.stdout}\n{done.stderr}")
    count, duration, p50, p95, p99, refused, broken = found.groups()
    return Measured(int(count) / float(duration), float(p50), float(p95), float(p99), int(refused), int(broken))
