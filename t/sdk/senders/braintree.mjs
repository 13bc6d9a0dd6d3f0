import { createHash } from 'node:crypto';
import braintree from 'braintree';

const publicKey = 'integration_public_key';
const gateway = (privateKey) => new braintree.BraintreeGateway({ environment: braintree.Environment.Sandbox, merchantId: 'none', publicKey, privateKey });
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

export const sdk = 'braintree';
export const scheme = 'braintree';
export const secret = 'integration_private_key';
export const params = { public_key: publicKey };
export const ctl = false;
export const event = () => ({ headers: form, body: 'bt_payload=PG5vdGlmaWNhdGlvbj4%3D%0A' });
export function sign({ secret }) {
    const sample = gateway(secret).webhookTesting.sampleNotification(braintree.WebhookNotification.Kind.SubscriptionWentPastDue, 'my_id');
    const body = new URLSearchParams(sample).toString();
    return { headers: {}, body, id: createHash('sha256').update(sample.bt_payload).digest('hex') };
}
export async function verify({ body, secret }) {
    const fields = new URLSearchParams(body);
    const notification = await gateway(secret).webhookNotification.parse(fields.get('bt_signature'), fields.get('bt_payload'));
    return notification.kind === 'subscription_went_past_due';
}
export const tamper = ['bt_payload=PG5v', 'bt_payload=PG5w'];
