#!/usr/bin/env python3
"""Makes the reference vectors: small images, and what every filter must make of them.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python generate.py path/to/raccoon.jpg

The photograph is "face", the sample picture that SciPy ships (public domain), 1024 x 768 pixels. Without it, images/ is
read as it is and only the expected results are made anew.

The results are computed in double precision with NumPy and SciPy, from what the filters' documentation promises, not
from their source code. Each folder has a cases.json:

    name        of the case, and of the PNG file with the expected result
    image       file in images/
    parameters  values; the default where there is none
    tolerance   largest difference of a value
    compare     "straight": of all values; "visible": of the colours as far as their alpha shows them
    report      instead of a picture: what an analysis must find
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from oracles import ORACLES

HERE = Path(__file__).parent


def make_images(photograph):
    """The inputs: every awkward size, noise, transparency, and a photograph."""
    random = np.random.default_rng(20240607)

    def noise(width, height):
        return random.integers(0, 256, (height, width, 4), dtype=np.uint8)

    def opaque(image):
        image[..., 3] = 255
        return image

    images = {
        "pixel": opaque(noise(1, 1)),
        "row": opaque(noise(23, 1)),
        "column": opaque(noise(1, 17)),
        "noise": opaque(noise(37, 23)),
        "alpha": edges_of_alpha(),
    }
    photograph = np.array(Image.open(photograph).convert("RGBA"))
    images["photo"] = photograph[260:460, 380:680]
    images["detail"] = photograph[330:394, 430:526]
    return images


def edges_of_alpha():
    """41 x 31 pixels: a soft disc on a transparent ground, with strong colours hidden where nothing is visible, a hole
    of a single pixel, and a single pixel far from everything."""
    y, x = np.mgrid[0:31, 0:41].astype(float)
    image = np.zeros((31, 41, 4))
    image[..., 0] = np.where(x + y < 36, 255, 20)
    image[..., 1] = (x * 53 + y * 31) % 256
    image[..., 2] = np.where((x // 4 + y // 4) % 2 == 0, 230, 10)
    image[..., 3] = np.clip(255 - 60 * (np.hypot(x - 16, y - 14) - 9), 0, 255)
    image[14, 16, 3] = 0
    image[27, 37, 3] = 255
    return np.round(image).astype(np.uint8)


def main():
    folder = HERE / "images"
    if len(sys.argv) > 1:
        folder.mkdir(exist_ok=True)
        for name, image in make_images(sys.argv[1]).items():
            Image.fromarray(image).save(folder / f"{name}.png", optimize=True)
    images = {path.stem: np.array(Image.open(path)) for path in sorted(folder.glob("*.png"))}

    for identifier, (oracle, cases) in ORACLES.items():
        folder = HERE / identifier
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        written = []
        for number, case in enumerate(cases, 1):
            case = {"name": f"{number:02}-{case['image']}", **case}
            result = oracle(images[case["image"]], **case["parameters"])
            if isinstance(result, list):
                case["report"] = result
            else:
                Image.fromarray(result).save(folder / f"{case['name']}.png", optimize=True)
            written.append(case)
        lines = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in written)
        (folder / "cases.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
