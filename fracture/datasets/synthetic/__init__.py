"""Synthetic radiographs: drawn bones, some of them broken, so that nothing need be downloaded.

About 480 radiographs of 300 patients with the parameters as shipped, in 8-bit grey, JPEG and PNG,
300 to 420 pixels long: elbow, forearm, hand, hip, leg and shoulder, frontal and lateral.

Labels are not read off pictures: a bone is drawn broken or whole, so that they are exact, as are
the boxes around the fractures. What else varies (build, framing, exposure, noise, collimation,
markers, growth plates, nutrient canals, skin folds) is drawn without regard to the label; implants
alone are a little more frequent in fractured studies. Some radiographs occur again under another
patient's id, so that the search for duplicates has something to find.

These are pictures, not patients: scores on them say that the pipeline works and nothing about how
well a network reads real radiographs. The project's licence covers them.
"""

from fracture.datasets.synthetic.files import draw, read

__all__ = ["draw", "read"]
