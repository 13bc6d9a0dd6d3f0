# The requests of t/recipes.t: page => [ what the sender sends to each location that the page shows ].
#   path, secret        location, and the secret that signs
#   key                 in place of a secret: the kind of key pair that recipes.t makes, and the form of the
#                       public one
#   wrong               another secret: what it signs is refused
#   id, type            of the event; `stored_id` where the id in the stream is not the one that is sent in a
#                       header
#   body, headers       as the sender sends them; `form` for a form, `query`, `method`
#   unsigned_body       the scheme does not sign the body, so a changed one is not refused
#   sign                what signs where webhookctl does not: sub ($secret) { { body, headers } }
#   answer              pattern of the answer, where it is not the usual JSON
#   also                other requests, with the status they get and a pattern of the answer; `signed` ones as
#                       an event is
#
# Every body holds 1999, which the test changes.

use v5.36;
use Digest::SHA qw(hmac_sha1_hex hmac_sha256 hmac_sha256_hex sha1);
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);

my $sha256 = qr/\A[0-9a-f]{64}\z/;
my %standard = (
    secret => 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0', wrong => 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM1',
    id => 'msg_1',
    type => 'user.created', body => '{"type":"user.created","data":{"number":1999,"name":"Zoë"}}',
);

sub escaped ($text) { return $text =~ s/([^A-Za-z0-9_.-])/sprintf '%%%02X', ord $1/ger }

# Two items, each signed on its own.
sub adyen ($secret, @references) {
    my $key = pack 'H*', $secret;
    my @items = map {
        my $signature =
            encode_base64(hmac_sha256("${_}::TestMerchant:Order:1999:EUR:AUTHORISATION:true", $key), '');
        qq({"NotificationRequestItem":{"pspReference":"$_","merchantAccountCode":"TestMerchant",)
            . qq("merchantReference":"Order","eventCode":"AUTHORISATION",)
            . qq("amount":{"value":1999,"currency":"EUR"},"success":"true","additionalData":{"hmacSignature":"$signature"}}});
    } @references;
    return { body => '{"live":"false","notificationItems":[' . join(',', @items) . ']}' };
}

sub braintree ($secret) {
    my $payload = encode_base64('<notification><kind>check</kind><n>1999</n></notification>');
    my $signature = 'integration_public_key|' . hmac_sha1_hex($payload, sha1($secret));
    return { body => 'bt_signature=' . escaped($signature) . '&bt_payload=' . escaped($payload) };
}

sub mailgun ($secret) {
    my $time = time;
    my $signature = hmac_sha256_hex("${time}token1999", $secret);
    my $signed = qq({"timestamp":"$time","token":"token1999","signature":"$signature"});
    return { body => qq({"signature":$signed,"event-data":{"id":"mg1","event":"delivered"}}) };
}

# The signature of SNS by the private key of a file: openssl reads what it signs from a file beside it.
sub sns ($key) {
    my %message = (
        Type => 'Notification', MessageId => '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
        TopicArn => 'arn:aws:sns:us-west-2:123456789012:MyTopic', Message => 'order 1999 paid',
        Timestamp => strftime('%Y-%m-%dT%H:%M:%S.000Z', gmtime)
    );
    open my $out, '>', "$key.text" or die "$key.text: $!";
    print $out map { "$_\n$message{$_}\n" } sort keys %message;
    close $out;
    open my $pipe, '-|', qw(openssl dgst -sha256 -sign), $key, "$key.text" or die "openssl: $!";
    my $signature = encode_base64(do { local $/; <$pipe> }, '');
    my $url = 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';
    return {  body => '{'
            . join(',', map { qq("$_":"$message{$_}") } sort keys %message)
            . qq(,"SignatureVersion":"2","SigningCertURL":"$url","Signature":"$signature"}) };
}

return {
    stripe => [ {
        path => '/hooks/stripe', secret => 'whsec_stripe', wrong => 'whsec_other', id => 'evt_1',
        type => 'invoice.paid',
        body => '{"id":"evt_1","object":"event","type":"invoice.paid","data":{"object":{"amount_paid":1999}}}'
    } ],
    github => [ {
        path => '/hooks/github', secret => 'hubsecret', wrong => 'other',
        id => '72d3162e-cc78-11e3-81ab-4c9367dc0958', type => 'pull_request',
        body => '{"action":"opened","number":1999}'
    } ],
    shopify => [ {
        path => '/hooks/shopify', secret => 'hush', wrong => 'other',
        id => 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043', type => 'orders/create',
        headers => { 'X-Shopify-Shop-Domain' => 'shop.myshopify.com' }, tenant => 'shop.myshopify.com',
        body => '{"id":820982911946154508,"total_price":"1999.00"}'
    } ],
    square => [ {
        path => '/hooks/square', secret => 'key', wrong => 'other', id => 'e1', type => 'payment.updated',
        body => '{"merchant_id":"M","type":"payment.updated","event_id":"e1","data":{"amount":1999}}'
    } ],
    paddle => [ {
        path => '/hooks/paddle', secret => 'pdl_ntfset_1', wrong => 'pdl_ntfset_2', id => 'evt_01',
        type => 'transaction.completed',
        body => '{"event_id":"evt_01","event_type":"transaction.completed","data":{"total":"1999"}}'
    } ],
    razorpay => [ {
        path => '/hooks/razorpay', secret => 's', wrong => 'other', id => 'rzp_1', type => 'payment.captured',
        body =>
            '{"entity":"event","event":"payment.captured","payload":{"payment":{"entity":{"amount":1999}}}}'
    } ],
    woocommerce => [ {
        path => '/hooks/woocommerce', secret => 's', wrong => 'other', id => 'd1', type => 'order.updated',
        body => '{"id":727,"total":"1999.00"}',
        also => [
            {
                what => 'the first ping',
                headers => { 'Content-Type' => 'application/x-www-form-urlencoded' }, body => 'webhook_id=1',
                status => 200
            }
        ]
    } ],
    'lemon-squeezy' => [ {
        path => '/hooks/lemonsqueezy', secret => 's', wrong => 'other', id => 'x', stored_id => $sha256,
        type => 'order_created',
        body => '{"meta":{"event_name":"order_created"},"data":{"id":"1","attributes":{"total":1999}}}'
    } ],
    paystack => [ {
        path => '/hooks/paystack', secret => 'sk_test_1', wrong => 'sk_test_2',
        id => 'charge.success:302961', type => 'charge.success',
        body => '{"event":"charge.success","data":{"id":302961,"amount":1999}}'
    } ],
    slack => [
        {
            path => '/hooks/slack', secret => '8f742231b10e8888abcd99yyyzzz85a5', wrong => 'other',
            id => 'Ev08MFMKH6', type => 'app_mention',
            body =>
                '{"type":"event_callback","event_id":"Ev08MFMKH6","event":{"type":"app_mention","text":"1999 €"}}',
            also => [ {
                what => 'the URL is verified', signed => 1,
                body =>
                    '{"token":"x","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}',
                status => 200,
                answer => qr/\A3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P\z/
            } ]
        },
        {
            path => '/hooks/slack', secret => '8f742231b10e8888abcd99yyyzzz85a5',
            id => '13345224609.738474920.8088930838d88f008e0', type => '/weather', form => 1,
            body =>
                'team_id=T0001&command=%2Fweather&text=1999&trigger_id=13345224609.738474920.8088930838d88f008e0'
        },
        {
            path => '/hooks/slack', secret => '8f742231b10e8888abcd99yyyzzz85a5', id => '23456.98765.abcd',
            type => 'block_actions', form => 1,
            body =>
                'payload=%7B%22type%22%3A%22block_actions%22%2C%22trigger_id%22%3A%2223456.98765.abcd%22%2C%22n%22%3A1999%7D'
        },
    ],
    gitlab => [
        {
            path => '/hooks/gitlab', secret => 'token', wrong => 'other', id => 'e7d4e3b2-1',
            type => 'Push Hook', unsigned_body => 1,
            body => '{"object_kind":"push","total_commits_count":1999}'
        },
        {
            path => '/hooks/gitlab-signed', secret => $standard{secret}, wrong => $standard{wrong},
            id => 'e7d4e3b2-2', type => 'Merge Request Hook',
            body => '{"object_kind":"merge_request","object_attributes":{"iid":1999}}'
        },
    ],
    bitbucket => [ {
        path => '/hooks/bitbucket', secret => 's', wrong => 'other',
        id => 'd5b1e7d0-0d8c-4a0e-9b59-0b8a1d3a5d11', type => 'repo:push',
        body => '{"push":{"changes":[1999]}}'
    } ],
    hubspot => [ {
        path => '/hooks/hubspot', secret => 'client-secret', wrong => 'other', id => '100',
        type => 'contact.creation',
        body =>
            '[{"eventId":100,"subscriptionType":"contact.creation","objectId":1999},{"eventId":101,'
                . '"subscriptionType":"contact.creation","objectId":2}]'
    } ],
    zoom => [ {
        path => '/hooks/zoom', secret => 'key-of-zoom-0123456789', wrong => 'other', id => 'x',
        stored_id => $sha256, type => 'meeting.started',
        body => '{"event":"meeting.started","event_ts":1626230691572,"payload":{"object":{"id":"1999"}}}',
        also => [ {
            what => 'the URL is validated', signed => 1,
            body => '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}',
            status => 200,
            answer => qr/"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"[0-9a-f]{64}"/
        } ]
    } ],
    linear => [ {
        path => '/hooks/linear', secret => 'lin_wh_1', wrong => 'lin_wh_2',
        id => '234d1a4e-b617-4388-90fe-adc3633d6b72', type => 'Issue',
        body => '{"action":"create","type":"Issue","data":{"number":1999},"webhookTimestamp":'
            . time . '000}'
    } ],
    notion => [ {
        path => '/hooks/notion', secret => 'secret_tok', wrong => 'other',
        id => '367cba44-b6f3-4c92-81e7-6a2e9659efd4', type => 'page.content_updated',
        body =>
            '{"id":"367cba44-b6f3-4c92-81e7-6a2e9659efd4","type":"page.content_updated","attempt_number":1999}'
    } ],
    'standard-webhooks' => [
        {
            %standard, path => '/hooks/openai', type => 'response.completed',
            body => '{"object":"event","id":"evt_1","type":"response.completed","created_at":1999}'
        },
        { %standard, path => '/hooks/clerk' },
        { %standard, path => '/hooks/partner' },
    ],
    postbacks => [
        {
            path => '/postback/voluum', method => 'GET', secret => 'tok', wrong => 'other',
            query => 'cid=w1NQ&payout=19.99&txid=T1&et=sale', id => 'w1NQ:T1', send_id => 0, type => 'sale',
            unsigned_body => 1
        },
        {
            path => '/postback/everflow', method => 'GET', secret => 'tok', wrong => 'other',
            query => 'nid=1&transaction_id=abc&event_id=7', id => 'abc:7', send_id => 0, type => '7',
            unsigned_body => 1
        },
        {
            path => '/postback/tune', method => 'GET', secret => 'tok', wrong => 'other',
            query => 'offer_id=26&transaction_id=1027c887059b47bc69c699f45466b9',
            id => '1027c887059b47bc69c699f45466b9',
            send_id => 0, unsigned_body => 1
        },
    ],
    zendesk => [ {
        path => '/hooks/zendesk', secret => 's', wrong => 'other', id => 'i1',
        type => 'zen:event-type:ticket.created',
        body => '{"type":"zen:event-type:ticket.created","detail":{"id":"1999"}}'
    } ],
    twitch => [ {
        path => '/hooks/twitch', secret => 's3cre7s3cre7', wrong => 'other',
        id => 'e76c6bd4-55c9-4987-8304-da1588d8988b', type => 'stream.online',
        body => '{"subscription":{"type":"stream.online"},"event":{"id":"1999"}}',
        also => [ {
            what => 'the subscription is verified', signed => 1,
            headers => { 'Twitch-Eventsub-Message-Type' => 'webhook_callback_verification' },
            body => '{"challenge":"pogchamp-kappa-360noscope","subscription":{}}', status => 200,
            answer => qr/\Apogchamp-kappa-360noscope\z/
        } ]
    } ],
    jira => [ {
        path => '/hooks/jira', secret => 's', wrong => 'other', id => 'j1', type => 'jira:issue_updated',
        body => '{"webhookEvent":"jira:issue_updated","issue":{"id":"1999"}}'
    } ],
    xero => [ {
        path => '/hooks/xero', answer => qr/\A\z/, secret => 's', wrong => 'other', id => '1',
        type => 'UPDATE',
        body =>
            '{"events":[{"eventType":"UPDATE","resourceId":"1999"}],"firstEventSequence":1,"lastEventSequence":1}'
    } ],
    quickbooks => [ {
        path => '/hooks/quickbooks', secret => 's', wrong => 'other', id => 'x', stored_id => $sha256,
        type => 'Update',
        body =>
            '{"eventNotifications":[{"realmId":"1","dataChangeEvent":{"entities":[{"name":"Customer",'
                . '"id":"1999","operation":"Update"}]}}]}'
    } ],
    intercom => [ {
        path => '/hooks/intercom', secret => 's', wrong => 'other', id => 'notif_1',
        type => 'conversation.user.created',
        body =>
            '{"type":"notification_event","id":"notif_1","topic":"conversation.user.created","data":{"n":1999}}',
        also => [ { what => 'the URL is tried', method => 'HEAD', status => 200 } ]
    } ],
    calendly => [ {
        path => '/hooks/calendly', secret => 's', wrong => 'other', id => 'x', stored_id => $sha256,
        type => 'invitee.created',
        body => '{"event":"invitee.created","created_at":"1999-01-01T00:00:00Z","payload":{}}'
    } ],
    typeform => [ {
        path => '/hooks/typeform', secret => 's', wrong => 'other', id => '01H', type => 'form_response',
        body => '{"event_id":"01H","event_type":"form_response","form_response":{"n":1999}}'
    } ],
    pagerduty => [ {
        path => '/hooks/pagerduty', secret => 's', wrong => 'other', id => '01C',
        type => 'incident.triggered',
        body => '{"event":{"id":"01C","event_type":"incident.triggered","data":{"number":1999}}}'
    } ],
    postmark => [ {
        path => '/hooks/postmark', secret => 'user:password', wrong => 'user:other', id => '883953f4',
        type => 'Bounce', unsigned_body => 1,
        body => '{"RecordType":"Bounce","MessageID":"883953f4","BouncedAt":"1999-01-01T00:00:00Z"}'
    } ],
    telegram => [ {
        path => '/hooks/telegram', secret => 'tok_en-1', wrong => 'other', id => '10000', unsigned_body => 1,
        body => '{"update_id":10000,"message":{"text":"1999"}}'
    } ],
    line => [ {
        path => '/hooks/line', secret => 's', wrong => 'other', id => '01F', type => 'message',
        body =>
            '{"destination":"U1","events":[{"type":"message","webhookEventId":"01F","message":{"text":"1999"}}]}'
    } ],
    trello => [ {
        path => '/hooks/trello', secret => 's', wrong => 'other', id => '51f9424bcd6e040f3c002412',
        type => 'updateCard',
        body => '{"action":{"id":"51f9424bcd6e040f3c002412","type":"updateCard","data":{"n":1999}}}',
        also => [ { what => 'the URL is tried', method => 'HEAD', status => 200 } ]
    } ],
    docusign => [ {
        path => '/hooks/docusign', secret => 's', wrong => 'other', id => 'x', stored_id => $sha256,
        type => 'envelope-completed', body => '{"event":"envelope-completed","data":{"n":1999}}'
    } ],
    sentry => [ {
        path => '/hooks/sentry', secret => 's', wrong => 'other', id => 'r1', type => 'issue',
        body => '{"action":"created","data":{"issue":{"id":"1999"}}}'
    } ],
    vercel => [ {
        path => '/hooks/vercel', secret => 's', wrong => 'other', id => 'v1', type => 'deployment.succeeded',
        body => '{"id":"v1","type":"deployment.succeeded","createdAt":1999}'
    } ],
    box => [ {
        path => '/hooks/box', secret => 'primary', wrong => 'other', id => 'b1', type => 'FILE.UPLOADED',
        body => '{"type":"webhook_event","id":"b1","trigger":"FILE.UPLOADED","source":{"size":1999}}'
    } ],
    x => [ {
        path => '/hooks/x', secret => 'key-of-x-0123456789', wrong => 'other', id => 'x',
        stored_id => $sha256, body => '{"for_user_id":"1999","tweet_create_events":[]}',
        also => [
            {
                what => 'CRC', method => 'GET', path => '/hooks/x?crc_token=abc_DEF-1', status => 200,
                answer => qr/"response_token":"sha256=[A-Za-z0-9+\/]{43}="/
            },
            {
                what => 'a CRC that could be a message', method => 'GET',
                path => '/hooks/x?crc_token=%7B%22a%22%3A1%7D', status => 400
            }
        ]
    } ],
    'your-own' => [ {
        path => '/publish', secret => 'tok', wrong => 'other', id => 'order-1', type => 'order.paid',
        unsigned_body => 1, body => '{"order":1999}'
    } ],
    adyen => [
        {
            path => '/hooks/adyen', secret => '44782DEF547AAA06C910C43932B1EB0C',
            wrong => '44782DEF547AAA06C910C43932B1EB0D',
            sign => sub ($secret) { adyen($secret, '7914073381342284') },
            id => '7914073381342284:AUTHORISATION', type => 'AUTHORISATION'
        },
        {
            path => '/hooks/adyen', secret => '44782DEF547AAA06C910C43932B1EB0C',
            sign => sub ($secret) { adyen($secret, 'first', 'second') },
            stored_id => 'first:AUTHORISATION', type => 'AUTHORISATION',
            change => [ '"pspReference":"second"', '"pspReference":"2nd"' ]
        },
        {
            path => '/hooks/adyen-platform', secret => '44782DEF547AAA06C910C43932B1EB0C',
            wrong => '44782DEF547AAA06C910C43932B1EB0D', id => 'TR1',
            type => 'balancePlatform.transfer.created',
            body => '{"data":{"id":"TR1","amount":{"value":1999}},"type":"balancePlatform.transfer.created"}'
        },
    ],
    braintree => [ {
        path => '/hooks/braintree', secret => 'integration_private_key', wrong => 'other', form => 1,
        sign => \&braintree, stored_id => $sha256, type => 'check', send_type => 0,
        change => [ 'bt_payload=PG', 'bt_payload=PH' ],
        also => [ {
            what => 'the URL is verified', method => 'GET',
            path => '/hooks/braintree?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53', status => 200,
            answer => qr/\Aintegration_public_key\|[0-9a-f]{40}\z/
        } ]
    } ],
    twilio => [
        {
            path => '/hooks/twilio', secret => 'token', wrong => 'other', form => 1, id => 'idem-1',
            type => 'delivered', body => 'MessageSid=SM1&MessageStatus=delivered&Price=1999'
        },
        {
            path => '/hooks/twilio-events', secret => 'token', wrong => 'other', id => 'idem-2',
            type => 'com.twilio.messaging.message.sent', send_type => 0,
            body =>
                '[{"specversion":"1.0","id":"EZ1","type":"com.twilio.messaging.message.sent","data":{"price":1999}}]'
        },
    ],
    mailgun => [ {
        path => '/hooks/mailgun', secret => 's', wrong => 'other', sign => \&mailgun, id => 'mg1',
        type => 'delivered'
    } ],
    mandrill => [ {
        path => '/hooks/mandrill', secret => 's', wrong => 'other', form => 1, id => 'x',
        stored_id => $sha256, body => 'mandrill_events=%5B%7B%22_id%22%3A%221999%22%7D%5D'
    } ],
    'mercado-pago' => [ {
        path => '/hooks/mercadopago', secret => 's', wrong => 'other', query => 'data.id=1999&type=payment',
        id => 'r1', stored_id => '12345', type => 'payment.updated', send_type => 0,
        change_in => 'url', body => '{"id":12345,"action":"payment.updated","data":{"id":"1999"}}'
    } ],
    'microsoft-graph' => [ {
        path => '/hooks/microsoft-graph', repeats => 1, secret => 'state', wrong => 'other',
        stored_id => $sha256, type => 'updated', unsigned_body => 1,
        sign => sub ($secret) {
            my $item = qq("clientState":"$secret","changeType":"updated","resource":"me/messages/1999");
            return { body => qq({"value":[{"subscriptionId":"1",$item}]}) };
        },
        also => [ {
            what => 'the URL is validated',
            path => '/hooks/microsoft-graph?validationToken=Validation%3A%20Testing', body => '',
            status => 200, answer => qr/\AValidation: Testing\z/
        } ]
    } ],
    'meta-whatsapp' => [ {
        path => '/hooks/meta', secret => 's', wrong => 'other', id => 'wamid.X', type => 'messages',
        body =>
            '{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",'
                . '"value":{"messages":[{"id":"wamid.X","text":{"body":"1999 Zo\u00eb"}}]}}]}]}',
        also => [
            {
                what => 'the URL is verified', method => 'GET',
                path =>
                    '/hooks/meta?hub.mode=subscribe&'
                        . 'hub.verify_token=whsec_YSBzZWNyZXQgbm9ib2R5IHVzZXM%3D&hub.challenge=1158201444',
                status => 200, answer => qr/\A1158201444\z/
            },
            {
                what => 'with another token', method => 'GET',
                path => '/hooks/meta?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1158201444',
                status => 401
            }
        ]
    } ],
    discord => [ {
        path => '/hooks/discord', key => [ 'ed25519', 'hex' ], id => '787053080478613555', type => '2',
        body => '{"id":"787053080478613555","type":2,"data":{"n":1999}}'
    } ],
    sendgrid => [ {
        path => '/hooks/sendgrid', key => [ 'p256', 'spki' ], id => '1', type => 'delivered',
        body => qq([{"sg_event_id":"1","event":"delivered","timestamp":1999}]\r\n)
    } ],
    telnyx => [ {
        path => '/hooks/telnyx', key => [ 'ed25519', 'base64' ], id => 't1', type => 'message.received',
        body => '{"data":{"id":"t1","event_type":"message.received","payload":{"n":1999}}}'
    } ],
    paypal => [ {
        path => '/hooks/paypal', key => [ 'rsa', 'certificate' ],
        params => { webhook_id => '8PT597110X687430LKGECATA' }, id => 'd938e770-8046-11e6-8103-6b62a8a99ac4',
        type => 'PAYMENT.SALE.COMPLETED',
        body =>
            '{"id":"WH-9UG43882HX7271132","event_type":"PAYMENT.SALE.COMPLETED","resource":{"amount":1999}}'
    } ],
    plaid => [ {
        path => '/hooks/plaid', repeats => 1, key => [ 'p256', 'jwk' ], id => 'x', stored_id => $sha256,
        type => 'SYNC_UPDATES_AVAILABLE',
        body =>
            qq({\n  "webhook_type": "TRANSACTIONS",\n  "webhook_code": "SYNC_UPDATES_AVAILABLE",\n  "item_id": "1999"\n})
    } ],
    admob => [ {
        path => '/hooks/admob', key => [ 'p256', 'list' ], method => 'GET',
        query => 'ad_unit=2747237135&reward_amount=1999&reward_item=coins&transaction_id=18fa792de1bca816',
        send_id => 0, send_type => 0, id => '18fa792de1bca816'
    } ],
    wise => [ {
        path => '/hooks/wise', key => [ 'rsa', 'pem' ], id => '9c5c4f2e', type => 'transfers#state-change',
        body => '{"data":{"resource":{"id":1999,"profile_id":2}},"event_type":"transfers#state-change"}'
    } ],
    kick => [ {
        path => '/hooks/kick', key => [ 'rsa', 'pem' ], id => '01JC', type => 'chat.message.sent',
        body => '{"message_id":"m","broadcaster":{"user_id":1999},"content":"hi"}'
    } ],
    netlify => [ {
        path => '/hooks/netlify', secret => 's', wrong => 'other', id => 'x', stored_id => $sha256,
        type => 'ready', body => '{"id":"5f1999","state":"ready","name":"site"}'
    } ],
    'google-pubsub' => [ {
        path => '/hooks/pubsub', key => [ 'rsa', 'jwks' ], unsigned_body => 1, id => '2070443601311540',
        type => 'order',
        params => {
            audience => 'https://hooks.example.com/hooks/pubsub',
            email => 'push@my-project.iam.gserviceaccount.com'
        },
        body =>
            '{"message":{"attributes":{"type":"order"},"data":"MTk5OQ==",'
                . '"messageId":"2070443601311540"},"subscription":"projects/p/subscriptions/s"}'
    } ],
    contentful => [ {
        path => '/hooks/contentful', secret => 'a' x 64, wrong => 'b' x 64, id => 'c1',
        type => 'ContentManagement.Entry.publish',
        body => '{"sys":{"type":"Entry","id":"e1","revision":1999}}'
    } ],
    'http-signatures' => [ {
        path => '/hooks/signed', key => [ 'ed25519', 'pem' ], id => 'e1', type => 'order.paid',
        body => '{"id":"e1","type":"order.paid","amount":1999}'
    } ],
    'aws-sns' => [ {
        path => '/hooks/sns', key => [ 'rsa', 'certificate' ], sign => \&sns,
        id => '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324', type => 'Notification'
    } ],
};
