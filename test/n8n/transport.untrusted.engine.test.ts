/** A certificate that n8n does not trust: a company's proxy answers in place of Zoho. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { failure, recordIds, useStage } from '../support/stage';

const stage = useStage();

let server: Server;
let connections = 0;
let url = '';

beforeAll(async () => {
	const pem = readFileSync(path.join(__dirname, 'untrusted.pem'));
	server = createServer({ key: pem, cert: pem }, (_, response) => response.end('{}'));
	server.on('connection', () => connections++);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => await new Promise((resolve) => server.close(resolve)));
beforeEach(() => (connections = 0));

it.each([
	['zohoCrmUnblockEmail', recordIds(4).map((id) => ({ id })), { batchSize: 1 }],
	['zohoCampaignsDoNotMail', ['a', 'b', 'c', 'd'].map((n) => ({ email: `${n}@example.com` })), {}],
] as const)('%s names it with its cure, and tries nothing again', async (type, items, options) => {
	const credentialId = stage.connect({ customApiUrl: url, customCampaignsUrl: url }, `tls ${type}`);
	const { error, main, errors } = await stage.run(type, [...items], { options, credentialId });

	expect(error).toBeUndefined();
	expect(main).toEqual([]);
	expect(failure(errors[0])).toMatchObject({
		reason: 'networkError',
		code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
		resolution: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
	});
	expect(errors.slice(1).map((item) => failure(item).reason)).toEqual(
		Array<string>(3).fill('notAttempted'),
	);
	expect(connections).toBe(1);
});

it('of the accounts server is named, too', async () => {
	const [id = ''] = recordIds(1);
	const credentialId = stage.connect(
		{
			accessTokenUrl: `${url}/oauth/v2/token`,
			oauthTokenData: stage.zoho.oauth.issue({ expired: true }),
		},
		'tls accounts',
	);
	stage.engine.credentials.set('zohoEmailHygieneOAuth2Api', credentialId, {
		...stage.engine.credentials.get('zohoEmailHygieneOAuth2Api', credentialId),
		customAccountsUrl: url,
	});
	const { errors } = await stage.run('zohoCrmUnblockEmail', [{ id }], { credentialId });

	expect(failure(errors[0])).toMatchObject({
		reason: 'networkError',
		resolution: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
	});
});
