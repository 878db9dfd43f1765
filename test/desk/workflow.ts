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
import { attempt, textOf, type Binary, type readCsv, type readWorkbook } from './files';
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

export interface Item {
	json: IDataObject;
	/** Files by their field, as n8n keeps them beside the json. */
	binary?: Record<string, Binary>;
}

/** What is outside of the workflow. */
export interface World {
	/** ms since 1970, by every clock there is. */
	now: number;
	tables: Tables;
	/** What a page of the form says above its fields. */
	described: string;
	/** Reads the rows of a CSV as n8n does. Throws where it cannot. */
	readCsv: typeof readCsv;
	/** Reads the rows of a workbook as n8n does. Throws where it cannot. */
	readWorkbook: typeof readWorkbook;
	/** The column that a person chooses of those offered. */
	choose(options: readonly string[]): string;
	/** Our own node: what came of the items, or undefined where n8n was killed meanwhile. */
	move(items: readonly IDataObject[]): IDataObject[] | undefined;
}

const SCOPE = [
	'$',
	'$input',
	'$json',
	'$now',
	'DateTime',
	'Date',
	'Buffer',
	'TextDecoder',
	'$workflow',
];
let clock: { now: number; scope: unknown[] } = { now: NaN, scope: [] };
const WORKFLOW = { id: 'desk' };
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
	/** What the node that ran last gave, by output: what a sub-workflow returns. */
	private last: Item[][] = [];
	/** What *Stop and Error* said, where the run ended red. */
	red: string | undefined;

	constructor(private readonly world: World) {}

	/** What a node gave, of all its outputs. */
	of(node: string): IDataObject[] {
		return (this.outputs.get(node) ?? []).map(({ json }) => json);
	}

	/** How many items this execution holds: what n8n would keep while it waits for a person. */
	get held(): number {
		return [...this.outputs.values()].reduce((sum, items) => sum + items.length, 0);
	}

	/**
	 * Runs the node and all that follow, those of the sub-workflows as well; stops before each of them,
	 * so that it can be left there, as a kill leaves it, or another run can come between.
	 */
	*from(name: string, items: Item[] = [{ json: {} }]): Generator<string, void> {
		if (this.red !== undefined) return;
		yield name;
		const node = this.node(name);
		const outputs = node.type.endsWith('.executeWorkflow')
			? yield* this.runSubWorkflow(node, items)
			: this.run(node, items);
		if (!outputs) return;
		this.outputs.set(name, outputs.flat());
		this.last = outputs;
		const wires = connections[name]?.main ?? [];
		for (const [index, way] of outputs.entries()) {
			for (const { node } of way.length > 0 ? (wires[index] ?? []) : [])
				yield* this.from(node, way);
		}
	}

	private node(name: string): INode {
		const node = byName.get(name);
		if (!node) throw new Error(`The template has no node "${name}"`);
		return node;
	}

	/** The desk calls itself: n8n begins at the trigger for that, and returns what the last node gives. */
	private *runSubWorkflow(node: INode, items: Item[]): Generator<string, Item[][]> {
		const trigger = nodes.find(({ type }) => type.endsWith('.executeWorkflowTrigger'));
		if (!trigger) throw new Error('The template has no trigger for other workflows');
		const run = new Run(this.world);
		const { workflowId, workflowInputs } = resolve(node.parameters, this.scope(items)) as {
			workflowId: { value: string };
			workflowInputs: { value: IDataObject };
		};
		if (workflowId.value !== WORKFLOW.id) throw new Error('It calls another workflow');
		const given = items.map((item) => ({
			...item,
			json: { ...item.json, ...workflowInputs.value },
		}));
		const steps = run.from(trigger.name, given);
		for (;;) {
			const step = attempt(() => steps.next());
			if (step instanceof Error) return [[{ json: toldOf(step, node) }]];
			if (step.done === true) return [run.last[0] ?? []];
			yield step.value;
		}
	}

	/** The items of each output; undefined where n8n was killed in the middle. */
	private run(node: INode, given: Item[]): Item[][] | undefined {
		const outputs = this.execute(node, node.executeOnce === true ? given.slice(0, 1) : given);
		const isQuiet = node.alwaysOutputData === true && outputs?.flat().length === 0;
		return isQuiet ? [[{ json: {} }]] : outputs;
	}

	private execute(node: INode, items: Item[]): Item[][] | undefined {
		const kind = node.type.split('.')[1] ?? '';
		const resolved = (item: Item) =>
			resolve(node.parameters, this.scope(items, item)) as IDataObject;
		switch (kind) {
			case 'dataTable': {
				const given = items.flatMap((item) => this.useTable(node, resolved(item), item.json));
				return [given.map((json) => ({ json }))];
			}
			case 'code': {
				const given = evaluate(String(node.parameters.jsCode), this.scope(items)) as Item[];
				// As the task runner hands it over: plain data, and references to files.
				return [given.map((item) => ({ ...item, json: structuredClone(item.json) }))];
			}
			case 'set':
				return [[set(items[0]!, resolved(items[0]!))]];
			case 'if': {
				const isTrue = items.map((item) => holds(resolved(item)));
				return [true, false].map((way) => items.filter((_, index) => isTrue[index] === way));
			}
			case 'switch': {
				const ways = items.map((item) => Number(resolved(item).output));
				const { numberOutputs } = node.parameters;
				return Array.from({ length: Number(numberOutputs) }, (_, way) =>
					items.filter((_item, index) => ways[index] === way),
				);
			}
			case 'aggregate':
				return [[{ json: aggregated(items, resolved(items[0]!)) }]];
			case 'zohoCampaignsDoNotMail': {
				const moved = this.world.move(items.map(({ json }) => json));
				return moved && [moved.map((json) => ({ json }))];
			}
			case 'stopAndError':
				this.red = String(resolved(items[0]!).errorMessage);
				return undefined;
			case 'respondToWebhook':
				return [[{ json: resolved(items[0]!) }]];
			case 'extractFromFile':
				return [this.extract(node, items[0]!, resolved(items[0]!))];
			case 'convertToFile':
				return [[converted(items[0]!, resolved(items[0]!))]];
			case 'form':
				return [[{ json: this.show(resolved(items[0]!)) }]];
			default:
				return [items];
		}
	}

	private useTable(node: INode, parameters: IDataObject, item: IDataObject): IDataObject[] {
		const given = attempt(() => this.world.tables.run(parameters, item));
		return given instanceof Error ? [toldOf(given, node)] : given;
	}

	/** What n8n's Extract from File gives: all text of a file in one item, or an item for each row. */
	private extract(node: INode, item: Item, parameters: IDataObject): Item[] {
		const { binary } = item;
		const { operation, binaryPropertyName, destinationKey, options } = parameters;
		const file = binary?.[String(binaryPropertyName)];
		if (!file) throw new Error(`This operation expects the node's input data to contain a file`);
		if (operation === 'text') {
			const { encoding, keepSource } = options as { encoding?: string; keepSource?: string };
			const json = { [String(destinationKey)]: textOf(file, encoding) };
			return [keepSource === 'binary' && binary ? { json, binary } : { json }];
		}
		if (operation === 'xlsx') {
			const cells = attempt(() => this.world.readWorkbook(file, options as IDataObject));
			if (cells instanceof Error) return [{ json: toldOf(cells, node) }];
			return cells.map((row) => ({ json: { row } }));
		}
		if (operation !== 'csv') throw new Error(`The operation "${String(operation)}" is not played`);
		const rows = attempt(() => this.world.readCsv(file, options as IDataObject));
		if (rows instanceof Error) return [{ json: toldOf(rows, node) }];
		return rows.map((row) => ({ json: { row } }));
	}

	/** A page of the form: what a person answers, or what an ending shows. */
	private show({ operation, jsonOutput, responseText, options: shown }: IDataObject): IDataObject {
		if (operation === 'completion') {
			const html = String(responseText);
			return { title: /<h1.*?>(.*?)<\/h1>/.exec(html)?.[1], message: html };
		}
		this.world.described = String((shown as IDataObject).formDescription);
		const [field] = JSON.parse(String(jsonOutput)) as Field[];
		const options = field!.fieldOptions.values.map(({ option }) => option);
		return { [field!.fieldLabel]: this.world.choose(options) };
	}

	private scope(items: Item[], item: Item = items[0]!): unknown[] {
		const access = (of: Item[]) => ({ all: () => of, first: () => of[0] });
		const $ = (name: string) => ({
			...access(this.outputs.get(this.node(name).name) ?? []),
			isExecuted: this.outputs.has(name),
		});
		return [$, access(items), item.json, ...clockAt(this.world.now), Buffer, TextDecoder, WORKFLOW];
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

/** What a node that failed hands on, where it is set to go on all the same. */
function toldOf(error: Error, { onError }: INode): IDataObject {
	if (onError !== 'continueRegularOutput') throw error;
	return { error: error.message };
}

function converted({ json }: Item, parameters: IDataObject): Item {
	const { operation, sourceProperty, binaryPropertyName, options } = parameters;
	if (operation !== 'toText') throw new Error(`The operation "${String(operation)}" is not played`);
	const { fileName = 'file.txt' } = options as { fileName?: string };
	const bytes = Buffer.from(String(json[String(sourceProperty)]));
	return { json: {}, binary: { [String(binaryPropertyName)]: { fileName, bytes } } };
}

/** A Set node: what its expression gives, or its text as JSON, and the fields of its input where it is set so. */
function set({ json, binary }: Item, parameters: IDataObject): Item {
	const { jsonOutput = '{}', includeOtherFields } = parameters;
	const text = typeof jsonOutput === 'object' ? JSON.stringify(jsonOutput) : String(jsonOutput);
	const fields = JSON.parse(text) as IDataObject;
	if (includeOtherFields !== true) return { json: fields };
	return { json: { ...json, ...fields }, ...(binary && { binary }) };
}

/** As n8n's Aggregate does: a list of what stands in a field of all items that have it. */
function aggregated(items: Item[], { fieldsToAggregate }: IDataObject): IDataObject {
	const { fieldToAggregate } = fieldsToAggregate as {
		fieldToAggregate: Array<{ fieldToAggregate: string; outputFieldName: string }>;
	};
	const lists = fieldToAggregate.map(({ fieldToAggregate: path, outputFieldName }) => {
		const [, field = '', index] = /^(\w+)(?:\[(\d+)\])?$/.exec(path) ?? [];
		const held = items.map(({ json }) =>
			index === undefined ? json[field] : (json[field] as unknown[] | undefined)?.[Number(index)],
		);
		return [outputFieldName, held.filter((one) => one !== undefined && one !== null)];
	});
	return Object.fromEntries(lists) as IDataObject;
}
