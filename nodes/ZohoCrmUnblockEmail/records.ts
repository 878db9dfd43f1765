/** Items to records: what each item names, checked, each record once. Pure. */
import { oddCharacterIn, trimUnseen } from '../zoho/characters';
import { failure, type Failure } from '../zoho/failures';
import { parseJson } from '../zoho/json';
import { messageOf, shown } from '../run/words';
import type { ViewRecord } from './view/page';
import type { Group, Groups } from './groups';
import type { NamedView } from './view/list';

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
	/** Whether a custom view has more records than its item asked for. */
	isCut = false;

	/** @param found told of each record that is to be sent, once */
	constructor(
		private readonly found: (group: Group, id: string) => void,
		private readonly groups: Groups,
	) {}

	/**
	 * A record named twice in one item is one result of that item; named by two items, it is a result
	 * of both.
	 */
	add(item: number, input: Input): void {
		const group = this.groups.of(input);
		const ids = idsOf(input.recordIds);
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

	/** An item of which nothing can be known: it names no record, and fails by itself. */
	fail(item: number, failure: Failure): void {
		this.hasBadInput = true;
		const group = this.groups.of({ module: '', unblockFields: '' });
		this.named.push({ item, id: '', group, failure });
	}

	/**
	 * Takes in the records of a view, as many as the item asks for. Where they have not all been read, none
	 * of it is sent, and that is one result of the item.
	 */
	addView({ item, group, id: customView, limit, view, failure }: NamedView): void {
		const records = view?.records ?? [];
		const isWhole = records.length >= limit || view?.isRead === true;
		const why = failure ?? (isWhole ? undefined : view?.failure);
		if (why) this.hasBadInput = true;
		if (!isWhole || why) {
			this.named.push({ item, id: '', group, customView, ...(why && { failure: why }) });
			return;
		}
		for (const record of records.slice(0, limit)) {
			this.named.push({ item, id: record.id, group, shownAs: record });
			this.find(group, record.id);
		}
		if (records.length < limit) {
			const rest = view?.cutOff;
			if (rest) this.named.push({ item, id: '', group, customView, failure: rest });
		} else if (records.length > limit || view?.rest || view?.cutOff) {
			this.isCut = true;
		}
	}

	private find(group: Group, id: string): void {
		if (group.known.has(id)) {
			this.duplicates++;
		} else {
			group.known.add(id);
			this.found(group, id);
		}
	}
}

/** What a value names; something that cannot even be looked at is one problem, too. */
function idsOf(value: unknown): ReadId[] {
	try {
		return readIds(value);
	} catch (error) {
		const message = `The record IDs cannot be read: ${messageOf(error)}`;
		return [
			{ id: '', problem: notAnId(message, 'Have the node before this one give plain JSON.') },
		];
	}
}

/** What is named as an ID: one that can be sent, or a problem. */
interface ReadId {
	id: string;
	problem?: Failure;
	/** Nothing that could be an ID stands there. */
	isNothing?: boolean;
}

/**
 * The record IDs in one value of "Record IDs": one, a list in text, a JSON array as text, or an array of
 * these, however deep. Never none: a value in which nothing can be read is one problem.
 */
function readIds(value: unknown): ReadId[] {
	const ids: ReadId[] = [];
	// A list that holds itself, or another one twice, names no more than it does once.
	const seen = new Set<unknown>();
	const left = [value];
	while (left.length > 0) {
		const next = left.pop();
		const list = typeof next === 'string' ? (listIn(next) ?? next) : next;
		if (!Array.isArray(list)) {
			ids.push(...readOne(list));
		} else if (!seen.has(list)) {
			seen.add(list);
			const inside = Object.values(list);
			// The holes of a sparse array hold nothing, however many there are.
			if (inside.length < list.length || list.length === 0) inside.push(undefined);
			for (const one of inside.reverse()) left.push(one);
		}
	}
	if (ids.every(({ isNothing }) => isNothing)) return [ids[0] ?? noId('')];
	return ids;
}

/**
 * The list that a text holds as JSON; undefined where it holds none. Its numbers are read as they are
 * written: JSON.parse would cut their digits.
 */
function listIn(text: string): unknown[] | undefined {
	const trimmed = trimUnseen(text);
	if (!trimmed.startsWith('[') || isGrouped(trimmed)) return undefined;
	// A quote that nobody closes takes all that is left, or it would be looked for again and again.
	const quoted = trimmed.replace(/"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)|-?\d[\d.eE+-]*/g, (token) =>
		token.startsWith('"') ? token : `"${token}"`,
	);
	const list = parseJson(quoted);
	return Array.isArray(list) ? list : undefined;
}

/**
 * A number with its digits in groups, as spreadsheets write it: 2,423,488,000, or in India 2,42,34,88,000.
 * Of four groups and more.
 */
const GROUPED = String.raw`(?:zcrm_)?(?:\d{1,3}(?:[,\s]\s?\d{3}){3,}|\d{1,2}(?:[,\s]\s?\d{2}){2,}[,\s]\s?\d{3})`;
const IS_GROUPED = new RegExp(`^${GROUPED}$`, 'i');
const NAMES_IN_LINE = new RegExp(String.raw`\s*(?<![^,\s])${GROUPED}(?![^,\s])|[^,]+`, 'gi');

/** Whether a text is one such number, be it in brackets, in quotes or with a sign for money. */
const isGrouped = (text: string) =>
	IS_GROUPED.test(
		trimUnseen(text)
			.replace(/^[["'$]{1,2}/, '')
			.replace(/[\]"']{1,2}$/, ''),
	);

function readOne(value: unknown): ReadId[] {
	if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
		return [
			problemWith(String(value), `${value} arrived as a number, and ${LOSE_DIGITS}`, AS_TEXT),
		];
	}
	const isText = ['string', 'number', 'bigint'].includes(typeof value);
	if (!isText) return [{ ...noId(shown(value)), isNothing: true }];
	const names = String(value)
		.split(/[\r\n]/)
		.flatMap((line) => (isGrouped(line) ? [line] : (line.match(NAMES_IN_LINE) ?? [])))
		.map(trimUnseen)
		.filter((name) => name !== '');
	return names.length > 0 ? names.map(readName) : [{ ...noId(''), isNothing: true }];
}

/** More digits than any ID has: 19 today, with room for what is to come. */
const MOST_DIGITS = 25;

function readName(name: string): ReadId {
	// Zoho CRM's own exports write record IDs with this in front.
	const id = name.replace(/^zcrm_/i, '');
	if (!/^\d+$/.test(id)) return noId(name);
	if (id.length <= MOST_DIGITS) return { id };
	return problemWith(
		id,
		`${shortened(id)} has ${id.length} digits, and IDs have at most ${MOST_DIGITS}`,
	);
}

function noId(name: string): ReadId {
	if (name === '') return { id: '', problem: notAnId('The record ID is empty.') };
	if (isGrouped(name)) {
		return problemWith(name, `${name} is one number with its digits in groups`, AS_TEXT);
	}
	if (/^\d([.,]\d+)?e\+?\d+$/i.test(name)) {
		return problemWith(
			name,
			`${name} is a rounded number: a spreadsheet has cut its digits`,
			AS_TEXT,
		);
	}
	const odd = oddCharacterIn(name, () => false);
	const unseen = odd ? ` It holds a character that is not seen (${odd.place}).` : '';
	return {
		id: shortened(name),
		problem: notAnId(`"${shortened(name)}" is not a record ID.${unseen}`),
	};
}

const LOSE_DIGITS = 'numbers of this size lose digits';

const AS_TEXT =
	'Keep record IDs as text from their source on: as a string in JSON, as a text column in a table.';

const problemWith = (id: string, what: string, resolution?: string): ReadId => ({
	id: shortened(id),
	problem: notAnId(`The record ID ${what}.`, resolution),
});

const notAnId = (message: string, resolution?: string) =>
	failure('invalidRecordId', { message, ...(resolution ? { resolution } : {}) });

/** So much of a text as a person reads in a message. */
const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
