"""From thickness maps to an 8-bit radiograph: beam, scatter, noise, tone, collimation, marker."""

from dataclasses import dataclass

import cv2
import numpy as np

from fracture.datasets.synthetic.geometry import apply, similarity
from fracture.datasets.synthetic.raster import Grey, Image, blurred, resized, sixteenths

# Attenuation of compact bone for each mm; of soft tissue, of which thick layers add less and less.
BONE, SOFT = 0.055, 0.011
# How bright metal is where the densest bone is 1, and how strongly the tone curve levels off.
METAL, SHOULDER = 1.15, 1.3
# Grey level of a lead marker.
LEAD = 250
# Shares of radiographs with visible collimation and with a marker.
COLLIMATED, MARKED = 0.45, 0.6
# Where the edge of an open side of the collimator lies: far outside.
BEYOND = -9.0


@dataclass(frozen=True)
class Technique:
    """How one radiograph is exposed and shown; nothing in it depends on what is broken.

    Attributes:
        quality: Weight of soft tissue against bone: low with a soft beam.
        scatter: Share of the beam that arrives as fog.
        noise: Standard deviation where nothing lies in the beam, grey levels.
        blur: Standard deviation of the focal spot's blur, pixels.
        black: Grey level of air.
        white: Grey level of the densest bone.
        gamma: Of the tone curve.
        heel: Relative brightness at the two ends of the heel effect.
        direction: Of the heel effect, radians.
        border: Shares of width and height shaded by the collimator at left, top, right, bottom.
        tilt: Of the collimator, degrees.
        marker: Text at the corner; empty for none.
        corner: Of the marker, 0 to 3.
    """

    quality: float
    scatter: float
    noise: float
    blur: float
    black: float
    white: float
    gamma: float
    heel: float
    direction: float
    border: tuple[float, float, float, float]
    tilt: float
    marker: str
    corner: int


def draw_technique(random: np.random.Generator, side: str) -> Technique:
    """Draw how a radiograph of a left or right limb (`L`, `R`) is exposed."""
    border = (0.0, 0.0, 0.0, 0.0)
    if random.uniform() < COLLIMATED:
        left, top, right, bottom = random.uniform(0, 0.07, 4) * random.binomial(1, 0.6, 4)
        border = (left, top, right, bottom)
    return Technique(
        quality=random.uniform(0.5, 1.0),
        scatter=random.uniform(0.1, 0.35),
        noise=random.uniform(1.2, 3.2),
        blur=random.uniform(0.45, 0.85),
        black=random.uniform(6, 34),
        white=random.uniform(200, 250),
        gamma=random.uniform(0.75, 1.15),
        heel=random.uniform(0, 0.12),
        direction=random.uniform(0, 2 * np.pi),
        border=border,
        tilt=random.normal(0, 1.2),
        marker=side if random.uniform() < MARKED else "",
        corner=int(random.integers(4)),
    )


def expose(
    bone: Image, flesh: Image, metal: Image, technique: Technique, random: np.random.Generator
) -> Grey:
    """Return the radiograph of bone and flesh in mm and metal from 0 to 1, all (height, width)."""
    shadow = BONE * bone + technique.quality * (1 - np.exp(-SOFT * flesh))
    shadow += technique.scatter * (_fog(shadow) - shadow)
    shadow = np.maximum(shadow, 0) / np.percentile(shadow, 99.5)
    shadow = (1 - np.exp(-SHOULDER * shadow)) / (1 - np.exp(-SHOULDER))
    shadow = blurred(shadow + metal * (METAL - shadow), technique.blur)
    grey = technique.black + (technique.white - technique.black) * shadow**technique.gamma
    grey *= _heel(bone.shape, technique)
    noise = blurred(random.standard_normal(bone.shape, np.float32), 0.55)
    grey += 1.6 * technique.noise * noise * (0.6 + 0.7 * np.minimum(shadow, 1))
    grey *= _collimation(bone.shape, technique)
    marker = _marker(bone.shape, technique)
    grey += marker * (LEAD - grey)
    return np.clip(np.round(grey), 0, 255).astype(np.uint8)


def _fog(shadow: Image) -> Image:
    """Return the wide blur of scattered rays, computed on a coarse grid."""
    coarse = resized(shadow, (shadow.shape[0] // 8, shadow.shape[1] // 8), cv2.INTER_AREA)
    return resized(blurred(coarse, 0.05 * sum(coarse.shape)), shadow.shape)


def _heel(shape: tuple[int, ...], technique: Technique) -> Image:
    """Return the brightness of the beam, about 1, which falls off towards the anode."""
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    ramp = np.cos(technique.direction) * x + np.sin(technique.direction) * y
    return (1 + technique.heel * ramp).astype(np.float32)


def _collimation(shape: tuple[int, ...], technique: Technique) -> Image:
    """Return 1 within the collimated field and nearly 0 outside of it."""
    if not any(technique.border):
        return np.ones(shape, np.float32)
    size = np.array([shape[1], shape[0]])
    left, top, right, bottom = (side or BEYOND for side in technique.border)
    corners = size * [[left, top], [1 - right, top], [1 - right, 1 - bottom], [left, 1 - bottom]]
    turned = apply(similarity(technique.tilt, (0, 0)), corners - size / 2) + size / 2
    field = np.full(shape, 12, np.uint8)
    cv2.fillPoly(field, [sixteenths(turned)], 255, cv2.LINE_AA, 4)
    return blurred(field, 1.0) / np.float32(255)


def _marker(shape: tuple[int, ...], technique: Technique) -> Image:
    """Return the lead marker in its corner: 1 on the letter, 0 elsewhere."""
    height, width = shape
    layer = np.zeros(shape, np.uint8)
    size, font = 0.15 + 0.0011 * (height + width), cv2.FONT_HERSHEY_SIMPLEX
    (across, along), _ = cv2.getTextSize(technique.marker, font, size, 2)
    margin = 0.06 * min(height, width)
    at_bottom, at_right = divmod(technique.corner, 2)
    x = width - margin - across if at_right else margin
    y = height - margin if at_bottom else margin + along
    cv2.putText(layer, technique.marker, (round(x), round(y)), font, size, 255, 2, cv2.LINE_AA)
    return blurred(layer, 0.6) / np.float32(255)
