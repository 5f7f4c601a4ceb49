"""Fracture classification in radiographs: the library under the pipeline."""
