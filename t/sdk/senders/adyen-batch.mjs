import * as adyen from './adyen.mjs';

export { sdk, scheme, secret, ctl, verify } from './adyen.mjs';

export const event = (id) => ({ id, type: 'AUTHORISATION', body: JSON.stringify({ live: 'false', notificationItems: [adyen.item('first'), adyen.item('second')] }) });
export const sign = (request) => ({ ...adyen.sign(request), id: 'first:AUTHORISATION' });
// The second item: each must be genuine.
export const tamper = ['"pspReference":"second"', '"pspReference":"2nd"'];
