#!/usr/bin/perl

# The alert rules of docs/alerts.yml, by promtool: they are well-formed, use metrics that nginx exposes, fire
# when they should and are silent when they should, over two nginx hosts of different size.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
if (!grep { -x "$_/promtool" } split /:/, $ENV{PATH}) {
    diag 'SKIPPED: promtool is missing (Debian: prometheus): the alert rules are not tested';
    plan skip_all => 'promtool is missing';
}
my $rules = $t->root . '/docs/alerts.yml';
my sub promtool (@words) { return $t->run([ 'promtool', @words ]) }
my $checked = promtool('check', 'rules', $rules);
is $checked->{exit}, 0, 'promtool check rules' or diag $checked->{out} . $checked->{err};

# --- each metric is one that the status page shows
my $shown = slurp($t->root . '/src/module/stats/exposition.cpp');
my %metrics = map { $_ => 1 } slurp($rules) =~ /\b(webhook_[a-z_]+)/g;
for my $metric (sort keys %metrics) {
    my $name = $metric =~ s/_(?:bucket|sum|count)$//r;
    like $shown, qr/\Q$name\E/, "$metric is exposed";
}
like slurp($t->root . '/docs/operations.md'), qr/alerts\.yml/, 'docs/operations.md names the file';

# --- rule tests. Two hosts: "a" with 4 nginx workers and two servers, "b" with 2 workers and one server.
my %labels = (a => 'job="nginx", instance="a:80"', b => 'job="nginx", instance="b:80"');
my sub series (%change) {
    my %values = (
        qq(webhook_workers{$labels{a}}) => '4x60',
        qq(webhook_workers{$labels{b}}) => '2x60',
        qq(webhook_redis_ready_workers{$labels{a}, server="r1"}) => '4x60',
        qq(webhook_redis_ready_workers{$labels{a}, server="r2"}) => '4x60',
        qq(webhook_redis_ready_workers{$labels{b}, server="r1"}) => '2x60',
        (
            map { (
                qq(webhook_backlog_events{$labels{$_}, stream="s", server="r1"}) => '10x60',
                qq(webhook_backlog_events_limit{$labels{$_}, stream="s", server="r1"}) => '100x60',
                qq(webhook_backlog_bytes{$labels{$_}, stream="s", server="r1"}) => '10x60',
                qq(webhook_backlog_bytes_limit{$labels{$_}, stream="s", server="r1"}) => '1000x60'
            ) } qw(a b)
        ),
        (
            map {
                my $host = $_;
                map { (
                    qq(webhook_requests_total{$labels{$host}, source="stripe", verdict="$_"}) =>
                        ($_ eq 'accepted' ? '0+600x60' : '0x60')
                ) } qw(accepted busy unavailable forged unsigned)
            } qw(a b)
        ),
        (
            map { (
                qq(webhook_decision_seconds_bucket{$labels{$_}, source="stripe", le="0.01"}) => '0+600x60',
                qq(webhook_decision_seconds_bucket{$labels{$_}, source="stripe", le="2"}) => '0+600x60',
                qq(webhook_decision_seconds_bucket{$labels{$_}, source="stripe", le="+Inf"}) => '0+600x60'
            ) } qw(a b)
        ),
        %change
    );
    return [ map { { series => $_, values => $values{$_} =~ s/^(\d+)x/$1+0x/r } } sort keys %values ];
}
my @names = slurp($rules) =~ /- alert: (\w+)/g;
is scalar(@names), 5, 'five alerts';

# name, what differs from hosts that are well, which alert fires, with which labels and words.
my @cases = (
    [ 'all is well', {}, undef ],
    [
        'one worker of the small host has lost Redis',
        { qq(webhook_redis_ready_workers{$labels{b}, server="r1"}) => '1x60' }, 'WebhookRedisAway',
        { job => 'nginx', instance => 'b:80', server => 'r1', severity => 'critical' },
        'b:80: only 1 nginx workers can use Redis r1'
    ],
    [
        'the large host has lost one of two servers',
        { qq(webhook_redis_ready_workers{$labels{a}, server="r2"}) => '0x60' }, 'WebhookRedisAway',
        { job => 'nginx', instance => 'a:80', server => 'r2', severity => 'critical' },
        'a:80: only 0 nginx workers can use Redis r2'
    ],
    [
        'a short trouble',
        { qq(webhook_redis_ready_workers{$labels{b}, server="r1"}) => '2x28 1x0 2x30' }, undef
    ],
    [
        'one host is busy',
        { qq(webhook_requests_total{$labels{b}, source="stripe", verdict="busy"}) => '0+6x60' },
        'WebhookRefusedForNow',
        { source => 'stripe', severity => 'critical' }, 'events of stripe are answered 503'
    ],
    [
        'backlog by number, as both hosts see it',
        { map { (qq(webhook_backlog_events{$labels{$_}, stream="s", server="r1"}) => '60x60') } qw(a b) },
        'WebhookBacklog',
        { stream => 's', server => 'r1', severity => 'warning' },
        'stream s: 60% of its backlog limit are used'
    ],
    [
        'backlog by bytes, as one of them sees it',
        { qq(webhook_backlog_bytes{$labels{a}, stream="s", server="r1"}) => '600x60' }, 'WebhookBacklog',
        { stream => 's', server => 'r1', severity => 'warning' },
        'stream s: 60% of its backlog limit are used'
    ],
    [
        'forgeries',
        {
            map { (qq(webhook_requests_total{$labels{$_}, source="stripe", verdict="forged"}) => '0+6x60') }
                qw(a b)
        },
        'WebhookForged',
        { source => 'stripe', severity => 'warning' },
        'requests to stripe are not genuine'
    ],
    [
        'few forgeries',
        { qq(webhook_requests_total{$labels{a}, source="stripe", verdict="forged"}) => '0+3x60' }, undef
    ],
    [
        'slow answers',
        {
            map { (
                qq(webhook_decision_seconds_bucket{$labels{$_}, source="stripe", le="0.01"}) => '0+500x60'
            ) } qw(a b)
        },
        'WebhookSlow',
        { severity => 'warning' },
        'one answer in a hundred takes longer than 1.881s'
    ],
);
for my $case (@cases) {
    my ($name, $change, $alert, $labels, $summary) = @$case;
    my @wanted = map { {
        eval_time => '29m', alertname => $_,
        exp_alerts => ($alert // '') eq $_
            ? [ { exp_labels => $labels, exp_annotations => { summary => $summary } } ] : [],
    } } @names;
    my $file = $t->write('rules-test.yml', to_json({ rule_files => [$rules], evaluation_interval => '1m',
        tests => [ { interval => '1m', input_series => series(%$change), alert_rule_test => \@wanted } ] }));
    my $result = promtool('test', 'rules', $file);
    is $result->{exit}, 0, $name or diag $result->{out} . $result->{err};
}

done_testing;
