/** What people have saved with earlier versions goes on as it did: see contract/ for what it relies on. */
import {
	NodeHelpers,
	type IDataObject,
	type INode,
	type INodeParameters,
	type INodeProperties,
} from 'n8n-workflow';
import { CREDENTIAL_TYPE, setStage, type Stage } from '../../support/stage';
import { contractOf, type Field } from '../contract/contract';
import {
	credentialsOf,
	ourNode,
	outcomeOf,
	play,
	versions,
	workflowOf,
	workflowsOf,
	type Outcome,
} from './workflow';

let stage: Stage;
beforeAll(async () => {
	stage = await setStage();
});
afterAll(async () => await stage.stop());

/** The sentences may get better, and what leaves a node may have more keys: it has none less. */
const TEXTS = ['message', 'resolution'];

function atLeast(item: IDataObject): unknown {
	const entries = Object.entries(item).filter(([key]) => !TEXTS.includes(key));
	const { error, ...rest } = Object.fromEntries(entries);
	const failure = error !== undefined && { error: atLeast(error as IDataObject) };
	return expect.objectContaining({ ...rest, ...failure });
}

/**
 * What an earlier version could but guess: that a record which it found unblocked after a lost reply had
 * been unblocked by that call. Where Zoho does all or nothing, it is known since that it had not.
 */
const isGuess = ({ message }: IDataObject) => String(message).includes('the reply was lost');

const guessedIn = ({ main }: Outcome) => main.filter(isGuess).map(({ id }) => id);

/** An outcome without these records, and what comes of them: each once, by whichever branch. */
function apart(ids: unknown[], { main, errors, ...rest }: Outcome) {
	const isOther = (item: IDataObject) => !ids.includes(item.id);
	const guessed = [...main, ...errors].filter((item) => !isOther(item)).map(({ id }) => id);
	return { ...rest, main: main.filter(isOther), errors: errors.filter(isOther), guessed };
}

/** What an earlier version made of a workflow, and so what this one has to. */
function asBefore(before: Outcome) {
	const { main, errors, ...rest } = apart(guessedIn(before), before);
	return { ...rest, main: main.map(atLeast), errors: errors.map(atLeast) };
}

/** What n8n's editor stores of values: all but the defaults. */
const stored = (properties: INodeProperties[], values: INodeParameters, node: INode | null) =>
	NodeHelpers.getNodeParameters(properties, values, false, false, node, null);

describe.each(versions)('saved with %s', (version) => {
	const names = workflowsOf(version);

	describe.each(names)('the workflow %s', (name) => {
		const workflow = workflowOf(version, name);

		test('does what it did, unchanged', async () => {
			const before = outcomeOf(version, name);
			const outcome = await play(stage, version, workflow);

			expect(apart(guessedIn(before), outcome)).toEqual(asBefore(before));
		});

		test('is the same once more where somebody opens and saves it', () => {
			const node = ourNode(workflow);
			const { properties } = stage.engine.nodeTypes.getByNameAndVersion(node.type, 1).description;

			expect(stored(properties, node.parameters, node)).toEqual(node.parameters);
		});
	});

	const typeOf = (name: string) => ourNode(workflowOf(version, name)).type;
	const oneOfEachNode = names.filter(
		(name) => names.find((other) => typeOf(other) === typeOf(name)) === name,
	);
	test.each(oneOfEachNode)(
		'the workflow %s does what it did, also with a token that has to be renewed',
		async (name) => {
			const outcome = await play(stage, version, workflowOf(version, name), { expired: true });

			const before = outcomeOf(version, name);
			const paths = [...before.paths, '/oauth/v2/token'].sort();
			expect(apart(guessedIn(before), outcome)).toEqual({ ...asBefore(before), paths });
		},
	);

	const batchSizeOf = (name: string) =>
		(ourNode(workflowOf(version, name)).parameters.options as IDataObject).batchSize;
	test.each(names.filter((name) => typeof batchSizeOf(name) === 'number'))(
		'the workflow %s sends no more records in a call than its batch size',
		async (name) => {
			await play(stage, version, workflowOf(version, name));

			const sizes = stage.zoho.calls('unblock').map(({ ids = [] }) => ids.length);
			expect(Math.max(...sizes)).toBeGreaterThan(0);
			expect(Math.max(...sizes)).toBeLessThanOrEqual(batchSizeOf(name) as number);
		},
	);

	test('the workflows set every parameter and option, in every way, with every On Error', () => {
		const nodes = names.map((name) => ourNode(workflowOf(version, name)));
		for (const [type, { versions: byNumber }] of Object.entries(contractOf(version).nodes)) {
			const own = nodes.filter((node) => node.type === type);
			const settings = own.map(({ onError = 'stopWorkflow' }) => onError);
			expect(new Set(settings)).toEqual(
				new Set(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput']),
			);
			const { parameters, options } = byNumber[1]!;
			const values = own.map((node) => node.parameters);
			const chosen = values.map((given) => given.options as INodeParameters);
			expect([...unset(parameters, values), ...unset(options, chosen)]).toEqual([]);
		}
	});

	test('a credential comes to what it did', async () => {
		const { credentials } = stage.engine;
		for (const { data, comesTo } of credentialsOf(version)) {
			credentials.set(CREDENTIAL_TYPE, 'saved', data);
			const { scope, ...rest } = await credentials.decrypted(CREDENTIAL_TYPE, 'saved');
			const { scope: scopes, ...before } = comesTo;

			expect(rest).toMatchObject(before);
			expect(String(scope).split(',')).toEqual(expect.arrayContaining(scopes.split(',')));
		}
	});

	test('a credential is the same once more where somebody opens and saves it', () => {
		const properties = stage.engine.credentials.getCredentialsProperties(CREDENTIAL_TYPE);
		for (const { data } of credentialsOf(version)) {
			expect(stored(properties, data as INodeParameters, null)).toEqual(data);
		}
	});
});

/** The fields, choices and modes that none of the nodes has set. */
function unset(fields: Record<string, Field>, nodes: INodeParameters[]): string[] {
	return Object.entries(fields).flatMap(([name, { choices = {}, modes = [] }]) => {
		const values = nodes.flatMap((given) => (name in given ? [given[name]] : []));
		const chosen = values.flat();
		const inMode = values.map((value) => (value as IDataObject).mode);
		return [
			...(values.length === 0 ? [name] : []),
			...Object.keys(choices)
				.filter((value) => !chosen.includes(value))
				.map((value) => `${name}: ${value}`),
			...modes.filter((mode) => !inMode.includes(mode)).map((mode) => `${name} by ${mode}`),
		];
	});
}
