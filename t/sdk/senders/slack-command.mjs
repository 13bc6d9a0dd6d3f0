export { sdk, scheme, secret, verify } from './slack.mjs';

export const event = (id) => ({
    id,
    type: '/weather',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ token: 'gone', team_id: 'T0001', command: '/weather', text: 'München 1999', trigger_id: id }).toString(),
});
