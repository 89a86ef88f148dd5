# SPDX-License-Identifier: Apache-2.0
# crmatrix: 'make matrix' and 'make check' work from nothing; 'make help' lists
# the rest. Everything made goes to build/ (BUILD=DIR: elsewhere).

VERSION := 0.1.0
BUILD ?= build
PREFIX ?= /usr/local
CC ?= cc
CFLAGS ?= -O2 -g

CPPFLAGS_ALL := -D_GNU_SOURCE -I. -DCRMATRIX_VERSION='"$(VERSION)"' \
	-DCRMATRIX_DATADIR='"$(PREFIX)/share/crmatrix"' $(CPPFLAGS)
CFLAGS_ALL = -std=gnu17 $(WARNINGS) $(CFLAGS) $(SANITIZE)
WARNINGS := -Wall -Wextra -Wshadow -Wvla -Wundef -Wformat=2 \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wpointer-arith -Wwrite-strings -Wcast-qual -Wswitch-enum \
	-Wdeclaration-after-statement $(if $(WERROR),-Werror)
# Of some there are only the headers: runner/loaded.h.
LOADED_PACKAGES := libvirt libcurl
PACKAGES := jansson yaml-0.1 libmnl hiredis libpcap nettle libxml-2.0 libarchive sqlite3
# What libarchive wants besides in a program that is static.
GUEST_PACKAGES := libacl
TEST_PACKAGES := check

# One job per processor, unless the caller says how many.
ifeq ($(MAKELEVEL)$(filter -j% --jobs%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory

V ?= 0
ifeq ($(V),0)
Q := @
say = @printf '  %-7s %s\n' '$(1)' '$(2)'
endif

# --- What there is to build ---------------------------------------------------

OBJ := $(BUILD)/obj
objects = $(patsubst %.c,$(OBJ)/%.o,$(wildcard $(1)))
# The files that are programs of their own, and those shared by them.
programs = $(if $(wildcard $(1)/*.c),$(shell grep -l '^int main\>' $(1)/*.c))
parts = $(filter-out $(call programs,$(1)),$(wildcard $(1)/*.c))

BASE := $(call objects,base/*.c)
COMPAT := $(call objects,compat/*.c)
MAIN := $(OBJ)/runner/main.o
RUNNER := $(filter-out $(MAIN),$(call objects,runner/*.c))
TESTING := $(call objects,tests/lib/*.c)
LIBS := $(OBJ)/librunner.a $(OBJ)/libcompat.a $(OBJ)/libbase.a
# A layer's tests get that layer and what is below it.
LIBS_base := $(OBJ)/libbase.a
LIBS_compat := $(OBJ)/libcompat.a $(LIBS_base)
layer_libs = $(or $(LIBS_$(word 3,$(subst /, ,$(1)))),$(LIBS))
CRMATRIX := $(BUILD)/crmatrix

GUEST_DIRS := vm-images/guest scenarios/workloads
GUEST_SRC := $(foreach d,$(GUEST_DIRS),$(call programs,$(d)))
GUEST := $(addprefix $(BUILD)/guest/,$(basename $(notdir $(GUEST_SRC))))

UNIT_SRC := $(sort $(shell find tests/unit -name 'test_*.c'))
UNIT := $(UNIT_SRC:%.c=$(BUILD)/%)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ := $(FUZZ_SRC:%.c=$(BUILD)/%)
BENCH_SRC := $(wildcard tests/bench/*.c)
BENCH_PROGRAMS := $(BENCH_SRC:%.c=$(BUILD)/%)
ORACLE_SRC := $(wildcard tests/oracle/*.c)
ORACLE := $(ORACLE_SRC:%.c=$(BUILD)/%)
SOURCES := $(foreach d,base compat runner tests/lib $(GUEST_DIRS), \
	$(wildcard $(d)/*.c)) $(UNIT_SRC) $(FUZZ_SRC) \
	$(BENCH_SRC) $(ORACLE_SRC)
HEADERS := $(foreach d,base compat runner tests/lib $(GUEST_DIRS), \
	$(wildcard $(d)/*.h)) $(sort $(shell find tests/unit -name '*.h'))
SCRIPTS := $(sort $(wildcard .ci/run) \
	$(shell find runner tests vm-images scenarios docs -name '*.sh' -o -name '*.bash'))

all: $(CRMATRIX) guest ## Build crmatrix and what goes into the guests (default)

.PHONY: page-check all guest help deps deps-test matrix check check-ci check-unit check-vm check-asan \
	check-valgrind fuzz fuzz-afl lint layers headers format-check shellcheck tidy cppcheck \
	format coverage bench soak man install uninstall deb check-deb clean unit-tests
.DELETE_ON_ERROR:

help: ## List these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | \
		expand -t 24

# --- What the host must have --------------------------------------------------

# Quick when nothing is missing; says what it installs before it does.
deps: ## Install what is missing on this machine
	$(Q)vm-images/setup.sh

deps-test: ## And what the tests and static checks use
	$(Q)vm-images/setup.sh test

# Answers of pkg-config, asked once; a machine without them gets them first.
$(BUILD)/config.mk: Makefile
	@mkdir -p $(@D)
	@command -v $(firstword $(CC)) >/dev/null && \
		command -v pkg-config >/dev/null && \
		pkg-config --exists $(LOADED_PACKAGES) $(PACKAGES) \
			$(GUEST_PACKAGES) $(TEST_PACKAGES) || \
		vm-images/setup.sh
	@built=$$($(CC) -dumpversion | sed 's/^/$(notdir $(firstword $(CC))) /'); \
	{ for p in $(LOADED_PACKAGES) $(PACKAGES); do built="$$built, $$p $$(pkg-config --modversion $$p)"; done; \
	   echo "PKG_CFLAGS := $$(pkg-config --cflags $(LOADED_PACKAGES) $(PACKAGES) | \
		sed 's/-I/-isystem /g') -DCRMATRIX_BUILT_WITH='\"$$built\"'"; \
	   echo "PKG_LIBS := $$(pkg-config --libs $(PACKAGES))"; \
	   echo "TEST_LIBS := $$(pkg-config --libs $(TEST_PACKAGES))"; } >$@

ifneq ($(filter-out help deps deps-test clean format,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/config.mk
endif

# --- Building -----------------------------------------------------------------

$(OBJ)/%.o: %.c $(BUILD)/config.mk
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Rebuilt whole: an archive would keep the members of files that are gone.
%.a:
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && ar rcs $@ $^

# The page's parts, which page_assets.c takes in as they are.
PAGE := $(wildcard compat/page/*)
$(OBJ)/compat/page_assets.o: $(PAGE)
$(OBJ)/runner/bundle_script.o: runner/reproduce.sh

$(OBJ)/libbase.a: $(BASE)
$(OBJ)/libcompat.a: $(COMPAT)
$(OBJ)/librunner.a: $(RUNNER)
$(OBJ)/libtesting.a: $(TESTING)

link = $(CC) $(CFLAGS_ALL) $(LDFLAGS) -o $@.new $(1) -Wl,--as-needed \
	$(PKG_LIBS) $(2) -lm && mv $@.new $@

$(CRMATRIX): $(MAIN) $(RUNNER) $(COMPAT) $(BASE)
	$(call say,LINK,$@)
	$(Q)$(call link,$^)

define unit_test
$(BUILD)/$(1): $(OBJ)/$(1).o $(OBJ)/libtesting.a $(call layer_libs,$(1))
	$$(call say,LINK,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(call link,$$^,$$(TEST_LIBS))
endef
$(foreach t,$(UNIT_SRC:%.c=%),$(eval $(call unit_test,$(t))))

# The guests' programs are static: a guest has whatever C library it has.
GUEST_OBJ := $(BUILD)/guest/obj
GUEST_CFLAGS := -std=gnu17 $(WARNINGS) -O2 -g
$(GUEST_OBJ)/%.o: %.c $(BUILD)/config.mk
	$(call say,GUESTCC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

# Of base/, what needs no library; a program takes what it wants of it.
GUEST_BASE := $(GUEST_OBJ)/libbase.a
$(GUEST_BASE): $(patsubst %,$(GUEST_OBJ)/base/%.o,clock err file mem str)

# Of shared parts and of libraries a program holds only what it calls.
GUEST_LIBS_agent := -larchive -lacl

define guest_program
$(BUILD)/guest/$(basename $(notdir $(1))): $(patsubst %.c,$(GUEST_OBJ)/%.o, \
		$(1) $(call parts,$(patsubst %/,%,$(dir $(1))))) $(GUEST_BASE)
	$$(call say,GUEST,$$@)
	$$(Q)$$(CC) $(GUEST_CFLAGS) -static -s -Wl,--gc-sections -o $$@ $$^ \
		$(GUEST_LIBS_$(basename $(notdir $(1))))
endef
$(foreach s,$(GUEST_SRC),$(eval $(call guest_program,$(s))))
guest: $(GUEST)

# A fuzzer replays its corpus with a small driver; with FUZZER= (see 'fuzz')
# it is libFuzzer's.
FUZZER ?= $(OBJ)/tests/fuzz/replay.o
$(FUZZ): $(BUILD)/%: $(OBJ)/%.o $(filter %.o,$(FUZZER)) $(LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(call link,$(filter-out %.o,$(FUZZER)) $^)

# What bench and oracles need besides the program.
$(BENCH_PROGRAMS) $(ORACLE): $(BUILD)/%: $(OBJ)/%.o $(OBJ)/tests/lib/frames.o \
		$(OBJ)/tests/lib/talk.o $(LIBS)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(call link,$^)

-include $(shell find $(BUILD)/obj $(BUILD)/guest -name '*.d' 2>/dev/null)

# --- Using --------------------------------------------------------------------

matrix: deps all ## Run the default matrix, from nothing to the result
	$(Q)$(CRMATRIX) run --matrix scenarios/matrix.yaml

# BENCH=--quick to try it; see tests/bench/README.md.
bench: deps-test all $(BENCH_PROGRAMS) ## Measure speed; a table and build/bench/bench.json
	$(Q)tests/bench/bench.py --crmatrix $(CRMATRIX) \
		--guest $(BUILD)/guest --programs $(BUILD)/tests/bench \
		--out $(BUILD)/bench $(BENCH)

# A page a command, from --help and docs/man/; the list of commands is --help's.
man: $(CRMATRIX) ## Man pages, into build/man
	$(call say,MAN,$(BUILD)/man)
	@rm -rf $(BUILD)/man && mkdir -p $(BUILD)/man
	$(Q)set -e; for c in '' $$($(CRMATRIX) --help | sed -n '/^Commands:/,/^$$/s/^  \([a-z]*\) .*/\1/p'); do \
		PREFIX=$(PREFIX) docs/man/page.sh $(CRMATRIX) $$c >$(BUILD)/man/page.scd; \
		scdoc <$(BUILD)/man/page.scd >$(BUILD)/man/crmatrix$${c:+-$$c}.1; \
	done; rm $(BUILD)/man/page.scd

SHARE = $(DESTDIR)$(PREFIX)/share
DATA = $(SHARE)/crmatrix
# Where zsh looks below /usr/local; below /usr distributions have other places.
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
# SOAK='--repeat 1' to try it.
soak: deps-test all ## 300 cells while things break at random; build/soak
	$(Q)tests/soak/soak.py --crmatrix $(CRMATRIX) --out $(BUILD)/soak $(SOAK)

install: all man ## Install below PREFIX (and DESTDIR)
	install -D -m 755 $(CRMATRIX) $(DESTDIR)$(PREFIX)/bin/crmatrix
	install -d $(DATA)/guest $(SHARE)/man/man1
	install -m 755 $(GUEST) $(DATA)/guest
	find vm-images scenarios -type f ! -name '*.[ch]' ! -name '.*' \
		-exec install -D -m 644 {} $(DATA)/{} \;
	find $(DATA) -name '*.sh' -exec chmod 755 {} +
	install -m 644 $(BUILD)/man/*.1 $(SHARE)/man/man1
	install -D -m 644 docs/completion/crmatrix.bash \
		$(SHARE)/bash-completion/completions/crmatrix
	install -D -m 644 docs/completion/_crmatrix $(DESTDIR)$(ZSHDIR)/_crmatrix
	for f in README.md CHANGELOG.md results/*.md docs/*.md docs/ci/* \
			docs/page/*.png; do \
		[ ! -e $$f ] || install -D -m 644 $$f $(SHARE)/doc/crmatrix/$$f; done

uninstall: ## Remove what install put there
	rm -rf $(DESTDIR)$(PREFIX)/bin/crmatrix $(DATA) $(SHARE)/doc/crmatrix \
		$(SHARE)/man/man1/crmatrix.1 $(SHARE)/man/man1/crmatrix-*.1 \
		$(SHARE)/bash-completion/completions/crmatrix \
		$(DESTDIR)$(ZSHDIR)/_crmatrix

# From what is committed, in a folder of its own; without the tests, 'check' has them.
deb: deps-test ## A Debian package, into build/deb
	rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb/crmatrix
	git archive HEAD | tar -x -C $(BUILD)/deb/crmatrix
	cd $(BUILD)/deb/crmatrix && DEB_BUILD_OPTIONS='nocheck parallel=2' \
		MAKEFLAGS= MAKELEVEL= dpkg-buildpackage -b -us -uc
	@ls -l $(BUILD)/deb/*.deb

check-deb: deb ## Try it in a Debian 12 that has nothing else (root)
	$(Q)tests/deb_root.sh $(wildcard $(BUILD)/deb/crmatrix_*.deb)

clean: ## Remove build/
	rm -rf $(BUILD)

# --- Testing ------------------------------------------------------------------

RUN_TESTS = CRMATRIX_SOURCE=$(CURDIR) BUILD=$(BUILD) tests/run.sh
unit-tests: $(UNIT) $(FUZZ) $(ORACLE) $(CRMATRIX) guest

check: deps-test all unit-tests ## All tests, VM tests included
	$(Q)$(RUN_TESTS) layers unit golden fuzz page fuzzing vm

check-unit: all unit-tests ## The tests that need neither VM nor root
	$(Q)$(RUN_TESTS) layers unit golden fuzz page

check-vm: deps-test all ## The tests on real VMs only
	$(Q)$(RUN_TESTS) vm

# Not part of 'check': it wants npm's registry, and engines of 400 MB. ENGINES='--vms slurm'
# for real cells; docs/ci/README.md.
check-ci: all ## The templates of docs/ci by the engines they are for
	$(Q)vm-images/setup.sh ci
	@mkdir -p $(BUILD)/ci && cp tests/ci/package.json $(BUILD)/ci
	$(Q)! command -v npm >/dev/null || \
		npm install --prefix $(BUILD)/ci --silent --no-audit --no-fund
	$(Q)CRMATRIX=$(abspath $(CRMATRIX)) tests/ci/engines.py --npm $(abspath $(BUILD)/ci) $(ENGINES)

# A test asks for more memory than there is, and must get NULL.
ASAN_OPTIONS := detect_stack_use_after_return=1:strict_string_checks=1:$\
	allocator_may_return_null=1
SANITIZERS := -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
check-asan: deps-test ## Unit tests with ASan and UBSan, by gcc and by clang
	$(Q)$(MAKE) BUILD=$(BUILD)/asan-gcc CC=gcc CFLAGS='-O1 -g' \
		SANITIZE='$(SANITIZERS)' check-sanitized
	$(Q)$(MAKE) BUILD=$(BUILD)/asan-clang CC=clang CFLAGS='-O1 -g' \
		SANITIZE='$(SANITIZERS)' check-sanitized

.PHONY: check-sanitized
check-sanitized: unit-tests
	$(Q)ASAN_OPTIONS=$(ASAN_OPTIONS) \
		UBSAN_OPTIONS=print_stacktrace=1 $(RUN_TESTS) unit golden fuzz

check-valgrind: deps-test unit-tests ## Unit tests under valgrind
	$(Q)CK_TIMEOUT_MULTIPLIER=20 $(RUN_TESTS) --under 'valgrind -q --error-exitcode=99 \
		--leak-check=full --errors-for-leak-kinds=definite' unit

# All at once, as far as there are processors; FUZZERS='wire pcap' for some.
FUZZERS ?= $(FUZZ_SRC:tests/fuzz/fuzz_%.c=%)
FUZZ_SECONDS ?= 30
fuzz: deps-test ## Each fuzzer for FUZZ_SECONDS (30), with libFuzzer
	$(Q)$(MAKE) BUILD=$(BUILD)/fuzz CC=clang CFLAGS='-O1 -g' \
		SANITIZE='$(SANITIZERS) -fsanitize=fuzzer-no-link' \
		FUZZER=-fsanitize=fuzzer $(FUZZERS:%=fuzz-run-%)

fuzz-run-%: $(BUILD)/tests/fuzz/fuzz_%
	$(call say,FUZZ,$* ($(FUZZ_SECONDS) s))
	$(Q)mkdir -p $(BUILD)/corpus/$*
	$(Q)$< -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 \
		-artifact_prefix=$(BUILD)/$*- $(BUILD)/corpus/$* \
		tests/fuzz/corpus/$* >$(BUILD)/$*.log 2>&1 || \
		{ tail -n 60 $(BUILD)/$*.log; exit 1; }
	$(Q)echo "  $*: $$(tail -n 1 $(BUILD)/$*.log)"

fuzz-afl: deps-test ## The same with AFL++
	$(Q)$(MAKE) BUILD=$(BUILD)/fuzz-afl CC=afl-clang-fast CFLAGS='-O1 -g' \
		SANITIZE='$(SANITIZERS)' FUZZER=-fsanitize=fuzzer \
		$(FUZZERS:%=fuzz-afl-run-%)

# What it found is in crashes/ and hangs/; corpora grow in queue/.
fuzz-afl-run-%: $(BUILD)/tests/fuzz/fuzz_%
	$(call say,AFL,$* ($(FUZZ_SECONDS) s))
	$(Q)rm -rf $(BUILD)/out/$* && mkdir -p $(BUILD)/out
	$(Q)AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 \
		AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
		afl-fuzz -V $(FUZZ_SECONDS) -m none -i tests/fuzz/corpus/$* \
		-o $(BUILD)/out/$* -- $< >$(BUILD)/$*.log 2>&1 || \
		{ tail -n 30 $(BUILD)/$*.log; exit 1; }
	$(Q)sed -n 's/^\(execs_done\|saved_crashes\|saved_hangs\) *: /  $* \1 /p' \
		$(BUILD)/out/$*/default/fuzzer_stats
	$(Q)grep -q '^saved_crashes *: 0$$' $(BUILD)/out/$*/default/fuzzer_stats

coverage: ## Line coverage of the unit tests
	$(Q)$(MAKE) BUILD=$(BUILD)/coverage CFLAGS='-O0 -g --coverage' check-unit
	$(Q)tests/coverage.sh $(BUILD)/coverage

# --- Looking at the sources ---------------------------------------------------

lint: deps-test ## All static checks; zero findings
	$(Q)$(MAKE) layers headers format-check shellcheck page-check tidy cppcheck
	@echo 'lint: nothing found'

layers: $(MAIN) $(RUNNER) $(COMPAT) $(BASE) ## Prove who includes and calls whom
	$(call say,LAYERS,$(words $(SOURCES)) files)
	$(Q)tests/layers.sh . $(OBJ)

# Each header can be included alone, and first.
headers: $(HEADERS:%=$(BUILD)/lint/%.ok)
$(BUILD)/lint/%.h.ok: %.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(PKG_CFLAGS) $(CFLAGS_ALL) -Werror \
		-fsyntax-only -x c $<
	@touch $@

format: ## Format the C sources in place
	clang-format -i $(SOURCES) $(HEADERS)

format-check:
	$(call say,FORMAT,$(words $(SOURCES) $(HEADERS)) files)
	$(Q)clang-format --dry-run -Werror $(SOURCES) $(HEADERS)

shellcheck:
	$(call say,SHELL,$(words $(SCRIPTS)) scripts)
	$(Q)shellcheck $(SCRIPTS)

# The browser that tests use, as a parser: all scripts as one, as they are run.
page-check:
	$(call say,PAGE,$(words $(PAGE)) files)
	$(Q)tests/page/check_sources.sh

# One stamp a file, newer than the object: only what changed is checked again,
# and a changed header counts.
TIDY := $(SOURCES:%=$(BUILD)/lint/%.tidy)
tidy: $(TIDY)
$(BUILD)/lint/%.c.tidy: $(OBJ)/%.o .clang-tidy tests/.clang-tidy
	$(call say,TIDY,$*.c)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $*.c -- $(CPPFLAGS_ALL) $(PKG_CFLAGS) \
		-std=gnu17 $(WARNINGS) 2>$@.log || { cat $@.log; exit 1; }
	@touch $@

cppcheck:
	$(call say,CPPCHK,$(words $(SOURCES)) files)
	@mkdir -p $(BUILD)/lint/cppcheck
	$(Q)cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr \
		--enable=warning,performance,portability \
		--suppressions-list=tests/cppcheck.suppressions \
		--cppcheck-build-dir=$(BUILD)/lint/cppcheck -j 2 \
		--library=posix -D_GNU_SOURCE '-D__attribute__(x)=' -I. $(SOURCES)
