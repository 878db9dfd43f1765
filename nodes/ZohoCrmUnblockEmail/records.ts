/** Items to records: what each item names, checked, each record once. Pure. */
import { failure, type Failure } from '../zoho/failures';
import type { ViewRecord } from './customView';
import { Groups, shown, type Group, type NamedGroup } from './groups';
import type { NamedView } from './viewList';

/** A record that an item named, or a name that can be none: `failure` says why no call is made for it. */
export interface NamedRecord {
	item: number;
	id: string;
	group: Group;
	failure?: Failure;
	/** As the custom view shows it, where it is from one. */
	shownAs?: ViewRecord;
	/** The custom view that this is about, where it is about no single record of it. */
	customView?: string;
}

/** One item's parameters, as n8n resolved them; a `failure` where an expression could not be. */
export interface Input {
	recordIds: unknown;
	module: unknown;
	unblockFields: unknown;
	failure?: Failure;
}

/** Takes the items one by one, and sorts what they name into groups. */
export class RecordList {
	/** In input order. */
	readonly named: NamedRecord[] = [];
	/** How often a record was named again, which is not sent again. */
	duplicates = 0;
	/** Whether an item named something that can be no record, or whose records are not known. */
	hasBadInput = false;

	/** @param found told of each record that is to be sent, once */
	constructor(
		private readonly found: (group: Group, id: string) => void,
		private readonly groups = new Groups(),
	) {}

	/**
	 * A record named twice in one item is one result of that item; named by two items, it is a result
	 * of both.
	 */
	add(item: number, input: Input): void {
		const group = this.groups.of(input);
		const ids = readIds(input.recordIds);
		const inItem = ids.length > 1 ? new Set<string>() : undefined;
		for (const { id, problem } of ids) {
			const failure = input.failure ?? group.problem ?? problem;
			if (!inItem?.has(id)) {
				this.named.push(failure ? { item, id, group, failure } : { item, id, group });
			}
			inItem?.add(id);
			if (failure) this.hasBadInput = true;
			else this.find(group, id);
		}
	}

	/** Takes in what has been read of a view. What has not been is one result of the item. */
	addView({ item, group, id: customView, view, failure }: NamedView): void {
		for (const record of view?.records ?? []) {
			this.named.push({ item, id: record.id, group, shownAs: record });
			this.find(group, record.id);
		}
		const why = failure ?? view?.failure;
		if (why) this.hasBadInput = true;
		const rest = why ?? view?.cutOff;
		if (rest) this.named.push({ item, id: '', group, customView, failure: rest });
		else if (!view?.isRead) this.named.push({ item, id: '', group, customView });
	}

	private find(group: NamedGroup, id: string): void {
		if (group.known.has(id)) {
			this.duplicates++;
		} else {
			group.known.add(id);
			this.found(group, id);
		}
	}
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
