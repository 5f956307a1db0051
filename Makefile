# SPDX-License-Identifier: Apache-2.0
# Everything a person or CI does with this tree. `make help` lists it. Each target does all of its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
BUILD ?= build

.DEFAULT_GOAL := help
.PHONY: help run build test test-unit test-asan test-tsan bench deb fuzz format lint clean build-tests deps deps-test node-modules

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

run: build ## install what is needed, build, and serve a page where two tabs can talk
	@echo "Open http://127.0.0.1:8080 in two tabs. Ctrl-C ends the server."
	@exec $(BUILD)/veche --config examples/config/dev.json

build: deps ## build the server, the plugins and the tools
	@[ -f $(BUILD)/build.ninja ] || meson setup $(BUILD)
	@ninja -C $(BUILD)

test: build-tests node-modules ## run all tests
	@scripts/run-tests $(BUILD)

test-unit: build-tests ## run the tests that need no network and no browser
	@scripts/run-tests $(BUILD) --suite unit --suite abi --suite fuzz

test-asan: deps-test ## unit, ABI and integration tests under AddressSanitizer and UBSan
	@[ -f $(BUILD)-asan/build.ninja ] || meson setup $(BUILD)-asan -Dtests=true -Db_sanitize=address,undefined
	@ninja -C $(BUILD)-asan
	@ASAN_OPTIONS=fast_unwind_on_malloc=0:detect_stack_use_after_return=1 LSAN_OPTIONS=suppressions=$(CURDIR)/tests/sanitizers/lsan.txt \
	  UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 scripts/run-tests $(BUILD)-asan --timeout-multiplier 4 --suite unit --suite abi --suite fuzz --suite integration

test-tsan: deps-test ## the same under ThreadSanitizer
	@[ -f $(BUILD)-tsan/build.ninja ] || meson setup $(BUILD)-tsan -Dtests=true -Db_sanitize=thread
	@ninja -C $(BUILD)-tsan
	@TSAN_OPTIONS=ignore_noninstrumented_modules=1:suppressions=$(CURDIR)/tests/sanitizers/tsan.txt \
	  scripts/run-tests $(BUILD)-tsan --timeout-multiplier 8 --suite unit --suite abi --suite integration

fuzz: deps-test ## run each fuzz target for a minute
	@[ -f $(BUILD)-fuzz/build.ninja ] || CC=clang CXX=clang++ meson setup $(BUILD)-fuzz -Dfuzzers=true
	@ninja -C $(BUILD)-fuzz
	@for target in $(BUILD)-fuzz/tests/fuzz/fuzz-*; do \
	  [ -x "$$target" ] && [ -f "$$target" ] || continue; echo "== $$target"; "$$target" -max_total_time=60 -print_final_stats=1; done

bench: build ## fill rooms with up to 200 people: prints latency, CPU per packet and what sending alone costs
	@scripts/bench $(BUILD)

deb: deps ## pack the server and the plugin SDK as Debian packages, into build-deb
	@[ -f $(BUILD)-deb/build.ninja ] || { eval "$$(dpkg-buildflags --export=sh)"; meson setup $(BUILD)-deb --prefix=/usr --buildtype=plain; }
	@ninja -C $(BUILD)-deb
	@scripts/deb $(BUILD)-deb $(BUILD)-deb

format: deps-test ## format the C and C++ sources in place
	@git ls-files '*.cpp' '*.hpp' '*.h' '*.c' | xargs clang-format -i

lint: deps-test build ## check format, clang-tidy and spelling
	@scripts/lint $(BUILD)

clean: ## remove what was built
	rm -rf $(BUILD) $(BUILD)-asan $(BUILD)-tsan $(BUILD)-fuzz $(BUILD)-deb $(BUILD)-clang tests/interop/node_modules

build-tests: deps-test
	@[ -f $(BUILD)/build.ninja ] || meson setup $(BUILD)
	@meson configure $(BUILD) -Dtests=true
	@ninja -C $(BUILD)

deps:
	@scripts/install-packages scripts/packages-build.txt

deps-test: deps
	@scripts/install-packages scripts/packages-test.txt

node-modules: deps-test
	@cd tests/interop && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --loglevel=error; }
