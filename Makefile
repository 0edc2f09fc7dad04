# make demo: see everything on the synthetic answers in corpora/.   make test: every check.   make docs: the site.
# Needs Python 3.11 or later and make; everything else goes into .venv.

PYTHON ?= python3
UV = .venv/bin/uv

.PHONY: demo test docs clean

demo: .venv/installed
	.venv/bin/coder demo

test: .venv/tested
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile

docs: .venv/tested
	.venv/bin/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "Open docs/_build/html/index.html"

.venv/installed: pyproject.toml constraints.txt
	test -x $(UV) || $(PYTHON) -m venv .venv
	test -x $(UV) || .venv/bin/pip install --quiet --constraint constraints.txt uv
	$(UV) pip install --quiet --compile-bytecode --python .venv --constraint constraints.txt --editable '.[topics,embed,postgres,parquet,cluster]'
	touch $@

.venv/tested: .venv/installed
	$(UV) pip install --quiet --compile-bytecode --python .venv --constraint constraints.txt --group dev
	touch $@

clean:
	rm -rf .venv coder-demo coder-out docs/_build
