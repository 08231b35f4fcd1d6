"""What every filter must make of an image, in double precision, and the cases to try.

An oracle takes an array of rows of RGBA bytes (straight alpha) and the values of the parameters.
"""

import numpy as np
from scipy import interpolate, ndimage

from generators import clouds, gradient, noise


def to_bytes(values):
    """The nearest bytes; halves go up."""
    return np.clip(np.floor(np.asarray(values) + 0.5), 0, 255).astype(np.uint8)


def with_alpha(rgb, image):
    """`rgb`, real numbers, with the alpha of `image`."""
    return np.dstack([to_bytes(rgb), image[..., 3]])


def luma(image):
    """Rec. 709, rounded."""
    red, green, blue = (image[..., index].astype(int) for index in range(3))
    return (2126 * red + 7152 * green + 722 * blue + 5000) // 10000


def through(table, image, channels=(0, 1, 2)):
    """Looks the channels up in a table of 256 real numbers."""
    result = image.copy()
    for channel in channels:
        result[..., channel] = to_bytes(table)[image[..., channel]]
    return result


def to_light(value):
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def from_light(light):
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


BYTES = np.arange(256.0)


# Point filters


def invert(image):
    return np.dstack([255 - image[..., :3], image[..., 3]])


def brightness_contrast(image, brightness=0, contrast=0):
    value = BYTES / 255
    b = brightness / 100
    value = value * (1 + b) if b < 0 else value + (1 - value) * b
    slope = min(np.tan((contrast / 100 + 1) * np.pi / 4), 1000) if contrast < 100 else 1000
    return through(255 * ((value - 0.5) * slope + 0.5), image)


def exposure(image, stops=0.0):
    return through(255 * from_light(to_light(BYTES / 255) * 2**stops), image)


def levels(image, channel=0, black=0, gamma=1.0, white=255, darkest=0, lightest=255):
    part = np.clip((BYTES - black) / (white - black), 0, 1) ** (1 / gamma)
    table = darkest + (lightest - darkest) * part
    return through(table, image, [(0, 1, 2), (0,), (1,), (2,)][channel])


STRAIGHT = [0, 0, 1, 1]


def curves(image, all=STRAIGHT, red=STRAIGHT, green=STRAIGHT, blue=STRAIGHT):
    def curve(points, at):
        x, y = np.array(points, dtype=float).reshape(-1, 2).T
        at = np.clip(at, x[0], x[-1])
        return interpolate.PchipInterpolator(x, y)(at)

    result = image.copy()
    for channel, points in enumerate([red, green, blue]):
        table = 255 * curve(all, np.clip(curve(points, BYTES / 255), 0, 1))
        result[..., channel] = to_bytes(table)[image[..., channel]]
    return result


def hue_saturation_lightness(image, hue=0, saturation=0, lightness=0):
    rgb = image[..., :3] / 255
    highest, lowest = rgb.max(axis=2), rgb.min(axis=2)
    chroma = highest - lowest
    light = (highest + lowest) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        sat = np.where(chroma > 0, chroma / (1 - np.abs(2 * light - 1)), 0)
        red, green, blue = np.moveaxis(rgb, 2, 0)
        angle = np.select(
            [chroma == 0, highest == red, highest == green],
            [0, 60 * (green - blue) / chroma, 60 * (blue - red) / chroma + 120],
            60 * (red - green) / chroma + 240,
        )
    angle = (angle + hue) % 360
    sat = np.clip(sat * (1 + saturation / 100), 0, 1)
    change = lightness / 100
    light = light + (1 - light) * change if change > 0 else light * (1 + change)

    # The formula of CSS Color 4 for hsl().
    def channel(n):
        k = (n + angle / 30) % 12
        return light - sat * np.minimum(light, 1 - light) * np.clip(np.minimum(k - 3, 9 - k), -1, 1)

    return with_alpha(255 * np.dstack([channel(0), channel(8), channel(4)]), image)


def planckian(kelvin):
    """CIE xy of a black body, after Kim and others."""
    t = float(kelvin)
    if t <= 4000:
        x = -0.2661239e9 / t**3 - 0.2343589e6 / t**2 + 0.8776956e3 / t + 0.179910
    else:
        x = -3.0258469e9 / t**3 + 2.1070379e6 / t**2 + 0.2226347e3 / t + 0.240390
    if t <= 2222:
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif t <= 4000:
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return np.array([x / y, 1, (1 - x - y) / y])


def white_balance(image, temperature=6500, tint=0):
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    gains = (bradford @ planckian(6500)) / (bradford @ planckian(temperature))
    adapt = np.linalg.inv(bradford) @ np.diag(gains) @ bradford
    matrix = np.linalg.inv(to_xyz) @ adapt @ to_xyz
    matrix = np.diag([1, 2 ** (-tint / 200), 1]) @ matrix
    matrix = matrix / (to_xyz[1] @ matrix @ np.ones(3))
    return with_alpha(255 * from_light(to_light(image[..., :3] / 255) @ matrix.T), image)


def grayscale(image, weighting=0, red=40, green=40, blue=20):
    rgb = image[..., :3].astype(int)
    grey = [
        lambda: luma(image),
        lambda: (rgb @ [299, 587, 114] + 500) // 1000,
        lambda: np.floor(rgb.sum(axis=2) / 3 + 0.5),
        lambda: (rgb.max(axis=2) + rgb.min(axis=2) + 1) // 2,
        lambda: (rgb @ [red, green, blue] + 50) // 100,
    ][weighting]()
    return with_alpha(np.dstack([grey] * 3), image)


def sepia(image, amount=100):
    rgb = image[..., :3].astype(int)
    tone = np.minimum(rgb @ np.array([[393, 349, 272], [769, 686, 534], [189, 168, 131]]), 255000)
    return with_alpha((1000 * rgb * (100 - amount) + tone * amount + 50000) // 100000, image)


def duotone(image, shadows=(0.1, 0.06, 0.32, 1), highlights=(1, 0.84, 0.42, 1), amount=100):
    part = luma(image)[..., None] / 255
    ink = to_bytes(255 * (np.array(shadows[:3]) * (1 - part) + np.array(highlights[:3]) * part)).astype(int)
    return with_alpha((image[..., :3].astype(int) * (100 - amount) + ink * amount + 50) // 100, image)


def posterize(image, tones=4):
    step = np.floor(BYTES * (tones - 1) / 255 + 0.5)
    return through(255 * step / (tones - 1), image)


def threshold(image, level=128):
    return with_alpha(np.where(luma(image) >= level, 255, 0)[..., None].repeat(3, axis=2), image)


def vignette(image, amount=50, radius=70, softness=60, centre=(0.5, 0.5)):
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot(x + 0.5 - centre[0] * width, y + 0.5 - centre[1] * height)
    half_way = radius / 100 * np.hypot(width, height) / 2
    begin = half_way * (1 - softness / 100)
    part = np.clip((distance - begin) / max(2 * half_way * softness / 100, 1), 0, 1)
    strength = (amount / 100 * (3 * part**2 - 2 * part**3))[..., None]
    rgb = image[..., :3].astype(float)
    return with_alpha(rgb - np.where(strength < 0, 255 - rgb, rgb) * strength, image)


# Area filters


def averaged(image, average):
    """Applies `average`, a function of a plane of real numbers, with colours weighted by alpha: real numbers."""
    alpha = image[..., 3].astype(float)
    mean_alpha = average(alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        planes = [average(image[..., channel] * alpha) / mean_alpha for channel in range(3)]
    return np.nan_to_num(np.dstack([*planes, mean_alpha]))


def gaussian(image, sigma):
    radius = int(np.ceil(3 * sigma))
    return averaged(image, lambda plane: ndimage.gaussian_filter(plane, sigma, mode="nearest", radius=radius))


def gaussian_blur(image, sigma=3.0):
    return to_bytes(gaussian(image, sigma))


def box_blur(image, radius=8):
    # uniform_filter keeps a running sum of real numbers; its error stays far below the tolerance.
    return to_bytes(averaged(image, lambda plane: ndimage.uniform_filter(plane, 2 * radius + 1, mode="nearest")))


def unsharp_mask(image, amount=100, sigma=2.0, threshold=0):
    rgb = image[..., :3].astype(float)
    difference = rgb - gaussian(image, sigma)[..., :3]
    beyond = np.sign(difference) * np.maximum(np.abs(difference) - threshold, 0)
    return with_alpha(rgb + amount / 100 * beyond, image)


def correlate_differences(plane, alpha, kernel):
    """Correlation in which a neighbour has the value of the centre as far as it is transparent."""
    result = np.zeros(plane.shape)
    plane = plane.astype(float)
    around, weights = np.pad(plane, 1, mode="edge"), np.pad(alpha, 1, mode="edge")
    height, width = plane.shape
    for (row, column), factor in np.ndenumerate(np.array(kernel, dtype=float)):
        value = around[row : row + height, column : column + width]
        weight = weights[row : row + height, column : column + width] / 255
        result += factor * (plane + (value - plane) * weight)
    return result


def sharpen(image, amount=100):
    kernel = np.full((3, 3), -1 / 8)
    kernel[1, 1] = 1
    planes = []
    for channel in range(3):
        plane = image[..., channel]
        if (image[..., 3] == 255).all():
            detail = ndimage.correlate(plane.astype(float), kernel, mode="nearest")
        else:
            detail = correlate_differences(plane, image[..., 3], kernel)
        planes.append(plane + amount / 100 * detail)
    return with_alpha(np.dstack(planes), image)


def slopes(plane, alpha):
    """To the right and downwards."""
    if (alpha == 255).all():
        plane = plane.astype(float)
        return ndimage.sobel(plane, axis=1, mode="nearest"), ndimage.sobel(plane, axis=0, mode="nearest")
    right = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    return correlate_differences(plane, alpha, right), correlate_differences(plane, alpha, right.T)


def sobel_edges(image, of=0, strength=1.0, inverted=False):
    planes = [luma(image)] * 3 if of == 0 else [image[..., channel] for channel in range(3)]
    edges = to_bytes(np.dstack([strength * np.hypot(*slopes(plane, image[..., 3])) for plane in planes]))
    return with_alpha(255 - edges if inverted else edges, image)


def emboss(image, angle=135, depth=2.0, coloured=False):
    right, down = slopes(luma(image), image[..., 3])
    towards = np.radians(angle)
    # The light comes from the direction (cos, -sin); a slope that rises away from it is lit.
    light = depth / 8 * (-np.cos(towards) * right + np.sin(towards) * down)
    ground = image[..., :3].astype(float) if coloured else 128.0
    return with_alpha(ground + light[..., None] * np.ones(3), image)


def median(image, radius=1):
    size = 2 * radius + 1
    alpha = ndimage.median_filter(image[..., 3], size, mode="nearest")
    if (image[..., 3] == 255).all():
        planes = [ndimage.median_filter(image[..., channel], size, mode="nearest") for channel in range(3)]
        return np.dstack([*planes, alpha])
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(image, ((radius, radius), (radius, radius), (0, 0)), mode="edge"), (size, size), axis=(0, 1)
    )
    weights = around[:, :, 3].reshape(*alpha.shape, -1).astype(int)
    result = np.zeros_like(image)
    for channel in range(3):
        values = around[:, :, channel].reshape(weights.shape)
        order = np.argsort(values, axis=2, kind="stable")
        seen = np.cumsum(np.take_along_axis(weights, order, axis=2), axis=2)
        first = np.argmax(2 * seen >= seen[..., -1:], axis=2)
        result[..., channel] = np.take_along_axis(np.take_along_axis(values, order, axis=2), first[..., None], axis=2)[..., 0]
    result[..., 3] = alpha
    result[alpha == 0] = 0
    return result


def pixelate(image, size=12):
    result = np.zeros_like(image)
    for top in range(0, image.shape[0], size):
        for left in range(0, image.shape[1], size):
            block = image[top : top + size, left : left + size].reshape(-1, 4).astype(float)
            alpha = block[:, 3]
            if alpha.sum() > 0:
                colour = (block[:, :3] * alpha[:, None]).sum(axis=0) / alpha.sum()
                result[top : top + size, left : left + size] = to_bytes([*colour, alpha.mean()])
    result[result[..., 3] == 0] = 0
    return result


# Filters that see the whole image


def auto_contrast(image, channels=0, clip=0.5):
    visible = image[..., :3][image[..., 3] > 0]
    planes = [visible.reshape(-1)] * 3 if channels == 0 else list(visible.T)
    result = image.copy()
    for channel, plane in enumerate(planes):
        ordered = np.sort(plane)
        ignored = len(ordered) * round(clip * 100) // 10000
        low, high = (int(ordered[ignored]), int(ordered[-1 - ignored])) if len(ordered) else (0, 255)
        if high > low:
            table = 255 * np.clip(BYTES - low, 0, high - low) / (high - low)
            result[..., channel] = to_bytes(table)[image[..., channel]]
    return result


def colour_statistics(image):
    pixels = image.reshape(-1, 4)
    visible = pixels[pixels[:, 3] > 0]
    planes = [visible[:, 0], visible[:, 1], visible[:, 2], luma(image).reshape(-1)[pixels[:, 3] > 0], pixels[:, 3]]
    return [
        {
            "Channel": name,
            "Pixels": len(plane),
            "Minimum": int(plane.min()),
            "Maximum": int(plane.max()),
            "Mean": round(float(plane.mean()), 2),
            "Deviation": round(float(plane.std()), 2),
            "Median": int(np.sort(plane)[(len(plane) - 1) // 2]),
        }
        for name, plane in zip(["Red", "Green", "Blue", "Lightness", "Alpha"], planes)
    ]


def case(image, tolerance=0, compare="straight", **parameters):
    return {"image": image, "parameters": parameters, "tolerance": tolerance, "compare": compare}


def near(image, **parameters):
    """A case whose result may be off by one."""
    return case(image, 1, **parameters)


def shown(image, tolerance=1, **parameters):
    """A case with transparent pixels, in which averages of colours may be off by one as far as one can see."""
    return case(image, tolerance, "visible", **parameters)


S_CURVE = [0, 0, 0.25, 0.15, 0.7, 0.8, 1, 1]

ORACLES = {
    "invert": (invert, [case("pixel"), case("alpha"), case("noise"), case("detail")]),
    "brightness-contrast": (
        brightness_contrast,
        [
            near("detail", brightness=30, contrast=20),
            near("detail", brightness=-45, contrast=-60),
            near("alpha", contrast=100),
            near("noise", brightness=100, contrast=-100),
        ],
    ),
    "exposure": (exposure, [near("detail", stops=1.0), near("detail", stops=-1.5), near("alpha", stops=4.0)]),
    "levels": (
        levels,
        [
            near("detail", black=20, white=220, gamma=1.4),
            near("detail", channel=1, black=60, white=61),
            near("noise", channel=3, gamma=0.4, darkest=200, lightest=30),
            near("alpha", black=0, white=1),
        ],
    ),
    "curves": (
        curves,
        [
            near("detail", all=S_CURVE),
            near("detail", red=[0, 1, 1, 0], blue=[0.2, 0.1, 0.5, 0.9, 0.8, 0.3]),
            near("alpha", all=[0, 0.3, 0.1, 0.3, 0.11, 0.9, 1, 0.2], green=S_CURVE),
        ],
    ),
    "hue-saturation-lightness": (
        hue_saturation_lightness,
        [
            near("detail"),
            near("detail", hue=120, saturation=50),
            near("noise", hue=-75, saturation=-30, lightness=20),
            near("alpha", hue=180, saturation=100, lightness=-40),
            near("noise", saturation=-100),
        ],
    ),
    "white-balance": (
        white_balance,
        [
            near("detail"),
            near("detail", temperature=3200),
            near("detail", temperature=11000, tint=40),
            near("noise", temperature=2000, tint=-100),
            near("alpha", temperature=25000),
        ],
    ),
    "grayscale": (
        grayscale,
        [
            case("detail"),
            case("noise", weighting=1),
            case("noise", weighting=2),
            case("alpha", weighting=3),
            case("noise", weighting=4),
            case("detail", weighting=4, red=180, green=-60, blue=-20),
        ],
    ),
    "sepia": (sepia, [case("detail"), case("noise", amount=40), case("alpha", amount=0)]),
    "duotone": (
        duotone,
        [near("detail"), near("noise", shadows=[0, 0.5, 0, 1], highlights=[1, 0, 1, 1], amount=70), near("alpha")],
    ),
    "posterize": (posterize, [case("detail"), case("noise", tones=2), case("noise", tones=7), case("alpha", tones=256)]),
    "threshold": (threshold, [case("detail"), case("noise", level=1), case("alpha", level=200)]),
    "vignette": (
        vignette,
        [
            near("detail"),
            near("detail", amount=-80, radius=50, softness=20, centre=[0.2, 0.9]),
            near("noise", amount=100, radius=30, softness=0),
            near("alpha", amount=100, radius=0, softness=100),
            near("row"),
            near("pixel", amount=100),
        ],
    ),
    "noise": (
        noise,
        [
            near("detail"),
            near("noise", amount=30.0, seed=4294967295),
            near("detail", amount=10.0, kind=1, seed=5),
            near("alpha", amount=20.0, grey=True, seed=77),
        ],
    ),
    "gradient": (
        gradient,
        [
            near("noise"),
            near("noise", start=[0.1, 0.3], end=[0.9, 0.6], first=[1, 0, 0, 1], second=[0, 0, 1, 0.25]),
            near("detail", shape=1, start=[0.5, 0.5], end=[1, 0.5], first=[1, 1, 1, 0], second=[0.2, 0.3, 0.1, 1]),
            near("pixel"),
        ],
    ),
    "clouds": (
        clouds,
        [
            near("detail", scale=40.0),
            near("noise", scale=7.5, detail=3, contrast=3.0, seed=9, sky=[0, 0, 0, 1], cloud=[1, 0.5, 0, 0.5]),
            near("row", scale=2.0, detail=10, contrast=0.5),
        ],
    ),
    "gaussian-blur": (
        gaussian_blur,
        [
            near("photo"),
            near("noise", sigma=0.1),
            near("noise", sigma=0.6),
            near("noise", sigma=1.7),
            near("noise", sigma=20.0),
            near("detail", sigma=5.0),
            near("row", sigma=2.5),
            near("column", sigma=4.0),
            near("pixel", sigma=9.0),
            shown("alpha", sigma=1.0),
            shown("alpha", sigma=6.0),
            near("detail", sigma=100.0),
        ],
    ),
    "box-blur": (
        box_blur,
        [
            near("photo"),
            near("noise", radius=1),
            near("noise", radius=30),
            near("detail", radius=100),
            near("row", radius=3),
            near("column", radius=5),
            near("pixel", radius=2),
            shown("alpha", radius=1),
            shown("alpha", radius=7),
        ],
    ),
    "unsharp-mask": (
        unsharp_mask,
        [
            near("photo"),
            near("detail", amount=500, sigma=1.2),
            near("noise", amount=150, sigma=4.0, threshold=20),
            near("row", sigma=1.0),
            near("pixel"),
            shown("alpha", amount=200, sigma=1.5),
        ],
    ),
    "sharpen": (
        sharpen,
        [near("detail"), near("noise", amount=35), near("detail", amount=500), near("column"), near("pixel"), shown("alpha")],
    ),
    "median": (
        median,
        [
            case("photo"),
            case("detail", radius=2),
            case("noise", radius=5),
            case("noise", radius=20),
            case("row", radius=3),
            case("column"),
            case("pixel", radius=4),
            case("alpha"),
            case("alpha", radius=4),
        ],
    ),
    "sobel-edges": (
        sobel_edges,
        [
            case("photo"),
            case("detail", of=1),
            case("noise", of=1, inverted=True),
            near("detail", strength=2.7),
            case("row"),
            case("pixel"),
            near("alpha"),
            near("alpha", of=1),
        ],
    ),
    "emboss": (
        emboss,
        [
            near("detail"),
            near("noise", angle=30, depth=0.7),
            near("detail", angle=270, depth=5.0, coloured=True),
            near("alpha"),
            near("pixel"),
        ],
    ),
    "pixelate": (
        pixelate,
        [case("detail"), case("noise", size=5), case("noise", size=256), case("alpha", size=7), case("row", size=2)],
    ),
    "auto-contrast": (
        auto_contrast,
        [
            case("detail"),
            case("detail", channels=1, clip=5.0),
            case("alpha", clip=0.0),
            case("noise", channels=1, clip=20.0),
            case("pixel"),
        ],
    ),
    "colour-statistics": (
        colour_statistics,
        [case("detail", 0.011), case("alpha", 0.011), case("noise", 0.011), case("pixel", 0.011)],
    ),
}
