import { Webhook } from 'svix';

export const sdk = 'svix';
export const scheme = 'svix';
export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const event = (id) => ({ id, type: 'user.created', body: JSON.stringify({ type: 'user.created', data: { number: 1999, name: 'Zoë' } }) });
export function sign({ id, body, secret }) {
    const now = new Date();
    return { 'svix-id': id, 'svix-timestamp': String(Math.floor(now / 1000)), 'svix-signature': new Webhook(secret).sign(id, now, body) };
}
export const verify = ({ body, headers, secret }) => new Webhook(secret).verify(body, headers);
