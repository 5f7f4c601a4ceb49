"""The code that a module runs on: project files that it imports, and versions of libraries."""

import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("fracture", "serving", "stages")
"""The project's own packages, of which a stage may import."""

MESSAGES = (
    "fracture/artifacts/costs.py",
    "fracture/console.py",
    "fracture/environment.py",
    "fracture/training/live.py",
    "fracture/training/progress.py",
    "stages/__init__.py",
)
"""What people read while a stage runs, or beside what it leaves: edits of it rerun nothing."""

DISTRIBUTIONS = {
    "PIL": "pillow", "cv2": "opencv-python-headless", "mpl_toolkits": "matplotlib",
    "ruamel": "ruamel.yaml", "sklearn": "scikit-learn",
}  # fmt: skip
"""The packages of PyPI whose name is not that of the module which one imports."""

BACKENDS = {"tensorflow", "jax", "torch"}
"""Of which Keras computes with one."""

ENTRY_POINT = re.compile(rf"({'|'.join(PACKAGES)})(\.\w+)+:\w+")
"""A text such as `fracture.backbones.vit:vit_tiny` names what is imported later, by `RESOLVER`."""

RESOLVER = "pkgutil.resolve_name"
"""Texts count as imports of those files alone that import this and what holds the texts."""


@dataclass(frozen=True)
class SourceFile:
    """A file of the project, read once.

    Attributes:
        digest: SHA-256 of its syntax tree without docstrings, 12 hexadecimal digits; comments and
            line breaks are not in the tree.
        imports: Dotted names that it imports, here or in a function; not those for type checkers.
        entry_points: Modules that its texts name, see `ENTRY_POINT`.
    """

    digest: str
    imports: frozenset[str]
    entry_points: frozenset[str]


@dataclass(frozen=True)
class CodeBase:
    """The project's code below a folder.

    Attributes:
        root: Holds the packages.
    """

    root: Path
    _sources: dict[Path, SourceFile] = field(default_factory=dict)
    _found: dict[str, list[Path]] = field(default_factory=dict)

    def digests(self, *modules: str) -> list[str]:
        """Return a line for each file and each library that modules run on, sorted.

        A line holds a name and what changes with it: digits of the file's content, or a version.
        Files that hold nothing but docstrings, and those of `MESSAGES`, are not named.

        Args:
            *modules: Dotted names, such as `stages.train`.
        """
        files, libraries = self._closure(modules)
        lines = [
            f"{self._name(file)} {source.digest}"
            for file, source in files.items()
            if source.digest != EMPTY and self._name(file) not in MESSAGES
        ]
        lines += [
            f"{self._name(file)} {hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"
            for file in _beside(files)
        ]
        return sorted({*lines, *map(_versioned, libraries)})

    def _closure(self, modules: tuple[str, ...]) -> tuple[dict[Path, SourceFile], set[str]]:
        """Return the project's files that modules import, and the other packages that these do."""
        todo = {file for module in modules for file in self._files(module)}
        found: dict[Path, SourceFile] = {}
        libraries: set[str] = set()
        while todo:
            file = todo.pop()
            found[file] = source = self._source(file)
            if self._name(file) in MESSAGES:
                continue
            for name in self._imports(file, source):
                top = name.partition(".")[0]
                if top in PACKAGES:
                    todo |= {other for other in self._files(name) if other not in found}
                elif top not in sys.stdlib_module_names:
                    libraries.add(top)
        chosen = {os.environ.get("KERAS_BACKEND", "tensorflow")} if "keras" in libraries else set()
        return found, (libraries - BACKENDS) | chosen

    def _imports(self, file: Path, source: SourceFile) -> frozenset[str]:
        """Return the dotted names that a file imports, at once or by `RESOLVER`."""
        if RESOLVER not in source.imports:
            return source.imports
        tables = {file, *(table for name in source.imports for table in self._files(name))}
        return source.imports.union(*(self._source(table).entry_points for table in tables))

    def _files(self, name: str) -> list[Path]:
        """Return the files that importing a dotted name runs; its end may be no module."""
        if name not in self._found:
            parent, _, _ = name.rpartition(".")
            path = self.root.joinpath(*name.split("."))
            here = (path.with_suffix(".py"), path / "__init__.py")
            above = self._files(parent) if parent else []
            self._found[name] = above + [file for file in here if file.is_file()]
        return self._found[name]

    def _source(self, file: Path) -> SourceFile:
        if file not in self._sources:
            self._sources[file] = read(file)
        return self._sources[file]

    def _name(self, file: Path) -> str:
        return file.relative_to(self.root).as_posix()


def code_of(module: str) -> list[str]:
    """Return the lines of `CodeBase.digests` for a module of this installation."""
    return CodeBase(Path(__file__).parents[2]).digests(module)


def read(file: Path) -> SourceFile:
    """Return what a Python file holds.

    Raises:
        SyntaxError: It is no Python.
    """
    tree = ast.parse(file.read_bytes(), file)
    imports: set[str] = set()
    entry_points: set[str] = set()
    _Stripped(imports, entry_points).visit(tree)
    digest = hashlib.sha256(ast.dump(tree).encode()).hexdigest()[:12]
    return SourceFile(digest, frozenset(imports), frozenset(entry_points))


class _Stripped(ast.NodeTransformer):
    """Removes docstrings from a tree, and collects what it imports and what its texts name."""

    def __init__(self, imports: set[str], entry_points: set[str]) -> None:
        self.imports = imports
        self.entry_points = entry_points

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return None
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> ast.AST:
        self.imports.update(alias.name for alias in node.names)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        self.imports.update(f"{node.module}.{alias.name}" for alias in node.names)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and ENTRY_POINT.fullmatch(node.value):
            self.entry_points.add(node.value.partition(":")[0])
        return node


EMPTY = hashlib.sha256(ast.dump(ast.parse("")).encode()).hexdigest()[:12]


def _beside(files: dict[Path, SourceFile]) -> Iterator[Path]:
    """Yield the files in the folders of these that are no Python, such as templates.

    Folders within those count, unless they are packages of their own.
    """
    todo = {file.parent for file in files}
    while todo:
        for path in todo.pop().iterdir():
            if path.is_dir():
                if path.name != "__pycache__" and not (path / "__init__.py").exists():
                    todo.add(path)
            elif path.suffix not in {".py", ".pyc"}:
                yield path


def _versioned(package: str) -> str:
    distribution = DISTRIBUTIONS.get(package, package)
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return f"{distribution} -"
