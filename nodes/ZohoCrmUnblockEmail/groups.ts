/** The records that may share calls: module and fields, as the items name them, checked. Pure. */
import { shown } from '../run/words';
import { failure, type Failure } from '../zoho/failures';
import { Outcomes, type Ways } from './outcomes';
import { Isolation, type Sizing } from './search/isolation';
import { ShareOfBad } from './search/share';

/** So many single records, and so many calls in all, must be refused for all to be given up. */
const SINGLES = 3;
const REFUSALS = SINGLES + 1;

/**
 * Whether the refusals that nobody has listed are about single records of a group, or about all. An
 * unknown NOT_ALLOWED, or a missing permission, may be either. So single records go next, one after the
 * other: one that is let in says that it is about records; three that are refused, of four calls or
 * more, say that it is about all.
 */
class Verdict {
	/** So many single records were refused before it was known. */
	singles = 0;
	/** And so were so many batches. */
	batches = 0;
	/** It is known that refusals are about single records. */
	isOfRecords = false;

	/** Whether it has to be found out. */
	get isOpen(): boolean {
		return this.singles + this.batches > 0 && !this.isOfRecords;
	}

	/**
	 * A call was refused for a reason that nobody has listed.
	 *
	 * @returns whether every call would be
	 */
	refused(isSingle: boolean): boolean {
		if (isSingle) this.singles++;
		else this.batches++;
		return this.singles >= SINGLES && this.singles + this.batches >= REFUSALS;
	}
}

/** Records that may share calls: the module is in the URL of a call, the fields are in its body. */
export class Group {
	/** The records that were named so far. */
	readonly known = new Set<string>();
	readonly verdict = new Verdict();
	/** Why every call would fail, once one has: what was not sent is kept back. */
	refusal: Failure | undefined;

	/** @param problem where no call can be made for it */
	constructor(
		readonly module: string,
		readonly fields: readonly string[],
		readonly problem: Failure | undefined,
		readonly search: Isolation<Failure>,
		readonly outcomes: Outcomes,
	) {}
}

export interface GroupSettings {
	/** The most records in a call. */
	batchSize: number;
	alreadyUnblocked: 'success' | 'error';
}

/** The groups of a run: what is named in the same way is the same group. */
export class Groups {
	readonly ways: Ways = { refusesWhole: false };
	readonly sizing: Sizing;
	private readonly groups = new Map<string, Group>();

	constructor(private readonly settings: GroupSettings) {
		this.sizing = { most: settings.batchSize, share: new ShareOfBad() };
	}

	/** The group of a module and fields, as n8n resolved them. */
	of(named: { module: unknown; unblockFields: unknown }): Group {
		const module = typeof named.module === 'string' ? named.module.trim() : '';
		const fields = readFields(named.unblockFields);
		const key = `${module}\n${fields}`;
		let group = this.groups.get(key);
		if (!group) {
			const problem = moduleProblem(module, named.module) ?? fieldsProblem(fields);
			const search = new Isolation<Failure>(this.sizing);
			const outcomes = new Outcomes(this.settings.alreadyUnblocked, this.ways);
			group = new Group(module, fields, problem, search, outcomes);
			this.groups.set(key, group);
		}
		return group;
	}

	get all(): Iterable<Group> {
		return this.groups.values();
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
