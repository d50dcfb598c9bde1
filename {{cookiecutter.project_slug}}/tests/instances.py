"""Files of instances, as `predict` takes them."""

from pathlib import Path

import msgspec

from model_service.model_folder import GoldenExamples


def write_lines(path: Path, golden: GoldenExamples, count: int) -> Path:
    """Write so many golden instances, a JSON line each; the 21st and the last line are none."""
    instances = golden.instances
    rows = [msgspec.json.encode(instances[n % len(instances)]) for n in range(count)]
    rows[20], rows[-1] = b"{", b'{"no": "instance"}'
    path.write_bytes(b"\n".join(rows))
    return path
