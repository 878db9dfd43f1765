/** Random scenes for the plan of the node "Zoho CRM Unblock Email". */
import type { Arbitrary } from 'fast-check';

import type { UnblockSettings } from '../../../../nodes/ZohoCrmUnblockEmail/plan';
import type { CrmSettings } from '../../../fake-zoho/crm/settings';
import { fc } from '../../fc';
import type { Weather } from '../network';
import { troubleNames, type TroubleName } from '../troubles';

/**
 * How a record stands at Zoho: its address bounced softly, which can be lifted; it is not blocked;
 * or it cannot be unblocked, for a reason that is listed, or for one that is not.
 */
export type Standing = 'soft' | 'unblocked' | 'hard' | 'worn' | 'missing' | 'locked' | 'forbidden';

/** Modules and fields; a record is in one of them. */
export const GROUPS = [
	{ module: 'Leads', fields: ['Email'] },
	{ module: 'Contacts', fields: ['Email'] },
	{ module: 'Leads', fields: ['Email', 'Secondary_Email'] },
];

const rarely = <T>(usual: T, unusual: Arbitrary<T>) =>
	fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });

/** With fractions, as the clock of a run has them. */
const milliseconds = fc.nat(40_000).map((n) => n / 100);
const dice = fc.nat(999).map((n) => n / 1000);

const standing = fc.oneof(
	{ weight: 8, arbitrary: fc.constant<Standing>('soft') },
	{
		weight: 4,
		arbitrary: fc.constantFrom<Standing>('unblocked', 'hard', 'worn', 'missing'),
	},
	{ weight: 1, arbitrary: fc.constantFrom<Standing>('locked', 'forbidden') },
);

const record = fc.record({ standing, group: rarely(0, fc.nat(GROUPS.length - 1)) });

/** A few records, of which all may be bad, or many. */
const records = fc.oneof(
	fc.array(record, { maxLength: 12, size: 'max' }),
	fc.array(record, { minLength: 12, maxLength: 60, size: 'max' }),
);

const names = troubleNames('crm');

/** Some days all goes well, on others nothing does. */
const troubles = fc.oneof(
	fc.constant<TroubleName[]>([]),
	fc.array(rarely<TroubleName | 'none'>('none', fc.constantFrom(...names)), {
		maxLength: 40,
		size: 'max',
	}),
	fc.array(fc.constantFrom(...names), { maxLength: 8, size: 'max' }),
);

const settings: Arbitrary<UnblockSettings> = fc.record({
	batchSize: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(500)),
	batchInterval: rarely(0, fc.constantFrom(10, 1000)),
	maxParallelRequests: fc.integer({ min: 1, max: 6 }),
	maxRetries: fc.integer({ min: 0, max: 4 }),
	retryDelay: fc.constantFrom(0, 100, 1000),
	alreadyUnblocked: fc.constantFrom('success', 'error'),
	stopAtFailure: rarely(false, fc.constant(true)),
});

type WholeCallReasons = CrmSettings['wholeCallFor'];

const wholeCallFor = fc
	.subarray(['noRecord', 'hard', 'worn', 'already', 'planned'] as const)
	.map((reasons): WholeCallReasons => new Set(reasons));

const style = fc.constantFrom<CrmSettings['style']>('mixed', 'onlyBad', 'allOrNothing', 'indexed');

/** How Zoho answers. */
const zoho = fc
	.record({
		style,
		indexBy: fc.constantFrom('json_path', 'resource_path_index', 'id'),
		mixedStatus: fc.constantFrom(200, 202, 207),
		allBadStatus: fc.constantFrom(200, 207, 400),
		entriesBy: fc.constantFrom('json_path', 'id'),
		wholeCallFor: rarely<WholeCallReasons>(new Set(), wholeCallFor),
		wholeCallDetails: fc.constantFrom('resource_path_index', 'none', 'json_path'),
		flatSuccess: fc.constantFrom('never', 'oneRecord'),
		maxIds: rarely(500, fc.integer({ min: 1, max: 6 })),
		sizeRefusal: fc.constantFrom('limitExceeded', 'invalidData', 'inMessage', 'unstated'),
		concurrencyLimit: rarely(100, fc.integer({ min: 1, max: 4 })),
		tooManyStyle: fc.constantFrom('tooManyRequests', 'throttle400', 'internalError429', 'cause400'),
		dataQuirks: fc.record({
			order: fc.constantFrom('sent', 'reversed', 'shuffled'),
			drop: rarely(0, fc.integer({ min: 1, max: 2 })),
			extra: rarely(0, fc.constant(1)),
			idsAsNumbers: fc.boolean(),
		}),
	})
	.map((settings) => {
		// With no entry left, and a status of refusal, nothing is there that could be understood.
		const isWhole = settings.style === 'onlyBad' || settings.allBadStatus === 400;
		const { order, idsAsNumbers } = settings.dataQuirks;
		return isWhole
			? { ...settings, dataQuirks: { order, idsAsNumbers, drop: 0, extra: 0 } }
			: settings;
	}) satisfies Arbitrary<Partial<CrmSettings>>;

export interface Scene extends Weather {
	records: Array<{ standing: Standing; group: number }>;
	settings: UnblockSettings;
	/** How Zoho answers. */
	zoho: Partial<CrmSettings>;
	/** The styles that it answers in, call after call, over and over; none for that of `zoho`. */
	styles: Array<CrmSettings['style']>;
	/** Zoho refuses whatever is sent, be it for a reason that is listed or for one that is not. */
	refuseAll: 'listed' | 'unlisted' | undefined;
	/** Whether what is not listed is told of a record by name. */
	named: boolean;
	/** How long it takes to read a record, in ms, and how many are read at a time. */
	readMs: number;
	chunk: number;
	/** Whether an item names what can be no record. */
	badInput: boolean;
	/** When the execution is cancelled, in ms from its start. */
	cancelAfter: number | undefined;
	/** Numbers in [0, 1), over and over. */
	dice: number[];
}

/** A scene in which all goes well, but for what is given. */
export function plainScene(
	standings: Standing[],
	{
		settings,
		...given
	}: Partial<Omit<Scene, 'records' | 'settings'>> & { settings?: Partial<UnblockSettings> } = {},
): Scene {
	return {
		records: standings.map((standing) => ({ standing, group: 0 })),
		settings: {
			batchSize: 500,
			batchInterval: 0,
			maxParallelRequests: 5,
			maxRetries: 3,
			retryDelay: 1000,
			alreadyUnblocked: 'success',
			stopAtFailure: false,
			...settings,
		},
		zoho: {},
		styles: [],
		refuseAll: undefined,
		named: false,
		troubles: [],
		delays: [20],
		readMs: 0.15,
		chunk: 500,
		badInput: false,
		cancelAfter: undefined,
		dice: [0.5],
		...given,
	};
}

const anyScene: Arbitrary<Scene> = fc.record({
	records,
	settings,
	zoho,
	styles: rarely<Scene['styles']>([], fc.array(style, { maxLength: 3 })),
	refuseAll: rarely<Scene['refuseAll']>(undefined, fc.constantFrom('listed', 'unlisted')),
	named: fc.boolean(),
	troubles,
	delays: fc.array(milliseconds, { minLength: 1, maxLength: 12, size: 'max' }),
	expiries: fc.array(rarely(false, fc.constant(true)), { maxLength: 4 }),
	readMs: fc.constantFrom(0, 0.15, 15),
	chunk: fc.integer({ min: 1, max: 50 }),
	badInput: rarely(false, rarely(false, fc.constant(true))),
	cancelAfter: rarely<number | undefined>(undefined, fc.nat(5_000)),
	dice: fc.array(dice, { minLength: 1, maxLength: 8 }),
});

/**
 * What was refused as a whole was refused so before, too: where a reply was lost, it counts that Zoho
 * answers the same call in the same way. Elsewhere it may change its ways from call to call.
 */
export const scenes = anyScene.map((scene) => {
	const mayBeLost = scene.troubles.length > 0 || scene.zoho.dataQuirks?.drop;
	return mayBeLost ? { ...scene, styles: [] } : scene;
});
