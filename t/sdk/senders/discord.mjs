import { sign as signature } from 'node:crypto';
import { verifyKey } from 'discord-interactions';
import { privateKey, privatePem, publicRaw } from '../keys.mjs';

export const sdk = 'discord-interactions';
export const scheme = 'discord';
export const secret = publicRaw().toString('hex');
export const signing = privatePem('ed25519');
export const event = (id) => ({ id, type: '2', body: JSON.stringify({ id, type: 2, data: { name: 'blep', value: '1999 🚀' } }) });
export const signer = 'node'; // the package only verifies
export function sign({ body }) {
    const time = String(Math.floor(Date.now() / 1000));
    return { 'X-Signature-Ed25519': signature(null, Buffer.from(time + body), privateKey('ed25519')).toString('hex'), 'X-Signature-Timestamp': time };
}
export const verify = ({ body, headers, secret }) => verifyKey(body, headers['x-signature-ed25519'], headers['x-signature-timestamp'], secret);
