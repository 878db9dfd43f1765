import type { IDataObject } from 'n8n-workflow';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CREDENTIAL_TYPE } from '../../nodes/n8n/transport';
import { failure, type Reason } from '../../nodes/zoho/failures';
import {
	folder,
	files,
	textOf,
	type Template,
	everyNode,
	OUR_NODES,
	isOurs,
	isNote,
	isLoop,
	isShown,
	wires,
	areaOf,
	overlap,
} from './templates';

test('the list of templates names every file, and no other', () => {
	const listed = [...textOf('README.md').matchAll(/^- \[(.+?)\]\((.+?)\): /gm)];

	expect(listed.map(([, , link]) => link).sort()).toEqual(files.sort());
	for (const [, text, link] of listed) expect(text).toBe(link);
});

test('no two nodes have the same id, also not in two templates', () => {
	const ids = everyNode.flatMap(({ id, webhookId }) => [id, webhookId ?? []].flat());

	expect(new Set(ids).size).toBe(ids.length);
	for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test('a type of node has the same version in all templates', () => {
	const versions = new Map<string, Set<number>>();
	for (const { type, typeVersion } of everyNode) {
		versions.set(type, (versions.get(type) ?? new Set()).add(typeVersion));
	}

	expect([...versions].filter(([, used]) => used.size > 1)).toEqual([]);
});

test('no template looks for a table by name, which n8n finds by a part of it', () => {
	const tables = everyNode.filter(({ type }) => type === 'n8n-nodes-base.dataTable');
	const byName = tables.filter(
		({ parameters }) => (parameters.dataTableId as IDataObject | undefined)?.mode === 'name',
	);

	expect(byName.map(({ name }) => name)).toEqual([]);
});

test('a template that reads more than 1,000 rows of a table reads them in the order of their own IDs', () => {
	const reading = everyNode.filter(
		({ type, parameters }) =>
			type === 'n8n-nodes-base.dataTable' &&
			parameters.resource === 'row' &&
			parameters.operation === 'get' &&
			!(Number(parameters.limit ?? 50) <= 1000),
	);

	for (const { parameters } of reading) {
		expect(parameters).toMatchObject({ orderBy: true, orderByColumn: 'id' });
	}
});

test('what n8n 3 does otherwise is in no template', () => {
	// "Always Output Data" on a node with several outputs; a sub-workflow once for each item.
	const several = ['if', 'switch', 'splitInBatches'].map((type) => `n8n-nodes-base.${type}`);
	const odd = everyNode.filter(
		({ type, alwaysOutputData, onError }) =>
			alwaysOutputData === true && (onError === 'continueErrorOutput' || several.includes(type)),
	);

	expect(odd.map(({ name }) => name)).toEqual([]);
	const subWorkflows = everyNode.filter(({ type }) => type === 'n8n-nodes-base.executeWorkflow');
	for (const { parameters } of subWorkflows) {
		expect(parameters.mode ?? 'once').toBe('once');
		expect(parameters.source).toBe('database');
	}
});

describe.each(files)('%s', (file) => {
	const text = textOf(file);
	const template = JSON.parse(text) as Template;
	const { nodes, connections } = template;
	const byName = new Map(nodes.map((node) => [node.name, node]));
	const ours = nodes.filter(isOurs);
	const notes = nodes.filter(isNote);

	it('is a workflow that n8n imports: switched off, nothing pinned, current order of execution', () => {
		expect(template).toEqual({
			name: expect.stringMatching(/^[A-Z]/),
			nodes: expect.any(Array),
			pinData: {},
			connections: expect.any(Object),
			active: false,
			// The desk runs every 20 seconds: kept executions would fill n8n's database.
			settings: {
				executionOrder: 'v1',
				...(file === 'do-not-mail-desk.json' && { saveDataSuccessExecution: 'none' }),
			},
		});
	});

	it('gives every node a name of its own, a type, a version and a place', () => {
		expect(byName.size).toBe(nodes.length);
		for (const { type, typeVersion, position } of nodes) {
			expect(type).toMatch(/^n8n-nodes-(base|zoho-email-hygiene)\.[a-zA-Z]+$/);
			expect(typeVersion).toBeGreaterThanOrEqual(1);
			expect(position).toEqual([expect.any(Number), expect.any(Number)]);
		}
	});

	it('connects nodes that are there, and leaves none alone but the notes', () => {
		const connected = wires(template).flatMap(({ from, to }) => [from, to]);

		expect([...new Set(connected)].sort()).toEqual(
			nodes
				.filter((node) => !isNote(node))
				.map(({ name }) => name)
				.sort(),
		);
	});

	it('is read from left to right, with nothing on top of another', () => {
		const areas = nodes.map(areaOf);
		const covered = areas.flatMap((one, index) =>
			areas
				.slice(index + 1)
				.filter((other) => overlap(one, other))
				.map((other) => `${one.name} and ${other.name}`),
		);

		expect(covered).toEqual([]);
		for (const { from, to } of wires(template)) {
			const [source, target] = [byName.get(from), byName.get(to)];
			if (!source || !target) throw new Error(`${from} or ${to} is not there`);
			// A loop is what leads back.
			if (!isLoop(target)) expect(target.position[0]).toBeGreaterThan(source.position[0]);
		}
	});

	it('explains itself in notes, and says which credential to choose', () => {
		const [first] = notes.map(({ parameters }) => String(parameters.content));

		expect(notes.length).toBeGreaterThan(1);
		expect(first).toMatch(/^## /);
		expect(first).toContain('choose your credential');
		for (const { parameters } of notes) expect(String(parameters.content)).toMatch(/^###? .+\n/);
	});

	it('names in its notes only nodes of its own that are there, or of n8n', () => {
		const named = notes.flatMap(({ parameters }) => [
			...String(parameters.content).matchAll(/\*(Zoho C[^*]+)\*/g),
		]);
		const known = ['Zoho CRM', 'Zoho CRM Unblock Email', 'Zoho Campaigns Do-Not-Mail'];

		for (const [, name] of named) expect(known).toContain(name);
	});

	it('hands on what failed, by the error branch or in its place, and does something with it', () => {
		expect(ours).not.toEqual([]);
		// The desk reads what came of its batch in one node: an error branch would come to it as a run of its own.
		const isInPlace = file === 'do-not-mail-desk.json';
		for (const { name, onError } of ours) {
			expect(onError).toBe(isInPlace ? 'continueRegularOutput' : 'continueErrorOutput');
			const [done, failed] = connections[name]?.main ?? [];
			expect(done?.length).toBeGreaterThan(0);
			if (!isInPlace) expect(failed?.length).toBeGreaterThan(0);
		}
	});

	it('sets only parameters and options that our nodes have, and every required one', () => {
		for (const { type, typeVersion, parameters } of ours) {
			const { PROPERTIES = [], OPTIONS = [] } = OUR_NODES[type] ?? {};
			expect(typeVersion).toBe(1);
			for (const name of Object.keys(parameters)) {
				expect(PROPERTIES.map((property) => property.name)).toContain(name);
			}
			for (const property of PROPERTIES.filter(({ required }) => required)) {
				if (isShown(property, parameters, PROPERTIES)) {
					expect(parameters[property.name]).toBeTruthy();
				}
			}
			for (const [name, value] of Object.entries(parameters.options as IDataObject)) {
				const option = OPTIONS.find((property) => property.name === name);
				const choices = (option?.options ?? []).flatMap((choice) =>
					'value' in choice ? [choice.value] : [],
				);
				expect(option).toBeDefined();
				if (option?.type === 'options') expect(choices).toContain(value);
			}
		}
	});

	it('takes all of a custom view or of campaigns, and says so', () => {
		const lists = ours.filter(
			({ parameters }) =>
				parameters.recordsFrom === 'customView' || parameters.addressesFrom === 'campaigns',
		);

		for (const { parameters } of lists) expect(parameters.returnAll).toBe(true);
	});

	it('leaves the credential to choose: the name that n8n gives the first one, and no id', () => {
		for (const node of nodes) {
			expect(node.credentials).toEqual(
				isOurs(node)
					? { [CREDENTIAL_TYPE]: { id: null, name: 'Zoho Email Hygiene account' } }
					: undefined,
			);
		}
		expect(text).not.toMatch(/secret|token|password|authorization|instanceId/i);
	});

	it('reads of a failure only what a failure has', () => {
		const fields = Object.keys({ ...failure('rateLimited', { message: '' }), retryAt: '' });
		const read = [...text.matchAll(/\berror\.(\w+)/g)].map(([, field]) => field);

		expect(read).not.toEqual([]);
		for (const field of read) {
			expect(['id', 'fields', 'email', 'secondaryEmail', 'campaign', ...fields]).toContain(field);
		}
	});

	it('asks and speaks only of reasons that exist', () => {
		const asked = /"rightValue": "(\w+)"|reason === \\"(\w+)\\"/g;
		const told = /fail with `(\w+)`|such as `(\w+)`/g;
		const reasons = [asked, told]
			.flatMap((pattern) => [...text.matchAll(pattern)])
			.map(([, one, other]) => one ?? other);

		for (const reason of reasons) {
			expect(failure(reason as Reason, { message: '' })).toHaveProperty('resolution');
		}
	});

	it('holds no address of a real person, and no host but placeholders and the README', () => {
		const addresses = text.match(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g) ?? [];
		const hosts = [...text.matchAll(/https?:\/\/([^/"\\\s)`]+)/g)].map(([, host]) => host);

		for (const address of addresses) expect(address).toMatch(/@example\.(com|org)$/i);
		for (const host of hosts) expect(['example.com', 'github.com']).toContain(host);
	});

	it('keeps record IDs as text', () => {
		// As a number, the last digits of an ID are lost.
		expect(text).not.toMatch(/(?<!["\d])\d{16,}(?!["\d])/);
	});

	it('links to sections that the README has', () => {
		const readme = readFileSync(path.join(folder, '../README.md'), 'utf8');
		const anchors = [...text.matchAll(/zoho-email-hygiene#([\w-]+)/g)].map(([, anchor]) => anchor);
		const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
			heading
				.toLowerCase()
				.replace(/[^\w\- ]/g, '')
				.replaceAll(' ', '-'),
		);

		for (const anchor of anchors) expect(headings).toContain(anchor);
	});
});
