"""Starts Granian with the processes and threads that the answers and the CPUs call for."""

import logging
import multiprocessing
import os
import socket
import tempfile

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from . import logs, settings
from .errors import InvalidSettings
from .keys import read_keys
from .metrics import MULTIPROC_DIR
from .resources import IGNORED_SETTINGS, available_cpus, plan
from .supervisor import Supervisor

logger = logging.getLogger(__name__)

# Else glibc gives threads heaps of their own, up to eight a CPU: 30 MB more for the same load.
MALLOC_ARENAS = ("MALLOC_ARENA_MAX", "2")
HEADER_TIMEOUT_MS = 10_000  # a client that sends its headers slower than this is cut off


def serve(config: settings.Settings) -> None:
    """Serve until SIGTERM or SIGINT; raises InvalidSettings for a taken port or unusable keys.

    A worker that dies after it has served is replaced. Exits non-zero if one never could serve, as
    when its model cannot be started.
    """
    _refuse_taken_port(config.host, config.port)
    read_keys(config)  # a worker would only end
    logs.configure(config.log_level)
    for warning in settings.warnings(os.environ, IGNORED_SETTINGS):
        logger.warning("%s", warning)
    layout = plan(config, available_cpus())
    logger.info(
        "Listening on http://%s:%d (workers: %d, threads of each: %d, threads of a run: %d).",
        *(config.host, config.port, layout.workers, layout.threads, layout.intra_op_threads),
    )
    os.environ.setdefault(*MALLOC_ARENAS)
    # Spawned, not forked: a worker inherits no thread, lock or CUDA context.
    multiprocessing.set_start_method("spawn", force=True)
    with tempfile.TemporaryDirectory(prefix="metrics-") as folder:
        os.environ[MULTIPROC_DIR] = folder
        Supervisor(
            f"{__package__}.worker",
            address=config.host,
            port=config.port,
            interface=Interfaces.WSGI,
            http=HTTPModes.http1,  # the timeout of headers is that of HTTP/1 alone
            workers=layout.workers,
            metrics_dir=folder,
            blocking_threads=layout.threads,
            http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT_MS),
            workers_kill_timeout=config.grace_s,
            websockets=False,
            log_level=LogLevels.error,
            log_dictconfig=logs.config(config.log_level),
        ).run()


def _refuse_taken_port(host: str, port: int) -> None:
    """Raise InvalidSettings if something listens there.

    Workers share the port by SO_REUSEPORT, which would also let two services share it and each
    get half of the requests.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InvalidSettings(
                f"The service cannot listen on {host}:{port} ({error.strerror}):"
                " set SERVICE_HOST or SERVICE_PORT to another."
            ) from None
