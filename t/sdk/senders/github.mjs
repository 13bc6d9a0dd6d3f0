import * as methods from '@octokit/webhooks-methods';

export const sdk = '@octokit/webhooks-methods';
export const scheme = 'github';
export const secret = "It's a Secret to Everybody";
export const event = (id) => ({
    id,
    type: 'issues',
    headers: { 'X-GitHub-Delivery': id, 'X-GitHub-Event': 'issues', 'X-GitHub-Hook-Installation-Target-Type': 'repository' },
    body: JSON.stringify({ action: 'opened', issue: { number: 1999, title: 'Crash with “quotes” 🚀' } }),
});
export const sign = async ({ body, secret }) => ({ 'X-Hub-Signature-256': await methods.sign(secret, body) });
export const verify = ({ body, headers, secret }) => methods.verify(secret, body, headers['x-hub-signature-256']);
