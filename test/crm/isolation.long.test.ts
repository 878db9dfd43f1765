import { bound } from '../support/isolation';
import { random } from '../support/random';
import { callsToSettle, meanCalls } from '../support/isolationThroughNode';
import { failure, recordIds, useStage } from '../support/stage';

const stage = useStage();

describe('500 records in one call that Zoho refuses without a word about which is bad', () => {
	it('need one call where none is bad', async () => {
		expect(await callsToSettle(stage, { records: 500, bad: 0 }, random(0))).toBe(1);
	});

	it.each([
		[1, 1.3],
		[5, 1.2],
		[25, 1.15],
		[100, 1.1],
	])(
		'of which %i are bad, need at most %f times the fewest calls',
		async (bad, ratio) => {
			const scene = { records: 500, bad };
			const mean = await meanCalls(stage, scene, 30, bad);

			expect(mean / (bound(scene) + 1)).toBeLessThanOrEqual(ratio);
		},
		120_000,
	);

	it.each([
		[250, 3],
		[500, 1],
	])('of which %i are bad, need hardly more than a call a record', async (bad, placements) => {
		const mean = await meanCalls(stage, { records: 500, bad }, placements, bad);

		expect(mean / 500).toBeLessThanOrEqual(1.04);
	});

	it('are settled by 499 good outcomes and one failure, whichever record is the bad one', async () => {
		const ids = recordIds(500);
		for (const bad of [0, 1, 249, 498, 499]) {
			stage.zoho.reset();
			stage.connect();
			stage.zoho.crm.style = 'allOrNothing';
			stage.zoho.crm.add('Leads', ids);
			stage.zoho.crm.add('Leads', ids[bad]!, { email: 'hard' });

			const { main, errors } = await stage.run(
				'zohoCrmUnblockEmail',
				ids.map((id) => ({ id })),
			);

			expect(main.map(({ json }) => json.id)).toEqual(ids.filter((_, i) => i !== bad));
			expect(errors.map(failure)).toMatchObject([{ id: ids[bad], reason: 'permanentlyBlocked' }]);
			expect(stage.zoho.calls('unblock').length).toBeLessThanOrEqual(20);
		}
	});

	it('may all be unblocked already, which is what a nightly run finds, and are no failures', async () => {
		const ids = recordIds(500);
		stage.zoho.crm.style = 'allOrNothing';
		stage.zoho.crm.add('Leads', ids, { email: 'unblocked' });

		const { main, errors } = await stage.run(
			'zohoCrmUnblockEmail',
			ids.map((id) => ({ id })),
		);

		expect(errors).toEqual([]);
		expect(main.map(({ json }) => [json.id, json.status])).toEqual(
			ids.map((id) => [id, 'alreadyUnblocked']),
		);
		expect(stage.zoho.calls('unblock').length).toBeLessThanOrEqual(1.04 * 500);
	});
});

describe('500 records in one call whose bad record Zoho names', () => {
	it.each([0, 1, 5, 25, 100, 499])(
		'of which %i are bad, need a call for each, and one',
		async (bad) => {
			const scene = { records: 500, bad, named: true };

			expect(await callsToSettle(stage, scene, random(bad))).toBe(bad + 1);
		},
	);

	it.each(['json_path', 'id'] as const)('are told apart by its %s', async (indexBy) => {
		const ids = recordIds(500);
		stage.zoho.crm.style = 'indexed';
		stage.zoho.crm.indexBy = indexBy;
		stage.zoho.crm.add('Leads', ids);
		const bad = [ids[3]!, ids[250]!, ids[499]!];
		stage.zoho.crm.add('Leads', bad, { email: 'hard' });

		const { main, errors } = await stage.run(
			'zohoCrmUnblockEmail',
			ids.map((id) => ({ id })),
		);

		expect(main).toHaveLength(497);
		expect(errors.map((item) => failure(item).id)).toEqual(bad);
		expect(stage.zoho.calls('unblock')).toHaveLength(4);
	});
});

describe('10,000 records in 20 batches, five calls in flight', () => {
	it('lose and double none where 1 % are bad, and need few calls beyond the fewest', async () => {
		const scene = { records: 10_000, bad: 100 };
		const calls = await callsToSettle(stage, scene, random(10_000));

		expect(calls).toBeLessThanOrEqual(1.12 * bound(scene) + 20);
		expect(stage.zoho.maxInFlight('unblock')).toBe(5);
	});

	it('give each item its own record, in input order, on either branch', async () => {
		const ids = recordIds(10_000);
		const isBad = (_: string, index: number) => index % 100 === 37;
		stage.zoho.crm.style = 'allOrNothing';
		stage.zoho.crm.add('Leads', ids);
		stage.zoho.crm.add('Leads', ids.filter(isBad), { email: 'hard' });

		const { main, errors } = await stage.run(
			'zohoCrmUnblockEmail',
			ids.map((id, row) => ({ id, row })),
		);

		const places = ids.map((id, item) => ({ id, item }));
		const isBadPlace = ({ id, item }: { id: string; item: number }) => isBad(id, item);
		expect(
			main.map(({ json, pairedItem }) => ({ id: json.id, ...(pairedItem as object) })),
		).toEqual(places.filter((place) => !isBadPlace(place)));
		expect(errors.map(({ json }) => ({ id: json.id, item: json.row }))).toEqual(
			places.filter(isBadPlace),
		);
		expect(errors.every((item) => failure(item).id === item.json.id)).toBe(true);
	});
});
