#!/usr/bin/perl

# Redis away, back, restarted, refusing: the module answers 503 meanwhile and goes on by itself.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
my $port = $server->port;

my $conf = <<'EOT';
%%GLOBALS%%
worker_processes 2;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    webhook_zone counts 1m;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        add_header X-Worker $pid always;
        location /status { webhook_status json; }
        location /hooks { webhook stripe; webhook_stream hooks partitions=2; }
        location /hasty { webhook stripe; webhook_redis_timeout 300ms; webhook_stream hasty partitions=2; }
        location /patient { webhook stripe; webhook_redis_timeout 60s; webhook_stream patient partitions=2; }
        location /door { webhook stripe; webhook_redis_timeout 60s; webhook_dedup 1h; }
        location /other { webhook stripe; webhook_stream other partitions=2; }
        location /auth-door { webhook stripe; webhook_redis %%REDIS%%/3; webhook_redis_auth app pass; webhook_dedup 1h; }
        location /auth {
            webhook stripe; webhook_redis %%REDIS%%/3; webhook_redis_auth app pass;
            webhook_stream third partitions=2;
        }
    }
}
EOT

my $number = 0;
sub event ($size = 0) { return '{"id":"evt_' . ++$number . '","type":"a","x":"' . 'x' x $size . '"}' }
sub verdict ($path, $body = event()) {
    my $answer = $t->post($path, $body, sign_stripe('s3cret', $body));
    return $answer->{verdict} // $answer->{status};
}
sub becomes ($path, $wanted, $name) {
    my $last;
    my $ask = sub { my $body = event(); $last = $t->post($path, $body, sign_stripe('s3cret', $body)) };
    ok eval { $t->wait_verdict($name, $t->nginx, $wanted, $ask) }, $name or diag $last->{body};
}

# --- away at the start ---

$server->stop;
$t->start_nginx($conf, ready => 0);
my $body = event();
my $answer = $t->post('/hooks', $body, sign_stripe('s3cret', $body));
is "$answer->{status} $answer->{verdict} $answer->{headers}{'retry-after'}", '503 unavailable 1',
    'away at the start: 503';
is $t->post('/hooks', $body)->{status}, 401, 'a forged one is refused all the same';
$server->start;
becomes '/hooks', 'accepted', 'it comes: accepted without a restart';
is verdict('/hooks', $body), 'accepted', 'and the refused one on its retry';
cmp_ok scalar($t->nginx->grep_log(qr{:$port is unavailable: Connection refused})), '<=', 6,
    'one line for each worker and timeout, not for each try';

# --- wrong user, then the right one ---

is verdict('/auth'), 'unavailable', 'unknown user';
$t->nginx->wait_log(qr{/3 is unavailable: WRONGPASS}, count => 2);
$t->redis->call(qw(ACL SETUSER app on >pass ~* +@all));
becomes '/auth', 'accepted', 'the user exists';
is $t->redis->call(qw(CLIENT LIST)) =~ /db=3 .*user=app/, 1, 'its connections are of that user and database';

# --- a command is missing in the ACL ---

$t->redis->call(qw(ACL SETUSER app -xadd));
$t->redis->call(qw(CLIENT KILL USER app));
becomes '/auth', 'unavailable', 'no XADD: the stream is not used';
$t->nginx->wait_log(qr/stream "third" on .* cannot be used: .*(?:NOPERM|can't run|no permissions to run)/i);
$t->redis->call(qw(ACL SETUSER app +xadd));
becomes '/auth', 'accepted', 'XADD again: used again';

$t->redis->call(qw(ACL SETUSER app -multi));
$t->redis->call(qw(CLIENT KILL USER app));
becomes '/auth', 'unavailable', 'no MULTI: a large event would be stored and refused';
$t->nginx->wait_log(qr{/3 is unavailable: .*multi}i);
$t->redis->call(qw(ACL SETUSER app +multi));
becomes '/auth', 'accepted', 'MULTI again: used again';

# --- the rights that are documented are enough ---

my ($rights) = slurp($t->root . '/docs/directives.md') =~ /^ACL SETUSER nginx (.*?)^```/ms;
$t->redis->call(qw(ACL SETUSER app reset), map { s/PASSWORD/pass/r } split ' ', $rights);
$t->redis->call(qw(FUNCTION FLUSH));
$t->redis->call(qw(CLIENT KILL TYPE normal SKIPME yes));
becomes '/auth', 'accepted', 'the documented rights';
is verdict('/auth', $_), 'accepted', 'the documented rights: ' . length for $body = event(9000);
is verdict('/auth', $body), 'duplicate', 'the documented rights: a copy, taken back';
is verdict('/auth-door'), 404, 'the documented rights: a gate';

# --- scripts flushed, restart, kill ---

$t->redis->call(qw(SCRIPT FLUSH));
is verdict('/hooks'), 'accepted', "SCRIPT FLUSH is not seen, event $_" for 1 .. 4;
is verdict('/hooks', event(5000)), 'accepted', "large, event $_" for 1 .. 2;
$t->redis->call(qw(FUNCTION FLUSH));
$body = event();
is verdict('/hooks', $body), 'unavailable', 'FUNCTION FLUSH: refused';
is scalar(grep { $body =~ /"$_->{id}"/ } $t->events('hooks')), 0, 'and nothing stands';
becomes '/hooks', 'accepted', 'the function is loaded again';
is verdict('/hooks', $body), 'accepted', 'the refused one on its retry';

# Each of many that are under way must be taken back before the connection is left.
my $before = () = $t->nginx->grep_log(qr/broken reply for stream/);
my @bodies = map { event($_ % 4 ? 0 : 5000) } 1 .. 40;
my @connections = map { $t->connect } @bodies;
$t->redis->call(qw(FUNCTION FLUSH));
$server->freeze;
$connections[$_]->send(
    $t->build(
        method => 'POST', path => '/hooks', body => $bodies[$_],
        headers => [ sign_stripe('s3cret', $bodies[$_]) ]
    )
) for 0 .. $#bodies;
wait_for('all to be under way', sub { $t->get('/status')->{json}{in_flight} == @bodies });
$server->thaw;
# The worker that is back first loads the function for the other one, too.
my @verdicts = map { from_json($_->response->{body})->{verdict} } @connections;
ok scalar(grep { $_ eq 'unavailable' } @verdicts), 'FUNCTION FLUSH, many under way: refused';
my %stored = map { $_->{id} => 1 } $t->events('hooks');
my @standing = map { $bodies[$_] =~ /"(evt_\d+)"/ && $stored{$1} ? 'accepted' : 'unavailable' } 0 .. $#bodies;
is_deeply \@standing, \@verdicts, 'those that were accepted stand, and no other';
is scalar($t->nginx->grep_log(qr/could not be taken back/)), 0, 'and each was taken back';
cmp_ok scalar(() = $t->nginx->grep_log(qr/broken reply for stream/)) - $before, '<=', 2,
    'one line for each worker, not for each event';
becomes '/hooks', 'accepted', 'loaded again after many';

$t->redis->call(qw(CLIENT KILL TYPE normal SKIPME yes));
becomes '/hooks', 'accepted', 'connections killed';
$server->restart;
becomes '/hooks', 'accepted', 'restart';
$server->kill9;
is verdict('/hooks'), 'unavailable', 'killed';
$server->start;
becomes '/hooks', 'accepted', 'started again';
$t->redis->call('FLUSHALL');
becomes '/hooks', 'accepted', 'FLUSHALL';

# --- frozen: the timeout ---

becomes '/hasty', 'accepted', 'a location with less patience';
$server->freeze;
$answer = verdict('/hasty');
$server->thaw;
is $answer, 'unavailable', 'frozen: given up in time';
becomes '/hasty', 'accepted', 'thawed';

# --- a fresh worker, before its connection is ready: the event waits for it ---

$server->freeze;
my $fresh = $t->start_nginx($conf =~ s/worker_processes 2/worker_processes 1/r =~ s/%%PORT%%/%%PORT_fresh%%/r,
    name => 'fresh', ready => 0);
$body = event();
my $early = $t->connect($t->port('fresh'));
$early->send(
    $t->build(method => 'POST', path => '/hooks', body => $body, headers => [ sign_stripe('s3cret', $body) ])
);
my $later = $t->connect($t->port('fresh'));
$later->send($t->build(method => 'POST', path => '/hooks', body => $body));
is $later->response->{status}, 401, 'what comes later and is forged has its answer';
$server->thaw;
like $early->response->{body}, qr/"accepted"/, 'what came first waits until Redis is there';
$fresh->quit;

# --- slow: stored once ---

becomes '/patient', 'accepted', 'a location with more patience';
$body = event();
$t->redis->call(qw(CLIENT PAUSE 60000 WRITE));
my $connection = $t->connect;
$connection->send(
    $t->build(
        method => 'POST', path => '/patient', body => $body, headers => [ sign_stripe('s3cret', $body) ]
    )
);
wait_for('the command to be held back', sub { $t->redis->call(qw(CLIENT LIST)) =~ /flags=\w*b/ });
$t->redis->call(qw(CLIENT UNPAUSE));
is $connection->response->{body} =~ /accepted/, 1, 'a pause within the timeout is only slow';
like verdict('/patient', $body), qr/^duplicate$/, 'and it is stored once';

# --- a server that may drop events ---

$t->redis->call(qw(CONFIG SET maxmemory-policy allkeys-lru));
becomes '/hooks', 'unavailable', 'eviction policy: refused';
$t->nginx->wait_log(qr/maxmemory-policy "allkeys-lru" may drop events/);
$t->redis->call(qw(CONFIG SET maxmemory-policy noeviction));
becomes '/hooks', 'accepted', 'eviction policy: right again';

# --- memory is out ---

$t->redis->call(qw(CONFIG SET maxmemory 1));
becomes '/hooks', 'unavailable', 'maxmemory reached';
$t->redis->call(qw(CONFIG SET maxmemory 0));
becomes '/hooks', 'accepted', 'memory again';

# --- a replica takes no events ---

$t->redis->call(qw(REPLICAOF 127.0.0.1 1));
becomes '/hooks', 'unavailable', 'a replica';
$t->redis->call(qw(REPLICAOF NO ONE));
becomes '/hooks', 'accepted', 'a master again';

# --- another number of partitions ---

# A gate and a stream with a long timeout and nothing under way do not keep the old workers.
wait_for('a gate to let an event pass (to no application)', sub { verdict('/door') =~ /^40[45]$/ });
$t->reload_nginx($conf =~ s/hooks partitions=2/hooks partitions=5/r);
becomes '/hooks', 'unavailable', 'another number of partitions';
$t->nginx->wait_log(
    qr/stream "hooks" on .* cannot be used: it has 2 partitions in redis, but 5 are configured/);
becomes '/other', 'accepted', 'another stream on the same server is not concerned';
$t->reload_nginx($conf);
becomes '/hooks', 'accepted', 'the right number';

# --- the types of keys are wrong ---

$t->redis->call(qw(DEL webhook:{other:0}:events webhook:{other:1}:events));
$t->redis->call('SET', "webhook:{other:$_}:events", 'x') for 0, 1;
is verdict('/other', event(10_000)), 'unavailable', 'WRONGTYPE: large';
is verdict('/other'), 'unavailable', 'WRONGTYPE: small';
$t->redis->call(qw(DEL webhook:{other:0}:events webhook:{other:1}:events));
becomes '/other', 'accepted', 'put right';

done_testing;
