import { failure, recordIds, useStage } from '../support/stage';

const stage = useStage();

const [first = '', second = ''] = recordIds(2);
const unblock = async (id: string) =>
	await stage.run('zohoCrmUnblockEmail', [{ id }], { options: { maxRetries: 0 } });

describe('a credential that is connected anew while another run tries its old token', () => {
	it('works at once: what is wrong with the old token is not said of it', async () => {
		stage.zoho.crm.add('Leads', [first, second]);
		const old = stage.zoho.oauth.issue();
		stage.connect({ oauthTokenData: { ...old } });
		stage.zoho.fault({
			kind: 'unblock',
			latencyMs: 400,
			when: 'before',
			match: ({ ids = [] }) => ids.includes(first),
			times: Infinity,
		});
		stage.zoho.oauth.revoke(String(old.refresh_token));
		const trying = unblock(first);
		while (stage.zoho.calls('unblock').length === 0) await new Promise(setImmediate);
		// Somebody opens the credential and connects it: the run under way still has the old one.
		stage.connect();
		const run = await unblock(second);
		await trying;

		expect(run.errors.map((item) => failure(item))).toEqual([]);
		expect(run.main[0]?.json.status).toBe('unblocked');
	});

	it('works for a run, too, that has waited for the old one', async () => {
		stage.zoho.crm.add('Leads', [first, second]);
		const old = stage.zoho.oauth.issue();
		stage.connect({ oauthTokenData: { ...old } });
		// With 200, n8n would store the refusal over what is connected anew.
		stage.zoho.oauth.refusalStatus = 400;
		stage.zoho.oauth.refuseRefresh('invalid_code', 1);
		stage.zoho.oauth.expire();
		stage.zoho.fault({ kind: 'token', latencyMs: 400 });
		const trying = unblock(first);
		while (stage.zoho.calls('unblock').length === 0) await new Promise(setImmediate);
		const waiting = unblock(second);
		await new Promise((resolve) => setTimeout(resolve, 50));
		stage.connect();
		await trying;
		const run = await waiting;

		expect(run.errors.map((item) => failure(item))).toEqual([]);
		expect(run.main[0]?.json.status).toBe('unblocked');
	});
});
