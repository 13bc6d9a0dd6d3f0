import { validateSignature } from '@line/bot-sdk';

export const sdk = '@line/bot-sdk';
export const scheme = 'line';
export const secret = '8c570fa6dd201bb328f1c1eac23a96d8';
export const event = (id) => ({ id, type: 'message', body: JSON.stringify({ destination: 'U1', events: [{ type: 'message', webhookEventId: id, message: { type: 'text', text: '1999円' } }] }) });
export const verify = ({ body, headers, secret }) => validateSignature(body, secret, headers['x-line-signature']);
