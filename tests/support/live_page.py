"""A copy of the working tree that tests edit, served as `make serve` serves the tree itself."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from export.publish.live_tree import LiveTree, Snapshot
from export.publish.memory_image import build_image
from export.publish.serve import LiveHandler, url_key
from export.publish.site_files import INDEX, ROOT, Source
from export.publish.styles import BUILD, SHEET, THEME, SheetKeeper, compile_sheet

from .serving import Plain, served


class Tree:
    """A copy of what the page is made from; the packages and the image are the tree's own."""

    def __init__(self, root: Path):
        self.root = root
        self.faults: list[str] = []
        self.edits = 0
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        for folder in ("py_frontend", "site"):
            shutil.copytree(ROOT / folder, root / folder, ignore=ignored)
        (root / "site/node_modules").symlink_to(ROOT / "site/node_modules")
        (root / "build").mkdir()
        for made in (ROOT / "build").iterdir():
            if made.name != BUILD.name:  # the tree's own sheet follows its own theme
                (root / "build" / made.name).symlink_to(made)
        shutil.copytree(ROOT / BUILD, root / BUILD)

    def edit(self, name: str, old: str, new: str) -> str:
        """Saves a file in which the text `old` is `new`; gives its text from before."""
        path = self.root / name
        text = path.read_text()
        assert text.count(old) == 1, f"{old!r} is in {name} {text.count(old)} times"
        self.save(name, text.replace(old, new))
        return text

    def save(self, name: str, text: str) -> None:
        (self.root / name).write_text(text)
        self.edits += 1

    def remove(self, name: str) -> None:
        (self.root / name).unlink()
        self.edits += 1


class EditedTree(LiveTree):
    """Looks at its files after an edit only: else each open page costs a tenth of a processor."""

    def __init__(self, tree: Tree):
        super().__init__(tree.root)
        self._tree = tree
        self._seen: tuple[int, Snapshot] = -1, {}

    def _snapshot(self) -> Snapshot:
        edits, found = self._seen
        if edits != self._tree.edits:
            edits = self._tree.edits
            found = super()._snapshot()
            self._seen = edits, found
        return found


class ThemeKeeper(SheetKeeper):
    """Compiles the sheet for another theme only: Tailwind takes nearly as long as a page takes to
    start. That it is compiled for other sources, too, is tested without a browser."""

    def __init__(self, root: Path):
        super().__init__(root)
        self._path = root / THEME
        self._theme = self._path.read_bytes()

    def refresh(self) -> None:
        theme = self._path.read_bytes()
        if theme != self._theme:
            super().refresh()
            self._theme = theme


@contextmanager
def serving_live(root: Path) -> Iterator[tuple[Tree, str]]:
    """A tree in the folder `root`, and the address of its page."""
    build_image(ROOT)
    compile_sheet(ROOT)
    tree = Tree(root)

    class TreeHandler(Plain, LiveHandler):
        sheet = ThemeKeeper(root)
        layout: ClassVar[dict[str, Source]] = {}

        def files(self) -> dict[str, Source]:
            """Looked up for a page and for its styles only: the other files lie where they lay when
            their page was asked for."""
            if url_key(self.path) in (INDEX, SHEET):
                TreeHandler.layout = super().files()
            return TreeHandler.layout or super().files()

        def report(self, fault: str) -> None:
            tree.faults.append(fault)

    TreeHandler.tree = EditedTree(tree)
    with served(TreeHandler) as url:
        yield tree, url
