import EasyPost from '@easypost/api';

const client = new EasyPost('none');

export const sdk = '@easypost/api';
export const scheme = 'easypost';
export const secret = 'sécret';
export const event = (id) => ({ id, type: 'tracker.updated', body: JSON.stringify({ id, object: 'Event', description: 'tracker.updated', result: { rate: '1999.00' } }) });
export const verify = ({ body, headers, secret }) => client.Utils.validateWebhook(Buffer.from(body), headers, secret);
