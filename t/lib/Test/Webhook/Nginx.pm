package Test::Webhook::Nginx;

# One nginx: start, reload, quit, kill a worker, read its log.

use v5.36;
use Carp qw(croak);
use IO::Socket::INET;
use Test::Webhook::Process;
use Test::Webhook::Wait;

# name, dir (its prefix), conf (file), log (error log), ports (list to be open when it is up)
sub new ($class, %arg) {
    return bless { %arg, killed => {} }, $class;
}

sub command ($self, @more) {
    my @nginx =
        ($ENV{TEST_NGINX} // 'nginx', '-p', "$self->{dir}/", '-c', $self->{conf}, '-e', $self->{log}, @more);
    return @nginx if !$ENV{TEST_VALGRIND} || @more;
    return (
        'valgrind', '-q', '--leak-check=full', '--errors-for-leak-kinds=definite',
        '--show-leak-kinds=definite',
        '--num-callers=30', "--suppressions=$self->{root}/t/lib/nginx.supp",
        "--log-file=$self->{dir}/valgrind.%p", @nginx
    );
}

sub start ($self) {
    unlink "$self->{dir}/nginx.pid";
    $self->{process} //= Test::Webhook::Process->new(name => $self->{name}, dir => $self->{dir},
        out => "$self->{dir}/nginx.out");
    $self->{process}->started_again;
    $self->{process}{cmd} = [ $self->command ];
    $self->{process}->start;
    wait_for(
        "$self->{name} to start",
        sub {
            croak "$self->{name} did not start:\n" . $self->{process}->output . $self->log
                if !$self->{process}->alive;
            return -s "$self->{dir}/nginx.pid" && !grep { !_open($_) } @{ $self->{ports} };
        },
        20
    );
    return $self;
}

sub _open ($port) { return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 1) }

sub pid ($self) { return $self->{process}->pid }

# Returns the pids of the running workers (children of the master that are not shutting down).
sub workers ($self) {
    my @children = split ' ', slurp("/proc/" . $self->pid . "/task/" . $self->pid . '/children');
    return grep { slurp("/proc/$_/cmdline") !~ /shutting down/ } @children;
}

# Reloads (SIGHUP); returns when new workers run, with gone => 1 when the old ones have ended as well.
sub reload ($self, %arg) {
    my %old = map { $_ => 1 } $self->workers;
    $self->{process}->signal('HUP');
    wait_for('new nginx workers', sub { scalar grep { !$old{$_} } $self->workers }, 20);
    $self->wait_gone(keys %old) if $arg{gone};
}

sub wait_gone ($self, @pids) {
    wait_for('the end of nginx workers ' . join(' ', @pids), sub { !grep { -d "/proc/$_" } @pids }, 30);
}

# Sends SIGQUIT to the master; returns when all requests are done and it has ended.
sub quit ($self) { $self->{process}->stop('QUIT', 30) }

sub stop ($self) { $self->{process}->stop('TERM') if $self->{process} }

# Kills one worker (kill -9) and returns its pid; nginx starts another.
sub kill_worker ($self, $pid = undef) {
    my @before = $self->workers;
    $pid //= $before[0];
    $self->{killed}{$pid} = 1;
    kill 'KILL', $pid;
    wait_for(
        'a new nginx worker',
        sub {
            my @now = $self->workers;
            @now >= @before && !grep { $_ == $pid } @now;
        },
        20
    );
    return $pid;
}

# Kills master and workers (kill -9).
sub kill_all ($self) {
    my @workers = split ' ', slurp("/proc/" . $self->pid . "/task/" . $self->pid . '/children');
    $self->{process}->kill9;
    kill 'KILL', @workers;
    $self->wait_gone(@workers);
}

sub log ($self) { return slurp($self->{log}) }

# Returns the lines of the error log that match.
sub grep_log ($self, $pattern) { return grep { $_ =~ $pattern } split /\n/, $self->log }

# Waits for a line (count => 2: for two lines) and returns the last.
sub wait_log ($self, $pattern, %arg) {
    my $count = $arg{count} // 1;
    my @lines;
    wait_for("a line like $pattern in the log of $self->{name}",
        sub { (@lines = $self->grep_log($pattern)) >= $count }, $arg{timeout} // 30);
    return $lines[-1];
}

# Returns the alerts of its log and its valgrind reports. allow: patterns of lines that the test expects.
sub problems ($self, @allow) {
    my @problems;
    for my $line ($self->grep_log(qr/\[(?:alert|emerg|crit)\]|exited on signal|Sanitizer|runtime error/)) {
        next if $line =~ /process (\d+) exited on signal 9/ && $self->{killed}{$1};
        next if grep { $line =~ $_ } @allow;
        push @problems, "$self->{name}: $line";
    }
    for my $file (glob "'$self->{dir}/valgrind.*'") {
        my $report = slurp($file);
        push @problems, "valgrind:\n$report" if $report =~ /\S/;
    }
    return @problems;
}

1;
