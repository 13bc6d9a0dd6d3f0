package Test::Webhook::Parts;

# Starts the servers and programs of a test, each known by its name. A base of Test::Webhook.

use v5.36;
use Carp qw(croak);
use File::Path qw(make_path);
use JSON::PP ();
use Test::Webhook::Load;
use Test::Webhook::Nginx;
use Test::Webhook::Process;
use Test::Webhook::Receiver;
use Test::Webhook::RedisServer;
use Test::Webhook::Wait;
use Test::Webhook::Worker;

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

# Returns the shared RESP client of that server.
sub redis ($self, $name = 'redis') { return $self->redis_server($name)->client }

# start_nginx($conf, name => 'nginx', ready => 1): waits until the module is connected to Redis; ready => 0
# does not.
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
            log => "$dir/error.log", root => $self->root);
        $self->_add(nginx => $name, $nginx);
    }
    $nginx->{ports} = \@ports;
    $nginx->{uses_redis} = $text =~ /\bwebhook_(?:stream|dedup)\b/
        && scalar grep { $_->{kind} eq 'redis' && $_->{object}{process}->alive } @{ $self->{parts} };
    return $nginx;
}

# Writes a new nginx.conf and reloads the running nginx.
sub reload_nginx ($self, $conf, %arg) {
    my $nginx = $self->_nginx($conf, %arg);
    $nginx->reload(gone => 1);
    return $nginx;
}

# Waits until every nginx worker has logged that it is connected to Redis and has checked the server.
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

# Runs nginx -t; returns (exit code, output).
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

# start_worker(name => 'worker', config => {max_inflight => 8}, redis => 'redis', wait => 1): sets
# allow_private and the folders.
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

# Starts any other program, which ends with the test: start_process('name', [cmd, ...], env => {}).
sub start_process ($self, $name, $cmd, %arg) {
    my $process = Test::Webhook::Process->new(name => $name, cmd => $cmd, dir => $self->{dir},
        out => "$self->{dir}/$name.out", %arg);
    $self->_add(process => $name, $process);
    return $process->start;
}

# Starts senders (Test::Webhook::Load): start_load(request => sub ($n) { $t->build(...) }, senders => 8,
# max => 1000)
sub start_load ($self, %arg) {
    return Test::Webhook::Load->new(port => $self->port('nginx'),
        log => "$self->{dir}/load-" . ++$self->{loads} . '.log', %arg);
}

1;
