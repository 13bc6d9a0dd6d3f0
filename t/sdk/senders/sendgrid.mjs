import { sign as signature } from 'node:crypto';
import { EventWebhook } from '@sendgrid/eventwebhook';
import { privateKey, privatePem, publicSpki } from '../keys.mjs';

const webhook = new EventWebhook();

export const sdk = '@sendgrid/eventwebhook';
export const scheme = 'sendgrid';
export const secret = publicSpki('p256').toString('base64');
export const signing = privatePem('p256');
export const event = (id) => ({ id, type: 'delivered', body: `${JSON.stringify([{ sg_event_id: id, event: 'delivered', price: 1999 }])}\r\n` });
export const signer = 'node'; // the package only verifies
export function sign({ body }) {
    const time = String(Math.floor(Date.now() / 1000));
    return {
        'X-Twilio-Email-Event-Webhook-Signature': signature('sha256', Buffer.from(time + body), privateKey('p256')).toString('base64'),
        'X-Twilio-Email-Event-Webhook-Timestamp': time,
    };
}
export const verify = ({ body, headers, secret }) =>
    webhook.verifySignature(
        webhook.convertPublicKeyToECDSA(secret), body, headers['x-twilio-email-event-webhook-signature'], headers['x-twilio-email-event-webhook-timestamp'],
    );
