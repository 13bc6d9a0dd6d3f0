import { createHash } from 'node:crypto';
import * as adyen from './adyen.mjs';

export { sdk, scheme, secret, ctl, verify } from './adyen.mjs';

export const event = (id) => ({ id, type: 'AUTHORISATION', body: JSON.stringify({ live: 'false', notificationItems: [adyen.item('first'), adyen.item('second')] }) });
// Of several items the body tells batches apart.
export function sign(request) {
    const signed = adyen.sign(request);
    return { ...signed, id: `first:AUTHORISATION:second:${createHash('sha256').update(signed.body).digest('hex')}` };
}
// The second item: each must be genuine.
export const tamper = ['"pspReference":"second"', '"pspReference":"2nd"'];
