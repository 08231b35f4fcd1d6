"""Oracles of the filters with random numbers, and of those that make pictures from nothing.

Random numbers are part of what a filter promises: the sequence is the one that demo-paint/sdk documents. Whatever
comes after them is computed in double precision.
"""

import numpy as np

GOLDEN = 0x9E3779B9


def mix(value):
    """MurmurHash3's finaliser, on numbers of 32 bits."""
    value = np.asarray(value, dtype=np.uint64) & 0xFFFFFFFF
    value = ((value ^ (value >> np.uint64(16))) * np.uint64(0x85EBCA6B)) & 0xFFFFFFFF
    value = ((value ^ (value >> np.uint64(13))) * np.uint64(0xC2B2AE35)) & 0xFFFFFFFF
    return value ^ (value >> np.uint64(16))


def random_bits(seed, lane, x, y):
    start = mix(seed + lane * GOLDEN)
    row = mix(start + np.asarray(y, dtype=np.uint64) * np.uint64(GOLDEN))
    return mix(row + np.asarray(x, dtype=np.uint64) * np.uint64(GOLDEN)).astype(np.int64)


def to_bytes(values):
    return np.clip(np.floor(np.asarray(values) + 0.5), 0, 255).astype(np.uint8)


def noise(image, amount=8.0, kind=0, grey=False, seed=1):
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    result = image.copy()
    for channel in range(3):
        bits = random_bits(seed, 0 if grey else channel, x, y)
        if kind == 0:
            # Four even bytes, and the deviation of their sum.
            number = sum((bits >> shift) & 0xFF for shift in (0, 8, 16, 24)) - 4 * 127.5
            deviation = 2 * np.std(np.arange(256))
        else:
            number = (bits >> 16) - 32768
            deviation = 65536 / np.sqrt(12)
        result[..., channel] = to_bytes(image[..., channel] + number / deviation * amount / 100 * 255)
    return result


def straight(red, green, blue, alpha):
    """Colours times alpha, and alpha, all from 0 to 1, as pixels."""
    with np.errstate(divide="ignore", invalid="ignore"):
        colours = [np.nan_to_num(channel / alpha) for channel in (red, green, blue)]
    return to_bytes(255 * np.dstack([*colours, alpha]))


def blend(first, second, part):
    """Mixes two colours, each as much as it is opaque."""
    first, second = (np.array([*(np.array(colour[:3]) * colour[3]), colour[3]]) for colour in (first, second))
    return straight(*((1 - part) * a + part * b for a, b in zip(first, second)))


def gradient(
    image, shape=0, start=(0, 0), end=(0, 1), first=(0.16, 0.38, 0.75, 1), second=(0.98, 0.83, 0.62, 1)
):
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width] + 0.5
    ax, ay, bx, by = start[0] * width, start[1] * height, end[0] * width, end[1] * height
    length = np.hypot(bx - ax, by - ay)
    if shape == 0:
        part = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length**2
    else:
        part = np.hypot(x - ax, y - ay) / length
    return blend(first, second, np.clip(part, 0, 1))


def clouds(
    image, scale=160.0, detail=5, contrast=1.5, sky=(0.22, 0.45, 0.78, 1), cloud=(1, 1, 1, 1), seed=1
):
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(float)
    strengths = 0.5 ** np.arange(detail)
    total = np.zeros((height, width))
    for octave, strength in enumerate(strengths / strengths.sum()):
        total += strength * gradient_noise(x * 2**octave / scale, y * 2**octave / scale, seed, octave)
    return blend(sky, cloud, np.clip(0.5 + contrast * total, 0, 1))


def gradient_noise(x, y, seed, lane):
    """Perlin's noise of 2002, with slopes taken from the random bits: low half to the right, high half downwards."""
    column, row = np.floor(x).astype(int), np.floor(y).astype(int)
    right, down = x - column, y - row

    def corner(i, j):
        bits = random_bits(seed, lane, column + i, row + j)
        slope_right, slope_down = (bits & 0xFFFF) / 32768 - 1, (bits >> 16) / 32768 - 1
        return slope_right * (right - i) + slope_down * (down - j)

    def ease(t):
        return 6 * t**5 - 15 * t**4 + 10 * t**3

    above = corner(0, 0) + ease(right) * (corner(1, 0) - corner(0, 0))
    below = corner(0, 1) + ease(right) * (corner(1, 1) - corner(0, 1))
    return above + ease(down) * (below - above)
