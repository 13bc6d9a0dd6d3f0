#!/usr/bin/perl

# make run and make demo: everything comes up, the demonstration is as it should be, and everything goes away
# again, also when a part dies.

use v5.36;
use File::Spec::Functions qw(abs2rel);
use FindBin;
use POSIX qw(mkfifo);
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $make = $t->root . '/src/make';
my $build = $t->file('a build');
mkdir $build;
symlink $t->build_dir . "/$_", "$build/$_" for qw(ngx_http_webhook_module.so webhook-worker webhookctl);
my %env = (BUILD => $build, PORT => $t->port);

# Processes that make run has started stand in this test's folder.
sub running () {
    return scalar grep { (readlink($_) // '') eq $t->dir } grep { !m{/$$/} } glob '/proc/[0-9]*/cwd';
}

# --- demo by itself
my $demo = $t->run([ "$make/demo.sh" ], env => \%env);
is $demo->{exit}, 0, 'demo: exit' or diag $demo->{out}, $demo->{err}, slurp("$build/run/demo.log");
like $demo->{out}, qr/all as it should be/, 'demo: says so';
like $demo->{out},
    qr/^Stripe: invoice.paid +200 accepted .* books: 200, (?:under )?\d+ ms +crm: 200, (?:under )?\d+ ms$/m,
    'demo: a line of its table';
ok wait_for('the end of all parts', sub { !running() }), 'demo: stopped what it started';

# --- run, demo beside it, stop
my $secret = slurp("$build/run/secrets/stripe");
my $run = $t->start_process('run', [ "$make/run.sh" ], env => \%env);
wait_for('make run', sub { -e "$build/run/env" || !$run->alive }, 60);
wait_for('its announcement', sub { $run->output =~ /Ctrl-C stops all of it/ });
like $run->output, qr{http://127.0.0.1:\d+/}, 'run: says where it is';
is slurp("$build/run/secrets/stripe"), $secret, 'run: keeps its secrets';
is +(stat "$build/run/secrets/stripe")[2] & 0777, 0600, 'run: which only their owner may read';
is $t->run(["$make/demo.sh"], env => \%env)->{exit}, 0, 'demo: beside it';
ok wait_for('the deliveries',
    sub { $run->output =~ m{POST /crm/stripe .*type=invoice.paid .*signature=accepted} }),
    'run: prints deliveries';
my $second = $t->run(["$make/run.sh"], env => \%env);
is $second->{exit}, 1, 'run: a second one is refused';
like $second->{err}, qr/runs already/, 'run: and told why';
$run->stop('INT');
ok !$run->verdict, 'run: ends well' or diag $run->verdict;
ok wait_for('the end of all parts', sub { !running() }), 'run: stopped everything';

# --- a part dies
$run->start;
wait_for('make run', sub { -e "$build/run/env" || !$run->alive }, 60);
kill 'KILL', slurp("$build/run/nginx/nginx.pid");
wait_for('the end of make run', sub { !$run->alive });
like $run->output, qr/nginx ended; the end of .*nginx\.log:/, 'run: says which part ended';
ok wait_for('the end of all parts', sub { !running() }), 'run: stopped the others';
like $run->verdict, qr/exited with 1/, 'run: exit 1';
$run->started_again;

# --- make run at a terminal: Ctrl-C is an end as it should be, and the terminal is make's again
mkdir $t->file('made');
symlink $t->build_dir . "/$_", $t->file("made/$_")
    for qw(ngx_http_webhook_module.so webhook-worker webhookctl);
sub parts () {
    return grep { /\Qmade\/run\E/ } map { slurp($_) } grep { -r } glob '/proc/[0-9]*/cmdline';
}
my @make = ('make', '--no-print-directory', '-C', $t->root, '-o', 'deps', 'MAKE=true',
    'BUILD=' . abs2rel($t->file('made'), $t->root), "PORT=$env{PORT}", 'run');
mkfifo($t->file('keys'), 0600);
my $commands = join(' ', map { "'$_'" } @make) . '; echo "make: $?"; exec sleep 1000';
my $terminal = $t->start_process('terminal',
    [ 'bash', '-c', 'exec script -qefc "$1" /dev/null < "$2"', '-', $commands, $t->file('keys') ]);
open my $keys, '>', $t->file('keys');
wait_for('make run', sub { $terminal->output =~ /Ctrl-C stops all of it/ || !$terminal->alive }, 60);
syswrite $keys, "\cZ";
syswrite $keys, "\cC";
wait_for('the end of make run', sub { $terminal->output =~ /^make: \d/m || !$terminal->alive });
like $terminal->output, qr/stopping\s+make: 0\s*$/, 'make run: Ctrl-C ends it with 0';
unlike $terminal->output, qr/\*\*\*|Interrupt|Error/, 'and make does not complain';
ok wait_for('the end of all parts', sub { !parts() }), 'make run: stopped everything';
syswrite $keys, "\cC";
wait_for('the end of the terminal', sub { !$terminal->alive });
like $terminal->verdict, qr/exited with 130/, 'the next Ctrl-C is for what runs then';
$terminal->started_again;

# --- make itself is ended
my $made = $t->start_process('made', \@make);
wait_for('make run', sub { $made->output =~ /Ctrl-C stops all of it/ || !$made->alive }, 60);
cmp_ok scalar(parts()), '>=', 4, 'its parts run';
kill 'TERM', $made->pid;
wait_for('the end of make', sub { !$made->alive });
ok wait_for('the end of all parts', sub { !parts() }), 'make run: its parts end with make';
$made->started_again;

done_testing;
