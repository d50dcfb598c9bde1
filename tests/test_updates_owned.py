"""Updates of a service that its owner has made their own: nothing of theirs is lost.

They have imported a model, edited the preprocessing, added a setting and a test, deleted a file.
"""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from .updating import Project, Template, commit, git, replace

MODEL = "model/model.onnx"
SOURCE = "src/digit_reader"
PREPROCESSING = f"{SOURCE}/preprocessing/image.py"
OWN_TEST = '''"""The images of this team are black on white."""

from pathlib import Path

from digit_reader.model_folder import ModelFolder
from digit_reader.settings import Settings


def test_our_model_and_our_setting_are_there() -> None:
    assert ModelFolder.open(Path("model")).card.name == "ours"
    assert Settings.from_env({"SERVICE_THRESHOLD": "0.9"}).threshold == 0.9
'''
ROW = "| `SERVICE_THRESHOLD` | `0.5` | least score that we act on |\n"


def train(file: Path) -> None:
    """Write an ONNX model of images as the owner's training would: three classes, not ten."""
    weight = np.linspace(-1, 1, 784 * 3, dtype=np.float32).reshape(784, 3)
    nodes = [
        helper.make_node("Flatten", ["pixels"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weight"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["scores"]),
    ]
    graph = helper.make_graph(
        nodes,
        "ours",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 1, 28, 28])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(weight, "weight")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, file)


def make_their_own(project: Project, folder: Path) -> None:
    """Do what owners do, and commit it."""
    root = project.folder
    (root / "samples").mkdir()
    (root / "samples/7.png").write_bytes((root / "model/examples/7.png").read_bytes())
    train(folder / "ours.onnx")
    (folder / "labels.txt").write_text("low\nmiddle\nhigh\n")
    imported = project.service(
        "import-model", folder / "ours.onnx", "--labels", folder / "labels.txt", "--scale", "1/255"
    )
    assert imported.returncode == 0, imported.stderr
    assert "updates of the template leave the model alone" in imported.stdout
    replace(root / PREPROCESSING, "import ExifTags, Image\n", "import ExifTags, Image, ImageOps\n")
    replace(
        root / PREPROCESSING,
        "        shape = [image.height, image.width]\n",
        "        image = ImageOps.invert(image)  # ours are black on white\n"
        "        shape = [image.height, image.width]\n",
    )
    replace(
        root / f"{SOURCE}/settings.py",
        "    model_dir: ",
        '    threshold: Annotated[float, help_("least score that we act on")] = 0.5\n'
        "    model_dir: ",
    )
    replace(root / "README.md", "| `SERVICE_MODEL_DIR` |", f"{ROW}| `SERVICE_MODEL_DIR` |")
    (root / "tests/test_ours.py").write_text(OWN_TEST)
    (root / ".github/workflows/ci.yml").unlink()
    commit(root, "ours")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Return a repository of the template with two versions: the second changes many files."""
    template = Template(tmp_path_factory.mktemp("repository") / "template")
    git(template.folder, "tag", "first")
    service = template.service
    package = service / "src/model_service"
    replace(package / "preprocessing/image.py", "Edit this file if", "Do edit this file if")
    replace(package / "settings.py", '"processes, each', '"server processes, each')
    replace(service / "README.md", "| processes, each", "| server processes, each")
    replace(service / ".github/workflows/ci.yml", "name: ci\n", "name: checks\n")
    (package / "added.py").write_text('"""New in the second version."""\n')
    (service / "tests/test_pace.py").unlink()
    starter = service / "model/image"
    replace(starter / "onnxruntime/model.toml", 'name = "digits"', 'name = "better-digits"')
    (starter / "onnxruntime/model.onnx").write_bytes(b"trained anew")
    (starter / "examples/1.png").write_bytes(b"a new example")
    commit(template.folder, "second")
    return template


@pytest.fixture(scope="module")
def owned_once(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a service of the first version that somebody has made their own."""
    git(template.folder, "checkout", "--quiet", "first")
    project = Project.create(template, tmp_path_factory.mktemp("owned"), {"gpu": "none"})
    git(template.folder, "checkout", "--quiet", "main")
    make_their_own(project, tmp_path_factory.mktemp("training"))
    return project


@pytest.fixture
def owned(owned_once: Project, tmp_path: Path) -> Project:
    """Return a copy of it for one test."""
    return owned_once.copy(tmp_path)


def assert_nothing_is_lost(before: dict[str, bytes], project: Project) -> None:
    """Compare what is the owner's with what it was."""
    after = project.files()
    theirs = [path for path in before if path.startswith(("model/", "samples/"))]
    for path in [*theirs, "tests/test_ours.py"]:
        assert after[path] == before[path], path
    assert {path for path in after if path.startswith("model/")} < set(theirs) | set(before)
    assert b"least score that we act on" in after[f"{SOURCE}/settings.py"]
    assert ROW.encode() in after["README.md"]
    assert ".github/workflows/ci.yml" not in after


def test_an_update_brings_what_is_new_and_keeps_what_is_theirs(owned: Project) -> None:
    before = owned.files()
    owned.update()
    after = owned.files()
    assert owned.conflicts() == []
    assert_nothing_is_lost(before, owned)
    assert b"ImageOps.invert(image)" in after[PREPROCESSING]
    assert b"Do edit this file if" in after[PREPROCESSING]
    assert b"server processes" in after[f"{SOURCE}/settings.py"]
    assert f"{SOURCE}/added.py" in after
    assert "tests/test_pace.py" not in after
    checked = owned.service("check")
    assert checked.returncode == 0, checked.stderr
    tested = owned.tests("tests/test_ours.py", "tests/test_readme.py", "tests/test_settings.py")
    assert tested.returncode == 0, tested.stdout


def test_only_a_line_that_both_have_changed_is_a_conflict(owned: Project) -> None:
    replace(owned.folder / PREPROCESSING, "Edit this file if your", "Edited: your")
    commit(owned.folder, "the line that the second version changes, too")
    before = owned.files()
    told = owned.update()
    assert owned.conflicts() == [PREPROCESSING]
    assert f"Applied patch to '{PREPROCESSING}' with conflicts" in told
    assert_nothing_is_lost(before, owned)
    text = owned.files()[PREPROCESSING].decode()
    mine, _, template_has = text.partition("<<<<<<< ")[2].partition("=======")
    assert "Edited: your model" in mine
    assert "Do edit this file if your model" in template_has
    assert "ImageOps.invert(image)" in text
    assert f"{SOURCE}/added.py" in owned.files()


def test_a_colleagues_clone_is_updated_in_the_same_way(
    owned: Project, template: Template, tmp_path: Path
) -> None:
    replace(owned.folder / "README.md", "\n## Routes\n", "\nAsk Ada.\n\n## Routes\n")
    commit(owned.folder, "a sentence of ours")
    owned.update()
    commit(owned.folder, "updated")
    later = tmp_path / "later"
    git(tmp_path, "clone", "--quiet", str(template.folder), str(later))
    readme = later / template.service.name / "README.md"
    replace(readme, "Both pages need no internet", "The two pages need no internet")
    commit(later, "third")
    clone = tmp_path / "clone" / owned.folder.name
    git(tmp_path, "clone", "--quiet", str(owned.folder), str(clone))
    colleague = Project(clone)
    update = ("update", "--skip-apply-ask", "--template-path", str(later))
    done = colleague.cruft(*update)
    assert done.returncode == 0, done.stderr
    assert colleague.conflicts() == []
    assert_nothing_is_lost(owned.files(), colleague)
    text = (clone / "README.md").read_text(encoding="utf-8")
    assert "Ask Ada." in text
    assert "The two pages need no internet" in text


@pytest.mark.parametrize(
    "changed",
    [{"batching": "client", "ci": "gitlab"}, {"quantization": "dynamic-int8", "gpu": "fallback"}],
    ids=lambda changed: ",".join(changed),
)
def test_another_answer_keeps_what_is_theirs(owned: Project, changed: dict[str, str]) -> None:
    before = owned.files()
    owned.update(**changed)
    assert owned.conflicts() == []
    assert_nothing_is_lost(before, owned)
    assert b"ImageOps.invert(image)" in owned.files()[PREPROCESSING]
    checked = owned.service("check")
    assert checked.returncode == 0, checked.stderr


def test_another_framework_keeps_the_model_until_one_for_it_is_imported(
    owned: Project, tmp_path: Path
) -> None:
    before = owned.files()
    owned.update(framework="pytorch")
    assert owned.conflicts() == []
    assert_nothing_is_lost(before, owned)
    assert f"{SOURCE}/engine/pytorch.py" in owned.files()
    refused = owned.service("check")
    assert refused.returncode == 1
    assert "model.onnx" in refused.stderr
    assert "Traceback" not in refused.stderr
    program = tmp_path / "ours.pt2"
    export_for_pytorch(program)
    labels = tmp_path / "labels.txt"
    labels.write_text("low\nmiddle\nhigh\n")
    imported = owned.service("import-model", program, "--labels", labels)
    assert imported.returncode == 0, imported.stderr
    checked = owned.service("check")
    assert checked.returncode == 0, checked.stderr


def export_for_pytorch(file: Path) -> None:
    """Write what the owner's training gives for PyTorch."""
    import torch  # takes seconds, which the other tests need not wait for

    network = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(784, 3), torch.nn.Softmax(dim=1)
    ).eval()
    rows = {0: torch.export.Dim("rows")}
    program = torch.export.export(network, (torch.zeros(2, 1, 28, 28),), dynamic_shapes=(rows,))
    torch.export.save(program, file)


def test_an_edited_file_that_the_answer_takes_away_stays(owned: Project) -> None:
    batching = f"{SOURCE}/batching/dynamic.py"
    replace(owned.folder / batching, "import logging\n", "import logging  # ours\n")
    commit(owned.folder, "an edit of what will be taken away")
    before = owned.files()
    told = owned.update(batching="client")
    assert f"{batching}: patch does not apply" in told
    assert owned.files()[batching] == before[batching]
    assert_nothing_is_lost(before, owned)


def test_moved_out_of_the_way_first_it_costs_no_conflict(owned: Project) -> None:
    batching = f"{SOURCE}/batching/dynamic.py"
    replace(owned.folder / batching, "import logging\n", "import logging  # ours\n")
    (owned.folder / batching).rename(owned.folder / "samples/dynamic.py")
    commit(owned.folder, "out of the way")
    before = owned.files()
    owned.update(batching="client")
    assert owned.conflicts() == []
    assert_nothing_is_lost(before, owned)
    assert batching not in owned.files()
