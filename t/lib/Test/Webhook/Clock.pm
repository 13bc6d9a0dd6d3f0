package Test::Webhook::Clock;

# A wall clock of the test's own for programs that it starts: it stands still where it was set (clock.c, built
# with cc).

use v5.36;
use Carp qw(croak);
use File::Basename qw(dirname);

sub new ($class, $test, $seconds) {
    my $built = $test->run(
        [
            split(' ', $ENV{CC} // 'cc'), '-O1', '-shared', '-fPIC', '-o', $test->file('clock.so'),
            dirname(__FILE__) . '/../../clock.c'
        ]
    );
    croak "clock.c: $built->{err}" if $built->{exit};
    my $path = $test->write('clock', pack 'q', $seconds);
    open my $file, '+<:raw', $path or croak "$path: $!";
    return bless { path => $path, file => $file }, $class;
}

sub set ($self, $seconds) {
    seek $self->{file}, 0, 0;
    syswrite $self->{file}, pack 'q', $seconds;
    return;
}

# Runs the code, which starts a program in a folder of its own in the test's: from there, as LD_PRELOAD takes
# no name with a space.
sub preload ($self, $code) {
    local @ENV{qw(LD_PRELOAD TEST_CLOCK)} = ('../clock.so', $self->{path});
    return $code->();
}

1;
