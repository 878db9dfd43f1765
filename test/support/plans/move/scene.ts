/** Random scenes for the plan of the node "Zoho Campaigns Do-Not-Mail". */
import type { Arbitrary } from 'fast-check';

import type { MoveSettings } from '../../../../nodes/ZohoCampaignsDoNotMail/plan';
import type { CampaignsSettings } from '../../../fake-zoho/campaigns/settings';
import { PUBLISHED_LIMIT, type Limit } from '../../../fake-zoho/throttle';
import { fc } from '../../fc';
import type { Weather } from '../network';
import { troubleNames, type TroubleName } from '../troubles';

/**
 * How an address stands at Zoho: it is new, it is in the registry, Zoho refuses it, or it is new and
 * cannot be written unquoted.
 */
export type Standing = 'new' | 'in' | 'refused' | 'odd';

/** One run of the node. All runs of a scene share an account. */
export interface Run {
	standings: Standing[];
	settings: MoveSettings;
	/** When it begins, and is cancelled, in ms from there on. */
	startAfter: number;
	cancelAfter: number | undefined;
	readMs: number;
	chunk: number;
	/** Whether an item names what can be no address. */
	badInput: boolean;
}

export interface Scene extends Weather {
	runs: Run[];
	/** How Zoho answers. */
	zoho: Partial<CampaignsSettings>;
	limit: Limit;
	/** When other clients of the account make a call, in ms from the start. */
	others: number[];
	/** Numbers in [0, 1), over and over. */
	dice: number[];
	/** The runs share the limit with all n8n processes; undefined where they are in one process. */
	sharing?: Sharing | undefined;
}

/** How n8n's processes reach the table that tells them of each other's calls. */
export interface Sharing {
	/** In which process each run is, over and over. */
	processes: number[];
	/** How long the table takes to answer, in ms, over and over. */
	storeMs: number[];
	/** Whether it fails: so many first operations, and none after them. */
	failures: boolean[];
}

interface Given extends Partial<Omit<Scene, 'runs'>> {
	run?: Partial<Omit<Run, 'settings' | 'standings'>>;
	settings?: Partial<MoveSettings>;
}

/** A scene of one run in which all goes well, but for what is given. */
export function plainScene(standings: Standing[], { settings, run, ...given }: Given = {}): Scene {
	return {
		runs: [
			{
				standings,
				settings: {
					callsPerWindow: 490,
					windowMinutes: 5,
					lockMinutes: 30,
					whenLimitReached: 'wait',
					responseFormat: 'json',
					maxParallelRequests: 5,
					maxRetries: 3,
					retryDelay: 1000,
					alreadyInDoNotMail: 'success',
					stopAtFailure: false,
					...settings,
				},
				startAfter: 0,
				cancelAfter: undefined,
				readMs: 0.15,
				chunk: 500,
				badInput: false,
				...run,
			},
		],
		zoho: {},
		limit: PUBLISHED_LIMIT,
		others: [],
		troubles: [],
		delays: [20],
		dice: [0.5],
		...given,
	};
}

const rarely = <T>(usual: T, unusual: Arbitrary<T>) =>
	fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });

/** With fractions, as the clock of a run has them. */
const milliseconds = fc.nat(40_000).map((n) => n / 100);
const dice = fc.nat(999).map((n) => n / 1000);

const standing = fc.oneof(
	{ weight: 6, arbitrary: fc.constant<Standing>('new') },
	{ weight: 2, arbitrary: fc.constantFrom<Standing>('in', 'refused', 'odd') },
);

const names = troubleNames('campaigns');

/** Some days all goes well, on others nothing does. */
const troubles = fc.oneof(
	fc.constant<TroubleName[]>([]),
	fc.array(rarely<TroubleName | 'none'>('none', fc.constantFrom(...names)), {
		maxLength: 40,
		size: 'max',
	}),
	fc.array(fc.constantFrom(...names), { maxLength: 8, size: 'max' }),
);

const settings: Arbitrary<Omit<MoveSettings, 'callsPerWindow' | 'windowMinutes'>> = fc.record({
	lockMinutes: fc.constantFrom(0.05, 0.2, 1),
	whenLimitReached: rarely<'wait' | 'error'>('wait', fc.constant('error')),
	responseFormat: rarely<'json' | 'xml'>('json', fc.constant('xml')),
	maxParallelRequests: fc.integer({ min: 1, max: 6 }),
	maxRetries: fc.integer({ min: 0, max: 4 }),
	retryDelay: fc.constantFrom(0, 100, 1000),
	alreadyInDoNotMail: fc.constantFrom('success', 'error'),
	stopAtFailure: rarely(false, fc.constant(true)),
});

const run = fc.record({
	standings: fc.oneof(
		fc.array(standing, { maxLength: 8, size: 'max' }),
		fc.array(standing, { minLength: 8, maxLength: 40, size: 'max' }),
	),
	settings,
	startAfter: fc.constantFrom(0, 0, 100, 3000),
	cancelAfter: rarely<number | undefined>(undefined, fc.nat(10_000)),
	readMs: fc.constantFrom(0, 0.15, 15),
	chunk: fc.integer({ min: 1, max: 50 }),
	badInput: rarely(false, rarely(false, fc.constant(true))),
	/** The strictest of the runs present holds for all; some are less strict than Zoho. */
	generosity: rarely({ calls: 0, windows: 1 }, fc.constant({ calls: 3, windows: 2 })),
});

const zoho = fc.record({
	lockStyle: fc.constantFrom(
		'throttle400',
		'throttle200',
		'internalError400',
		'internalError200',
		'internalError429',
		'cause400',
		'cause200',
		'429',
		'2008',
	),
	throttleWord: fc.constantFrom(
		'URL_ROLLING_THROTTLES_LIMIT_EXCEEDED',
		'URL_FIXED_THROTTLES_LIMIT_EXCEEDED',
		'URL_THROTTLES_LIMIT_EXCEEDED',
	),
	concurrencyLimit: rarely(Infinity, fc.integer({ min: 1, max: 4 })),
	retryAfter: fc.constantFrom<boolean | 'date'>(false, true, 'date'),
	rateLimitHeader: rarely(false, fc.constant(true)),
	nested: fc.boolean(),
	errorStatus: fc.constantFrom(200, 400),
	alreadyAs: fc.constantFrom('success', 'error'),
	contactInfoForm: fc.constantFrom('both', 'quoted', 'unquoted'),
	otherFormCode: fc.constantFrom('903', '2004'),
});

const sharing: Arbitrary<Sharing> = fc.record({
	processes: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
	storeMs: fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 6 }),
	failures: fc.oneof(
		fc.constant<boolean[]>([]),
		fc.array(rarely(false, fc.constant(true)), { maxLength: 60, size: 'max' }),
	),
});

/** A window, the calls that the runs allow themselves in it, and those that Zoho takes. */
const windows = fc.record({
	callsPerWindow: fc.integer({ min: 1, max: 20 }),
	windowMs: fc.constantFrom(600, 3000, 12_000),
	lockMs: fc.constantFrom(1000, 20_000, 60_000),
	kind: fc.constantFrom<Limit['kind']>('rolling', 'fixed'),
	/** Zoho takes so many calls more than the runs believe, or less. */
	more: rarely(0, fc.integer({ min: -5, max: 5 })),
});

export const scenes: Arbitrary<Scene> = fc
	.record({
		runs: fc.array(run, { minLength: 1, maxLength: 3 }),
		window: windows,
		zoho,
		others: rarely<number[]>([], fc.array(fc.nat(20_000), { maxLength: 20 })),
		troubles,
		delays: fc.array(milliseconds, { minLength: 1, maxLength: 12, size: 'max' }),
		expiries: fc.oneof(
			fc.constant<boolean[]>([]),
			fc.constant([true]),
			fc.array(rarely(false, fc.constant(true)), { maxLength: 30 }),
		),
		dice: fc.array(dice, { minLength: 1, maxLength: 8 }),
	})
	.map(({ window, runs, ...scene }) => {
		const { callsPerWindow, windowMs, more, ...limit } = window;
		return {
			...scene,
			runs: runs.map(
				({ generosity, ...one }): Run => ({
					...one,
					settings: {
						...one.settings,
						callsPerWindow: callsPerWindow + generosity.calls,
						windowMinutes: (windowMs * generosity.windows) / 60_000,
					},
				}),
			),
			limit: { ...limit, windowMs, calls: Math.max(1, callsPerWindow + more) },
		};
	});

/** The same, with runs in several processes that share one limit. */
export const sharedScenes: Arbitrary<Scene> = fc
	.tuple(scenes, sharing)
	.map(([scene, sharing]) => ({ ...scene, sharing }));
