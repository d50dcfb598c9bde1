"""Image files that are broken, gigantic, or merely odd; these with the pixels that they hold."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image

from model_service.arrays import Array
from model_service.preprocessing.image import FORMATS

from .test_image import DOT, PICTURE, encode, header

GREY = (100, 100, 100)
NOISE = np.random.default_rng(0).integers(0, 255, (8, 12, 3), dtype=np.uint8)
BOMB = zlib.compress(bytes(2**28), 9)  # 256 MB in 260 kB
Chunk = tuple[bytes, bytes]


def ihdr(depth: int = 8, color: int = 2, interlace: int = 0, side: int = 1) -> Chunk:
    """Return the header of a square PNG."""
    return b"IHDR", struct.pack(">IIBBBBB", side, side, depth, color, 0, 0, interlace)


def idat(pixel: bytes = bytes(DOT)) -> Chunk:
    """Return the one row of a PNG."""
    return b"IDAT", zlib.compress(b"\0" + pixel)


def png(*chunks: Chunk) -> bytes:
    """Return a PNG file of these chunks, their checksums right."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (*chunks, (b"IEND", b""))
    )


def dot(*chunks: Chunk) -> bytes:
    """Return a PNG file of one pixel with more chunks than it needs."""
    return png(ihdr(), *chunks, idat())


def patched(kind: str, mark: bytes, offset: int, data: bytes) -> bytes:
    """Return the picture in a format, changed behind the first occurrence of a mark."""
    file = bytearray(encode(PICTURE, kind))
    start = file.index(mark) + offset
    file[start : start + len(data)] = data
    return bytes(file)


def segment(marker: int, data: bytes) -> bytes:
    """Return the picture as a JPEG with one more segment."""
    file = encode(PICTURE, "JPEG", quality=100, subsampling=0)
    return file[:2] + struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data + file[2:]


def exif(*tags: bytes) -> bytes:
    """Return the picture as a JPEG whose EXIF block, big-endian, has these tags of 12 bytes."""
    return segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">H", len(tags)) + b"".join(tags))


def animation(kind: str, **save: Any) -> bytes:
    """Return a file of two frames, of which the first is the noise."""
    file = io.BytesIO()
    others = [Image.fromarray(NOISE[::-1].copy())]
    Image.fromarray(NOISE).save(file, kind, save_all=True, append_images=others, **save)
    return file.getvalue()


BROKEN = {
    "empty": b"",
    "NUL": bytes(1000),
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
    "HTML": b"<!DOCTYPE html><img src='http://169.254.169.254/'>",
    "PDF": b"%PDF-1.7\n",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
    "zip": b"PK\x03\x04" + bytes(100),
    "program": b"\x7fELF\x02\x01\x01" + bytes(100),
    "HEIC": b"\0\0\0\x18ftypheic" + bytes(100),
    **{
        f"{kind}, not taken": encode(PICTURE, kind) for kind in ("TIFF", "ICO", "PPM", "TGA", "DDS")
    },
    **{f"{kind} behind a line": b"\n" + encode(PICTURE, kind) for kind in FORMATS},
    **{f"{kind} without its magic": b"\0\0\0\0" + encode(PICTURE, kind)[4:] for kind in FORMATS},
    **{f"{kind} called PNG": b"\x89PNG\r\n\x1a\n" + encode(PICTURE, kind) for kind in FORMATS},
    "PNG of no pixel": png(ihdr(side=0), idat()),
    "PNG without a header": png(idat()),
    "PNG without pixels": png(ihdr()),
    "PNG of fewer pixels than it says": png(ihdr(side=2), idat()),
    "PNG of 32 bits": png(ihdr(depth=32), idat()),
    "PNG of an unknown colour": png(ihdr(color=5), idat()),
    "PNG with a chunk of 2 GB": png(ihdr())[:-12] + b"\x7f\xff\xff\xfftEXt" + bytes(20),
    "PNG whose pixels have a wrong checksum": png(ihdr(), (b"IDAT", idat()[1][:-1] + b"x")),
    "PNG with a bomb as text": dot((b"zTXt", b"a\0\0" + BOMB)),
    "PNG with a bomb as UTF-8": dot((b"iTXt", b"a\0\1\0\0\0" + BOMB)),
    "PNG with a bomb as profile": dot((b"iCCP", b"a\0\0" + BOMB)),
    "PNG with a bomb behind its pixels": png(ihdr(), idat(), (b"zTXt", b"a\0\0" + BOMB)),
    "JPEG of no pixel": patched("JPEG", b"\xff\xc0", 5, bytes(4)),
    "JPEG of 12 bits": patched("JPEG", b"\xff\xc0", 4, b"\x0c"),
    "lossless JPEG": patched("JPEG", b"\xff\xc0", 1, b"\xc3"),
    "BMP of no pixel": patched("BMP", b"BM", 18, bytes(8)),
    "BMP of 7 bits": patched("BMP", b"BM", 28, b"\x07"),
    "BMP that is compressed as it cannot be": patched("BMP", b"BM", 30, b"\x01"),
    "BMP whose pixels lie outside": patched("BMP", b"BM", 10, b"\xff\xff\xff\x7f"),
    "BMP whose header has 2 GB": patched("BMP", b"BM", 14, b"\xff\xff\xff\x7f"),
    "WebP of no pixel": patched("WEBP", b"VP8 ", 14, bytes(4)),
    "WebP of another size": patched("WEBP", b"RIFF", 4, b"\xff\xff\xff\x7f"),
}
GIGANTIC = {
    "PNG of 100,000 by 100,000": header(100_000, 100_000),
    "PNG of 32 bits a side": header(2**32 - 1, 2**32 - 1),
    "PNG that says it twice": png(ihdr(), ihdr(side=100_000), idat()),
    "JPEG": patched("JPEG", b"\xff\xc0", 5, b"\xff\xff\xff\xff"),
    "GIF": patched("GIF", b"GIF", 6, b"\xff\xff\xff\xff"),
    "WebP": patched("WEBP", b"VP8 ", 14, b"\xff\x3f\xff\x3f"),
    "BMP": patched("BMP", b"BM", 18, 2 * b"\xff\xff\xff\x7f"),
    "BMP of a negative width": patched("BMP", b"BM", 18, b"\xfb\xff\xff\xff"),
}

# Tags of an EXIF block: the picture is to be turned by a quarter, and one that nobody can write.
TURNED = b"\x01\x12\0\3\0\0\0\1\0\6\0\0"
UNWRITABLE = b"\x01\0\0\2\0\0\0\2ab\0\0"
OUTSIDE = b"\x87\x69\0\4\0\0\0\1\x7f\xff\xff\xff"
ONE_DOT = {
    "interlaced": png(ihdr(interlace=1), idat()),
    "without its last chunk": dot()[:-12],
    "of 16 bits": png(ihdr(depth=16), idat(bytes(byte for part in DOT for byte in (part, 255)))),
    "with alpha": png(ihdr(color=6), idat(bytes((*DOT, 0)))),
    "of a palette": png(ihdr(color=3), (b"PLTE", bytes(DOT)), (b"tRNS", b"\0"), idat(b"\0")),
    "with a colour for nothing": dot((b"tRNS", bytes(byte for part in DOT for byte in (0, part)))),
    "with a broken profile": dot((b"iCCP", b"a\0\0broken")),
    "with a broken text": dot((b"zTXt", b"a\0\0broken")),
    "with a broken EXIF block": dot((b"eXIf", b"broken")),
    "with an animation of no frame": dot((b"acTL", bytes(8))),
    "with an unknown chunk": dot((b"hiDe", bytes(100))),
    "with a zip behind it": dot() + b"PK\x03\x04" + bytes(100),
}
ONE_GREY = {
    "of 16 bits": png(ihdr(depth=16, color=0), idat(b"\x64\xff")),
    "with alpha": png(ihdr(color=4), idat(b"\x64\0")),
    "with alpha, of 16 bits": png(ihdr(depth=16, color=4), idat(b"\x64\xff\0\0")),
}
UPRIGHT = {
    "of a broken EXIF block": segment(0xE1, b"Exif\0\0broken"),
    "of an empty EXIF block": segment(0xE1, b"Exif\0\0"),
    "of an EXIF block that is cut": exif(TURNED)[:30] + exif(TURNED)[42:],
    "of a turn that is none": exif(TURNED.replace(b"\6", b"\x63")),
    "of a turn in words": exif(TURNED.replace(b"\0\3", b"\0\2")),
    "of a broken profile": segment(0xE2, b"ICC_PROFILE\0\1\1broken"),
    "of several pictures that are not there": segment(0xE2, b"MPF\0broken"),
    "of Adobe, of no known transform": segment(0xEE, b"Adobe\0\x64\0\0\0\0\x09"),
    "with a zip behind it": segment(0xFE, b"comment") + b"PK\x03\x04" + bytes(100),
}
ON_ITS_SIDE = {
    "alone": exif(TURNED),
    "beside what cannot be written": exif(UNWRITABLE, TURNED),
    "beside a pointer to the outside": exif(TURNED, OUTSIDE),
    "as XMP": segment(0xE1, b'http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation="6"/>'),
}
SOUND: dict[str, tuple[bytes, Array]] = (
    {f"PNG {name}": (data, np.array([[DOT]])) for name, data in ONE_DOT.items()}
    | {f"grey PNG {name}": (data, np.array([[GREY]])) for name, data in ONE_GREY.items()}
    | {f"JPEG {name}": (data, PICTURE) for name, data in UPRIGHT.items()}
    | {f"turned JPEG {n}": (data, np.rot90(PICTURE, -1)) for n, data in ON_ITS_SIDE.items()}
    | {
        "BMP from top to bottom": (
            patched("BMP", b"BM", 22, b"\xfe\xff\xff\xff"),
            PICTURE[::-1],
        ),
        "GIF whose screen is smaller": (patched("GIF", b"GIF", 6, bytes(4)), PICTURE),
        "progressive JPEG": (encode(PICTURE, "JPEG", quality=100, progressive=True), PICTURE),
        "animated PNG": (animation("PNG"), NOISE),
        "animated PNG with a default": (animation("PNG", default_image=True), NOISE),
        "animated GIF": (animation("GIF"), NOISE),
        "animated WebP": (animation("WEBP", lossless=True), NOISE),
        "JPEG of two pictures": (animation("MPO", quality=100, subsampling=0), NOISE),
        "one row": (encode(NOISE.reshape(1, -1, 3)), NOISE.reshape(1, -1, 3)),
    }
)
