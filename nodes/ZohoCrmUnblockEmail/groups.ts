/** Which records may share calls: module and fields, as the items name them, checked. Pure. */
import { failure, type Failure } from '../zoho/failures';

/** Records that may share calls: the module is in the URL of a call, the fields are in its body. */
export interface Group {
	readonly module: string;
	readonly fields: readonly string[];
}

/** A group as it was named: with a `problem` where no call can be made for it. */
export interface NamedGroup extends Group {
	/** The records that were named so far. */
	readonly known: Set<string>;
	readonly problem: Failure | undefined;
}

/** The groups of a run: what is named in the same way is the same group. */
export class Groups {
	private readonly groups = new Map<string, NamedGroup>();

	/** The group of a module and fields, as n8n resolved them. */
	of(named: { module: unknown; unblockFields: unknown }): NamedGroup {
		const module = typeof named.module === 'string' ? named.module.trim() : '';
		const fields = readFields(named.unblockFields);
		const key = `${module}\n${fields}`;
		let group = this.groups.get(key);
		if (!group) {
			const problem = moduleProblem(module, named.module) ?? fieldsProblem(fields);
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

/** More parts of a value than this nobody reads in a message; one may hold itself, or another one twice. */
const MOST_PARTS = 1000;

const tooMuch = (): never => {
	throw new RangeError('too much to show');
};

/** What an expression yielded, for a message: as JSON, or by its type where JSON cannot hold it. */
export function shown(value: unknown): string {
	if (value === undefined || value === null) return '';
	let left = MOST_PARTS;
	try {
		const json = JSON.stringify(value, (_, part: unknown) => (left-- > 0 ? part : tooMuch()));
		return (json ?? typeof value).slice(0, 100);
	} catch {
		return typeof value;
	}
}
