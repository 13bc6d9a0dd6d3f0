import twilio from 'twilio';

const fields = (body) => Object.fromEntries(new URLSearchParams(body));

export { sdk, secret } from './twilio-json.mjs';
export const scheme = 'twilio';
export const event = (id) => ({
    id,
    type: 'delivered',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'I-Twilio-Idempotency-Token': id },
    body: new URLSearchParams({ To: '+4930123', MessageSid: 'SM1', MessageStatus: 'delivered', Body: '1999 € für Zoë', AccountSid: 'AC1' }).toString(),
});
export const sign = ({ url, body, secret }) => ({ 'X-Twilio-Signature': twilio.getExpectedTwilioSignature(secret, url, fields(body)) });
export const verify = ({ url, headers, body, secret }) => twilio.validateRequest(secret, headers['x-twilio-signature'], url, fields(body));
