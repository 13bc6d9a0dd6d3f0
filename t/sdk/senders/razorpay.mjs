import Razorpay from 'razorpay';

export const sdk = 'razorpay';
export const scheme = 'razorpay';
export const secret = 'rzp_0123456789abcdef';
export const event = (id) => ({ id, type: 'payment.captured', headers: { 'X-Razorpay-Event-Id': id }, body: JSON.stringify({ entity: 'event', event: 'payment.captured', payload: { amount: 1999 } }) });
export const verify = ({ body, headers, secret }) => Razorpay.validateWebhookSignature(body, headers['x-razorpay-signature'], secret);
