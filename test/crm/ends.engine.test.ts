import { sleep, type INodeParameters, type OnError } from 'n8n-workflow';
import type { FakeZoho, ReceivedRequest } from '../fake-zoho';
import { subject, verdict } from './truth';
import { failure, recordIds, useStage } from '../support/stage';

/** Ten calls of ten. */
const IDS = recordIds(100);
const BATCH_SIZE = 10;
const batch = (number: number) => IDS.slice((number - 1) * BATCH_SIZE, number * BATCH_SIZE);

const stage = useStage();
let zoho: FakeZoho;

beforeEach(() => {
	zoho = stage.zoho;
	zoho.crm.add('Leads', IDS);
});

function runAll(options: INodeParameters = {}, onError: OnError = 'continueRegularOutput') {
	return stage.run(
		'zohoCrmUnblockEmail',
		IDS.map((id) => ({ id })),
		{ options: { batchSize: BATCH_SIZE, retryDelay: 2, ...options }, onError },
	);
}

/** How many calls of records Zoho has got, retries included. */
const unblockCalls = () => zoho.calls('unblock');

const unblockedAtZoho = () =>
	IDS.filter((id) => zoho.crm.get('Leads', id)?.timesUnblocked === 1).length;

const isOf =
	(number: number) =>
	({ ids = [] }: ReceivedRequest) =>
		ids.includes(batch(number)[0]!);

/** What is said of the records of each call, where it is one thing. */
function verdictsByCall(run: Awaited<ReturnType<typeof runAll>>): string[] {
	expect(run.main.map(subject)).toEqual(IDS);
	return Array.from({ length: IDS.length / BATCH_SIZE }, (_, i) =>
		[...new Set(run.main.slice(i * BATCH_SIZE, (i + 1) * BATCH_SIZE).map(verdict))].join(),
	);
}

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
	const SOON_MS = 10_000;

	async function cancelWhen(running: ReturnType<typeof runAll>, isTime: () => boolean) {
		while (!isTime()) await sleep(10);
		// The server is done with its reply a moment before the node has read it.
		await sleep(300);
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
	});

	it('says of a call in flight that nobody knows whether it was done', async () => {
		zoho.fault({ kind: 'unblock', match: isOf(2), hang: true, when: 'after' });
		const running = runAll({ maxParallelRequests: 1 });
		const run = await cancelWhen(running, () => unblockCalls().length === 2);

		expect(run.error?.message).toContain('10 done, 10 failed, 80 not attempted');
		expect(run.error?.message).toContain('Calls that were under way may have been done');
	});
});

describe('Stop Workflow', () => {
	/** How far the run had come, by the error's own words. */
	function toll({ error }: { error?: unknown }) {
		const { description } = error as { description: string };
		const found = /Before the stop: (\d+) done, (\d+) failed, (\d+) not attempted\./.exec(
			description,
		);
		const [done, failed, notAttempted] = (found ?? []).slice(1).map(Number);
		return { done, failed, notAttempted };
	}

	describe.each(['allOrNothing', 'indexed', 'mixed'] as const)('in the style %s', (style) => {
		beforeEach(() => {
			zoho.crm.style = style;
		});

		it('tells the records of the failing call apart and sends none of the others', async () => {
			zoho.crm.add('Leads', [IDS[3]!, IDS[7]!, IDS[55]!], { email: 'hard' });
			const run = await runAll({}, 'stopWorkflow');

			expect(run.status).toBe('error');
			expect(run.main).toEqual([]);
			expect(run.error).toMatchObject({ name: 'NodeApiError', context: { itemIndex: 3 } });
			expect(run.error?.message).toBe(
				`Record ${IDS[3]}: Cannot unblock, Email is blocked permanently`,
			);
			expect(toll(run)).toEqual({ done: 8, failed: 2, notAttempted: 90 });
			expect(unblockedAtZoho()).toBe(8);
			const sent = new Set(unblockCalls().flatMap(({ ids = [] }) => ids));
			expect([...sent].sort()).toEqual(batch(1));
		});

		it('lets the calls in flight end, and counts what they have done', async () => {
			zoho.crm.add('Leads', batch(4)[5]!, { email: 'hard' });
			for (const number of [2, 3, 5, 6]) {
				zoho.fault({ kind: 'unblock', match: isOf(number), latencyMs: 500 });
			}
			const run = await runAll({}, 'stopWorkflow');

			expect(run.error).toMatchObject({ context: { itemIndex: 35 } });
			expect(toll(run)).toEqual({ done: 59, failed: 1, notAttempted: 40 });
			expect(unblockedAtZoho()).toBe(59);
			const sent = new Set(unblockCalls().flatMap(({ ids = [] }) => ids));
			expect([...sent].sort()).toEqual(IDS.slice(0, 60));
		});

		it('does not say "not attempted" of a call beside it whose reply was lost', async () => {
			zoho.latencyMs = 40;
			zoho.crm.add('Leads', batch(2)[5]!, { email: 'hard' });
			const lost = { status: 503, headers: { 'retry-after': '60' }, when: 'after' } as const;
			zoho.fault({ ...lost, kind: 'unblock', match: isOf(3) });
			const run = await runAll({}, 'stopWorkflow');

			expect(run.error).toMatchObject({ context: { itemIndex: 15 } });
			const { done, failed, notAttempted } = toll(run);
			expect(failed).toBe(1 + BATCH_SIZE);
			expect(done).toBe(unblockedAtZoho() - BATCH_SIZE);
			expect(done! + failed! + notAttempted!).toBe(IDS.length);
		});

		it('does not stop for records that are unblocked already, which are no failures', async () => {
			zoho.crm.add('Leads', batch(2), { email: 'unblocked' });
			const run = await runAll({}, 'stopWorkflow');

			expect(run.status).toBe('success');
			expect(verdictsByCall(run)).toEqual(
				Array.from({ length: 10 }, (_, i) => (i === 1 ? 'alreadyUnblocked' : 'unblocked')),
			);
		});

		it('stops for them where they are to count as failures', async () => {
			zoho.crm.add('Leads', batch(1)[2]!, { email: 'unblocked' });
			const run = await runAll({ alreadyUnblocked: 'error' }, 'stopWorkflow');

			expect(run.error).toMatchObject({ name: 'NodeApiError', context: { itemIndex: 2 } });
			expect(toll(run)).toEqual({ done: 9, failed: 1, notAttempted: 90 });
		});
	});

	it('stops at a call that fails for good, after its retries', async () => {
		zoho.randomFault = () => ({ status: 503 });
		const run = await runAll({ maxRetries: 2 }, 'stopWorkflow');

		expect(run.error).toMatchObject({ name: 'NodeApiError', context: { itemIndex: 0 } });
		expect(toll(run)).toEqual({ done: 0, failed: 10, notAttempted: 90 });
		expect(unblockCalls()).toHaveLength(3);
	});

	describe('at a reply that says nothing of some record', () => {
		beforeEach(() => {
			zoho.crm.style = 'mixed';
			zoho.randomFault = ({ ids = [] }) => {
				zoho.crm.dataQuirks = ids.length > 1 ? { drop: 1 } : {};
				return undefined;
			};
		});

		it('asks for it again and goes on', async () => {
			const run = await runAll({}, 'stopWorkflow');

			expect(run.status).toBe('success');
			expect(run.main.map(verdict)).toEqual(IDS.map(() => 'unblocked'));
			expect(unblockedAtZoho()).toBe(IDS.length);
		});

		it('asks for it again before it stops for another one', async () => {
			zoho.crm.add('Leads', IDS[3]!, { email: 'hard' });
			const run = await runAll({}, 'stopWorkflow');

			expect(toll(run)).toEqual({ done: 9, failed: 1, notAttempted: 90 });
			expect(unblockCalls().map(({ ids }) => ids)).toEqual([batch(1), [IDS[0]]]);
		});
	});
});
