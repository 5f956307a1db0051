# SPDX-License-Identifier: Apache-2.0
# Everything a person or CI does with this tree. `make help` lists it. Each target does all of its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
BUILD ?= build
export NINJA_STATUS ?= [%f/%t, %es] 

# What `make run` serves with, and the plugins which that enables.
CONFIG := examples/config/dev.json
RUN_PLUGINS := $(shell sed -nE 's/^ *\{ "name": "([a-z]+)".*/\1/p' $(CONFIG))
comma := ,
space := $(subst ,, )
# Everything but tests.
WHOLE := -Dtools=true -Dplugins=adaptive,forwarding,metrics,recording
# What is not optimized is compiled by clang, which takes half of GCC's time for it. The rest is compiled as it is shipped.
CLANG := scripts/install-packages scripts/packages-clang.txt && CC=clang CXX=clang++
# Less of the simulated room than its ten minutes.
UNOPTIMIZED := $(CLANG) VECHE_SIMULATION_SECONDS=20
UNIT := $(UNOPTIMIZED) scripts/run-tests $(BUILD)-unit -Doptimization=0
ASAN := $(UNOPTIMIZED) ASAN_OPTIONS=detect_stack_use_after_return=1 LSAN_OPTIONS=suppressions=$(CURDIR)/tests/sanitizers/lsan.txt:print_suppressions=0 \
  UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 scripts/run-tests $(BUILD)-asan -Db_sanitize=address,undefined -Doptimization=0 --timeout-multiplier 12
TSAN := $(CLANG) VECHE_SIMULATION_SECONDS=60 TSAN_OPTIONS=ignore_noninstrumented_modules=1:suppressions=$(CURDIR)/tests/sanitizers/tsan.txt \
  scripts/run-tests $(BUILD)-tsan -Db_sanitize=thread -Doptimization=1 --timeout-multiplier 8

.DEFAULT_GOAL := help
.PHONY: help run run-example build test test-full test-unit test-server test-asan test-tsan bench bench-api bench-client deb api-page fuzz format lint clean deps

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: ## install what is needed, build, and serve a page where two tabs can talk
	@echo "1/4 Debian packages"
	@scripts/install-packages scripts/packages-run.txt
	@echo "2/4 Set-up of $(BUILD)"
	@[ -f $(BUILD)/build.ninja ] || scripts/set-up $(BUILD) -Dtools=false -Dplugins=$(subst $(space),$(comma),$(RUN_PLUGINS))
	@echo "3/4 Compiling the server and its plugins ($(RUN_PLUGINS))"
	@ninja -C $(BUILD) veche $(RUN_PLUGINS:%=plugins/%.so)
	@echo "4/4 Open http://127.0.0.1:8080 in two tabs. Ctrl-C ends the server."
	@exec $(BUILD)/veche --config $(CONFIG)

run-example: deps ## install what is needed, build, and serve a backend in FastAPI with its page and its server
	@scripts/install-packages scripts/packages-example.txt
	@scripts/set-up $(BUILD) $(WHOLE)
	@ninja -C $(BUILD) veche plugins/forwarding.so plugins/recording.so
	@exec examples/fastapi-backend/run $(BUILD)/veche

build: deps ## build the server, the plugins and the tools
	@scripts/set-up $(BUILD) $(WHOLE)
	@ninja -C $(BUILD)

test: ## run the everyday tests; SANITIZE=1 as CI does, see test-unit
	@scripts/in-turn '$(MAKE) --no-print-directory test-unit' '$(MAKE) --no-print-directory test-server'

test-full: ## run everything: both paths for everything, sanitizers, a minute of each fuzz target
	@scripts/in-turn '$(MAKE) --no-print-directory test-asan' 'VECHE_FULL=1 scripts/run-tests $(BUILD) --timeout-multiplier 3 --all' \
	  '$(MAKE) --no-print-directory test-tsan' '$(MAKE) --no-print-directory fuzz'

test-unit: ## run the tests that need no server; SANITIZE=1: under AddressSanitizer and UBSan
	@$(if $(SANITIZE),$(ASAN),$(UNIT)) --suite unit --suite fuzz

test-server: ## run the others: the plugin ABI, and the server as it is shipped with real clients
	@scripts/run-tests $(BUILD) --suite abi --suite integration --suite interop --suite packaging --no-suite full

test-asan: ## unit, ABI and integration tests under AddressSanitizer and UBSan
	@$(ASAN) --suite unit --suite abi --suite fuzz --suite integration

test-tsan: ## unit, ABI and integration tests under ThreadSanitizer
	@$(TSAN) --suite unit --suite abi --suite integration

fuzz: deps ## run each fuzz target for a minute
	@$(CLANG) scripts/set-up $(BUILD)-fuzz -Dfuzzers=true -Dunity=off
	@ninja -C $(BUILD)-fuzz $$(ninja -C $(BUILD)-fuzz -t targets all | sed -nE 's/^(tests\/fuzz\/fuzz-[a-z-]+): .*/\1/p')
	@find $(BUILD)-fuzz/tests/fuzz -maxdepth 1 -type f -executable -name 'fuzz-*' -printf '%p -max_total_time=60 -print_final_stats=1 -artifact_prefix=$(BUILD)-fuzz/\0' | \
	  sort -z | xargs -0 scripts/in-turn

bench: build ## fill rooms with up to 200 people: prints latency, CPU per packet and what sending alone costs
	@scripts/bench $(BUILD)

bench-client: build ## what the browser client costs in a room of 100, and how late one hears: prints tables, WRITE=1 also into docs
	@scripts/bench-client $(BUILD) $(if $(WRITE),--docs docs/client)

bench-api: ## 500 reads a second while 100 join at once, and beside 1,000 readers of the event stream: prints latency
	@scripts/run-tests $(BUILD) --suite interop --verbose api-stress

api-page: ## fetch RapiDoc, with which `make run` shows the API at /docs; needs npm
	@scripts/api-page $(BUILD)/api-page

deb: deps ## pack the server and the plugin SDK as Debian packages, into build-deb
	@scripts/install-packages scripts/packages-deb.txt
	@[ -f $(BUILD)-deb/build.ninja ] || { eval "$$(dpkg-buildflags --export=sh)"; scripts/set-up $(BUILD)-deb --prefix=/usr --buildtype=plain; }
	@ninja -C $(BUILD)-deb
	@scripts/api-page $(BUILD)-deb/api-page
	@scripts/deb $(BUILD)-deb $(BUILD)-deb

format: ## format the C and C++ sources in place
	@scripts/install-packages scripts/packages-lint.txt
	@git ls-files '*.cpp' '*.hpp' '*.h' '*.c' | xargs clang-format -i

lint: deps ## check format, spelling and clang-tidy; SINCE=20 looks at what the last 20 commits changed alone
	@scripts/install-packages scripts/packages-lint.txt
	@scripts/set-up $(BUILD)-lint $(WHOLE) -Dunity=off
	@scripts/lint $(BUILD)-lint $(if $(SINCE),--since $(SINCE))

clean: ## remove what was built
	rm -rf $(BUILD) $(BUILD)-unit $(BUILD)-asan $(BUILD)-tsan $(BUILD)-fuzz $(BUILD)-deb $(BUILD)-lint tests/interop/node_modules tests/interop/redocly/node_modules clients/web/node_modules

deps:
	@scripts/install-packages scripts/packages-run.txt scripts/packages-build.txt
