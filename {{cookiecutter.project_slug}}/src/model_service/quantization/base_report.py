"""The report of `quantize`: rows for the terminal, and a page for who decides."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..model_card import ModelCard
from .base import ClassShares, Comparison
from .base_samples import Samples

PAGE = "quantization.md"
MOST_CLASSES = 20
Row = tuple[str, str, str, str]


@dataclass(frozen=True)
class Report:
    """What was compared, and what came of it; sizes are the bytes of (original, quantized)."""

    title: str
    outcome: str
    basis: str
    sizes: tuple[int, int]
    comparison: Comparison
    labels: tuple[str, ...]
    tolerance: float

    def rows(self) -> Iterator[Row]:
        """Yield a figure a row: its name, that of the original, of the quantized, their ratio."""
        before, after = (size / 1000 for size in self.sizes)
        yield "size (KB)", f"{before:.1f}", f"{after:.1f}", f"{after / before:.2f}"
        for batch, (before, after) in self.comparison.latency_ms.items():
            name = f"latency at batch {batch} (ms)"
            yield name, f"{before:.3f}", f"{after:.3f}", f"{after / before:.2f}"
        if self.comparison.accuracy is not None:
            before, after = self.comparison.accuracy
            yield "accuracy", f"{before:.2%}", f"{after:.2%}", ""
        yield "agreement", "", f"{self.comparison.agreement:.2%}", ""

    def worst(self) -> list[ClassShares]:
        """Return the classes that lost most, worst first."""
        return sorted(self.comparison.classes, key=_gain)[:MOST_CLASSES]

    def label(self, shares: ClassShares) -> str:
        """Return the name of a class; the original may answer what has none."""
        return self.labels[shares.index] if shares.index < len(self.labels) else str(shares.index)

    def page(self, plots: dict[str, str]) -> str:
        """Return the report as Markdown; `plots` are files beside it, by what they show."""
        figures = _table(("", "original", "quantized", "ratio"), self.rows())
        parts = [f"# {self.title}", self.outcome, self.basis, figures]
        if self.comparison.classes:
            parts += ["## Classes", self._classes()]
        parts += [f"![{shown}]({file})" for shown, file in plots.items()]
        if not plots:
            parts.append("Installed with `[report]`, the service draws plots of these figures.")
        return "\n\n".join(parts) + "\n"

    def _classes(self) -> str:
        every, worst = self.comparison.classes, self.worst()
        rows = []
        for one in worst:
            before, after = one.accuracy or (None, None)
            shares = (one.agreement, before, after)
            told = ("" if share is None else f"{share:.2%}" for share in shares)
            rows.append((self.label(one), str(one.samples), *told))
        few = f"The {len(worst)} of {len(every)} that lost most.\n\n"
        table = _table(("class", "samples", "agreement", "original right", "quantized right"), rows)
        return (few if len(worst) < len(every) else "") + table


def basis_of(samples: Samples, path: Path, card: ModelCard) -> str:
    """Return the sentence that says what the artefact was judged by."""
    if card.task != "classification":
        return (
            f"Judged by agreement with the original on the {samples.count} samples of {path}: no"
            " number of an answer may differ by more than golden_tolerance,"
            f" {card.quantization.golden_tolerance:g}."
        )
    if samples.labels is None:
        return (
            f"Judged by agreement with the original alone, since the {samples.count} samples of"
            f" {path} have no labels."
        )
    return f"Judged by the {samples.count} samples of {path} and their labels."


def write_report(folder: Path, report: Report) -> Path:
    """Write the page, with plots if matplotlib is installed; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        from .base_plots import draw

        plots = draw(report, folder)
    except ImportError:
        plots = {}
    page = folder / PAGE
    page.write_text(report.page(plots), encoding="utf-8")
    return page


def _gain(shares: ClassShares) -> tuple[float, float]:
    before, after = shares.accuracy or (0, 0)
    return after - before, shares.agreement


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
