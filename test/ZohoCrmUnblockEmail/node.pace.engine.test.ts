import type { INodeParameters } from 'n8n-workflow';
import type { FakeZoho } from '../fake-zoho';
import { place, subject, truth, verdict, type Standing } from './truth';
import { recordIds, useStage } from '../support/stage';

const stage = useStage();
let zoho: FakeZoho;

beforeEach(() => {
	zoho = stage.zoho;
});

async function runAll(ids: readonly string[], options: INodeParameters = {}) {
	return await stage.run(
		'zohoCrmUnblockEmail',
		ids.map((id) => ({ id })),
		{ options: { retryDelay: 2, ...options }, onError: 'continueRegularOutput' },
	);
}

describe('a server that takes fewer ids a call', () => {
	const ids = recordIds(300);
	const batchSize = 150;
	const standings: Standing[] = ids.map((_, i) =>
		i % 100 === 7 ? 'hard' : i % 100 === 50 ? 'unblocked' : 'soft',
	);

	/** How often the size is refused where it is halved until it fits. */
	const halvings = (size: number, most: number): number =>
		size <= most ? 0 : 1 + halvings(Math.ceil(size / 2), most);

	describe.each(['allOrNothing', 'indexed', 'mixed'] as const)('in the style %s', (style) => {
		it.each(
			(['limitExceeded', 'invalidData', 'inMessage', 'unstated'] as const).flatMap((how) => [
				[60, how] as const,
				[5, how] as const,
			]),
		)('(%i ids, told by %s) is learned once and costs no record', async (maxIds, how) => {
			zoho.crm.style = style;
			zoho.crm.maxIds = maxIds;
			zoho.crm.sizeRefusal = how;
			ids.forEach((id, i) => place(zoho, 'Leads', id, standings[i]!));

			const { main } = await runAll(ids, { batchSize });

			expect(main.map((item) => [subject(item), verdict(item)])).toEqual(
				ids.map((id, i) => [id, truth(standings[i]!, false)]),
			);
			const sizes = zoho.calls('unblock').map((request) => request.ids?.length ?? 0);
			const tooLarge = sizes.filter((size) => size > maxIds);
			expect(tooLarge).toHaveLength(how === 'unstated' ? halvings(batchSize, maxIds) : 1);
			expect(sizes.slice(0, tooLarge.length)).toEqual(tooLarge);
		});
	});

	it('has it learned by one group of records for the others too', async () => {
		zoho.crm.maxIds = 40;
		for (const module of ['Leads', 'Contacts']) zoho.crm.add(module, ids.slice(0, 200));
		const items = ids.slice(0, 200).flatMap((id) => [
			{ id, module: 'Leads' },
			{ id, module: 'Contacts' },
		]);

		const { main } = await stage.run('zohoCrmUnblockEmail', items, {
			parameters: { module: { __rl: true, mode: 'name', value: '={{ $json.module }}' } },
		});

		expect(main.map(({ json: { id, module } }) => ({ id, module }))).toEqual(items);
		const sizes = zoho.calls('unblock').map((request) => request.ids?.length);
		expect(sizes).toEqual([200, ...Array<number>(10).fill(40)]);
	});

	it('that takes but one is served one by one', async () => {
		zoho.crm.maxIds = 1;
		zoho.crm.sizeRefusal = 'unstated';
		zoho.crm.add('Leads', ids.slice(0, 20));

		const { main } = await runAll(ids.slice(0, 20));

		expect(main.map(verdict)).toEqual(Array(20).fill('unblocked'));
		expect(zoho.calls('unblock')).toHaveLength(halvings(20, 1) + 20);
	});
});

describe('the first call', () => {
	it('goes alone, so that an expired token is renewed once and not five times', async () => {
		const ids = recordIds(100);
		zoho.crm.add('Leads', ids);
		// So long that five are open at one time, on a busy machine, too.
		zoho.latencyMs = 250;
		stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired: true }) } });

		const { main } = await runAll(ids, { batchSize: 5 });

		expect(main.map(verdict)).toEqual(ids.map(() => 'unblocked'));
		const refused = zoho.calls('unblock').filter(({ status }) => status === 401);
		const [repeated, ...others] = zoho.calls('unblock').filter(({ status }) => status !== 401);
		// Older engines send it once more before they renew the token.
		expect(refused.length).toBeLessThanOrEqual(process.env.N8N_ENGINE ? 2 : 1);
		expect(refused.every(({ ids }) => String(ids) === String(repeated?.ids))).toBe(true);
		expect(others).toHaveLength(19);
		expect(others.every(({ at }) => at >= repeated!.endedAt!)).toBe(true);
		expect(zoho.calls('token')).toHaveLength(1);
		expect(zoho.maxInFlight('unblock')).toBe(5);
	});
});

describe('calls in flight', () => {
	const ids = recordIds(200);

	beforeEach(() => {
		zoho.crm.add('Leads', ids);
		zoho.latencyMs = 30;
	});

	it.each([1, 3, 10])('are never more than %i where so many are allowed', async (most) => {
		// So long that all of them arrive before the first is answered, on a busy machine, too.
		zoho.latencyMs = 250;
		await runAll(ids.slice(0, 100), { batchSize: 5, maxParallelRequests: most });

		expect(zoho.maxInFlight('unblock')).toBe(most);
	});

	it('become fewer for the rest of the run once Zoho says that they are too many', async () => {
		zoho.crm.concurrencyLimit = 2;
		zoho.latencyMs = 100;

		const { main } = await runAll(ids, { batchSize: 5, retryDelay: 1 });

		expect(main.map(verdict)).toEqual(ids.map(() => 'unblocked'));
		const statuses = zoho.calls('unblock').map(({ status }) => status);
		// One burst is one lesson: the calls of it are refused, and hardly another one. On a busy
		// machine the first calls may go one by one, and the burst comes later.
		expect(statuses.filter((status) => status === 429).length).toBeLessThanOrEqual(6);
		expect(statuses.lastIndexOf(429) - statuses.indexOf(429)).toBeLessThan(9);
	});

	it('that are too many cost no record, however long the calls beside them take', async () => {
		zoho.crm.concurrencyLimit = 1;
		zoho.latencyMs = 300;

		const { main } = await runAll(ids, { batchSize: 25, retryDelay: 1, maxRetries: 2 });

		expect(main.map(verdict)).toEqual(ids.map(() => 'unblocked'));
	});

	it('start no sooner after each other than the batch interval says', async () => {
		await runAll(ids.slice(0, 25), { batchSize: 5, batchInterval: 120 });

		const starts = zoho.calls('unblock').map(({ at }) => at);
		expect(starts).toHaveLength(5);
		// A call arrives some ms after its start, which differ from call to call.
		expect(starts.at(-1)! - starts[0]!).toBeGreaterThanOrEqual(4 * 120 - 60);
	});
});
