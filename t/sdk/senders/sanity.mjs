import { encodeSignatureHeader, isValidSignature } from '@sanity/webhook';

export const sdk = '@sanity/webhook';
export const scheme = 'sanity';
export const secret = 'sanity_0123456789abcdef';
export const event = (id) => ({ id, type: 'update', headers: { 'Idempotency-Key': id, 'Sanity-Operation': 'update' }, body: JSON.stringify({ _id: 'post', price: 1999, title: 'Zoë' }) });
export const sign = async ({ body, secret }) => ({ 'Sanity-Webhook-Signature': await encodeSignatureHeader(body, Date.now(), secret) });
export const verify = ({ body, headers, secret }) => isValidSignature(body, headers['sanity-webhook-signature'], secret);
