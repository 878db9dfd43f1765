/** What the hint under the output looks like, in both nodes, when an account is dead and when items fail. */
import type { IDataObject } from 'n8n-workflow';
import { recordIds, useStage } from '../support/stage';

const stage = useStage();

const NODES = [
	['zohoCrmUnblockEmail', recordIds(3).map((id) => ({ id })), 'records'],
	[
		'zohoCampaignsDoNotMail',
		['a', 'b', 'c'].map((at) => ({ email: `${at}@example.com` })),
		'addresses',
	],
] as const;

describe.each(NODES)('the hint of %s', (type, items, nouns) => {
	let accounts = 0;
	const run = (data: IDataObject = {}, more: IDataObject[] = []) => {
		const credentialId = stage.connect(data, `${type}-${++accounts}`);
		return stage.run(type, [...items, ...more], { credentialId, options: { maxRetries: 0 } });
	};

	it('is a danger where the secret is wrong, so that there never was a token', async () => {
		const { hints, errors } = await run({ oauthTokenData: { error: 'invalid_client_secret' } });

		expect(errors).toHaveLength(3);
		expect(stage.zoho.requests).toEqual([]);
		expect(hints).toEqual([
			{
				message: `Credential &quot;Zoho&quot;: Zoho gave no access token: invalid_client_secret. The Client Secret does not belong to the Client ID. In the API console a client has one secret for each data center: copy the one of yours, then connect again. 3 ${nouns}: 3 failed, none of them sent.`,
				type: 'danger',
				location: 'outputPane',
			},
		]);
	});

	it('is a danger where the token was revoked', async () => {
		const { hints } = await run({ oauthTokenData: { access_token: 'old', refresh_token: 'old' } });

		expect(hints.map((hint) => hint.type)).toEqual(['danger']);
		expect(hints[0]?.message).toMatch(/^Credential &quot;Zoho&quot;: /);
	});

	it('is a danger where the credential is for the other service', async () => {
		const services = type === 'zohoCrmUnblockEmail' ? 'campaigns' : 'crm';
		const { hints } = await run({ services });

		expect(hints.map((hint) => hint.type)).toEqual(['danger']);
		expect(hints[0]?.message).toContain('set &quot;Services&quot; to include');
	});

	it('is a warning where an item is bad', async () => {
		stage.zoho.crm.add('Leads', recordIds(3));
		const { hints, main } = await run({}, [{ id: 'x', email: 'x' }]);

		expect(main).toHaveLength(3);
		expect(hints.map((hint) => hint.type)).toEqual(['warning']);
		expect(hints[0]?.message).toMatch(/ 1 failed: 1 not an? (record ID|email address)\./);
	});

	it('is no more than information where all is well', async () => {
		stage.zoho.crm.add('Leads', recordIds(3));
		const { hints } = await run();

		expect(hints.map((hint) => hint.type)).toEqual(['info']);
	});
});
