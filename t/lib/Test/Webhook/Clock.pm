package Test::Webhook::Clock;

# A settable wall clock for programs that the test starts (clock.c, built with cc). It does not move by
# itself.

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

# Runs code that starts programs under this clock. The path is relative, because LD_PRELOAD takes no spaces;
# programs start in a subfolder of the test's folder.
sub preload ($self, $code) {
    local @ENV{qw(LD_PRELOAD TEST_CLOCK)} = ('../clock.so', $self->{path});
    return $code->();
}

1;
