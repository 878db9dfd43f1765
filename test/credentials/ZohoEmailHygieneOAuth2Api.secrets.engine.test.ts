import { recordIds, useStage } from '../support/stage';
import { kindOf, nodes } from '../support/nodes';

const stage = useStage();

const item = { id: recordIds(1)[0]!, email: 'person@example.com' };

describe('nothing secret is left behind', () => {
	const SECRETS = ['mark-client-secret', 'mark-access', 'mark-refresh', 'mark-code'];

	test.each(
		nodes.flatMap((node) =>
			['is answered', 'is refused', 'is cut off', 'fails', 'is unauthorized'].map((how) => ({
				node,
				how,
			})),
		),
	)('by $node when a call $how', async ({ node, how }) => {
		const { zoho } = stage;
		zoho.crm.add('Leads', item.id);
		stage.connect({
			clientSecret: SECRETS[0],
			oauthTokenData: {
				access_token: SECRETS[1],
				refresh_token: SECRETS[2],
				callbackQueryString: { code: SECRETS[3], location: 'us' },
			},
		});
		const kind = kindOf[node];
		const body = '{"data":[],"code":"0","message":"User successfully moved to Do-Not-Mail."}';
		if (how === 'is answered') zoho.fault({ kind, status: 200, body, times: 99 });
		if (how === 'is refused') zoho.oauth.refuseRefresh('invalid_code');
		if (how === 'is cut off') zoho.fault({ kind, reset: true, times: 99 });
		if (how === 'fails') zoho.fault({ kind, html: 502, times: 99 });
		for (const onError of ['continueErrorOutput', 'stopWorkflow'] as const) {
			const run = await stage.run(node, [item], {
				onError,
				options: { maxRetries: 1, retryDelay: 1 },
			});
			const { raw, logs, hints, error } = run;
			const left = JSON.stringify({ raw, logs, hints, error, message: error?.message });
			for (const secret of SECRETS) expect(left).not.toContain(secret);
		}
		const urls = zoho.requests.map(({ path, query }) => `${path}?${query}`).join('\n');
		for (const secret of SECRETS) expect(urls).not.toContain(secret);
	});
});
