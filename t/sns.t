#!/usr/bin/perl

# Messages of AWS SNS: notifications, confirmations of subscriptions, and what nginx -t says about topics.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);
use Test::Webhook;
use Test::Webhook::Keys;

my $t = Test::Webhook->new;
$t->start_redis;
my $keys = Test::Webhook::Keys->new($t, a => 'rsa');

$t->write('sns.pem', $keys->certificate('a'));
$t->start_receiver;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location = /sns {
            webhook aws-sns; webhook_secret "file:%%DIR%%/sns.pem"; webhook_source topic;
            webhook_param topic_arn arn:aws:sns:us-west-2:123456789012:MyTopic; webhook_stream hooks partitions=1;
        }
        location = /sns-gate {
            webhook aws-sns; webhook_secret "file:%%DIR%%/sns.pem";
            webhook_param topic_arn arn:aws:sns:us-west-2:123456789012:MyTopic; proxy_pass %%RECEIVER%%;
        }
    }
}
EOT

my $number = 0;
my $url = 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';

sub sns (%message) {
    %message = (MessageId => 'm-' . ++$number, TopicArn => 'arn:aws:sns:us-west-2:123456789012:MyTopic',
        Message => "order paid\n", Timestamp => strftime('%Y-%m-%dT%H:%M:%S.000Z', gmtime), %message);
    my $text = $t->write('sns.text', join '', map { "$_\n$message{$_}\n" } sort keys %message);
    my $signature = encode_base64($keys->openssl(qw(dgst -sha256 -sign), $keys->private('a'), $text), '');
    return to_json({ %message, SignatureVersion => '2', SigningCertURL => $url, Signature => $signature });
}

sub confirmation ($type, %more) {
    return sns(Type => $type, Token => '2336412f37',
        SubscribeURL => 'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37',
        %more);
}
sub told {
    return grep { $_->{type} eq 'challenge' } $t->events('hooks');
}

is $t->post('/sns', sns(Type => 'Notification'))->{verdict}, 'accepted', 'a notification';
is $t->post('/sns', sns(Type => 'Notification', TopicArn => 'arn:aws:sns:us-west-2:666666666666:MyTopic'))
    ->{verdict}, 'forged', "somebody else's topic";
for my $type (qw(SubscriptionConfirmation UnsubscribeConfirmation)) {
    my $before = told();
    my $body = confirmation($type);
    for my $time (1, 2) {
        my $answer = $t->post('/sns', $body, 'Content-Type' => 'text/plain; charset=UTF-8');
        is "$answer->{status} [$answer->{body}]", '200 []', "$type: answered, time $time";
    }
    is scalar(told()), $before + 1, "$type: told once";
    my ($event) = grep { $_->{data} =~ /"$type"/ } told();
    is $event->{source}, 'webhook', "$type: of source webhook";
    is_deeply from_json($event->{data}), {
        scheme => 'aws-sns', source => 'topic', Type => $type,
        TopicArn => 'arn:aws:sns:us-west-2:123456789012:MyTopic', Token => '2336412f37',
        SubscribeURL => 'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37'
        },
        "$type: what the operator needs";
    my $changed = $body =~ s/ConfirmSubscription/DeleteTopic/r;
    is $t->post('/sns', $changed)->{verdict}, 'forged', "$type: a changed URL";
    is $t->post('/sns', confirmation($type, TopicArn => 'arn:aws:sns:us-west-2:666666666666:MyTopic'))
        ->{verdict}, 'forged', "$type: somebody else's topic";
    is scalar(told()), $before + 1, "$type: and nobody is told of it";
}
my $events = $t->ctl('events', '--stream', 'hooks', '--source', 'webhook', '--type', 'challenge', '--json');
is scalar(my @lines = split /\n/, $events->{out}), 2, 'webhookctl events shows them' or diag $events->{err};
is $t->post('/sns-gate', confirmation('SubscriptionConfirmation'))->{status}, 200, 'at a gate';
my ($request) = $t->receiver->wait_requests(1, '/sns-gate');
is from_json($request->{body})->{Type}, 'SubscriptionConfirmation',
    'the application behind the gate confirms';

# --- what nginx -t says
sub config ($words) {
    return
        "%%GLOBALS%%\nevents { }\nhttp { %%HTTP%%\nwebhook_redis %%REDIS%%;\n"
            . "server { listen 127.0.0.1:%%PORT%%;\nlocation /x { $words "
            . "webhook_stream hooks partitions=1; }\n} }\n";
}
my ($exit, $output) = $t->nginx_test(config('webhook aws-sns; webhook_secret "file:%%DIR%%/sns.pem";'));
is $exit, 0, 'SNS without a topic is possible';
like $output,
    qr/\[warn\].*"webhook aws-sns" without "webhook_param topic_arn" takes the messages of all topics in /,
    'nginx -t warns of it';
($exit, $output) = $t->nginx_test(
    config(
        'webhook aws-sns; webhook_secret "file:%%DIR%%/sns.pem"; '
            . 'webhook_param topic_arn arn:aws:sns:us-west-2:123456789012:MyTopic;'
    )
);
unlike $output, qr/\[warn\]/, 'no warning with a topic';

done_testing;
