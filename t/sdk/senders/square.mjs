import square from 'square';

export const sdk = 'square';
export const scheme = 'square';
export const secret = 'asdf1234_square_key';
export const event = (id) => ({ id, type: 'payment.updated', body: JSON.stringify({ merchant_id: 'M1', type: 'payment.updated', event_id: id, data: { amount: 1999 } }) });
export const verify = ({ url, body, headers, secret }) => square.WebhooksHelper.isValidWebhookEventSignature(body, headers['x-square-hmacsha256-signature'], secret, url);
