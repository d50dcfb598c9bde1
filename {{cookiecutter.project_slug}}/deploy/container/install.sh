#!/bin/sh
# Makes a virtual environment of what the service needs at run time, without the service itself:
# sh deploy/container/install.sh FOLDER [EXTRA]. The versions are those of constraints.txt.
set -eu
folder=$1
extra=${2:-}

python3 -m venv --without-pip "$folder"
python3 - "$extra" > "$folder/requirements.txt" <<'END'
import sys
import tomllib

with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
extra = sys.argv[1]
print(*project["dependencies"], *(project["optional-dependencies"][extra] if extra else []), sep="\n")
END
python3 -m pip --python "$folder/bin/python" install --quiet \
  --constraint constraints.txt --requirement "$folder/requirements.txt"

# NVIDIA's packages lay their libraries in a folder each: links bring them together, so that the
# loader finds them in one.
if [ "$extra" = cuda ]; then
  mkdir -p "$folder/lib/cuda"
  ln -s "$folder"/lib/python*/site-packages/nvidia/*/lib/*.so* "$folder/lib/cuda/"
fi
