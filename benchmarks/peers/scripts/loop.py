"""The runtime alone: rows a second of a loop, without a server; an image is decoded each time.

python loop.py BATCH SECONDS, with the instance as JSON on the standard input
"""

import json
import sys
import time

from runtime import IMAGE, Model, to_rows

WARM_UP = 3  # runs


def main(batch, seconds):
    """Print how many instances a second are run."""
    instances = [json.load(sys.stdin)] * int(batch)
    model, rows = Model(), to_rows(instances)
    runs, begin = -WARM_UP, time.perf_counter()
    while runs <= 0 or time.perf_counter() < begin + float(seconds):
        if runs == 0:
            begin = time.perf_counter()
        model.run(to_rows(instances) if IMAGE else rows)
        runs += 1
    print(runs * len(instances) / (time.perf_counter() - begin))


if __name__ == "__main__":
    main(*sys.argv[1:])
