import type { IDataObject, IExecuteFunctions, INodeType } from 'n8n-workflow';
import { createEngine } from '.';
import {
	CREDENTIAL,
	fetchNode,
	fixture,
	inlineDescription,
	packageDir,
	storedCredential,
	useFixture,
} from './fixtureStage';

useFixture();

describe('credentials', () => {
	it('are refreshed at the token endpoint after a 401, stored, and the call is repeated', async () => {
		fixture.validToken = 'another';
		const run = await fixture.engine.run({
			items: [{ path: 'a' }, { path: 'b' }],
			node: fetchNode(),
		});

		expect(run.main.map(({ json }) => json)).toEqual([{ url: '/a' }, { url: '/b' }]);
		expect(fixture.asked.map(({ url, token }) => [url, token])).toEqual([
			['/a', 'Bearer first'],
			['/token', undefined],
			['/a', 'Bearer fresh'],
			['/b', 'Bearer fresh'],
		]);
		expect(Object.fromEntries(new URLSearchParams(fixture.asked[1]?.form))).toEqual({
			grant_type: 'refresh_token',
			refresh_token: 'refresh',
			client_id: 'client',
			client_secret: 'secret',
		});
		expect(fixture.engine.credentials.get(CREDENTIAL, '1')).toMatchObject({
			clientId: 'client',
			oauthTokenData: { access_token: 'fresh', refresh_token: 'refresh' },
		});
	});

	it('count how often a refresh has stored new token data', async () => {
		const before = fixture.engine.credentials.updates;
		await fixture.engine.run({ items: [{ path: 'a' }], node: fetchNode() });
		expect(fixture.engine.credentials.updates).toBe(before);

		fixture.validToken = 'another';
		await fixture.engine.run({ items: [{ path: 'a' }], node: fetchNode() });
		expect(fixture.engine.credentials.updates).toBe(before + 1);
	});

	it('reach a node complete: defaults, hidden properties and resolved expressions', async () => {
		let seen: IDataObject = {};
		const look: INodeType = {
			description: {
				...inlineDescription,
				name: 'look',
				displayName: 'Look',
				credentials: [{ name: CREDENTIAL, required: true }],
			},
			async execute(this: IExecuteFunctions) {
				seen = await this.getCredentials<IDataObject>(CREDENTIAL);
				return [[]];
			},
		};
		const looking = await createEngine({ packageDir, extraNodes: { 'test.look': look } });
		const stored = storedCredential();
		looking.credentials.set(CREDENTIAL, '1', stored);
		await looking.run({ items: [{}], node: fetchNode({ type: 'test.look' }) });

		expect(seen).toEqual({
			...stored,
			accessTokenUrl: `${stored.server}/token`,
			authentication: 'body',
			authQueryParameters: '',
			authUrl: '',
			grantType: 'authorizationCode',
			scope: '',
			useDynamicClientRegistration: false,
		});
		seen.oauthTokenData = { access_token: 'changed by the node' };
		expect(looking.credentials.get(CREDENTIAL, '1')).toEqual(stored);
	});

	it('that are not stored end the run in an error', async () => {
		const run = await fixture.engine.run({
			items: [{ path: 'a' }],
			node: fetchNode({ credentials: { [CREDENTIAL]: { id: '2', name: 'Gone' } } }),
		});

		expect(run.status).toBe('error');
		expect(run.error?.message).toContain('Credential with ID "2" does not exist');
	});
});

describe('a list search', () => {
	it('runs with filter, page, parameters and a credential that is refreshed on the way', async () => {
		fixture.validToken = 'another';
		const { credentials } = fetchNode();
		const found = await fixture.engine.listSearch('fetch', 'paths', 'x', {
			parameters: { path: 'p' },
			credentials: credentials!,
			paginationToken: '2',
		});

		expect(found).toEqual({
			results: [{ name: '/paths?filter=x&after=2&near=p', value: 'a' }],
			paginationToken: `${storedCredential().server}/token`,
		});
	});

	it('is refused when the node has none of that name', async () => {
		await expect(fixture.engine.listSearch('fetch', 'missing')).rejects.toThrow(
			'fetch has no list search "missing"',
		);
	});
});
