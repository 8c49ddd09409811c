PYTHON ?= python3
PORT ?= 8000
ARGS ?=
AREA ?= core

# tinygrad reads a variable PYTHON from the environment as the choice of a device.
unexport PYTHON

.PHONY: serve test check mutate

serve:
	@$(PYTHON) -m export.setup serve
	@.venv/bin/python -m export serve --port $(PORT)

test:
	@$(PYTHON) -m export.setup test
	@.venv/bin/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder $(ARGS)

check:
	@$(PYTHON) -m export.setup check
	@.venv/bin/python -m tests.check

mutate:
	@$(PYTHON) -m export.setup mutate
	@.venv/bin/python -m tests.mutation $(AREA)
