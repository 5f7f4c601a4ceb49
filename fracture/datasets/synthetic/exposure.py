"""From thickness maps to an 8-bit radiograph: beam, scatter, noise, tone, collimation, marker."""

import cv2
import numpy as np

from fracture.datasets.synthetic.geometry import (
    Floats,
    Grey,
    Image,
    apply,
    blurred,
    resized,
    similarity,
    sixteenths,
)

BONE, SOFT = 0.055, 0.011  # attenuation for each mm; thick soft tissue adds less and less
METAL = 1.15  # brightness of metal where the densest bone is 1
SHOULDER = 1.3  # how strongly the tone curve levels off
LEAD = 250  # grey level of a marker
COLLIMATED, MARKED = 0.45, 0.6  # shares of radiographs with visible collimation, with a marker
BEYOND = -9.0  # where the edge of an open side of the collimator lies: far outside


def expose(bone: Image, flesh: Image, metal: Image, side: str, random: np.random.Generator) -> Grey:
    """Return the radiograph of a scene, exposed at random whether or not a bone is broken.

    Args:
        bone: Thickness of compact bone that each ray crosses, mm, (height, width).
        flesh: Thickness of soft tissue, likewise.
        metal: How much metal each ray crosses, 0 to 1.
        side: Of the body, `L` or `R`, for the marker.
        random: Decides about the exposure, and makes its noise.

    Returns:
        The radiograph, uint8 (height, width).
    """
    border = np.zeros(4)  # shares of the sides shaded by the collimator: left, top, right, bottom
    if random.uniform() < COLLIMATED:
        border = random.uniform(0, 0.07, 4) * random.binomial(1, 0.6, 4)
    softness = random.uniform(0.5, 1.0)  # weight of soft tissue against bone
    scatter = random.uniform(0.1, 0.35)  # share of the beam that arrives as fog
    roughness = random.uniform(1.2, 3.2)  # standard deviation of the noise, grey levels
    blur = random.uniform(0.45, 0.85)  # standard deviation of the focal spot's blur, pixels
    black, white = random.uniform(6, 34), random.uniform(200, 250)  # of air, of the densest bone
    gamma = random.uniform(0.75, 1.15)  # of the tone curve
    heel = _heel(bone.shape, random.uniform(0, 0.12), random.uniform(0, 2 * np.pi))
    tilt = random.normal(0, 1.2)  # of the collimator, degrees
    text = side if random.uniform() < MARKED else ""
    marker = _marker(bone.shape, text, corner=int(random.integers(4)))

    shadow = BONE * bone + softness * (1 - np.exp(-SOFT * flesh))
    shadow += scatter * (_fog(shadow) - shadow)
    shadow = np.maximum(shadow, 0) / np.percentile(shadow, 99.5)
    shadow = (1 - np.exp(-SHOULDER * shadow)) / (1 - np.exp(-SHOULDER))
    shadow = blurred(shadow + metal * (METAL - shadow), blur)
    grey = heel * (black + (white - black) * shadow**gamma)
    noise = blurred(random.standard_normal(bone.shape, np.float32), 0.55)
    grey += 1.6 * roughness * noise * (0.6 + 0.7 * np.minimum(shadow, 1))
    grey *= _collimation(bone.shape, border, tilt)
    grey += marker * (LEAD - grey)
    return np.clip(np.round(grey), 0, 255).astype(np.uint8)


def _fog(shadow: Image) -> Image:
    """Return the wide blur of scattered rays, computed on a coarse grid."""
    coarse = resized(shadow, (shadow.shape[0] // 8, shadow.shape[1] // 8), cv2.INTER_AREA)
    return resized(blurred(coarse, 0.05 * sum(coarse.shape)), shadow.shape)


def _heel(shape: tuple[int, ...], strength: float, direction: float) -> Image:
    """Return the brightness of the beam, about 1, which falls off towards the anode (radians)."""
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    ramp = np.cos(direction) * x + np.sin(direction) * y
    return (1 + strength * ramp).astype(np.float32)


def _collimation(shape: tuple[int, ...], border: Floats, tilt: float) -> Image:
    """Return 1 within the collimated field and nearly 0 outside it."""
    if not border.any():
        return np.ones(shape, np.float32)
    size = np.array([shape[1], shape[0]])
    left, top, right, bottom = (side or BEYOND for side in border)
    corners = size * [[left, top], [1 - right, top], [1 - right, 1 - bottom], [left, 1 - bottom]]
    turned = apply(similarity(tilt, (0, 0)), corners - size / 2) + size / 2
    field = np.full(shape, 12, np.uint8)
    cv2.fillPoly(field, [sixteenths(turned)], 255, cv2.LINE_AA, 4)
    return blurred(field, 1.0) / np.float32(255)


def _marker(shape: tuple[int, ...], text: str, corner: int) -> Image:
    """Return the lead marker in a corner, 0 to 3: 1 on the letter, 0 elsewhere."""
    height, width = shape
    layer = np.zeros(shape, np.uint8)
    size, font = 0.15 + 0.0011 * (height + width), cv2.FONT_HERSHEY_SIMPLEX
    (across, along), _ = cv2.getTextSize(text, font, size, 2)
    margin = 0.06 * min(height, width)
    at_bottom, at_right = divmod(corner, 2)
    x = width - margin - across if at_right else margin
    y = height - margin if at_bottom else margin + along
    cv2.putText(layer, text, (round(x), round(y)), font, size, 255, 2, cv2.LINE_AA)
    return blurred(layer, 0.6) / np.float32(255)
