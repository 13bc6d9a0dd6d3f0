package Test::Webhook;

# A test with real processes: see README.md beside this folder. Core modules of perl only.

use v5.36;
use Carp qw(croak);
use Cwd qw(abs_path);
use Exporter 'import';
use File::Basename qw(basename dirname);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use JSON::PP ();
use Test::More ();
use Time::HiRes qw(sleep time);
use Test::Webhook::Clock;
use Test::Webhook::HTTP;
use Test::Webhook::Load;
use Test::Webhook::Nginx;
use Test::Webhook::Process;
use Test::Webhook::Receiver;
use Test::Webhook::Redis;
use Test::Webhook::RedisServer;
use Test::Webhook::Sign;
use Test::Webhook::Wait;
use Test::Webhook::Worker;

my @test_more = grep { $_ ne 'done_testing' } @Test::More::EXPORT;
Test::More->import(import => \@test_more);
our @EXPORT =
    (@test_more, @Test::Webhook::Sign::EXPORT, @Test::Webhook::Wait::EXPORT, 'done_testing', 'to_json',
    'from_json');

# A test that calls make itself must see none of what the make that calls the tests was given.
delete @ENV{
    qw(MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES GNUMAKEFLAGS BUILD V CXX CXXFLAGS LDFLAGS OPT SANITIZE MODULE MODULE_CC MODULE_CC_OPT MODULE_LD_OPT NGX_SRC),
    qw(PREFIX DESTDIR DEBUGDIR MODULES_DIR JOBS JOBFLAG)
};

my $root = abs_path(dirname(__FILE__) . '/../../..');
my @open;

sub to_json :prototype($) ($value) { return JSON::PP->new->canonical->encode($value) }
sub from_json :prototype($) ($text) { return JSON::PP->new->decode($text) }

sub root ($self) { return $root }

# keep => 1: leave the folder. The test's folder is BUILD/t/NAME-XXXX.
sub new ($class, %arg) {
    my $build = $ENV{TEST_BUILD} // "$root/build";
    $build = "$root/$build" if $build !~ m{^/};
    make_path("$build/t");
    my $name = basename($0, '.t');
    my $dir = tempdir("$name-XXXX", DIR => abs_path("$build/t"));
    $ENV{ASAN_OPTIONS} = "log_path='$dir/asan':detect_stack_use_after_return=0";
    $ENV{UBSAN_OPTIONS} = "print_stacktrace=1";
    my $self = bless { %arg, build => abs_path($build), dir => $dir, owner => $$, ports => {}, parts => [],
        allow => [], guards => [] }, $class;
    push @open, $self;
    return $self;
}

sub dir ($self) { return $self->{dir} }
sub build_dir ($self) { return $self->{build} }
sub file ($self, $name) { return "$self->{dir}/$name" }

# clock(SECONDS): ->preload(sub { start... }), ->set(SECONDS).
sub clock ($self, $seconds) { return Test::Webhook::Clock->new($self, $seconds) }

# write('secrets/stripe', 'text'): the path of a new file in the test's folder.
sub write ($self, $name, $text) {
    make_path(dirname("$self->{dir}/$name"));
    return spew("$self->{dir}/$name", $text);
}

# A free TCP port of 127.0.0.1 under a name of the test's own, always the same for the name. A UDP socket on
# the same number, held for the life of the test, keeps tests that run beside this one away from it.
sub port ($self, $name = 'nginx') {
    return $self->{ports}{$name} //= $self->_free_port;
}

sub _free_port ($self) {
    for (1 .. 500) {
        my $port = 10000 + int rand 20000;
        my $guard = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Proto => 'udp')
            or next;
        IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Proto => 'tcp', Listen => 1)
            or next;
        push @{ $self->{guards} }, $guard;
        return $port;
    }
    croak 'no free port';
}

# --- configuration ------------------------------------------------------------------------------------------

sub _globals ($self, $name) {
    my $level = $ENV{TEST_DEBUG} ? 'debug' : 'info';
    my $user = $> == 0 ? "user root;\n" : '';
    return qq{load_module "$self->{build}/ngx_http_webhook_module.so";\n${user}daemon off;\n}
        . qq{pid "$self->{dir}/$name/nginx.pid";\nerror_log "$self->{dir}/$name/error.log" $level;\n};
}

# Redis may take its time where a test does not say otherwise: its disk is shared, and the machine may stand
# still for longer than the 500 ms that are the default.
sub _http ($self, $name, $text) {
    my $patience = '';
    if ($name ne 'configtest' && $text =~ /\bwebhook_redis\b/) {
        $patience = ' webhook_redis_connect_timeout 30s;';
        $patience .= ' webhook_redis_timeout 30s;' if $text !~ /^\s*webhook_redis_timeout/m;
    }
    my $temp = join '',
        map { qq{${_}_temp_path "$self->{dir}/$name/$_";\n} } qw(client_body proxy fastcgi uwsgi scgi);
    return "${temp}access_log off;$patience\n";
}

# Replaces %%PORT%%, %%PORT_x%%, %%DIR%%, %%REDIS%%, %%REDIS_x%%, %%RECEIVER%%, %%RECEIVER_x%%, %%BUILD%%, and
# in nginx.conf %%GLOBALS%% and %%HTTP%%. A bare word that comes to hold a space is quoted.
sub expand ($self, $text, $nginx = 'nginx') {
    $text =~ s/%%GLOBALS%%/$self->_globals($nginx)/ge;
    $text =~ s/%%HTTP%%/$self->_http($nginx, $text)/ge;
    $text =~ s/(?<=\s)([^\s"';{}]*%%(?:DIR|BUILD|REDIS\w*)%%[^\s"';{}]*)(?=[\s;])/"$1"/g
        if $self->{dir} =~ /\s/ || $self->{build} =~ /\s/;
    $text =~ s/%%PORT(?:_(\w+))?%%/$self->port($1 \/\/ 'nginx')/ge;
    $text =~ s/%%REDIS(?:_(\w+))?%%/$self->redis_server($1 \/\/ 'redis')->url/ge;
    $text =~ s/%%RECEIVER(?:_(\w+))?%%/$self->receiver($1 \/\/ 'receiver')->url/ge;
    $text =~ s/%%DIR%%/$self->{dir}/g;
    $text =~ s/%%BUILD%%/$self->{build}/g;
    croak "unknown placeholder $1" if $text =~ /(%%\w+%%)/;
    return $text;
}

# --- parts --------------------------------------------------------------------------------------------------

sub _part ($self, $kind, $name) {
    my ($part) = grep { $_->{kind} eq $kind && $_->{name} eq $name } @{ $self->{parts} };
    return $part && $part->{object};
}

sub _add ($self, $kind, $name, $object) {
    push @{ $self->{parts} }, { kind => $kind, name => $name, object => $object };
    return $object;
}

sub _folder ($self, $name) {
    make_path("$self->{dir}/$name");
    return "$self->{dir}/$name";
}

# start_redis(name => 'redis', options => ['maxmemory 10mb'], unix => 0, start => 1)
sub start_redis ($self, %arg) {
    my $name = $arg{name} // 'redis';
    my $server = Test::Webhook::RedisServer->new(
        name => $name, dir => $self->_folder($name), port => $arg{port} // $self->port($name),
        host => $arg{host}, options => $arg{options}, unix => $arg{unix});
    $self->_add(redis => $name, $server);
    $server->start if $arg{start} // 1;
    return $server;
}

sub redis_server ($self, $name = 'redis') {
    return $self->_part(redis => $name) // croak "no Redis \"$name\" was started";
}

# The shared RESP client of that server.
sub redis ($self, $name = 'redis') { return $self->redis_server($name)->client }

# start_nginx($conf, name => 'nginx', ready => 1): ready => 0 does not wait until the module has its Redis
# connections.
sub start_nginx ($self, $conf, %arg) {
    my $nginx = $self->_nginx($conf, %arg);
    $nginx->start;
    $self->wait_redis_ready($nginx) if $arg{ready} // $nginx->{uses_redis};
    return $nginx;
}

sub _nginx ($self, $conf, %arg) {
    my $name = $arg{name} // 'nginx';
    my $dir = $self->_folder($name);
    my $text = $self->expand($conf, $name);
    spew("$dir/nginx.conf", $text);
    my @ports = $text =~ /\blisten\s+(?:127\.0\.0\.1:)?(\d+)[^;]*;/g;
    my $nginx = $self->_part(nginx => $name);
    if (!$nginx) {
        $nginx = Test::Webhook::Nginx->new(name => $name, dir => $dir, conf => "$dir/nginx.conf",
            log => "$dir/error.log", root => $root);
        $self->_add(nginx => $name, $nginx);
    }
    $nginx->{ports} = \@ports;
    $nginx->{uses_redis} = $text =~ /\bwebhook_(?:stream|dedup)\b/
        && scalar grep { $_->{kind} eq 'redis' && $_->{object}{process}->alive } @{ $self->{parts} };
    return $nginx;
}

# A new nginx.conf for a running nginx, and reload.
sub reload_nginx ($self, $conf, %arg) {
    my $nginx = $self->_nginx($conf, %arg);
    $nginx->reload(gone => 1);
    return $nginx;
}

# Every nginx worker says once per server that it is connected and has tested it.
sub wait_redis_ready ($self, $nginx, $timeout = 30) {
    wait_for(
        "$nginx->{name} to be connected to Redis",
        sub {
            my %ready = map { /^\S+ \S+ \[\w+\] (\d+)#/ ? ($1 => 1) : () }
                $nginx->grep_log(qr/webhook: .*redis.* ready/i);
            my @workers = $nginx->workers;    # none yet: the master has not forked
            return @workers && !grep { !$ready{$_} } @workers;
        },
        $timeout
    );
}

# nginx -t: (exit code, output)
sub nginx_test ($self, $conf) {
    my $dir = $self->_folder('configtest');
    spew("$dir/nginx.conf", $self->expand($conf, 'configtest'));
    my $result = $self->run(
        [ $ENV{TEST_NGINX} // 'nginx', '-t', '-p', "$dir/", '-c', "$dir/nginx.conf", '-e', 'stderr' ]);
    return ($result->{exit}, $result->{err});
}

sub nginx ($self, $name = 'nginx') {
    return $self->_part(nginx => $name) // croak "no nginx \"$name\" was started";
}

# start_worker(name => 'worker', config => {max_inflight => 8}, redis => 'redis', wait => 1): allow_private
# and the folders are set.
sub start_worker ($self, %arg) {
    my $name = $arg{name} // 'worker';
    my $server = $self->redis_server($arg{redis} // 'redis');
    my %config = (
        redis => $server->url, allow_private => JSON::PP::true, secrets_dir => $self->_folder('secrets'),
        state_dir => $self->_folder("$name-state"), %{ $arg{config} // {} }
    );
    delete @config{ grep { !defined $config{$_} } keys %config };
    my $worker = $self->_part(worker => $name);
    if ($worker) {
        $worker->configure(\%config);
    } else {
        $worker = Test::Webhook::Worker->new(name => $name, dir => $self->{dir}, build => $self->{build},
            config => \%config, redis => $server);
        $self->_add(worker => $name, $worker);
    }
    return $worker->start(wait => $arg{wait});
}

sub worker ($self, $name = 'worker') {
    return $self->_part(worker => $name) // croak "no worker \"$name\" was started";
}

# start_receiver(name => 'receiver', script => { '/path' => [500, 200] })
sub start_receiver ($self, %arg) {
    my $name = $arg{name} // 'receiver';
    my $receiver = Test::Webhook::Receiver->new(port => $self->port($name), log => "$self->{dir}/$name.log",
        owner => $$);
    $receiver->script(%{ $arg{script} // {} });
    $self->_add(receiver => $name, $receiver);
    return $receiver->start;
}

sub receiver ($self, $name = 'receiver') {
    return $self->_part(receiver => $name) // croak "no receiver \"$name\" was started";
}

# Any other program of the test, ended with it: start_process('name', [cmd, ...], env => {}).
sub start_process ($self, $name, $cmd, %arg) {
    my $process = Test::Webhook::Process->new(name => $name, cmd => $cmd, dir => $self->{dir},
        out => "$self->{dir}/$name.out", %arg);
    $self->_add(process => $name, $process);
    return $process->start;
}

# Senders under way: see Test::Webhook::Load. start_load(request => sub ($n) { $t->build(...) }, senders => 8,
# max => 1000)
sub start_load ($self, %arg) {
    return Test::Webhook::Load->new(port => $self->port('nginx'),
        log => "$self->{dir}/load-" . ++$self->{loads} . '.log', %arg);
}

# --- requests -----------------------------------------------------------------------------------------------

sub build ($self, %arg) { return Test::Webhook::HTTP::build(%arg) }
sub connect ($self, $port = $self->port('nginx')) { return Test::Webhook::HTTP->new($port) }

# One request on a connection of its own: request(method =>, path =>, headers => [], body =>, chunked => [],
# version =>, port =>).
sub request ($self, %arg) {
    my $connection = $self->connect($arg{port} // $self->port('nginx'));
    $connection->send(Test::Webhook::HTTP::build(close => 1, %arg));
    my $response = $connection->response(method => $arg{method} // 'GET')
        // { status => 0, error => 'closed', body => '', headers => {} };
    $connection->close;
    my $json =
        ($response->{headers}{'content-type'} // '') =~ /json/ && eval { from_json($response->{body}) };
    $response->{json} = $json if $json;
    $response->{verdict} = $json->{verdict} if ref $json eq 'HASH';
    # Some schemes are acknowledged in words of their own: then headers tell, where the test's configuration
    # adds them.
    if (!defined $response->{verdict} && defined(my $verdict = $response->{headers}{'x-verdict'})) {
        $response->{verdict} = $verdict;
        $response->{json} //= { verdict => $verdict, id => $response->{headers}{'x-event-id'} };
    }
    return $response;
}

sub get ($self, $path, @headers) {
    return $self->request(method => 'GET', path => $path, headers => \@headers);
}

# post('/stripe', $body, sign_stripe($secret, $body), 'Content-Type' => 'application/json')
sub post ($self, $path, $body, @headers) {
    return $self->request(method => 'POST', path => $path, body => $body, headers => \@headers);
}

# Asks until each worker of that nginx has given this verdict (or status), and none of them another since. The
# answers tell which worker gave them by a header X-Worker ($pid).
sub wait_verdict ($self, $what, $nginx, $wanted, $ask) {
    my %said;
    return wait_for($what, sub {
        my $answer = $ask->();
        $said{ $answer->{headers}{'x-worker'} // '' } = 1;
        %said = () if ($answer->{verdict} // $answer->{status}) ne $wanted;
        return !grep { !$said{$_} } $nginx->workers;
    });
}

# Requests (texts from build()) on connections of their own, all sent before the first answer is read.
sub parallel ($self, @texts) { return Test::Webhook::HTTP::parallel($self->port('nginx'), @texts) }

# Those of the connections that have an answer, as soon as so many have.
sub answered ($self, $count, @connections) { return Test::Webhook::HTTP::answered($count, @connections) }

# --- commands -----------------------------------------------------------------------------------------------

# run([cmd...], stdin => $text, env => {}, cwd =>): {exit, out, err}; exit 128 + N for signal N.
sub run ($self, $cmd, %arg) {
    my $in = $self->write('.stdin', $arg{stdin} // '');
    my ($out, $err) = map { "$self->{dir}/.$_" } qw(stdout stderr);
    my $pid = fork() // croak "fork: $!";
    if ($pid == 0) {
        Test::Webhook::Process::die_with_parent();
        chdir($arg{cwd} // $self->{dir});
        $ENV{$_} = $arg{env}{$_} for keys %{ $arg{env} // {} };
        open STDIN, '<', $in;
        open STDOUT, '>', $out;
        open STDERR, '>', $err;
        { no warnings; exec { $cmd->[0] } @$cmd; }
        syswrite STDERR, "cannot run $cmd->[0]: $!\n";
        POSIX::_exit(127);
    }
    local $SIG{ALRM} = sub { kill 'KILL', $pid };
    alarm(($arg{timeout} // 300) * slowness());
    waitpid $pid, 0;
    my $status = $?;
    alarm 0;
    return { exit => $status & 127 ? 128 + ($status & 127) : $status >> 8, out => slurp($out),
        err => slurp($err) };
}

# ctl('ledger', '--json') or ctl({stdin => $text, redis => 'redis'}, 'apply', '-'): {exit, out, err}
sub ctl ($self, @words) {
    my $arg = ref $words[0] ? shift @words : {};
    my %env = %{ $arg->{env} // {} };
    my $name = $arg->{redis} // 'redis';
    $env{WEBHOOK_REDIS} //= $self->redis_server($name)->url if $self->_part(redis => $name);
    my $result = $self->run([ "$self->{build}/webhookctl", @words ], stdin => $arg->{stdin}, env => \%env);
    push @{ $self->{trouble} }, "webhookctl @words: exit $result->{exit}\n$result->{err}"
        if $result->{exit} >= 128 || $result->{err} =~ /Sanitizer|runtime error:|terminate called/;
    return $result;
}

# apply({id => 'crm', url => ...}, ...): makes Redis hold exactly these endpoints; dies when that fails.
sub apply ($self, @endpoints) {
    my $result =
        $self->ctl({ stdin => to_json(\@endpoints) }, 'apply', '-', @endpoints ? () : '--allow-empty');
    croak "webhookctl apply: exit $result->{exit}\n$result->{out}$result->{err}" if $result->{exit};
    return $result;
}

sub ledger ($self) {
    my $result = $self->ctl('ledger', '--json');
    return
        eval { from_json($result->{out}) }
        // croak "webhookctl ledger: exit $result->{exit}\n$result->{out}$result->{err}";
}

# Waits until everything accepted is settled: nothing unrouted, nothing waiting, the ledger balanced. Returns
# the ledger.
sub wait_settled ($self, $timeout = 60) {
    my $ledger;
    wait_for('everything to be settled', sub {
        $ledger = eval { $self->ledger } or return 0;
        return $ledger->{balanced} && !$ledger->{total}{unrouted} && !$ledger->{total}{waiting};
    }, $timeout);
    return $ledger;
}

# Entries of all partitions of a stream, oldest first within each.
sub events ($self, $stream, $redis = 'redis') {
    my $client = $self->redis($redis);
    my @keys = sort @{ $client->keys("webhook:{$stream:*}:events") };
    return map { $client->entries($_) } @keys;
}

# --- the end ------------------------------------------------------------------------------------------------

# Lines of nginx' log that are alerts and are meant to be there.
sub allow_log ($self, @patterns) { push @{ $self->{allow} }, @patterns }

sub _stop_all ($self) {
    for my $part (reverse @{ $self->{parts} }) {
        my $object = $part->{object};
        if    ($part->{kind} eq 'redis') { next }
        else                             { $object->stop }
    }
    $_->{object}->stop for grep { $_->{kind} eq 'redis' } @{ $self->{parts} };
}

# Processes that still stand in the test's folder: nothing of ours may outlive it.
sub _leftovers ($self) {
    my @left;
    for my $link (glob '/proc/[0-9]*/cwd') {
        my ($pid) = $link =~ /(\d+)/;
        my $cwd = readlink $link or next;
        push @left, $pid if $pid != $$ && ($cwd eq $self->{dir} || index($cwd, "$self->{dir}/") == 0);
    }
    return @left;
}

sub _problems ($self) {
    my @problems = @{ $self->{trouble} // [] };
    for my $part (@{ $self->{parts} }) {
        my $object = $part->{object};
        my $process = $part->{kind} eq 'process' ? $object : $object->{process};
        push @problems, $process->verdict // () if $process;
        push @problems, $part->{kind} eq 'nginx' ? $object->problems(@{ $self->{allow} }) : $object->problems
            if $object->can('problems');
    }
    push @problems, map { "$_:\n" . slurp($_) } glob "'$self->{dir}'/asan.* '$self->{dir}'/ubsan.*";
    for my $pid ($self->_leftovers) {
        push @problems, "left behind: process $pid " . slurp("/proc/$pid/cmdline") =~ tr/\0/ /r;
        kill 'KILL', $pid;
    }
    return @problems;
}

# Stops everything; one assertion that all ended well. Called by done_testing.
sub finish ($self) {
    return if $self->{finished}++;
    for my $part (grep { $_->{kind} ne 'receiver' } @{ $self->{parts} }) {
        my $process = $part->{kind} eq 'process' ? $part->{object} : $part->{object}{process};
        $process->alive if $process;   # notes what died before it was told to
    }
    $self->_stop_all;
    my @problems = $self->_problems;
    Test::More::ok(!@problems, 'everything ended well') or Test::More::diag(join "\n", @problems);
}

sub done_testing (@number) {
    $_->finish for @open;
    Test::More::done_testing(@number);
}

sub _tail ($text, $lines) {
    my @all = split /\n/, $text;
    splice @all, 0, @all - $lines if @all > $lines;
    return join "\n", @all;
}

sub _show_logs ($self) {
    for my $part (@{ $self->{parts} }) {
        my $object = $part->{object};
        next if !$object->can('log') && !$object->can('output');
        my $text = $object->can('log') ? $object->log : $object->output;
        Test::More::diag("--- end of the log of $part->{name}\n" . _tail($text, 30)) if $text =~ /\S/;
    }
}

END {
    my $status = $?;
    my $passed = $status == 0 && Test::More->builder->is_passing;
    for my $self (grep { $_->{owner} == $$ } @open) {
        if (!$self->{finished}) {
            Test::More::diag('the test ended before done_testing') ;
            $passed = 0;
            eval { $self->_stop_all };
            kill 'KILL', $self->_leftovers;
        }
        $self->_show_logs if !$passed;
        if ($passed && !$ENV{TEST_LEAVE}) { remove_tree($self->{dir}) }
        else                              { Test::More::diag("kept: $self->{dir}") }
    }
    $? = $status;
}

1;
