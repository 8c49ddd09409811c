"""How processes of pytest-xdist share a run: files of tests that open pages go to every second one,
as long as there are any, and the others to the rest.

So Chromium with the pages that tests share, and tinygrad with the networks that they share, are
started once instead of in each process; and a page, which waits, runs beside what computes.
"""

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

PAGES = "tests/page/"


class ByKind(LoadFileScheduling):
    """A file at a time, of the kind that a process had before if one is left."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        opens_pages = self.nodes.index(node) % 2 == 0
        of_its_kind = (file for file in self.workqueue if file.startswith(PAGES) is opens_pages)
        if file := next(of_its_kind, None):
            self.workqueue.move_to_end(file, last=False)
        super()._assign_work_unit(node)
