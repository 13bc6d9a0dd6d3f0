#!/usr/bin/perl

# Debian 13: the module built there by its own compiler and headers (g++ 14, hiredis 1.2, nginx 1.26) and
# loaded by its nginx, with its Redis 8 and its Valkey. `make test` prepares it beside the other tests; what
# is not yet prepared is prepared here, which takes minutes.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $script = $t->root . '/src/make/trixie.sh';
my %env = (BUILD => $t->build_dir);
my $missing = $t->build_dir . '/trixie/missing';

my $prepared = $t->run([ $script, 'prepare' ], env => \%env, timeout => 1800);
if (-e $missing) {
    diag 'NOT TRIED: Debian 13: ' . slurp($missing);
    plan skip_all => slurp($missing) =~ s/\s+\z//r;
}
is $prepared->{exit}, 0, 'the module is built on Debian 13' or diag $prepared->{err};

for my $server ($prepared->{exit} ? () : qw(redis-server valkey-server)) {
    my $version = $t->run([ $script, 'run', $server, '--version' ], env => \%env)->{out};
    like $version, qr/v=(?:[89]|\d\d)\./, "$server: " . ($version =~ /(v=\S+)/)[0];
    my @tests = map { "t/$_.t" } qw(smoke module_redis promise_2_kill);
    my $result = $t->run(
        [
            $script, 'run', 'sh', '-c',
            "cd /srv/source && TEST_BUILD=/opt/build TEST_REDIS_SERVER=$server prove -j 3 @tests"
        ],
        env => \%env,
        timeout => 900
    );
    is $result->{exit}, 0, "with $server: @tests" or diag $result->{out}, $result->{err};
}

done_testing;
