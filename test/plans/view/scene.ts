/** Random scenes of custom views that are read, and of what is in them unblocked. */
import type { Arbitrary } from 'fast-check';

import type { UnblockSettings } from '../../../nodes/ZohoCrmUnblockEmail/plan';
import { fc } from '../../support/fc';
import type { Weather } from '../network';
import { troubleNames, type TroubleName } from '../troubles';

/** The records of a module that a view holds: from this one to that one, without it. */
export interface Range {
	module: 'Leads' | 'Contacts';
	from: number;
	to: number;
	/** So many of them the item asks for; all where it says nothing. */
	limit?: number | undefined;
}

export interface Scene extends Weather {
	/** What the items name: a view, or what can be none. */
	items: Array<Range | 'noView'>;
	/** How many records each module has. */
	records: number;
	settings: UnblockSettings;
	/** How far Zoho hands out a view. */
	listLimits: { perPage: number; pages: number; records: number; tokenMs: number };
	concurrencyLimit: number;
	readMs: number;
	chunk: number;
	/** When the execution is cancelled, in ms from its start. */
	cancelAfter: number | undefined;
	/** Numbers in [0, 1), over and over. */
	dice: number[];
}

const NO_LIMITS: Scene['listLimits'] = {
	perPage: 200,
	pages: 10,
	records: 100_000,
	tokenMs: 86_400_000,
};

/** A scene in which all goes well, but for what is given. */
export function plainScene(
	items: Scene['items'],
	{
		settings,
		...given
	}: Partial<Omit<Scene, 'items' | 'settings'>> & { settings?: Partial<UnblockSettings> } = {},
): Scene {
	return {
		items,
		records: Math.max(0, ...items.map((item) => (item === 'noView' ? 0 : item.to))),
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
		listLimits: NO_LIMITS,
		concurrencyLimit: Infinity,
		troubles: [],
		delays: [20],
		readMs: 0.15,
		chunk: 500,
		cancelAfter: undefined,
		dice: [0.5],
		...given,
	};
}

const rarely = <T>(usual: T, unusual: Arbitrary<T>) =>
	fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });

const MOST_RECORDS = 40;

const range: Arbitrary<Range> = fc
	.tuple(
		rarely<Range['module']>('Leads', fc.constant('Contacts')),
		fc.nat(MOST_RECORDS),
		fc.nat(MOST_RECORDS),
		fc.option(fc.integer({ min: 1, max: MOST_RECORDS }), { nil: undefined }),
	)
	.map(([module, one, other, limit]) => ({
		module,
		limit,
		from: Math.min(one, other),
		to: Math.max(one, other),
	}));

/** The same view for all, of which each item asks for as many as it likes. */
const wholeUpTo: Arbitrary<Range> = fc
	.integer({ min: 1, max: MOST_RECORDS + 1 })
	.map((limit) => ({ module: 'Leads', from: 0, to: MOST_RECORDS, limit }));

/** A reply without a body is Zoho's word for an empty view, whoever has sent it. */
const names = troubleNames('crm').filter((name) => name !== 'emptyAfter');

const troubles = fc.oneof(
	fc.constant<TroubleName[]>([]),
	fc.array(rarely<TroubleName | 'none'>('none', fc.constantFrom(...names)), {
		maxLength: 30,
		size: 'max',
	}),
	fc.array(fc.constantFrom(...names), { maxLength: 6, size: 'max' }),
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

export const scenes: Arbitrary<Scene> = fc.record({
	items: fc.array(
		fc.oneof(
			{ weight: 3, arbitrary: fc.constant<Range>({ module: 'Leads', from: 0, to: MOST_RECORDS }) },
			{ weight: 2, arbitrary: wholeUpTo },
			{ weight: 1, arbitrary: range },
			{ weight: 1, arbitrary: fc.constant<'noView'>('noView') },
		),
		{ maxLength: 5 },
	),
	records: fc.constant(MOST_RECORDS),
	settings,
	listLimits: fc.record({
		perPage: fc.integer({ min: 1, max: 12 }),
		pages: rarely(10, fc.integer({ min: 1, max: 9 })),
		records: rarely(100_000, fc.integer({ min: 11, max: 30 })),
		tokenMs: rarely(86_400_000, fc.constantFrom(0, 300)),
	}),
	concurrencyLimit: rarely(100, fc.integer({ min: 1, max: 4 })),
	troubles,
	delays: fc.array(
		fc.nat(40_000).map((n) => n / 100),
		{ minLength: 1, maxLength: 12, size: 'max' },
	),
	expiries: fc.array(rarely(false, fc.constant(true)), { maxLength: 4 }),
	readMs: fc.constantFrom(0, 0.15, 15),
	chunk: fc.integer({ min: 1, max: 50 }),
	cancelAfter: rarely<number | undefined>(undefined, fc.nat(5_000)),
	dice: fc.array(
		fc.nat(999).map((n) => n / 1000),
		{ minLength: 1, maxLength: 8 },
	),
});
