"""The starter models: one file a starter, one file a format that they are exported to.

Their networks are those of the template, where a render with PyTorch keeps them.
"""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "{{cookiecutter.project_slug}}" / "src"))
