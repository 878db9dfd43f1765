/** Items to records: what each item names, checked, each record once. Pure. */
import { fault, type Fault } from '../zoho/errors';

/** What came of a record that needs no further care. */
export interface Unblocked {
	status: 'unblocked' | 'alreadyUnblocked';
	code: string;
	message: string;
}

export type Outcome = Unblocked | Fault;

/** Records that may share calls: the module is in the URL of a call, the fields are in its body. */
export interface Group {
	readonly module: string;
	readonly fields: readonly string[];
	/** Each record once, in input order. */
	readonly ids: string[];
	/** One outcome a record; one without an outcome was not attempted. */
	readonly outcomes: Map<string, Outcome>;
	/** Records of calls whose reply was lost: they may have been unblocked all the same. */
	readonly inDoubt: Set<string>;
	/** Why every call of the group would fail, once one has: what was not sent yet is kept back. */
	refusal?: Fault;
}

/** A record that an item named, or a name that can be none: `fault` says why no call is made for it. */
export interface Named {
	item: number;
	id: string;
	group: Group;
	fault?: Fault;
}

/** What the items name, in input order. */
export interface Records {
	groups: Group[];
	named: Named[];
	/** How often a record was named again, and not sent again. */
	duplicates: number;
}

/** One item's parameters, as n8n resolved them; a `fault` where an expression could not be. */
export interface Input {
	recordIds: unknown;
	module: unknown;
	unblockFields: unknown;
	fault?: Fault;
}

/**
 * Sorts what the items name into groups.
 *
 * A record named twice in one item is one result of that item; named by two items, it is a result of
 * both.
 *
 * @param count the number of items
 * @param read the parameters of an item
 */
export function collectRecords(count: number, read: (item: number) => Input): Records {
	const groups = new Map<
		string,
		{ group: Group; known: Set<string>; problem: Fault | undefined }
	>();
	const named: Named[] = [];
	let duplicates = 0;
	for (let item = 0; item < count; item++) {
		const input = read(item);
		const module = typeof input.module === 'string' ? input.module.trim() : '';
		const fields = readFields(input.unblockFields);
		const key = `${module}\n${fields}`;
		let entry = groups.get(key);
		if (!entry) {
			entry = {
				group: { module, fields, ids: [], outcomes: new Map(), inDoubt: new Set() },
				known: new Set(),
				problem: moduleFault(module, input.module) ?? fieldsFault(fields),
			};
			groups.set(key, entry);
		}
		const { group, known } = entry;
		const inputFault = input.fault ?? entry.problem;
		const ids = readIds(input.recordIds);
		const inItem = ids.length > 1 ? new Set<string>() : undefined;
		for (const { id, problem } of ids) {
			const fault = inputFault ?? problem;
			if (!inItem?.has(id)) named.push(fault ? { item, id, group, fault } : { item, id, group });
			inItem?.add(id);
			if (fault) continue;
			if (known.has(id)) {
				duplicates++;
			} else {
				known.add(id);
				group.ids.push(id);
			}
		}
	}
	return {
		groups: [...groups.values()].map(({ group }) => group).filter(({ ids }) => ids.length > 0),
		named,
		duplicates,
	};
}

/** The fields by their API names, each once, in one order, so that equal choices meet in one group. */
function readFields(value: unknown): string[] {
	const texts = [value].flat().filter((name) => typeof name === 'string');
	const names = texts.flatMap((text) => text.split(',')).map((name) => name.trim());
	return [...new Set(names.filter(Boolean))].sort();
}

function fieldsFault(fields: readonly string[]): Fault | undefined {
	if (fields.length > 0) return undefined;
	return fault('missingField', { message: 'No field to unblock is chosen.' });
}

/** Zoho's API names begin with a letter and hold letters, digits and underscores. */
function moduleFault(module: string, raw: unknown): Fault | undefined {
	if (/^[a-z]\w{0,99}$/i.test(module)) return undefined;
	const name = module === '' ? shown(raw) || 'nothing' : `"${module}"`;
	return fault('invalidModule', { message: `${name} cannot be the API name of a module.` });
}

interface ReadId {
	id: string;
	problem?: Fault;
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
				problem: fault('invalidRecordId', {
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
		problem: fault('invalidRecordId', {
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
