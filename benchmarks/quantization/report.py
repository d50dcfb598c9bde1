"""The figures as a table, against what they should be, and as JSON."""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from .cpu import Cpu
from .measure import Result

# How many times as fast as its original a quantized model should be, by (framework, scheme, model,
# batch), set on a CPU with avx512_vnni.
TARGETS = {
    ("onnxruntime", "static-int8", "cnn", 1): 3.0,
    ("onnxruntime", "dynamic-int8", "mlp", 32): 2.5,
    ("pytorch", "static-int8", "cnn", 1): 3.0,
    ("tflite", "dynamic-int8", "mlp", 32): 2.5,
    ("tflite", "static-int8", "cnn", 1): 3.0,
}
HEADER = (
    f"{'framework':11}  {'scheme':12}  {'model':5}  {'batch':>5}"
    f"  {'original':>10}  {'quantized':>10}  {'ratio':>6}  {'size':>5}  {'agree':>6}  target"
)

AGREEMENT = (
    "agree: how often both give the same label. The weights are random, so that labels lie close"
    " together: a trained model agrees more often."
)


def target(result: Result) -> float | None:
    """Return the ratio that a result should reach, None if it has no target."""
    return TARGETS.get((result.framework, result.scheme, result.model, result.batch))


def line(result: Result) -> str:
    """Return a result as a line of the table."""
    aim = target(result)
    verdict = "" if aim is None else f"{aim}x {'met' if result.ratio >= aim else 'MISSED'}"
    return (
        f"{result.framework:11}  {result.scheme:12}  {result.model:5}  {result.batch:5}"
        f"  {result.original_ms:7.3f} ms  {result.quantized_ms:7.3f} ms  {result.ratio:5.2f}x"
        f"  {result.size:5.0%}  {result.agreement:6.1%}  {verdict}"
    ).rstrip()


def summary(results: Sequence[Result], cpu: Cpu) -> str:
    """Return a sentence on the targets, with the CPU if one is missed."""
    aims = [(result, aim) for result in results if (aim := target(result)) is not None]
    missed = [result for result, aim in aims if result.ratio < aim]
    if not aims:
        return "No target is set for what was measured."
    if not missed:
        return f"All targets are met ({len(aims)})."
    return (
        f"{len(missed)} of {len(aims)} targets were missed on {cpu}; they were set on a CPU with"
        " avx512_vnni, without which int8 gains less."
    )


def write_json(results: Sequence[Result], cpu: Cpu, path: Path) -> None:
    """Write all figures to a file."""
    content = {
        "cpu": asdict(cpu),
        "python": platform.python_version(),
        "threads": 1,
        "results": [
            asdict(result) | {"ratio": result.ratio, "target": target(result)} for result in results
        ],
    }
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
