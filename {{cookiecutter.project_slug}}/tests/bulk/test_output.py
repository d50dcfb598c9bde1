"""The output is whole and says every line once, wherever a run was killed."""

from pathlib import Path

import msgspec
import pytest

from model_service.bulk import output as module
from model_service.bulk.batches import START, Position
from model_service.bulk.output import Output
from model_service.bulk.predictor import Result
from model_service.errors import JobRefused

FIRST = Result(b"one\ntwo\n", b"bad\n", 2, 1, Position(0, 3), 30)
SECOND = Result(b"three\n", b"", 1, 0, Position(1, 0), 40)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return the path of an output."""
    return tmp_path / "out.jsonl"


@pytest.fixture
def rejects(tmp_path: Path) -> Path:
    """Return the path of the rejects."""
    return tmp_path / "rejects.jsonl"


def test_the_output_gets_its_name_when_it_is_whole(target: Path, rejects: Path) -> None:
    with Output(target, rejects, "job") as output:
        output.write(FIRST)
        assert not target.exists()
        output.write(SECOND)
        output.finish()
    assert target.read_bytes() == b"one\ntwo\nthree\n"
    assert rejects.read_bytes() == b"bad\n"
    assert set(target.parent.iterdir()) == {target, rejects}


def test_without_rejects_there_is_no_file_of_them(target: Path, rejects: Path) -> None:
    with Output(target, rejects, "job") as output:
        output.write(SECOND)
        output.finish()
    assert set(target.parent.iterdir()) == {target}


def test_a_run_that_was_stopped_goes_on(target: Path, rejects: Path) -> None:
    with pytest.raises(KeyboardInterrupt), Output(target, rejects, "job") as output:
        assert output.progress.end == START
        output.write(FIRST)
        raise KeyboardInterrupt
    with Output(target, rejects, "job") as output:
        assert (output.progress.end, output.progress.read) == (Position(0, 3), 30)
        output.write(SECOND)
        output.finish()
    assert target.read_bytes() == b"one\ntwo\nthree\n"
    assert (output.progress.predicted, output.progress.rejected) == (3, 1)


def test_lines_that_were_written_after_the_last_record_are_cut_off(
    target: Path, rejects: Path
) -> None:
    with Output(target, rejects, "job") as output:
        output.write(FIRST)
    with target.with_name("out.jsonl.partial").open("ab") as file:
        file.write(b"thr")
    with rejects.open("ab") as file:
        file.write(b"ba")
    with Output(target, rejects, "job") as output:
        output.write(SECOND)
        output.finish()
    assert target.read_bytes() == b"one\ntwo\nthree\n"
    assert rejects.read_bytes() == b"bad\n"


def test_the_record_is_written_now_and_then(
    target: Path, rejects: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = target.with_name("out.jsonl.progress")
    with Output(target, rejects, "job") as output:
        output.write(FIRST)
        assert msgspec.json.decode(record.read_bytes())["end"] == [0, 0]
        monkeypatch.setattr(module, "CHECKPOINT_S", 0)
        output.write(SECOND)
        assert msgspec.json.decode(record.read_bytes())["end"] == [1, 0]


def test_another_job_is_refused(target: Path, rejects: Path) -> None:
    with Output(target, rejects, "job") as output:
        output.write(FIRST)
    with pytest.raises(JobRefused, match="with other inputs, another model"):
        Output(target, rejects, "another")


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.partial", "rejects.jsonl"])
def test_what_is_there_already_is_not_overwritten(name: str, target: Path, rejects: Path) -> None:
    target.with_name(name).write_text("precious")
    with pytest.raises(JobRefused, match=f"{name} is there already"):
        Output(target, rejects, "job")
    assert target.with_name(name).read_text() == "precious"


def test_two_runs_never_write_the_same_output(target: Path, rejects: Path) -> None:
    with Output(target, rejects, "job"), pytest.raises(JobRefused, match="another process"):
        Output(target, rejects, "job")


def test_an_output_that_has_lost_lines_is_refused(target: Path, rejects: Path) -> None:
    with Output(target, rejects, "job") as output:
        output.write(FIRST)
    target.with_name("out.jsonl.partial").write_bytes(b"one\n")
    with pytest.raises(JobRefused, match="has lost some of its lines"):
        Output(target, rejects, "job")


def test_a_record_that_cannot_be_read_is_told(target: Path, rejects: Path) -> None:
    target.with_name("out.jsonl.progress").write_text("{")
    with pytest.raises(JobRefused, match="out.jsonl.progress cannot be read"):
        Output(target, rejects, "job")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    target = tmp_path / "no" / "out.jsonl"
    with pytest.raises(JobRefused, match="cannot be written: No such file"):
        Output(target, target.with_name("rejects"), "job")


def test_a_run_that_was_killed_after_its_end_is_finished(target: Path, rejects: Path) -> None:
    record, partial = (target.with_name(f"out.jsonl.{name}") for name in ("progress", "partial"))
    with Output(target, rejects, "job") as output:
        output.write(SECOND)
    finished = msgspec.json.decode(record.read_bytes()) | {"finished": True}
    record.write_bytes(msgspec.json.encode(finished))
    for killed_after in (lambda: None, lambda: partial.replace(target)):
        killed_after()
        with Output(target, rejects, "job") as output:
            assert output.progress.end == Position(1, 0)
            output.finish()
        assert target.read_bytes() == b"three\n"
        assert set(target.parent.iterdir()) == {target}
        target.replace(partial)
        record.write_bytes(msgspec.json.encode(finished))
