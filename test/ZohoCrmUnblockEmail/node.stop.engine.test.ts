import type { FakeZoho } from '../fake-zoho';
import { recordIds } from '../support/stage';
import { batch, BATCH_SIZE, IDS, isOf, useTenCalls, verdictsByCall } from './tenCalls';
import { verdict } from './truth';

const { stage, runAll, unblockCalls, unblockedAtZoho } = useTenCalls();
let zoho: FakeZoho;

beforeEach(() => {
	zoho = stage.zoho;
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
				`Record ${IDS[3]}: Cannot unblock, Email is blocked permanently. Also failed: ${IDS[7]}.`,
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

	it('tells all records of a call apart, also where it was split before the first failure turned up', async () => {
		zoho.crm.style = 'allOrNothing';
		const [already = '', dead = '', missing = '', blocked = ''] = recordIds(4, 200);
		zoho.crm.add('Leads', already, { email: 'unblocked' });
		zoho.crm.add('Leads', dead, { email: 'hard' });
		zoho.crm.add('Leads', blocked);
		const run = await stage.run(
			'zohoCrmUnblockEmail',
			[already, dead, missing, blocked].map((id) => ({ id })),
			{ onError: 'stopWorkflow' },
		);

		expect(run.error?.message).toBe(
			`Record ${dead}: Cannot unblock, Email is blocked permanently. Also failed: ${missing}.`,
		);
		expect(toll(run)).toEqual({ done: 2, failed: 2, notAttempted: 0 });
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
