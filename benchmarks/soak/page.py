"""The result of a soak as a page of Markdown."""

import os
import platform
from collections.abc import Sequence

from .report import OUTCOMES, Soak, verdicts


def page(soak: Soak) -> str:
    """Return the page."""
    minutes = round((soak.ended - soak.started) / 60)
    where = f"{os.cpu_count()} CPUs with Python {platform.python_version()}"
    judged = [(v.criterion, v.measured, "yes" if v.met else "no") for v in verdicts(soak)]
    return f"""\
# A soak

`make soak` measured this; `python -m benchmarks.soak --docs` wrote it here. It renders a service
(ONNX Runtime, image, dynamic batching, two workers). For {minutes} minutes four clients send
golden examples and compare each answer, one sends the hostile requests of the service's own tests,
and one leaves in the middle of its requests. Each minute a worker is killed with SIGKILL, always
the younger one; the other tells whether memory grows.

![Memory and right answers over time](soak.png)

Measured on {where}; clients and service share them.

{_markdown(("criterion", "measured", "met"), judged)}

{_markdown(("client", *OUTCOMES), _counts(soak))}

`busy` is a 503 or 504, `left` a client that went away on purpose, `lost` a connection that broke.
"""


def _counts(soak: Soak) -> list[tuple[str, ...]]:
    clients = dict.fromkeys(asked.client for asked in soak.asked)
    return [
        (
            client,
            *(
                str(sum(a.client == client and a.outcome == outcome for a in soak.asked))
                for outcome in OUTCOMES
            ),
        )
        for client in clients
    ]


def _markdown(header: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    every = [header, tuple("---" for _ in header), *lines]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in every)
