"""The archives of data sets that can be downloaded, and how to get the other data sets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Archive:
    """A ZIP archive, identified by its SHA-256.

    Attributes:
        dataset: The key of `datasets` in params.yaml whose reader reads it.
        title: Name and version of the data set.
        page: Where a person finds it with a browser.
        licence: Terms of use.
        file_name: Name of the archive beside the data set's folder.
        url: Address of the archive; None where no permanent one exists.
        bytes: Size of the archive.
        sha256: SHA-256 of the archive, hexadecimal.
        unpacked_bytes: Upper limit for the size of all files in it together.
    """

    dataset: str
    title: str
    page: str
    licence: str
    file_name: str
    url: str | None
    bytes: int
    sha256: str
    unpacked_bytes: int

    @property
    def receipt(self) -> str:
        """Text of the file that is written into the unpacked data set."""
        return f"{self.title}, {self.licence}\n{self.page}\nSHA-256 of the archive: {self.sha256}\n"


ARCHIVES: dict[str, Archive] = {
    "fracatlas": Archive(
        dataset="fracatlas",
        title="FracAtlas v7",
        page="https://doi.org/10.6084/m9.figshare.22363012.v7",
        licence="CC BY 4.0",
        file_name="FracAtlas.zip",
        # figshare.com/ndownloader answers with a test for browsers; this host sends the file.
        url="https://ndownloader.figshare.com/files/65518038",
        bytes=338_436_460,
        sha256="b67ec2d290a022b3dcf47f78e9a37f7edcc80592c0571f439355bf00bd9f0e23",
        unpacked_bytes=600_000_000,
    ),
    "fracatlas_v6": Archive(
        dataset="fracatlas",
        title="FracAtlas v6",
        page="https://doi.org/10.6084/m9.figshare.22363012.v6",
        licence="CC BY 4.0",
        file_name="FracAtlas-v6.zip",
        url=None,
        bytes=338_412_750,
        sha256="747119b26f2684e0e35a7688083b14b12a206149b0cfe5357824b69b3a5e6cf8",
        unpacked_bytes=600_000_000,
    ),
}

BY_HAND: dict[str, str] = {
    "mura": (
        "MURA v1.1 is given only to those who accept Stanford's agreement, at "
        "https://stanfordmlgroup.github.io/competitions/mura: unpack what you receive so that one "
        "folder, MURA-v1.1, holds train/, valid/ and the four CSV files, and set "
        "datasets.mura.root in params.yaml to it"
    ),
    "grazpedwri": (
        "GRAZPEDWRI-DX (16 GB, CC BY 4.0) is at https://doi.org/10.6084/m9.figshare.14825193: "
        "put dataset.csv into one folder, unpack images_part1.zip to images_part4.zip and, for the "
        "boxes, folder_structure.zip there, and set datasets.grazpedwri.root in params.yaml to it"
    ),
    "class_folders": (
        "these radiographs are your own: lay them out as train/, val/ and test/ with a folder for "
        "each class in each (fractured, not_fractured), or as the two class folders alone, and set "
        "datasets.class_folders.root in params.yaml to the folder above, and positive and negative "
        "beside it where the folders are called otherwise"
    ),
    "table": (
        "these radiographs are your own: put the images and their table into one folder "
        "and run `python -m tools.look` on it, which proposes datasets.table.root and all else"
    ),
    "dicom": (
        "these radiographs are your own: put the DICOM files and their labels into one folder and "
        "run `python -m tools.look` on it, which proposes datasets.dicom.root and all else"
    ),
}
"""How to get the data sets that cannot be downloaded by a command."""
