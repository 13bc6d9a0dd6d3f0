import { WorkOS } from '@workos-inc/node';

const { webhooks } = new WorkOS('sk_test_none');

export const sdk = '@workos-inc/node';
export const scheme = 'workos';
export const secret = 'workos_0123456789abcdef';
export const event = (id) => ({ id, type: 'dsync.user.created', body: JSON.stringify({ id, event: 'dsync.user.created', data: { number: 1999, name: 'Zoë' } }) });
export async function sign({ body, secret }) {
    const time = Date.now();
    return { 'WorkOS-Signature': `t=${time}, v1=${await webhooks.computeSignature(time, JSON.parse(body), secret)}` };
}
export const verify = ({ body, headers, secret }) => webhooks.verifyHeader({ payload: JSON.parse(body), sigHeader: headers['workos-signature'], secret });
