import { json, type Reply } from '../reply';
import type { RecordReason } from './records';
import { CALL_REFUSALS, place, refusal, refuse, type Refusal } from './refusals';
import type { CrmSettings } from './settings';

/** What stands against unblocking a record. */
export interface Obstacle extends Refusal {
	/** `planned`: a test's own. */
	reason: RecordReason | 'planned';
	/** False: it is told for the whole call and without details, whatever the style. */
	named: boolean;
}

/** A record that a call names, at this index of the sent ids. */
export interface NamedRecord {
	index: number;
	id: string;
	/** Absent where it can be unblocked. */
	obstacle?: Obstacle;
}
type BadRecord = NamedRecord & { obstacle: Obstacle };

/** What becomes of a call: whether its good records are done, and what it is told. */
export interface Outcome {
	done: boolean;
	reply: Reply;
}

/** The id of a record that nobody named. */
const STRANGER = 9_999_999_000_000_000_000n;

/** The outcome of a call that names these records; `single`: by its URL and not by its body. */
export function outcomeOf(
	records: readonly NamedRecord[],
	single: boolean,
	settings: CrmSettings,
): Outcome {
	const bad = records.filter(isBad);
	const [first] = bad;
	if (first === undefined) return { done: true, reply: success(records, single, settings) };
	const unnamed = bad.find(({ obstacle }) => !obstacle.named);
	if (unnamed !== undefined) return { done: false, reply: refuse(unnamed.obstacle) };
	const { style, wholeCallFor, mixedStatus, allBadStatus } = settings;
	if (style === 'allOrNothing') return { done: false, reply: refuse(first.obstacle) };
	if (style === 'indexed') {
		return { done: false, reply: refuse(first.obstacle, indexedDetails(first, single, settings)) };
	}
	// As the OpenAPI file has it: `data[]` is for many.
	if (single) return { done: false, reply: refuse(first.obstacle, { resource_path_index: 1 }) };
	if (style === 'onlyBad') return { done: false, reply: json(400, dataOf(bad, settings)) };
	const whole = bad.find(({ obstacle: { reason } }) => wholeCallFor.has(reason));
	if (whole !== undefined) {
		return { done: false, reply: refuse(whole.obstacle, wholeCallDetails(whole, settings)) };
	}
	const status = bad.length === records.length ? allBadStatus : mixedStatus;
	return { done: true, reply: json(status, dataOf(records, settings)) };
}

/** The refusal of a call with too many ids. */
export function refuseSize({ maxIds, sizeRefusal }: CrmSettings): Reply {
	const message = 'The number of ids exceeds the maximum that is allowed';
	const details = { maximum_length: maxIds, ...place('ids') };
	switch (sizeRefusal) {
		case 'limitExceeded':
			return refuse(refusal('LIMIT_EXCEEDED', message, 400), details);
		case 'invalidData':
			return refuse(CALL_REFUSALS.wrongType, details);
		case 'inMessage':
			return refuse(refusal('LIMIT_EXCEEDED', `Only ${maxIds} ids are allowed in one call`, 400));
		case 'unstated':
			return refuse(refusal('LIMIT_EXCEEDED', message, 400));
	}
}

function isBad(record: NamedRecord): record is BadRecord {
	return record.obstacle !== undefined;
}

function success(records: readonly NamedRecord[], single: boolean, settings: CrmSettings): Reply {
	const { flatSuccess } = settings;
	const isFlat =
		flatSuccess === 'oneRecord' ? records.length === 1 : flatSuccess === 'singleUrl' && single;
	const [record] = records;
	return isFlat && record !== undefined
		? json(200, entryOf(record, settings))
		: json(200, dataOf(records, settings));
}

function indexedDetails({ index, id }: BadRecord, single: boolean, settings: CrmSettings): object {
	switch (settings.indexBy) {
		case 'id':
			return { id };
		case 'resource_path_index':
			return { resource_path_index: single ? 1 : settings.pathIndex };
		case 'json_path':
			return single ? { resource_path_index: 1 } : { json_path: settings.jsonPath(index) };
	}
}

function wholeCallDetails({ index }: BadRecord, settings: CrmSettings): object {
	switch (settings.wholeCallDetails) {
		case 'none':
			return {};
		case 'resource_path_index':
			return { resource_path_index: settings.pathIndex };
		case 'json_path':
			return {
				expected_data_type: 'bigint',
				api_name: 'ids',
				json_path: settings.jsonPath(index),
			};
	}
}

/** A body with `data[]`, as its text. */
function dataOf(records: readonly NamedRecord[], settings: CrmSettings): string {
	const { order = 'sent', drop = 0, extra = 0, idsAsNumbers = false } = settings.dataQuirks;
	const dealt = records.map((record) => entryOf(record, settings));
	if (order === 'reversed') dealt.reverse();
	const entries = (order === 'shuffled' ? shuffled(dealt) : dealt).slice(drop);
	for (let index = 0; index < extra; index++) {
		entries.push(entryOf({ index, id: String(STRANGER + BigInt(index)) }, settings));
	}
	const text = JSON.stringify({ data: entries });
	// Only text can carry an id's 19 digits as a number; JavaScript's own numbers end at 16.
	return idsAsNumbers ? text.replaceAll(/"id":"(\d+)"/g, '"id":$1') : text;
}

function entryOf({ index, id, obstacle }: NamedRecord, settings: CrmSettings) {
	if (obstacle === undefined) {
		return {
			code: 'SUCCESS',
			details: { id },
			message: settings.successMessage,
			status: 'success',
		};
	}
	const details = settings.entriesBy === 'id' ? { id } : { json_path: settings.jsonPath(index) };
	return { code: obstacle.code, details, message: obstacle.message, status: 'error' };
}

/** Deals the entries out again, always in the same way, so that a failing test can be repeated. */
function shuffled<T>(entries: readonly T[]): T[] {
	return entries
		.map((dealt, index) => ({ dealt, rank: (index * 7919 + 13) % 257 }))
		.sort((a, b) => a.rank - b.rank)
		.map(({ dealt }) => dealt);
}
