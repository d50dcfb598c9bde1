"""Predictions and rejects in files that are whole, once each, whenever the run is killed.

Lines go to `<output>.partial`. What `<output>.progress` says of it is true: it is written after the
lines, replaced as a whole, and a run that goes on cuts the files to it.
"""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from ..errors import JobRefused
from .batches import START, Position
from .predictor import Result

CHECKPOINT_S = 1.0


class Progress(msgspec.Struct, forbid_unknown_fields=True):
    """How far a run has come, and of what job; sizes are in bytes."""

    job: str
    end: Position = START
    read: int = 0
    predicted: int = 0
    rejected: int = 0
    lines_bytes: int = 0
    rejects_bytes: int = 0
    finished: bool = False


class Output:
    """The output of one job; `progress.end` is where its inputs go on.

    Raises JobRefused if the output is there already, of another job, or being written.
    """

    def __init__(self, target: Path, rejects: Path, job: str) -> None:
        self.target, self.rejects = target, rejects
        self._record, self.partial = _beside(target, "progress"), _beside(target, "partial")
        self._convert: Callable[[Path, Path], None] | None = None
        if target.suffix == ".parquet":
            from .parquet import write_parquet  # at once: what is missing is told before the run

            self._convert = write_parquet
        self.progress = self._continued(job)
        self._files: list[BinaryIO] = []
        try:
            self._save()  # before there are lines, or they would be taken for somebody else's
            if not self._is_named:
                self._files.append(_opened(self.partial, self.progress.lines_bytes))
                self._files.append(_opened(rejects, self.progress.rejects_bytes))
        except OSError as error:
            raise JobRefused(f"{target} cannot be written: {error.strerror}.") from None

    def __enter__(self) -> "Output":
        return self

    def __exit__(self, *_: object) -> None:
        if any(not file.closed for file in self._files):  # stopped before the end: it goes on here
            self._checkpoint()
        self._close()

    def write(self, result: Result) -> None:
        """Append the lines of a batch, and save how far the run is, now and then."""
        for file, lines in zip(self._files, (result.lines, result.rejects), strict=True):
            file.write(lines)
        now = self.progress
        now.end, now.read = result.end, result.read
        now.predicted += result.predicted
        now.rejected += result.rejected
        now.lines_bytes += len(result.lines)
        now.rejects_bytes += len(result.rejects)
        if time.monotonic() - self._saved >= CHECKPOINT_S:
            self._checkpoint()

    def finish(self) -> None:
        """Give the output its name; a Parquet file is made of the lines first."""
        self.progress.finished = True
        self._checkpoint()
        self._close()
        if not self._is_named:
            if self._convert:
                self._convert(self.partial, _beside(self.target, "made"))
                _beside(self.target, "made").replace(self.target)
                self.partial.unlink()
            else:
                self.partial.replace(self.target)
        if not self.progress.rejected:
            self.rejects.unlink(missing_ok=True)
        self._record.unlink()

    @property
    def _is_named(self) -> bool:
        """Whether the last run was killed after the output had got its name."""
        return self.progress.finished and not self.partial.exists()

    def _continued(self, job: str) -> Progress:
        try:
            progress = msgspec.json.decode(self._record.read_bytes(), type=Progress)
        except FileNotFoundError:
            for path in (self.target, self.partial, self.rejects):
                if path.exists():
                    raise JobRefused(
                        f"{path} is there already: delete it, or choose another output."
                    ) from None
            return Progress(job)
        except (OSError, msgspec.DecodeError) as error:
            raise JobRefused(f"{self._record} cannot be read ({error}): delete it.") from None
        if progress.job != job:
            raise JobRefused(
                f"{self.target} was begun with other inputs, another model or other options: choose"
                f" another output, or delete {self._record}, {self.partial} and {self.rejects}."
            )
        return progress

    def _checkpoint(self) -> None:
        for file in self._files:
            file.flush()
            os.fsync(file.fileno())
        self._save()

    def _save(self) -> None:
        made = _beside(self._record, "new")
        made.write_bytes(msgspec.json.encode(self.progress))
        made.replace(self._record)
        self._saved = time.monotonic()

    def _close(self) -> None:
        for file in self._files:
            file.close()


def _opened(path: Path, size: int) -> BinaryIO:
    """Open a file to go on after so many bytes; what stands behind them was written too late."""
    path.touch()
    file = path.open("r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # until it is closed, or the process ends
    except BlockingIOError:
        file.close()
        raise JobRefused(f"{path} is being written by another process.") from None
    if file.seek(0, os.SEEK_END) < size:
        file.close()
        raise JobRefused(f"{path} has lost some of its lines: delete it and its `.progress`.")
    file.truncate(size)
    file.seek(size)
    return file


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}")
