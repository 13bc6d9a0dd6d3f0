import { sign as signature } from 'node:crypto';
import Telnyx from 'telnyx';
import { privateKey, privatePem, publicRaw } from '../keys.mjs';

const { webhooks } = Telnyx('none');

export const sdk = 'telnyx';
export const scheme = 'telnyx';
export const secret = publicRaw().toString('base64');
export const signing = privatePem('ed25519');
export const event = (id) => ({ id, type: 'message.received', body: JSON.stringify({ data: { id, event_type: 'message.received', payload: { text: '1999 €' } } }) });
export const signer = 'node'; // the package only verifies
export function sign({ body }) {
    const time = String(Math.floor(Date.now() / 1000));
    return { 'Telnyx-Signature-Ed25519': signature(null, Buffer.from(`${time}|${body}`), privateKey('ed25519')).toString('base64'), 'Telnyx-Timestamp': time };
}
export const verify = ({ body, headers, secret }) => webhooks.constructEvent(body, headers['telnyx-signature-ed25519'], headers['telnyx-timestamp'], secret);
