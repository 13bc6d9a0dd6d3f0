import { verifySlackRequest } from '@slack/bolt';

export const sdk = '@slack/bolt';
export const scheme = 'slack';
export const secret = '8f742231b10e8888abcd99yyyzzz85a5';
export const event = (id) => ({ id, type: 'app_mention', body: JSON.stringify({ type: 'event_callback', event_id: id, event: { type: 'app_mention', text: 'pay 1999 € 🚀' } }) });
export function verify({ body, headers, secret }) {
    verifySlackRequest({
        signingSecret: secret,
        body,
        headers: { 'x-slack-signature': headers['x-slack-signature'], 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) },
    });
    return true;
}
