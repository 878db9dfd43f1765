import { crmError, listModules, token, unblock, useFakeZoho, withToken, zoho } from '../client';
import { THROTTLE_WORDS } from '../throttleFilter';

useFakeZoho();

describe('a call that finds too many others open', () => {
	const refused = async () => {
		zoho.crm.concurrencyLimit = 0;
		return await unblock(['1']);
	};

	it.each(['URL_LIVE_THROTTLES_LIMIT_EXCEEDED', 'HIP_REQUIRED'] as const)(
		'may be refused by the throttle filter: %s',
		async (word) => {
			zoho.crm.throttleWord = word;
			zoho.crm.tooManyStyle = 'throttle400';
			expect(await refused()).toMatchObject({ status: 400, body: { error: { title: word } } });
			zoho.crm.tooManyStyle = 'internalError200';
			expect(await refused()).toMatchObject({
				status: 200,
				body: { code: 'INTERNAL_ERROR', message: word },
			});
		},
	);

	it('says LIVE unless told another word', async () => {
		zoho.crm.tooManyStyle = 'internalError429';
		expect(await refused()).toMatchObject({ status: 429, body: { message: THROTTLE_WORDS[3] } });
	});
});

describe('a dead token', () => {
	it.each([401, 400] as const)('is told with HTTP %i', async (deadTokenStatus) => {
		zoho.crm.deadTokenStatus = deadTokenStatus;
		zoho.oauth.expire();
		const told = crmError('INVALID_TOKEN', 'invalid oauth token', {}, deadTokenStatus);
		expect(await unblock(['1'])).toMatchObject(told);
		expect(await listModules(withToken(token))).toMatchObject(told);
	});
});

describe('the credits', () => {
	it('are told after each call, good or bad, and end at none', async () => {
		zoho.crm.add('Leads', '1');
		zoho.crm.creditsRemaining = 3;
		const left = async () => (await unblock(['1'])).headers.get('x-api-credits-remaining');
		expect([await left(), await left(), await left(), await left()]).toEqual(['2', '1', '0', '0']);
	});

	it('are not told unless asked for', async () => {
		expect((await unblock(['1'])).headers.has('x-api-credits-remaining')).toBe(false);
	});
});

describe('the scope that an unblock wants', () => {
	it.each([
		['modules', 'ZohoCRM.modules.leads.UPDATE', 'v8', 200],
		['modules', 'ZohoCRM.send_mail.all.CREATE', 'v8', 401],
		['sendMail', 'ZohoCRM.send_mail.leads.CREATE', 'v6', 200],
		['sendMail', 'ZohoCRM.modules.ALL', 'v6', 401],
		['settingsEmails', 'ZohoCRM.settings.emails.CREATE', 'v8', 200],
		['settingsEmails', 'ZohoCRM.settings.ALL', 'v8', 200],
		['settingsEmails', 'ZohoCRM.settings.modules.READ ZohoCRM.send_mail.all.CREATE', 'v8', 401],
	] as const)(
		'may be of the family %s: %s in %s gets %i',
		async (family, scopes, version, status) => {
			zoho.crm.scopeFamily = family;
			zoho.crm.add('Leads', '1');
			const { access_token } = zoho.oauth.issue({ scopes });
			const path = `/crm/${version}/Leads/actions/unblock_email`;
			expect((await unblock(['1'], { path, ...withToken(access_token) })).status).toBe(status);
		},
	);
});
