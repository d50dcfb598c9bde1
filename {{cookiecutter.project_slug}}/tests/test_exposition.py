"""Metrics of several workers are told as one."""

import os
import subprocess
import sys
from pathlib import Path

from model_service.metrics import MULTIPROC_DIR

COUNT = """
from model_service.metrics import REQUESTS
REQUESTS.labels("/predict", 200).inc(3)
"""
TELL = """
from model_service.exposition import as_text
print(as_text().decode())
"""


def test_any_worker_answers_for_all(tmp_path: Path) -> None:
    path = os.pathsep.join(sys.path)
    env = os.environ | {MULTIPROC_DIR: str(tmp_path), "PYTHONPATH": path}
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], env=env, check=True)
    told = subprocess.run(
        [sys.executable, "-c", TELL], env=env, check=True, capture_output=True, text=True
    ).stdout
    assert 'service_requests_total{code="200",route="/predict"} 6.0' in told
