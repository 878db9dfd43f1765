/** The template unsubscribe-webhook: what it takes for one address, and what stands between it and Zoho. */
import type { IDataObject } from 'n8n-workflow';
import { items, nodeOf, playCode } from './code';
import { files, textOf, type Template, wires } from './templates';

const FILE = 'unsubscribe-webhook.json';
const template = JSON.parse(textOf(FILE)) as Template;
const CLICK = { 'List-Unsubscribe': 'One-Click' };
const SIGNATURE = 'a'.repeat(64);

const problemOf = async (node: string, given: object) => {
	const [out] = await playCode(FILE, node, { input: items(given) });
	return out!.json.problem;
};
const ofLink = async (query: object, body: unknown = CLICK) =>
	await problemOf('Address of the Link', { query, body });
const ofPost = async (body: unknown) => await problemOf('Address of the Post', { body });

test('a link with one address and one signature, posted as RFC 8058 has it, is read as it stands', async () => {
	const query = { email: 'Ada+x@Example.com', signature: SIGNATURE };
	const [out] = await playCode(FILE, 'Address of the Link', {
		input: items({ query, body: CLICK }),
	});

	expect(out!.json).toEqual({ ...query, problem: '' });
});

test.each<[string, object]>([
	['no address', { signature: SIGNATURE }],
	['an empty address', { email: '', signature: SIGNATURE }],
	[
		'a raw +, which is a space once it is read',
		{ email: 'ada x@example.com', signature: SIGNATURE },
	],
	[
		'two addresses, each with its key',
		{ email: ['a@example.com', 'b@example.com'], signature: SIGNATURE },
	],
	['two addresses with a comma', { email: 'a@example.com,b@example.com', signature: SIGNATURE }],
	[
		'two addresses with a semicolon',
		{ email: 'a@example.com;b@example.com', signature: SIGNATURE },
	],
	[
		'two addresses with nothing between them',
		{ email: 'a@example.comb@example.com', signature: SIGNATURE },
	],
	['two addresses on two lines', { email: 'a@example.com\nb@example.com', signature: SIGNATURE }],
	['an object', { email: { a: 'a@example.com' }, signature: SIGNATURE }],
	['no signature', { email: 'a@example.com' }],
	['an empty signature', { email: 'a@example.com', signature: '' }],
	['two signatures', { email: 'a@example.com', signature: [SIGNATURE, SIGNATURE] }],
])('a link with %s is refused', async (_, query) => {
	expect(await ofLink(query)).not.toBe('');
});

test.each([
	[null],
	[{}],
	[''],
	[{ 'List-Unsubscribe': 'one' }],
	[{ 'List-Unsubscribe': ['One-Click'] }],
])('a post that says %j is no click', async (body) => {
	expect(await ofLink({ email: 'a@example.com', signature: SIGNATURE }, body)).toContain(
		'One-Click',
	);
});

test.each<[string, unknown]>([
	['no body', undefined],
	['no address', {}],
	['an empty address', { email: '' }],
	['a raw + of form data', { email: 'ada x@example.com' }],
	['two addresses', { email: ['a@example.com', 'b@example.com'] }],
	['two addresses with a comma', { email: 'a@example.com, b@example.com' }],
	['a number', { email: 5 }],
])('a post of a program with %s is refused', async (_, body) => {
	expect(await ofPost(body)).not.toBe('');
	expect(await ofPost({ email: ' ada+x@example.com ' })).toBe('');
});

test("no way leads to Zoho but past n8n's Crypto and a look at what it says, or past a login", () => {
	const into = (name: string): string[] =>
		wires(template)
			.filter(({ to }) => to === name)
			.map(({ from }) => from);
	const ways = (name: string, after: string[] = []): string[][] => {
		const before = into(name);
		return before.length === 0
			? [[name, ...after]]
			: before.flatMap((one) => ways(one, [name, ...after]));
	};
	const [linked, posted, ...others] = ways('Zoho Campaigns Do-Not-Mail').sort();

	expect(others).toEqual([]);
	expect(posted).toEqual([
		'A Program Posts',
		'Address of the Post',
		'One Address?',
		'Zoho Campaigns Do-Not-Mail',
	]);
	expect(linked).toEqual([
		'A Mail Program Posts',
		'Address of the Link',
		'One Signed Address?',
		'Signature of the Address',
		'Is It Signed?',
		'Zoho Campaigns Do-Not-Mail',
	]);
	expect(nodeOf(FILE, 'A Program Posts').parameters.authentication).toBe('headerAuth');
	const methods = template.nodes
		.filter(({ type }) => type.endsWith('.webhook'))
		.map(({ name, parameters }) => [name, parameters.httpMethod]);
	expect(methods).toEqual([
		['A Program Posts', 'POST'],
		['A Mail Program Posts', 'POST'],
		['A Person Opens the Link', 'GET'],
	]);
});

test('the link is checked and made by the same signature, and its key is in no template', () => {
	const [checks, makes] = ['Signature of the Address', 'Sign It'].map((name) => nodeOf(FILE, name));
	const { dataPropertyName: one, ...checked } = checks!.parameters;
	const { dataPropertyName: other, ...made } = makes!.parameters;

	expect([one, other]).toEqual(['expected', 'signature']);
	expect(made).toEqual(checked);
	expect(made).toEqual({
		action: 'hmac',
		type: 'SHA256',
		value: '={{ $json.email }}',
		encoding: 'hex',
	});
	// From version 2 on, the key is in a credential: a template without one signs nothing.
	for (const { typeVersion, credentials } of [checks!, makes!]) {
		expect([typeVersion, credentials]).toEqual([2, undefined]);
	}
	for (const file of files) expect(textOf(file)).not.toMatch(/hmacSecret/);
});

test('only what Zoho says that it has is answered with 200', () => {
	const into = wires(template)
		.filter(({ to }) => to === 'Answer: Done')
		.map(({ from }) => from);
	const { conditions } = nodeOf(FILE, 'Was It Sent?').parameters.conditions as IDataObject & {
		conditions: IDataObject[];
	};

	expect(into).toEqual(['Was It Sent?']);
	expect(conditions.map(({ leftValue }) => leftValue)).toEqual([
		"={{ ['moved', 'alreadyInDoNotMail'].includes($json.status) }}",
	]);
});
