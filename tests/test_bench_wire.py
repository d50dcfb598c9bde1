"""`make bench BENCH=wire`: a few requests of each kind against a rendered service."""

import re

import pytest

from benchmarks.wire import __main__ as wire


def test_it_tells_what_json_and_bytes_cost(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(wire, "CPU_S", 0.1)
    wire.main()
    told = capfd.readouterr().out
    sizes = re.findall(r"^(JSON|bytes) +(\d+\.\d\d) MB, +\d+\.\d\d ms of CPU time$", told, re.M)
    assert [name for name, _ in sizes] == ["JSON", "bytes"]
    assert float(sizes[0][1]) > 4 * float(sizes[1][1])
    assert re.search(
        r"^bytes take \d+\.\d times less; the target of 5 is (reached|missed)$", told, re.M
    )
