import { createHmac } from 'node:crypto';
import dropbox from '@dropbox/sign';

const time = '1760001999';
const type = 'signature_request_signed';
const form = (event) => ({ headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ json: JSON.stringify({ event }) }).toString() });

export const sdk = '@dropbox/sign';
export const scheme = 'dropbox-sign';
export const secret = '0123456789abcdef';
export const ctl = false;
export const event = () => ({ type, ...form({ event_time: time, event_type: type }) });
export const signer = 'node'; // the package only verifies
export function sign({ secret }) {
    const hash = createHmac('sha256', secret).update(time + type).digest('hex');
    return { ...form({ event_time: time, event_type: type, event_hash: hash }), id: hash };
}
export const verify = ({ body, secret }) =>
    dropbox.EventCallbackHelper.isValid(secret, dropbox.EventCallbackRequest.init(JSON.parse(new URLSearchParams(body).get('json'))));
