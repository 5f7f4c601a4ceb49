"""The command line of the download: what can be fetched, where it goes, how large it is."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter

from tools.download.disk import megabytes
from tools.download.sources import ARCHIVES, BY_HAND, Archive


def arguments(description: str | None) -> Namespace:
    """Return `dataset` and `to` (None unless given) of the command line."""
    parser = ArgumentParser(
        prog="python -m tools.download",
        description=description,
        epilog="data sets:\n"
        + "".join(_entry(name, source) for name, source in ARCHIVES.items())
        + f"  {', '.join(BY_HAND)}\n      tells what to do by hand",
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("dataset", help="one of those below")
    parser.add_argument("--to", metavar="FOLDER", help="another folder than that of params.yaml")
    return parser.parse_args()


def _entry(name: str, source: Archive) -> str:
    by_hand = "" if source.url else f"; put {source.file_name} there by hand first"
    return (
        f"  {name}\n      {source.title}, {source.licence}, {megabytes(source.bytes)}, and at most "
        f"{megabytes(source.unpacked_bytes)} unpacked\n      to datasets.{source.dataset}.root of "
        f"params.yaml, the archive beside it{by_hand}\n"
    )
