/** Items to records: what each item names, checked, each record once. Pure. */
import { failure, type Failure } from '../zoho/failures';

/** Records that may share calls: the module is in the URL of a call, the fields are in its body. */
export interface Group {
	readonly module: string;
	readonly fields: readonly string[];
}

/** A record that an item named, or a name that can be none: `failure` says why no call is made for it. */
export interface NamedRecord {
	item: number;
	id: string;
	group: Group;
	failure?: Failure;
}

/** One item's parameters, as n8n resolved them; a `failure` where an expression could not be. */
export interface Input {
	recordIds: unknown;
	module: unknown;
	unblockFields: unknown;
	failure?: Failure;
}

interface KnownGroup extends Group {
	/** The records that were named so far. */
	readonly known: Set<string>;
	readonly problem: Failure | undefined;
}

/** Takes the items one by one, and sorts what they name into groups. */
export class RecordList {
	/** In input order. */
	readonly named: NamedRecord[] = [];
	/** How often a record was named again, which is not sent again. */
	duplicates = 0;
	/** Whether an item named something that can be no record. */
	hasBadInput = false;
	private readonly groups = new Map<string, KnownGroup>();

	/** @param found told of each record that is to be sent, once */
	constructor(private readonly found: (group: Group, id: string) => void) {}

	/**
	 * A record named twice in one item is one result of that item; named by two items, it is a result
	 * of both.
	 */
	add(item: number, input: Input): void {
		const group = this.groupOf(input);
		const ids = readIds(input.recordIds);
		const inItem = ids.length > 1 ? new Set<string>() : undefined;
		for (const { id, problem } of ids) {
			const failure = input.failure ?? group.problem ?? problem;
			if (!inItem?.has(id)) {
				this.named.push(failure ? { item, id, group, failure } : { item, id, group });
			}
			inItem?.add(id);
			if (failure) {
				this.hasBadInput = true;
			} else if (group.known.has(id)) {
				this.duplicates++;
			} else {
				group.known.add(id);
				this.found(group, id);
			}
		}
	}

	private groupOf(input: Input): KnownGroup {
		const module = typeof input.module === 'string' ? input.module.trim() : '';
		const fields = readFields(input.unblockFields);
		const key = `${module}\n${fields}`;
		let group = this.groups.get(key);
		if (!group) {
			const problem = moduleProblem(module, input.module) ?? fieldsProblem(fields);
			group = { module, fields, known: new Set(), problem };
			this.groups.set(key, group);
		}
		return group;
	}
}

/** The fields by their API names, each once, in one order, so that equal choices meet in one group. */
function readFields(value: unknown): string[] {
	const texts = [value].flat().filter((name) => typeof name === 'string');
	const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
	return [...new Set(names.filter(Boolean))].sort();
}

function fieldsProblem(fields: readonly string[]): Failure | undefined {
	if (fields.length > 0) return undefined;
	return failure('missingField', { message: 'No field to unblock is chosen.' });
}

/** Zoho's API names begin with a letter and hold letters, digits and underscores. */
function moduleProblem(module: string, raw: unknown): Failure | undefined {
	if (/^[a-z]\w{0,99}$/i.test(module)) return undefined;
	const name = module === '' ? shown(raw) || 'nothing' : `"${module}"`;
	return failure('invalidModule', { message: `${name} cannot be the API name of a module.` });
}

interface ReadId {
	id: string;
	problem?: Failure;
}

/** The record IDs in one value of "Record IDs": one, a list in text, or an array. Never none. */
function readIds(value: unknown): ReadId[] {
	if (Array.isArray(value)) {
		// Not flatMap alone, which passes over the holes of a sparse array.
		return value.length === 0 ? [noId('')] : Array.from(value).flatMap((one) => readIds(one));
	}
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		return [
			{
				id: String(value),
				problem: failure('invalidRecordId', {
					message: `The record ID ${value} arrived as a number, and numbers of this size lose digits.`,
					resolution:
						'Keep record IDs as text from their source on: as a string in JSON, as a text column in a table.',
				}),
			},
		];
	}
	const isText =
		typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint';
	const text = isText ? String(value) : '';
	const parts = text.split(/[,\r\n]/).map((part) => part.trim());
	const ids = parts.filter((part) => part !== '');
	if (ids.length === 0) return [noId(isText ? '' : shown(value))];
	return ids.map((id) => (/^\d+$/.test(id) ? { id } : noId(id)));
}

function noId(id: string): ReadId {
	const message = id === '' ? 'The record ID is empty.' : `"${id}" is not a record ID.`;
	// Zoho CRM's own exports write record IDs like this.
	const prefix = /^zcrm_\d+$/.test(id);
	return {
		id,
		problem: failure('invalidRecordId', {
			message,
			...(prefix
				? {
						resolution:
							'Take off the "zcrm_" of Zoho CRM\'s exports: {{ $json.id.replace("zcrm_", "") }}.',
					}
				: {}),
		}),
	};
}

/** What an expression yielded, for a message: as JSON, or by its type where JSON cannot hold it. */
function shown(value: unknown): string {
	if (value === undefined || value === null) return '';
	try {
		return (JSON.stringify(value) ?? typeof value).slice(0, 100);
	} catch {
		return typeof value;
	}
}
