# make help lists the targets. Everything is written below $(BUILD); nothing outside the repository except by apt.

BUILD    ?= build
CXX      ?= g++
SANITIZE ?=
OPT      ?= -O2 -g

WARN      = -Wall -Wextra -Werror
SAN       = $(if $(SANITIZE),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
comma     = ,
CXXFLAGS += $(OPT) $(WARN) $(SAN) -Isrc -MMD -MP -pthread
LDFLAGS  += $(SAN) -pthread

LIB_SRC    = $(sort $(wildcard src/event/*.cpp src/signature/*.cpp src/store/*.cpp))
WORKER_SRC = $(sort $(wildcard src/endpoint/*.cpp src/worker/*.cpp))
CTL_SRC    = $(sort $(wildcard src/endpoint/*.cpp src/ctl/*.cpp))
UNIT_SRC   = $(sort $(wildcard t/unit/*.cpp))

obj        = $(patsubst %.cpp,$(BUILD)/obj/%.o,$(1))
LIB        = $(BUILD)/libwebhook.a

LIB_LIBS    = -lyajl -lcrypto
WORKER_LIBS = $(LIB_LIBS) -lhiredis -lssl -lfmt -lspdlog
CTL_LIBS    = $(LIB_LIBS) -lhiredis -lssl -lfmt
UNIT_LIBS   = $(WORKER_LIBS) -lgtest -lgtest_main

MODULE   = $(BUILD)/ngx_http_webhook_module.so
PROGRAMS = $(BUILD)/webhook-worker $(BUILD)/webhookctl

.DELETE_ON_ERROR:
.PHONY: all module programs unit clean help
all: module programs   ## build module, worker and webhookctl
module: $(MODULE)
programs: $(PROGRAMS)
unit: $(BUILD)/unit-tests

# C++17 is what nginx' own build gives the module and so all it links; worker, ctl and tests are C++20.
$(BUILD)/obj/src/event/%.o $(BUILD)/obj/src/signature/%.o $(BUILD)/obj/src/store/%.o: STD = -std=gnu++17
$(BUILD)/obj/%.o: %.cpp
	@mkdir -p $(@D)
	$(CXX) $(or $(STD),-std=c++20) $(CXXFLAGS) -c -o $@ $<

$(LIB): $(call obj,$(LIB_SRC))
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/webhook-worker: $(call obj,$(WORKER_SRC)) $(LIB)
	$(CXX) $(LDFLAGS) -o $@ $^ $(WORKER_LIBS)
$(BUILD)/webhookctl: $(call obj,$(CTL_SRC)) $(LIB)
	$(CXX) $(LDFLAGS) -o $@ $^ $(CTL_LIBS)
$(BUILD)/unit-tests: $(call obj,$(UNIT_SRC) $(filter-out %/main.cpp,$(WORKER_SRC))) $(LIB)
	$(CXX) $(LDFLAGS) -o $@ $^ $(UNIT_LIBS)

-include $(wildcard $(BUILD)/obj/*/*/*.d)

clean:   ## remove everything that was built
	rm -rf $(BUILD)
help:    ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | sort
