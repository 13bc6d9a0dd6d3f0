import Mux from '@mux/mux-node';

const { webhooks } = new Mux({ tokenId: 'none', tokenSecret: 'none' });

export const sdk = '@mux/mux-node';
export const scheme = 'mux';
export const secret = 'mux_0123456789abcdef';
export const event = (id) => ({ id, type: 'video.asset.ready', body: JSON.stringify({ id, type: 'video.asset.ready', data: { duration: 1999 } }) });
export async function sign({ body, secret }) {
    const time = Math.floor(Date.now() / 1000);
    return { 'Mux-Signature': `t=${time},v1=${await webhooks.computeSignature(`${time}.${body}`, secret)}` };
}
export async function verify({ body, headers, secret }) {
    await webhooks.verifySignature(body, headers, secret);
    return true;
}
