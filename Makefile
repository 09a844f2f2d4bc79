# `make run` and `make test` build .venv from the locked requirements if it is not there yet.
.PHONY: run test lint lock docs sample models fuzz audit clean
.DEFAULT_GOAL := run

# The first Python from 3.11 to 3.13 on the path, unless PYTHON names one.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready
export DVC_NO_ANALYTICS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: needs Python 3.11, 3.12 or 3.13; install one or set PYTHON" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

run: $(READY)
	$(BIN)/dvc repro
	@echo "The study on the sample corpus is done. Open:"
	@echo "  outputs/report/index.html           the report, in a browser: councils, themes, sentences"
	@echo "  outputs/tables/council_themes.csv   themes by council inspection"
	@echo "  outputs/tables/findings.csv         every finding, with its place and evidence"
	@echo "  outputs/tables/documents.csv        what was read, with facts and grades"
	@echo "  outputs/notebooks/01_corpus.html    five notebooks to think with, as pages; see notebooks/"
	@echo "  outputs/run.json                    versions, parameters and SHA-256 of every file"

test: $(READY)
	$(BIN)/python -m pytest -m "not shared" -n 2 -rs

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/findings docs --check

# The generated pages: data dictionary, codebook, tables of stages and figures.
docs: $(READY)
	$(BIN)/findings docs

# The sample corpus, laid out again from its manuscripts.
sample: $(READY)
	$(BIN)/python corpus/build.py

# The models, trained again on the corpus that models/params.yaml names; takes hours and the extra
# `train`. What is made is measured first and put in place last.
models: $(READY)
	$(BIN)/python -m pip install --quiet --editable .[train]
	$(BIN)/dvc repro models/dvc.yaml
	cp models/work/models/* models/
	$(BIN)/findings docs

# The lock holds for Python 3.11 to 3.13 on Linux and macOS; needs uv.
lock:
	uv pip compile pyproject.toml --extra notebooks --extra dev --universal \
		--python-version 3.11 --generate-hashes --no-header --no-emit-index-url --output-file requirements.lock

# Each reader for FUZZ_SECONDS; atheris is not a requirement of anything else. Linux only. FUZZ_SEED
# is a number from 1; 0 draws one.
FUZZ_SECONDS ?= 120
FUZZ_SEED ?= 0
fuzz: $(READY)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes --target build/atheris --upgrade \
		--requirement fuzz/requirements.txt
	for reader in pdf html docx text registry site; do \
		PYTHONPATH=build/atheris $(BIN)/python fuzz/harness.py $$reader build/fuzz \
		$(FUZZ_SECONDS) $(FUZZ_SEED) || exit 1; done

# Licences of what the lock installs, listed and without AGPL; then known faults, by the advisories
# that PyPI serves.
audit: $(READY)
	$(PYTHON) -m venv build/audit
	build/audit/bin/python -m pip install --quiet pip-audit==2.10.1 pip-licenses==5.5.5
	build/audit/bin/pip-licenses --python $(BIN)/python --ignore-packages inspection-findings \
		--partial-match --fail-on "AGPL;Affero" --format csv --output-file docs/licences.csv
	build/audit/bin/pip-audit --disable-pip --no-deps --requirement requirements.lock

# What a run costs: `make bench CORPUS=folder` measures on its first 153 documents. Takes a while.
CORPUS ?= corpus/sample
SCALE ?= 100 200 400
bench: $(READY)
	$(BIN)/python -m benchmarks.bench --corpus $(CORPUS) --scale $(SCALE)

clean:
	rm -rf .venv outputs/.cache outputs/tables outputs/text outputs/stages outputs/plots outputs/report outputs/notebooks outputs/exports outputs/run.json
