import { bound } from '../../support/isolation';
import { callsToSettle } from '../../support/isolationThroughNode';
import { random } from '../../support/random';
import { failure, recordIds, useStage } from '../../support/stage';

const stage = useStage();

const runOver = async (ids: readonly string[]) =>
	await stage.run(
		'zohoCrmUnblockEmail',
		ids.map((id, row) => ({ id, row })),
	);

describe('500 records in one call that Zoho refuses without a word about which is bad', () => {
	beforeEach(() => {
		stage.zoho.crm.style = 'allOrNothing';
	});

	it('need one call where none is bad', async () => {
		expect(await callsToSettle(stage, { records: 500, bad: 0 }, random(0))).toBe(1);
	});

	// How many calls it takes is tested without n8n (isolation.calls.test.ts), by means over many
	// placements; here a single one shows that each record is told what is true of it.
	it.each([1, 5, 25])('are told apart by the node where %i are bad', async (bad) => {
		const scene = { records: 500, bad };

		expect(await callsToSettle(stage, scene, random(bad))).toBeLessThan(2 * bound(scene) + 2);
	});

	it.each([0, 249, 499])(
		'are 499 good outcomes and one failure where number %i is bad',
		async (bad) => {
			const ids = recordIds(500);
			stage.zoho.crm.add('Leads', ids);
			stage.zoho.crm.add('Leads', ids[bad]!, { email: 'hard' });

			const { main, errors } = await runOver(ids);

			expect(main.map(({ json }) => json.id)).toEqual(ids.filter((_, i) => i !== bad));
			expect(errors.map(failure)).toMatchObject([{ id: ids[bad], reason: 'permanentlyBlocked' }]);
			expect(stage.zoho.calls('unblock').length).toBeLessThanOrEqual(20);
		},
	);

	it('may all be unblocked already, which is what a nightly run finds, and are no failures', async () => {
		const ids = recordIds(500);
		stage.zoho.crm.add('Leads', ids, { email: 'unblocked' });

		const { main, errors } = await runOver(ids);

		expect(errors).toEqual([]);
		expect(main.map(({ json }) => [json.id, json.status])).toEqual(
			ids.map((id) => [id, 'alreadyUnblocked']),
		);
		expect(stage.zoho.calls('unblock').length).toBeLessThanOrEqual(1.04 * 500);
	});
});

describe('500 records in one call whose bad record Zoho names', () => {
	it.each([0, 1, 25])('of which %i are bad, need a call for each, and one', async (bad) => {
		const scene = { records: 500, bad, named: true };

		expect(await callsToSettle(stage, scene, random(bad))).toBe(bad + 1);
	});

	it.each(['json_path', 'id'] as const)('are told apart by its %s', async (indexBy) => {
		const ids = recordIds(500);
		stage.zoho.crm.style = 'indexed';
		stage.zoho.crm.indexBy = indexBy;
		stage.zoho.crm.add('Leads', ids);
		const bad = [ids[3]!, ids[250]!, ids[499]!];
		stage.zoho.crm.add('Leads', bad, { email: 'hard' });

		const { main, errors } = await runOver(ids);

		expect(main).toHaveLength(497);
		expect(errors.map((item) => failure(item).id)).toEqual(bad);
		expect(stage.zoho.calls('unblock')).toHaveLength(4);
	});
});

describe('3,000 records in batches, five calls in flight', () => {
	it('give each item its own record, in input order, on either branch', async () => {
		const ids = recordIds(3_000);
		const isBad = (_: string, index: number) => index % 100 === 37;
		stage.zoho.crm.style = 'allOrNothing';
		stage.zoho.latencyMs = 4;
		// So long that five are open at one time, on a busy machine, too.
		stage.zoho.fault({ kind: 'unblock', latencyMs: 250, times: 6 });
		stage.zoho.crm.add('Leads', ids);
		stage.zoho.crm.add('Leads', ids.filter(isBad), { email: 'hard' });

		const { main, errors } = await runOver(ids);

		const places = ids.map((id, item) => ({ id, item }));
		const isBadPlace = ({ id, item }: { id: string; item: number }) => isBad(id, item);
		expect(
			main.map(({ json, pairedItem }) => ({ id: json.id, ...(pairedItem as object) })),
		).toEqual(places.filter((place) => !isBadPlace(place)));
		expect(errors.map(({ json }) => ({ id: json.id, item: json.row }))).toEqual(
			places.filter(isBadPlace),
		);
		expect(errors.every((item) => failure(item).id === item.json.id)).toBe(true);
		expect(stage.zoho.maxInFlight('unblock')).toBe(5);
	});
});
