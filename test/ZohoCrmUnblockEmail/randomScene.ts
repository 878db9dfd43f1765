/** Scenes of the random tests of the CRM node: any records, any server, any network. */
import type { OnError } from 'n8n-workflow';
import { fc } from '../support/fc';
import { recordIds } from '../support/stage';
import type { Standing } from './truth';

export const GROUPS = [
	{ module: 'Leads', fields: ['Email'] },
	{ module: 'Contacts', fields: ['Email'] },
	{ module: 'Leads', fields: ['Email', 'Secondary_Email'] },
];
const RECORDS_A_GROUP = 6;
export const IDS = recordIds(GROUPS.length * RECORDS_A_GROUP);
/** What somebody may have typed in place of an id; no call is made for it. */
export const NO_ID = 'zcrm-1';

const standing = fc.oneof(
	{ weight: 6, arbitrary: fc.constant<Standing>('soft') },
	{ weight: 4, arbitrary: fc.constantFrom<Standing>('hard', 'unblocked', 'worn', 'unknown') },
);

const rarely = <T>(usual: T, unusual: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });

export const scene = fc.record({
	standings: fc.array(standing, { minLength: IDS.length, maxLength: IDS.length }),
	items: fc.array(
		fc.record({
			group: fc.nat(GROUPS.length - 1),
			picks: fc.array(fc.nat(RECORDS_A_GROUP), { minLength: 1, maxLength: 4 }),
		}),
		{ minLength: 1, maxLength: 8 },
	),
	style: fc.constantFrom('allOrNothing', 'indexed', 'mixed'),
	indexBy: fc.constantFrom('json_path', 'resource_path_index', 'id'),
	mixedStatus: fc.constantFrom(200, 202, 207),
	allBadStatus: fc.constantFrom(207, 400),
	entriesBy: fc.constantFrom('json_path', 'id'),
	quirks: fc.record({
		order: fc.constantFrom('sent', 'reversed', 'shuffled'),
		drop: rarely(0, fc.integer({ min: 1, max: 2 })),
		extra: rarely(0, fc.constant(1)),
		idsAsNumbers: fc.boolean(),
	}),
	maxIds: rarely(500, fc.integer({ min: 1, max: 4 })),
	sizeRefusal: fc.constantFrom('limitExceeded', 'invalidData', 'inMessage', 'unstated'),
	concurrencyLimit: rarely(100, fc.integer({ min: 1, max: 3 })),
	expired: rarely(false, fc.constant(true)),
	/** Of 1000 calls, how many go wrong in each of the three ways. */
	faults: fc.record({
		seed: fc.nat(),
		lost: fc.constantFrom(0, 0, 100, 300, 700),
		tooMany: rarely(0, fc.constantFrom(50, 300)),
		noScope: rarely(0, fc.constant(50)),
	}),
	options: fc.record({
		batchSize: fc.integer({ min: 1, max: 6 }),
		maxParallelRequests: fc.integer({ min: 1, max: 5 }),
		maxRetries: fc.integer({ min: 0, max: 3 }),
		retryDelay: fc.integer({ min: 0, max: 1 }),
		alreadyUnblocked: fc.constantFrom('success', 'error'),
		apiVersion: fc.constantFrom('v6', 'v7', 'v8'),
	}),
	onError: fc.constantFrom<OnError>('continueErrorOutput', 'continueRegularOutput', 'stopWorkflow'),
});

export type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

export function moduleOf(id: string): string {
	return GROUPS[Math.floor(IDS.indexOf(id) / RECORDS_A_GROUP)]!.module;
}

/** The ids in an item; the last pick of all is none. */
export function idsIn({ group, picks }: Scene['items'][number]): string[] {
	return picks.map((pick) =>
		pick === RECORDS_A_GROUP ? NO_ID : IDS[group * RECORDS_A_GROUP + pick]!,
	);
}
