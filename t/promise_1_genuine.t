#!/usr/bin/perl

# Promise 1: nothing forged gets in. Genuine requests of several schemes are accepted; every one of them with
# one thing changed is not, and nothing of it is stored. (Every known forgery per scheme: vectors.t.
# Configurations that could let something through: module_conf.t. Broken replies of Redis: promise_9_redis.t.)

use v5.36;
use Digest::MD5 qw(md5_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
$t->write('keys/acme', "key of acme\n");
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    keepalive_requests 100000;
    large_client_header_buffers 4 64k;
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    webhook_dedup off;
    map $arg_tenant $tenant_key { acme "key of acme"; other "key of other"; }
    server {
        listen 127.0.0.1:%%PORT%%;
        location /stripe   { webhook stripe; webhook_stream hooks; }
        location /github   { webhook github; webhook_stream hooks; }
        location /shopify  { webhook shopify; webhook_stream hooks; }
        location /slack    { webhook slack; webhook_stream hooks; }
        location /standard { webhook standard; webhook_secret whsec_MDEyMzQ1Njc4OWFiY2RlZg==; webhook_stream hooks; }
        location /publish  { webhook publish; webhook_stream hooks; }
        location /postback { webhook postback-token; webhook_stream hooks; }
        location /tenant {
            webhook stripe; webhook_secret $tenant_key; webhook_source "shop:$arg_tenant";
            webhook_stream hooks;
        }
        location /two      { webhook stripe; webhook_secret first; webhook_secret second; webhook_stream hooks; }
    }
}
EOT

my $body = event('genuine', amount => 1999);
my ($token) = $t->ctl('schemes', 'postback-token')->{out} =~ /query:([A-Za-z_]+)/;
my %genuine = (
    stripe => { headers => [ sign_stripe('s3cret', $body) ], list => 1 },
    github => {
        headers  => [ sign_github('s3cret', $body) ],
        unsigned => { 'X-GitHub-Delivery' => 1, 'X-GitHub-Event' => 1 }
    },
    shopify => {
        headers  => [ sign_shopify('s3cret', $body) ],
        unsigned => { 'X-Shopify-Webhook-Id' => 1, 'X-Shopify-Topic' => 1 }
    },
    slack    => { headers => [ sign_slack('s3cret', $body) ] },
    standard => { headers => [ sign_standard('whsec_MDEyMzQ1Njc4OWFiY2RlZg==', $body) ] },
    publish  => {
        headers => [ sign_publish('s3cret', id => 'p1') ], unsigned => { 'Idempotency-Key' => 1 }, token => 1
    },
    two => { headers => [ sign_stripe('second', $body) ], list => 1 },
);
my $stored = 0;

# All on one connection (on another where nginx closed it), answers in order: their statuses.
sub statuses (@texts) {
    my @statuses;
    while (@texts) {
        my $client = $t->connect;
        my $open = 1;
        while ($open && (my @some = @texts[ 0 .. ($#texts < 49 ? $#texts : 49) ])) {
            $client->send(join '', @some);
            for (@some) {
                my $answer = $client->response or $open = 0, last;
                push @statuses, $answer->{status};
                shift @texts;
                last if !($open = ($answer->{headers}{connection} // '') ne 'close');
            }
        }
        $client->close;
    }
    return @statuses;
}
sub count_stored () { return scalar(my @entries = $t->events('hooks')) }
sub text ($scheme, $headers, $body = $body, %how) {
    return $t->build(method => 'POST', path => "/$scheme", headers => $headers, body => $body, %how);
}

# Another character of the same kind, never the same in other case.
sub other ($char) {
    return
          $char =~ /[0-8a-yA-Y]/ ? chr(1 + ord $char)
        : $char eq '9' ? '0'
        : $char eq 'z' ? 'a'
        : $char eq 'Z' ? 'A'
        : 'x';
}

# Every change of one value (in a list an empty or a wrong item beside the right one changes nothing): each
# character another, gone or doubled, cut at each length, more behind, nothing.
sub changed_values ($value, $list = 0) {
    my @changed = ('', "${value}0", "${value}A", "0$value", $value x 2, scalar reverse($value), "\"$value\"",
        "${value}\x80", 'x' x 20_000);
    for my $at (0 .. length($value) - 1) {
        my ($before, $char, $after) =
            (substr($value, 0, $at), substr($value, $at, 1), substr $value, $at + 1);
        push @changed, $before . other($char) . $after, $before . $after, $before . $char . $char . $after,
            $before;
    }
    my %seen = ($value => 1);
    return grep { !$seen{$_}++ && !/^\s|\s$/ && !($list && (/,,/ || $_ eq $value x 2)) } @changed;
}

sub without ($headers, $name) {
    my @pairs = @$headers;
    my @left;
    while (my ($key, $value) = splice @pairs, 0, 2) { push @left, $key, $value if $key ne $name }
    return @left;
}

for my $scheme (sort keys %genuine) {
    my ($headers, $unsigned) = ($genuine{$scheme}{headers}, $genuine{$scheme}{unsigned} // {});
    is_deeply [ statuses(text($scheme, $headers)) ], [200], "$scheme: the genuine one is accepted";
    $stored++;
    my %headers = @$headers;
    my @forged;
    for my $name (grep { !$unsigned->{$_} } sort keys %headers) {
        my @rest = without($headers, $name);
        push @forged,
            map { text($scheme, [ @rest, $name => $_ ]) }
            grep { $_ ne $headers{$name} =~ s/=+$//r }
            changed_values($headers{$name}, $genuine{$scheme}{list});    # base64 may lack its padding
        push @forged, text($scheme, \@rest), text($scheme, [ @$headers, $name => "$headers{$name}x" ]),
            text($scheme, [ $name => 'x', @$headers ]), text($scheme, [ @$headers, $name => '' ]);
    }
    if (!$genuine{$scheme}{token}) {
        push @forged, map { text($scheme, $headers, $_) } grep { $_ ne $body } changed_values($body);
        push @forged, map { text($scheme, $headers, $_) } "$body ", " $body", "$body\n", "$body\0",
            "\xef\xbb\xbf$body";
    }
    my @statuses = statuses(@forged);
    my @wrong = grep { $statuses[$_] !~ /^40[01]$/ } 0 .. $#forged;
    is @wrong, 0, "$scheme: " . @forged . ' changed ones are refused'
        or diag map { "$statuses[$_] to\n$forged[$_]" } @wrong;
    is count_stored(), $stored, "$scheme: nothing of them is stored";
}

# --- a genuine request stays genuine only where and as it was meant
my @stripe = @{ $genuine{stripe}{headers} };
is_deeply [ statuses(text('standard', \@stripe), text('github', \@stripe), text('two', \@stripe)) ],
    [ 401, 401, 401 ], 'signed for another location: refused';
is_deeply [
    statuses(
        text('stripe', [ sign_stripe('', $body) ]), text('stripe', [ sign_stripe("s3cret\n", $body) ]),
        text('stripe', [ sign_stripe('S3cret', $body) ])
    )
    ],
    [ 401, 401, 401 ], 'signed with nearly the key: refused';
for my $clock (time - 3600, time + 3600, 0, 1, 2**31, 2**63, '9' x 30, -1) {
    is_deeply [ statuses(text('stripe', [ sign_stripe('s3cret', $body, clock => $clock) ])) ],
        [ $clock =~ /^\d{1,18}$/ ? 401 : 400 ], "signed for another time ($clock): refused"
        if $clock !~ /e/;
}
is $t->request(method => $_, path => '/stripe', headers => \@stripe, body => $body)->{status}, 405,
    "$_: refused"
    for qw(PUT DELETE PATCH GET);
is_deeply [ statuses(text('stripe', \@stripe, undef, chunked => [ $body, 'x' ])) ], [401],
    'a chunk more: refused';

# --- a tenant signs for himself only
sub tenant ($key, $tenant) {
    return $t->post("/tenant?tenant=$tenant", $body, sign_stripe($key, $body))->{status};
}
is tenant('key of acme', 'acme'), 200, 'tenant: his own key';
is tenant('key of other', 'other'), 200, 'tenant: another with his';
is tenant('key of acme', 'other'), 401, "tenant: somebody else's key";
is tenant('', 'nobody'), 401, 'tenant: without a key nothing is genuine';
is tenant('key of acme', ''), 401, 'tenant: nor without a name';
$stored += 2;

# --- a token in the query
is $t->get("/postback?click_id=1&$token=s3cret")->{status}, 200, 'postback: genuine';
$stored++;
for my $query (
    "click_id=1", "click_id=1&$token=", "click_id=1&$token=s3cre", "click_id=1&$token=s3crets",
    "click_id=1&$token=S3CRET", "click_id=1&x$token=s3cret",
    "click_id=1&$token=s3cret&$token=s3cret", "click_id=1&$token=x&$token=s3cret",
    "click_id=1&$token%00=s3cret", "click_id=1#$token=s3cret", "click_id=1&$token=s3cret%00"
) {
    my $status = $t->get("/postback?$query")->{status};
    ok $status == 401 || $status == 400, "postback: $query is refused" or diag $status;
}
is count_stored(), $stored, 'nothing but the genuine ones is stored';

done_testing;
