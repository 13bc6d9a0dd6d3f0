import { Webhook } from 'standardwebhooks';

export const sdk = 'standardwebhooks';
export const scheme = 'standard';
export const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
export const event = (id) => ({ id, type: 'contact.created', body: JSON.stringify({ type: 'contact.created', timestamp: '2026-01-01T00:00:00Z', data: { number: 1999 } }) });
export function sign({ id, body, secret }) {
    const now = new Date();
    return { 'webhook-id': id, 'webhook-timestamp': String(Math.floor(now / 1000)), 'webhook-signature': new Webhook(secret).sign(id, now, body) };
}
export const verify = ({ body, headers, secret }) => new Webhook(secret).verify(body, headers);
