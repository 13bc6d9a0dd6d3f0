package Test::Webhook::Process;

# One child process: started in the test's folder, output in a file, ended by its pid; an exit and a crash are
# told apart.

use v5.36;
use POSIX qw(WNOHANG _exit);
use Time::HiRes qw(sleep time);
use Test::Webhook::Wait;

# Ends this process with the test, even if that is killed: prctl(PR_SET_PDEATHSIG, SIGTERM), whose number
# depends on the machine.
sub die_with_parent () {
    my %number = (x86_64 => 157, aarch64 => 167);
    my $machine = (POSIX::uname())[4];
    syscall($number{$machine}, 1, 15, 0, 0, 0) if $number{$machine};
}

# name, cmd (list), dir; out: file for stdout and stderr; env: hash of additions.
sub new ($class, %arg) {
    return bless { %arg, expected => {} }, $class;
}

sub start ($self) {
    my $pid = fork() // die "fork: $!";
    if ($pid == 0) {
        die_with_parent();
        $SIG{$_} = 'DEFAULT' for qw(INT TERM PIPE CHLD HUP);
        chdir $self->{dir} or _exit(126);
        open STDIN, '<', '/dev/null';
        open STDOUT, '>>', $self->{out};
        open STDERR, '>&', \*STDOUT;
        $ENV{$_} = $self->{env}{$_} for keys %{ $self->{env} // {} };
        { no warnings; exec { $self->{cmd}[0] } @{ $self->{cmd} }; }
        syswrite STDERR, "cannot run $self->{cmd}[0]: $!\n";
        _exit(127);
    }
    $self->{pid} = $pid;
    delete $self->{status};
    return $self;
}

sub pid ($self) { return $self->{pid} }

# Returns true while it runs; keeps the exit status when it has ended.
sub alive ($self) {
    return 0 if !$self->{pid} || defined $self->{status};
    my $got = waitpid $self->{pid}, WNOHANG;
    return 1 if $got == 0;
    $self->{status} = $got == $self->{pid} ? $? : 0;
    return 0;
}

sub signal ($self, $signal) {
    return $self->alive ? kill($signal, $self->{pid}) : 0;
}

# Waits for its end; returns false if the deadline passes first.
sub wait_exit ($self, $timeout = 10) {
    my $end = time + $timeout * slowness();
    while ($self->alive) {
        return 0 if time > $end;
        sleep 0.01;
    }
    return 1;
}

# Ends it with the signal; after the deadline with KILL, which fails the test.
sub stop ($self, $signal = 'TERM', $timeout = 40) {
    return if !$self->alive;
    $self->signal($signal);
    return if $self->wait_exit($timeout);
    $self->{problem} = "$self->{name} (pid $self->{pid}) did not end within ${timeout} s after SIG$signal";
    $self->signal('KILL');
    $self->wait_exit(30);
}

# Kills it on purpose (kill -9): not reported as a crash.
sub kill9 ($self) {
    $self->{on_purpose} = 1;
    $self->signal('KILL');
    $self->wait_exit(30);
}

# Returns what is wrong with how it ended, or nothing.
sub verdict ($self) {
    return $self->{problem} if $self->{problem};
    return if $self->{on_purpose} || !defined $self->{status} || $self->{status} == 0;
    my ($signal, $code) = ($self->{status} & 127, $self->{status} >> 8);
    return if !$signal && $self->{expected}{$code};
    return "$self->{name} (pid $self->{pid}) " . ($signal ? "died of signal $signal" : "exited with $code");
}

sub started_again ($self) { delete @{$self}{qw(on_purpose problem status)} }

sub output ($self) { return Test::Webhook::Wait::slurp($self->{out}) }

1;
