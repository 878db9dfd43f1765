/** Changes of the contract beside those of a node, additions, and that none goes by without a word. */
import { told } from './change';
import { changes } from './changes';
import type { Contract } from './contract';
import { CAMPAIGNS, contract, CREDENTIAL, CRM, edited, editedNode } from './edited';

describe('a credential breaks', () => {
	const editedCredential = (edit: (credential: Contract['credentials'][string]) => void) =>
		edited(({ credentials }) => edit(credentials[CREDENTIAL]!)).breaks;

	test('where a field is gone, or its default is another', () => {
		expect(editedCredential(({ fields }) => delete fields.environment)).toEqual([
			'Credentials that set the field "Environment" (environment) of Zoho Email Hygiene OAuth2 API lose it: nothing is called environment any more.',
		]);
		expect(editedCredential(({ fields }) => (fields.dataCenter!.default = 'eu'))).toEqual([
			expect.stringMatching(
				/^Credentials that leave the field "Data Center" .* was "us" and is "eu" now\.$/,
			),
		]);
	});

	test('where its tokens come from elsewhere, or it is granted less', () => {
		expect(
			editedCredential(({ tokensFrom, scopes }) => {
				tokensFrom.uk = 'https://accounts.zoho.eu/oauth/v2/token';
				scopes.campaigns = [];
			}),
		).toEqual([
			'Credentials with the data center "uk" cannot renew their tokens: they come from https://accounts.zoho.uk/oauth/v2/token, and are asked of https://accounts.zoho.eu/oauth/v2/token now.',
			'Credentials for "campaigns" that are connected again are not granted ZohoCampaigns.contact.UPDATE any more: what needs it is refused.',
		]);
	});

	test('where its type is gone', () => {
		expect(edited(({ credentials }) => delete credentials[CREDENTIAL]).breaks).toEqual([
			`Credentials of the type ${CREDENTIAL} (Zoho Email Hygiene OAuth2 API) are lost: there is none such.`,
		]);
	});
});

describe('the shared table breaks', () => {
	test('where a column is renamed', () => {
		const { breaks } = edited(({ sharedTable }) => {
			const { columns } = sharedTable!;
			columns.requests = columns.calls!;
			delete columns.calls;
		});

		expect(breaks).toEqual([
			'Whoever shares a limit with all processes has the Data Table "Zoho Email Hygiene: shared limit" with the column "calls", which is gone now: runs fail, in one version or the other, until somebody deletes the table.',
			'Whoever shares a limit with all processes has the Data Table "Zoho Email Hygiene: shared limit" without the column "requests", which takes the type number now: runs fail, in one version or the other, until somebody deletes the table.',
		]);
	});

	test('where the table has another name', () => {
		expect(edited(({ sharedTable }) => (sharedTable!.name = 'Limit')).breaks).toEqual([
			'n8n processes that share a limit counted their calls in the Data Table "Zoho Email Hygiene: shared limit", and now in "Limit": while both versions run, or after a restart, Zoho\'s limit is broken.',
		]);
	});
});

describe('no workflow breaks, and it is told what is new', () => {
	test.each<[string, (copy: Contract) => unknown, string]>([
		[
			'an option',
			({ nodes }) =>
				(nodes[CAMPAIGNS]!.versions[1]!.options.list = {
					label: 'List',
					type: 'string',
					default: '',
				}),
			'Zoho Campaigns Do-Not-Mail has the option "List" (list) now.',
		],
		[
			'a choice',
			({ nodes }) => (nodes[CRM]!.versions[1]!.options.apiVersion!.choices!.v9 = 'V9'),
			'The option "API Version" (apiVersion) of Zoho CRM Unblock Email can be "V9" (v9) now.',
		],
		[
			'a wider range',
			({ nodes }) => (nodes[CRM]!.versions[1]!.options.batchSize!.max = 1000),
			'The option "Batch Size (Records)" (batchSize) of Zoho CRM Unblock Email takes more than it did.',
		],
		[
			'a mode',
			({ nodes }) => nodes[CRM]!.versions[1]!.parameters.module!.modes!.push('url'),
			'The parameter "Module" (module) of Zoho CRM Unblock Email can be filled in by the mode "url" now.',
		],
		[
			'a key',
			({ nodes }) => (nodes[CRM]!.versions[1]!.results.record!.keys.email = 'string'),
			'There is {{ $json.email }} of a record from Zoho CRM Unblock Email.',
		],
		[
			'a reason',
			({ reasons }) => reasons.push('tooLate'),
			'A failure can have the reason "tooLate".',
		],
		[
			'a field of the credential',
			({ credentials }) =>
				(credentials[CREDENTIAL]!.fields.list = {
					label: 'List',
					type: 'string',
					default: '',
					required: true,
				}),
			'Zoho Email Hygiene OAuth2 API has the field "List" (list) now.',
		],
	])('%s', (_, edit, sentence) => {
		expect(edited(edit)).toEqual({ breaks: [], adds: [sentence] });
	});

	test('a parameter that an old one depends on, and that is by default as all was before', () => {
		const { breaks } = editedNode(({ parameters }) => {
			parameters.how = { label: 'How', type: 'options', default: 'one', choices: { one: 'One' } };
			parameters.unblockFields!.shownWith = { how: ['one'] };
		});

		expect(breaks).toEqual([]);
	});
});

/** What is named in the contract by a key: the other keys are those of the contract's own shape. */
const NAMED = `nodes versions parameters options tool results keys choices credentials fields
	tokensFrom columns`.split(/\s+/);

/** Every name, value and type that the contract holds, as the path to it. */
function promises(value: unknown, path: string[] = []): string[][] {
	if (typeof value !== 'object' || value === null) return [path];
	const inner = Object.entries(value).flatMap(([key, inside]) => promises(inside, [...path, key]));
	return NAMED.includes(path.at(-2) ?? '') ? [path, ...inner] : inner;
}

/** Without these a field takes more than with them; a label is only shown. */
const LIMITS = 'label required min max wholeNumber withoutExpressions shownWith hiddenWith'.split(
	' ',
);

function without(path: string[], copy: Contract): void {
	const key = path.at(-1)!;
	const holder = path
		.slice(0, -1)
		.reduce<object>((at, name) => Reflect.get(at, name) as object, copy);
	if (Array.isArray(holder)) holder.splice(Number(key), 1);
	else Reflect.deleteProperty(holder, key);
}

test('nothing can be taken out of the contract without a word', () => {
	const held = promises(contract).filter((path) => !path.some((key) => LIMITS.includes(key)));
	const silent = held.filter((path) => edited((copy) => without(path, copy)).breaks.length === 0);

	expect(held.length).toBeGreaterThan(300);
	expect(silent).toEqual([]);
});

describe('a failed test', () => {
	test('tells what breaks and what is new, each with what it asks for', () => {
		const copy = structuredClone(contract);
		copy.reasons = [...copy.reasons.slice(1), 'tooLate'];

		expect(told(changes(contract, copy))).toBe(
			`- Workflows that compare {{ $json.error.reason }} with "recordNotFound" never take that branch again: no failure has this reason any more.
This breaks what people have saved: CONTRIBUTING.md, "The contract", has the ways out.

- A failure can have the reason "tooLate".
This is new: run \`npm run check -- contract\` and give it a line in CHANGELOG.md.
`,
		);
		expect(told([])).toBe('');
	});
});
