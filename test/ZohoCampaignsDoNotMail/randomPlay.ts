/** Plays a random scene in n8n's engine, and holds what is told against Zoho's registry. */
import type { INodeExecutionData } from 'n8n-workflow';
import { doNotMailPath } from '../../nodes/ZohoCampaignsDoNotMail/contactInfo';
import type { NodeRun } from '../engine';
import type { Fault } from '../fake-zoho';
import { failure, type Stage } from '../support/stage';
import type { Scene } from './randomScene';

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

/** Prepares Zoho as the scene says. Returns the calls that it will have got for each address. */
function prepare({ zoho }: Stage, scene: Scene): ReadonlyMap<string, number> {
	zoho.reset();
	const { people, items, format, nested, alreadyAs, errorStatus, calls, kind } = scene;
	const { campaigns } = zoho;
	Object.assign(campaigns, { nested, alreadyAs, errorStatus });
	campaigns.limit = { calls, windowMs: 60, lockMs: 3_600_000, kind };
	for (const { email, atZoho } of people) {
		if (atZoho === 'in') campaigns.add(email);
		if (atZoho === 'refused') campaigns.answer(email, '2004');
	}

	const troublesLeft = new Map(
		people.map(({ email, troubles }) => [email.toLowerCase(), troubles.map(({ fault }) => fault)]),
	);
	const emailOf = new Map<string, string>();
	named(scene).forEach((who, item) => {
		const email = items[item]!.spelling(who?.email ?? '').trim();
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
	return callsFor;
}

/** Plays a scene, and expects that what is told of every address is what the registry holds. */
export async function play(stage: Stage, scene: Scene): Promise<void> {
	const callsFor = prepare(stage, scene);
	const emails = named(scene).map((who, item) => ({
		email: (who ? scene.items[item]!.spelling(who.email) : scene.impossible) as string,
	}));
	const run = await stage.run('zohoCampaignsDoNotMail', emails, {
		credentialId: stage.connect({}, `case-${++cases}`),
		onError: scene.onError,
		options: {
			responseFormat: scene.format,
			maxRetries: scene.maxRetries,
			maxParallelRequests: scene.maxParallelRequests,
			alreadyInDoNotMail: scene.alreadyInDoNotMail,
			callsPerWindow: scene.calls,
			windowMinutes: 0.001,
			retryDelay: 1,
		},
	});

	const { status, error } = run;
	expect([status, error, stage.zoho.campaigns.locks]).toEqual(['success', undefined, 0]);
	expectEveryItem(scene, run);
	for (const who of scene.people) expectAtZoho(stage, scene, who, callsFor);
	expectNobodyElse(stage, scene, callsFor);
}

/** Every item is out once, with the right outcome, in order on each branch. */
function expectEveryItem(scene: Scene, { main, errors }: NodeRun): void {
	const itemOf = ({ pairedItem }: INodeExecutionData) => (pairedItem as { item: number }).item;
	for (const branch of [main, errors]) {
		expect(branch.map(itemOf)).toEqual(branch.map(itemOf).sort((a, b) => a - b));
	}
	const out = [...main, ...errors].sort((a, b) => itemOf(a) - itemOf(b));
	expect(out.map(itemOf)).toEqual([...scene.items.keys()]);
	expect(out.map(told)).toEqual(
		named(scene).map((who) => (who ? expected(scene, who) : 'invalidEmail')),
	);
	if (scene.onError === 'continueErrorOutput') {
		expect(main.filter(({ json }) => 'error' in json)).toEqual([]);
		expect(errors.filter(({ json }) => !('error' in json))).toEqual([]);
	} else {
		expect(errors).toEqual([]);
	}
}

/** One of the people was called for as often as that takes, and is in the registry if it says so. */
function expectAtZoho(
	{ zoho }: Stage,
	scene: Scene,
	who: Scene['people'][number],
	callsFor: ReadonlyMap<string, number>,
): void {
	const { email, atZoho, troubles } = who;
	const tries = named(scene).includes(who) ? Math.min(troubles.length, scene.maxRetries) + 1 : 0;
	// An address that Zoho refuses may be tried in the other form of contactinfo, once.
	const isTriedTwice = scene.format === 'json' && atZoho === 'refused' && tries > 0;
	const calls = callsFor.get(email.toLowerCase()) ?? 0;
	expect([email, isTriedTwice ? [tries, tries + 1] : [tries]]).toEqual([
		email,
		expect.arrayContaining([calls]),
	]);
	const wasReached =
		tries > troubles.length ||
		troubles.slice(0, tries).some(({ fault }) => fault.when === 'after' || isLate(fault));
	const isIn = atZoho === 'in' || (atZoho === 'new' && tries > 0 && wasReached);
	expect([email, zoho.campaigns.has(email)]).toEqual([email, isIn]);
	const ok = ['moved', 'alreadyInDoNotMail', 'error: alreadyInDoNotMail'];
	if (tries > 0 && ok.includes(expected(scene, who))) expect(isIn).toBe(true);
}

/** Nothing else is in the registry, and for nobody else was a call made. */
function expectNobodyElse(
	{ zoho: { campaigns } }: Stage,
	{ people }: Scene,
	callsFor: ReadonlyMap<string, number>,
): void {
	const known = new Set(people.map(({ email }) => email.toLowerCase()));
	expect([...campaigns.registry.keys()].filter((email) => !known.has(email))).toEqual([]);
	expect(campaigns.injected).toEqual([]);
	expect([...callsFor.keys()].filter((email) => !known.has(email))).toEqual([]);
}

/** These spoil Zoho's reply and so come after the work, unless told otherwise. */
const isLate = (fault: Fault) =>
	fault.when === undefined && ('cutJson' in fault || 'cutBody' in fault);
