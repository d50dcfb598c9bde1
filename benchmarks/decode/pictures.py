"""Large JPEGs: a photograph's own detail at any size, and edges as hard as they can be."""

import io
from collections.abc import Callable

import numpy as np
from matplotlib.cbook import get_sample_data
from PIL import Image, ImageDraw

QUALITY = 90
SMALLEST = 2.0  # the radius of a leaf, in pixels
COVER = 3  # times that the leaves cover the picture


def photograph(width: int, height: int) -> Image.Image:
    """Return the photograph that matplotlib ships, side by side as often as it takes."""
    with Image.open(get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        tile = image.convert("RGB")
    canvas = Image.new("RGB", (width, height))
    for top in range(0, height, tile.height):
        for left in range(0, width, tile.width):
            canvas.paste(tile, (left, top))
    return canvas


def leaves(width: int, height: int) -> Image.Image:
    """Return discs of all sizes that lie over each other: "dead leaves" (Lee et al., 2001).

    Their edges and areas are of every scale, as those of photographs, but without any blur.
    """
    random = np.random.default_rng(0)
    largest = max(width, height) / 4
    count = int(COVER * width * height / (2 * np.pi * SMALLEST**2 * np.log(largest / SMALLEST)))
    shares = random.random(count)
    radii = (shares / largest**2 + (1 - shares) / SMALLEST**2) ** -0.5  # as many as 1 / radius**3
    centres = random.uniform((0, 0), (width, height), (count, 2))
    colors = random.integers(0, 256, (count, 3)).tolist()
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for radius, centre, color in zip(radii, centres, colors, strict=True):
        draw.ellipse((*(centre - radius), *(centre + radius)), fill=tuple(color))
    return image


PICTURES: dict[str, Callable[[int, int], Image.Image]] = {
    "photograph": photograph,
    "hard edges": leaves,
}


def jpeg(image: Image.Image, quality: int = QUALITY) -> bytes:
    """Return an image as a JPEG file, its colours at half of the resolution, as cameras do."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return file.getvalue()
