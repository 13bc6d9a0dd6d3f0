package Test::Webhook::Wait;

# Waiting on a state, never on the clock alone.

use v5.36;
use Carp qw(croak);
use Exporter 'import';
use Time::HiRes qw(sleep time);

our @EXPORT = qw(wait_for slowness slurp spew);

# How much slower than usual things may be: valgrind and sanitizers.
sub slowness () {
    return $ENV{TEST_VALGRIND} ? 8 : $ENV{TEST_SANITIZE} ? 3 : 1;
}

# wait_for('two requests', sub { $receiver->count >= 2 }, 5): the first true value, or dies with what it
# waited for. The condition has the last word also when the machine stood still until the time was over.
sub wait_for ($what, $condition, $timeout = 30) {
    my $end = time + $timeout * slowness();
    while (1) {
        my $late = time > $end;
        my $value = $condition->();
        return $value if $value;
        croak "waited $timeout s in vain for $what" if $late;
        sleep 0.02;
    }
}

sub slurp ($path) {
    open my $in, '<:raw', $path or return '';
    local $/;
    return scalar(<$in>) // '';
}

sub spew ($path, $text) {
    open my $out, '>:raw', $path or croak "$path: $!";
    print $out $text;
    close $out or croak "$path: $!";
    return $path;
}

1;
