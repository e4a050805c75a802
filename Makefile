# Everything a developer does here, by name. `make help` prints the lines that begin with two #.

SHELL := /bin/bash
.DEFAULT_GOAL := ready
.PHONY: ready demo test quick matrix coverage check bench interop litellm soak types lint unused house reference package licences sbom signatures format clean help

# Where sqlite3 has no prebuilt binary it is compiled, and its build looks for Node's headers here.
ifneq ($(wildcard /usr/include/node/node.h),)
export npm_config_nodedir ?= /usr
endif

# jest reads ES modules only under this flag; not in NODE_OPTIONS, which the commands under test would inherit.
JEST_OF := --disable-warning=ExperimentalWarning --experimental-vm-modules node_modules/jest/bin/jest.js
JEST := node $(JEST_OF)
INSTALLED := node_modules/.package-lock.json
BUILT := dist/bin/llm.js
SOURCES := $(shell find lib bin -name '*.ts') $(wildcard .build/*.mjs) tsconfig.json tsconfig.build.json
# Jest's pattern of the quick specs: whole batches, journals and long waits are left to `make test`.
QUICK := '/spec/(?!flow/|regular-|cli/command/|store/journal/|tool/python/open|.*/waits)'
# The specs of files, streams, sockets and the library's doors.
MEETING_NODE := '/spec/(api/(batch|define|read|write)|source/text|sink/target|disk|host|attachment)'
BENCHES := $(wildcard spec/bench/*.bench.ts)

## make          install what is missing, build, and say what to run
ready: $(BUILT)
	@echo
	@echo 'Ready. Next:'
	@echo '  make demo                        a batch over samples/reviews.csv, with the best model there is'
	@echo '  make test                        all specs'
	@echo '  node dist/bin/llm.js --help      the command itself; `npm link` makes it `llm`'
	@echo '  make help                        everything else'

## make demo     a real batch from file to file; says which model it used
demo: $(BUILT)
	@samples/demo.sh

## make test     build, then all specs; ONLY=spec/flow for some of them
test: $(BUILT)
	$(JEST) $(ONLY) $(JEST_FLAGS)

## make quick    build, then the house and the specs of single parts: less than a minute
quick: $(BUILT)
	$(JEST) --config jest.in-process.config.js $(QUICK) $(JEST_FLAGS)

## make matrix   the built command and the specs of what meets Node most on those of Node 20, 22 and 24 that `make test` does not use; the store on node:sqlite
matrix: $(BUILT)
	@set -e; own=$$(node -p 'process.versions.node.split(".")[0]'); \
	for major in 20 22 24; do [ $$major != $$own ] || continue; \
	  node=$$(sh spec/support/install-node.sh $$major); echo "== Node $$($$node --version)"; \
	  $$node dist/bin/llm.js batch samples/questions.txt --model echo --no-log --quiet > /dev/null; \
	  $$node $(JEST_OF) --config jest.in-process.config.js $(MEETING_NODE) --reporters=summary; done
	@echo "== the store on node:sqlite, under Node 24"; \
	LLM_BATCH_SPEC_DRIVER=node-sqlite $$(sh spec/support/install-node.sh 24) $(JEST_OF) spec/store --reporters=summary

## make coverage how much of lib/ the specs of this process run, and the floor; .cache/coverage/index.html shows where
coverage: $(BUILT)
	$(JEST) --config jest.in-process.config.js --coverage $(JEST_FLAGS)
	@node .ci/coverage-floor.mjs

## make check    what must hold besides: types, lint, dead code, the house
check: types lint unused house

## make bench    the numbers we hold, as ratios to a bare loop in the same run; minutes, and a quiet machine
bench: $(BUILT)
	@rm -rf .cache/bench && npx tsc -p tsconfig.bench.json
	@for bench in $(BENCHES:%.ts=.cache/bench/%.js); do \
	  echo; echo "== $$bench"; node --expose-gc $$bench || exit 1; done

## make interop  beside real programs: Python's llm, Datasette and the LiteLLM proxy, installed into .cache; some minutes
interop: SCALE ?= 20
interop: $(BUILT) litellm
	sh spec/support/install-python-llm.sh
	LLM_SPEC_SCALE=$(SCALE) LLM_SPEC_LITELLM=true $(JEST) --testTimeout=3600000 spec/interop $(JEST_FLAGS)

# Installing the proxy and asking it takes some minutes, so the specs of it are part of `make soak`, not of .ci/run.
litellm:
	sh spec/support/install-litellm.sh

## make soak     the long matrices of the specs whole: SCALE times as many rows, kills and seeds
soak: SCALE ?= 20
soak: $(BUILT) litellm
	LLM_SPEC_SCALE=$(SCALE) LLM_SPEC_LITELLM=true $(JEST) --testTimeout=3600000 $(ONLY) $(JEST_FLAGS)

## make types    the compiler, nothing written
types: $(INSTALLED)
	npm run --silent types

## make lint     Biome: format and lint, nothing written; `make format` writes
lint: $(INSTALLED)
	npm run --silent lint

## make format   Biome, writing what it can put right
format: $(INSTALLED)
	npm run --silent format

## make unused   knip: files, exports and packages that nobody uses; specs do not count as users
unused: $(INSTALLED)
	npm run --silent unused

## make house    storeys, fences, circles, lengths, names
house: $(INSTALLED)
	$(JEST) spec/house.spec.ts

## make reference writes the reference at the end of README.md, from the flags and the configuration's rules
reference: $(BUILT)
	@node .build/write-reference.mjs

## make package  what npm would publish: its doors, its types under node16, nodenext and bundler
package: $(BUILT)
	npm run --silent package

## make licences the licences of all that a user installs, by the lock file
licences:
	@node .ci/check-licences.mjs

## make sbom     what a user installs, as CycloneDX, by the lock file: .cache/sbom.cdx.json
sbom:
	@mkdir -p .cache
	@node .ci/write-sbom.mjs > .cache/sbom.cdx.json
	@echo .cache/sbom.cdx.json

## make signatures asks the registry whether the installed packages are those that were signed
signatures: $(INSTALLED)
	npm audit signatures

## make clean    remove what the others made, node_modules excepted
clean:
	rm -rf dist coverage .cache

## make help     this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

# By the lock file alone: an edited script in package.json is no reason to install again.
$(INSTALLED): package-lock.json
	@node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' \
	  || { echo "Error: Node 20.19 or newer is needed, found $$(node --version 2>/dev/null || echo none)." >&2; exit 1; }
	npm ci --no-audit --no-fund
	@touch $@

$(BUILT): $(INSTALLED) $(SOURCES)
	npm run --silent build
	@touch $@
