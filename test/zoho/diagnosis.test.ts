import {
	cannotRenew,
	diagnoseCredential,
	diagnoseUnauthorized,
	refusedToken,
	type StoredCredential,
} from '../../nodes/zoho/diagnosis';
import { failure } from '../../nodes/zoho/failures';

const TOKEN = { access_token: 'token' };
/** What came back of the consent page of an account that lives there. */
const from = (location: string) => ({ callbackQueryString: { location } });
const SCOPE = 'ZohoCRM.modules.leads.UPDATE or ZohoCRM.send_mail.all.CREATE';

describe('before a call, a credential', () => {
	it('that is connected is worth a call, whatever an earlier renewal was refused for', () => {
		expect(diagnoseCredential('crm', { oauthTokenData: TOKEN })).toBeUndefined();
		const stale = { oauthTokenData: { ...TOKEN, error: 'access_denied' } };
		expect(diagnoseCredential('campaigns', stale)).toBeUndefined();
	});

	it.each([
		['crm', 'campaigns', 'Zoho CRM', 'ZohoCRM.send_mail.all.CREATE'],
		['campaigns', 'crm', 'Zoho Campaigns', 'ZohoCampaigns.contact.UPDATE'],
	] as const)(
		'that leaves %s out is told so, with what to set and to add',
		(service, services, name, scope) => {
			const found = diagnoseCredential(service, { services, oauthTokenData: TOKEN });

			expect(found?.reason).toBe('scopeMismatch');
			expect(found?.message).toBe(`The credential asks for no access to ${name}.`);
			expect(found?.resolution).toContain(`set "Services" to include ${name} `);
			expect(found?.resolution).toContain(scope);
		},
	);

	it('that reads no records is told so only where records are to be read', () => {
		const credential = { oauthTokenData: TOKEN };
		const found = diagnoseCredential('crm', credential, true);

		expect(found).toMatchObject({
			reason: 'scopeMismatch',
			message: expect.stringContaining('custom views'),
		});
		expect(found?.resolution).toContain('"Read Custom Views"');
		expect(found?.resolution).toContain('ZohoCRM.modules.leads.READ');
		expect(diagnoseCredential('crm', credential)).toBeUndefined();
		expect(diagnoseCredential('crm', { ...credential, readRecords: true }, true)).toBeUndefined();
	});

	it.each<[string, StoredCredential]>([
		['was never connected', {}],
		['was connected without a token', { oauthTokenData: {} }],
	])('that %s is to be connected', (_, credential) => {
		expect(diagnoseCredential('crm', credential)).toMatchObject({
			reason: 'authenticationFailed',
			code: 'NO_TOKEN',
			message: 'The credential is not connected to Zoho.',
			resolution: expect.stringContaining('press "Connect"'),
		});
	});

	it('whose connecting Zoho refused tells what Zoho said', () => {
		const credential = { oauthTokenData: { error: 'invalid_client_secret' } };

		expect(diagnoseCredential('crm', credential)?.code).toBe('invalid_client_secret');
	});
});

describe('a refusal of the accounts server', () => {
	it.each([
		['invalid_code', 'access was revoked', false],
		['access_denied', 'Wait ten minutes', true],
		['invalid_client', 'the data center is wrong', false],
		['invalid_client_secret', 'one secret for each data center', false],
		['invalid_redirect_uri', 'Authorized Redirect URIs', false],
		['general_error', 'Run again in a few minutes', true],
		['something_new', 'Open the credential and connect it again', false],
	])('%s says what to do, and whether another run may help', (error, advice, retryable) => {
		expect(refusedToken(error)).toMatchObject({
			reason: 'authenticationFailed',
			code: error,
			message: `Zoho gave no access token: ${error}.`,
			resolution: expect.stringContaining(advice),
			retryable,
		});
	});

	it('for too many renewals is over in ten minutes, and no other says when', () => {
		expect(refusedToken('access_denied').waitMs).toBe(600_000);
		expect(refusedToken('general_error')).not.toHaveProperty('waitMs');
	});

	it.each(['invalid_code', 'access_denied'])(
		'%s names the data center where the account lives, if another was chosen',
		(error) => {
			const found = refusedToken(error, { dataCenter: 'us', oauthTokenData: from('eu') });

			expect(found.resolution).toContain('your account lives in Europe (zoho.eu)');
			expect(found.retryable).toBe(false);
			expect(found).not.toHaveProperty('waitMs');
		},
	);

	it.each<[string, StoredCredential]>([
		['is the home of the account', { dataCenter: 'eu', oauthTokenData: from('eu') }],
		['is beside one that nobody knows', { dataCenter: 'us', oauthTokenData: from('moon') }],
		['was typed in', { dataCenter: 'custom', oauthTokenData: from('eu') }],
		['may be right, since Zoho told of none', { dataCenter: 'us', oauthTokenData: TOKEN }],
		['may be right, since nothing came back', { dataCenter: 'us' }],
	])('blames no data center that %s', (_, credential) => {
		expect(refusedToken('invalid_code', credential).resolution).toMatch(/^The refresh token/);
	});
});

describe('after Zoho refused a token, the user is told', () => {
	const dead = failure('authenticationFailed', {
		code: 'INVALID_TOKEN',
		message: 'invalid oauth token',
		httpStatus: 401,
	});
	const diagnose = (
		token: NonNullable<StoredCredential['oauthTokenData']>,
		renewed: boolean,
		unauthorized = dead,
	) =>
		diagnoseUnauthorized(SCOPE, { dataCenter: 'us', oauthTokenData: token }, unauthorized, renewed);

	it('why it was not renewed', () => {
		expect(diagnose({ ...TOKEN, error: 'invalid_code' }, false)).toMatchObject({
			code: 'invalid_code',
			httpStatus: 401,
			resolution: expect.stringContaining('access was revoked'),
		});
	});

	it('nothing of an earlier refusal where the token was renewed', () => {
		const found = diagnose({ ...TOKEN, error: 'invalid_code' }, true);

		expect(found).toMatchObject({ ...dead, resolution: expect.any(String) });
		expect(found.resolution).toContain('also after renewing it. Connect the credential again.');
		expect(found.resolution).toContain(`(${SCOPE})`);
		expect(found.resolution).toMatch(/the data center may be the wrong one\.$/);
	});

	it('where the account lives, if the renewed token is of another data center', () => {
		expect(diagnose({ ...TOKEN, ...from('in') }, true).resolution).toMatch(
			/wrong one: your account lives in India \(zoho\.in\)\.$/,
		);
	});

	it('that the accounts server sent no new token, which no retry of the call mends', () => {
		const found = diagnose(TOKEN, false);

		expect(found).toMatchObject({
			reason: 'serverError',
			reach: 'account',
			code: 'INVALID_TOKEN',
			message:
				'Zoho refuses the token (invalid oauth token), and its accounts server sent no new one.',
			httpStatus: 401,
			doubtful: false,
		});
	});

	it('the same of a credential that holds nothing any more', () => {
		expect(diagnoseUnauthorized(SCOPE, {}, dead, false).reason).toBe('serverError');
	});

	it.each(['ZohoCampaigns.contact.UPDATE', 'AaaServer.profile.READ', 'ZohoCRM.messages.ALL'])(
		'which scopes it needs, where %s is all that was granted',
		(scope) => {
			const found = diagnose({ ...TOKEN, scope }, true);

			expect(found).toMatchObject({
				reason: 'scopeMismatch',
				code: 'INVALID_TOKEN',
				message: 'invalid oauth token',
				httpStatus: 401,
			});
			expect(found.resolution).toContain(`Zoho's sources name for it: ${SCOPE}.`);
		},
	);

	it.each([
		'zohocrm.modules.ALL ZohoCampaigns.contact.UPDATE',
		'ZohoCampaigns.contact.UPDATE ZohoCRM.send_mail.all.CREATE',
	])('nothing of scopes where %s was granted, whose kind is one of those needed', (scope) => {
		expect(diagnose({ ...TOKEN, scope }, true).reason).toBe('authenticationFailed');
	});

	it('which scopes it needs where Zoho itself says that one is missing', () => {
		const missing = failure('scopeMismatch', { message: 'Unauthorized', httpStatus: 401 });
		for (const renewed of [true, false]) {
			const found = diagnose({ ...TOKEN, error: 'invalid_code' }, renewed, missing);

			expect(found.reason).toBe('scopeMismatch');
			expect(found.resolution).toContain(SCOPE);
		}
	});

	it('what Zoho said where that is about something else', () => {
		const limited = failure('rateLimited', { message: 'Too many.', httpStatus: 401 });

		expect(diagnose({ ...TOKEN, error: 'invalid_code' }, false, limited)).toBe(limited);
	});

	it('that this n8n cannot renew it, and how to go on', () => {
		const found = cannotRenew(dead);

		expect(found).toEqual({ ...dead, resolution: expect.any(String) });
		expect(found.resolution).toContain('Update n8n (1.119 or newer does it)');
	});
});

test('a scope of which no family can be read is nothing that was granted', () => {
	const credential = { oauthTokenData: { ...TOKEN, scope: 'ZohoCRM.modules.ALL' } };
	const dead = failure('authenticationFailed', { message: 'no' });

	expect(diagnoseUnauthorized('', credential, dead, true).reason).toBe('scopeMismatch');
});
