"""What callers saw, in figures and in words."""

import msgspec


class Measurement(msgspec.Struct, frozen=True):
    """Answers of status 200 a second and their latency; all else is an error, by its kind.

    `rows_a_run` is the mean of rows that shared a run of the model, None if the service tells not.
    """

    throughput: float
    p50_ms: float
    p99_ms: float
    errors: dict[str, int]
    rows_a_run: float | None

    def line(self) -> str:
        """Return the figures that settings are chosen by."""
        errors = f", errors: {self._errors()}" if self.errors else ""
        return f"{self.throughput:,.0f} requests/s, p99 {self.p99_ms:.1f} ms{errors}"

    def text(self) -> str:
        """Return all figures, a line each."""
        rows = "unknown" if self.rows_a_run is None else f"{self.rows_a_run:.1f}"
        return (
            f"requests/s  {self.throughput:,.0f}\n"
            f"p50         {self.p50_ms:.1f} ms\n"
            f"p99         {self.p99_ms:.1f} ms\n"
            f"errors      {self._errors()}\n"
            f"rows a run  {rows}"
        )

    def _errors(self) -> str:
        return ", ".join(f"{count} x {what}" for what, count in self.errors.items()) or "none"
