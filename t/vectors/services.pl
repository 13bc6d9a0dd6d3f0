#!/usr/bin/perl

# Makes t/vectors/services.json: for each sender a genuine request, and what must be refused. The signatures
# are made here, from the senders' own descriptions, not by the module's code. `published` are known answers
# of the senders themselves, and `checked_by` names the sender's package that accepted the genuine requests
# and refused the others.
#
#   perl t/vectors/services.pl > t/vectors/services.json

use v5.36;
use Digest::MD5 qw(md5);
use Digest::SHA qw(hmac_sha1 hmac_sha1_hex hmac_sha256 hmac_sha256_hex hmac_sha384_hex hmac_sha512_hex),
    qw(sha1_hex sha256 sha256_hex);
use File::Temp qw(tempdir);
use JSON::PP;
use MIME::Base64 qw(decode_base64 encode_base64 encode_base64url);

my $clock = 1_760_000_000;
my $json = JSON::PP->new->canonical;

sub b64 ($bytes) { return encode_base64($bytes, '') }
sub bytes ($text) { utf8::encode(my $copy = $text); return $copy }

sub hmac_md5_hex ($data, $key) {
    $key = md5($key) if length $key > 64;
    $key .= "\0" x (64 - length $key);
    return unpack 'H*', md5(($key ^. ("\x5c" x 64)) . md5(($key ^. ("\x36" x 64)) . $data));
}

sub jwt ($claims, $key) {
    my $signed = join '.',
        map { encode_base64url(bytes($json->encode($_))) } { alg => 'HS256', typ => 'JWT' }, $claims;
    return "$signed." . encode_base64url(hmac_sha256($signed, $key));
}

# --- senders that sign the body alone: header, and what is written into it
sub of_body ($header, $sign) {
    return sub ($body, $key, $ts) { return { $header => $sign->($body, $key) } };
}
my $hex = sub ($body, $key) { hmac_sha256_hex($body, $key) };
my $base64 = sub ($body, $key) { b64(hmac_sha256($body, $key)) };
sub prefixed ($prefix, $sign) { return sub ($body, $key) { return $prefix . $sign->($body, $key) } }

# "t=TIME,v1=SIGNATURE" over TIME.BODY
sub timed ($header, $t = 't', $v = 'v1', $sign = $hex, $unit = 1) {
    return sub ($body, $key, $ts) {
        my $time = $ts * $unit;
        return { $header => "$t=$time,$v=" . $sign->("$time.$body", $key) };
    };
}

# no_window: the sender's package does not look at the time.
# Fields: scheme, secret, body, sign(body, key, ts); timed: the signature holds the time; id, type: what must
# come out.
my @senders = (
    # --- operations
    {
        scheme => 'alchemy', sign => of_body('X-Alchemy-Signature', $hex), id => 'whevt_1',
        type => 'ADDRESS_ACTIVITY',
        body =>
            '{"webhookId":"wh_k63lg72rxda78gce","id":"whevt_1","createdAt":"2025-10-09T08:53:20.000Z",'
                . '"type":"ADDRESS_ACTIVITY","event":{}}'
    },
    {
        scheme => 'appwrite', type => 'users.5e5ea5c16897e.create',
        body => '{"$id":"5e5ea5c16897e","name":"Zoë"}',
        sign => sub ($body, $key, $ts) {
            return {
                'X-Appwrite-Webhook-Events' => 'users.5e5ea5c16897e.create',
                'X-Appwrite-Webhook-Id' => 'hook1',
                'X-Appwrite-Webhook-Signature' =>
                    b64(hmac_sha1("https://hooks.example.com/in/appwrite$body", $key))
            };
        }
    },
    {
        scheme => 'blockfrost', timed => 1, sign => timed('Blockfrost-Signature'), id => '47668401',
        type => 'block',
        body =>
            '{"id":"47668401","webhook_id":"389ac","created":1760000000,"api_version":1,"type":"block","payload":{"height":1}}'
    },
    {
        scheme => 'expo', sign =>
            of_body('Expo-Signature', prefixed('sha1=', sub ($body, $key) { hmac_sha1_hex($body, $key) })),
        id => '147a3212-49fd-446f-b4e3-a6519acf264a', type => 'finished',
        body => '{"id":"147a3212-49fd-446f-b4e3-a6519acf264a","platform":"android","status":"finished"}'
    },
    {
        scheme => 'hookdeck',
        id => 'evt_9',
        body => '{"anything":true}',
        sign => sub ($body, $key, $ts) {
            return { 'X-Hookdeck-EventId' => 'evt_9',
                'X-Hookdeck-Signature' => b64(hmac_sha256($body, $key)) };
        }
    },
    {
        scheme => 'hookdeck',
        note => 'previous-key',
        id => 'evt_9',
        body => '{"anything":true}',
        sign => sub ($body, $key, $ts) {
            return {
                'X-Hookdeck-EventId' => 'evt_9',
                'X-Hookdeck-Signature' => b64(hmac_sha256($body, 'the new key')),
                'X-Hookdeck-Signature-2' => b64(hmac_sha256($body, $key))
            };
        }
    },
    {
        scheme => 'huggingface', token => 1,
        sign => sub ($body, $key, $ts) { return { 'X-Webhook-Secret' => $key } },
        type => 'discussion.create',
        body =>
            '{"event":{"action":"create","scope":"discussion"},"webhook":{"id":"6390e855e30d9209411de93b"}}'
    },
    {
        scheme => 'infisical',
        timed => 1,
        type => 'secrets.modified',
        sign => sub ($body, $key, $ts) {
            return { 'X-Infisical-Signature' => "t=${ts}000;" . hmac_sha256_hex($body, $key) };
        },
        body => '{"event":"secrets.modified","project":{"environment":"dev"},"timestamp":1760000000000}'
    },
    {
        scheme => 'logto', sign => of_body('Logto-Signature-Sha-256', $hex), type => 'User.Created',
        body => '{"event":"User.Created","hookId":"h1","createdAt":"2025-10-09T08:53:20.000Z"}'
    },
    {
        scheme => 'mlflow', timed => 1, id => '1f6b0c52-0d6f-4a2e-9a5f-4c8e2d1b7a90',
        type => 'registered_model.created',
        sign => sub ($body, $key, $ts) {
            my $id = '1f6b0c52-0d6f-4a2e-9a5f-4c8e2d1b7a90';
            return {
                'X-MLflow-Delivery-Id' => $id, 'X-MLflow-Timestamp' => $ts,
                'X-MLflow-Signature' => 'v1,' . b64(hmac_sha256("$id.$ts.$body", $key))
            };
        },
        body => '{"entity": "registered_model", "action": "created", "data": {"name": "m"}}'
    },
    {
        scheme => 'mongodb',
        id => '533dc40ae4b00835ff81eaee',
        type => 'alert.open',
        sign => sub ($body, $key, $ts) {
            return { 'X-MMS-Event' => 'alert.open', 'X-MMS-Signature' => b64(hmac_sha1($body, $key)) };
        },
        body => '{"id":"533dc40ae4b00835ff81eaee","eventTypeName":"OUTSIDE_METRIC_THRESHOLD","status":"OPEN"}'
    },
    {
        scheme => 'nango', sign => of_body('X-Nango-Hmac-Sha256', $hex), type => 'sync',
        checked_by => 'npm @nangohq/node 0.71.10',
        body => '{"from":"nango","type":"sync","connectionId":"c1","syncName":"issues"}'
    },
    {
        scheme => 'netbox',
        sign => of_body('X-Hook-Signature', sub ($body, $key) { hmac_sha512_hex($body, $key) }),
        type => 'created',
        body => '{"event": "created", "timestamp": "2025-10-09 08:53:20.000000+00:00", "data": {"id": 7}}'
    },
    {
        scheme => 'openproject', type => 'work_package:updated',
        body => '{"action":"work_package:updated","work_package":{"id":1}}',
        sign => of_body('X-OP-Signature', prefixed('sha1=', sub ($body, $key) { hmac_sha1_hex($body, $key) }))
    },
    {
        scheme => 'outline', timed => 1, sign => timed('Outline-Signature', 't', 's', $hex, 1000),
        id => '0d6f4a2e', type => 'documents.update',
        secret => 'ol_whs_abcdefghijklmnopqrstuvwxyz012345',
        body =>
            '{"id":"0d6f4a2e","actorId":"u","webhookSubscriptionId":"s",'
                . '"createdAt":"2025-10-09T08:53:20.000Z","event":"documents.update"}'
    },
    {
        scheme => 'phorge', sign => of_body('X-Phorge-Webhook-Signature', $hex), type => 'TASK',
        body =>
            qq({\n  "object": {\n    "type": "TASK",\n    "phid": "PHID-TASK-1"\n  },\n)
                . qq(  "action": {\n    "epoch": 1760000000\n  }\n}\n)
    },
    {
        scheme => 'phorge', note => 'phabricator', sign => of_body('X-Phabricator-Webhook-Signature', $hex),
        type => 'TASK',
        body => '{"object":{"type":"TASK","phid":"PHID-TASK-1"}}'
    },
    {
        scheme => 'plane',
        id => 'c0ffee',
        type => 'issue.update',
        sign => sub ($body, $key, $ts) {
            return { 'X-Plane-Delivery' => 'c0ffee', 'X-Plane-Event' => 'issue',
                'X-Plane-Signature' => hmac_sha256_hex($body, $key) };
        },
        body => '{"event": "issue", "action": "update", "webhook_id": "w", "data": {"id": "i"}}'
    },
    {
        scheme => 'qstash', id => 'msg_1', body => '{"hello":"world"}',
        checked_by => 'npm @upstash/qstash 2.12.0', expires => 1,
        secret => 'sig_7kYjw48mhY7kAjqNGcy6cr29RJ6r',
        sign => sub ($body, $key, $ts) {
            return {
                'Upstash-Message-Id' => 'msg_1',
                'Upstash-Signature' => jwt(
                    {
                        iss => 'Upstash', sub => 'https://hooks.example.com/in/qstash',
                        exp => $ts + 300, nbf => $ts - 10, iat => $ts - 10, jti => 'jwt_1',
                        body => encode_base64url(sha256($body))
                    },
                    $key
                )
            };
        }
    },
    {
        scheme => 'taiga', type => 'userstory.change',
        body => '{"action":"change","type":"userstory","data":{"id":1}}',
        sign => of_body('X-Taiga-Webhook-Signature', sub ($body, $key) { hmac_sha1_hex($body, $key) })
    },
    {
        scheme => 'zitadel', timed => 1, sign => timed('ZITADEL-Signature'),
        body => '{"aggregateID":"1","event_type":"user.human.added"}'
    },
    {
        scheme => 'hcp-vault-radar', id => 'ev1', type => 'event_finding',
        body => '{"version":"1","event_id":"ev1","event_type":"event_finding"}',
        sign => of_body(
            'X-HCP-Radar-Signature', prefixed('sha512=', sub ($body, $key) { hmac_sha512_hex($body, $key) })
        )
    },
    {
        scheme => 'sonatype',
        id => 'd1',
        type => 'rm:repository:component',
        sign => sub ($body, $key, $ts) {
            return {
                'X-Nexus-Webhook-Delivery' => 'd1', 'X-Nexus-Webhook-Id' => 'rm:repository:component',
                'X-Nexus-Webhook-Signature' => hmac_sha1_hex($body, $key)
            };
        },
        body => '{"timestamp":"2025-10-09T08:53:20.000+0000","action":"CREATED","component":{"id":"c"}}'
    },

    {
        scheme => 'flux', id => '7d0cdc51', type => 'ValidationFailed',
        sign => of_body('X-Signature', prefixed('sha256=', $hex)),
        body =>
            '{"involvedObject":{"kind":"Kustomization","uid":"7d0cdc51"},"severity":"error",'
                . '"reason":"ValidationFailed","timestamp":"2025-10-09T08:53:20Z"}'
    },
    {
        scheme => 'grafana', id => '{}:{alertname=\"x\"}' =~ s/\\//gr, type => 'firing',
        sign => of_body('X-Grafana-Alerting-Signature', $hex),
        checked_by => 'npm @hookflo/tern 4.1.0',
        body => '{"receiver":"w","status":"firing","alerts":[],"groupKey":"{}:{alertname=\\"x\\"}"}'
    },
    {
        scheme => 'sonarqube', id => 'AVh21JS2JepAEhwQ-b3u', type => 'SUCCESS',
        sign => of_body('X-Sonar-Webhook-HMAC-SHA256', $hex),
        body => '{"taskId":"AVh21JS2JepAEhwQ-b3u","status":"SUCCESS","analysedAt":"2025-10-09T08:53:20+0000"}'
    },
    {
        scheme => 'spacelift', id => '01EF9PFPNFFM2MQXTJKHK1B869', type => 'FINISHED',
        sign => of_body('X-Signature-256', prefixed('sha256=', $hex)),
        body =>
            '{"account":"a","state":"FINISHED","timestamp":1596979684,"run":{"id":"01EF9PFPNFFM2MQXTJKHK1B869"}}'
    },

    # --- communication
    {
        scheme => 'mattermost', token => 1, in_body => 1, form => 1, id => 'axdygg1957njfe5pu38saikdho',
        type => 'some', sign => sub { return {} },
        body =>
            'token=s3cret-token-of-a-test&post_id=axdygg1957njfe5pu38saikdho&text=some+text&trigger_word=some'
    },
    {
        scheme => 'rocket-chat', token => 1, in_body => 1, id => 'm1', type => 'hi',
        sign => sub { return {} },
        body =>
            '{"token":"s3cret-token-of-a-test","bot":false,"message_id":"m1","text":"hi","trigger_word":"hi"}'
    },
    {
        scheme => 'zulip', token => 1, in_body => 1, id => '112', type => 'mention',
        sign => sub { return {} },
        body =>
            '{"bot_email":"b","data":"@**b** hi","message":{"id":112},"token":"s3cret-token-of-a-test","trigger":"mention"}'
    },
    {
        scheme => 'aircall', token => 1, in_body => 1, id => '812', type => 'call.created',
        sign => sub { return {} },
        body =>
            '{"resource":"call","event":"call.created","timestamp":1760000000,"token":"s3cret-token-of-a-test","data":{"id":812}}'
    },
    {
        scheme => 'crisp',
        timed => 1,
        type => 'message:send',
        checked_by => 'npm crisp-api 11.3.0',
        sign => sub ($body, $key, $ts) {
            return { 'X-Crisp-Request-Timestamp' => "${ts}000",
                'X-Crisp-Signature' => hmac_sha256_hex("[${ts}000;$body]", $key) };
        },
        no_window => 1,
        body => '{"website_id":"w","event":"message:send","data":{"content":"hi"},"timestamp":1760000000000}'
    },
    {
        scheme => 'discourse', note => 'published', secret => 'my_lovely_secret_for_web_hook', id => '1',
        type => 'ping', body => '{"ping":"OK"}',
        published => 'spec of discourse/discourse',
        sign => sub ($body, $key, $ts) {
            return {
                'X-Discourse-Event-Id' => '1', 'X-Discourse-Event-Type' => 'ping',
                'X-Discourse-Event' => 'ping',
                'X-Discourse-Event-Signature' => 'sha256='
                    . (
                    $key eq 'my_lovely_secret_for_web_hook' && $body eq '{"ping":"OK"}'
                    ? '162f107f6b5022353274eb1a7197885cfd35744d8d08e5bcea025d309386b7d6'
                    : hmac_sha256_hex($body, $key)
                    )
            };
        }
    },
    {
        scheme => 'emailit',
        timed => 1,
        id => 'evt_1',
        type => 'email.delivered',
        secret => 'whsec_' . 'ab' x 32,
        sign => sub ($body, $key, $ts) {
            return { 'X-Emailit-Timestamp' => $ts,
                'X-Emailit-Signature' => hmac_sha256_hex("$ts.$body", $key) };
        },
        body => '[{"event_id":"evt_1","type":"email.delivered"}]'
    },
    {
        scheme => 'getstream', sign => of_body('X-Signature', $hex), type => 'message.new',
        checked_by => 'npm stream-chat 9.53.0',
        body => '{"type":"message.new","message":{"id":"m1","text":"héllo"}}'
    },
    {
        scheme => 'help-scout',
        id => '291938',
        type => 'convo.assigned',
        sign => sub ($body, $key, $ts) {
            return { 'X-HelpScout-Event' => 'convo.assigned',
                'X-HelpScout-Signature' => b64(hmac_sha1($body, $key)) };
        },
        body => '{"id":291938,"number":349,"type":"email"}'
    },
    {
        scheme => 'knock', timed => 1, sign => timed('X-Knock-Signature', 't', 's', $base64, 1000),
        type => 'message.delivered',
        body => '{"type":"message.delivered","created_at":"2025-10-09T08:53:20Z","data":{"id":"1"}}'
    },
    {
        scheme => 'lark', token => 1, in_body => 1, id => 'f7984f25108f8137722bb63cee927e66',
        type => 'im.message.receive_v1', sign => sub { return {} },
        body =>
            '{"schema":"2.0","header":{"event_id":"f7984f25108f8137722bb63cee927e66",'
                . '"event_type":"im.message.receive_v1","token":"s3cret-token-of-a-test"},"event":{}}'
    },
    {
        scheme => 'livekit', id => 'EV_1', type => 'room_started',
        checked_by => 'npm livekit-server-sdk 2.19.2', expires => 1,
        secret => 'livekit-api-secret-0123456789abcdef',
        sign => sub ($body, $key, $ts) {
            return {
                Authorization => jwt(
                    { iss => 'APIkey1', nbf => $ts - 1, exp => $ts + 300, sha256 => b64(sha256($body)) },
                    $key
                )
            };
        },
        body =>
            '{"event":"room_started","room":{"sid":"RM_1","name":"r"},"id":"EV_1","createdAt":"1760000000"}'
    },
    {
        scheme => 'mailtrap', sign => of_body('Mailtrap-Signature', $hex), type => 'delivery',
        checked_by => 'npm mailtrap 4.10.0',
        body => '{"events":[{"event":"delivery","message_id":"m1","timestamp":1760000000}]}'
    },
    {
        scheme => 'mastodon', sign => of_body('X-Hub-Signature', prefixed('sha256=', $hex)),
        type => 'account.created',
        body => '{"event":"account.created","created_at":"2025-10-09T08:53:20.000Z","object":{"id":"1"}}'
    },
    {
        scheme => 'misskey', token => 1, id => '5b2b0c2e', type => 'note',
        body => '{"server":"https://m.example","eventId":"5b2b0c2e","type":"note"}',
        sign =>
            sub ($body, $key, $ts) { return { 'X-Misskey-Hook-Secret' => $key, 'X-Misskey-Hook-Id' => 'h' } }
    },
    {
        scheme => 'nextcloud-talk',
        id => '1567',
        type => 'Create',
        sign => sub ($body, $key, $ts) {
            my $random = 'R' x 64;
            return { 'X-Nextcloud-Talk-Random' => $random,
                'X-Nextcloud-Talk-Signature' => hmac_sha256_hex("$random$body", $key) };
        },
        body =>
            '{"type":"Create","actor":{"type":"Person","id":"users/ada"},"object":{"type":"Note","id":"1567","name":"message"}}'
    },
    {
        scheme => 'nylas', sign => of_body('X-Nylas-Signature', $hex), id => 'mock-id',
        type => 'message.created',
        body =>
            '{"specversion":"1.0","type":"message.created","source":"/google/emails/realtime","id":"mock-id","time":1760000000}'
    },
    {
        scheme => 'plain', timed => 1, sign => of_body('Plain-Request-Signature', $hex), id => 'pEv_1',
        type => 'thread.thread_created',
        body =>
            '{"id":"pEv_1","type":"thread.thread_created","webhookMetadata":{"webhookDeliveryAttemptId":"a1",'
            . '"webhookDeliveryAttemptNumber":1,"webhookDeliveryAttemptTimestamp":"2025-10-09T08:53:20.861Z"}}'
    },
    {
        scheme => 'pusher', note => 'published', secret => 'tofu', type => 'channel_vacated',
        published => 'npm pusher 5.3.4, its tests',
        checked_by => 'npm pusher 5.3.4',
        sign => sub ($body, $key, $ts) {
            return { 'X-Pusher-Key' => '123456789',
                  'X-Pusher-Signature' => $key eq 'tofu' && $body !~ / \z/
                ? 'c17257e92037cd7de407ebc1ed174ceb7b2e518db127f44411b9ffc4f5b28cc5'
                : hmac_sha256_hex($body, $key) };
        },
        body => '{"time_ms":1403175510755,"events":[{"channel":"test_channel","name":"channel_vacated"}]}'
    },
    {
        scheme => 'retell',
        timed => 1,
        id => 'call_1',
        type => 'call_ended',
        checked_by => 'npm retell-sdk 5.66.1',
        sign => sub ($body, $key, $ts) {
            return { 'X-Retell-Signature' => "v=${ts}000,d=" . hmac_sha256_hex("$body${ts}000", $key) };
        },
        body => '{"event":"call_ended","call":{"call_id":"call_1"}}'
    },
    {
        scheme => 'sendbird', sign => of_body('X-Sendbird-Signature', $hex),
        type => 'group_channel:message_send',
        body => '{"category":"group_channel:message_send","app_id":"A"}'
    },
    {
        scheme => 'sinch',
        timed => 1,
        no_window => 1,
        id => '01ABC',
        checked_by => 'npm @sinch/sdk-client 1.5.0',
        sign => sub ($body, $key, $ts) {
            return {
                'X-Sinch-Webhook-Signature-Timestamp' => $ts,
                'X-Sinch-Webhook-Signature-Nonce' => '01FJA8B4A7BM43YGWSG9GBV067',
                'X-Sinch-Webhook-Signature-Algorithm' => 'HmacSHA256',
                'X-Sinch-Webhook-Signature' => b64(hmac_sha256("$body.01FJA8B4A7BM43YGWSG9GBV067.$ts", $key))
            };
        },
        body => '{"app_id":"a","project_id":"p","message":{"id":"01ABC"}}'
    },
    {
        scheme => 'sinch-numbers',
        sign => of_body('X-Sinch-Signature', sub ($body, $key) { hmac_sha1_hex($body, $key) }),
        id => 'e1', type => 'PROVISIONING_TO_VOICE_PLATFORM', checked_by => 'npm @sinch/sdk-client 1.5.0',
        body => '{"eventId":"e1","eventType":"PROVISIONING_TO_VOICE_PLATFORM","status":"SUCCEEDED"}'
    },
    {
        scheme => 'viber', sign => of_body('X-Viber-Content-Signature', $hex), id => '4912661846655238145',
        type => 'message',
        checked_by => 'npm viber-bot 1.0.18',
        body => '{"event":"message","timestamp":1760000000000,"message_token":4912661846655238145}'
    },
    {
        scheme => 'webex',
        sign => of_body('X-Spark-Signature', sub ($body, $key) { hmac_sha1_hex($body, $key) }), id => 'M1',
        type => 'messages.created',
        body => '{"id":"W1","resource":"messages","event":"created","data":{"id":"M1","roomId":"R1"}}'
    },

    {
        scheme => 'signalwire',
        form => 1,
        id => 'SM1',
        type => 'delivered',
        checked_by => 'npm @signalwire/compatibility-api 3.2.0',
        sign => sub ($body, $key, $ts) {
            my %field = map { split /=/, $_, 2 } split /&/, $body;
            return {
                'X-SignalWire-Signature' => b64(
                    hmac_sha1(
                        'https://hooks.example.com/in/signalwire'
                            . join('', map { "$_$field{$_}" } sort keys %field), $key
                    )
                )
            };
        },
        body => 'MessageSid=SM1&AccountSid=AC1&MessageStatus=delivered'
    },

    # --- media
    {
        scheme => 'cloudconvert', sign => of_body('CloudConvert-Signature', $hex), id => 'c677ccf7',
        type => 'job.finished',
        checked_by => 'npm cloudconvert 3.0.0',
        body => '{"event":"job.finished","job":{"id":"c677ccf7","status":"finished"}}'
    },
    {
        scheme => 'northpass', sign => of_body('X-Northpass-Hmac-SHA256', $base64),
        body => '{"data":{"id":"1"}}'
    },
    {
        scheme => 'autodesk',
        id => 'dl1',
        type => 'dm.version.added',
        sign => sub ($body, $key, $ts) {
            return { 'X-Adsk-Delivery-Id' => 'dl1',
                'X-Adsk-Signature' => 'sha1hash=' . hmac_sha1_hex($body, $key) };
        },
        body =>
            '{"version":"1.0","resourceUrn":"urn:x","hook":{"hookId":"h","event":"dm.version.added"},"payload":{}}'
    },
    {
        scheme => 'lever', id => 'l1', type => 'candidateHired', signed_in_body => 1,
        sign => sub { return {} },
        body => sub ($key) {
            return
                '{"id":"l1","event":"candidateHired","token":"tk","triggeredAt":1760000000000,"signature":"'
                . hmac_sha256_hex('tk1760000000000', $key) . '"}';
        }
    },
    {
        scheme => 'prismic', token => 1, in_body => 1, type => 'api-update', sign => sub { return {} },
        body => '{"type":"api-update","masterRef":"X6qn","domain":"d","secret":"s3cret-token-of-a-test"}'
    },
    {
        scheme => 'tapjoy',
        id => 't1',
        query => 'id=t1&snuid=u1&currency=10&',
        sign => sub ($body, $key, $ts) {
            return { '?verifier' => unpack 'H*', md5("t1:u1:10:$key") };
        },
        postback => 1,
        body => ''
    },
    {
        scheme => 'cloudinary',
        timed => 1,
        type => 'upload',
        checked_by => 'npm cloudinary 2.11.0',
        sign => sub ($body, $key, $ts) {
            return { 'X-Cld-Timestamp' => $ts, 'X-Cld-Signature' => sha1_hex("$body$ts$key") };
        },
        body => '{"notification_type":"upload","public_id":"p","version":1760000000}'
    },
    {
        scheme => 'cvat', sign => of_body('X-Signature-256', prefixed('sha256=', $hex)),
        type => 'update:task',
        body => '{"event": "update:task", "task": {"id": 5}}'
    },
    {
        scheme => 'datasaur', note => 'published', secret => 'secret', body => '{"body":"sample"}',
        published => 'docs.datasaur.ai',
        sign => sub ($body, $key, $ts) {
            return { 'X-Datasaur-Signature' => $key eq 'secret' && $body eq '{"body":"sample"}'
                ? '0278b1a603de4c561ac0feb960354d0d00e8846b74813d81bddb43ad45bff767'
                : hmac_sha256_hex($body, $key) };
        }
    },
    {
        scheme => 'documenso', token => 1,
        sign => sub ($body, $key, $ts) { return { 'X-Documenso-Secret' => $key } }, id => 'dlv1',
        type => 'DOCUMENT_COMPLETED',
        body =>
            '{"deliveryId":"dlv1","event":"DOCUMENT_COMPLETED","payload":{},"createdAt":"2025-10-09T08:53:20.000Z"}'
    },
    {
        scheme => 'editframe', sign => of_body('X-Webhook-Signature', $hex), type => 'render.completed',
        body => '{"topic":"render.completed","data":{}}'
    },
    {
        scheme => 'fizzy', sign => of_body('X-Webhook-Signature', $hex),
        body => '{"id":"ev1","action":"card_closed"}'
    },
    {
        scheme => 'frameio',
        timed => 1,
        id => 'a1',
        type => 'asset.created',
        sign => sub ($body, $key, $ts) {
            return { 'X-Frameio-Request-Timestamp' => $ts,
                'X-Frameio-Signature' => 'v0=' . hmac_sha256_hex("v0:$ts:$body", $key) };
        },
        body => '{"type":"asset.created","resource":{"type":"asset","id":"a1"}}'
    },
    {
        scheme => 'ghost',
        timed => 1,
        type => 'post.published',
        sign => sub ($body, $key, $ts) {
            return {
                'X-Ghost-Signature' => 'sha256=' . hmac_sha256_hex("$body${ts}000", $key) . ", t=${ts}000" };
        },
        body => '{"event":"post.published","post":{"current":{"id":"1"}}}'
    },
    {
        scheme => 'hygraph', timed => 1, no_window => 1, id => 'ckd1', type => 'update',
        config => { environment => 'master' }, checked_by => 'npm @hygraph/utils 1.2.1',
        sign => sub ($body, $key, $ts) {
            my $text = JSON::PP->new->encode(do { utf8::decode(my $copy = $body); [$copy] });
            my ($inner) = bytes($text) =~ /\A\[(.*)\]\z/s;
            my $signed = qq({"Body":$inner,"EnvironmentName":"master","TimeStamp":${ts}000});
            return {
                'Gcms-Signature' => 'sign=' . b64(hmac_sha256($signed, $key)) . ", env=master, t=${ts}000" };
        },
        body => '{"operation":"update","data":{"__typename":"Post","id":"ckd1","title":"a \"quoted\" ü"}}'
    },
    {
        scheme => 'imagekit', timed => 1, id => 'whe_1', type => 'video.transformation.ready',
        secret => 'whsec_NotBase64_at_all',
        checked_by => 'npm @imagekit/nodejs 7.11.0',
        sign => sub ($body, $key, $ts) {
            return { 'webhook-id' => 'whe_1', 'webhook-timestamp' => $ts,
                'webhook-signature' => 'v1,' . b64(hmac_sha256("whe_1.$ts.$body", $key)) };
        },
        body => '{"id":"whe_1","type":"video.transformation.ready","data":{}}'
    },
    {
        scheme => 'kontent-ai', sign => of_body('X-Kontent-ai-Signature', $base64), type => 'published',
        checked_by => 'npm @kontent-ai/webhook-helper 3.0.3',
        body => '{"notifications":[{"data":{"system":{"id":"aa7f127f"}},"message":{"action":"published"}}]}'
    },
    {
        scheme => 'pandadoc', id => 'doc1', type => 'document_state_changed', in_query => 'signature',
        sign => of_body('?signature', $hex),
        body => '[{"event":"document_state_changed","data":{"id":"doc1","status":"document.completed"}}]'
    },
    {
        scheme => 'patreon',
        id => '4af5',
        type => 'members:create',
        sign => sub ($body, $key, $ts) {
            return { 'X-Patreon-Event' => 'members:create',
                'X-Patreon-Signature' => hmac_md5_hex($body, $key) };
        },
        body => '{"data":{"type":"member","id":"4af5"}}'
    },
    {
        scheme => 'smartcar', sign => of_body('SC-Signature', $hex), id => 'e1', type => 'VEHICLE_STATE',
        checked_by => 'npm smartcar 10.4.0',
        body => '{"eventId":"e1","eventType":"VEHICLE_STATE","data":{}}'
    },
    {
        scheme => 'strava', token => 1, in_query => 'token',
        sign => sub ($body, $key, $ts) { return { '?token' => $key } },
        id => 'activity:1360128428', type => 'activity.update',
        body =>
            '{"aspect_type":"update","event_time":1760000000,"object_id":1360128428,"object_type":"activity","owner_id":134815}'
    },
    {
        scheme => 'terra', timed => 1, sign => timed('Terra-Signature'), type => 'activity',
        checked_by => 'npm terra-api 2.1.0',
        body => '{"type":"activity","user":{"user_id":"u"}}'
    },

    {
        scheme => 'transloadit', form => 1, id => 'a1b2', type => 'ASSEMBLY_COMPLETED', signed_in_body => 1,
        sign => sub { return {} },
        body => sub ($key) {
            my $text = '{"ok":"ASSEMBLY_COMPLETED","assembly_id":"a1b2"}';
            my $escaped = $text =~ s/([^A-Za-z0-9_])/sprintf '%%%02X', ord $1/ger;
            return "transloadit=$escaped&signature=sha384%3A" . hmac_sha384_hex($text, $key);
        }
    },

    # --- trade
    {
        scheme => 'attio', sign => of_body('X-Attio-Signature', $hex), type => 'record.created',
        body =>
            '{"webhook_id":"w","events":[{"event_type":"record.created","id":{"workspace_id":"a","record_id":"r"}}]}'
    },
    {
        scheme => 'bamboohr',
        timed => 1,
        type => 'employee.updated',
        sign => sub ($body, $key, $ts) {
            return { 'X-BambooHR-Timestamp' => $ts,
                'X-BambooHR-Signature' => hmac_sha256_hex("$body$ts", $key) };
        },
        body => '{"type":"employee.updated","employees":[{"id":"123","action":"Updated"}]}'
    },
    {
        scheme => 'greenhouse',
        id => 'gh1',
        type => 'hire_candidate',
        sign => sub ($body, $key, $ts) {
            return { 'Greenhouse-Event-ID' => 'gh1', Signature => 'sha256 ' . hmac_sha256_hex($body, $key) };
        },
        body => '{"action":"hire_candidate","payload":{"application":{"id":46194062}}}'
    },
    {
        scheme => 'jobber', sign => of_body('X-Jobber-Hmac-SHA256', $base64), id => 'MQ==',
        type => 'CLIENT_CREATE',
        body =>
            '{"data":{"webHookEvent":{"topic":"CLIENT_CREATE","accountId":"MQ==","itemId":"MQ==",'
                . '"occurredAt":"2025-10-09T08:53:20Z"}}}'
    },
    {
        scheme => 'smartsheet', sign => of_body('Smartsheet-Hmac-SHA256', $hex), id => '4b2ed20d',
        type => 'updated',
        body =>
            '{"nonce":"4b2ed20d","timestamp":"2025-10-09T08:53:20Z","webhookId":1,'
                . '"events":[{"objectType":"sheet","eventType":"updated"}]}'
    },
    {
        scheme => 'chargify',
        id => '81571',
        type => 'signup_success',
        form => 1,
        sign => sub ($body, $key, $ts) {
            return { 'X-Chargify-Webhook-Id' => '81571',
                'X-Chargify-Webhook-Signature-Hmac-Sha-256' => hmac_sha256_hex($body, $key) };
        },
        body => 'id=81571&event=signup_success&payload[subscription][id]=1'
    },
    {
        scheme => 'dwolla',
        id => 'f2a6',
        type => 'customer_created',
        sign => sub ($body, $key, $ts) {
            return { 'X-Dwolla-Topic' => 'customer_created',
                'X-Request-Signature-SHA-256' => hmac_sha256_hex($body, $key) };
        },
        body => '{"id":"f2a6","resourceId":"r","topic":"customer_created"}'
    },
    {
        scheme => 'flutterwave-v4', sign => of_body('Flutterwave-Signature', $base64), id => 'wbk_1',
        type => 'charge.completed',
        body =>
            '{"webhook_id":"wbk_1","timestamp":1760000000000,"type":"charge.completed","data":{"id":"chg_1"}}'
    },
    {
        scheme => 'lazada', config => { app_key => '123456' }, type => '0',
        sign => of_body('Authorization', sub ($body, $key) { hmac_sha256_hex("123456$body", $key) }),
        body => '{"seller_id":"9999","message_type":0,"data":{"trade_order_id":"260422900198363"}}'
    },
    {
        scheme => 'payu',
        id => 'LDLW5N7MF4140324GUEST000P01:COMPLETED',
        type => 'COMPLETED',
        sign => sub ($body, $key, $ts) {
            return {  'OpenPayu-Signature' => 'sender=checkout;signature='
                    . (unpack 'H*', md5("$body$key"))
                    . ';algorithm=MD5;content=DOCUMENT' };
        },
        body => '{"order":{"orderId":"LDLW5N7MF4140324GUEST000P01","status":"COMPLETED"}}'
    },
    {
        scheme => 'payu',
        note => 'refund',
        id => '2DVZMPMFPN140219GUEST000P01:912128:FINALIZED',
        type => 'FINALIZED',
        sign => sub ($body, $key, $ts) {
            return {  'OpenPayu-Signature' => 'sender=checkout;signature='
                    . (unpack 'H*', md5("$body$key"))
                    . ';algorithm=MD5;content=DOCUMENT' };
        },
        body =>
            '{"orderId":"2DVZMPMFPN140219GUEST000P01","refund":{"refundId":"912128","status":"FINALIZED"}}'
    },
    {
        scheme => 'payu-sha256',
        id => 'o1:PENDING',
        type => 'PENDING',
        sign => sub ($body, $key, $ts) {
            return {  'OpenPayu-Signature' => 'sender=checkout;signature='
                    . sha256_hex("$body$key")
                    . ';algorithm=SHA-256;content=DOCUMENT' };
        },
        body => '{"order":{"orderId":"o1","status":"PENDING"}}'
    },
    {
        scheme => 'shopee', type => '3',
        body => '{"code":3,"shop_id":727720655,"timestamp":1760000000,"data":{"status":"READY_TO_SHIP"}}',
        sign => of_body(
            'Authorization',
            sub ($body, $key) { hmac_sha256_hex("https://hooks.example.com/in/shopee|$body", $key) }
        )
    },
    {
        scheme => 'aftership', sign => of_body('Aftership-Hmac-Sha256', $base64), id => 'e1',
        type => 'tracking_update',
        body => '{"event":"tracking_update","event_id":"e1","msg":{"id":"t1","tag":"Delivered"}}'
    },
    {
        scheme => 'fincra', sign => of_body('Signature', sub ($body, $key) { hmac_sha512_hex($body, $key) }),
        id => 'r1', type => 'payout.successful',
        body => '{"event":"payout.successful","data":{"id":3,"reference":"r1"}}'
    },
    {
        scheme => 'flexport', sign => of_body('X-Hub-Signature-256', prefixed('sha256=', $hex)), id => '77',
        type => '/shipment#departed',
        body => '{"_object":"/event","id":77,"type":"/shipment#departed"}'
    },
    {
        scheme => 'modern-treasury', sign => of_body('X-Signature', $hex), id => 'po1',
        type => 'payment_order.completed',
        checked_by => 'npm modern-treasury 3.3.0',
        body => '{"event":"completed","data":{"id":"po1","object":"payment_order"}}'
    },
    { scheme => 'nmi', sign => of_body('Signature', $hex), body => '{"status":"active"}' },
    {
        scheme => 'onfleet',
        secret => 'a2b3c4d5' x 8,
        sign => sub ($body, $key, $ts) {
            return { 'X-Onfleet-Signature' => hmac_sha512_hex($body, pack 'H*', $key) };
        },
        id => 'PUY1z',
        type => 'taskCompleted',
        body => '{"time":1760000000000,"taskId":"PUY1z","triggerId":3,"triggerName":"taskCompleted"}',
        other => 'a2b3c4d6' x 8
    },
    {
        scheme => 'orb', timed => 1, id => 'o4mmewpfNNTnjfZc', type => 'invoice.issued',
        checked_by => 'npm orb-billing 6.11.0',
        sign => sub ($body, $key, $ts) {
            return { 'X-Orb-Timestamp' => '2025-10-09T08:53:20.123456',
                'X-Orb-Signature' => 'v1=' . hmac_sha256_hex("v1:2025-10-09T08:53:20.123456:$body", $key) };
        },
        body => '{"id":"o4mmewpfNNTnjfZc","created_at":"2025-10-09T08:53:20Z","type":"invoice.issued"}'
    },
    {
        scheme => 'podium',
        timed => 1,
        type => 'test.event',
        sign => sub ($body, $key, $ts) {
            return { 'Podium-Timestamp' => "${ts}000",
                'Podium-Signature' => hmac_sha256_hex("${ts}000.$body", $key) };
        },
        body =>
            '{"data":{"bar":"apples","foo":"1"},"metadata":{"event_type":"test.event","version":"2021.04.01"}}'
    },
    { scheme => 'realtime-register', sign => of_body('Signature', $base64), body => '{"notifications":[]}' },
    {
        scheme => 'servicechannel', sign => of_body('Sign-Data', $base64), type => 'WorkOrderCreated',
        body => '{"Object":{"Id":1},"EventType":"WorkOrderCreated"}'
    },
    {
        scheme => 'shiphero',
        id => 'mid1',
        type => 'Order Allocated',
        sign => sub ($body, $key, $ts) {
            return { 'X-Shiphero-Message-ID' => 'mid1',
                'X-Shiphero-Hmac-Sha256' => b64(hmac_sha256($body, $key)) };
        },
        body => '{"webhook_type":"Order Allocated","account_id":1}'
    },
    {
        scheme => 'shippo', timed => 1, sign => timed('Shippo-Auth-Signature'), type => 'track_updated',
        body => '{"event":"track_updated","data":{}}'
    },
    {
        scheme => 'squarespace',
        secret => 'c4d5e6f7' x 8,
        other => 'c4d5e6f8' x 8,
        sign => sub ($body, $key, $ts) {
            return { 'Squarespace-Signature' => hmac_sha256_hex($body, pack 'H*', $key) };
        },
        id => '7b0b',
        type => 'order.create',
        body => '{"id":"7b0b","websiteId":"w","subscriptionId":"s","topic":"order.create","data":{}}'
    },
    {
        scheme => 'surge', timed => 1, sign => timed('Surge-Signature'), id => 'evt_01',
        type => 'message.received', body => '{"type":"message.received","id":"evt_01"}'
    },
    {
        scheme => 'syntage', timed => 1, sign => timed('X-Satws-Signature', 't', 's'), id => 'ev1',
        type => 'extraction.updated',
        body => '{"id":"ev1","type":"extraction.updated"}'
    },
    {
        scheme => 'tiktok-shop',
        config => { app_key => '6a6b7c' },
        id => '7327112393057371910',
        type => '1',
        sign => sub ($body, $key, $ts) {
            return { Authorization => hmac_sha256_hex("6a6b7c$body", $key) };
        },
        body =>
            '{"type":1,"tts_notification_id":"7327112393057371910","shop_id":"7494","timestamp":1760000000}'
    },
    {
        scheme => 'whop', timed => 1, id => 'msg_1', type => 'payment.succeeded',
        secret => 'ws_3f2c1b0a9d8e7f6a5b4c', checked_by => 'npm @whop/sdk 0.0.42',
        sign => sub ($body, $key, $ts) {
            return { 'webhook-id' => 'msg_1', 'webhook-timestamp' => $ts,
                'webhook-signature' => 'v1,' . b64(hmac_sha256("msg_1.$ts.$body", $key)) };
        },
        body => '{"id":"msg_1","type":"payment.succeeded","data":{}}'
    },
    {
        scheme => 'worldpay', id => 'w1', type => 'authorized', body =>
            '{"eventId":"w1","eventTimestamp":"2025-10-09T08:53:20Z","eventDetails":{"type":"authorized"}}',
        sign => of_body('Event-Signature', prefixed('1/SHA256/', $hex))
    },
    {
        scheme => 'worldpay', note => 'two-keys', id => 'w1', type => 'authorized',
        body => '{"eventId":"w1","eventDetails":{"type":"authorized"}}',
        sign => sub ($body, $key, $ts) {
            return {  'Event-Signature' => '1/SHA256/'
                    . hmac_sha256_hex($body, 'an older key')
                    . ',2/SHA256/'
                    . hmac_sha256_hex($body, $key) };
        }
    },
);

# --- a sender that signs with a private key, made anew in each run
sub rsa_sign ($data, $file, $hash = 'sha256') {
    my $folder = tempdir(CLEANUP => 1);
    open my $out, '>:raw', "$folder/data" or die $!;
    print $out $data;
    close $out;
    return b64(scalar `openssl dgst -$hash -sign $file $folder/data`);
}
my $keys = tempdir(CLEANUP => 1);
for my $name (qw(own other)) {
    system("openssl genrsa -out $keys/$name.pem 2048 2>$keys/log") == 0 or die 'openssl genrsa';
}
chomp(my $public = `openssl rsa -in $keys/own.pem -pubout 2>$keys/log`);
push @senders, {
    scheme => 'wechat-pay', timed => 1, secret => $public, signing => "$keys/own.pem",
    other => "$keys/other.pem", id => 'EV-1',
    type => 'TRANSACTION.SUCCESS',
    sign => sub ($body, $key, $ts) {
        return {
            'Wechatpay-Serial' => '5157F09EFDC096DE15EBE81A47057A72', 'Wechatpay-Timestamp' => $ts,
            'Wechatpay-Nonce' => 'Kd6Zt8',
            'Wechatpay-Signature' => rsa_sign("$ts\nKd6Zt8\n$body\n", $key)
        };
    },
    body =>
        '{"id":"EV-1","create_time":"2025-10-09T08:53:20+08:00","event_type":"TRANSACTION.SUCCESS","resource":{"ciphertext":"x"}}'
};

push @senders, {
    scheme => 'fireblocks', secret => $public, signing => "$keys/own.pem", other => "$keys/other.pem",
    id => 'ev-1', type => 'transaction.created',
    sign => sub ($body, $key, $ts) { return { 'Fireblocks-Signature' => rsa_sign($body, $key, 'sha512') } },
    body => '{"id":"ev-1","eventType":"transaction.created","workspaceId":"w","data":{"id":"t1"}}' };

sub ed25519_sign ($data, $file) {
    my $folder = tempdir(CLEANUP => 1);
    open my $out, '>:raw', "$folder/data" or die $!;
    print $out $data;
    close $out;
    return unpack 'H*', scalar `openssl pkeyutl -sign -rawin -inkey $file -in $folder/data`;
}
for my $name (qw(own-ed other-ed)) {
    system("openssl genpkey -algorithm ed25519 -out $keys/$name.pem 2>$keys/log") == 0
        or die 'openssl genpkey';
}
my $raw = substr scalar(`openssl pkey -in $keys/own-ed.pem -pubout -outform DER`), -32;
push @senders, {
    scheme => 'fal', timed => 1, checked_by => 'npm @hookflo/tern 4.1.0', signing => "$keys/own-ed.pem",
    other => "$keys/other-ed.pem", id => '024ca5b1', type => 'OK',
    secret => $json->encode({ keys => [ { kty => 'OKP', crv => 'Ed25519', x => encode_base64url($raw) } ] }),
    sign => sub ($body, $key, $ts) {
        return {
            'X-Fal-Webhook-Request-Id' => '024ca5b1', 'X-Fal-Webhook-User-Id' => 'user1',
            'X-Fal-Webhook-Timestamp' => $ts,
            'X-Fal-Webhook-Signature' => ed25519_sign("024ca5b1\nuser1\n$ts\n" . sha256_hex($body), $key)
        };
    },
    body => '{"request_id":"024ca5b1","status":"OK","payload":{"images":[]}}'
};

# --- from a sender to its vectors
sub vector ($sender, $note, $why, $headers, %more) {
    my %headers =
        ('Content-Type' => 'application/json', map { "$_" } %$headers);    # texts, where numbers were put in
    $headers{'Content-Type'} = 'application/x-www-form-urlencoded' if $sender->{form};
    delete $headers{'Content-Type'} if $sender->{postback};
    my $query = $sender->{query} // '';
    for my $param (grep { /^\?/ } keys %headers) {
        $query .= substr($param, 1) . '=' . delete $headers{$param};
    }
    my $url = "https://hooks.example.com/in/$sender->{scheme}" . (length $query ? "?$query" : '');
    my %known = map { $_ => $sender->{$_} } grep { defined $sender->{$_} } qw(checked_by published);
    my %vector = (
        provider => $sender->{scheme}, scheme => $sender->{scheme}, note => $note, why => $why,
        method => $sender->{postback} ? 'GET' : 'POST', url => $url, headers => \%headers,
        body => $sender->{body}, body_encoding => 'utf8', secret => $sender->{secret},
        config => $sender->{config} // {}, clock => $clock, expect => 'reject',
        %known, %more
    );
    delete @vector{ grep { !defined $vector{$_} } keys %vector };
    return \%vector;
}

sub vectors_of ($sender) {
    utf8::decode(my $name = $sender->{scheme});
    my $key = $sender->{signing} // $sender->{secret};
    my $wrong = $sender->{other} // 'not the key of this sender';
    my $forged = $sender->{signed_in_body} ? $sender->{body}->($wrong) : undef;
    $sender->{body} = $sender->{body}->($key) if $sender->{signed_in_body};
    my $body = bytes($sender->{body});
    my $headers = $sender->{sign}->($body, $key, $clock);
    my %expected = (expect => 'accept');
    $expected{expect_id} = $sender->{id} if defined $sender->{id};
    $expected{expect_type} = $sender->{type} if defined $sender->{type};
    my @vectors = vector($sender, $sender->{note} // 'valid', 'as the sender signs', $headers, %expected);
    my %refused = (grammar_reason => 'signature');
    push @vectors,
        vector($sender, 'wrong-key', 'signed with another key', $headers, %refused, body => $forged)
        if defined $forged;
    push @vectors,
        vector($sender, 'wrong-key', 'signed with another key', $sender->{sign}->($body, $wrong, $clock),
        %refused)
        if !$sender->{in_body} && !defined $forged;
    push @vectors,
        vector($sender, 'wrong-token', 'another token', $headers, %refused,
        body => $sender->{body} =~ s/s3cret/S3cret/r)
        if $sender->{in_body};
    push @vectors,
        vector($sender, 'tampered-body', 'body changed after signing', $headers, body => "$sender->{body} ")
        if !grep { $sender->{$_} } qw(token signed_in_body postback);
    push @vectors, vector(
        $sender, 'stale', 'sent long ago', $headers, clock => $clock + 100_000,
        $sender->{timed} ? (grammar_reason => 'expired') : (),
        $sender->{no_window} ? (checked_by => undef) : ()
    ) if $sender->{timed} || $sender->{expires};
    push @vectors, vector($sender, 'unsigned', 'no signature at all', {}, grammar_reason => 'no-signature')
        if !$sender->{in_body} && !$sender->{signed_in_body};
    return @vectors;
}

$_->{secret} //= 's3cret-token-of-a-test' for @senders;
for my $sender (grep { !ref $_->{body} } @senders) { utf8::decode($sender->{body}) }
my @lines = map { $json->utf8->encode($_) } map { vectors_of($_) } @senders;
print "[\n", join(",\n", @lines), "\n]\n";
