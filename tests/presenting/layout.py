"""What is wrong with the layout of a figure: texts over each other, over lines, over markers."""

from collections.abc import Iterator
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox

Corners = npt.NDArray[np.float64]
"""Of a text, pixels, shape (4, 2)."""

PAGE, LEAST = 16 / 2.54, 6.0
"""Width of a page's text, inches; points in which a text can be read."""
TOUCH = 1.0
"""Pixels by which texts may overlap: the box of a text is larger than its letters."""


def faults(figure: Figure) -> list[str]:
    """Return what lies over what in a figure, as sentences; none where all can be read."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]
    boxes = [(text.get_text(), corners(text, renderer)) for text in texts(figure)]
    found = [
        f"{one!r} lies over {other!r}"
        for (one, here), (other, there) in combinations(boxes, 2)
        if overlap(here, there)
    ]
    found += too_small(figure, renderer)
    for axes in figure.axes:
        for name, line in lines(axes):
            found += [f"{text!r} lies over {name}" for text, box in boxes if crosses(line, box)]
    return found


def too_small(figure: Figure, renderer: RendererBase) -> list[str]:
    """Return which texts are too small to be read where the figure is as wide as a page's text.

    Args:
        figure: That is drawn.
        renderer: That drew it.
    """
    scale = min(1, PAGE / figure.get_tightbbox(renderer).width)
    small = {text.get_text(): scale * float(text.get_fontsize()) for text in texts(figure)}
    return [f"{text!r} is printed at {size:.1f} pt" for text, size in small.items() if size < LEAST]


def texts(figure: Figure) -> Iterator[Text]:
    """Yield the texts that are seen, without tick labels beyond the ends of their axis."""
    beyond = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            room = 1e-9 * (high - low)
            for ticks in (axis.get_major_ticks(), axis.get_minor_ticks()):
                for tick in ticks:
                    outside = not low - room <= tick.get_loc() <= high + room
                    if outside or not axes.axison:
                        beyond |= {id(tick.label1), id(tick.label2)}
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in beyond:
            yield text


def corners(text: Text, renderer: RendererBase) -> Corners:
    """Return the corners of a text, turned as it is.

    Args:
        text: Of a figure that is drawn.
        renderer: That drew it.
    """
    turn, mode = text.get_rotation(), text.get_rotation_mode()
    if not turn or mode != "anchor":
        # Of the text itself: an annotation would count its arrow.
        box, said = Text.get_window_extent(text, renderer), text.get_text()
        blank = (len(said) - len(said.lstrip("\n"))) / (said.count("\n") + 1)
        return shrunk(Bbox([box.min, [box.x1, box.y1 - blank * box.height]])).corners()
    text.set_rotation(0)
    flat = shrunk(text.get_window_extent(renderer)).corners()
    text.set_rotation(turn)
    x, y = text.get_transform().transform(text.get_unitless_position())
    return np.asarray(Affine2D().rotate_deg_around(x, y, turn).transform(flat))


def shrunk(box: Bbox) -> Bbox:
    """Return a box without what its texts may overlap."""
    return Bbox(box.get_points() + np.array([[TOUCH], [-TOUCH]]))


def overlap(one: Corners, other: Corners) -> bool:
    """Return whether two rectangles overlap, turned or not (separating axis theorem)."""
    for rectangle in (one, other):
        # The corners of a Bbox are lower left, upper left, lower right, upper right.
        for side in (rectangle[1] - rectangle[0], rectangle[2] - rectangle[0]):
            here, there = one @ side, other @ side
            if here.max() <= there.min() or there.max() <= here.min():
                return False
    return True


def lines(axes: Axes) -> Iterator[tuple[str, Corners]]:
    """Yield the lines and markers of axes, cut at their edges: what they are, and points."""
    for line in axes.lines:
        points = line.get_transform().transform(np.asarray(line.get_xydata(), float))
        points = points[np.isfinite(points).all(axis=1)]
        if not line.get_visible() or not len(points):
            continue
        if line.get_linestyle() == "None":
            yield f"a marker {line.get_marker()}", points
        else:
            yield f"a line {line.get_linestyle()}", dense(points, axes.bbox)


def dense(points: Corners, inside: Bbox) -> Corners:
    """Return points every other pixel along a line, those that lie inside."""
    steps = [points[:1]]
    for start, end in pairwise(points):
        count = int(np.hypot(*(end - start)) // 2) + 1
        steps.append(start + np.linspace(0, 1, count + 1)[1:, None] * (end - start))
    every = np.concatenate(steps)
    low, high = inside.get_points()
    return every[((every >= low - 1) & (every <= high + 1)).all(axis=1)]


def crosses(line: Corners, box: Corners) -> bool:
    """Return whether any point of a line lies in a rectangle, turned or not."""
    inside = np.ones(len(line), bool)
    for side in (box[1] - box[0], box[2] - box[0]):
        along = (line - box[0]) @ side
        inside &= (along > 0) & (along < side @ side)
    return bool(inside.any())
