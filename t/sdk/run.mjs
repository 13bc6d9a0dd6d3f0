// The node side of t/sdk.t: lets the senders' own packages sign and judge requests.
//   node run.mjs describe        every sender, with a request that its package signed (where it can sign)
//   node run.mjs judge < FILE    FILE: [{"sender":NAME,"request":{...}}]; the package's opinion of each
// The result is the last line of the output, as JSON. A sender is a file of senders/, which exports
//   sdk               the npm package
//   scheme, secret    what nginx is configured with
//   event(id)         {id, type, body, headers} of an event, as it looks before it is signed
//   sign(request)     headers, or {headers, body, url, id} where signing changes these; `request.secret` is the key
//   verify(request)   whether the package takes the request: false or an exception means no
//   params            values of webhook_param
//   tamper            [text, other text] of the body that is changed to forge it
//   ctl               false where webhookctl cannot sign: the signature stands in the body
//   signer            who signs where it is not the package
//   signing           the private key that belongs to `secret`, where that is a public key

import { readdirSync, readFileSync } from 'node:fs';
import { File } from 'node:buffer';
import { webcrypto } from 'node:crypto';

// What some packages take for given and node 18, Debian 12's, does not have.
globalThis.crypto ??= webcrypto;
globalThis.File ??= File;

const RealDate = Date;
const origin = 'https://hooks.example.com';
const folder = new URL('./senders/', import.meta.url);
const versions = JSON.parse(readFileSync(new URL('./package.json', import.meta.url))).dependencies;

async function load() {
    const names = readdirSync(folder).filter((file) => file.endsWith('.mjs')).sort();
    const senders = await Promise.all(names.map((file) => import(new URL(file, folder))));
    return senders.map((sender, i) => ({ ...sender, name: names[i].replace(/\.mjs$/, '') }));
}

function complete(sender, event, secret) {
    const url = `${origin}/${sender.name}`;
    const headers = { 'Content-Type': 'application/json', ...event.headers };
    return { method: 'POST', url, headers, body: event.body, id: event.id, type: event.type, secret, time: Date.now() };
}

async function signed(sender, id, secret) {
    const request = complete(sender, sender.event(id), secret);
    if (!sender.sign) return null;
    const result = await sender.sign(request);
    const changes = result.headers ? result : { headers: result };
    return { ...request, ...changes, headers: { ...request.headers, ...changes.headers } };
}

const otherSecret = (secret) => secret.slice(0, -1) + (secret.endsWith('A') ? 'B' : 'A');

async function describe(sender) {
    const wrong = sender.signing ? null : otherSecret(sender.secret);
    return {
        name: sender.name,
        sdk: `${sender.sdk} ${versions[sender.sdk]}`,
        signer: sender.signer ?? `${sender.sdk} ${versions[sender.sdk]}`,
        ctl: sender.ctl ?? true,
        scheme: sender.scheme,
        secret: sender.secret,
        wrong,
        signing: sender.signing ?? null,
        params: sender.params ?? {},
        tamper: sender.tamper ?? ['1999', '9999'],
        judges: Boolean(sender.verify),
        unsigned: complete(sender, sender.event('evt_by_webhookctl')),
        genuine: await signed(sender, 'evt_by_sdk', sender.secret),
        forged: wrong && (await signed(sender, 'evt_by_nobody', wrong)),
    };
}

// Packages judge by the time at which the request was signed, however long this test takes (Paddle's allows 5 seconds).
function setClock(milliseconds) {
    globalThis.Date = class extends RealDate {
        constructor(...words) {
            super(...(words.length ? words : [milliseconds]));
        }
        static now() {
            return milliseconds;
        }
    };
}

async function judge(senders, { sender: name, request }) {
    const sender = senders.find((one) => one.name === name);
    setClock(request.time);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key.toLowerCase(), value]));
    try {
        return { valid: Boolean(await sender.verify({ ...request, headers, secret: sender.secret })) };
    } catch (error) {
        return { valid: false, error: String(error?.message ?? error) };
    }
}

const senders = await load();
const result = [];
if (process.argv[2] === 'describe') {
    for (const sender of senders) result.push(await describe(sender));
} else {
    for (const question of JSON.parse(readFileSync(0))) result.push(await judge(senders, question));
}
console.log(`\n${JSON.stringify(result)}`);
process.exit(0);
