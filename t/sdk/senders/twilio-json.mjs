import twilio from 'twilio';

export const sdk = 'twilio';
export const scheme = 'twilio-json';
export const secret = '12345678901234567890123456789012';
export const event = (id) => ({
    id,
    type: 'com.twilio.messaging.message.delivered',
    headers: { 'I-Twilio-Idempotency-Token': id },
    body: JSON.stringify([{ specversion: '1.0', type: 'com.twilio.messaging.message.delivered', data: { price: 1999 } }]),
});
export function sign({ url, body, secret }) {
    const signed = `${url}?bodySHA256=${twilio.getExpectedBodyHash(body)}`;
    return { url: signed, headers: { 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(secret, signed, {}) } };
}
export const verify = ({ url, headers, body, secret }) => twilio.validateRequestWithBody(secret, headers['x-twilio-signature'], url, body);
