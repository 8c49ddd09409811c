"""Sets a fresh machine up for serving, testing or checking; standard library only, as nothing is
installed yet."""
