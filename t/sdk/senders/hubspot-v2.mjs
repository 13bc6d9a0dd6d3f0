import { Signature } from '@hubspot/api-client';

export { sdk, secret, event } from './hubspot-v3.mjs';
export const scheme = 'hubspot-v2';
export const sign = ({ method, url, body, secret }) => ({
    'X-HubSpot-Signature': Signature.getSignature(method, 'v2', { clientSecret: secret, url, requestBody: body }),
    'X-HubSpot-Signature-Version': 'v2',
});
export const verify = ({ method, url, body, headers, secret }) =>
    Signature.isValid({ signatureVersion: 'v2', method, url, requestBody: body, clientSecret: secret, signature: headers['x-hubspot-signature'] });
