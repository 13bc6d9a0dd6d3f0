# `make help` lists the targets. Everything is written below $(BUILD); nothing outside the repository except by apt.
#
# Several builds can live side by side: make BUILD=/tmp/mine all. Paths in here are relative on purpose: the
# repository may lie in a folder whose name has a space in it. V=1 shows the commands.

VERSION  := $(shell sed -n 's/.*"\([0-9][0-9.]*\)".*/\1/p' src/base/version.hpp 2>/dev/null)

BUILD    ?= build
CXX      ?= g++
SANITIZE ?=
OPT      ?= -O2 -g1
PREFIX   ?= /usr/local
DESTDIR  ?=
MODULES_DIR ?= $(PREFIX)/lib/nginx/modules
DEBUGDIR ?= $(PREFIX)/lib/debug
# nginx' own flags come first, so these win.
MODULE_CC     ?= cc
MODULE_CC_OPT ?= $(OPT) -Wno-restrict
MODULE_LD_OPT ?=
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

# Folders are one level deep, or two where a layer has parts.
sources    = $(sort $(foreach folder,$(2),$(wildcard src/$(folder)/$(1) src/$(folder)/*/$(1))))
LIB_SRC    = $(call sources,*.cpp,base event signature store)
WORKER_SRC = $(call sources,*.cpp,endpoint link worker)
CTL_SRC    = $(call sources,*.cpp,endpoint link ctl)
# What of the module needs no nginx, for the unit tests.
PLAIN_SRC  = $(addprefix src/module/redis/,append_queue.cpp health_check.cpp pending_append.cpp)
FUZZ_SRC   = $(sort $(filter-out %/fuzz_main.cpp,$(wildcard t/fuzz/*.cpp)))
UNIT_SRC   = $(sort $(wildcard $(addprefix t/unit/,*.cpp */*.cpp */*/*.cpp)) $(FUZZ_SRC) $(filter-out %/main.cpp,$(WORKER_SRC) $(CTL_SRC)) $(PLAIN_SRC))
MODULE_SRC = config $(call sources,*.hpp,base event signature store) $(call sources,*.[ch]pp,module)

obj        = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(1))
LIB        = $(BUILD)/libwebhook.a

LIB_LIBS    = -lyajl -lexpat -lutf8proc -lcrypto
WORKER_LIBS = -lhiredis -lssl -lspdlog -lfmt $(LIB_LIBS)
CTL_LIBS    = -lhiredis -lssl -lfmt -lz $(LIB_LIBS)
UNIT_LIBS   = -lgtest -lgtest_main -lz $(WORKER_LIBS)

MODULE   = $(BUILD)/ngx_http_webhook_module.so
PROGRAMS = $(BUILD)/webhook-worker $(BUILD)/webhookctl
NGX_SRC ?= /usr/share/nginx/src

Q        = $(if $(V),,@)
say      = $(if $(V),,@printf '  %-5s %s\n' $(1) "$(2)")
# All cores, unless the caller chose a number of jobs: -j1 is one job.
JOBFLAG  = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
# Its lines begin with "+": make hands its jobs on to what it takes for another make, and does not see one in a variable.
SUBMAKE  = $(MAKE) --no-print-directory $(JOBFLAG)
export V BUILD
# Rewrites a file only when its content changes, so that what depends on it is not made again for nothing.
refresh  = @mkdir -p $(@D) && { $(1); } > $@.new && { cmp -s $@.new $@ && rm $@.new || mv $@.new $@; }

.DELETE_ON_ERROR:
.PHONY: all module programs unit built prepare deps deps-test deps-check deps-trixie build-sanitize run demo test test-sanitize sdk bench fuzz check check-quick install uninstall clean help FORCE
.DEFAULT_GOAL = all

all:                   ## build module, worker and webhookctl
module:                ## build only the nginx module
programs:              ## build only webhook-worker and webhookctl
unit:                  # the unit tests

# build.sh calls make once more with INSIDE=1: under a lock, the module first, and with the steps counted.
ifdef INSIDE
all: module programs
module: $(MODULE)
programs: $(PROGRAMS)
unit: $(BUILD)/unit-tests
prepare: $(BUILD)/flags $(BUILD)/files $(if $(filter module all,$(GOALS)),$(BUILD)/nginx/objs/Makefile)
else
all module programs unit: built
built:
	@MAKE="$(MAKE)" JOBFLAG="$(JOBFLAG)" src/make/build.sh $(or $(filter all module programs unit,$(MAKECMDGOALS)),all)
endif

deps:                  ## install (apt) what building and running need, as far as it is missing
	@src/make/deps.sh run
deps-test:
	@src/make/deps.sh run test
deps-trixie:
	@src/make/deps.sh trixie
deps-check:
	@src/make/deps.sh run test check

run: deps              ## build and start nginx, Redis, a worker and a receiver on loopback; Ctrl-C stops them
	+@$(SUBMAKE) all
	@exec src/make/run.sh
demo: deps             ## send real-looking webhooks through it and show what became of each
	+@$(SUBMAKE) all
	@exec src/make/demo.sh

test: deps-test        ## install what is missing, build, run all tests
	+@$(SUBMAKE) all unit
	@src/make/test.sh
build-sanitize: deps-test
	+@$(SUBMAKE) module
	+@$(SUBMAKE) BUILD=$(BUILD)/sanitize SANITIZE=1 OPT="-O1 -g1" programs unit
test-sanitize: build-sanitize  ## the tests of our programs with ASan and UBSan, the module's central ones under valgrind
	@BUILD=$(BUILD)/sanitize MODULE=$(MODULE) TEST_SANITIZE=1 src/make/test.sh
sdk:                   ## install (npm, into $(BUILD)/sdk) the senders' own packages, which t/sdk.t tries
	@SDK=$(BUILD)/sdk src/make/sdk.sh
bench: deps-test       ## CPU per event beside plain nginx, CPU per delivery of the worker
	+@$(SUBMAKE) all
	@TEST_BUILD=$(BUILD) perl -It/lib t/bench/bench.pl
fuzz:                  ## libFuzzer (clang) on every parser, FUZZ_SECONDS=20 each
	@src/make/deps.sh run test fuzz
	+@$(SUBMAKE) BUILD=$(BUILD)/fuzz CXX=clang++ OPT="-O1 -gline-tables-only" SAN=-fsanitize=fuzzer-no-link$(comma)address$(comma)undefined WARN= $(BUILD)/fuzz/fuzzer
	@BUILD=$(BUILD)/fuzz FUZZ_SECONDS=$(or $(FUZZ_SECONDS),20) src/make/fuzz.sh
check-quick: deps-check  ## format, direction of includes, Lua, cppcheck
	@JOBS=$(JOBS) src/make/check.sh quick
check: deps-check      ## the same and clang-tidy
	@src/make/deps.sh tidy
	+@$(SUBMAKE) module
	@JOBS=$(JOBS) src/make/check.sh all

# --- programs: the four lowest layers are C++17, as nginx' own build compiles them, and go into the module, too; the rest is C++20 ---
PIC = -fPIC -fno-semantic-interposition
# Tests are called once or twice: what optimizing them costs is not won back. What they test is optimized.
$(BUILD)/obj/t/unit/%.o: TEST_OPT = -O0
$(BUILD)/obj/t/%.o: FROM_TOP = -I.
$(addprefix $(BUILD)/obj/src/,$(addsuffix /%.o,base event signature store module)): STD = -std=gnu++17 $(PIC)
$(BUILD)/obj/%.o: %.cpp $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(or $(STD),-std=gnu++20) $(CXXFLAGS) $(TEST_OPT) $(FROM_TOP) -c -o $@ $<

# -MMD does not see what the assembler includes.
$(BUILD)/obj/src/store/lua.o: $(wildcard src/store/lua/*.lua)

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
FUZZ_PARTS = $(wildcard src/endpoint/*.cpp) $(addprefix src/,link/http_reader.cpp worker/egress_proxy.cpp worker/settings.cpp $(addprefix worker/send/,address_guard.cpp response_parser.cpp secrets.cpp))
$(BUILD)/fuzzer: $(call obj,$(sort $(wildcard t/fuzz/*.cpp) $(FUZZ_PARTS))) $(LIB) $(BUILD)/files
	$(call say,LINK,$@)
	$(Q)$(CXX) $(LDFLAGS) -fsanitize=fuzzer -o $@ $(filter %.o %.a,$^) $(WORKER_LIBS)

# What a build was made with and of: another compiler, library, flag or list of files makes again what it touches. The dry run that
# counts the steps takes them as they are.
FRESH = $(if $(PREPARED),,FORCE)
$(BUILD)/flags: $(FRESH)
	$(call refresh,echo '$(CXX) $(CXXFLAGS) $(PIC) t/unit -O0 $(LDFLAGS)'; CXX='$(CXX)' src/make/versions.sh | grep -vE '^(nginx-headers|gtest) ')
$(BUILD)/files: $(FRESH)
	$(call refresh,echo '$(LIB_SRC) $(UNIT_SRC) $(wildcard src/*/main.cpp)')
$(BUILD)/module-files: $(FRESH)
	$(call refresh,echo '$(MODULE_SRC)')
$(BUILD)/module-flags: $(FRESH)
	$(call refresh,echo '$(MODULE_CC) $(MODULE_CC_OPT) $(MODULE_LD_OPT)'; CXX='$(MODULE_CC)' src/make/versions.sh '$(NGX_SRC)' | \
	    grep -E '^(compiler|libc|openssl|hiredis|yajl|expat|utf8proc|xxhash|nginx)')

# --- module: nginx' own build. It knows the headers, so it is asked every time -------------------------------------
export MODULE_CC MODULE_CC_OPT MODULE_LD_OPT
NGX_SO = $(BUILD)/nginx/objs/$(notdir $(MODULE))
$(BUILD)/nginx/objs/Makefile: config src/make/configure.sh $(BUILD)/module-files $(BUILD)/module-flags
	$(call say,CONF,nginx module)
	$(Q)src/make/configure.sh "$(NGX_SRC)" $(BUILD)
$(MODULE): $(BUILD)/nginx/objs/Makefile $(LIB) FORCE
	@[ ! $(LIB) -nt $(NGX_SO) ] || rm -f $(NGX_SO)
	$(Q)$(MAKE) $(if $(V)$(INSIDE),,-s) --no-print-directory -C $(BUILD)/nginx -f objs/Makefile modules
	@! nm -Du --demangle $(NGX_SO) | grep 'webhook::' || { echo 'undefined in the module' >&2; exit 1; }
	@cmp -s $(NGX_SO) $@ || cp --remove-destination $(NGX_SO) $@

-include $(wildcard $(addprefix $(BUILD)/obj/,*/*/*.d */*/*/*.d */*/*/*/*.d))

# Only here: a make that some test calls must not inherit them.
install: export DESTDIR := $(DESTDIR)
install: export DEBUGDIR := $(DEBUGDIR)
install: all           ## install below DESTDIR: PREFIX (programs), MODULES_DIR (module), DEBUGDIR (what debuggers need)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(MODULES_DIR)" "$(DESTDIR)$(SHARE)" "$(DESTDIR)$(DOC)/docs/recipes/send"
	src/make/install.sh 755 "$(PREFIX)/bin" $(PROGRAMS)
	src/make/install.sh 644 "$(MODULES_DIR)" $(MODULE)
	install -m 644 docs/log_format.conf "$(DESTDIR)$(SHARE)"
	sed 's|/usr/local/bin/|$(PREFIX)/bin/|' docs/webhook-worker.service > "$(DESTDIR)$(SHARE)/webhook-worker.service"
	install -m 644 README.md LICENSE "$(DESTDIR)$(DOC)"
	install -m 644 docs/*.md docs/alerts.yml "$(DESTDIR)$(DOC)/docs"
	install -m 644 docs/recipes/*.md "$(DESTDIR)$(DOC)/docs/recipes"
	install -m 644 docs/recipes/send/*.md "$(DESTDIR)$(DOC)/docs/recipes/send"
	@echo 'nginx.conf: load_module $(MODULES_DIR)/$(notdir $(MODULE));'
uninstall:             ## remove what install has put there, with the same DESTDIR, PREFIX and MODULES_DIR
	rm -f $(foreach name,$(notdir $(PROGRAMS)),"$(DESTDIR)$(PREFIX)/bin/$(name)") "$(DESTDIR)$(MODULES_DIR)/$(notdir $(MODULE))" \
	    $(foreach name,$(notdir $(PROGRAMS)),"$(DESTDIR)$(DEBUGDIR)$(PREFIX)/bin/$(name).debug") "$(DESTDIR)$(DEBUGDIR)$(MODULES_DIR)/$(notdir $(MODULE)).debug"
	rm -rf "$(DESTDIR)$(SHARE)" "$(DESTDIR)$(DOC)"

clean:                 ## remove everything that was built (not the data of make run)
	@cd $(BUILD) 2>/dev/null && rm -rf obj nginx sanitize trixie sdk bench fuzz flags files module-files module-flags lock configure.log prove.log libwebhook.a unit-tests \
	    $(notdir $(PROGRAMS) $(MODULE)) || true
help:                  ## this list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'
	@printf '%s\n' '' '  -jN: N jobs at once (all cores without it), each of up to 0.7 GB of memory. V=1 shows the commands.' \
	    '  BUILD, CXX, OPT, SANITIZE, PREFIX, DESTDIR, MODULES_DIR, DEBUGDIR; of the module: NGX_SRC, MODULE_CC, MODULE_CC_OPT, MODULE_LD_OPT'
