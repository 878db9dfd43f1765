/* eslint-disable @n8n/community-nodes/no-restricted-globals */
import fc from 'fast-check';
import type { INodeExecutionData } from 'n8n-workflow';
import { doNotMailPath } from '../../nodes/ZohoCampaignsDoNotMail/contactInfo';
import type { Fault } from '../fake-zoho';
import { IMPOSSIBLE_ADDRESSES, POSSIBLE_ADDRESSES } from './samples';
import { failure, setStage, type Stage } from '../support/stage';

/** `FC_SEED=…` repeats a run. */
const seed = Number(process.env.FC_SEED ?? Date.now() % 2 ** 31);
const CASES = 2000;

let stage: Stage;
beforeAll(async () => {
	stage = await setStage();
});
afterAll(async () => await stage.stop());

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

const scene = fc.record({
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
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** What an item names: one of the people, or undefined for what can be no address. */
const named = ({ people, items }: Scene) => items.map(({ who }) => people[who]);

/** What must be told of one of the people. */
function expected(
	{ maxRetries, alreadyInDoNotMail }: Scene,
	{ atZoho, troubles }: Scene['people'][number],
): string {
	const last = troubles[maxRetries];
	if (last) return last.reason;
	if (atZoho === 'refused') return 'invalidEmail';
	// After a lost reply nobody can tell whose doing it is that the address is in.
	if (atZoho === 'new' || troubles.length > 0) return 'moved';
	return alreadyInDoNotMail === 'success' ? 'alreadyInDoNotMail' : 'error: alreadyInDoNotMail';
}

/** The same, as the node has told it. */
function told(item: INodeExecutionData): string {
	const { reason } = failure(item);
	if (reason === 'alreadyInDoNotMail') return `error: ${reason}`;
	return String(reason ?? item.json.status);
}

const contactInfoOf = (query: string) => new URLSearchParams(query).get('contactinfo') ?? '';

let cases = 0;

async function play(scene: Scene): Promise<void> {
	const { people, items, format, calls } = scene;
	const { zoho } = stage;
	zoho.reset();
	const { campaigns } = zoho;
	const { nested, alreadyAs, errorStatus, kind } = scene;
	Object.assign(campaigns, { nested, alreadyAs, errorStatus });
	campaigns.limit = { calls, windowMs: 60, lockMs: 3_600_000, kind };
	for (const { email, atZoho } of people) {
		if (atZoho === 'in') campaigns.add(email);
		if (atZoho === 'refused') campaigns.answer(email, '2004');
	}

	const wasNamed = named(scene);
	const troublesLeft = new Map(
		people.map(({ email, troubles }) => [email.toLowerCase(), troubles.map(({ fault }) => fault)]),
	);
	const emailOf = new Map<string, string>();
	items.forEach(({ spelling }, item) => {
		const email = spelling(wasNamed[item]?.email ?? '').trim();
		for (const form of ['quoted', 'unquoted'] as const) {
			const [, query = ''] = doNotMailPath(format, email, form).split('?');
			emailOf.set(contactInfoOf(query), email.toLowerCase());
		}
	});
	const callsFor = new Map<string, number>();
	zoho.randomFault = ({ kind, query }) => {
		if (kind !== 'doNotMail') return undefined;
		const email = emailOf.get(contactInfoOf(query)) ?? 'nobody';
		callsFor.set(email, (callsFor.get(email) ?? 0) + 1);
		return troublesLeft.get(email)?.shift();
	};

	const emails = items.map(({ spelling }, item) => {
		const who = wasNamed[item];
		return { email: who ? spelling(who.email) : scene.impossible };
	}) as Array<{ email: string }>;
	const { status, error, main, errors } = await stage.run('zohoCampaignsDoNotMail', emails, {
		credentialId: stage.connect({}, `case-${++cases}`),
		onError: scene.onError,
		options: {
			responseFormat: format,
			maxRetries: scene.maxRetries,
			maxParallelRequests: scene.maxParallelRequests,
			alreadyInDoNotMail: scene.alreadyInDoNotMail,
			callsPerWindow: calls,
			windowMinutes: 0.001,
			retryDelay: 1,
		},
	});

	expect([status, error, campaigns.locks]).toEqual(['success', undefined, 0]);

	// Every item is out once, with the right outcome, in order on each branch.
	const itemOf = ({ pairedItem }: INodeExecutionData) => (pairedItem as { item: number }).item;
	for (const branch of [main, errors]) {
		expect(branch.map(itemOf)).toEqual(branch.map(itemOf).sort((a, b) => a - b));
	}
	const out = [...main, ...errors].sort((a, b) => itemOf(a) - itemOf(b));
	expect(out.map(itemOf)).toEqual([...items.keys()]);
	expect(out.map(told)).toEqual(
		wasNamed.map((who) => (who ? expected(scene, who) : 'invalidEmail')),
	);
	if (scene.onError === 'continueErrorOutput') {
		expect(main.filter(({ json }) => 'error' in json)).toEqual([]);
		expect(errors.filter(({ json }) => !('error' in json))).toEqual([]);
	} else {
		expect(errors).toEqual([]);
	}

	// What was told is what the registry holds, and nothing else is in there.
	const distinct = new Set(wasNamed.filter((who) => who !== undefined));
	for (const who of people) {
		const { email, atZoho, troubles } = who;
		const tries = distinct.has(who) ? Math.min(troubles.length, scene.maxRetries) + 1 : 0;
		// An address that Zoho refuses may be tried in the other form of contactinfo, once.
		const mostCalls = tries + (format === 'json' && atZoho === 'refused' && tries > 0 ? 1 : 0);
		const callsMade = callsFor.get(email.toLowerCase()) ?? 0;
		expect([email, Math.min(callsMade, tries)]).toEqual([email, tries]);
		expect([email, Math.max(callsMade, mostCalls)]).toEqual([email, mostCalls]);
		const wasReached =
			tries > troubles.length ||
			troubles.slice(0, tries).some(({ fault }) => fault.when === 'after' || isLate(fault));
		const isIn = atZoho === 'in' || (atZoho === 'new' && tries > 0 && wasReached);
		expect([email, campaigns.has(email)]).toEqual([email, isIn]);
		const ok = ['moved', 'alreadyInDoNotMail', 'error: alreadyInDoNotMail'];
		if (tries > 0 && ok.includes(expected(scene, who))) expect(isIn).toBe(true);
	}
	const known = new Set(people.map(({ email }) => email.toLowerCase()));
	expect([...campaigns.registry.keys()].filter((email) => !known.has(email))).toEqual([]);
	expect(campaigns.injected).toEqual([]);
	expect([...callsFor.keys()].filter((email) => !known.has(email))).toEqual([]);
}

/** These spoil Zoho's reply and so come after the work, unless told otherwise. */
const isLate = (fault: Fault) =>
	fault.when === undefined && ('cutJson' in fault || 'cutBody' in fault);

it(`tells of every address what Zoho's registry holds, whatever happens on the way (${CASES} runs, seed ${seed})`, async () => {
	await fc.assert(fc.asyncProperty(scene, play), { numRuns: CASES, seed });
}, 300_000);
