import { sleep } from 'n8n-workflow';
import type { FakeZoho } from '../fake-zoho';
import { failure } from '../support/stage';
import { BATCH_SIZE, IDS, isOf, useTenCalls, verdictsByCall } from './tenCalls';
import { subject, verdict } from './truth';

const { stage, runAll, unblockCalls, unblockedAtZoho } = useTenCalls();
let zoho: FakeZoho;

beforeEach(() => {
	zoho = stage.zoho;
});

describe('a failure of the account in the middle of a run', () => {
	const revokeAt = (number: number) => {
		const { refresh_token: refreshToken, ...token } = zoho.oauth.issue();
		stage.connect({ oauthTokenData: { ...token, refresh_token: refreshToken } });
		zoho.randomFault = (request) => {
			if (request.kind === 'unblock' && isOf(number)(request)) zoho.oauth.revoke(refreshToken);
			return undefined;
		};
	};

	it('is the failure of its call; nothing more is sent, and what was not is notAttempted', async () => {
		revokeAt(4);
		const run = await runAll({ maxParallelRequests: 1 });

		expect(verdictsByCall(run)).toEqual([
			...Array<string>(3).fill('unblocked'),
			'authenticationFailed',
			...Array<string>(6).fill('notAttempted'),
		]);
		expect(unblockedAtZoho()).toBe(30);
		// Once more after n8n has asked for another token.
		expect(unblockCalls().slice(3).every(isOf(4))).toBe(true);
		expect(failure(run.main[99])).toMatchObject({ id: IDS[99], code: 'NOT_SENT', retryable: true });
		expect(failure(run.main[99]).message).toContain('Zoho gave no access token: invalid_code');
	});

	it('leaves each record its own outcome with five calls in flight', async () => {
		revokeAt(4);
		zoho.latencyMs = 20;
		const run = await runAll();

		const verdicts = run.main.map(verdict);
		const count = (wanted: string) => verdicts.filter((one) => one === wanted).length;
		expect(run.main.map(subject)).toEqual(IDS);
		expect(count('unblocked')).toBe(unblockedAtZoho());
		expect(count('authenticationFailed')).toBeGreaterThanOrEqual(BATCH_SIZE);
		expect(count('unblocked') + count('authenticationFailed') + count('notAttempted')).toBe(
			IDS.length,
		);
		const sent = new Set(unblockCalls().map(({ body }) => body)).size;
		expect(sent - count('unblocked') / BATCH_SIZE).toBeLessThanOrEqual(5);
	});

	it('may be a scope that is missing', async () => {
		zoho.fault({
			kind: 'unblock',
			match: isOf(2),
			times: 9,
			status: 401,
			body: '{"code":"OAUTH_SCOPE_MISMATCH","details":{},"message":"Unauthorized","status":"error"}',
		});
		const run = await runAll({ maxParallelRequests: 1 });

		expect(verdictsByCall(run)).toEqual([
			'unblocked',
			'scopeMismatch',
			...Array<string>(8).fill('notAttempted'),
		]);
	});
});

describe('a limit that lasts', () => {
	it('ends the run after the retries: what was not sent is rateLimited as well', async () => {
		zoho.randomFault = (request) => (isOf(3)(request) ? { status: 429 } : undefined);
		const run = await runAll({ maxParallelRequests: 1, maxRetries: 2 });

		expect(verdictsByCall(run)).toEqual([
			'unblocked',
			'unblocked',
			...Array<string>(8).fill('rateLimited'),
		]);
		expect(unblockCalls()).toHaveLength(2 + 3);
		expect(run.main.slice(20).every((item) => failure(item).retryable === true)).toBe(true);
	});
});

describe('a cancelled execution', () => {
	/** Generous for a busy machine, and far from the waits of a minute that are cut short. */
	const SOON_MS = 60_000;

	async function cancelWhen(running: ReturnType<typeof runAll>, isTime: () => boolean) {
		while (!isTime()) await sleep(10);
		// The server is done with its reply a moment before the node has read it.
		await sleep(1_000);
		const cancelledAt = Date.now();
		running.cancel();
		const run = await running;
		expect(Date.now() - cancelledAt).toBeLessThan(SOON_MS);
		expect(run.status).toBe('canceled');
		return run;
	}

	it('ends in the middle of a pause before a retry, and sends nothing more', async () => {
		zoho.fault({
			kind: 'unblock',
			match: isOf(2),
			status: 503,
			headers: { 'retry-after': '60' },
		});
		const running = runAll({ maxParallelRequests: 1 });
		const run = await cancelWhen(running, () => unblockCalls()[1]?.endedAt !== undefined);

		expect(run.error?.message).toContain('10 done, 10 failed, 80 not attempted');
		expect(unblockCalls()).toHaveLength(2);
		expect(run.logs.some((line) => line.includes('Trying 10 records again in 1 min'))).toBe(true);
	});

	it('ends in the middle of the interval between two calls', async () => {
		const running = runAll({ batchInterval: 60_000 });
		const run = await cancelWhen(running, () => unblockCalls()[0]?.endedAt !== undefined);

		expect(run.error?.message).toContain('10 done, 0 failed, 90 not attempted');
		expect(unblockCalls()).toHaveLength(1);
		const { ids = [] } = unblockCalls()[0]!;
		expect(run.logs).toContainEqual(
			expect.stringContaining(
				`Stopped. Before that: 10 done, 0 failed, 90 not attempted. The last one done: item 10 of the input, record ${ids.at(-1)}.`,
			),
		);
	});

	it('says of a call in flight that nobody knows whether it was done', async () => {
		zoho.fault({ kind: 'unblock', match: isOf(2), hang: true, when: 'after' });
		const running = runAll({ maxParallelRequests: 1 });
		const run = await cancelWhen(running, () => unblockCalls().length === 2);

		expect(run.error?.message).toContain('10 done, 10 failed, 80 not attempted');
		expect(run.error?.message).toContain('Calls that were under way may have been done');
	});
});
