#!/bin/sh
# Makes the model folder fit to be served: sh deploy/container/model.sh FOLDER, the virtual
# environment of the service. What this installs stays in the build.
set -eu
folder=$1
service="$folder/bin/{{ cookiecutter.project_slug }}"

#% if cookiecutter.quantization != "none"
# The quantized artefact, unless the folder brings one.
if [ ! -e model/served.json ]; then
  python3 -m pip --python "$folder/bin/python" install --quiet --constraint constraints.txt '.[quantize]'
  "$service" quantize
fi

#% endif
# Whoever serves it may read it, whatever the rights were where the image is built.
chmod -R a+rX model

#% if cookiecutter.gpu != "required"
# A model that does not give its golden examples makes no image.
"$service" check
#% else
# Its golden examples are compared at each start, on the GPU.
#% endif
