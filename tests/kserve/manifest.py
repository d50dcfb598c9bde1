"""Hold InferenceServices to the models of the kserve package, in whose environment this runs.

The models are what KServe generates from its specification. They ignore fields that they do not
know, which a cluster would, too, or refuse: here they are an error.
"""

import json
import re
import sys
from pathlib import Path

import kserve
import yaml
from kubernetes import client

LIST = re.compile(r"[lL]ist\[(.*)\]")  # as kserve or as the kubernetes package writes it
MAP = re.compile(r"[dD]ict[(\[]str, (.*)[)\]]")
PLAIN = {"str": str, "int": int, "bool": bool, "object": object, "datetime": str}


def check(value, kind, place):
    """Return what is wrong with a value, a sentence each."""
    if value is None:
        return [f"{place} is empty"]
    if listed := LIST.fullmatch(kind):
        return [w for n, one in enumerate(value) for w in check(one, listed[1], f"{place}[{n}]")]
    if mapped := MAP.fullmatch(kind):
        return [w for key, one in value.items() for w in check(one, mapped[1], f"{place}.{key}")]
    if kind in PLAIN:
        return [] if isinstance(value, PLAIN[kind]) else [f"{place} is no {kind}: {value!r}"]
    model = getattr(kserve, kind, None) or getattr(client, kind, None)
    if model is None:
        return [f"{place} is of no known kind: {kind}"]
    return check_fields(value, model, place)


def check_fields(value, model, place):
    """Return what is wrong with an object; the model itself says which fields it must have."""
    if not isinstance(value, dict):
        return [f"{place} has no fields: {value!r}"]
    names = {name: attribute for attribute, name in model.attribute_map.items()}
    wrong = [f"{place}.{name} is unknown" for name in value.keys() - names.keys()]
    known = {names[name]: one for name, one in value.items() if name in names}
    for attribute, one in known.items():
        kind = model.openapi_types[attribute]
        wrong += check(one, kind, f"{place}.{model.attribute_map[attribute]}")
    try:
        model(**known)
    except ValueError as error:
        wrong.append(f"{place}: {error}")
    return wrong


if __name__ == "__main__":
    manifests = [yaml.safe_load(Path(file).read_text(encoding="utf-8")) for file in sys.argv[1:]]
    kind = "V1beta1InferenceService"
    print(json.dumps([check(manifest, kind, "InferenceService") for manifest in manifests]))
