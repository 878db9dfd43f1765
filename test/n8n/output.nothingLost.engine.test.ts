/** Once a call has been made, nothing but Stop Workflow and a cancelled execution may end the node. */
import { failure, recordIds, useStage } from '../support/stage';

const stage = useStage();

let accounts = 0;

/** A new account: what one has met of Zoho's limit is kept for it in the process. */
const newAccount = () => stage.connect({}, `account ${++accounts}`);

const ITEMS = ['a', 'b', 'c'].map((name) => ({ email: `${name}@example.com` }));

/** A time that a date can hold, but not a moment later. */
const LAST_OF_DATES = '+275760-09-13T00:00:00.000Z';

describe('a workflow in a time zone that only the library of n8n knows', () => {
	it.each(['UTC+2', 'DEFAULT', 'utc-03:30', 'Nowhere/At_All', ''])(
		'%p loses no item',
		async (timezone) => {
			stage.zoho.fault({
				kind: 'doNotMail',
				skip: 1,
				status: 429,
				headers: { 'retry-after': '120' },
				times: Infinity,
			});
			const { error, main, errors, hints } = await stage.run('zohoCampaignsDoNotMail', ITEMS, {
				options: { whenLimitReached: 'error', maxParallelRequests: 1 },
				credentialId: newAccount(),
				timezone,
			});

			expect(error).toBeUndefined();
			expect(main.map(({ json }) => json.status)).toEqual(['moved']);
			expect(errors.map((item) => failure(item).reason)).toEqual(['rateLimited', 'rateLimited']);
			expect(hints[0]?.message).toMatch(/Come back at \d\d:\d\d:\d\d( UTC)?, in /);
		},
	);
});

describe('a wait that no date can hold the end of', () => {
	it.each<[string, Record<string, string>, string]>([
		['Retry-After as a date', { 'retry-after': LAST_OF_DATES }, '{}'],
		['Retry-After in seconds', { 'retry-after': '999999999' }, '{}'],
		['Retry-After in more', { 'retry-after': '9'.repeat(300) }, '{}'],
		[
			'the message of the throttle',
			{},
			JSON.stringify({
				code: 'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
				message: 'Try again after 999999999 hours.',
			}),
		],
		['X-Rate-Limit', { 'x-rate-limit': '[{"remaining-count":0,"retry-after":1e300}]' }, '{}'],
	])('loses no item in either node: %s', async (_, headers, body) => {
		for (const [type, kind, items] of [
			['zohoCampaignsDoNotMail', 'doNotMail', ITEMS],
			['zohoCrmUnblockEmail', 'unblock', recordIds(3).map((id) => ({ id }))],
		] as const) {
			stage.zoho.fault({ kind, skip: 1, status: 429, headers, body, times: Infinity });
			if (kind === 'unblock') stage.zoho.crm.add('Leads', recordIds(3));
			const options =
				kind === 'unblock' ? { batchSize: 1, maxRetries: 0 } : { whenLimitReached: 'error' };
			const { error, main, errors } = await stage.run(type, [...items], {
				options: { ...options, maxParallelRequests: 1 },
				credentialId: newAccount(),
			});

			expect(error).toBeUndefined();
			expect(main).toHaveLength(1);
			expect(errors).toHaveLength(2);
			for (const item of errors) {
				const { retryAt } = failure(item);
				if (retryAt !== undefined) expect(Date.parse(String(retryAt))).toBeGreaterThan(0);
			}
			stage.zoho.reset();
		}
	});
});

describe('what comes from outside into the hint', () => {
	it('is text there, and never HTML', async () => {
		stage.zoho.fault({
			kind: 'doNotMail',
			status: 401,
			body: JSON.stringify({
				Code: '1007',
				message: '<img src=x onerror="alert(1)"> & co',
				status: 'error',
			}),
			times: Infinity,
		});
		const { hints } = await stage.run('zohoCampaignsDoNotMail', ITEMS, {
			credentialId: newAccount(),
		});
		const html = hints.map(({ message }) => message).join();

		expect(html).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; co');
		expect(html).not.toMatch(/<(?!b>|\/b>)/);
	});

	it('is text also where it came in a header', async () => {
		const [id = ''] = recordIds(1);
		stage.zoho.crm.add('Leads', [id]);
		stage.zoho.fault({
			kind: 'unblock',
			status: 200,
			headers: { 'x-api-credits-remaining': '<script>1</script>' },
			body: JSON.stringify({ data: [{ code: 'SUCCESS', details: { id }, message: 'Done' }] }),
		});
		const { hints } = await stage.run('zohoCrmUnblockEmail', [{ id }, { id: 'x' }]);

		expect(hints[0]?.message).toContain('&lt;script&gt;1&lt;/script&gt; API credits are left');
	});
});
