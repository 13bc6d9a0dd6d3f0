#!/usr/bin/perl

# Promise 7: no way inside. Deliveries do not reach addresses that are not public unless it was allowed, they
# follow no redirect and no proxy, and no document or event can name a file.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::IP;
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
my $r = $t->start_receiver;
my $inside = $t->port('receiver');
# The same port on other addresses of this machine: a connection that gets through would be seen here.
my @traps =
    grep { $_ }
    map { IO::Socket::IP->new(LocalHost => $_, LocalPort => $inside, Listen => 16, Blocking => 0) }
    '127.0.0.2', '::1';
sub trapped () {
    return scalar grep { $_->accept } @traps;
}

$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks; }
    }
}
EOT

my %host = (
    v4 => '127.0.0.1', other => '127.0.0.2', v6 => '[::1]', name => 'localhost', any4 => '0.0.0.0',
    any6 => '[::]',
    mapped => '[::ffff:127.0.0.1]', mapped_hex => '[::ffff:7f00:1]', compatible => '[::127.0.0.1]',
    nat64 => '[64:ff9b::7f00:1]',
    sixtofour => '[2002:7f00:1::]', decimal => '2130706433', hex => '0x7f000001', octal => '0177.0.0.1',
    short => '127.1',
    metadata => '169.254.169.254', metadata6 => '[fd00:ec2::254]', ten => '10.0.0.1',
    private => '192.168.1.1', twelve => '172.16.0.1',
    cgnat => '100.64.0.1', multicast => '224.0.0.1', broadcast => '255.255.255.255', link6 => '[fe80::1]',
    local6 => '[fc00::1]',
    multicast6 => '[ff02::1]', reserved => '240.0.0.1', nothing => '0.1.2.3',
);
my (@documents, @refused);
for my $id (sort keys %host) {
    my %document =
        (id => $id, url => "http://$host{$id}:$inside/x", timeout => '5s', retry => { schedule => [] },
        allow_private => \1);
    my $try = $t->ctl({ stdin => to_json([ \%document ]) }, 'apply', '--dry-run', '-');
    if ($try->{exit} == 2) { push @refused, $id } else { push @documents, \%document }
}
cmp_ok scalar @documents, '>=', 18,
    'documents that can be applied: ' . @documents . "; refused at once: @refused";

$t->apply(@documents);
{
    local @ENV{qw(http_proxy HTTP_PROXY all_proxy ALL_PROXY)} = ($r->url('/')) x 4;
    $t->start_worker(config => { allow_private => undef });
}
is post_event($t, 'all')->{verdict}, 'accepted', 'an event for all of them';
my $ledger = $t->wait_settled;
is $ledger->{total}{dead}, @documents, 'none is delivered';
is $r->count, 0, 'the receiver on 127.0.0.1 got nothing';
is trapped(), 0, 'nothing connected to 127.0.0.2 or ::1';
my %attempt = map { $_->{endpoint} => $_ } lines($t->ctl(qw(attempts --json -n 100)));
for my $id (map { $_->{id} } @documents) {
    like $attempt{$id}{error}, qr/not allowed|private|refused by|guard|resolve/i,
        "$id ($host{$id}): the attempt says why";
    unlike $attempt{$id}{error}, qr/connection refused|timeout|unreachable/i,
        "$id: and it was not the network that did it";
}

# --- allowed: only inside the worker's list, and only where the document asks for it
$t->worker->stop;
$t->apply(
    {
        id => 'listed', url => "http://127.0.0.1:$inside/listed", retry => { schedule => [] },
        allow_private => \1
    },
    { id => 'unasked', url => "http://127.0.0.1:$inside/unasked", retry => { schedule => [] } },
    {
        id => 'unlisted', url => "http://127.0.0.2:$inside/unlisted", retry => { schedule => [] },
        allow_private => \1
    },
);
$t->start_worker(config => { allow_private => ['127.0.0.1/32'] });
post_event($t, 'list');
$t->wait_settled;
is $r->count('/listed'), 1, 'allow_private in document and list: delivered';
is $r->count('/unasked'), 0, 'not asked for in the document: not delivered';
is trapped(), 0, 'not in the list: not connected';
%attempt = map { $_->{endpoint} => $_ } lines($t->ctl(qw(attempts --json -n 3)));
like $attempt{$_}{error} // 'no attempt', qr/not allowed|private/i, "$_: says why" for qw(unasked unlisted);

# --- redirects are not followed
my @redirects = (301, 302, 303, 307, 308);
$r->script("/r$_" => { status => $_, headers => [ Location => $r->url('/target') ] }) for @redirects;
$t->apply(
    map { { id => "r$_", url => "http://127.0.0.1:$inside/r$_", retry => { schedule => [] },
        allow_private => \1 } } @redirects
);
$t->worker->restart;
my $dead = $t->ledger->{total}{dead};
post_event($t, 'redirect');
is $t->wait_settled->{total}{dead}, $dead + 5, 'a redirect is a failure';
is $r->count("/r$_"), 1, "asked once ($_)" for @redirects;
is $r->count('/target'), 0, 'redirects are not followed';
is_deeply [ sort map { $_->{status} } lines($t->ctl(qw(attempts --json -n 5))) ], \@redirects,
    'the attempt shows the status';

# --- documents name no files and no other protocols; an event cannot move the target
my $file = $t->write('passwords', 'letmein');
$t->write('secrets/good', 'x');
sub refused ($what, %document) {
    my $result =
        $t->ctl({ stdin => to_json([ { id => 'bad', url => "http://127.0.0.1:$inside/bad", %document } ]) },
        'apply', '-');
    is $result->{exit}, 2, "$what: refused";
    like $result->{err}, qr/\S/, "$what: says why";
}
refused("url $_", url => $_)
    for "file://$file", 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'http://{source}/', 'http://a@127.0.0.1/',
    "http://127.0.0.1/\r\nX: y", 'http:///x';
refused('secret file:', sign => [ { secrets => ["file:$file"] } ]);
refused('secret env:', sign => [ { secrets => ['env:HOME'] } ]);
refused("secret:$_", sign => [ { secrets => ["secret:$_"] } ])
    for '../passwords', '/etc/passwd', '..', 'a/../../b', '';
refused('header with a file', headers => { 'X-Key' => 'secret:../passwords' });
refused('header with a line break', headers => { 'X-Key' => "a\r\nX-Other: b" });
$t->apply(
    {
        id => 'macro', url => "http://127.0.0.1:$inside/m/{id}/{/data/path}?q={/data/query}",
        allow_private => \1
    }
);
$t->worker->restart;
my $body =
    '{"id":"../../secret","type":"order.paid","data":{"path":"..%2f..//@evil:80/","query":"a&b=c#d\r\nHost: evil"}}';
post_event($t, 'macro', body => $body);
$t->wait_settled;
my ($request) = grep { $_->{path} =~ m{^/m/} } $r->requests;
is $request->{path}, '/m/..%2F..%2Fsecret/..%252f..%2F%2F%40evil%3A80%2F', 'values are encoded in the path';
is $request->{query}, 'q=a%26b%3Dc%23d%0D%0AHost%3A%20evil', 'and in the query';

done_testing;
