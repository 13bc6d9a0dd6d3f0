#!/bin/bash
# run.sh: the whole of it on this machine's loopback: Redis, nginx with the module, a worker, a receiver that
# prints what it gets. Everything lies in BUILD/run: configuration, secrets (made at the first run), data,
# logs, and `env`, by which other programs find it. Ctrl-C stops all of it; so does the end of any part.
set -euo pipefail
PATH=$PATH:/usr/sbin    # where Debian has nginx

# Ctrl-C is for this script alone: make, which waits for it, would end by it too and call it an error. So the
# script takes the terminal with a process group of its own, and gives it back at the end. Where it does not
# own the terminal (`make run &`) it leaves it.
if [ -t 0 ] && [ -z "${RUN_TERMINAL_OF:-}" ]; then
    exec perl -MPOSIX -e '
        $ENV{RUN_TERMINAL_OF} = getpgrp();
        if (tcgetpgrp(0) == getpgrp()) {
            $SIG{TTOU} = "IGNORE";
            setpgid(0, 0);
            tcsetpgrp(0, getpgrp());
        }
        exec @ARGV' bash "$0" "$@"
fi

give_terminal_back() {
    [ -n "${RUN_TERMINAL_OF:-}" ] && [ "$RUN_TERMINAL_OF" != $$ ] || return 0
    perl -MPOSIX -e 'tcsetpgrp(0, $ARGV[0]) if tcgetpgrp(0) == $ARGV[1]' "$RUN_TERMINAL_OF" $$ || true
}
trap give_terminal_back EXIT
# Stopped, it could not be continued: make and the shell would not know of it.
trap '' TSTP

build=$(cd "${BUILD:-build}" && pwd)
run=$build/run
here=$(dirname "$0")

# --- small helpers ------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }

# The first port from $1 on which nothing listens on 127.0.0.1.
free_port() {
    perl -MIO::Socket::INET -e '
        for my $port ($ARGV[0] .. $ARGV[0] + 500) {
            my %at = (LocalAddr => "127.0.0.1", LocalPort => $port);
            next if !IO::Socket::INET->new(%at, Listen => 1, ReuseAddr => 1);
            print $port;
            exit;
        }
        die "no free port from $ARGV[0] on\n"' "$1"
}

random_hex() { openssl rand -hex "$1"; }

# new_secret NAME TEXT: keeps the one that is there.
new_secret() {
    [ -s "$run/secrets/$1" ] || printf '%s\n' "$2" > "$run/secrets/$1"
}

# wait_for SECONDS WHAT COMMAND...
wait_for() {
    local tries=$(($1 * 20)) what=$2
    shift 2
    until "$@" > /dev/null 2>&1; do
        any_dead && return 1
        tries=$((tries - 1))
        if [ $tries -le 0 ]; then
            say "$what did not come up in time" >&2
            return 1
        fi
        sleep 0.05
    done
}

# --- processes: started, watched and ended by id ------------------------------------------------------------

declare -A pid_of=()
order=()

# start NAME COMMAND...: in a session of its own, so that Ctrl-C reaches only this script, which ends the
# parts in order; should the script itself be killed, the kernel ends them.
start() {
    local name=$1
    shift
    say "--- $(date '+%F %T') start" >> "$run/$name.log"
    if [ "$name" = show ]; then
        setpriv --pdeathsig TERM setsid "$@" < /dev/null 2> /dev/null &
    else
        setpriv --pdeathsig TERM setsid "$@" < /dev/null >> "$run/$name.log" 2>&1 &
    fi
    pid_of[$name]=$!
    order+=("$name")
}

any_dead() {
    local name
    for name in "${order[@]}"; do
        kill -0 "${pid_of[$name]}" 2> /dev/null || { dead=$name; return 0; }
    done
    return 1
}

stop_all() {
    trap '' INT TERM
    local index name
    for ((index = ${#order[@]} - 1; index >= 0; index--)); do
        name=${order[index]}
        kill -TERM "${pid_of[$name]}" 2> /dev/null || true
        wait "${pid_of[$name]}" 2> /dev/null || true
        kill -KILL -- "-${pid_of[$name]}" 2> /dev/null || true    # what a part that crashed has left behind
    done
    rm -f "$run/env"
}

fail() {
    say "${1:-the start failed}" >&2
    if any_dead; then
        say "$dead ended; the end of $run/$dead.log:" >&2
        tail -n 15 "$run/$dead.log" | sed 's/^/    /' >&2
        if [ "$dead" = nginx ]; then tail -n 5 "$run/nginx/error.log" | sed 's/^/    /' >&2; fi
    fi
    stop_all
    exit 1
}

# --- configuration ------------------------------------------------------------------------------------------

make_secrets() {
    new_secret stripe "whsec_$(random_hex 16)"
    new_secret github "$(random_hex 20)"
    new_secret shopify "$(random_hex 20)"
    new_secret standard "whsec_$(openssl rand -base64 24)"
    new_secret postback "$(random_hex 12)"
    new_secret publish "$(random_hex 24)"
    new_secret crm "whsec_$(openssl rand -base64 24)"
}

# fill FILE: the template with its @NAME@s.
fill() {
    local user=
    [ "$(id -u)" != 0 ] || user='user root;'
    BUILD_DIR=$build RUN_DIR=$run PORT=$port REDIS=$redis RECEIVER=$receiver USER_LINE=$user \
        REDIS_LISTEN=$redis_listen \
        perl -pe 's/@(\w+)@/$ENV{$1} \/\/ die "no $1\n"/ge' "$here/run/$1" > "$run/$2"
}

choose_addresses() {
    port=$(free_port "${PORT:-8080}")
    receiver=$(free_port $((port + 1)))
    if [ $((${#run} + 11)) -lt 108 ]; then       # a unix socket's name has a limit
        redis=unix:$run/redis.sock
        redis_listen="port 0"$'\n'"unixsocket \"$run/redis.sock\""
    else
        local redis_port
        redis_port=$(free_port $((receiver + 1)))
        redis=redis://127.0.0.1:$redis_port
        redis_listen="port $redis_port"
    fi
}

write_configuration() {
    umask 077
    mkdir -p "$run"/{secrets,redis,nginx,state}
    make_secrets
    choose_addresses
    fill redis.conf redis.conf
    fill nginx.conf nginx/nginx.conf
    fill worker.json worker.json
    fill endpoints.json endpoints.json
}

# --- the parts ----------------------------------------------------------------------------------------------

listens() {
    perl -MIO::Socket::INET \
        -e 'exit !IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0])' "$1"
}

redis_answers() { WEBHOOK_REDIS=$redis "$build/webhookctl" events --limit 1; }

start_all() {
    start redis redis-server "$run/redis.conf"
    wait_for 20 Redis redis_answers || fail "Redis did not start"
    WEBHOOK_REDIS=$redis "$build/webhookctl" apply "$run/endpoints.json" || fail "the endpoints were refused"
    start receiver "$build/webhookctl" listen --port "$receiver" --secret "file:$run/secrets/crm"
    wait_for 10 "the receiver" listens "$receiver" || fail "the receiver did not start"
    start show tail -n 0 -F "$run/receiver.log"
    start worker "$build/webhook-worker" --config "$run/worker.json"
    start nginx nginx -p "$run/nginx/" -c "$run/nginx/nginx.conf" -e "$run/nginx/error.log"
    wait_for 10 nginx listens "$port" || fail "nginx did not start"
    wait_for 10 "the module's connection to Redis" \
        grep -q 'webhook: redis .* is ready' "$run/nginx/error.log" || fail
}

announce() {
    cat << END

nginx-webhook runs. Ctrl-C stops all of it.

  nginx      http://127.0.0.1:$port/{stripe,github,shopify,standard,postback,publish}   $run/nginx/nginx.conf
  receiver   http://127.0.0.1:$receiver   prints below what is delivered
  endpoints  $run/endpoints.json
  worker     $run/worker.json
  Redis      $redis
  secrets    $run/secrets
  logs       $run/*.log  $run/nginx/error.log

In a second terminal:

  make demo
  export WEBHOOK_REDIS='$redis'
  '$build/webhookctl' send --scheme stripe --secret 'file:$run/secrets/stripe' http://127.0.0.1:$port/stripe
  '$build/webhookctl' events
  '$build/webhookctl' attempts
  '$build/webhookctl' ledger

END
}

write_env() {
    {
        printf 'export WEBHOOK_REDIS=%q\n' "$redis"
        printf 'RUN_DIR=%q RUN_PORT=%q RUN_RECEIVER=%q RUN_PID=%q\n' "$run" "$port" "$receiver" $$
    } > "$run/env.new"
    mv "$run/env.new" "$run/env"     # whole or not at all: others wait for it
}

# --- main ---------------------------------------------------------------------------------------------------

if [ -e "$run/env" ] && (. "$run/env" && kill -0 "$RUN_PID" 2> /dev/null); then
    say "it runs already (process $(. "$run/env"; echo "$RUN_PID")); see $run/env" >&2
    exit 1
fi

write_configuration
: > "$run/nginx/error.log"
trap 'say; say stopping; stop_all; exit 0' INT TERM
start_all
write_env
announce

while ! any_dead; do
    wait -n -p ended "${pid_of[@]}" || true
done
fail "a part of it ended"
