"""Sets a fresh machine up for serving or testing; standard library only, as nothing is installed
yet."""
