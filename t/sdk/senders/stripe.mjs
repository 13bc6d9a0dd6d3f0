import Stripe from 'stripe';

const { webhooks } = new Stripe('sk_test_none');

export const sdk = 'stripe';
export const scheme = 'stripe';
export const secret = 'whsec_test_0123456789abcdef';
export const event = (id) => ({ id, type: 'invoice.paid', body: JSON.stringify({ id, object: 'event', type: 'invoice.paid', data: { amount: 1999, name: 'Zoë 日本' } }, null, 2) });
export const sign = ({ body, secret }) => ({ 'Stripe-Signature': webhooks.generateTestHeaderString({ payload: body, secret }) });
export const verify = ({ body, headers, secret }) => webhooks.constructEvent(body, headers['stripe-signature'], secret);
