"""Predictions on a Ray cluster of two nodes of one CPU: run in the environment of Ray.

python cluster.py MANY FEW REPETITIONS
"""

import subprocess
import sys
import time
from pathlib import Path

from ray.cluster_utils import Cluster

STORE = 2 * 10**9  # bytes; a cluster for tests has 150 MiB otherwise, no machine does


def main(many: str, few: str, repetitions: str) -> None:
    """Print the seconds of one worker and of two, a line a repetition."""
    head = {"num_cpus": 0, "object_store_memory": STORE}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    for _ in range(2):
        cluster.add_node(num_cpus=1, object_store_memory=STORE)
    for _ in range(int(repetitions)):
        times = []
        for workers in ("1", "2"):
            whole, start = (seconds(rows, cluster.address, workers) for rows in (many, few))
            times.append(whole - start)
        print("seconds", *times, flush=True)
    cluster.shutdown()


def seconds(rows: str, address: str, workers: str) -> float:
    """Return how long `predict` takes for rows."""
    output = Path("out.jsonl")
    arguments = ["--output", str(output), "--ray", address, "--workers", workers]
    started = time.perf_counter()
    command = [sys.executable, "-m", "digit_reader", "predict", rows, *arguments]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    taken = time.perf_counter() - started
    output.unlink()
    return taken


if __name__ == "__main__":
    main(*sys.argv[1:])
