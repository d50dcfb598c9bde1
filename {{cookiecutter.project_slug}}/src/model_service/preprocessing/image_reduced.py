"""JPEGs decoded at a half, a quarter or an eighth of their size, if the resize leaves less still.

The decoder then transforms fewer numbers and makes fewer pixels: it sums up in its transform what
resizing would average out of the pixels.
"""

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

SPARE = 2  # times the size after resizing: what is left to average is left to the card's filter


def reduced(image: JpegImageFile, size: tuple[int, ...], mode: str, name: str) -> Image.Image:
    """Return the picture in (width, height) `size` and a mode; untouched where nothing is gained.

    The picture ends within the last pixels of what is decoded, so it is resized here, by what the
    decoder tells of that.
    """
    whole, (width, height) = image.size, size
    drafted = image.draft(None, (SPARE * width, SPARE * height))
    if drafted is None or image.size == whole:
        return image
    return image.convert(mode).resize((width, height), Image.Resampling[name.upper()], drafted[1])
