import { Paddle, LogLevel } from '@paddle/paddle-node-sdk';

const { webhooks } = new Paddle('none', { logLevel: LogLevel.error });

export const sdk = '@paddle/paddle-node-sdk';
export const scheme = 'paddle';
export const secret = 'pdl_ntfset_01hkp0123456789_abcdefABCDEF0123456789';
export const event = (id) => ({ id, type: 'transaction.completed', body: JSON.stringify({ event_id: id, event_type: 'transaction.completed', data: { total: '1999', name: 'Zoë' } }) });
export const verify = ({ body, headers, secret }) => webhooks.isSignatureValid(body, secret, headers['paddle-signature']);
