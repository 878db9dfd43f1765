/**
 * Plays the template of the desk itself on a clock of its own: its nodes in their order, their
 * parameters and expressions, the very code of its Code nodes. What n8n does between them is done here
 * as simply as the template needs it; the end-to-end test runs the same in a real n8n.
 */
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import type { Tables } from './tables';

const FILE = path.resolve(__dirname, '../../examples/do-not-mail-desk.json');
const { nodes, connections } = JSON.parse(readFileSync(FILE, 'utf8')) as {
	nodes: INode[];
	connections: IConnections;
};
const byName = new Map(nodes.map((node) => [node.name, node]));

// The same luxon as n8n gives to expressions and Code nodes.
const requireAsN8n = createRequire(require.resolve('n8n-workflow'));
const { DateTime, Settings } = requireAsN8n('luxon') as {
	DateTime: { fromMillis(ms: number, options: { zone: string }): unknown };
	Settings: { now: () => number };
};

interface Field {
	fieldLabel: string;
	fieldOptions: { values: Array<{ option: string }> };
}

export interface Item extends IDataObject {
	json: IDataObject;
}

/** What is outside of the workflow. */
export interface World {
	/** ms since 1970, by every clock there is. */
	now: number;
	tables: Tables;
	/** The text of the file that a person uploads, and the column that they choose of those offered. */
	file: string;
	choose(options: readonly string[]): string;
	/** Our own node: outcomes of both outputs, or undefined where n8n was killed meanwhile. */
	move(items: readonly IDataObject[]): [IDataObject[], IDataObject[]] | undefined;
}

const SCOPE = ['$', '$input', '$json', '$now', 'DateTime', 'Date'];
let clock: { now: number; scope: unknown[] } = { now: NaN, scope: [] };
/** Expressions, cut into text and code. */
const partsOf = new Map<string, string[]>();
const fixed = new WeakMap<object, boolean>();
const compiled = new Map<string, (...scope: unknown[]) => unknown>();

function evaluate(code: string, scope: unknown[]): unknown {
	let run = compiled.get(code);
	if (!run) {
		run = vm.compileFunction(code, SCOPE) as typeof run & object;
		compiled.set(code, run);
	}
	return run(...scope);
}

/** One execution, from a trigger on. */
export class Run {
	private readonly outputs = new Map<string, Item[]>();

	constructor(private readonly world: World) {}

	/** What a node gave, of all its outputs. */
	of(node: string): IDataObject[] {
		return (this.outputs.get(node) ?? []).map(({ json }) => json);
	}

	/**
	 * Runs the node and all that follow; stops before each of them, so that it can be left there, as a
	 * kill leaves it, or another run can come between.
	 */
	*from(name: string, items: Item[] = [{ json: {} }]): Generator<string, void> {
		yield name;
		const outputs = this.run(this.node(name), items);
		if (!outputs) return;
		this.outputs.set(name, outputs.flat());
		const wires = connections[name]?.main ?? [];
		const [joined] = wires.map((targets) => targets?.[0]?.node);
		// Both outputs of our node lead into one Merge: it waits for both.
		const isJoined = joined !== undefined && this.node(joined).type.endsWith('.merge');
		const ways = isJoined ? [outputs.flat()] : outputs;
		for (const [index, way] of ways.entries()) {
			for (const { node } of way.length > 0 ? (wires[index] ?? []) : [])
				yield* this.from(node, way);
		}
	}

	private node(name: string): INode {
		const node = byName.get(name);
		if (!node) throw new Error(`The template has no node "${name}"`);
		return node;
	}

	/** The items of each output; undefined where n8n was killed in the middle. */
	private run(node: INode, items: Item[]): Item[][] | undefined {
		const kind = node.type.split('.')[1] ?? '';
		const resolved = (item: Item) =>
			resolve(node.parameters, this.scope(items, item)) as IDataObject;
		switch (kind) {
			case 'dataTable': {
				const used = node.executeOnce === true ? items.slice(0, 1) : items;
				const given = used.flatMap((item) => this.world.tables.run(resolved(item), item.json));
				const isQuiet = given.length === 0 && node.alwaysOutputData === true;
				return [(isQuiet ? [{}] : given).map((json) => ({ json }))];
			}
			case 'code': {
				const given = evaluate(String(node.parameters.jsCode), this.scope(items));
				return [structuredClone(given as Item[])];
			}
			case 'set':
				return [[{ json: JSON.parse(String(resolved(items[0]!).jsonOutput)) as IDataObject }]];
			case 'if': {
				const isTrue = items.map((item) => holds(resolved(item)));
				return [true, false].map((way) => items.filter((_, index) => isTrue[index] === way));
			}
			case 'zohoCampaignsDoNotMail':
				return this.world
					.move(items.map(({ json }) => json))
					?.map((jsons) => jsons.map((json) => ({ json })));
			case 'extractFromFile':
				return [[{ json: { text: this.world.file } }]];
			case 'form':
				return [[{ json: this.show(resolved(items[0]!)) }]];
			default:
				return [items];
		}
	}

	/** A page of the form: what a person answers, or what an ending shows. */
	private show({
		operation,
		jsonOutput,
		completionTitle,
		completionMessage,
	}: IDataObject): IDataObject {
		if (operation === 'completion') return { title: completionTitle, message: completionMessage };
		const [field] = JSON.parse(String(jsonOutput)) as Field[];
		const options = field!.fieldOptions.values.map(({ option }) => option);
		return { [field!.fieldLabel]: this.world.choose(options) };
	}

	private scope(items: Item[], item: Item = items[0]!): unknown[] {
		const access = (of: Item[]) => ({ all: () => of, first: () => of[0] });
		const $ = (name: string) => access(this.outputs.get(name) ?? []);
		return [$, access(items), item.json, ...clockAt(this.world.now)];
	}
}

/** `$now`, `DateTime` and `Date`, as they are at a moment. */
function clockAt(now: number): unknown[] {
	if (now === clock.now) return clock.scope;
	Settings.now = () => now;
	class Clock extends Date {
		constructor(given: number | string = now) {
			super(given);
		}
		static override now = () => now;
	}
	clock = { now, scope: [DateTime.fromMillis(now, { zone: 'utc' }), DateTime, Clock] };
	return clock.scope;
}

/** Parameters with their expressions evaluated, as n8n does for each item. */
function resolve(value: unknown, scope: unknown[]): unknown {
	if (typeof value === 'string') return value.startsWith('=') ? filled(value, scope) : value;
	if (typeof value !== 'object' || value === null || isFixed(value)) return value;
	if (Array.isArray(value)) return value.map((one) => resolve(one, scope));
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolve(one, scope)]));
}

/** Whether a part of the parameters holds no expression, so that it need not be looked through again. */
function isFixed(part: object): boolean {
	const known = fixed.get(part) ?? !JSON.stringify(part).includes('"=');
	fixed.set(part, known);
	return known;
}

function filled(text: string, scope: unknown[]): unknown {
	const parts = partsOf.get(text) ?? text.slice(1).split(/\{\{([\s\S]*?)\}\}(?=[^}]|$)/);
	partsOf.set(text, parts);
	const given = parts.map((part, i) => (i % 2 === 1 ? evaluate(`return (${part})`, scope) : part));
	return given.length === 3 && given[0] === '' && given[2] === '' ? given[1] : given.join('');
}

/** Whether the conditions of an If node hold, all of them. */
function holds({ conditions }: IDataObject): boolean {
	const { conditions: all } = conditions as {
		conditions: Array<{ leftValue: unknown; operator: { operation: string } }>;
	};
	return all.every(({ leftValue, operator: { operation } }) => {
		if (operation === 'true') return leftValue === true;
		if (operation === 'empty') return leftValue === '';
		if (operation === 'notEmpty') return leftValue !== '';
		throw new Error(`The condition "${operation}" is not played`);
	});
}
