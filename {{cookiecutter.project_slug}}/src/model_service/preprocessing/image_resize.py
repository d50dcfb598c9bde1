"""A way to resize that Pillow has not: bilinear without antialiasing.

It is what cv2.resize, tf.image.resize and torch.nn.functional.interpolate do unless they are told
otherwise: a pixel of a smaller image comes from four pixels, not from all that lie under it.
"""

import numpy as np
from PIL import Image

from ..arrays import Array


def sampled(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return an image of size (width, height), each pixel from its four nearest."""
    pixels, counts = np.asarray(image), size[::-1]
    # First where most goes away: one line of a million pixels must not become many of them.
    for axis in sorted((0, 1), key=lambda axis: counts[axis] / pixels.shape[axis]):
        pixels = _along(pixels, axis, counts[axis])
    return Image.fromarray(np.rint(pixels).astype(np.uint8))


def _along(pixels: Array, axis: int, count: int) -> Array:
    """Return `count` pixels along an axis; the centre of the first is at 0.5."""
    lines = np.moveaxis(pixels, axis, -1)
    last = lines.shape[-1] - 1
    places = ((np.arange(count) + 0.5) * (last + 1) / count - 0.5).clip(0, last)
    low = places.astype(np.intp)
    high = np.minimum(low + 1, last)
    share = (places - low).astype(np.float32)
    return np.moveaxis(lines[..., low] * (1 - share) + lines[..., high] * share, -1, axis)
