"""How long one render takes, as a user starts it: the median over a covering set of answers."""

import statistics
import subprocess
import sys
import tempfile
import time

from tests.answers import ROOT, covering  # the list of options stands there once


def main() -> None:
    """Print the median and the slowest time of a render in seconds."""
    seconds = []
    with tempfile.TemporaryDirectory() as folder:
        for number, answers in enumerate(covering()):
            given = [f"{question}={answer}" for question, answer in answers.items()]
            command = [sys.executable, "-m", "cookiecutter", "--no-input", str(ROOT), *given]
            start = time.perf_counter()
            subprocess.run(
                [*command, "--output-dir", f"{folder}/{number}"], check=True, capture_output=True
            )
            seconds.append(time.perf_counter() - start)
    median, slowest = statistics.median(seconds), max(seconds)
    print(f"{len(seconds)} renders: median {median:.2f} s, slowest {slowest:.2f} s")


if __name__ == "__main__":
    main()
