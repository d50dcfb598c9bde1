"""The figures as a table, and as a page."""

import statistics
from collections.abc import Sequence

from .measure import OTHER_QUALITY, Difference, Result
from .pictures import QUALITY

HEADER = (
    "| picture | pixels | as a whole | with `jpeg_draft` | times as fast | values differ by"
    f" | scores by | at quality {OTHER_QUALITY} values by | scores by |\n{9 * '|---'}|"
)


def line(result: Result) -> str:
    """Return a result as a line of the table."""
    low, high = min(result.ratios), max(result.ratios)
    size = f"{result.width} x {result.height} ({result.width * result.height / 1e6:.0f} M)"
    speed = f"{statistics.median(result.ratios):.1f} ({low:.1f} to {high:.1f})"
    cells = (
        *(result.picture, size, f"{result.whole_ms:.1f} ms", f"{result.drafted_ms:.1f} ms", speed),
        *(*_differences(result.drafted), *_differences(result.resaved)),
    )
    return f"| {' | '.join(cells)} |"


def _differences(apart: Difference) -> tuple[str, str]:
    return f"{apart.mean:.2f}, at most {apart.largest:.0f}", f"{apart.scores:.4f}"


def page(results: Sequence[Result], turns: int, where: str) -> str:
    """Return the page `docs/decode.md`."""
    table = "\n".join([HEADER, *map(line, results)])
    return f"""\
# What `jpeg_draft` gains, and what it changes

`python -m benchmarks.decode --docs` wrote this page. A JPEG becomes the array of a model that takes
3 x 224 x 224 numbers: decoded, resized (`stretch`, `bilinear`), scaled, mean and std, by the
template's own preprocessing. The times are CPU time of its thread, medians of {turns} turns, and in
brackets the least and the largest ratio of a turn.

{where}

{table}

With `jpeg_draft = true` in the model card the decoder makes a JPEG at a half, a quarter or an
eighth of its width and height, as long as that leaves twice what the resize makes of it. It sums up
in its own transform what the resize would average, so that values differ a little: here from 0 to
255, on average and at most. The scores are those of a ResNet18 with random weights, of 0 to 1, and
tell the largest difference. Beside it stands what the same picture differs by if it is saved with
quality {OTHER_QUALITY} instead of {QUALITY}.

The photograph is the one that matplotlib ships, side by side as often as it takes, so that it has
the detail of one of that size. The other picture has nothing but edges without any blur, in strong
colours. A render's own tests hold any JPEG of such edges, in any size, mode, orientation and
smooth filter, to 40 of 255 for one value and to 3 on average.

It is off unless the card says so: a model was trained on pictures that were decoded as a whole, and
whoever serves it may see from golden examples and from an evaluation whether it minds. `nearest`,
`box` and `bilinear-no-antialias` do not go with it: they take some pixels of the picture, and
those of a smaller one are others.

Images are decoded on the threads of their requests, and Pillow's decoders let go of the
interpreter's lock, so that the model runs meanwhile, and several images are decoded at once.
"""
