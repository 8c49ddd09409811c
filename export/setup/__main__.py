"""`python3 -m export.setup serve|test|check`: installs whatever `make serve`, `make test` or `make
check` needs and is missing."""

import sys

# Older Pythons must still parse this file and get as far as this message.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "Python 3.11 or newer is needed and this is %d.%d (%s)."  # noqa: UP031
        " Name a newer one: make PYTHON=python3.12 serve"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

from .plan import main

sys.exit(main())
