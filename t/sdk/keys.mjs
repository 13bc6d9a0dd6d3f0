// Key pairs that t/sdk.t makes: sdk/keys/NAME.pem, and NAME.crt where there is a certificate.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';

const text = (file) => readFileSync(new URL(`./keys/${file}`, import.meta.url), 'utf8');

export const privatePem = (name) => text(`${name}.pem`);
export const privateKey = (name) => createPrivateKey(privatePem(name));
export const certificate = (name) => text(`${name}.crt`);
export const publicSpki = (name) => createPublicKey(privateKey(name)).export({ format: 'der', type: 'spki' });
export const publicRaw = () => publicSpki('ed25519').subarray(-32);
