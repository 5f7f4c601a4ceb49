"""From stored values to grey levels: rescale, VOI LUT or window, inversion."""

import math

import numpy as np
import numpy.typing as npt
from pydicom import Dataset
from pydicom.pixels.processing import apply_windowing

from fracture.imaging.samples import DEPTHS, depth_of

Values = npt.NDArray[np.float64]

WINDOW = ("WindowCenter", "WindowWidth", "VOILUTFunction")
LARGEST_DEPTH, LARGEST_TABLE = 16, 1 << 16


def shades(
    dataset: Dataset, low: int, index: npt.NDArray[np.int32], bits: int
) -> tuple[npt.NDArray[np.uint8], int, int]:
    """Return the grey level, 0 to 255, of each stored value from `low` up, uint8 (n,).

    A grey level depends on the stored value alone, so it is worked out once for each value that
    may occur, at most 65,536, and not for each pixel.

    Args:
        dataset: The header.
        low: The smallest stored value.
        index: Stored values less `low`, (height, width).
        bits: See `fracture.imaging.samples.to_grey`.

    Returns:
        The grey levels, and `needs` and `stated` of `fracture.imaging.samples.Decoded`.
    """
    stored = np.arange(low, low + int(index.max()) + 1)
    padding = _padding(stored, dataset)
    values = _modality(stored.astype(np.float64), dataset)
    grey, needs, stated = _values_of_interest(values, dataset), 0, 0
    if grey is None:
        present = np.zeros(len(stored), bool)
        present[index] = True
        ends, needs, stated = _range_in_use(dataset, stored[present & ~padding], bits)
        grey = (values - ends[0]) * 255 / (ends[1] - ends[0])
    levels = np.rint(np.clip(grey, 0, 255)).astype(np.uint8)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        levels = 255 - levels
    levels[padding] = 0
    return levels, needs, stated


def _modality(values: Values, dataset: Dataset) -> Values:
    if dataset.get("ModalityLUTSequence"):
        return _look_up(values, dataset, "ModalityLUTSequence")[0]
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    rescaled = values * float(1 if slope is None else slope) + float(intercept or 0)
    if not np.isfinite(rescaled).all():
        raise ValueError("a rescale that is no number")
    return rescaled


def _values_of_interest(values: Values, dataset: Dataset) -> Values | None:
    """Return grey levels, or None where nothing says which values are of interest."""
    if dataset.get("VOILUTSequence"):
        entries, depth = _look_up(values, dataset, "VOILUTSequence")
        return entries * 255 / (2**depth - 1)
    if not _has_window(dataset):
        return None
    # pydicom maps a window to the range of the header's stored values: of 8 bits, not rescaled.
    window = Dataset()
    window.PhotometricInterpretation = "MONOCHROME2"
    window.BitsStored, window.PixelRepresentation = 8, 0
    for keyword in WINDOW:
        if dataset.get(keyword):
            window[keyword] = dataset[keyword]
        elif keyword == "WindowCenter":
            window.WindowCenter = 0
    with np.errstate(over="ignore"):  # far below a steep sigmoid
        return np.asarray(apply_windowing(values, window), np.float64)


def _has_window(dataset: Dataset) -> bool:
    """Return whether centre and width are numbers that the standard allows (PS3.3, C.11.2.1.2)."""
    center, width = (np.atleast_1d(dataset.get(keyword)) for keyword in WINDOW[:2])
    if center.size == 0 or width.size == 0 or center[0] is None or width[0] is None:
        return False
    if not math.isfinite(center[0]) or not math.isfinite(width[0]):
        return False
    linear = (dataset.get("VOILUTFunction") or "LINEAR") == "LINEAR"
    return bool(width[0] >= 1 if linear else width[0] > 0)


def _look_up(values: Values, dataset: Dataset, sequence: str) -> tuple[Values, int]:
    """Return the entries of the first table of a sequence, and their bits (PS3.3, C.11.1.1).

    Unlike pydicom's, it takes tables of 8-bit entries packed into bytes, as the standard has them,
    and 8-bit entries of more than 256 values.
    """
    item = dataset[sequence][0]
    length, first, depth = (int(number) for number in item.LUTDescriptor)
    length = length or LARGEST_TABLE
    data = item.LUTData
    if isinstance(data, bytes):
        packed = len(data) <= length + 1  # an odd number of bytes is padded
        words = "<u2" if dataset.original_encoding[1] else ">u2"
        table = np.frombuffer(data, np.uint8 if packed else words)
    else:
        table = np.atleast_1d(np.asarray(data))
    if len(table) < length or not 1 <= depth <= LARGEST_DEPTH:
        raise ValueError("a look-up table that is not as long or deep as it says")
    position = np.clip(np.rint(values) - first, 0, length - 1).astype(np.intp)
    return table[position].astype(np.float64), depth


def _padding(stored: npt.NDArray[np.integer], dataset: Dataset) -> npt.NDArray[np.bool_]:
    value = dataset.get("PixelPaddingValue")
    if value is None:
        return np.zeros(len(stored), bool)
    limit = dataset.get("PixelPaddingRangeLimit")
    ends = (int(value), int(value if limit is None else limit))
    return (stored >= min(ends)) & (stored <= max(ends))


def _range_in_use(
    dataset: Dataset, stored: npt.NDArray[np.integer], bits: int
) -> tuple[tuple[float, float], int, int]:
    """Return the ends of the range that becomes 0 to 255, and the bits that are needed and stated.

    Signed values of which none is negative, in a file that does not say how many bits are in use,
    count as unsigned: they would fill the brighter half alone.

    Args:
        dataset: The header.
        stored: The values that occur, ascending, without padding.
        bits: See `shades`.
    """
    if dataset.get("ModalityLUTSequence"):
        depth = int(dataset.ModalityLUTSequence[0].LUTDescriptor[2])
        return (0, (1 << depth) - 1), 0, 0
    used = stated = int(dataset.BitsStored)
    signed, needs = bool(dataset.PixelRepresentation), 0
    if used == LARGEST_DEPTH:
        signed, stated = signed and bool((stored < 0).any()), 0
    if used > DEPTHS[0] and len(stored):
        needs = depth_of(max(int(stored[-1]), -int(stored[0]) - 1) << int(signed))
        used = stated or max(bits, needs)
    low = -(1 << (used - 1)) if signed else 0
    ends = _modality(np.array([low, low + (1 << used) - 1], np.float64), dataset)
    return (ends.min(), ends.max()), needs, stated if needs else 0
