"""A real nginx in front of replicas, with the configuration of `compose.yaml`."""

import getpass
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..processes import LIMIT_S, ROOT, Server

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

CONFIG = ROOT / "deploy" / "nginx"
NAMES = ("nginx.conf", "replicas.conf")
NAMED = "server service:8000 resolve max_fails=0;"  # by Docker's DNS, which its nginx asks
RESOLVER = "resolver 127.0.0.11 valid=1s ipv6=off;"


@contextmanager
def balancing(replicas: Sequence[int], port: int, folder: Path) -> Iterator[Server]:
    """Run nginx in front of replicas on these ports of loopback until the block ends.

    Of its configuration only where it listens, writes and asks is another place.
    """
    assert NGINX
    texts = {name: (CONFIG / name).read_text(encoding="utf-8") for name in NAMES}
    servers = "\n".join(NAMED.replace("service:8000 resolve", f"127.0.0.1:{p}") for p in replicas)
    placed = {NAMED: servers, RESOLVER: "", "/tmp/": f"{folder}/", "listen 8080": f"listen {port}"}
    for name, text in texts.items():
        for written, here in placed.items():
            text = text.replace(written, here)
        (folder / name).write_text(text, encoding="utf-8")
    user = "user root;" if getpass.getuser() == "root" else ""  # may read pytest's folders
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-g", f"daemon off; {user}"]
    log = folder / "stderr"
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=stderr, stderr=stderr)
    try:
        yield Server(process, port, log)
    finally:
        process.terminate()
        process.wait(LIMIT_S)
