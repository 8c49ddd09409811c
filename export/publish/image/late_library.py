"""In the memory image there is no archive of the standard library: what the page imports is in
memory. The first import of anything else fetches it."""

import sys
from importlib.machinery import PathFinder

ARCHIVE = "/lib/python314.zip"


class LateLibrary:
    """Asked last: where no other finder knows a module of the standard library."""

    is_there = False

    def find_spec(self, name: str, path=None, target=None):
        if self.is_there or name.partition(".")[0] not in sys.stdlib_module_names:
            return None
        import _late_library

        self.is_there = True
        _late_library.fetch()
        sys.path_importer_cache.pop(ARCHIVE, None)
        return PathFinder.find_spec(name, path, target)


sys.meta_path.append(LateLibrary())
