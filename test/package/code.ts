/** Plays the Code nodes of a template: their very code, with as much of n8n as it asks for. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { textOf, type Template } from './templates';

type Item = INodeExecutionData;

// The same luxon as n8n gives to Code nodes.
const requireAsN8n = createRequire(require.resolve('n8n-workflow'));
const { DateTime } = requireAsN8n('luxon') as { DateTime: { now(): unknown } };

/** What a Code node is run with. */
export interface Around {
	/** What it gets. */
	input: Item[];
	/** What other nodes gave, by output. */
	nodes?: Record<string, Item[][]>;
	/** The file that its item holds. */
	file?: Buffer;
}

/** Items of these. */
export const items = (...jsons: object[]): Item[] =>
	jsons.map((json) => ({ json: json as IDataObject }));

/** The only node of a template with this name. Throws where there is none. */
export function nodeOf(file: string, name: string) {
	const { nodes } = JSON.parse(textOf(file)) as Template;
	const node = nodes.find((candidate) => candidate.name === name);
	if (!node) throw new Error(`${file} has no node "${name}"`);
	return node;
}

/** Runs a Code node. A file that it makes is in `binary.data.data` of its item, in Base64. */
export async function playCode(file: string, name: string, around: Around): Promise<Item[]> {
	const { input, nodes = {}, file: bytes = Buffer.alloc(0) } = around;
	const access = (outputs: Item[][]) => ({
		all: (output = 0) => outputs[output] ?? [],
		first: (output = 0) => outputs[output]?.[0],
	});
	const helpers = {
		getBinaryDataBuffer: async () => await Promise.resolve(bytes),
		prepareBinaryData: async (data: Buffer, fileName: string) =>
			await Promise.resolve({ data: data.toString('base64'), mimeType: 'text/csv', fileName }),
	};
	const scope = {
		$input: access([input]),
		$: (other: string) => access(nodes[other] ?? []),
		$now: DateTime.now(),
		DateTime,
	};
	return await compiled(file, name)(...Object.values(scope), helpers);
}

type Run = (...scope: unknown[]) => Promise<Item[]>;
const runs = new Map<string, Run>();

function compiled(file: string, name: string): Run {
	const key = `${file}: ${name}`;
	const known = runs.get(key);
	if (known) return known;
	const code = String(nodeOf(file, name).parameters.jsCode);
	const names = ['$input', '$', '$now', 'DateTime', 'helpers'];
	const run = vm.compileFunction(
		`return (async function () {${code}\n}).call({ helpers })`,
		names,
	) as Run;
	runs.set(key, run);
	return run;
}
