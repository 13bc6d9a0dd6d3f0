#!/usr/bin/perl

# webhook_zone and webhook_status: what all nginx workers count, over reloads and the death of a worker, as
# JSON and for Prometheus.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $conf = <<'EOT';
%%GLOBALS%%
worker_processes 3;
events { }
http {
    %%HTTP%%
    webhook_zone webhook 256k;
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        location /one { webhook stripe; webhook_stream hooks; }
        location /many { webhook stripe; webhook_stream hooks; webhook_source $arg_s; }
        location /gate { webhook stripe; webhook_source "a \"gate\\"; root %%DIR%%; }
        location /large { webhook stripe; webhook_stream hooks; webhook_source large; client_max_body_size 1k; }
        location = /status { webhook_status; }
        location = /status.json { webhook_status json; }
        location = /metrics { webhook_status prometheus; }
    }
}
EOT
my $nginx = $t->start_nginx($conf);

sub event ($id) { return qq({"id":"$id","type":"invoice.paid"}) }
my $number = 0;
sub signed ($path, $body = event('e' . $number++)) {
    return $t->post($path, $body, sign_stripe('s3cret', $body));
}
sub status () { return from_json($t->get('/status.json')->{body}) }
sub source ($name) { return (grep { $_->{source} eq $name } @{ status()->{sources} })[0] }

my $empty = status();
is_deeply $empty->{sources}, [], 'nothing yet';
is $empty->{workers}, 3, 'all workers';
cmp_ok abs($empty->{since} / 1000 - time), '<', 60, 'since';

is signed('/one')->{verdict}, 'accepted', 'an event' for 1 .. 60;
is signed('/one', event('e0'))->{verdict}, 'duplicate', 'a copy';
is $t->post('/one', event('f'), 'Stripe-Signature' => 't=1,v1=' . '0' x 64)->{verdict}, 'forged', 'a forgery'
    for 1 .. 3;
is $t->get('/one')->{verdict}, 'method', 'a method';
my $stripe = source('stripe');
is_deeply $stripe->{verdicts}, { accepted => 60, duplicate => 1, forged => 3, method => 1 },
    'what was judged, over all workers';
is $stripe->{decision_seconds}{count}, 64, 'all that was judged took time';
cmp_ok $stripe->{decision_seconds}{sum}, '>', 0, 'which is summed up';
is $stripe->{decision_seconds}{buckets}[-1]{count}, 64, 'the last bucket holds all';
my @counts = map { $_->{count} } @{ $stripe->{decision_seconds}{buckets} };
is_deeply [ sort { $a <=> $b } @counts ], \@counts, 'buckets add up';
my ($redis) = @{ status()->{redis} };
is $redis->{server}, $t->redis_server->url, 'the server';
is $redis->{seconds}{count}, 61, 'it was asked for what was genuine';
wait_for('all workers to be ready', sub { status()->{redis}[0]{ready} == 3 });

# --- too large, gate
signed('/large', '{"id":"' . 'x' x 3000 . '"}');
is source('large')->{verdicts}{too_large}, 1, 'what nginx refuses is counted too';
signed('/gate/none');
is source('a "gate\\')->{verdicts}{accepted}, 1, 'a gate, and a name with quotes';

# --- formats
my %wanted = (
    'application/json' => 'application/json', 'text/plain' => 'text/plain', '*/*' => 'application/json',
    'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1' =>
        'text/plain',
    'application/json, text/plain' => 'application/json', 'text/html,*/*' => 'application/json'
);
for my $accept (sort keys %wanted) {
    like $t->get('/status', Accept => $accept)->{headers}{'content-type'}, qr{^\Q$wanted{$accept}\E},
        "Accept: $accept";
}
is $t->request(method => 'HEAD', path => '/metrics')->{status}, 200, 'HEAD';
is $t->post('/metrics', 'x')->{status}, 405, 'no POST';
is $t->get('/status.json', Accept => 'text/plain')->{headers}{'content-type'}, 'application/json',
    'the configured format counts';
my $metrics = $t->get('/metrics');
is $metrics->{headers}{'cache-control'}, 'no-store', 'not to be cached';
unlike $metrics->{body} . $t->get('/status')->{body}, qr/s3cret/, 'no secrets';

# The grammar, and what histograms promise.
sub check_metrics ($text) {
    my (%type, %value, @bad);
    for my $line (split /\n/, $text) {
        if ($line =~ /^# (HELP|TYPE) ([a-z_]+) (.+)$/) {
            $type{$2} = $3 if $1 eq 'TYPE';
        } elsif ($line =~ /^([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? ([\d.]+)$/) {
            my ($name, $labels, $number) = ($1, $2 // '', $3);
            my $family = $type{$name} ? $name : $name =~ s/_(?:bucket|sum|count)$//r;
            push @bad, "no type: $line" if !$type{$family};
            push @bad, "twice: $line" if exists $value{"$name\{$labels}"};
            $value{"$name\{$labels}"} = $number;
        } else {
            push @bad, $line;
        }
    }
    for my $key (grep { /_count\{/ } keys %value) {
        my ($family, $labels) = $key =~ /^(\w+)_count\{(.*)\}$/;
        push @bad, "last bucket: $key" if $value{"${family}_bucket{$labels,le=\"+Inf\"}"} != $value{$key};
    }
    is_deeply \@bad, [], 'the text format of Prometheus';
    return \%value;
}
my $value = check_metrics($metrics->{body});
is $value->{'webhook_requests_total{source="stripe",verdict="accepted"}'}, 60, 'a counter';
is $value->{'webhook_requests_total{source="a \\"gate\\\\",verdict="accepted"}'}, 1, 'an escaped label';
is $value->{'webhook_workers{}'}, 3, 'a gauge';

SKIP: {
    skip 'promtool is not installed', 1 if !grep { -x "$_/promtool" } split /:/, $ENV{PATH};
    my $checked = $t->run([ 'promtool', 'check', 'metrics' ], stdin => $metrics->{body});
    is $checked->{exit}, 0, 'promtool check metrics' or diag $checked->{out}, $checked->{err};
}

# --- reload, death
$nginx->reload(gone => 1);
is_deeply source('stripe')->{verdicts}, $stripe->{verdicts}, 'a reload keeps the counts';
wait_for('three workers', sub { status()->{workers} == 3 });
signed('/one');
is source('stripe')->{verdicts}{accepted}, 61, 'and goes on counting';
$nginx->kill_worker;
wait_for(
    'three workers after a kill -9',
    sub {
        my $answer = eval { status() };
        $answer && $answer->{workers} == 3;
    }
);
wait_for('all to be ready', sub { status()->{redis}[0]{ready} == 3 });
is source('stripe')->{verdicts}{accepted}, 61, 'the death of a worker takes no counts along';
is status()->{in_flight}, 0, 'nor leaves anything in flight';
signed('/one');
is source('stripe')->{verdicts}{accepted}, 62, 'and the zone is usable';

# --- sources that come from outside
$t->post('/many?s=evil-' . $_, event('x'), 'Stripe-Signature' => 't=1,v1=' . '0' x 64) for 1 .. 10;
is source('other')->{verdicts}{forged}, 10, 'a forgery takes no row';
my $limit = status()->{sources_limit};
cmp_ok $limit, '>=', 50, "room for $limit sources";
$t->parallel(
    map {
        my $body = event("m$_");
        $t->build(
            method => 'POST', path => "/many?s=shop-$_", body => $body,
            headers => [ sign_stripe('s3cret', $body) ]
        )
    } 1 + 50 * $_ .. 50 + 50 * $_
) for 0 .. int($limit / 50) + 1;
my @sources = @{ status()->{sources} };
my $total = 0;
$total += $_->{verdicts}{accepted} // 0 for grep { $_->{source} =~ /^shop-|^other$/ } @sources;
is $total, 50 * (int($limit / 50) + 2), 'every event is counted';
cmp_ok scalar(@sources), '<=', $limit + 1, 'the number of sources is bounded';
cmp_ok source('other')->{verdicts}{accepted}, '>', 0, 'the rest counts as other';
check_metrics($t->get('/metrics')->{body});

# --- Redis away
$t->redis_server->stop;
wait_for('Redis to be noticed', sub { status()->{redis}[0]{ready} == 0 });
is signed('/one')->{verdict}, 'unavailable', 'nothing is taken';
is source('stripe')->{verdicts}{unavailable}, 1, 'which is counted';

# --- mistakes
my @wrong = (
    [ 'server { location / { webhook_status; } }', qr/"webhook_status" requires "webhook_zone"/ ],
    [ 'webhook_zone a 1k;', qr/zone "a" is too small/ ],
    [ 'webhook_zone a lots;', qr/invalid zone size "lots"/ ],
    [ 'webhook_zone a 1m; webhook_zone b 1m;', qr/"webhook_zone" directive is duplicate/ ],
    [ 'webhook_zone a 1m; server { location / { webhook_status xml; } }', qr/invalid parameter "xml"/ ],
    [
        'webhook_zone a 1m; server { location / { webhook_status; webhook_status json; } }',
        qr/"webhook_status" directive is duplicate/
    ],
    [
        'webhook_zone a 1m; server { location / { webhook_status; proxy_pass http://127.0.0.1:1; } }',
        qr/another content handler/
    ],
);
for (@wrong) {
    my ($words, $message) = @$_;
    my ($exit, $output) = $t->nginx_test("%%GLOBALS%%\nevents { }\nhttp { %%HTTP%%\n$words\n}\n");
    is $exit, 1, "refused: $words";
    like $output, $message, 'with its reason';
}
my ($exit, $output) = $t->nginx_test(
    "%%GLOBALS%%\nevents { }\nhttp { %%HTTP%%\nserver { location / { webhook_status; } }\nwebhook_zone a 256k;\n}\n"
);
is $exit, 0, 'the zone may stand behind its use' or diag $output;

done_testing;
