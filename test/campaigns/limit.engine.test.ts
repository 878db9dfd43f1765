import type { INodeParameters } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeRun } from '../engine';
import type { ReceivedRequest } from '../fake-zoho';
import { CREDENTIAL_TYPE, failure, setStage, type Stage } from '../support/stage';

const MINUTE_MS = 60_000;

/** Sleeps end early when cancelled: this is how long a test gives a run that would wait minutes. */
const SOON_MS = 10_000;

let stage: Stage;
let credentialId: string;
let accounts = 0;

/** Every call of the node, in the order in which Zoho took them up, and whether it was let in. */
let taken: Array<{ request: ReceivedRequest; refusedBefore: number }>;

beforeAll(async () => {
	stage = await setStage();
});

afterAll(async () => await stage.stop());

beforeEach(() => {
	const { zoho } = stage;
	zoho.reset();
	credentialId = stage.connect({}, `account-${++accounts}`);
	taken = [];
	zoho.randomFault = record;
});

/** No fault: it only looks at what comes. */
function record(request: ReceivedRequest): undefined {
	if (request.kind !== 'doNotMail' || request.headers['user-agent'] === 'stranger') return;
	taken.push({ request, refusedBefore: stage.zoho.campaigns.refusedCalls });
}

const addresses = (count: number) =>
	Array.from({ length: count }, (_, i) => ({ email: `person${i}@example.com` }));

const run = (count: number, options: INodeParameters) =>
	stage.run('zohoCampaignsDoNotMail', addresses(count), {
		credentialId,
		options: { retryDelay: 1, ...options },
	});

/** Another program with the same account makes calls. */
async function strangerCalls(count: number): Promise<void> {
	const { oauthTokenData } = stage.engine.credentials.get(CREDENTIAL_TYPE, credentialId);
	const token = (oauthTokenData as { access_token: string }).access_token;
	for (let i = 0; i < count; i++) {
		const contactInfo = encodeURIComponent(`{Contact Email:stranger${i}@example.com}`);
		const url = `${stage.zoho.url}/api/v1.1/json/contactdonotmail?resfmt=JSON&contactinfo=${contactInfo}`;
		const headers = { authorization: `Bearer ${token}`, 'user-agent': 'stranger' };
		await (await fetch(url, { method: 'POST', headers })).text();
	}
}

async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await sleep(5);
}

/** Waits until every call has its reply and the node has made of it what it will. */
async function quiet(calls: () => boolean): Promise<void> {
	await until(() => calls() && stage.zoho.requests.every(({ endedAt }) => endedAt !== undefined));
	for (let i = 0; i < 5; i++) await sleep(60);
}

const waits = ({ logs }: NodeRun) => logs.filter((line) => line.startsWith('info: Waiting '));

/** Every item is out once: by the main output or by the error branch, each in input order. */
function expectAllOut({ main, errors }: NodeRun, count: number): void {
	const items = (out: NodeRun['main']) =>
		out.map(({ pairedItem }) => (pairedItem as { item: number }).item);
	for (const out of [items(main), items(errors)])
		expect(out).toEqual([...out].sort((a, b) => a - b));
	expect([...items(main), ...items(errors)].sort((a, b) => a - b)).toEqual([
		...Array(count).keys(),
	]);
}

describe('a lock that another client causes', () => {
	const lockMs = 1500;
	const maxParallelRequests = 5;

	beforeEach(async () => {
		const { zoho } = stage;
		zoho.campaigns.limit = { calls: 60, windowMs: 5 * MINUTE_MS, lockMs, kind: 'rolling' };
		await strangerCalls(40);
		zoho.latencyMs = 20;
		zoho.randomFault = (request) => {
			// The other client keeps still from now on.
			if (zoho.campaigns.locks > 0) zoho.campaigns.limit.calls = 1000;
			return record(request);
		};
	});

	const styles = ['throttle400', 'throttle200', '429', '2008'] as const;
	const times = [false, true, 'date'] as const;
	const scenes = styles.flatMap((style) => times.map((retryAfter) => ({ style, retryAfter })));

	it.each(scenes)(
		'is met, waited out and followed by one call that tests the water: $style, Retry-After: $retryAfter',
		async ({ style, retryAfter }) => {
			Object.assign(stage.zoho.campaigns, { lockStyle: style, retryAfter });
			const done = await run(60, {
				maxParallelRequests,
				// Where Zoho says how long, this must not count.
				lockMinutes: retryAfter === false ? (lockMs + 50) / MINUTE_MS : 30,
				responseFormat: style === '2008' ? 'xml' : 'json',
			});

			expect(done.errors).toEqual([]);
			expect(done.main.map(({ json }) => json.status)).toEqual(Array(60).fill('moved'));
			const { campaigns } = stage.zoho;
			expect(campaigns.registry.size).toBe(100);
			expect(campaigns.refusedCalls).toBeGreaterThan(0);
			expect(campaigns.refusedCalls).toBeLessThanOrEqual(maxParallelRequests + 1);
			expect(taken).toHaveLength(60 + campaigns.refusedCalls);

			const letIn = taken.findIndex((call) => call.refusedBefore === campaigns.refusedCalls);
			const [probe, ...later] = taken.slice(letIn).map(({ request }) => request);
			expect(later.length).toBeGreaterThan(0);
			expect(later.every(({ at }) => at >= probe!.endedAt!)).toBe(true);

			expect(waits(done)[0]).toMatch(
				/^info: Waiting \d+ s: Zoho has locked the API after too many calls\. \d+ addresses are left\.$/,
			);
			expect(done.hints[0]?.message).toMatch(
				/^\d+ calls, one address each\. Waited \d+ s for Zoho's limit\. Zoho locked the API: \d calls? refused\.$/,
			);
		},
	);

	it('is waited out again where it is longer than Zoho had said', async () => {
		const done = await run(60, { maxParallelRequests, lockMinutes: 0.01 });

		expect(done.errors).toEqual([]);
		expect(done.main).toHaveLength(60);
		// After the first ones, only one call at a time finds the lock still there.
		expect(stage.zoho.campaigns.refusedCalls).toBeGreaterThan(1);
		expect(stage.zoho.campaigns.refusedCalls).toBeLessThanOrEqual(maxParallelRequests + 3);
	});

	it('is met by one of two runs and kept to by both', async () => {
		const options = { maxParallelRequests, lockMinutes: (lockMs + 50) / MINUTE_MS };
		const ended = await Promise.all([
			run(20, options),
			stage.run(
				'zohoCampaignsDoNotMail',
				addresses(20).map(({ email }) => ({ email: `second.${email}` })),
				{ credentialId, options },
			),
		]);

		expect(ended.map(({ main }) => main.length)).toEqual([20, 20]);
		expect(stage.zoho.campaigns.refusedCalls).toBeLessThanOrEqual(2 * maxParallelRequests + 1);
		expect(stage.zoho.campaigns.locks).toBe(1);
	});
});

describe('with When Limit Is Reached = Fail', () => {
	const whenLimitReached = 'error';

	it('the items that the window has no room for go out at once, with the time to retry at', async () => {
		const start = Date.now();
		const done = await run(25, { whenLimitReached, callsPerWindow: 10 });

		expectAllOut(done, 25);
		expect(done.main.map(({ json }) => json.email)).toEqual(
			addresses(10).map(({ email }) => email),
		);
		expect(taken).toHaveLength(10);
		for (const item of done.errors) {
			expect(failure(item)).toMatchObject({
				code: 'NOT_SENT',
				reason: 'rateLimited',
				message: expect.stringMatching(/^Not sent: /),
				httpStatus: null,
				retryable: true,
			});
		}
		const [retryAt, ...others] = new Set(done.errors.map((item) => String(failure(item).retryAt)));
		expect(others).toEqual([]);
		expect(new Date(retryAt!).toISOString()).toBe(retryAt);
		expect(Date.parse(retryAt!)).toBeGreaterThan(Date.now());
		expect(Date.parse(retryAt!)).toBeGreaterThanOrEqual(start + 5 * MINUTE_MS);
		expect(Date.parse(retryAt!)).toBeLessThanOrEqual(Date.now() + 5 * MINUTE_MS + 10);
		expect(waits(done)).toEqual([]);

		const next = await run(1, { whenLimitReached, callsPerWindow: 10 });
		expect(failure(next.errors[0]).reason).toBe('rateLimited');
		expect(taken).toHaveLength(10);
	});

	it.each(['throttle400', 'throttle200'] as const)(
		'the items that a lock holds up go out at once, with the end that the message gives: %s',
		async (lockStyle) => {
			stage.zoho.campaigns.lockStyle = lockStyle;
			const [windowMs, lockMs] = [5 * MINUTE_MS, 22 * MINUTE_MS];
			stage.zoho.campaigns.limit = { calls: 50, windowMs, lockMs, kind: 'rolling' };
			await strangerCalls(40);
			const start = Date.now();
			const done = await run(30, { whenLimitReached });

			expectAllOut(done, 30);
			expect(done.main).toHaveLength(10);
			const refused = stage.zoho.campaigns.refusedCalls;
			expect(refused).toBeLessThanOrEqual(5);
			expect(taken).toHaveLength(10 + refused);
			expect(new Set(done.errors.map((item) => failure(item).reason))).toEqual(
				new Set(['rateLimited']),
			);
			for (const item of done.errors) {
				const retryAt = Date.parse(String(failure(item).retryAt));
				expect(retryAt).toBeGreaterThanOrEqual(start + lockMs);
				expect(retryAt).toBeLessThanOrEqual(Date.now() + lockMs + 10);
			}

			const next = await run(3, { whenLimitReached });
			expect(next.errors.map((item) => failure(item).message)).toEqual(
				Array(3).fill('Not sent: Zoho has locked the API after too many calls.'),
			);
			expect(taken).toHaveLength(10 + refused);
		},
	);

	it('and On Error = Stop Workflow, the error says how many are done and how many are not', async () => {
		const { status, error } = await stage.run('zohoCampaignsDoNotMail', addresses(25), {
			credentialId,
			options: { whenLimitReached, callsPerWindow: 10 },
			onError: 'stopWorkflow',
		});

		expect(status).toBe('error');
		expect(error).toMatchObject({
			name: 'NodeApiError',
			message: expect.stringMatching(/^Address person10@example\.com: Not sent: /),
			description: expect.stringContaining('Before the stop: 10 done, 0 failed, 15 not attempted.'),
			context: { itemIndex: 10 },
		});
		expect(taken).toHaveLength(10);
	});

	it('a lock is believed for a day and no longer', async () => {
		stage.zoho.fault({ kind: 'doNotMail', status: 429, headers: { 'retry-after': '999999999' } });
		const start = Date.now();
		const { errors } = await run(1, { whenLimitReached });

		const retryAt = Date.parse(String(failure(errors[0]).retryAt));
		expect(retryAt).toBeGreaterThanOrEqual(start + 24 * 60 * MINUTE_MS);
		expect(retryAt).toBeLessThanOrEqual(Date.now() + 24 * 60 * MINUTE_MS);
	});

	it('a lock without words is as long as the option says', async () => {
		Object.assign(stage.zoho.campaigns, { lockStyle: '429' });
		stage.zoho.campaigns.limit.calls = 1;
		await strangerCalls(1);
		const start = Date.now();
		const { errors } = await run(2, { whenLimitReached, lockMinutes: 7.5 });

		expect(errors.map((item) => failure(item).reason)).toEqual(['rateLimited', 'rateLimited']);
		const retryAt = Date.parse(String(failure(errors[1]).retryAt));
		expect(retryAt).toBeGreaterThanOrEqual(start + 7.5 * MINUTE_MS);
		expect(retryAt).toBeLessThanOrEqual(Date.now() + 7.5 * MINUTE_MS);
	});

	it('a repeat needs a slot of its own, and without one the address fails for what its call met', async () => {
		stage.zoho.fault({
			kind: 'doNotMail',
			match: ({ query }) => query.includes('person0'),
			emptyBody: 503,
			times: Infinity,
		});
		const done = await run(3, { whenLimitReached, callsPerWindow: 3, maxRetries: 10 });

		expect(taken).toHaveLength(0);
		expect(stage.zoho.calls('doNotMail')).toHaveLength(3);
		expect(failure(done.errors[0])).toMatchObject({
			email: 'person0@example.com',
			reason: 'serverError',
			httpStatus: 503,
		});
		expect(done.errors.slice(1).map((item) => failure(item).reason)).toEqual([
			'rateLimited',
			'rateLimited',
		]);
	});
});

describe('a wait', () => {
	it('for the window is told before it begins: how long, why, how many are left; and as a hint', async () => {
		const done = await run(25, { callsPerWindow: 10, windowMinutes: 0.05 });

		expect(done.main).toHaveLength(25);
		const told = waits(done).map((line) =>
			/^info: Waiting [123] s: the limit of 10 calls in 0\.05 min is used up\. (\d+) addresses are left\.$/.exec(
				line,
			),
		);
		expect(told.length).toBeGreaterThanOrEqual(2);
		// At the first one ten calls are made, of which four may still be under way.
		expect(Number(told[0]?.[1])).toBeGreaterThanOrEqual(15);
		expect(Number(told[0]?.[1])).toBeLessThanOrEqual(19);
		expect(done.hints[0]?.message).toMatch(
			/^25 calls, one address each\. Waited \d+ s for Zoho's limit\.$/,
		);
	});

	it('for the slot of a repeat is one too: each repeat counts as a call of its own', async () => {
		stage.zoho.campaigns.limit = { calls: 4, windowMs: 1200, lockMs: MINUTE_MS, kind: 'rolling' };
		stage.zoho.fault({ kind: 'doNotMail', emptyBody: 503, times: 3 });
		const done = await run(6, { callsPerWindow: 4, windowMinutes: 0.02 });

		expect(done.main).toHaveLength(6);
		expect(stage.zoho.calls('doNotMail')).toHaveLength(9);
		expect(stage.zoho.campaigns.locks).toBe(0);
	});

	it.each(['throttle400', 'throttle200'] as const)(
		'of 22 minutes for a lock is told in these words and ends when the execution is cancelled: %s',
		async (lockStyle) => {
			const [windowMs, lockMs] = [2 * MINUTE_MS, 22 * MINUTE_MS];
			stage.zoho.campaigns.limit = { calls: 50, windowMs, lockMs, kind: 'rolling' };
			stage.zoho.campaigns.lockStyle = lockStyle;
			await strangerCalls(45);
			const running = run(30, { lockMinutes: 0.001 });
			await quiet(() => stage.zoho.campaigns.locks > 0);
			const cancelledAt = Date.now();
			running.cancel();
			const done = await running;

			expect(Date.now() - cancelledAt).toBeLessThan(SOON_MS);
			expect(done.status).toBe('canceled');
			expect(waits(done)).toEqual([
				expect.stringMatching(
					/^info: Waiting 22 min: Zoho has locked the API after too many calls\. 2[5-9] addresses are left\.$/,
				),
			]);
			expect(done.error?.message).toContain('5 done, 0 failed, 25 not attempted');
		},
	);

	it('of 30 minutes, without words of Zoho, ends when the execution is cancelled', async () => {
		stage.zoho.campaigns.limit.calls = 10;
		stage.zoho.campaigns.lockStyle = '2008';
		await strangerCalls(10);
		const running = run(3, {});
		await quiet(() => stage.zoho.campaigns.locks > 0);
		const cancelledAt = Date.now();
		running.cancel();
		const done = await running;

		expect(Date.now() - cancelledAt).toBeLessThan(SOON_MS);
		expect(waits(done)).toEqual([expect.stringContaining('Waiting 30 min')]);
		expect(done.error?.message).toContain('0 done, 0 failed, 3 not attempted');
	});

	it('for the window that a lock makes longer is told again', async () => {
		stage.zoho.latencyMs = 200;
		stage.zoho.fault({
			kind: 'doNotMail',
			skip: 9,
			status: 429,
			headers: { 'retry-after': '1800' },
		});
		const running = run(20, { callsPerWindow: 10 });
		await quiet(() => stage.zoho.calls('doNotMail').length === 10);
		running.cancel();
		const done = await running;

		expect(waits(done).map((line) => line.replace(/ \d+ addresses are left\.$/, ''))).toEqual([
			expect.stringMatching(
				/^info: Waiting (5 min|4 min \d+ s): the limit of 10 calls in 5 min is used up\.$/,
			),
			'info: Waiting 30 min: Zoho has locked the API after too many calls.',
		]);
		expect(done.error?.message).toContain('9 done, 0 failed, 11 not attempted');
	});

	it('for a reply that never comes ends when the execution is cancelled', async () => {
		stage.zoho.fault({ kind: 'doNotMail', hang: true, skip: 2 });
		const running = run(10, { maxParallelRequests: 1 });
		await until(() => stage.zoho.calls('doNotMail').length === 3);
		const cancelledAt = Date.now();
		running.cancel();
		const done = await running;

		expect(Date.now() - cancelledAt).toBeLessThan(SOON_MS);
		expect(done.error?.message).toContain('2 done, 1 failed, 7 not attempted');
	});

	it('before a repeat ends when the execution is cancelled, and is told', async () => {
		stage.zoho.fault({ kind: 'doNotMail', emptyBody: 503, times: Infinity });
		const running = run(2, { retryDelay: 3_600_000, maxParallelRequests: 1 });
		await quiet(() => stage.zoho.calls('doNotMail').length === 1);
		running.cancel();
		const done = await running;

		expect(done.logs).toContainEqual(
			expect.stringMatching(
				/^info: Zoho answered with HTTP status 503\. Trying one address again in /,
			),
		);
		expect(done.error?.message).toContain('0 done, 1 failed, 1 not attempted');
	});
});
