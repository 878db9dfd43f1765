import type {
	IExecuteFunctions,
	IHttpRequestOptions,
	INodeType,
	IOAuth2Options,
} from 'n8n-workflow';
import { createEngine, oAuth2Client } from '.';
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

describe("n8n's OAuth2 client, in the ways in which its versions differ,", () => {
	/** Asks for a path in the given way; returns what was asked of the server, and the status or the error. */
	async function ask(options: Partial<IHttpRequestOptions>, oauth2?: IOAuth2Options) {
		let status: unknown;
		const node: INodeType = {
			description: {
				...inlineDescription,
				name: 'ask',
				displayName: 'Ask',
				credentials: [{ name: CREDENTIAL, required: true }],
			},
			async execute(this: IExecuteFunctions) {
				const { server } = await this.getCredentials<{ server: string }>(CREDENTIAL);
				status = await this.helpers.httpRequestWithAuthentication
					.call(
						this,
						CREDENTIAL,
						{ ...options, url: `${server}${options.url}`, returnFullResponse: true },
						{ ...(oauth2 && { oauth2 }) },
					)
					.then(
						({ statusCode }: { statusCode: number }) => statusCode,
						({ httpCode }: { httpCode: string }) => httpCode,
					);
				return [[]];
			},
		};
		const asking = await createEngine({ packageDir, extraNodes: { 'test.ask': node } });
		asking.credentials.set(CREDENTIAL, '1', storedCredential());
		await asking.run({ items: [{}], node: fetchNode({ type: 'test.ask' }) });
		return { asked: fixture.asked.map(({ url }) => url), status };
	}

	it('repeats a call whose token stays dead once, or twice', async () => {
		const { asked, status } = await ask({ url: '/dead' });

		expect(status).toBe('401');
		expect(asked).toEqual([
			'/dead',
			'/token',
			...Array<string>(oAuth2Client.callsWithDeadToken - 1).fill('/dead'),
		]);
	});

	it('renews the token at another status than 401 that was named, or does not', async () => {
		const { asked, status } = await ask({ url: '/stale' }, { tokenExpiredStatusCode: 400 });

		expect({ asked, status }).toEqual(
			oAuth2Client.renewsAtOtherStatus
				? { asked: ['/stale', '/token', '/stale'], status: 200 }
				: { asked: ['/stale'], status: '400' },
		);
	});

	it('lets runs at once share a refresh, or has each make its own', async () => {
		fixture.validToken = 'another';
		await Promise.all(
			['a', 'b', 'c'].map((path) => fixture.engine.run({ items: [{ path }], node: fetchNode() })),
		);

		const refreshes = fixture.asked.filter(({ url }) => url === '/token').length;
		expect(refreshes > 1).toBe(!oAuth2Client.sharesRefreshes);
	});
});
