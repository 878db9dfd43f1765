/** Scenes of the random tests of the Campaigns node: any addresses, any server, any network. */
import type { Fault } from '../fake-zoho';
import { fc } from '../support/fc';
import { IMPOSSIBLE_ADDRESSES, POSSIBLE_ADDRESSES } from './samples';

/** What can go wrong with a call, and the reason an address fails for when it stays so. */
interface Trouble {
	fault: Fault;
	reason: string;
}
const TROUBLES: readonly Trouble[] = [
	{ fault: { reset: true, when: 'before' }, reason: 'networkError' },
	{ fault: { reset: true, when: 'after' }, reason: 'networkError' },
	{ fault: { html: 200, when: 'before' }, reason: 'badResponse' },
	{ fault: { html: 200, when: 'after' }, reason: 'badResponse' },
	{ fault: { html: 502, when: 'after' }, reason: 'serverError' },
	{ fault: { emptyBody: 503 }, reason: 'serverError' },
	{ fault: { emptyBody: 200, when: 'after' }, reason: 'badResponse' },
	{ fault: { cutJson: true }, reason: 'badResponse' },
	{ fault: { cutJson: true, when: 'before' }, reason: 'badResponse' },
	{ fault: { cutBody: true }, reason: 'badResponse' },
	{
		fault: { status: 200, body: '{"Code":"2104","message":"Error in Do-not-mail."}' },
		reason: 'serverError',
	},
];

/** An address and what is true of it at Zoho: in the registry before, refused by it, or neither. */
const person = fc.record({
	email: fc.oneof(
		{ weight: 1, arbitrary: fc.constantFrom(...POSSIBLE_ADDRESSES) },
		{ weight: 3, arbitrary: fc.emailAddress().filter((email) => !/[{}]/.test(email)) },
	),
	atZoho: fc.constantFrom('new', 'new', 'new', 'in', 'refused'),
	troubles: fc.oneof(
		{ weight: 3, arbitrary: fc.constant<Trouble[]>([]) },
		{ weight: 1, arbitrary: fc.array(fc.constantFrom(...TROUBLES), { maxLength: 4 }) },
	),
});

/** How an item writes its address. */
const spelling = fc.constantFrom(
	(email: string) => email,
	(email: string) => email,
	(email: string) => email.toUpperCase(),
	(email: string) => ` ${email}\n`,
);

export const scene = fc.record({
	people: fc.uniqueArray(person, {
		selector: ({ email }) => email.toLowerCase(),
		minLength: 1,
		maxLength: 8,
	}),
	// Whom the items name, and how; a number beyond the people stands for something impossible.
	items: fc.array(fc.record({ who: fc.nat(10), spelling }), { minLength: 1, maxLength: 14 }),
	impossible: fc.constantFrom(...IMPOSSIBLE_ADDRESSES),
	format: fc.constantFrom('json' as const, 'xml' as const),
	maxRetries: fc.integer({ min: 0, max: 3 }),
	maxParallelRequests: fc.integer({ min: 1, max: 10 }),
	alreadyInDoNotMail: fc.constantFrom('success', 'error'),
	onError: fc.constantFrom('continueErrorOutput' as const, 'continueRegularOutput' as const),
	nested: fc.boolean(),
	alreadyAs: fc.constantFrom('success' as const, 'error' as const),
	errorStatus: fc.constantFrom(200 as const, 400 as const),
	// Zoho's limit in a window of 60 ms; few runs are long enough to come near the lower ones.
	calls: fc.constantFrom(500, 500, 25, 10),
	kind: fc.constantFrom('rolling' as const, 'fixed' as const),
});
export type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;
