"""`make bench BENCH=bulk`: a few rows by every way, and what is told of the figures."""

from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from benchmarks.bulk import measure, model, report


def test_the_model_of_the_benchmark_predicts_its_rows(tmp_path: Path) -> None:
    project = model.render(tmp_path)
    rows = np.load(model.write_rows(tmp_path / "rows.npy", 5))
    session = ort.InferenceSession(project / "model" / "model.onnx")
    (scores,) = session.run(["y"], {"x": rows})
    assert scores.shape == (5, model.CLASSES)
    assert np.allclose(scores.sum(axis=1), 1)


@pytest.mark.skipif(
    not measure.PYTHON.exists(), reason="Ray is not installed: `make bench BENCH=bulk`."
)
def test_a_loop_and_predict_take_all_rows_and_leave_nothing_behind(tmp_path: Path) -> None:
    few, many = (model.write_rows(tmp_path / f"{n}.npy", n) for n in (10, 3000))
    project = model.render(tmp_path)
    bench = measure.Bench(project, many, few)
    assert isinstance(bench.bare(), float)  # how long it took is no matter of a test
    assert isinstance(bench.predict(), float)
    assert not list(project.glob("out.jsonl*"))


def test_the_page_tells_medians_and_whether_they_reach_their_targets() -> None:
    results = [
        report.ratio("predict / bare loop", [(1, 2), (9, 10), (1, 1)], 0.9),
        report.ratio("two Ray workers / one", [(1.2, 1)], 1.3),
    ]
    page = report.page({"bare loop": 2.0}, results, 100_000, 3, "CPU: some.")
    assert "| bare loop | 2.00 | 50,000 |" in page
    assert "| predict / bare loop | 0.90 | 0.50 to 1.00 | 0.9 | reached |" in page
    assert "| two Ray workers / one | 1.20 | 1.20 to 1.20 | 1.3 | missed |" in page
