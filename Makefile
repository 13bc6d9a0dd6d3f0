# `make help` lists the targets. Everything is written below $(BUILD); nothing outside the repository except by apt.
#
# Several builds can live side by side: make BUILD=/tmp/mine all. Paths in here are relative on purpose: the
# repository may lie in a folder whose name has a space in it. V=1 shows the commands.

VERSION  := $(shell sed -n 's/.*"\([0-9][0-9.]*\)".*/\1/p' src/event/version.hpp 2>/dev/null)

BUILD    ?= build
CXX      ?= g++
SANITIZE ?=
OPT      ?= -O2 -g1
PREFIX   ?= /usr/local
DESTDIR  ?=
MODULES_DIR ?= $(PREFIX)/lib/nginx/modules
SHARE     = $(PREFIX)/share/nginx-webhook
DOC       = $(PREFIX)/share/doc/nginx-webhook
JOBS     ?= $(shell nproc 2>/dev/null || echo 2)

comma     = ,
# -Wno-restrict: g++ 12 sees overlapping copies in std::string where there are none.
WARN      = -Wall -Wextra -Werror -Wno-restrict
# spdlog and fmt are linked, not compiled in again with every file.
DEFS      = -DSPDLOG_SHARED_LIB -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL
SAN       = $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
CXXFLAGS += $(OPT) $(WARN) $(DEFS) $(SAN) -Isrc -MMD -MP -pthread
LDFLAGS  += $(SAN) -pthread

LIB_SRC    = $(sort $(wildcard src/event/*.cpp src/signature/*.cpp src/store/*.cpp))
WORKER_SRC = $(sort $(wildcard src/endpoint/*.cpp src/link/*.cpp src/worker/*.cpp))
CTL_SRC    = $(sort $(wildcard src/endpoint/*.cpp src/link/*.cpp src/ctl/*.cpp))
FUZZ_SRC   = $(sort $(filter-out %/fuzz_main.cpp,$(wildcard t/fuzz/*.cpp)))
UNIT_SRC   = $(sort $(wildcard t/unit/*.cpp) $(FUZZ_SRC) $(filter-out %/main.cpp,$(WORKER_SRC) $(CTL_SRC)))
MODULE_SRC = config $(sort $(wildcard src/event/*.[ch]pp src/signature/*.[ch]pp src/store/*.[ch]pp src/module/*.[ch]pp))

obj        = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(1))
LIB        = $(BUILD)/libwebhook.a

LIB_LIBS    = -lyajl -lcrypto
WORKER_LIBS = -lhiredis -lssl -lspdlog -lfmt $(LIB_LIBS)
CTL_LIBS    = -lhiredis -lssl -lfmt $(LIB_LIBS)
UNIT_LIBS   = -lgtest -lgtest_main $(WORKER_LIBS)

MODULE   = $(BUILD)/ngx_http_webhook_module.so
PROGRAMS = $(BUILD)/webhook-worker $(BUILD)/webhookctl
NGX_SRC ?= /usr/share/nginx/src

Q        = $(if $(V),,@)
say      = $(if $(V),,@printf '  %-5s %s\n' $(1) "$(2)")
# Builds with all cores unless the caller chose a number himself.
SUBMAKE  = $(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS))
# Rewrites a file only when its content changes, so that what depends on it is not made again for nothing.
refresh  = @mkdir -p $(BUILD) && printf '%s\n' $(1) | cmp -s - $@ || printf '%s\n' $(1) > $@

.DELETE_ON_ERROR:
.PHONY: all module programs unit deps deps-test deps-check run demo test test-sanitize sdk bench fuzz check install uninstall clean help FORCE
.DEFAULT_GOAL = all

all: module programs   ## build module, worker and webhookctl
module: $(MODULE)      ## build only the nginx module
programs: $(PROGRAMS)  ## build only webhook-worker and webhookctl
unit: $(BUILD)/unit-tests

deps:                  ## install (apt) what building and running need, as far as it is missing
	@src/make/deps.sh run
deps-test:
	@src/make/deps.sh run test
deps-check:
	@src/make/deps.sh run test check

run: deps              ## build and start nginx, Redis, a worker and a receiver on loopback; Ctrl-C stops them
	@$(SUBMAKE) all
	@BUILD=$(BUILD) src/make/run.sh
demo: deps             ## send real-looking webhooks through it and show what became of each
	@$(SUBMAKE) all
	@BUILD=$(BUILD) src/make/demo.sh

test: deps-test        ## install what is missing, build, run all tests
	@$(SUBMAKE) all unit
	@BUILD=$(BUILD) src/make/test.sh
test-sanitize: deps-test  ## the same tests with ASan and UBSan, the module's central ones under valgrind
	@$(SUBMAKE) module
	@$(SUBMAKE) BUILD=$(BUILD)/sanitize SANITIZE=1 OPT="-O1 -g1" programs unit
	@BUILD=$(BUILD)/sanitize SDK=$(BUILD)/sdk MODULE=$(MODULE) TEST_SANITIZE=1 src/make/test.sh
sdk:                   ## install (npm, into $(BUILD)/sdk) the senders' own packages, which t/sdk.t tries
	@SDK=$(BUILD)/sdk src/make/sdk.sh
bench: deps-test       ## CPU per event beside plain nginx, CPU per delivery of the worker
	@$(SUBMAKE) all
	@TEST_BUILD=$(BUILD) perl -It/lib t/bench/bench.pl
fuzz:                  ## libFuzzer (clang) on every parser, FUZZ_SECONDS=20 each
	@src/make/deps.sh run test fuzz
	@$(SUBMAKE) BUILD=$(BUILD)/fuzz CXX=clang++ OPT="-O1 -gline-tables-only" SAN=-fsanitize=fuzzer-no-link$(comma)address$(comma)undefined WARN= $(BUILD)/fuzz/fuzzer
	@BUILD=$(BUILD)/fuzz FUZZ_SECONDS=$(or $(FUZZ_SECONDS),20) src/make/fuzz.sh
check: deps-check      ## format, clang-tidy, cppcheck
	@$(SUBMAKE) module
	@BUILD=$(BUILD) JOBS=$(JOBS) src/make/check.sh

# --- programs: the three lowest layers are C++17, as nginx' own build compiles them; the rest is C++20 -------------
$(BUILD)/obj/src/event/%.o $(BUILD)/obj/src/signature/%.o $(BUILD)/obj/src/store/%.o: STD = -std=gnu++17
$(BUILD)/obj/%.o: %.cpp $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(or $(STD),-std=gnu++20) $(CXXFLAGS) -c -o $@ $<

$(LIB): $(call obj,$(LIB_SRC)) $(BUILD)/files
	$(Q)rm -f $@ && ar rcs $@ $(filter %.o,$^)
$(BUILD)/webhook-worker: $(call obj,$(WORKER_SRC)) $(LIB) $(BUILD)/files
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(WORKER_LIBS)
$(BUILD)/webhookctl: $(call obj,$(CTL_SRC)) $(LIB) $(BUILD)/files
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(CTL_LIBS)
$(BUILD)/unit-tests: $(call obj,$(UNIT_SRC)) $(LIB) $(BUILD)/files
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(UNIT_LIBS)

# Only with clang, see the target fuzz; clang 14 cannot compile coroutines with these sanitizers.
FUZZ_PARTS = $(wildcard src/endpoint/*.cpp) $(addprefix src/link/,http_reader.cpp) $(addprefix src/worker/,address_guard.cpp answer.cpp settings.cpp)
$(BUILD)/fuzzer: $(call obj,$(sort $(wildcard t/fuzz/*.cpp) $(FUZZ_PARTS))) $(LIB) $(BUILD)/files
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) $(WORKER_LIBS)

# What a build was made with and of: another compiler, flag or list of files makes again what it touches.
$(BUILD)/flags: FORCE
	$(call refresh,"$(CXX) $(CXXFLAGS) $(LDFLAGS)")
$(BUILD)/files: FORCE
	$(call refresh,"$(LIB_SRC) $(UNIT_SRC) $(wildcard src/*/main.cpp)")
$(BUILD)/module-files: FORCE
	$(call refresh,"$(MODULE_SRC)")

# --- module: nginx' own build. It knows the headers, so it is asked every time -------------------------------------
$(BUILD)/nginx/objs/Makefile: config src/make/configure.sh $(BUILD)/module-files $(wildcard $(NGX_SRC)/conf_flags)
	$(call say,CONF,nginx module)
	$(Q)src/make/configure.sh "$(NGX_SRC)" $(BUILD)
$(MODULE): $(BUILD)/nginx/objs/Makefile FORCE
	$(Q)$(MAKE) $(if $(V),,-s) --no-print-directory -C $(BUILD)/nginx -f objs/Makefile modules
	@! nm -Du --demangle $(BUILD)/nginx/objs/$(@F) | grep 'webhook::' || { echo 'undefined in the module' >&2; exit 1; }
	@cmp -s $(BUILD)/nginx/objs/$(@F) $@ || { cp --remove-destination $(BUILD)/nginx/objs/$(@F) $@ && printf '  LINK  %s\n' $@; }

-include $(wildcard $(BUILD)/obj/*/*/*.d)

install: all           ## install below DESTDIR, PREFIX (programs) and MODULES_DIR (module)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(MODULES_DIR)" "$(DESTDIR)$(SHARE)" "$(DESTDIR)$(DOC)/docs/recipes"
	install -m 755 $(PROGRAMS) "$(DESTDIR)$(PREFIX)/bin"
	install -m 644 $(MODULE) "$(DESTDIR)$(MODULES_DIR)"
	install -m 644 docs/log_format.conf "$(DESTDIR)$(SHARE)"
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' docs/webhook-worker.service > "$(DESTDIR)$(SHARE)/webhook-worker.service"
	install -m 644 README.md LICENSE "$(DESTDIR)$(DOC)"
	install -m 644 docs/*.md "$(DESTDIR)$(DOC)/docs"
	install -m 644 docs/recipes/*.md "$(DESTDIR)$(DOC)/docs/recipes"
	@echo 'nginx.conf: load_module $(MODULES_DIR)/$(notdir $(MODULE));'
uninstall:             ## remove what install has put there, with the same DESTDIR, PREFIX and MODULES_DIR
	rm -f $(foreach name,$(notdir $(PROGRAMS)),"$(DESTDIR)$(PREFIX)/bin/$(name)") "$(DESTDIR)$(MODULES_DIR)/$(notdir $(MODULE))"
	rm -rf "$(DESTDIR)$(SHARE)" "$(DESTDIR)$(DOC)"

clean:                 ## remove everything that was built (not the data of make run)
	@cd $(BUILD) 2>/dev/null && rm -rf obj nginx sanitize sdk bench fuzz flags files module-files configure.log libwebhook.a unit-tests \
	    $(notdir $(PROGRAMS) $(MODULE)) || true
help:                  ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'
