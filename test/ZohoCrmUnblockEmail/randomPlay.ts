/** Plays a random scene in n8n's engine, and holds what is said against what is true. */
import type { INodeExecutionData, OnError } from 'n8n-workflow';
import type { NodeRun } from '../engine';
import type { FakeZoho, Fault, ReceivedRequest } from '../fake-zoho';
import type { Stage } from '../support/stage';
import { GROUPS, IDS, idsIn, moduleOf, NO_ID, type Scene } from './randomScene';
import { place, subject, verdict, type Standing } from './truth';

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

/** What went wrong on the way, kept while it does. */
interface Mishaps {
	/** Records of calls whose reply was lost, or did not speak of them. */
	lost: Set<string>;
	tooMany: boolean;
	noScope: boolean;
}

/** A number from 0 to 999 for a text, the same every time (FNV-1a). */
function dice(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
	return ((hash ^ (hash >>> 13)) >>> 0) % 1000;
}

/** Prepares Zoho as the scene says; a fault depends on the call alone and not on when it arrives. */
function prepare(
	{ zoho, connect }: Stage,
	{ standings, faults, quirks, expired, ...settings }: Scene,
): Mishaps {
	zoho.reset();
	connect({ oauthTokenData: { ...zoho.oauth.issue({ expired }) } });
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

function wasDone(zoho: FakeZoho, id: string): boolean {
	return zoho.crm.get(moduleOf(id), id)?.timesUnblocked === 1;
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
	before: Standing,
	done: boolean,
	isLost: boolean,
	{ tooMany, noScope }: Mishaps,
): boolean {
	const isIn = (standings: Standing[]) => standings.includes(before);
	switch (said) {
		case 'unblocked':
			return !(done ? isIn(['soft']) : isIn(['unblocked']) && isLost);
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
			return !isLost;
		case 'rateLimited':
			return !tooMany || (done && !isLost);
		case 'scopeMismatch':
		case 'authenticationFailed':
			return !noScope || (done && !isLost);
		case 'notAttempted':
			return !noScope || done;
		default:
			return true;
	}
}

/** Plays a scene, and expects that the truth is said of every record. Returns what was said. */
export async function play(stage: Stage, given: Scene): Promise<string[]> {
	const mishaps = prepare(stage, given);
	const { items, options, onError } = given;
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
	if (onError === 'stopWorkflow' && run.error) {
		expectToll(stage, given, run, named);
		return [];
	}
	expect(run.status).toBe('success');
	const results = inOrder(named, [run.main, run.errors]);
	expect(results.map((item) => ({ item: rowOf(item), id: subject(item) }))).toEqual(named);
	expectBranches(run, onError);
	expectTruth(stage, given, results, mishaps);
	return results.map(verdict);
}

/** An error that stopped the workflow counts what was done, what failed and what was not attempted. */
function expectToll(
	{ zoho }: Stage,
	{ standings }: Scene,
	{ status, error }: NodeRun,
	named: Array<{ id: string }>,
): void {
	const { description = '' } = error as { description?: string };
	const words = /stop: (\d+) done, (\d+) failed, (\d+) not attempted/.exec(description) ?? [];
	const [done = NaN, failed = NaN, notAttempted = NaN] = words.slice(1).map(Number);
	expect(status).toBe('error');
	expect(done + failed + notAttempted).toBe(named.length);
	// Nothing is left unattempted but for a failure.
	expect(failed).toBeGreaterThanOrEqual(1);
	const ids = named.map(({ id }) => id).filter((id) => id !== NO_ID);
	const doneAtZoho = ids.filter((id) => wasDone(zoho, id)).length;
	const goodBefore = ids.filter((id) => standings[IDS.indexOf(id)] === 'unblocked').length;
	expect(done).toBeLessThanOrEqual(doneAtZoho + goodBefore);
	expect(done + failed).toBeGreaterThanOrEqual(doneAtZoho);
}

const isSuccess = (item: INodeExecutionData) => item.json.error === undefined;

function expectBranches({ main, errors }: NodeRun, onError: OnError): void {
	if (onError === 'continueErrorOutput') {
		expect(main.every(isSuccess)).toBe(true);
		expect(errors.some(isSuccess)).toBe(false);
	} else {
		expect(errors).toEqual([]);
	}
	if (onError === 'stopWorkflow') expect(main.every(isSuccess)).toBe(true);
}

function expectTruth(
	{ zoho }: Stage,
	{ standings, options }: Scene,
	results: INodeExecutionData[],
	mishaps: Mishaps,
): void {
	const isLie = (item: INodeExecutionData) => {
		const id = subject(item);
		const said = verdict(item);
		if (id === NO_ID) return said !== 'invalidRecordId';
		const isAsSet = isSuccess(item) === (options.alreadyUnblocked === 'success');
		if (said === 'alreadyUnblocked' && !isAsSet) return true;
		const before = standings[IDS.indexOf(id)]!;
		return isFalse(said, before, wasDone(zoho, id), mishaps.lost.has(id), mishaps);
	};
	expect(results.filter(isLie).map((item) => [subject(item), verdict(item)])).toEqual([]);
	const said = new Set(results.map((item) => `${subject(item)} ${verdict(item)}`));
	expect(said.size).toBe(new Set(results.map(subject)).size);
}
