"""Triton's two clients: the render's own tests, which start the server themselves."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from .outcome import Outcome
from .servers import Server

TRITON, ASYNCIO = "tritonclient", "tritonclient, asyncio"
SOURCES = {"test_v2_triton": TRITON, "test_v2_refusals": TRITON, "test_v2_triton_aio": ASYNCIO}
LIMIT_S = 900
REPORT = "conformance.xml"


class SuiteError(Exception):
    """The tests could not be run; the reason is one line."""


def outcomes(server: Server, log: Path) -> list[Outcome]:
    """Return what became of each test; raises SuiteError."""
    report = server.project / REPORT
    files = [f"tests/e2e/{name}.py" for name in SOURCES]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "60"]
    with log.open("ab") as output:
        result = subprocess.run(
            [*command, f"--junitxml={report}", *files],
            cwd=server.project,
            env={**os.environ, "PYTHONPATH": "src", **server.environ},
            stdout=output,
            stderr=output,
            timeout=LIMIT_S,
        )
    if result.returncode not in (0, 1):  # 1: tests failed
        raise SuiteError(f"The tests could not be put to {server.name} (see {log}).")
    return read(report.read_text(encoding="utf-8"))


def read(report: str) -> list[Outcome]:
    """Return the outcomes that a report in JUnit's format tells; raises SuiteError."""
    told = []
    for case in ElementTree.fromstring(report).iter("testcase"):
        source = SOURCES[case.attrib["classname"].rpartition(".")[2]]
        if case.find("error") is not None or case.find("skipped") is not None:
            raise SuiteError(f"{case.attrib['name']} could not be run.")
        failure = case.find("failure")
        message = None if failure is None else failure.attrib["message"]
        told.append(Outcome(source, readable(case.attrib["name"]), message))
    return told


def readable(name: str) -> str:
    """Return the name of a test as words, its parameters in brackets."""
    function, _, parameters = name.removeprefix("test_").partition("[")
    words = re.sub("_+", " ", function).strip()
    return f"{words} [{parameters}" if parameters else words
