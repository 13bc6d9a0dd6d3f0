import { verifySignature } from 'gocardless-nodejs/webhooks';

export const sdk = 'gocardless-nodejs';
export const scheme = 'gocardless';
export const secret = 'gc_0123456789abcdef';
export const event = (id) => ({ id, type: 'confirmed', body: JSON.stringify({ events: [{ id: 'EV123', action: 'confirmed', resource_type: 'payments', amount: 1999 }], meta: { webhook_id: id } }) });
export function verify({ body, headers, secret }) {
    verifySignature(body, secret, headers['webhook-signature']);
    return true;
}
