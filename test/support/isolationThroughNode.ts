import type { Scene as SimulatedScene } from './isolation';
import { random } from './random';
import { failure, recordIds, type Stage } from './stage';

/** Records of which some are blocked for good, and how Zoho answers to a call with one of those. */
export interface Scene extends Pick<SimulatedScene, 'records' | 'bad' | 'named'> {
	/** 500 unless told otherwise; all other options are the node's defaults. */
	readonly batchSize?: number;
	/** ms a reply takes, 4 unless told otherwise: with none the calls in flight would hardly ever overlap. */
	readonly latencyMs?: number;
}

/**
 * Runs the node over a list of records, the bad ones at random places, and returns how many calls
 * Zoho got. Throws where a record did not come out exactly once and by the right branch.
 *
 * @param next numbers from 0 to below 1
 */
export async function callsToSettle(
	{ zoho, connect, run }: Stage,
	{ records, bad, named = false, batchSize = 500, latencyMs = 4 }: Scene,
	next: () => number,
): Promise<number> {
	zoho.reset();
	connect();
	zoho.latencyMs = latencyMs;
	zoho.crm.style = named ? 'indexed' : 'allOrNothing';
	const ids = recordIds(records);
	const badIds = new Set<string>();
	while (badIds.size < bad) badIds.add(ids[Math.floor(next() * records)]!);
	for (const id of ids) zoho.crm.add('Leads', id, { email: badIds.has(id) ? 'hard' : 'soft' });

	const { main, errors } = await run('zohoCrmUnblockEmail', [{ ids }], {
		parameters: { recordIds: '={{ $json.ids }}' },
		options: { batchSize },
	});

	const good = ids.filter((id) => !badIds.has(id));
	const refused = ids.filter((id) => badIds.has(id));
	if (
		String(main.map(({ json }) => json.id)) !== String(good) ||
		String(errors.map((item) => failure(item).id)) !== String(refused) ||
		good.some((id) => zoho.crm.get('Leads', id)?.timesUnblocked !== 1)
	) {
		throw new Error(`Not every one of ${records} records came out as it stands at Zoho`);
	}
	return zoho.calls('unblock').length;
}

/** The mean number of calls over some placements of the bad records, the same for the same seed. */
export async function meanCalls(
	stage: Stage,
	scene: Scene,
	placements: number,
	seed: number,
): Promise<number> {
	const next = random(seed);
	let calls = 0;
	for (let i = 0; i < placements; i++) calls += await callsToSettle(stage, scene, next);
	return calls / placements;
}
