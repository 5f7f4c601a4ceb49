"""DICOM: what headers say; the reader is `fracture.datasets.table`, which takes any images."""
