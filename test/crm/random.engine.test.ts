import * as fc from 'fast-check';
import type { INodeExecutionData, OnError } from 'n8n-workflow';
import type { FakeZoho, Fault, ReceivedRequest } from '../fake-zoho';
import { BAD, place, subject, verdict, type Standing } from './truth';
import { recordIds, setStage, type Stage } from '../support/stage';

const seed = Math.floor(Math.random() * 2 ** 31);

const GROUPS = [
	{ module: 'Leads', fields: ['Email'] },
	{ module: 'Contacts', fields: ['Email'] },
	{ module: 'Leads', fields: ['Email', 'Secondary_Email'] },
];
const RECORDS_A_GROUP = 6;
const IDS = recordIds(GROUPS.length * RECORDS_A_GROUP);
/** What somebody may have typed in place of an id; no call is made for it. */
const NO_ID = 'zcrm_1';

/** The reply is lost, or Zoho refuses without a word about the records. */
const FAULTS: Fault[] = [
	{ reset: true, when: 'before' },
	{ reset: true, when: 'after' },
	{ status: 503 },
	{ status: 503, when: 'after' },
	{ html: 200 },
	{ html: 200, when: 'after' },
	{ html: 502, when: 'after' },
	{ cutJson: true },
	{ cutBody: true },
	{ cutBody: true, when: 'before' },
	{ emptyBody: 200, when: 'after' },
	{ emptyBody: 204 },
	{ status: 500, body: '{"code":"INTERNAL_ERROR","message":"Internal Server Error"}' },
];
const TOO_MANY: Fault = { status: 429, body: '{"code":"TOO_MANY_REQUESTS","message":"too many"}' };
const NO_SCOPE: Fault = {
	status: 401,
	body: '{"code":"OAUTH_SCOPE_MISMATCH","message":"Unauthorized"}',
};

const standing = fc.oneof(
	{ weight: 6, arbitrary: fc.constant<Standing>('soft') },
	{ weight: 4, arbitrary: fc.constantFrom<Standing>('hard', 'unblocked', 'worn', 'unknown') },
);

const rarely = <T>(usual: T, unusual: fc.Arbitrary<T>) =>
	fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });

const scene = fc.record({
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

type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** What went wrong on the way, kept while it does. */
interface Mishaps {
	/** Records of calls whose reply was lost, or did not speak of them. */
	lost: Set<string>;
	tooMany: boolean;
	noScope: boolean;
}

/** What was said of some record in some run. */
const seen = new Set<string>();

let stage: Stage;
let zoho: FakeZoho;

beforeAll(async () => {
	stage = await setStage();
	zoho = stage.zoho;
});

afterAll(async () => {
	await stage.stop();
});

/** A number from 0 to 999 for a text, the same every time (FNV-1a). */
function dice(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return ((hash ^ (hash >>> 13)) >>> 0) % 1000;
}

/** Prepares Zoho as the scene says; a fault depends on the call alone and not on when it arrives. */
function prepare({ standings, faults, quirks, expired, ...settings }: Scene): Mishaps {
	zoho.reset();
	stage.connect({ oauthTokenData: { ...zoho.oauth.issue({ expired }) } });
	const { style, indexBy, mixedStatus, allBadStatus, entriesBy } = settings;
	const { maxIds, sizeRefusal, concurrencyLimit } = settings;
	Object.assign(zoho.crm, { style, indexBy, mixedStatus, allBadStatus, entriesBy });
	Object.assign(zoho.crm, { maxIds, sizeRefusal, concurrencyLimit, dataQuirks: quirks });
	IDS.forEach((id, i) => place(zoho, moduleOf(id), id, standings[i]!));

	const mishaps: Mishaps = { lost: new Set(), tooMany: concurrencyLimit < 5, noScope: false };
	const tries = new Map<string, number>();
	zoho.randomFault = ({ kind, body, ids = [] }: ReceivedRequest) => {
		if (kind !== 'unblock') return undefined;
		const before = tries.get(body) ?? 0;
		tries.set(body, before + 1);
		const thrown = dice(`${faults.seed} ${before} ${body}`);
		if (thrown < faults.lost) {
			for (const id of ids) mishaps.lost.add(id);
			return FAULTS[dice(`which ${faults.seed} ${before} ${body}`) % FAULTS.length];
		}
		if (quirks.drop > 0) for (const id of ids) mishaps.lost.add(id);
		if (thrown < faults.lost + faults.tooMany) {
			mishaps.tooMany = true;
			return TOO_MANY;
		}
		if (thrown < faults.lost + faults.tooMany + faults.noScope) {
			mishaps.noScope = true;
			return NO_SCOPE;
		}
		return undefined;
	};
	return mishaps;
}

function moduleOf(id: string): string {
	return GROUPS[Math.floor(IDS.indexOf(id) / RECORDS_A_GROUP)]!.module;
}

function wasDone(id: string): boolean {
	return zoho.crm.get(moduleOf(id), id)?.timesUnblocked === 1;
}

/** The ids in an item; the last pick of all is none. */
function idsIn({ group, picks }: Scene['items'][number]): string[] {
	return picks.map((pick) =>
		pick === RECORDS_A_GROUP ? NO_ID : IDS[group * RECORDS_A_GROUP + pick]!,
	);
}

/** Both branches put together again in the order of the items, or whatever is left over. */
function inOrder(
	named: ReadonlyArray<{ item: number; id: string }>,
	branches: INodeExecutionData[][],
): INodeExecutionData[] {
	const queues = branches.map((branch) => [...branch]);
	const ordered = named.flatMap(({ item, id }) => {
		const queue = queues.find(([first]) => first && subject(first) === id && rowOf(first) === item);
		return queue?.splice(0, 1) ?? [];
	});
	return [...ordered, ...queues.flat()];
}

function rowOf({ pairedItem }: INodeExecutionData): unknown {
	return Array.isArray(pairedItem) ? pairedItem[0]?.item : (pairedItem as { item: number }).item;
}

/** What cannot be true of a record at Zoho, after this was said of it. */
function isFalse(
	said: string,
	id: string,
	before: Standing,
	{ lost, tooMany, noScope }: Mishaps,
): boolean {
	const done = wasDone(id);
	const isIn = (standings: Standing[]) => standings.includes(before);
	switch (said) {
		case 'unblocked':
			return !(done ? isIn(['soft']) : isIn(['unblocked']) && lost.has(id));
		case 'alreadyUnblocked':
			return done || !isIn(['unblocked']);
		case 'permanentlyBlocked':
			return done || !isIn(['hard']);
		case 'unblockLimitReached':
			return done || !isIn(['worn']);
		case 'recordNotFound':
			return !isIn(['unknown']);
		case 'networkError':
		case 'serverError':
		case 'badResponse':
			return !lost.has(id);
		case 'rateLimited':
			return !tooMany || (done && !lost.has(id));
		case 'scopeMismatch':
		case 'authenticationFailed':
			return !noScope || (done && !lost.has(id));
		case 'notAttempted':
			return !noScope || done;
		default:
			return true;
	}
}

async function check(given: Scene): Promise<void> {
	const mishaps = prepare(given);
	const { items, standings, options, onError } = given;
	const run = await stage.run(
		'zohoCrmUnblockEmail',
		items.map((item) => ({ ...GROUPS[item.group]!, ids: idsIn(item) })),
		{
			parameters: {
				module: { __rl: true, mode: 'name', value: '={{ $json.module }}' },
				recordIds: '={{ $json.ids }}',
				unblockFields: '={{ $json.fields }}',
			},
			options,
			onError,
		},
	);
	const named = items.flatMap((each, item) =>
		[...new Set(idsIn(each))].map((id) => ({ item, id })),
	);
	const standingOf = (id: string) => standings[IDS.indexOf(id)]!;

	if (onError === 'stopWorkflow' && run.error) {
		const { description } = run.error as { description?: string };
		const words = /stop: (\d+) done, (\d+) failed, (\d+) not attempted/.exec(description ?? '');
		const [done, failed, notAttempted] = (words ?? []).slice(1).map(Number);
		expect(run.status).toBe('error');
		expect(done! + failed! + notAttempted!).toBe(named.length);
		// Nothing is left unattempted but for a failure.
		expect(failed).toBeGreaterThanOrEqual(1);
		const records = named.filter(({ id }) => id !== NO_ID);
		const doneAtZoho = records.filter(({ id }) => wasDone(id)).length;
		const goodBefore = records.filter(({ id }) => standingOf(id) === 'unblocked').length;
		expect(done).toBeLessThanOrEqual(doneAtZoho + goodBefore);
		expect(done! + failed!).toBeGreaterThanOrEqual(doneAtZoho);
		return;
	}

	expect(run.status).toBe('success');
	const results = inOrder(named, [run.main, run.errors]);
	expect(results.map((item) => ({ item: rowOf(item), id: subject(item) }))).toEqual(named);
	const isSuccess = (item: INodeExecutionData) => item.json.error === undefined;
	if (onError === 'continueErrorOutput') {
		expect(run.main.every(isSuccess)).toBe(true);
		expect(run.errors.some(isSuccess)).toBe(false);
	} else {
		expect(run.errors).toEqual([]);
	}
	if (onError === 'stopWorkflow') expect(results.every(isSuccess)).toBe(true);

	const lies = results.filter((item) => {
		const id = subject(item);
		const said = verdict(item);
		if (id === NO_ID) return said !== 'invalidRecordId';
		if (said === 'alreadyUnblocked' && isSuccess(item) !== (options.alreadyUnblocked === 'success'))
			return true;
		return isFalse(said, id, standingOf(id), mishaps);
	});
	expect(lies.map((item) => [subject(item), verdict(item)])).toEqual([]);
	const said = new Set(results.map((item) => `${subject(item)} ${verdict(item)}`));
	expect(said.size).toBe(new Set(results.map(subject)).size);
	for (const item of results) seen.add(verdict(item));
}

describe(`whatever the records, the server and the network are like (seed ${seed})`, () => {
	it('says the truth of every record, once for every item that named it', async () => {
		await fc.assert(fc.asyncProperty(scene, check), { seed, numRuns: 2_000 });
	}, 600_000);

	it('has met every outcome there is', () => {
		expect([...seen]).toEqual(
			expect.arrayContaining([
				'unblocked',
				'alreadyUnblocked',
				...Object.values(BAD),
				'invalidRecordId',
				'networkError',
				'serverError',
				'badResponse',
				'rateLimited',
				'scopeMismatch',
				'notAttempted',
			]),
		);
	});
});
