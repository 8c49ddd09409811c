"""Keeps the memory image up to date while the dev server runs."""

import sys
from pathlib import Path
from threading import Lock, Thread

from .memory_image import build_image, compress_image, image_file
from .node import NodeError


class ImageBuilder:
    """Builds one image at a time. A state of the sources whose build failed is not tried again."""

    def __init__(self, root: Path):
        self._root, self._busy, self._failed = root, Lock(), set[Path]()

    def is_due(self) -> bool:
        image = image_file(self._root)
        return not image.exists() and image not in self._failed

    def build(self) -> None:
        """Says on stderr where it fails: the page starts without the image, too."""
        image = image_file(self._root)
        try:
            build_image(self._root)
            compress_image(self._root)
        except NodeError as error:
            self._failed.add(image)
            print(
                f"Without a memory image, so that the page starts later: {error}", file=sys.stderr
            )

    def build_in_background(self) -> None:
        """Returns at once. Pages that start meanwhile start without the image."""
        if self._busy.acquire(blocking=False):
            Thread(target=self._build_and_release, daemon=True).start()

    def _build_and_release(self) -> None:
        try:
            self.build()
        finally:
            self._busy.release()
