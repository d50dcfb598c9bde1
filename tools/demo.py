"""Render a service, install it, start its real server, and send it a real image.

`make demo` runs this: it takes the steps that a user takes, with their commands. The framework may
be given; all else is the default, or what the framework asks for.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from cookiecutter.main import cookiecutter
from service import NotReadyError, free_port, post_file, running

ROOT = Path(__file__).parents[1]
SERVICES = ROOT / ".demo" / "services"
NEEDS = {"tflite": {"gpu": "none"}}  # answers that a framework asks for


def main(framework: str = "onnxruntime") -> None:
    """Show the way from nothing to a prediction; exits non-zero if the prediction is wrong."""
    say(f"Rendering a service with {framework} ...")
    shutil.rmtree(SERVICES, ignore_errors=True)
    answers = {"framework": framework, **NEEDS.get(framework, {})}
    project = Path(
        cookiecutter(str(ROOT), no_input=True, output_dir=str(SERVICES), extra_context=answers)
    )
    here = project.relative_to(ROOT)

    say(f"Installing it into {here}/.venv: about a minute ...")
    subprocess.run(["make", "--no-print-directory", "install"], cwd=project, check=True)

    port = free_port()
    say(f"Starting its server on port {port} ...")
    image = project / "model" / "examples" / "7.png"
    serve = ["make", "--no-print-directory", "run"]
    with running(serve, project, port, {"SERVICE_LOG_LEVEL": "warning"}):
        say(f"$ curl -F file=@{here}/model/examples/7.png http://127.0.0.1:{port}/predict")
        (prediction,) = post_file(port, image)["predictions"]
    print(json.dumps(prediction, indent=2))
    if prediction["label"] != image.stem:
        sys.exit(f"The image shows a {image.stem}: this prediction is wrong.")

    say(f"Right: the image shows a {image.stem}. To go on:")
    print(f"  cd {here} && make run    # serve it; its README.md says the rest")
    print("  .demo/env/bin/cookiecutter .    # render your own, with your answers")


def say(text: str) -> None:
    """Print a line of progress."""
    print(f"\n{text}", flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except NotReadyError as error:
        sys.exit(str(error))
