/** Random accounts of Zoho Campaigns, of which recipients of campaigns are read. */
import type { Arbitrary } from 'fast-check';

import type { ReadSettings } from '../../../../nodes/ZohoCampaignsDoNotMail/campaigns/plan';
import {
	RECIPIENTS,
	type Recipient,
} from '../../../../nodes/ZohoCampaignsDoNotMail/campaigns/reply';
import { fc } from '../../fc';
import type { Weather } from '../network';
import { troubleNames, type TroubleName } from '../troubles';

/** Of all people, from this one to that one, without it. */
export type Range = readonly [from: number, to: number];

export type Reached = Partial<Record<Recipient, Range>>;

export interface SceneCampaign {
	/** When it was sent, in days before now. */
	daysAgo: number;
	reached: Reached;
	/** Those of the test phase of an A/B test. */
	testPhase?: readonly [Reached, Reached] | undefined;
	/** When it is deleted, in ms from the start. */
	deletedAfter?: number | undefined;
}

export interface SceneAsk {
	/** Those sent in so many days, or the campaign at a place among all. */
	which: { days: number } | { campaign: number };
	recipients: Recipient[];
	most: number;
}

export interface Scene extends Weather {
	campaigns: SceneCampaign[];
	asks: SceneAsk[];
	settings: ReadSettings;
	lists: {
		mostRows: number;
		ignored: Array<'range' | 'fromindex' | 'sort' | 'status'>;
		endAs: 'refusal' | 'emptyList';
		addressAs: 'contactemailaddress' | 'contact_email';
		requestAsText: boolean;
	};
	nested: boolean;
	/** Zoho's limit for each of the calls, in one window of the settings. */
	limit: number;
	readMs: number;
	chunk: number;
	cancelAfter: number | undefined;
	/** Numbers in [0, 1), over and over. */
	dice: number[];
}

/** A scene in which all goes well, but for what is given. */
export function plainScene(
	campaigns: SceneCampaign[],
	{
		settings,
		lists,
		...given
	}: Partial<Omit<Scene, 'campaigns' | 'settings' | 'lists'>> & {
		settings?: Partial<ReadSettings>;
		lists?: Partial<Scene['lists']>;
	} = {},
): Scene {
	return {
		campaigns,
		asks: [{ which: { days: 7 }, recipients: ['hardBounce', 'spamComplaint'], most: Infinity }],
		settings: {
			maxParallelRequests: 5,
			maxRetries: 3,
			retryDelay: 1000,
			stopAtFailure: false,
			callsPerWindow: 490,
			windowMinutes: 5,
			lockMinutes: 30,
			whenLimitReached: 'wait',
			...settings,
		},
		lists: {
			mostRows: Infinity,
			ignored: [],
			endAs: 'refusal',
			addressAs: 'contactemailaddress',
			requestAsText: false,
			...lists,
		},
		nested: false,
		limit: 500,
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
	fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });

const range: Arbitrary<Range> = fc
	.tuple(fc.nat(300), fc.constantFrom(0, 1, 7, 19, 20, 21, 39, 40, 41, 60, 130))
	.map(([from, count]) => [from, from + count]);

const reached: Arbitrary<Reached> = fc.record(
	Object.fromEntries(RECIPIENTS.map((recipient) => [recipient, range])),
	{ requiredKeys: [] },
);

const campaign: Arbitrary<SceneCampaign> = fc.record({
	daysAgo: fc.nat(140).map((n) => n / 10),
	reached,
	testPhase: rarely<SceneCampaign['testPhase']>(undefined, fc.tuple(reached, reached)),
	deletedAfter: rarely<number | undefined>(undefined, fc.nat(2_000)),
});

const ask: Arbitrary<SceneAsk> = fc.record({
	which: fc.oneof(
		fc.record({ days: fc.integer({ min: 1, max: 14 }) }),
		fc.record({ campaign: fc.nat(45) }),
	),
	recipients: fc.subarray([...RECIPIENTS], { minLength: 1 }),
	most: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 200 })),
});

const names = troubleNames('campaigns');

const troubles = fc.oneof(
	fc.constant<TroubleName[]>([]),
	fc.array(rarely<TroubleName | 'none'>('none', fc.constantFrom(...names)), {
		maxLength: 40,
		size: 'max',
	}),
);

const settings: Arbitrary<ReadSettings> = fc.record({
	maxParallelRequests: fc.integer({ min: 1, max: 6 }),
	maxRetries: fc.integer({ min: 0, max: 4 }),
	retryDelay: fc.constantFrom(0, 100, 1000),
	stopAtFailure: rarely(false, fc.constant(true)),
	// Fewer would be hours of waiting, and more looks at the Stop button than a watched plan may be asked.
	callsPerWindow: rarely(490, fc.integer({ min: 40, max: 80 })),
	windowMinutes: fc.constantFrom(0.01, 5),
	lockMinutes: fc.constant(1),
	whenLimitReached: rarely<'wait' | 'error'>('wait', fc.constant('error')),
});

export const scenes: Arbitrary<Scene> = fc.record({
	campaigns: fc.array(campaign, { maxLength: 45, size: 'max' }),
	asks: fc.array(ask, { minLength: 1, maxLength: 3 }),
	settings,
	lists: fc.record({
		// By less than 20 rows, a page that is cut by the server cannot be told from the last one.
		mostRows: fc.oneof(fc.integer({ min: 20, max: 60 }), fc.constant(Infinity)),
		ignored: rarely<Scene['lists']['ignored']>(
			[],
			fc.subarray(['range', 'fromindex', 'sort', 'status']),
		),
		endAs: fc.constantFrom('refusal', 'emptyList'),
		addressAs: fc.constantFrom('contactemailaddress', 'contact_email'),
		requestAsText: fc.boolean(),
	}),
	nested: fc.boolean(),
	limit: rarely(500, fc.integer({ min: 40, max: 80 })),
	troubles,
	delays: fc.array(
		fc.nat(40_000).map((n) => n / 100),
		{ minLength: 1, maxLength: 12, size: 'max' },
	),
	expiries: fc.array(rarely(false, fc.constant(true)), { maxLength: 4 }),
	readMs: fc.constantFrom(0, 0.15, 15),
	chunk: fc.integer({ min: 1, max: 3 }),
	cancelAfter: rarely<number | undefined>(undefined, fc.nat(5_000)),
	dice: fc.array(
		fc.nat(999).map((n) => n / 1000),
		{ minLength: 1, maxLength: 8 },
	),
});
