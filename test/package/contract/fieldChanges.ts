/** What changed of parameters, options and the fields of a credential, and for whom. Pure. */
import { added, keys, lost, type Change } from './change';
import type { Field, Fields, NodeVersion } from './contract';

/** Where fields are, in the words of a sentence. */
export interface Place {
	whose: 'Workflows' | 'Credentials';
	kind: 'parameter' | 'option' | 'field';
	/** The node or the credential. */
	of: string;
	/** What takes a parameter's place where the node is a tool. */
	tool?: NodeVersion['tool'];
}

export function fieldChanges(place: Place, before: Fields, after: Fields): Change[] {
	return keys(before, after).flatMap((name) => {
		const [was, is] = [before[name], after[name]];
		if (!was) return is ? [newField(place, name, after)] : [];
		const what = `the ${place.kind} "${was.label}" (${name}) of ${place.of}`;
		if (!is) {
			const gone = `that set ${what} lose it: nothing is called ${name} any more.`;
			return [lost(`${place.whose} ${gone}${renamed(was, before, after)}`)];
		}
		const broken = [...valueChanges(what, was, is), ...rangeChanges(what, was, is)];
		if (!isStillShown(place, name, before, after)) {
			const why = 'it is shown under other conditions now, and n8n gives a node only what it shows';
			broken.push(`that set ${what} may lose it: ${why}`);
		}
		return [
			...broken.map((sentence) => lost(`${place.whose} ${sentence}.`)),
			...additions(`T${what.slice(1)}`, name, was, is),
		];
	});
}

/** What looks like a lost field under another name. */
function renamed(was: Field, before: Fields, after: Fields): string {
	const shape = (field: Field) => JSON.stringify({ ...field, label: '' });
	const twins = Object.keys(after).filter(
		(name) => !before[name] && shape(after[name]!) === shape(was),
	);
	return twins.length === 1
		? ` ${twins[0]} is new and just like it, but n8n carries no value over.`
		: '';
}

function newField({ whose, kind, of }: Place, name: string, fields: Fields): Change {
	const { label, required, default: value, ...field } = fields[name]!;
	const what = `the ${kind} "${label}" (${name})`;
	const isShown = Object.entries(field.shownWith ?? {}).every(([other, values]) =>
		values.includes(fields[other]?.default),
	);
	// n8n checks the parameters of a node before it runs it, and no field of a credential.
	if (whose === 'Workflows' && required && isShown && isEmpty(value)) {
		return lost(
			`Workflows with ${of} do not start: it has ${what} now, which is required and empty in all of them.`,
		);
	}
	return added(`${of} has ${what} now.`, label, `\`${name}\``);
}

function isEmpty(value: unknown): boolean {
	if (typeof value === 'object' && value !== null && 'value' in value) return isEmpty(value.value);
	return value === '' || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** What no longer holds of the value, as the end of a sentence on whose it is. */
function valueChanges(what: string, was: Field, is: Field): string[] {
	if (was.type !== is.type) {
		const takes = `a value of the type ${was.type}, and it takes the type ${is.type} now`;
		return [`that set ${what} hold ${takes}`];
	}
	const broken: string[] = [];
	const [old, now] = [was.default, is.default].map((value) => JSON.stringify(value));
	if (old !== now) {
		const why = `n8n stores no default, and it was ${old} and is ${now} now`;
		broken.push(`that leave ${what} as it is do something else: ${why}`);
	}
	for (const [value, label] of Object.entries(was.choices ?? {})) {
		if (is.choices && value in is.choices) continue;
		broken.push(`in which ${what} is "${label}" (${value}) fail: that is no choice any more`);
	}
	for (const mode of was.modes ?? []) {
		if (is.modes?.includes(mode)) continue;
		const why = 'there is no such mode any more';
		broken.push(`in which ${what} is filled in by the mode "${mode}" fail: ${why}`);
	}
	return broken;
}

/** The same of what is allowed. */
function rangeChanges(what: string, was: Field, is: Field): string[] {
	const { min = -Infinity, max = Infinity } = is;
	const [less, more] = [min > (was.min ?? -Infinity), max < (was.max ?? Infinity)];
	const isNew = (name: 'wholeNumber' | 'required' | 'withoutExpressions') => is[name] && !was[name];
	return [
		...(less ? [`in which ${what} is less than ${min} fail: that is the least now`] : []),
		...(more ? [`in which ${what} is more than ${max} fail: that is the most now`] : []),
		...(isNew('wholeNumber')
			? [`in which ${what} is no whole number fail: it has to be one now`]
			: []),
		...(isNew('required') ? [`that leave ${what} empty do not start: it is required now`] : []),
		...(isNew('withoutExpressions')
			? [`in which ${what} is an expression get its text: it takes none any more`]
			: []),
	];
}

/** What a field takes that it did not take before. */
function additions(what: string, name: string, was: Field, is: Field): Change[] {
	const isWider = rangeChanges('', is, was).length > 0;
	return [
		...Object.entries(is.choices ?? {})
			.filter(([value]) => !(value in (was.choices ?? {})))
			.map(([value, label]) =>
				added(`${what} can be "${label}" (${value}) now.`, label, `\`${value}\``),
			),
		...(is.modes ?? [])
			.filter((mode) => !was.modes?.includes(mode))
			.map((mode) => added(`${what} can be filled in by the mode "${mode}" now.`, is.label)),
		...(isWider ? [added(`${what} takes more than it did.`, is.label, `\`${name}\``)] : []),
	];
}

/** Whether a field is shown wherever it was: with fields that are new as they are by default. */
function isStillShown({ tool = {} }: Place, name: string, before: Fields, after: Fields): boolean {
	const [was, is] = [before[name]!, after[name]!];
	const holdsAll = (more: unknown[], fewer: unknown[]) =>
		fewer.every((value) => more.includes(value));
	const isNew = (other: string) => !(other in before) && other in after;
	const shown = Object.entries(is.shownWith ?? {}).every(([other, values]) => {
		const old = was.shownWith?.[other];
		return old ? holdsAll(values, old) : isNew(other) && values.includes(after[other]?.default);
	});
	const hidden = Object.entries(is.hiddenWith ?? {}).some(([other, values]) => {
		if (other === '@tool' && name in tool) return false;
		const old = was.hiddenWith?.[other];
		return old ? !holdsAll(old, values) : !isNew(other) || values.includes(after[other]?.default);
	});
	return shown && !hidden;
}
