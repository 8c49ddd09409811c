"""The page as files: the dev server and the static bundle."""
