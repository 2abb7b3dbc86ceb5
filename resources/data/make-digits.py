"""Writes digits.zip from scikit-learn's load_digits: python3 make-digits.py (scikit-learn 1.9, pillow 13).

Sixteen shades of ink become 255; a folder for each numeral. Times in the archive are fixed, so that it has the same bytes each time.
"""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

digits = load_digits()
with zipfile.ZipFile(Path(__file__).with_name("digits.zip"), "w", zipfile.ZIP_STORED) as archive:
    for number, (image, numeral) in enumerate(zip(digits.images, digits.target)):
        png = io.BytesIO()
        Image.fromarray(np.round(image * 255 / 16).astype(np.uint8)).save(png, "PNG", optimize=True)
        archive.writestr(zipfile.ZipInfo(f"{numeral}/{number:04}.png"), png.getvalue())
