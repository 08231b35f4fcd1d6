"""Filters as native programs have them: OpenCV and Pillow, on one thread.

    python3 -m venv build/bench/python && build/bench/python/bin/pip install -r bench/native/requirements.txt
    npm run bench native

measures a row, such as gaussian-12, and prints JSON. The pictures are those of bench/filters/picture.mjs in size and kind: opaque
RGBA, flat parts, edges and a little noise.
"""

import json
import sys
import time

import cv2
import numpy
import PIL
from PIL import Image, ImageChops, ImageFilter

SIZES = {1: (1250, 800), 12: (4000, 3000), 48: (8000, 6000)}
CRISP = numpy.array([[-1, -1, -1], [-1, 16, -1], [-1, -1, -1]], numpy.float32) / 8


def picture(width, height):
    x, y = numpy.meshgrid(numpy.arange(width), numpy.arange(height))
    noise = numpy.random.default_rng(1).integers(0, 16, (height, width))
    shape = (((x >> 7) ^ (y >> 6)) & 1) * 60
    channels = [
        40 + shape + x * 120 // width + noise,
        30 + shape + y * 120 // height + noise,
        60 + shape + (x + y) * 90 // (width + height) + noise,
        numpy.full_like(x, 255),
    ]
    return numpy.dstack(channels).astype(numpy.uint8)


def unsharp(pixels):
    return cv2.addWeighted(pixels, 2, cv2.GaussianBlur(pixels, (0, 0), 2), -1, 0)


def sobel(pixels):
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGBA2GRAY)
    return cv2.convertScaleAbs(cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)))


OPENCV = {
    "invert": cv2.bitwise_not,
    "box": lambda pixels: cv2.blur(pixels, (17, 17)),
    "gaussian": lambda pixels: cv2.GaussianBlur(pixels, (31, 31), 5),
    "sharpen": lambda pixels: cv2.filter2D(pixels, -1, CRISP),
    "unsharp": unsharp,
    "median": lambda pixels: cv2.medianBlur(pixels, 3),
    "sobel": sobel,
}

PILLOW = {
    "invert": ImageChops.invert,
    "box": lambda image: image.filter(ImageFilter.BoxBlur(8)),
    "gaussian": lambda image: image.filter(ImageFilter.GaussianBlur(5)),
    "sharpen": lambda image: image.filter(ImageFilter.Kernel((3, 3), CRISP.flatten().tolist(), 1)),
    "unsharp": lambda image: image.filter(ImageFilter.UnsharpMask(2, 100, 0)),
    "median": lambda image: image.filter(ImageFilter.MedianFilter(3)),
}


def measure(work, picture):
    samples = []
    began = time.perf_counter()
    work(picture)
    while len(samples) < 9 and (not samples or time.perf_counter() - began < 8):
        start = time.perf_counter()
        work(picture)
        samples.append((time.perf_counter() - start) * 1e3)
    return samples


def main(row):
    cv2.setNumThreads(1)
    name, megapixels = row.rsplit("-", 1)
    pixels = picture(*SIZES[int(megapixels)])
    results = []
    for contestant, works, own in [("OpenCV", OPENCV, pixels), ("Pillow", PILLOW, Image.fromarray(pixels))]:
        if name in works:
            results.append({"name": contestant, "samples": measure(works[name], own)})
    version = f"OpenCV {cv2.__version__}, Pillow {PIL.__version__}"
    json.dump({"version": version, "results": results}, sys.stdout)


main(sys.argv[1])
