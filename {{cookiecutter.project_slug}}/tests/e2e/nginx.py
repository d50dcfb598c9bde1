"""A real nginx in front of replicas, as it may stand in production."""

import getpass
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..processes import LIMIT_S, Server

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

# A replica that refuses (503) or does not answer is left alone for a while, and the other is asked.
# A prediction may be asked for twice, so a POST may go to the other, too (non_idempotent).
CONFIG = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    client_max_body_size 16m;
    upstream service {{
        {servers}
        keepalive 8;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_next_upstream error timeout http_503 non_idempotent;
        }}
    }}
}}
"""


@contextmanager
def balancing(replicas: Sequence[int], port: int, folder: Path) -> Iterator[Server]:
    """Run nginx in front of replicas on these ports of loopback until the block ends."""
    assert NGINX
    servers = "\n".join(f"server 127.0.0.1:{p} max_fails=1 fail_timeout=1s;" for p in replicas)
    user = "user root;" if getpass.getuser() == "root" else ""
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(folder=folder, port=port, servers=servers, user=user), encoding="utf-8"
    )
    log = folder / "stderr"
    with log.open("wb") as stderr:
        process = subprocess.Popen([NGINX, "-c", str(config)], stderr=stderr)
    try:
        yield Server(process, port, log)
    finally:
        process.terminate()
        process.wait(LIMIT_S)
