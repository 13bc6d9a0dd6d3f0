package Test::Webhook::Ending;

# Stops everything a test has started and reports what went wrong. A base of Test::Webhook.

use v5.36;
use Exporter 'import';
use File::Path qw(remove_tree);
use Test::More ();
use Test::Webhook::Wait;

our @EXPORT_OK = qw(done_testing);

my @open;

# Remembers a test that done_testing and the end of the program must stop.
sub _opened ($self) { push @open, $self }

# Declares alerts in nginx' log that the test expects.
sub allow_log ($self, @patterns) { push @{ $self->{allow} }, @patterns }

sub _stop_all ($self) {
    for my $part (reverse @{ $self->{parts} }) {
        my $object = $part->{object};
        $object->stop if $part->{kind} ne 'redis';
    }
    $_->{object}->stop for grep { $_->{kind} eq 'redis' } @{ $self->{parts} };
}

# Returns the processes whose working directory is in the test's folder: none may outlive the test.
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

# Stops everything and asserts that all ended well. Called by done_testing.
sub finish ($self) {
    return if $self->{finished}++;
    for my $part (grep { $_->{kind} ne 'receiver' } @{ $self->{parts} }) {
        my $process = $part->{kind} eq 'process' ? $part->{object} : $part->{object}{process};
        $process->alive if $process;   # notes what ended before it was stopped
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
