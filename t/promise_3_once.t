#!/usr/bin/perl

# Promise 3: within the window an event enters once, however many copies come, wherever and whenever they
# come.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Time::HiRes qw(time);
use Time::Piece ();
use Test::Webhook;
use Test::Webhook::Promise;
use Test::Webhook::Proxy;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
my $proxy = Test::Webhook::Proxy->new(port => $t->port('proxy'), to => $server->port)->start;

sub conf ($port, $redis) {
    return <<"EOT";
%%GLOBALS%%
worker_processes 4;
events { }
http {
    %%HTTP%%
    client_max_body_size 32m;
    webhook_redis $redis;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:$port reuseport;
        add_header X-Worker \$pid always;
        location = /in     { webhook stripe; webhook_stream hooks; }
        location = /same   { webhook stripe; webhook_stream hooks; }
        location = /other  { webhook stripe; webhook_stream hooks; webhook_source other; }
        location = /reject { webhook stripe; webhook_stream hooks; webhook_source reject; webhook_dedup 4d policy=reject; }
        location = /brief  { webhook stripe; webhook_stream brief; webhook_dedup 2s; }
        location = /body   { webhook stripe; webhook_stream body; webhook_dedup 4d by=body; }
        location = /hasty  { webhook stripe; webhook_stream hooks; webhook_redis_timeout 300ms; }
        location = /off    { webhook stripe; webhook_stream off; webhook_dedup off; }
    }
}
EOT
}
my $nginx = $t->start_nginx(conf('%%PORT%%', '%%REDIS%%'));
my $other = $t->start_nginx(conf('%%PORT_other%%', 'redis://127.0.0.1:%%PORT_proxy%%'), name => 'other');

sub stored ($stream = 'hooks') { return scalar(my @entries = $t->events($stream)) }

# Requests to ports in turn, all of them sent before the first answer is read: how often each verdict came.
sub burst ($ports, $text, $copies) {
    my @connections = map { $t->connect($ports->[ $_ % @$ports ]) } 1 .. $copies;
    $_->send($text) for @connections;
    my %verdicts;
    for my $connection (@connections) {
        my $response = $connection->response // { body => 'closed' };
        $verdicts{ $response->{body} =~ /"verdict":"(\w+)"/ ? $1 : $response->{body} }++;
        $connection->close;
    }
    return \%verdicts;
}

# --- many copies at once
my @ports = ($t->port('nginx'));
is_deeply burst(\@ports, event_request($t, 'copies'), 200), { accepted => 1, duplicate => 199 },
    '200 copies over four nginx workers';
is stored(), 1, 'stored once';
push @ports, $t->port('other');
is_deeply burst(\@ports, event_request($t, 'hosts'), 200), { accepted => 1, duplicate => 199 },
    '200 copies over two nginx instances';
is stored(), 2, 'stored once';
my $large = event('large', text => 'x' x 20_000);
is_deeply burst(\@ports, event_request($t, 'large', body => $large), 100),
    { accepted => 1, duplicate => 99 }, '100 copies of a large one';
is stored(), 3, 'stored once';
is_deeply burst(\@ports, event_request($t, 'reject', path => '/reject'), 50),
    { accepted => 1, duplicate => 49 }, 'policy=reject: copies at once';
is post_event($t, 'reject', path => '/reject')->{status}, 409, 'policy=reject: a repeat is 409';

# Every nginx worker knows an event that was stored.
sub all_use_redis ($instance, $port, $path = '/in') {
    my %request = (method => 'POST', path => $path, body => event('copies'),
        headers => [ sign_stripe('s3cret', event('copies')) ], port => $t->port($port));
    $t->wait_verdict('all nginx workers to use Redis', $instance, 'duplicate', sub { $t->request(%request) });
}

# --- whenever they come: after reload, restart of nginx, restart of Redis, loss of the scripts
sub repeat_is_known ($when) {
    is post_event($t, $_)->{verdict}, 'duplicate', "$when: a duplicate ($_)" for qw(copies hosts);
    is post_event($t, 'large', body => $large)->{verdict}, 'duplicate', "$when: a duplicate (large)";
}
$nginx->reload(gone => 1);
repeat_is_known('after a reload');
$nginx->quit;
$nginx->start;
$t->wait_redis_ready($nginx);
repeat_is_known('after a restart of nginx');
$t->redis->call(qw(SCRIPT FLUSH));
repeat_is_known('after SCRIPT FLUSH');
is post_event($t, 'flushed')->{verdict}, 'accepted', 'after SCRIPT FLUSH: a new one';
$server->kill9;
$server->start;
all_use_redis($nginx, 'nginx');
is post_event($t, 'warm')->{verdict}, 'accepted', 'after kill -9 of Redis: a new one';
repeat_is_known('after kill -9 of Redis');
is stored(), 6, 'nothing was stored twice';   # copies hosts large reject flushed warm

# --- the scope is stream and source
is post_event($t, 'copies', path => '/same')->{verdict}, 'duplicate',
    'same stream and source: the same event';
is post_event($t, 'copies', path => '/other')->{verdict}, 'accepted', 'another source: another event';
is post_event($t, 'copies', path => '/brief')->{verdict}, 'accepted', 'another stream: another event';

# --- same id, other content
my $conflict = post_event($t, 'copies', body => event('copies', amount => 2));
is $conflict->{status}, 200, 'other content under a known id: 200';
is_deeply $conflict->{json}, { verdict => 'conflict', id => 'evt_copies' }, 'conflict';
is stored(), 7, 'a conflict is not stored';
like $nginx->wait_log(qr/conflict/), qr/\[warn\]/, 'a conflict is a warning in the log';

# --- by=body and off
is post_event($t, 'a', path => '/body')->{verdict}, 'accepted', 'by=body: first';
is post_event($t, 'a', path => '/body')->{verdict}, 'duplicate', 'by=body: the same body';
is post_event($t, 'a', path => '/body', body => event('a', amount => 3))->{verdict}, 'accepted',
    'by=body: another body under that id';
is post_event($t, 'a', path => '/off')->{verdict}, 'accepted', "off: time $_" for 1 .. 2;

# --- a reply that is lost: no success is claimed, the retry gets one, and it is stored once
sub post_other ($n, $path = '/in', $body = event($n)) {
    return $t->request(method => 'POST', path => $path, body => $body,
        headers => [ sign_stripe('s3cret', $body) ], port => $t->port('other'));
}
my $before = stored();
for my $case ([ 'cut', 'small', event('lost_small') ],
    [ 'cut', 'large', event('lost_large', text => 'y' x 9000) ], [ 'swallow', 'slow', event('lost_slow') ])
{
    my ($how, $size, $body) = @$case;
    my $path = $how eq 'swallow' ? '/hasty' : '/in';
    all_use_redis($other, 'other', $path);
    $proxy->$how("lost_$size");
    my $answer = post_other("lost_$size", $path, $body);
    ok $proxy->done, "$how $size: the reply was lost";
    is $answer->{status}, 503, "$how $size: 503";
    is $answer->{headers}{'retry-after'}, 1, "$how $size: Retry-After";
    is stored(), ++$before, "$how $size: it had been stored";
    all_use_redis($other, 'other', $path);
    my $retry = post_other("lost_$size", $path, $body);
    is $retry->{status}, 200, "$how $size: the retry is answered";
    is $retry->{verdict}, 'duplicate', "$how $size: the retry gets a success";
    is stored(), $before, "$how $size: stored once";
}

# --- the end of the window, copies coming all the time over hosts whose clocks differ by minutes
$t->clock(int time + 200)
    ->preload(sub { $t->start_nginx(conf('%%PORT_ahead%%', '%%REDIS%%'), name => 'ahead') });
sub post_port ($port, $n) {
    return $t->request(method => 'POST', path => '/brief', body => event($n),
        headers => [ sign_stripe('s3cret', event($n)) ], port => $t->port($port));
}
my $date = post_port('ahead', 'date')->{headers}{date};
cmp_ok Time::Piece->strptime($date, '%a, %d %b %Y %T GMT')->epoch, '>', time + 100,
    'a host whose clock is ahead';
my @hosts = qw(nginx ahead other);
my (@accepted, @known, %known_by);
wait_for(
    'the window to end twice',
    sub {
        push @hosts, my $host = shift @hosts;
        my $sent = 1000 * time;
        my $answer = post_port($host, 'window');
        if ($answer->{verdict} eq 'accepted') { push @accepted, $answer }
        elsif ($answer->{verdict} eq 'duplicate') {
            push @known, { sent => $sent, after => scalar @accepted };
            $known_by{$host}++;
        }
        else { die "window: $answer->{verdict}" }
        return @accepted >= 3;
    },
    60
);
ok $known_by{$_}, "window: known within it ($_)" for @hosts;
is post_event($t, 'copies')->{verdict}, 'duplicate', 'the long window still holds';
my @times = map { $_->{stream_id} =~ s/-.*//r } grep { $_->{id} eq 'evt_window' } $t->events('brief');
is @times, 3, 'window: stored three times';
cmp_ok $times[$_] - $times[ $_ - 1 ], '>=', 2000, 'window: not shorter than it says' for 1, 2;
is_deeply [ grep { $_->{sent} - $times[ $_->{after} - 1 ] > 4000 } @known ], [],
    'window: at most twice as long';

$proxy->stop;
done_testing;
